"""Bank accounts, contracts, invoices, payments, payroll, rates, and the alerts that the cash plan raised."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.finance.models import PurchaseOrder
from portfolio.planning.models import Task
from portfolio.projects.models import Milestone, Project
from portfolio.treasury.domain.books import Direction, Every, PaymentKind
from portfolio.treasury.domain.terms import LONGEST_DAYS, TermKind
from portfolio.treasury.domain.vat import VatBasis, VatKind
from tech4value.tenancy.models import EditableModel
from tech4value.tenancy.sort_keys import folded

DAY_OF_MONTH = [MinValueValidator(1), MaxValueValidator(31)]
SHARE = [MinValueValidator(Decimal("0.0001")), MaxValueValidator(Decimal(1))]
DIRECTIONS = [(Direction.CUSTOMER.value, _("Client")), (Direction.SUPPLIER.value, _("Fournisseur"))]
TERMS = [
    (TermKind.NET.value, _("Jours nets")),
    (TermKind.DAYS_THEN_MONTH_END.value, _("Jours, puis fin de mois")),
    (TermKind.MONTH_END_THEN_DAYS.value, _("Fin de mois, puis jours")),
]
VAT_KINDS = [
    (VatKind.STANDARD.value, _("Taux normal")),
    (VatKind.INTERMEDIATE.value, _("Taux intermédiaire")),
    (VatKind.REDUCED.value, _("Taux réduit")),
    (VatKind.SPECIAL.value, _("Taux particulier")),
    (VatKind.NONE.value, _("Sans TVA")),
]
VAT_BASES = [
    (VatBasis.CASH.value, _("Service : à l’encaissement")),
    (VatBasis.DELIVERY.value, _("Bien : à la livraison")),
]
EVERY = [(Every.MONTH.value, _("Mois")), (Every.QUARTER.value, _("Trimestre")), (Every.YEAR.value, _("An"))]
PAYMENT_KINDS = [
    (PaymentKind.INVOICE.value, _("Facture")),
    (PaymentKind.NET_PAY.value, _("Salaires nets")),
    (PaymentKind.CHARGES.value, _("Charges sociales")),
    (PaymentKind.VAT.value, _("TVA")),
    (PaymentKind.OTHER.value, _("Autre mouvement")),
]


class TriggerKind(models.TextChoices):
    PLAN = "plan", _("Un jalon ou une tâche")
    DATE = "date", _("Une date")
    RECURRENCE = "recurrence", _("Un abonnement")


class InvoiceStatus(models.TextChoices):
    OPEN = "open", _("Émise ou reçue")
    DISPUTED = "disputed", _("En litige")
    CANCELLED = "cancelled", _("Annulée")


def _money(label: Any, **options: Any) -> models.DecimalField:
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)


class BankAccount(EditableModel):
    """What an account held at the end of a day, and what all accounts together should not go under for it."""

    name = models.CharField(_("compte"), max_length=80)
    currency = models.CharField(_("devise"), max_length=3, default="EUR")
    opening_on = models.DateField(_("solde au"))
    opening_balance = _money(_("solde"))
    threshold = _money(_("seuil d’alerte"), default=0)

    class Meta(EditableModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(deleted_at=None), name="bank_account_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Contract(EditableModel):
    """What is agreed with a customer or a supplier. Amounts are before tax, in `currency`."""

    name = models.CharField(_("contrat"), max_length=160)
    reference = models.CharField(pgettext_lazy("contrat", "référence"), max_length=40, blank=True)
    direction = models.CharField(_("sens"), max_length=8, choices=DIRECTIONS)
    counterparty = models.CharField(_("client ou fournisseur"), max_length=160)
    project = models.ForeignKey(
        Project,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("projet"),
    )
    order = models.ForeignKey(
        PurchaseOrder,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("commande"),
    )
    currency = models.CharField(_("devise"), max_length=3, default="EUR")
    net_amount = _money(_("montant HT"), null=True, blank=True)
    term_kind = models.CharField(_("délai"), max_length=10, choices=TERMS, default=TermKind.NET.value)
    term_days = models.PositiveSmallIntegerField(_("jours"), default=30, validators=[MaxValueValidator(LONGEST_DAYS)])
    term_day = models.PositiveSmallIntegerField(
        _("le (jour du mois)"), null=True, blank=True, validators=DAY_OF_MONTH
    )
    vat_kind = models.CharField(_("TVA"), max_length=12, choices=VAT_KINDS, default=VatKind.STANDARD.value)
    vat_basis = models.CharField(
        _("exigibilité de la TVA"), max_length=8, choices=VAT_BASES, default=VatBasis.CASH.value
    )
    sort_name = folded("name")

    class Meta(EditableModel.Meta):
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["tenant", "project"], name="contract_project")]

    def __str__(self) -> str:
        return self.name


class ContractInstalment(EditableModel):
    """What a contract invoices: an amount or a share of it, when the plan, a date or a recurrence says so."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="instalments", verbose_name=_("contrat")
    )
    name = models.CharField(_("échéance"), max_length=160)
    amount = _money(_("montant HT"), null=True, blank=True)
    share = models.DecimalField(
        _("part du contrat"), max_digits=5, decimal_places=4, null=True, blank=True, validators=SHARE
    )
    trigger_kind = models.CharField(_("facturée par"), max_length=10, choices=TriggerKind, default=TriggerKind.DATE)
    milestone = models.ForeignKey(
        Milestone, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("jalon")
    )
    task = models.ForeignKey(
        Task, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("tâche")
    )
    offset_days = models.PositiveSmallIntegerField(
        _("jours après"), default=0, validators=[MaxValueValidator(LONGEST_DAYS)]
    )
    starts_on = models.DateField(_("date, ou début de l’abonnement"), null=True, blank=True)
    ends_on = models.DateField(_("fin de l’abonnement"), null=True, blank=True)
    every = models.CharField(_("chaque"), max_length=8, choices=EVERY, blank=True)
    in_arrears = models.BooleanField(_("à terme échu"), default=False)

    class Meta(EditableModel.Meta):
        ordering = ["id"]
        indexes = [
            models.Index(fields=["tenant", "contract"], name="instalment_contract"),
            models.Index(fields=["tenant", "task"], condition=models.Q(task__isnull=False), name="instalment_task"),
            models.Index(
                fields=["tenant", "milestone"],
                condition=models.Q(milestone__isnull=False),
                name="instalment_milestone",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount=None, share__isnull=False) | models.Q(amount__isnull=False, share=None),
                name="instalment_amount_or_share",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Invoice(EditableModel):
    """An invoice sent or received, in its contract's currency; it stands for the forecast of its instalment (of the
    period that begins on `period_on`, for a subscription). A credit note is negative."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="invoices", verbose_name=_("contrat")
    )
    instalment = models.ForeignKey(
        ContractInstalment,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="invoices",
        verbose_name=_("échéance"),
    )
    period_on = models.DateField(_("période du"), null=True, blank=True)
    number = models.CharField(_("numéro"), max_length=40)
    issued_on = models.DateField(_("date de facture"))
    delivered_on = models.DateField(_("date de livraison"), null=True, blank=True)
    due_on = models.DateField(_("échéance"))
    net_amount = _money(_("montant HT"))
    vat_amount = _money(_("TVA"))
    status = models.CharField(_("état"), max_length=10, choices=InvoiceStatus, default=InvoiceStatus.OPEN)
    sort_number = folded("number")

    class Meta(EditableModel.Meta):
        ordering = ["-issued_on", "number"]
        indexes = [models.Index(fields=["tenant", "contract"], name="invoice_contract")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "number"],
                condition=models.Q(deleted_at=None),
                name="invoice_number",
            ),
            models.UniqueConstraint(
                fields=["tenant", "instalment", "period_on"],
                condition=models.Q(deleted_at=None, instalment__isnull=False) & ~models.Q(status="cancelled"),
                nulls_distinct=False,
                name="invoice_instalment_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def gross_amount(self) -> Decimal:
        """What is to be paid in all."""
        return self.net_amount + self.vat_amount


class PayrollRule(EditableModel):
    """What is paid each month to a team, and the charges on it, in the organisation's currency."""

    name = models.CharField(_("paie"), max_length=80)
    net_amount = _money(_("salaires nets par mois"))
    charges_amount = _money(_("charges sociales par mois"), default=0)
    pay_day = models.PositiveSmallIntegerField(_("jour de paie"), default=31, validators=DAY_OF_MONTH)
    charges_day = models.PositiveSmallIntegerField(
        _("jour des charges, le mois suivant"), default=15, validators=DAY_OF_MONTH
    )
    starts_on = models.DateField(_("premier mois"))
    ends_on = models.DateField(_("dernier mois"), null=True, blank=True)

    class Meta(EditableModel.Meta):
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Payment(EditableModel):
    """What has moved on an account: it stands for what was expected.

    Of an invoice: in the invoice's currency, negative when it is paid back. Of pay, charges and VAT: what went out,
    for `month`. Another movement has its sign.
    """

    account = models.ForeignKey(
        BankAccount, on_delete=models.CASCADE, related_name="payments", verbose_name=_("compte")
    )
    kind = models.CharField(_("nature"), max_length=8, choices=PAYMENT_KINDS, default=PaymentKind.INVOICE.value)
    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="payments",
        verbose_name=_("facture"),
    )
    payroll = models.ForeignKey(
        PayrollRule,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="payments",
        verbose_name=_("paie"),
    )
    month = models.DateField(_("mois réglé"), null=True, blank=True)
    paid_on = models.DateField(_("payé le"))
    amount = _money(_("montant"))
    label = models.CharField(_("libellé"), max_length=160, blank=True)

    class Meta(EditableModel.Meta):
        ordering = ["-paid_on", "-id"]
        indexes = [models.Index(fields=["tenant", "paid_on"], name="payment_day")]

    def __str__(self) -> str:
        return self.label or str(self.get_kind_display())


