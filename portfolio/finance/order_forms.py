"""The forms of purchase orders and of their lines."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portfolio.finance.fields import AmountField, MonthField
from portfolio.finance.models import Category, Nature, OrderStatus
from portfolio.people.fields import DateField
from portfolio.people.forms import VersionedForm
from tech4value.tenancy.context import current_tenant


def _amount() -> AmountField:
    return AmountField(label=_("Montant HT"), required=True, error_messages={"required": _("Indiquez le montant.")})


class OrderForm(VersionedForm):
    """What is said of a whole order."""

    supplier = forms.CharField(label=_("Fournisseur"), max_length=160)
    number = forms.CharField(label=_("Numéro de commande"), max_length=40)
    subject = forms.CharField(label=_("Objet"), max_length=160, required=False)
    ordered_on = DateField(label=_("Commandé le"))
    currency = forms.CharField(
        label=_("Devise"),
        max_length=3,
        initial=lambda: current_tenant().currency,
        help_text=_("Trois lettres. Une autre devise est convertie au cours de la date de commande."),
        widget=forms.TextInput(attrs={"size": 4, "autocapitalize": "characters"}),
    )
    status = forms.ChoiceField(
        label=_("État"),
        choices=OrderStatus.choices,
        help_text=_("Une commande soldée ou annulée n’engage plus rien ; ce qui est facturé reste."),
    )


class NewOrderForm(OrderForm):
    """A new order, with its first line."""

    status = None  # type: ignore[assignment]  # Django's way to leave a field of the parent out
    category = forms.ChoiceField(label=_("Catégorie"), choices=Category.choices)
    nature = forms.ChoiceField(label=_("Nature"), choices=Nature.choices)
    month = MonthField(label=_("Mois"), help_text=_("Celui où la facture est attendue."))
    amount: Any = _amount()


class OrderLineForm(VersionedForm):
    """One line of an order."""

    category = forms.ChoiceField(label=_("Catégorie"), choices=Category.choices)
    nature = forms.ChoiceField(label=_("Nature"), choices=Nature.choices)
    month = MonthField(label=_("Mois"), help_text=_("Celui où la facture est attendue."))
    amount: Any = _amount()
