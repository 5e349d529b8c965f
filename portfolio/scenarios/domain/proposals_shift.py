"""Moving tasks out of an overload: as few as can be, and of these the ones whose delay costs least. Pure.

Up to three tasks are sought by branch and bound, so that no fewer and no cheaper ones would do as estimated; more of
them by levelling (portfolio/capacity/domain/levelling) all those that can move, then keeping those that matter.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import combinations, islice
from typing import Final

from portfolio.scenarios.domain.operations import ShiftTask
from portfolio.scenarios.domain.proposals import Board, Held, Nature, Proposal, Why
from portfolio.scenarios.domain.proposals_estimate import Estimate, Moves
from portfolio.scenarios.domain.proposals_levelling import levelled
from portfolio.scenarios.domain.world import TaskFacts

MOST_TOGETHER: Final = 3
MOST_CANDIDATES: Final = 12
# How far beyond the last week of the overload a task may go.
BEYOND_DAYS: Final = 40
# For each number of tasks: the sets that are searched, the answers that are evaluated; the steps of one search.
SETS: Final = 20
TRIES: Final = 6
STEPS: Final = 4_000
# What an estimate may lack, in working days.
MORE_DAYS: Final = (1, 2, 3, 5)


def shift(board: Board) -> Proposal:
    """Move tasks that have not begun to after the overload, or say why that cannot be."""
    if not board.tasks:
        return Proposal(Nature.SHIFT, why=Why.NO_TASK)
    candidates = [task for task in board.tasks if board.held(task) is None]
    if not candidates:
        return Proposal(Nature.SHIFT, why=Why.HELD, facts=held_facts(board))
    if len(candidates) > MOST_CANDIDATES:
        heaviest = sorted(candidates, key=lambda one: -relief(board, one.key))[:MOST_CANDIDATES]
        candidates = sorted(heaviest, key=lambda one: board.rank(one.key))
    estimate = Estimate(board)
    gone = estimate.loads(estimate.without(one.key for one in candidates))
    facts = {"ratio": board.ratio(gone), **held_facts(board)}
    if board.excess(gone):
        return Proposal(Nature.SHIFT, why=Why.NOT_ENOUGH, facts=facts)
    refused: Proposal | None = None
    for size in range(1, MOST_TOGETHER + 1):
        for moves in cheapest(board, estimate, candidates, size):
            found = settled(board, moves)
            if found.why is None:
                return found
            refused = refused or found
    moves_of_all = levelled(board, estimate, candidates)
    if moves_of_all is not None:
        found = settled(board, moves_of_all, prune=True)
        if found.why is None:
            return found
        refused = refused or found
    if refused is not None and refused.why is Why.ELSEWHERE:
        return refused
    due = sum(not estimate.keeps(Moves({one.key: days_out(board, one)})) for one in candidates)
    return Proposal(Nature.SHIFT, why=Why.NOT_ENOUGH, facts={**facts, "due": due})


def held_facts(board: Board) -> dict[str, object]:
    """The tasks that are held, and how many are by what."""
    held = [board.held(task) for task in board.tasks]
    return {
        "tasks": tuple(task.key for task, one in zip(board.tasks, held, strict=True) if one is not None),
        "begun": held.count(Held.BEGUN),
        "fixed": held.count(Held.FIXED),
        "closed": held.count(Held.CLOSED),
    }


def relief(board: Board, task: str) -> int:
    """What a task asks of the target's persons in its weeks."""
    works = (one for one in board.world.works_of.get(task, ()) if one.person in board.target.persons)
    return sum(board.asked(one).get(week, 0) for one in works for week in board.target.weeks)


def days_out(board: Board, task: TaskFacts) -> int:
    """By how many working days a task begins after the last week of the overload."""
    calendar = board.world.calendar_of(task.key)
    return max(calendar.working_days_between(task.starts_at.date(), board.after - timedelta(days=1)), 1)


def cheapest(board: Board, estimate: Estimate, candidates: Sequence[TaskFacts], size: int) -> Iterator[Moves]:
    """Moves of so many tasks that would do, as estimated: the cheapest of each set, the cheapest set first."""
    sets = []
    for tasks in combinations(candidates, size):
        # Gone altogether they would not be enough: no move of theirs is.
        gone = estimate.loads(estimate.without(one.key for one in tasks))
        if not board.excess(gone):
            out = Moves({one.key: days_out(board, one) for one in tasks})
            sets.append((cost(board, out), tuple(one.key for one in tasks), tasks))
    sets.sort(key=lambda one: one[:2])
    found = []
    for _cost, keys, tasks in islice(sets, SETS):
        best = least(board, estimate, tasks)
        if best is not None:
            found.append((cost(board, best), keys, best))
    found.sort(key=lambda one: one[:2])
    return (moves for _cost, _keys, moves in found[:TRIES])


def cost(board: Board, moves: Moves) -> int:
    """What moves cost: the sum over the tasks that are moved (not those that follow)."""
    return sum(board.cost(task, days) for task, days in moves.days.items())


def least(board: Board, estimate: Estimate, tasks: Sequence[TaskFacts]) -> Moves | None:
    """The cheapest moves of all these tasks that would do; None when none do. Branch and bound on the days of each,
    within STEPS steps."""
    best: tuple[int, Moves] | None = None
    steps = 0
    order = sorted(tasks, key=lambda one: -board.weights.get(one.project, 1))
    limits = [days_out(board, one) + BEYOND_DAYS for one in order]

    def search(at: int, days: dict[str, int], spent: int) -> None:
        nonlocal best, steps
        key = order[at].key
        for count in range(1, limits[at] + 1):
            price = spent + board.cost(key, count)
            # Each of those that are still to come costs a unit at least.
            if steps >= STEPS or (best is not None and price + len(order) - at - 1 >= best[0]):
                return
            chosen = {**days, key: count}
            if at + 1 < len(order):
                search(at + 1, chosen, price)
                continue
            steps += 1
            moves = Moves(chosen)
            if estimate.fits(moves):
                best = price, moves
                return

    search(0, {}, 0)
    return None if best is None else best[1]


def settled(board: Board, moves: Moves, *, prune: bool = False) -> Proposal:
    """The proposal that these moves make, evaluated: some days more where the estimate was short, none of the moves
    that are not needed."""
    days = dict(moves.days)
    loads = board.tried(_operations(days))
    if loads is not None and board.excess(loads):
        for more in MORE_DAYS:
            longer = {task: count + more for task, count in moves.days.items()}
            loads = board.tried(_operations(longer))
            if loads is None or not board.excess(loads):
                days = longer
                break
    if loads is None or board.excess(loads):
        return Proposal(Nature.SHIFT, why=Why.NOT_ENOUGH)
    breach = board.worsened(loads)
    if breach is not None:
        return Proposal(Nature.SHIFT, why=Why.ELSEWHERE, facts={"person": breach.person, "week": breach.week})
    if prune:
        for task in sorted(days, key=lambda one: -board.cost(one, days[one])):
            fewer = {key: count for key, count in days.items() if key != task}
            after = board.tried(_operations(fewer)) if fewer else None
            if after is not None and board.does(after):
                days = fewer
    return Proposal(Nature.SHIFT, _operations(days))


def _operations(days: dict[str, int]) -> tuple[ShiftTask, ...]:
    return tuple(ShiftTask(task, count) for task, count in sorted(days.items()))
