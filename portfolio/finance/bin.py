"""Budget lines, versions, orders, envelopes and benefits come back from the bin."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.finance.actions import restore_budget_line
from portfolio.finance.benefits_actions import restore_benefit, restore_benefit_year
from portfolio.finance.benefits_models import Benefit, BenefitYear
from portfolio.finance.envelope_actions import restore_envelope, restore_envelope_line, restore_envelope_share
from portfolio.finance.envelope_models import Envelope, EnvelopeLine, EnvelopeShare
from portfolio.finance.models import BudgetLine, BudgetVersion, PurchaseOrder, PurchaseOrderLine
from portfolio.finance.order_actions import restore_order, restore_order_line
from portfolio.finance.version_actions import restore_version
from portfolio.projects.access import granted
from portfolio.projects.bin import deleted_in_projects
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, Rows, register_kind


def _restore(actor: Actor, row: BudgetLine) -> None:
    restore_budget_line(actor=actor, line=row)


def _restore_benefit(actor: Actor, row: Benefit) -> None:
    restore_benefit(actor=actor, benefit=row)


def _restore_year(actor: Actor, row: BenefitYear) -> None:
    restore_benefit_year(actor=actor, row=row)


def _deleted_years(member: Membership) -> QuerySet[Any]:
    """Those of live benefits: the others come back with theirs."""
    found: QuerySet[Any] = BenefitYear.everything.exclude(deleted_at=None)
    mine = found.filter(benefit__deleted_at=None, benefit__project__in=granted(member, Permission.BUDGET_EDIT))
    return mine.select_related("benefit__project")


def _restore_version(actor: Actor, row: BudgetVersion) -> None:
    restore_version(actor=actor, version=row)


def _restore_order(actor: Actor, row: PurchaseOrder) -> None:
    restore_order(actor=actor, order=row)


def _restore_order_line(actor: Actor, row: PurchaseOrderLine) -> None:
    restore_order_line(actor=actor, line=row)


def _deleted_order_lines(member: Membership) -> QuerySet[Any]:
    """The lines taken off orders that are still there."""
    rows: QuerySet[Any] = PurchaseOrderLine.everything.exclude(deleted_at=None).filter(order__deleted_at=None)
    return rows.filter(order__project__in=granted(member, Permission.BUDGET_EDIT)).select_related("order__project")


ENVELOPE_OWNS = ("envelopeline", "envelopeshare", "budgetline")


def _deleted_envelopes(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = Envelope.everything.exclude(deleted_at=None)
    return rows if member.can(Permission.BUDGET_APPROVE) else rows.none()


def _deleted_parts(model: Any) -> Rows:
    """The deleted rows of envelopes that are still there."""

    def rows(member: Membership) -> QuerySet[Any]:
        found: QuerySet[Any] = model.everything.exclude(deleted_at=None).filter(envelope__deleted_at=None)
        return found.select_related("envelope") if member.can(Permission.BUDGET_APPROVE) else found.none()

    return rows


def _restore_envelope(actor: Actor, row: Envelope) -> None:
    restore_envelope(actor=actor, envelope=row)


def _restore_part(actor: Actor, row: EnvelopeLine) -> None:
    restore_envelope_line(actor=actor, line=row)


def _restore_share(actor: Actor, row: EnvelopeShare) -> None:
    restore_envelope_share(actor=actor, share=row)


def _deleted_budget_lines(member: Membership) -> QuerySet[Any]:
    """Those that people wrote: a part of an envelope comes back with it."""
    return deleted_in_projects(BudgetLine, Permission.BUDGET_EDIT)(member).filter(envelope=None)


def register_kinds() -> None:
    """Called when the room is ready."""
    register_kind(BinKind(BudgetLine, _("Lignes de budget"), _deleted_budget_lines, _restore, 130))
    benefits = deleted_in_projects(Benefit, Permission.BUDGET_EDIT)
    register_kind(BinKind(Benefit, _("Bénéfices"), benefits, _restore_benefit, 131))
    register_kind(BinKind(BenefitYear, _("Exercices de bénéfices"), _deleted_years, _restore_year, 132))
    versions = deleted_in_projects(BudgetVersion, Permission.BUDGET_EDIT)
    register_kind(BinKind(BudgetVersion, _("Versions de budget"), versions, _restore_version, 134))
    register_kind(BinKind(Envelope, _("Enveloppes"), _deleted_envelopes, _restore_envelope, 137, ENVELOPE_OWNS))
    register_kind(BinKind(EnvelopeLine, _("Montants d’enveloppe"), _deleted_parts(EnvelopeLine), _restore_part, 138))
    register_kind(
        BinKind(EnvelopeShare, _("Projets d’enveloppe"), _deleted_parts(EnvelopeShare), _restore_share, 139)
    )
    orders = deleted_in_projects(PurchaseOrder, Permission.BUDGET_EDIT)
    hangs = ("purchaseorderline",)
    register_kind(BinKind(PurchaseOrder, _("Commandes"), orders, _restore_order, 135, hangs))
    register_kind(BinKind(PurchaseOrderLine, _("Lignes de commande"), _deleted_order_lines, _restore_order_line, 136))
