"""When a plan drifts. Pure: no Django, no clock."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class DriftKind(StrEnum):
    """What a rule watches."""

    MILESTONE_LATE = "milestone_late"
    LOW_FLOAT = "low_float"
    NO_PROGRESS = "no_progress"


@dataclass(frozen=True, slots=True)
class Promise:
    """A milestone, or a milestone task of the plan, that is not met: what was promised, what is forecast."""

    key: UUID
    project_id: UUID
    promised_on: date
    forecast_on: date


@dataclass(frozen=True, slots=True)
class Slack:
    """A task that is not done: its total float, in working minutes, and the working minutes of a day."""

    key: UUID
    project_id: UUID
    float_minutes: int
    day_minutes: int


@dataclass(frozen=True, slots=True)
class Stall:
    """A task that should be under way and is not done; `since`: its start, or when it last moved if that is later."""

    key: UUID
    project_id: UUID
    since: date


@dataclass(frozen=True, slots=True)
class Drift:
    """One drift. `days`: late (calendar), of float (working, negative too), or without progress (calendar)."""

    kind: DriftKind
    key: UUID
    project_id: UUID
    days: int
    promised_on: date | None = None
    forecast_on: date | None = None


def drifts(
    thresholds: Mapping[DriftKind, int],
    promises: Iterable[Promise],
    slacks: Iterable[Slack],
    stalls: Iterable[Stall],
    today: date,
    alerted: Container[tuple[DriftKind, UUID | None]] = (),
) -> tuple[Drift, ...]:
    """Every drift on `today`. `thresholds` are days, by kind; a kind that is not there is not watched; `alerted`:
    what has an open alert, kind and key.

    A milestone drifts when it is forecast (or overdue) at least so many days after its promise; a task when its
    total float is under so many days, or when nothing has moved for at least so many days since it began. The
    critical path has no float by definition: a task at exactly zero is none of the second, unless it was already
    told of, since its last float has then gone.
    """
    found: list[Drift] = []
    late = thresholds.get(DriftKind.MILESTONE_LATE)
    if late is not None:
        for promise in promises:
            forecast = max(promise.forecast_on, today)
            days = (forecast - promise.promised_on).days
            if days >= late:
                found.append(
                    Drift(
                        DriftKind.MILESTONE_LATE, promise.key, promise.project_id, days, promise.promised_on, forecast
                    )
                )
    low = thresholds.get(DriftKind.LOW_FLOAT)
    if low is not None:
        found += [
            Drift(DriftKind.LOW_FLOAT, one.key, one.project_id, one.float_minutes // one.day_minutes)
            for one in slacks
            if one.float_minutes < low * one.day_minutes
            and (one.float_minutes or (DriftKind.LOW_FLOAT, one.key) in alerted)
        ]
    still = thresholds.get(DriftKind.NO_PROGRESS)
    if still is not None:
        found += [
            Drift(DriftKind.NO_PROGRESS, one.key, one.project_id, (today - one.since).days)
            for one in stalls
            if (today - one.since).days >= still
        ]
    return tuple(found)
