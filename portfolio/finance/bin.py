"""Budget lines come back from the bin."""

from django.utils.translation import gettext_lazy as _

from portfolio.finance.actions import restore_budget_line
from portfolio.finance.models import BudgetLine
from portfolio.projects.bin import deleted_in_projects
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, register_kind


def _restore(actor: Actor, row: BudgetLine) -> None:
    restore_budget_line(actor=actor, line=row)


def register_kinds() -> None:
    """Called when the room is ready."""
    rows = deleted_in_projects(BudgetLine, Permission.BUDGET_EDIT)
    register_kind(BinKind(BudgetLine, _("Lignes de budget"), rows, _restore, 130))