class ExchangeRate(EditableModel):
    """How many units of a currency one unit of the organisation's buys, from a day on."""

    currency = models.CharField(_("devise"), max_length=3)
    starts_on = models.DateField(_("à partir du"))
    rate = models.DecimalField(
        _("cours"), max_digits=14, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))]
    )

    class Meta(EditableModel.Meta):
        ordering = ["currency", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "currency", "starts_on"],
                condition=models.Q(deleted_at=None),
                name="exchange_rate_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"


class VatRate(EditableModel):
    """What a rate of VAT is worth from a day on, where the law that the product knows has changed or is another's."""

    kind = models.CharField(_("taux"), max_length=12, choices=VAT_KINDS)
    starts_on = models.DateField(_("à partir du"))
    rate = models.DecimalField(
        _("valeur"), max_digits=5, decimal_places=4, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )

    class Meta(EditableModel.Meta):
        ordering = ["kind", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "starts_on"], condition=models.Q(deleted_at=None), name="vat_rate_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class TreasurySettings(EditableModel):
    """How the organisation declares VAT; at most one row, the defaults without it."""

    vat_return_day = models.PositiveSmallIntegerField(
        _("jour de paiement de la TVA, le mois suivant"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
    )
    vat_credit = _money(_("crédit de TVA à l’ouverture"), default=0, validators=[MinValueValidator(0)])

    class Meta(EditableModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(deleted_at=None), name="treasury_settings_once"
            )
        ]

    def __str__(self) -> str:
        return str(_("Réglages de trésorerie"))


class CashAlert(EditableModel):
    """The balance is to go under its threshold in a month: from the day it was seen to the day it was over.

    Nobody edits it. What it says (`first_on`, `lowest`, `facts`) follows from the plan and is written without an
    event; `facts` holds names, dates and amounts, for sentences in any language.
    """

    month = models.DateField(_("mois"))
    first_on = models.DateField(_("premier jour sous le seuil"))
    lowest_on = models.DateField(_("jour le plus bas"))
    # Sums of amounts are longer than amounts.
    lowest = models.DecimalField(_("solde le plus bas"), max_digits=22, decimal_places=2)
    threshold = models.DecimalField(_("seuil"), max_digits=22, decimal_places=2)
    facts = models.JSONField(default=dict, blank=True)
    opened_on = models.DateField(_("depuis le"))
    closed_on = models.DateField(_("terminée le"), null=True)

    class Meta(EditableModel.Meta):
        ordering = ["-opened_on", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "month"],
                condition=models.Q(closed_on=None, deleted_at=None),
                name="cash_alert_month",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"
