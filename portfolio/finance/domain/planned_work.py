"""From a frozen plan and a budget to planned and earned value over time. Pure: no Django, no clock.

The budget is shared between the baseline's tasks by their work (by their duration when some have no work). A task's
planned value grows with the working time of its frozen dates, its earned value is its budget times its progress.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from portfolio.finance.domain.budget import ZERO, to_cents
from portfolio.finance.domain.earned_value import shared_out

WorkedBy = Callable[[datetime], int]
"""Working minutes from a fixed origin to an instant."""


class Weighting(StrEnum):
    """What the budget is shared by."""

    WORK = "work"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when something is done."""

    starts_at: datetime
    ends_at: datetime

    def share_by(self, at: datetime, worked_by: WorkedBy) -> Decimal:
        """The share 0-1 of its working time that is over at `at`; one without working time is over at its end."""
        if at >= self.ends_at:
            return Decimal(1)
        if at <= self.starts_at:
            return Decimal(0)
        begun = worked_by(self.starts_at)
        whole = worked_by(self.ends_at) - begun
        return Decimal(worked_by(at) - begun) / whole if whole > 0 else Decimal(0)


@dataclass(frozen=True, slots=True)
class FrozenTask:
    """A task of the baseline, and how far it is: `done` is when its progress was made, so far as it is known."""

    planned: Window
    work_minutes: int
    duration_minutes: int
    percent_complete: Decimal
    done: Window | None = None


def weighting_of(tasks: Sequence[FrozenTask]) -> Weighting:
    """By work when every task that lasts has some; else by duration: a task without work would be worth nothing."""
    lasting = [task for task in tasks if task.duration_minutes]
    return Weighting.WORK if lasting and all(task.work_minutes for task in lasting) else Weighting.DURATION


def budgets_of(tasks: Sequence[FrozenTask], budget: Decimal) -> tuple[Decimal, ...]:
    """The part of `budget` of each task; the parts add up to it. Raises EarnedValueError(no_weight)."""
    by_work = weighting_of(tasks) is Weighting.WORK
    return shared_out(budget, [task.work_minutes if by_work else task.duration_minutes for task in tasks])


def earned(task: FrozenTask, budget: Decimal) -> Decimal:
    """EV of one task, to the cent."""
    return to_cents(budget * min(max(task.percent_complete, Decimal(0)), Decimal(1)))


def planned_curve(
    tasks: Sequence[FrozenTask], budgets: Sequence[Decimal], instants: Sequence[datetime], worked_by: WorkedBy
) -> tuple[Decimal, ...]:
    """PV at each of the instants (which grow): the whole budget from the end of the last task on."""
    return cumulated([task.planned for task in tasks], budgets, instants, worked_by)


def earned_curve(
    tasks: Sequence[FrozenTask], budgets: Sequence[Decimal], instants: Sequence[datetime], worked_by: WorkedBy
) -> tuple[Decimal, ...]:
    """EV at each of the instants, as far as actual dates tell: what a task has earned grows with the working time
    from when it began to when it ended (or to now)."""
    done = [(task.done, earned(task, budget)) for task, budget in zip(tasks, budgets, strict=True)]
    known = [(window, amount) for window, amount in done if window is not None and amount]
    return cumulated([window for window, _amount in known], [amount for _w, amount in known], instants, worked_by)


def cumulated(
    windows: Sequence[Window], amounts: Sequence[Decimal], instants: Sequence[datetime], worked_by: WorkedBy
) -> tuple[Decimal, ...]:
    """What the amounts, each spread over the working time of its window, add up to at each instant.

    Each task's part is rounded to the cent; linear in the tasks and in the instants within each window.
    """
    within = [ZERO] * len(instants)
    whole = [ZERO] * (len(instants) + 1)
    for window, amount in zip(windows, amounts, strict=True):
        first = bisect_right(instants, window.starts_at)
        last = bisect_left(instants, window.ends_at)
        whole[last] += amount
        for index in range(first, last):
            within[index] += to_cents(amount * window.share_by(instants[index], worked_by))
    found, over = [], ZERO
    for index in range(len(instants)):
        over += whole[index]
        found.append(over + within[index])
    return tuple(found)


def costs_of(
    tasks: Sequence[FrozenTask],
    budgets: Sequence[Decimal],
    months: Sequence[tuple[datetime, datetime, Decimal]],
    worked_by: WorkedBy,
) -> tuple[tuple[Decimal, ...], Decimal]:
    """What each task cost, as far as it can be known, and what no task accounts for.

    Money is entered by month, not by task: each month's actual cost (start, end, amount) is shared between the tasks
    that were being done then, in proportion of the budget of the work done that month. A month in which no task of
    the baseline was being done is accounted for by none.
    """
    costs = [ZERO] * len(tasks)
    nobody = ZERO
    for start, end, amount in months:
        weights = []
        for task, budget in zip(tasks, budgets, strict=True):
            part = Decimal(0)
            if task.done is not None and task.done.starts_at < end and task.done.ends_at > start:
                part = task.done.share_by(end, worked_by) - task.done.share_by(start, worked_by)
            weights.append(int(earned(task, budget) * part * 100))
        if not any(weights):
            nobody += amount
            continue
        for index, part in enumerate(shared_out(amount, weights)):
            costs[index] += part
    return tuple(costs), nobody
