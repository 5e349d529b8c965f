"""Giving work to others who know how and have the time: to as few as can be. Pure.

Who may take over knows one of the skills that the other has at the autonomous level or better, at the same level at
least (who has no such skill is replaced by their profile), is not among those who are overloaded, and stays within
their time in every week of the task. Those of the same pole come first; then the time left, then the level.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from portfolio.scenarios.domain.operations import Operation, Reassign
from portfolio.scenarios.domain.proposals import Board, Held, Loads, Nature, Proposal, Why
from portfolio.scenarios.domain.proposals_parts import Part, asked_of, part_of
from portfolio.scenarios.domain.world import SECOND, PersonFacts, Work

MOST_SWAPS: Final = 8
MOST_REFUSED: Final = 12
MOST_TRIED: Final = 4
ZERO: Final = Decimal(0)
AUTONOMOUS: Final = 3
STEP: Final = Decimal("0.05")
"""Shares are told by steps of 5 %."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody who could take a share of a work, or of its `part`. `skill` is what they know of it, at `level`; empty
    for a profile."""

    work: Work
    part: Part
    taker: str
    share: Decimal
    relief: Decimal
    same_pole: bool
    begun: bool
    remaining: int
    skill: str = ""
    level: int = 0

    @property
    def rank(self) -> tuple[object, ...]:
        """The best first: what it relieves, work that has not begun, the same pole, the time left, the level."""
        order = (-self.relief, self.begun, not self.same_pole, -self.remaining, -self.level)
        return *order, self.work.task, self.work.person, self.taker


def swap(board: Board) -> Proposal:
    """Give shares of tasks to others, or say why that cannot be."""
    parts = {one.key: part for one in board.works if (part := _given(board, one)) is not None}
    movable = [(one, parts[one.key]) for one in board.works if one.key in parts]
    if not movable:
        return _nothing(board)
    left: Loads = board.base
    # Within the pole first, though it may take one more; an overloaded pole has nobody to spare.
    for near in (True, False):
        operations, left = _greedy(board, movable, near)
        if not board.excess(left):
            return Proposal(Nature.SWAP, operations)
    knowing = {taker for work, _part in movable for taker, _skill, _level in knowers(board, work)}
    if not knowing:
        skills = {key for work, _part in movable for key, _level in wanted(board.world.people[work.person])}
        persons = tuple(sorted({work.person for work, _part in movable}))
        return Proposal(Nature.SWAP, why=Why.NO_SKILL, facts={"persons": persons, "skills": tuple(sorted(skills))})
    facts = {"ratio": board.ratio(left), "before": _first_room(board, knowing), "count": len(knowing)}
    return Proposal(Nature.SWAP, why=Why.NO_ROOM, facts=facts)


def _nothing(board: Board) -> Proposal:
    if not board.works:
        return Proposal(Nature.SWAP, why=Why.NO_TASK)
    held = [board.held(task) for task in board.tasks]
    return Proposal(Nature.SWAP, why=Why.HELD, facts={"tasks": (), "closed": held.count(Held.CLOSED)})


def _given(board: Board, work: Work) -> Part | None:
    task = board.world.tasks[work.task]
    part = part_of(board, task) if board.held(task) is not Held.CLOSED else None
    return part if part is not None and part.works.get(work.person) else None


def wanted(person: PersonFacts) -> tuple[tuple[str, int], ...]:
    """What somebody does on tasks: the skills that they have at the autonomous level or better, the best first."""
    known = ((key, level) for key, level in person.skills.items() if level >= AUTONOMOUS)
    return tuple(sorted(known, key=lambda one: (-one[1], one[0])))


def knowers(board: Board, work: Work) -> Iterator[tuple[str, str, int]]:
    """Who could do a work in the place of who does it, with the skill (empty: the profile) and their level."""
    giver = board.world.people[work.person]
    skills = wanted(giver)
    on_task = {one.person for one in board.world.works_of.get(work.task, ())}
    for key, person in board.world.people.items():
        if key in board.target.persons or key in on_task or not person.share:
            continue
        known = [(skill, person.skills[skill]) for skill, level in skills if person.skills.get(skill, 0) >= level]
        if known:
            skill, level = max(known, key=lambda one: one[1])
            yield key, skill, level
        elif not skills and giver.profile and person.profile == giver.profile:
            yield key, "", 0


Movable = Sequence[tuple[Work, Part]]


def _greedy(board: Board, movable: Movable, near: bool) -> tuple[tuple[Operation, ...], Loads]:
    """Swaps, each the one that relieves most of what the others leave, until the goal is reached; and the load after
    them."""
    swaps: tuple[Offer, ...] = ()
    loads = board.base
    refused: set[tuple[str, str]] = set()
    while len(swaps) < MOST_SWAPS and len(refused) < MOST_REFUSED and board.excess(loads):
        offers = _offers(board, movable, loads, near, swaps)
        open_ones = [one for one in offers if (one.work.key, one.taker) not in refused]
        if not open_ones:
            break
        best = min(open_ones, key=lambda one: one.rank)
        after = board.tried(_operations((*swaps, best)), still=True)
        if after is not None and board.worsened(after) is None:
            swaps, loads = (*swaps, best), after
        else:
            refused.add((best.work.key, best.taker))
    return _fewest(board, swaps, loads)


def _fewest(board: Board, swaps: tuple[Offer, ...], loads: Loads) -> tuple[tuple[Operation, ...], Loads]:
    """The same without those that are not needed."""
    for one in swaps[:-1] if len(swaps) <= MOST_TRIED and not board.excess(loads) else ():
        fewer = tuple(other for other in swaps if other is not one)
        after = board.tried(_operations(fewer))
        if after is not None and board.does(after):
            swaps, loads = fewer, after
    return _operations(swaps), loads


def _operations(swaps: Iterable[Offer]) -> tuple[Operation, ...]:
    """Each task is cut once, whoever takes of it."""
    found: dict[Operation, None] = {}
    for one in swaps:
        found |= dict.fromkeys(one.part.operations)
        found[Reassign(one.part.key, one.work.person, one.taker, one.share)] = None
    return tuple(found)


def _offers(board: Board, movable: Movable, loads: Loads, near: bool, swaps: tuple[Offer, ...]) -> Iterator[Offer]:
    excess = board.excess(loads)
    people = board.world.people
    for work, part in movable:
        given = [one for one in swaps if one.work.key == work.key]
        left = Decimal(1)
        for one in given:
            left *= 1 - one.share
        asked = asked_of(board, part, work)
        eased = {week: asked.get(week, 0) * left for week in excess}
        need = max((over / eased[week] for week, over in excess.items() if eased[week]), default=Decimal(0))
        if not need:
            continue
        for taker, skill, level in knowers(board, work):
            same = bool(people[work.person].pole) and people[taker].pole == people[work.person].pole
            if (near and not same) or any(one.taker == taker for one in given):
                continue
            minutes = int(part.works[work.person] * left)
            share = min(Decimal(1), _up(need), _down(room_for(board, part, minutes, taker, loads)))
            if share >= STEP:
                relief = sum((min(excess[week], part_of_week * share) for week, part_of_week in eased.items()), ZERO)
                remaining = _remaining(board, taker, loads)
                begun = bool(part.operations)
                yield Offer(work, part, taker, share, relief, same, begun, remaining, skill, level)


def room_for(board: Board, part: Part, minutes: int, taker: str, loads: Loads) -> Decimal:
    """The share of so many minutes of a part that somebody can take and stay within their time, in each of its weeks;
    0 when they are not there."""
    room, there = Decimal(1), False
    for week, gained in board.spread(taker, minutes, part.start, part.finish).items():
        if not gained or week not in board.world.weeks:
            continue
        free = board.capacity(taker, week) - loads.get(taker, {}).get(week, 0)
        if free <= 0:
            return ZERO
        there = True
        room = min(room, Decimal(free) / gained)
    return room if there else ZERO


def _remaining(board: Board, person: str, loads: Loads) -> int:
    """The minutes that somebody has left in the weeks of the overload."""
    mine = loads.get(person, {})
    return sum(board.capacity(person, week) - mine.get(week, 0) for week in board.target.weeks)


def _first_room(board: Board, persons: Iterable[str]) -> date | None:
    """The first week after the overload in which one of these has a tenth of their time left; None in the year."""
    for week in board.world.weeks:
        if week < board.after:
            continue
        for one in persons:
            capacity = board.capacity(one, week)
            if capacity and 10 * (capacity - board.base.get(one, {}).get(week, 0)) >= capacity:
                return week
    return None


def known_by(board: Board, task: str, giver: str, taker: str) -> tuple[str, int]:
    """The skill for which somebody takes over from another (empty: their profile), and their level."""
    key = task.removesuffix(SECOND)
    for work in board.world.works_of.get(key, ()):
        if work.person == giver:
            for one, skill, level in knowers(board, work):
                if one == taker:
                    return skill, level
    return "", 0


def _up(share: Decimal) -> Decimal:
    return (share / STEP).to_integral_value(ROUND_CEILING) * STEP


def _down(share: Decimal) -> Decimal:
    return (share / STEP).to_integral_value(ROUND_FLOOR) * STEP
