"""The portfolio as it was on a past day, from the journal: today's rows with what happened since taken back.

An event counts on its `effective_on` when it has one, on the day it was written otherwise.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import DecimalField, F, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from portfolio.finance.domain.budget import MEASURES, Amounts
from portfolio.finance.models import BudgetLine
from portfolio.projects.models import Milestone, Project
from portfolio.risks.domain import Severity, severity
from portfolio.risks.models import ACTIVE, Risk
from reporting.dashboards.domain.facts import CLOSED, MilestoneRow, Previous, RiskRow, WeatherCounts
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type

State = dict[UUID, dict[str, Any]]
PROJECT, MILESTONE, RISK = (object_type(model) for model in (Project, Milestone, Risk))
_AMOUNT: Final = DecimalField(max_digits=16, decimal_places=2)


def since(day: date, project_ids: Collection[UUID]) -> QuerySet[Any]:
    """The events of these projects that count after `day`."""
    # What was written before a day does not count after it: the bound lets the index on time be used.
    written = datetime.combine(day, time.min, UTC)
    events = AuditEvent.objects.filter(at__gte=written, project_id__in=project_ids)
    return events.filter(Q(effective_on__gt=day) | Q(effective_on=None, at__date__gt=day))


def previous_figures(
    day: date,
    projects: Sequence[Project],
    milestones: Sequence[MilestoneRow],
    risks: Sequence[RiskRow],
    weather: Mapping[UUID, str],
    money: Amounts,
) -> Previous | None:
    """The figures of the same projects at the end of `day`; None when none of them existed. Two queries.

    `milestones` and `risks` are those of now, `weather` is by project on `day`, `money` the total of now.
    """
    keys = {project.pk for project in projects}
    states: dict[str, State] = {
        PROJECT: {project.pk: {"phase": project.phase} for project in projects},
        MILESTONE: {row.id: _milestone_state(row) for row in milestones},
        RISK: {row.id: _risk_state(row) for row in risks},
    }
    events = since(day, keys).filter(object_type__in=states, object_id__isnull=False).order_by("-id")
    for kind, key, verb, changes in events.values_list("object_type", "object_id", "verb", "changes"):
        _take_back(states[kind], key, verb.rsplit(".", 1)[-1], changes)
    existing = {key: state["phase"] for key, state in states[PROJECT].items() if key in keys}
    if not existing:
        return None
    running = {str(key) for key, phase in existing.items() if phase != CLOSED}
    gained = _money_since(day, keys)
    return Previous(
        on=day,
        weather=count_weather((phase, weather.get(key, "")) for key, phase in existing.items()),
        money=Amounts(*(getattr(money, name) - getattr(gained, name) for name in MEASURES)),
        milestones_late=sum(_is_late(row, day) for row in states[MILESTONE].values() if row["project"] in running),
        critical_risks=sum(_is_critical(row) for row in states[RISK].values()),
    )


def count_weather(states: Iterable[tuple[str, str]]) -> WeatherCounts:
    """From (phase, weather) of each project."""
    counts = Counter(CLOSED if phase == CLOSED else weather or "unknown" for phase, weather in states)
    return WeatherCounts(**counts)


def _take_back(state: State, key: UUID, verb: str, changes: dict[str, list[Any]]) -> None:
    before = {name: pair[0] for name, pair in changes.items()}
    if verb in {"created", "restored"}:
        state.pop(key, None)
    elif verb == "deleted":
        state[key] = before
    elif key in state:
        state[key].update(before)


def _milestone_state(row: MilestoneRow) -> dict[str, Any]:
    return {
        "project": str(row.project_id),
        "due_on": row.due_on.isoformat(),
        "baseline_on": row.baseline_on and row.baseline_on.isoformat(),
        "actual_on": row.actual_on and row.actual_on.isoformat(),
    }


def _risk_state(row: RiskRow) -> dict[str, Any]:
    return {
        "project": str(row.project_id),
        "probability": row.probability,
        "impact": row.impact,
        "status": row.status,
    }


def _is_late(row: Mapping[str, Any], day: date) -> bool:
    met = row.get("actual_on")
    dates = [date.fromisoformat(row[name]) for name in ("due_on", "baseline_on") if row.get(name)]
    return (met is None or date.fromisoformat(met) > day) and min(dates) < day


def _is_critical(row: Mapping[str, Any]) -> bool:
    return row["status"] in ACTIVE and severity(row["probability"] * row["impact"]) is Severity.CRITICAL


def _money_since(day: date, project_ids: Collection[UUID]) -> Amounts:
    """What budget lines have gained since the end of `day`: the sum of every change."""
    events = since(day, project_ids).filter(object_type=object_type(BudgetLine))
    gained = events.aggregate(**{name: Sum(_side(name, "1") - _side(name, "0")) for name in MEASURES})
    return Amounts(*(gained[name] or Decimal("0.00") for name in MEASURES))


def _side(name: str, index: str) -> Coalesce:
    """One side of a field's change: "0" is before, "1" after; nothing counts as zero."""
    text = KeyTextTransform(index, KeyTransform(name, F("changes")))
    return Coalesce(Cast(text, _AMOUNT), Decimal(0), output_field=_AMOUNT)
