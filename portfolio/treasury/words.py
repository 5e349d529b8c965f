"""What flows, breaches and alerts say."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from portfolio.treasury.domain.balance import Breach
from portfolio.treasury.domain.cash import Flow, FlowKind
from portfolio.treasury.ledger import MILESTONE, Ledger
from portfolio.treasury.queries import CashPlan
from tech4value.figures import formats

Facts = Mapping[str, Any]


def language() -> str:
    """The reader's."""
    return get_language() or "fr"


def kind_label(kind: FlowKind) -> str:
    """A line of the plan."""
    return {
        FlowKind.RECEIPT: _("Encaissements clients"),
        FlowKind.SUPPLIER: _("Fournisseurs"),
        FlowKind.PAYROLL: _("Salaires et charges"),
        FlowKind.VAT: _("TVA"),
        FlowKind.OTHER: _("Autres mouvements"),
    }[kind]


def facts_of_flow(flow: Flow, ledger: Ledger) -> dict[str, Any]:
    """What is said of a flow, as JSON: names, ISO dates, amounts."""
    contract = ledger.contracts.get(flow.contract)
    instalment = ledger.instalments.get(flow.instalment)
    invoice = ledger.invoices.get(flow.invoice)
    payroll = ledger.payrolls.get(flow.payroll)
    payment = ledger.payments.get(flow.payment)
    return {
        "kind": flow.kind.value,
        "day": flow.day.isoformat(),
        "amount": str(flow.amount),
        "number": invoice.number if invoice else "",
        "contract": contract.name if contract else "",
        "counterparty": contract.counterparty if contract else "",
        "project": contract.project.code if contract and contract.project else "",
        "instalment": instalment.name if instalment else "",
        "trigger": ledger.triggers.get(flow.trigger, ""),
        "milestone": flow.trigger.startswith(MILESTONE),
        "payroll": payroll.name if payroll else "",
        "charges": flow.charges,
        "month": flow.month.isoformat() if flow.month else "",
        "label": payment.label if payment else "",
    }


def flow_name(facts: Facts) -> str:
    """« facture F-2031 (Licences Odoo) », « Licences Odoo, échéance « Solde » », « TVA, mai 2026 »."""
    if facts["number"]:
        return _("facture %(number)s (%(contract)s)") % {"number": facts["number"], "contract": facts["contract"]}
    if facts["contract"]:
        return _("%(contract)s, échéance « %(instalment)s »") % {
            "instalment": facts["instalment"],
            "contract": facts["contract"],
        }
    month = formats.month(date.fromisoformat(facts["month"]), language()) if facts["month"] else ""
    if facts["kind"] == FlowKind.VAT.value:
        return _("TVA, %(month)s") % {"month": month}
    if facts["kind"] == FlowKind.PAYROLL.value:
        words = {"payroll": facts["payroll"], "month": month}
        if facts["charges"]:
            return _("charges sociales, %(month)s (%(payroll)s)") % words
        return _("salaires, %(month)s (%(payroll)s)") % words
    return facts["label"] or pgettext("trésorerie", "autre mouvement")


def tied_to(facts: Facts) -> str:
    """« liée au jalon « Mise en production » (ODOO) »; empty for what no plan dates."""
    if not facts["trigger"]:
        return ""
    words = {"name": facts["trigger"], "project": facts["project"]}
    if facts["milestone"]:
        return _("liée au jalon « %(name)s » (%(project)s)") % words
    return _("liée à la tâche « %(name)s » (%(project)s)") % words


def named(facts: Facts) -> str:
    """The name of a flow, and what dates it."""
    tie = tied_to(facts)
    return _("%(name)s %(tie)s") % {"name": flow_name(facts), "tie": tie} if tie else flow_name(facts)


def facts_of_breach(breach: Breach, plan: CashPlan) -> dict[str, Any]:
    """What is said of a breach, as JSON."""
    return {
        "first_on": breach.first_on.isoformat(),
        "last_on": breach.last_on.isoformat(),
        "balance": str(plan.balances[breach.first_on]),
        "threshold": str(breach.threshold),
        "lowest": str(breach.lowest),
        "lowest_on": breach.lowest_on.isoformat(),
        "currency": plan.ledger.books.rates.base,
        "crossing": facts_of_flow(breach.crossing, plan.ledger) if breach.crossing else None,
        "awaited": facts_of_flow(breach.awaited, plan.ledger) if breach.awaited else None,
    }


def _money(amount: str, currency: str) -> str:
    return formats.in_unit(Decimal(amount), f"money:{currency}", language())


def _day(text: str) -> str:
    return formats.date_short(date.fromisoformat(text), language())


def breach_sentence(facts: Facts) -> str:
    """« Le 18/05/2027, le solde descend à −42 300 €, sous le seuil de 50 000 € : facture F-2031 … »."""
    currency = facts["currency"]
    words = {
        "day": _day(facts["first_on"]),
        "balance": _money(facts["balance"], currency),
        "threshold": _money(facts["threshold"], currency),
    }
    if facts["crossing"] is None:
        return _("Le %(day)s, le solde est à %(balance)s, sous le seuil de %(threshold)s") % words
    words["name"] = named(facts["crossing"])
    words["amount"] = _money(facts["crossing"]["amount"], currency)
    return (
        _("Le %(day)s, le solde descend à %(balance)s, sous le seuil de %(threshold)s : %(name)s, %(amount)s") % words
    )


def awaited_sentence(facts: Facts) -> str:
    """What comes only later; empty for nothing."""
    one = facts["awaited"]
    if one is None:
        return ""
    return _("Attendu ensuite, le %(day)s : %(name)s, %(amount)s") % {
        "day": _day(one["day"]),
        "name": named(one),
        "amount": "+" + _money(one["amount"], facts["currency"]),
    }


def lowest_sentence(facts: Facts) -> str:
    """How low it goes; empty when the first day is the lowest."""
    if facts["lowest_on"] == facts["first_on"]:
        return ""
    return _("Au plus bas le %(day)s : %(amount)s") % {
        "day": _day(facts["lowest_on"]),
        "amount": _money(facts["lowest"], facts["currency"]),
    }


def flow_address(flow: Flow, ledger: Ledger) -> str:
    """The page of what makes a flow; empty when there is none."""
    if flow.invoice in ledger.invoices:
        return reverse("treasury:invoice", args=[flow.invoice])
    if flow.contract in ledger.contracts:
        return reverse("treasury:contract", args=[flow.contract])
    if flow.payment in ledger.payments:
        return reverse("treasury:payment_edit", args=[flow.payment])
    if flow.payroll in ledger.payrolls:
        return reverse("treasury:payroll_edit", args=[flow.payroll])
    return ""


def trigger_address(flow: Flow, ledger: Ledger) -> str:
    """The task of the plan, or the milestones of the project, that dates a flow; empty for none."""
    if flow.trigger not in ledger.triggers:
        return ""
    kind, _colon, key = flow.trigger.partition(":")
    if kind == "task":
        return reverse("planning:task", args=[key])
    contract = ledger.contracts.get(flow.contract)
    return reverse("projects:milestones", args=[contract.project_id]) if contract and contract.project_id else ""
