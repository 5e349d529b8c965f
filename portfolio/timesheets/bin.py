"""Rows of one's own weeks come back from the bin, and months that were opened again."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.timesheets.actions import restore_line
from portfolio.timesheets.models import PeriodLock, SheetState, TimesheetLine
from portfolio.timesheets.period_actions import restore_lock
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, register_kind


def _lines(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = TimesheetLine.everything.exclude(deleted_at=None)
    if not member.can(Permission.TIME_ENTER):
        return rows.none()
    own = rows.filter(timesheet__person__membership=member, timesheet__deleted_at=None)
    changing = own.filter(timesheet__state__in=(SheetState.DRAFT, SheetState.RETURNED))
    return changing.select_related("timesheet__person", "project", "task")


def _locks(member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = PeriodLock.everything.exclude(deleted_at=None)
    return rows if member.can(Permission.TIME_SETTINGS) else rows.none()


def register_kinds() -> None:
    """Called when the room is ready."""

    def line(actor: Actor, row: TimesheetLine) -> None:
        restore_line(actor=actor, line=row)

    def lock(actor: Actor, row: PeriodLock) -> None:
        restore_lock(actor=actor, lock=row)

    register_kind(BinKind(TimesheetLine, _("Lignes de temps"), _lines, line, 140, ("timeentry",)))
    register_kind(BinKind(PeriodLock, _("Mois clôturés"), _locks, lock, 145))
