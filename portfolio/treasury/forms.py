"""The forms of the treasury, one for each kind of row."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.finance.fields import AmountField, MonthField
from portfolio.finance.models import PurchaseOrder
from portfolio.people.fields import DateField, PercentField, RowChoice, live
from portfolio.people.forms import VersionedForm
from portfolio.planning.models import Task
from portfolio.projects.models import Milestone, Project
from portfolio.treasury.domain.books import PaymentKind
from portfolio.treasury.domain.terms import LONGEST_DAYS
from portfolio.treasury.models import (
    DIRECTIONS,
    EVERY,
    PAYMENT_KINDS,
    TERMS,
    VAT_BASES,
    VAT_KINDS,
    BankAccount,
    Contract,
    ContractInstalment,
    Invoice,
    InvoiceStatus,
    PayrollRule,
    TriggerKind,
)
from tech4value.tenancy.context import current_tenant


class OptionalAmount(AmountField):
    """An amount that may be left out: empty is none, not zero."""

    def to_python(self, value: Any) -> Any:
        return None if value in self.empty_values else super().to_python(value)


def _amount(label: Any, **options: Any) -> AmountField:
    """A required amount, zero included."""
    return OptionalAmount(
        label=label, required=True, error_messages={"required": _("Indiquez le montant.")}, **options
    )


def _currency() -> forms.CharField:
    return forms.CharField(
        label=_("Devise"),
        max_length=3,
        initial=lambda: current_tenant().currency,
        help_text=_("Trois lettres, par exemple EUR."),
        widget=forms.TextInput(attrs={"size": 4, "autocapitalize": "characters"}),
    )


def _day(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=options.pop("most", 31), **options)


class RowForm(VersionedForm):
    """What the forms share: `contract` is the one that an instalment or an invoice belongs to."""

    def __init__(self, data: Any = None, *, contract: Contract | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.contract = contract


class AccountForm(RowForm):
    """A bank account."""

    name = forms.CharField(label=_("Compte"), max_length=80, help_text=_("Par exemple : compte courant."))
    opening_on = DateField(
        label=_("Solde au"), help_text=_("Le soir de ce jour. Mettez-le à jour quand vous voulez.")
    )
    opening_balance = _amount(_("Solde"))
    threshold = _amount(
        _("Seuil d’alerte"), initial=Decimal(0), help_text=_("Les seuils des comptes s’additionnent.")
    )
    currency = _currency()


class ContractForm(RowForm):
    """A contract: with whom, for what, paid when, with which VAT."""

    name = forms.CharField(label=_("Contrat"), max_length=160)
    counterparty = forms.CharField(label=_("Client ou fournisseur"), max_length=160)
    direction = forms.ChoiceField(label=_("Sens"), choices=DIRECTIONS)
    reference = forms.CharField(label=pgettext_lazy("contrat", "Référence"), max_length=40, required=False)
    project = RowChoice(
        live(Project),
        label=_("Projet"),
        required=False,
        empty_label=_("Aucun"),
        help_text=_("Ses jalons peuvent déclencher les factures."),
    )
    order = RowChoice(
        live(PurchaseOrder),
        label=_("Commande"),
        required=False,
        empty_label=_("Aucune"),
        help_text=_("Ses factures comptent dans le réel du budget, et soldent l’engagement de la commande."),
    )
    net_amount = OptionalAmount(
        label=_("Montant HT"), help_text=_("Nécessaire quand les échéances sont des parts du contrat.")
    )
    currency = _currency()
    term_days = forms.IntegerField(
        label=_("Délai de paiement (jours)"), min_value=0, max_value=LONGEST_DAYS, initial=30
    )
    term_kind = forms.ChoiceField(
        label=_("Calcul du délai"),
        choices=TERMS,
        help_text=_("« 45 jours fin de mois » : 45 jours puis la fin du mois ; 0 jour net : à réception."),
    )
    term_day = _day(_("Puis le (jour du mois)"), required=False)
    vat_kind = forms.ChoiceField(label=_("TVA"), choices=VAT_KINDS)
    vat_basis = forms.ChoiceField(label=_("TVA exigible"), choices=VAT_BASES)


class InstalmentForm(RowForm):
    """What a contract invoices, and when."""

    name = forms.CharField(
        label=_("Échéance"), max_length=160, help_text=_("Par exemple : solde à la mise en service.")
    )
    amount = OptionalAmount(label=_("Montant HT"))
    share = PercentField(label=_("ou part du contrat (%)"), min_value=0, max_value=100, required=False)
    trigger_kind = forms.ChoiceField(label=_("Facturée par"), choices=TriggerKind.choices)
    milestone = RowChoice(live(Milestone), label=_("Jalon du projet"), required=False)
    task = RowChoice(live(Task), label=_("ou tâche du plan"), required=False)
    offset_days = forms.IntegerField(
        label=_("Jours après"), min_value=0, max_value=LONGEST_DAYS, initial=0, required=False
    )
    starts_on = DateField(label=_("Date de facture, ou début de l’abonnement"), required=False)
    every = forms.ChoiceField(label=_("Abonnement chaque"), choices=[("", "—"), *EVERY], required=False)
    in_arrears = forms.BooleanField(label=_("Facturé à terme échu"), required=False)
    ends_on = DateField(label=_("Fin de l’abonnement"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        project = self.contract.project_id if self.contract else None
        fields["milestone"].queryset = Milestone.objects.filter(project=project)
        fields["task"].queryset = Task.objects.filter(project=project)

    def clean_offset_days(self) -> int:
        """Empty is none."""
        return self.cleaned_data["offset_days"] or 0


class InvoiceForm(RowForm):
    """An invoice of a contract. VAT and due date follow from the contract when they are left empty."""

    number = forms.CharField(label=_("Numéro"), max_length=40)
    instalment = RowChoice(
        live(ContractInstalment),
        label=_("Échéance du contrat"),
        required=False,
        empty_label=_("Aucune : facture en plus"),
        help_text=_("La facture remplace la prévision de cette échéance."),
    )
    period_on = DateField(
        label=_("Période du"), required=False, help_text=_("Pour un abonnement : le premier jour de la période.")
    )
    issued_on = DateField(label=_("Date de facture"))
    net_amount = _amount(_("Montant HT"), help_text=_("Négatif pour un avoir."))
    vat_amount = OptionalAmount(label=_("TVA"), help_text=_("Vide : calculée au taux du contrat."))
    due_on = DateField(
        label=pgettext_lazy("facture", "Échéance"), required=False, help_text=_("Vide : selon le délai du contrat.")
    )
    delivered_on = DateField(
        label=_("Date de livraison"), required=False, help_text=_("Pour la TVA des biens. Vide : date de facture.")
    )
    status = forms.ChoiceField(
        label=_("État"),
        choices=InvoiceStatus.choices,
        help_text=_("En litige, elle n’est plus attendue ; annulée, elle n’existe plus pour la prévision."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["instalment"]
        field.queryset = ContractInstalment.objects.filter(contract=self.contract)


class PaymentForm(RowForm):
    """What moved on an account."""

    kind = forms.ChoiceField(label=_("Nature"), choices=PAYMENT_KINDS, initial=PaymentKind.INVOICE.value)
    account = RowChoice(live(BankAccount), label=_("Compte"))
    paid_on = DateField(label=_("Payé le"))
    amount = _amount(
        _("Montant"),
        help_text=_("Sans signe, dans la devise de la facture. Pour un autre mouvement : négatif quand il sort."),
    )
    invoice = RowChoice(live(Invoice), label=_("Facture"), required=False)
    payroll = RowChoice(live(PayrollRule), label=_("Paie"), required=False)
    month = MonthField(
        label=_("Mois réglé"), required=False, help_text=_("Pour des salaires, des charges ou la TVA.")
    )
    label = forms.CharField(label=_("Libellé"), max_length=160, required=False)


class PayrollForm(RowForm):
    """What a team is paid each month."""

    name = forms.CharField(label=_("Paie"), max_length=80, help_text=_("Par exemple : équipe de Nantes."))
    net_amount = _amount(_("Salaires nets par mois"))
    pay_day = _day(_("Versés le"), initial=28, help_text=_("31 : le dernier jour du mois."))
    charges_amount = _amount(_("Charges sociales par mois"), initial=Decimal(0))
    charges_day = _day(
        _("Payées, le mois suivant, le"), initial=15, help_text=_("Le 5 à partir de 50 salariés, sinon le 15.")
    )
    starts_on = MonthField(label=_("Premier mois"))
    ends_on = MonthField(label=_("Dernier mois"), required=False)


class ExchangeRateForm(RowForm):
    """A rate of exchange."""

    currency = forms.CharField(label=_("Devise"), max_length=3, help_text=_("Trois lettres, par exemple USD."))
    starts_on = DateField(label=_("À partir du"))
    rate = forms.DecimalField(
        label=_("Cours"),
        max_digits=14,
        decimal_places=4,
        localize=True,
        help_text=_("Combien d’unités de cette devise pour une de la vôtre, comme la BCE le publie."),
    )


class VatRateForm(RowForm):
    """What a rate of VAT is worth."""

    kind = forms.ChoiceField(label=_("Taux"), choices=VAT_KINDS)
    starts_on = DateField(label=_("À partir du"))
    rate = PercentField(label=_("Valeur (%)"), min_value=0, max_value=100)


class SettingsForm(RowForm):
    """How VAT is declared."""

    vat_return_day = _day(
        _("TVA payée, le mois suivant, le"), most=28, help_text=_("La date de votre télédéclaration CA3.")
    )
    vat_credit = _amount(
        _("Crédit de TVA à l’ouverture"), help_text=_("Ce que votre dernière déclaration reporte, s’il y en a.")
    )
