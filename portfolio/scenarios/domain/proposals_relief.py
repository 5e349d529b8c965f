"""Splitting tasks around an overload, or doing less of them: as few as can be. Pure.

A task that began before the overload rests during it. That is proposed as long as it delays no project; else what is
left of tasks is reduced, the least that is enough, by half at most; else the split that costs least.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import combinations, islice
from typing import Final

from portfolio.planning.domain.durations import day_minutes
from portfolio.scenarios.domain.operations import Operation, ReduceTask, SplitTask
from portfolio.scenarios.domain.proposals import Board, Held, Nature, Proposal, Why
from portfolio.scenarios.domain.proposals_estimate import Estimate, Gap, Moves
from portfolio.scenarios.domain.proposals_parts import Part, part_of
from portfolio.scenarios.domain.proposals_shift import TRIES, held_facts, relief
from portfolio.scenarios.domain.world import TaskFacts

MOST_TOGETHER: Final = 3
MOST_CANDIDATES: Final = 12
MOST_REDUCED: Final = 6
STEP: Final = Decimal("0.05")
MOST_CUT: Final = Decimal("0.5")


def relieve(board: Board) -> Proposal:
    """Split or reduce tasks, or say why that cannot be."""
    if not board.tasks:
        return Proposal(Nature.RELIEF, why=Why.NO_TASK)
    splits, delay = split(board)
    if splits and not delay:
        return Proposal(Nature.RELIEF, splits)
    cuts, ratio = reduce(board)
    if cuts or splits:
        return Proposal(Nature.RELIEF, cuts or splits)
    open_tasks = [task for task in board.tasks if board.held(task) is not Held.CLOSED]
    why = Why.NOT_ENOUGH if open_tasks else Why.HELD
    return Proposal(Nature.RELIEF, why=why, facts={"ratio": ratio, **held_facts(board)})


# --- split


def split(board: Board) -> tuple[tuple[Operation, ...], int]:
    """The fewest splits that would do, of which the cheapest, and by how many working days they delay projects."""
    estimate = Estimate(board)
    at, resumes_on = _stop(board), board.after
    candidates = []
    for task in board.tasks:
        if board.held(task) in {Held.FIXED, Held.CLOSED} or not at < resumes_on:
            continue
        if task.starts_at.date() < at <= task.ends_at.date() and not task.point:
            days = board.world.calendar_of(task.key).working_days_between(at, resumes_on - timedelta(days=1))
            if days:
                candidates.append((task, days))
    heaviest = sorted(candidates, key=lambda one: -relief(board, one[0].key))[:MOST_CANDIDATES]
    for size in range(1, MOST_TOGETHER + 1):
        for chosen in _sets(board, estimate, heaviest, size, at):
            operations = tuple(SplitTask(task.key, at, resumes_on) for task, _days in chosen)
            after = board.tried(operations)
            if after is not None and board.does(after):
                return operations, sum(_delay(board, task, days) for task, days in chosen)
    return (), 0


def _stop(board: Board) -> date:
    """The day on which tasks rest from: the first of the overload, tomorrow at the earliest."""
    return max(board.target.weeks[0], board.world.today + timedelta(days=1))


def _sets(
    board: Board, estimate: Estimate, candidates: Sequence[tuple[TaskFacts, int]], size: int, at: date
) -> Iterator[tuple[tuple[TaskFacts, int], ...]]:
    """So many tasks whose rest would do, as estimated, the cheapest first."""
    found = []
    for chosen in combinations(candidates, size):
        gone = estimate.loads(estimate.without(task.key for task, _days in chosen))
        if board.excess(gone):
            continue
        if estimate.fits(Moves(gaps={task.key: Gap(at, days) for task, days in chosen})):
            cost = sum(board.cost(task.key, days) for task, days in chosen)
            found.append((cost, tuple(task.key for task, _days in chosen), chosen))
    found.sort(key=lambda one: one[:2])
    return (chosen for _cost, _keys, chosen in islice(found, TRIES))


def _delay(board: Board, task: TaskFacts, days: int) -> int:
    spare = max(board.floats.get(task.key, 0), 0) // day_minutes(board.world.calendar_of(task.key))
    return max(0, days - spare)


# --- reduce


def reduce(board: Board) -> tuple[tuple[Operation, ...], Decimal | None]:
    """The fewest reductions that would do, of which the ones of least priority; and the load that is left by the most
    that may be reduced."""
    open_tasks = [task for task in board.tasks if board.held(task) is not Held.CLOSED]
    heaviest = sorted(open_tasks, key=lambda one: -relief(board, one.key))[:MOST_CANDIDATES]
    parts = {task.key: part for task in heaviest if (part := part_of(board, task)) is not None}
    candidates = [task for task in heaviest if task.key in parts]
    for size in range(1, MOST_TOGETHER + 1):
        enough = []
        for tasks in combinations(candidates, size):
            cut = _cut(board, [parts[task.key] for task in tasks])
            if cut is not None:
                weight = sum(board.weights.get(task.project, 1) * relief(board, task.key) for task in tasks)
                enough.append((cut * weight, tuple(task.key for task in tasks), cut))
        enough.sort(key=lambda one: one[:2])
        for _weight, keys, cut in islice(enough, TRIES):
            found = _reduced(board, [parts[key] for key in keys], cut)
            if found:
                return found, None
    all_of_them = [parts[task.key] for task in candidates[:MOST_REDUCED]]
    after = board.tried(_operations(all_of_them, MOST_CUT)) if all_of_them else board.base
    if after is not None and board.does(after):
        return _reduced(board, all_of_them, STEP), None
    return (), board.ratio(after if after is not None else board.base)


def _cut(board: Board, parts: Sequence[Part]) -> Decimal | None:
    """The share of these parts to give up; None when half of them is not enough."""
    eased: dict[date, int] = {}
    for part in parts:
        for person, minutes in part.works.items():
            if person in board.target.persons:
                for week, asked in board.spread(person, minutes, part.start, part.finish).items():
                    eased[week] = eased.get(week, 0) + asked
    excess = board.excess(board.base)
    if any(not eased.get(week) for week in excess):
        return None
    need = max((over / eased[week] for week, over in excess.items()), default=Decimal(0))
    cut = max((need / STEP).to_integral_value(ROUND_CEILING) * STEP, STEP)
    return cut if cut <= MOST_CUT else None


def _reduced(board: Board, parts: Sequence[Part], cut: Decimal) -> tuple[Operation, ...]:
    """The least reduction of all these parts, from `cut` on, that reaches the goal; nothing when none does."""
    while cut <= MOST_CUT:
        operations = _operations(parts, cut)
        after = board.tried(operations, still=True)
        if after is not None and board.does(after):
            return operations
        cut += STEP
    return ()


def _operations(parts: Sequence[Part], cut: Decimal) -> tuple[Operation, ...]:
    return tuple(one for part in parts for one in (*part.operations, ReduceTask(part.key, 1 - cut)))
