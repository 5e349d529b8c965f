"""Levelling the slow way, unit of time by unit of time: whether dates are feasible, and the best there are.

Written without a look at the code under test, and sharing nothing with it but the words of the problem.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portfolio.capacity.domain.levelling.problem import Activity, Link, Mode, Placement, Problem, Resource


def worked(mode: Mode, start: int) -> list[int]:
    """The units of time in which a mode begun at `start` works."""
    found: list[int] = []
    instant = start
    while len(found) < mode.duration:
        if not any(begin <= instant < end for begin, end in mode.pauses):
            found.append(instant)
        instant += 1
    return found


def finish_of(mode: Mode, start: int) -> int | None:
    """When it ends; None if it cannot begin then, because it rests."""
    times = worked(mode, start)
    if not times:
        return start
    return times[-1] + 1 if times[0] == start else None


def units(resource: Resource, instant: int) -> int:
    there = 0
    for since, count in resource.steps:
        if since <= instant:
            there = count
    return there


def link_holds(link: Link, one: Placement, two: Placement) -> bool:
    held = {
        "FS": two.start - one.finish,
        "SS": two.start - one.start,
        "FF": two.finish - one.finish,
        "SF": two.finish - one.start,
    }[link.type.value]
    return held >= link.lag and (link.max_lag is None or held <= link.max_lag)


def faults(problem: Problem, placements: Mapping[str, Placement]) -> list[str]:
    """All that is wrong with dates, in words."""
    found = []
    used: dict[tuple[str, int], int] = {}
    if set(placements) != {activity.key for activity in problem.activities}:
        return ["not every activity has dates"]
    for activity in problem.activities:
        placed = placements[activity.key]
        mode = activity.modes[placed.mode]
        if finish_of(mode, placed.start) != placed.finish:
            found.append(f"{activity.key} does not last from {placed.start} to {placed.finish}")
        if placed.start < activity.release:
            found.append(f"{activity.key} starts before its release")
        if activity.deadline is not None and placed.finish > activity.deadline:
            found.append(f"{activity.key} ends after its deadline")
        if activity.fixed_start is not None and placed.start != activity.fixed_start:
            found.append(f"{activity.key} leaves its fixed date")
        for instant in worked(mode, placed.start):
            for key, count in mode.demands:
                used[key, instant] = used.get((key, instant), 0) + count
    for link in problem.links:
        if not link_holds(link, placements[link.predecessor], placements[link.successor]):
            found.append(f"{link.predecessor} → {link.successor} does not hold")
    for resource in problem.resources:
        for (key, instant), count in used.items():
            if key == resource.key and count > units(resource, instant):
                found.append(f"{key} at {instant}: {count} of {units(resource, instant)}")
    return found


def cost(problem: Problem, placements: Mapping[str, Placement]) -> int:
    total = 0
    for project in problem.projects:
        ends = [placements[one.key].finish for one in problem.activities if one.project == project.key]
        total += project.weight * max(0, max(ends, default=0) - project.due)
    return total


@dataclass(frozen=True)
class Candidate:
    placement: Placement
    times: tuple[int, ...]
    mode: Mode


def candidates(problem: Problem, activity: Activity, last: int) -> list[Candidate]:
    found = []
    starts = [start for start in range(activity.release, last + 1) if activity.fixed_start in (None, start)]
    there = {resource.key: resource for resource in problem.resources}
    for start in starts:
        for index, mode in enumerate(activity.modes):
            finish = finish_of(mode, start)
            if finish is None or finish > (last if activity.deadline is None else activity.deadline):
                continue
            times = tuple(worked(mode, start))
            if all(count <= units(there[key], instant) for key, count in mode.demands for instant in times):
                found.append(Candidate(Placement(start, finish, index), times, mode))
    return sorted(found, key=lambda one: one.placement.finish)


def everything(problem: Problem, last: int) -> Iterator[Mapping[str, Placement]]:
    """All feasible dates that end by `last`, each better than those before: the last is the best."""
    best: list[int | None] = [None]
    choices = [(one, candidates(problem, one, last)) for one in problem.activities]
    there = {resource.key: resource for resource in problem.resources}
    used: dict[tuple[str, int], int] = {}
    placed: dict[str, Placement] = {}

    def take(one: Candidate, sign: int) -> None:
        for key, count in one.mode.demands:
            for instant in one.times:
                used[key, instant] = used.get((key, instant), 0) + sign * count

    def fits(one: Candidate) -> bool:
        return all(
            used.get((key, instant), 0) + count <= units(there[key], instant)
            for key, count in one.mode.demands
            for instant in one.times
        )

    def partial() -> int:
        total = 0
        for project in problem.projects:
            ends = [
                placed[one.key].finish
                for one in problem.activities
                if one.key in placed and one.project == project.key
            ]
            total += project.weight * max(0, max(ends, default=0) - project.due)
        return total

    def descend(depth: int) -> Iterator[Mapping[str, Placement]]:
        if best[0] is not None and partial() >= best[0]:
            return
        if depth == len(choices):
            best[0] = partial()
            yield dict(placed)
            return
        activity, found = choices[depth]
        for one in found:
            placed[activity.key] = one.placement
            links = [link for link in problem.links if activity.key in (link.predecessor, link.successor)]
            links = [link for link in links if link.predecessor in placed and link.successor in placed]
            if all(link_holds(link, placed[link.predecessor], placed[link.successor]) for link in links) and fits(
                one
            ):
                take(one, 1)
                yield from descend(depth + 1)
                take(one, -1)
            del placed[activity.key]

    return descend(0)


def best(problem: Problem, last: int) -> int | None:
    """The least cost of all dates that end by `last`; None when there are none."""
    found = None
    for placements in everything(problem, last):
        found = cost(problem, placements)
    return found
