"""The milestones of the portfolio: which, and how they are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from portfolio.projects.models import Milestone, Phase
from reporting.dashboards import links
from reporting.dashboards.domain.facts import MilestoneRow
from reporting.dashboards.filters import FilterForm

HORIZON_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class ShownMilestone:
    """A milestone as a table shows it. `state` is late, slipping, due or met; days are late, or of variance."""

    row: MilestoneRow
    state: str
    days_late: int
    url: str


def milestone_rows(rows: Iterable[MilestoneRow], today: date) -> list[ShownMilestone]:
    """Each with its state on `today`."""
    return [
        ShownMilestone(row, _state(row, today), row.days_late(today), links.milestones(row.project_id))
        for row in rows
    ]


def _state(row: MilestoneRow, today: date) -> str:
    if row.actual_on is not None:
        return "met"
    if row.is_late(today):
        return "late"
    return "slipping" if row.is_slipping() else "due"


def read_milestones(rows: QuerySet[Any]) -> list[MilestoneRow]:
    """A queryset of milestones, in its order, as plain rows: model instances would cost twice as much."""
    values = rows.values_list(
        "id",
        "project_id",
        "project__code",
        "project__name",
        "name",
        "due_on",
        "baseline_on",
        "actual_on",
        Coalesce("owner__name", Value("")),
        "success_criterion",
    )
    return [MilestoneRow(*row) for row in values]


class MilestoneFilterForm(FilterForm):
    """The dashboard's chips, and the state."""

    state = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[
            ("", _("Tous")),
            ("late", _("En retard")),
            ("due", _("À venir sous 60 jours")),
            ("pending", _("Non atteints")),
            ("met", _("Atteints")),
        ],
    )

    def milestones(self, projects: QuerySet[Any], today: date) -> QuerySet[Any]:
        """Those of `projects` in the chosen state, by due date; the met ones the latest first."""
        self.is_valid()
        state = self.cleaned_data.get("state") or ""
        rows = Milestone.objects.filter(project__in=projects)
        rows = rows.annotate(earliest=Least("due_on", Coalesce("baseline_on", F("due_on"))))
        pending = Q(actual_on=None)
        late = pending & Q(earliest__lt=today) & ~Q(project__phase=Phase.CLOSED)
        which = {
            "late": late,
            "due": pending & Q(earliest__gte=today, due_on__lte=today + timedelta(days=HORIZON_DAYS)),
            "pending": pending,
            "met": ~pending,
        }.get(state, Q())
        order = ["-actual_on"] if state == "met" else ["earliest"] if state == "late" else ["due_on"]
        return rows.filter(which).order_by(*order, "name", "pk")
