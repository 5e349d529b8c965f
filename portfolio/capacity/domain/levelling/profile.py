"""What is free of resources over time, while activities are placed one after the other."""

from bisect import bisect_right
from collections.abc import Iterable

from portfolio.capacity.domain.levelling.plan import Capacity, Option


class Profile:
    """A step function whose values are the free units of several resources, packed in one integer.

    Taking `need` from `free` clears the guard bit of a field that has too little, so that one subtraction and one
    mask compare them all (a SWAR comparison; Lamport 1975).
    """

    def __init__(self, capacity: Capacity) -> None:
        self.times = list(capacity.times)
        self.free = list(capacity.free)
        self.guards = capacity.guards

    def earliest(self, start: int, length: int, need: int) -> int | None:
        """The first instant from `start` on from which `need` is free for `length` (at least 1); None if never."""
        times, free, guards = self.times, self.free, self.guards
        count = len(times)
        index = bisect_right(times, start) - 1
        end = start + length
        while True:
            if (free[index] - need) & guards == guards:
                index += 1
                if index == count or times[index] >= end:
                    return start
            else:
                index += 1
                if index == count:
                    return None
                start = times[index]
                end = start + length

    def blocked_until(self, start: int, end: int, need: int) -> int:
        """The end of the last stretch within start-end where `need` is not free: `start` if it is free throughout, -1
        if that stretch never ends."""
        times, free, guards = self.times, self.free, self.guards
        index = bisect_right(times, end - 1) - 1
        while index >= 0:
            if (free[index] - need) & guards != guards:
                return times[index + 1] if index + 1 < len(times) else -1
            if times[index] <= start:
                break
            index -= 1
        return start

    def take(self, start: int, end: int, need: int) -> None:
        """Hold `need` from `start` to `end` (later than `start`); it must be free."""
        times, free = self.times, self.free
        first = bisect_right(times, start) - 1
        if times[first] != start:
            first += 1
            times.insert(first, start)
            free.insert(first, free[first - 1])
        index = first
        count = len(times)
        while index < count and times[index] < end:
            free[index] -= need
            index += 1
        if index == count or times[index] != end:
            times.insert(index, end)
            free.insert(index, free[index - 1] + need)


def slot(profiles: list[Profile], option: Option, low: int, low_finish: int) -> int | None:
    """The first start of the mode, not before `low`, ending not before `low_finish`, at which its needs are free."""
    pauses, length = option.pauses, option.duration
    start = option.first_start(low, low_finish)
    if not option.needs:
        return start
    if pauses is None:
        if len(option.needs) == 1:
            group, need = option.needs[0]
            return profiles[group].earliest(start, length, need)
        while True:
            first = start
            for group, need in option.needs:
                found = profiles[group].earliest(start, length, need)
                if found is None:
                    return None
                start = found
            if start == first:
                return start
    while True:
        freed = _freed(profiles, option, pauses.pieces(start, pauses.finish(start, length)))
        if freed is None:
            return start
        if freed < 0:
            return None
        start = pauses.resumed(freed)


def _freed(profiles: list[Profile], option: Option, pieces: list[tuple[int, int]]) -> int | None:
    """When what blocks the last blocked piece ends; None if nothing blocks, -1 if that never ends.

    Any start before that would still meet it: the work only ends later when it begins later.
    """
    for begin, end in reversed(pieces):
        ends = [profiles[group].blocked_until(begin, end, need) for group, need in option.needs]
        if -1 in ends:
            return -1
        if max(ends) > begin:
            return max(ends)
    return None


def hold(profiles: list[Profile], option: Option, start: int, finish: int) -> None:
    """Take what the mode needs from `start` to `finish`, its pauses left out."""
    if not option.needs:
        return
    pieces: Iterable[tuple[int, int]] = (
        ((start, finish),) if option.pauses is None else option.pauses.pieces(start, finish)
    )
    for begin, end in pieces:
        for group, need in option.needs:
            profiles[group].take(begin, end, need)
