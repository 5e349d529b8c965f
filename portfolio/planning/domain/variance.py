"""How far a plan is from one of its baselines, task by task. Pure: no Django, no clock."""

from dataclasses import dataclass
from datetime import datetime

from portfolio.people.domain.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Dated:
    """A task on one day: its wall-clock dates, its duration and work in working minutes."""

    starts_at: datetime
    ends_at: datetime
    duration_minutes: int
    work_minutes: int


@dataclass(frozen=True, slots=True)
class Variance:
    """Now less then, in working minutes of the plan's calendar: positive is later, longer, more work.

    Microsoft Project's start, finish, duration and work variance (its fields of those names).
    """

    start: int
    finish: int
    duration: int
    work: int

    @property
    def nothing(self) -> bool:
        """Whether the task is as it was."""
        return not (self.start or self.finish or self.duration or self.work)


def variance(now: Dated, then: Dated, calendar: Calendar) -> Variance:
    """What has changed in one task between the baseline and now."""
    return Variance(
        calendar.working_minutes_between(then.starts_at, now.starts_at),
        calendar.working_minutes_between(then.ends_at, now.ends_at),
        now.duration_minutes - then.duration_minutes,
        now.work_minutes - then.work_minutes,
    )
