"""Work that rests in pauses: when it ends, when it must begin, and the pieces in which it is done."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate


class Pauses:
    """The pauses of a mode on the time line; sums of rest are kept, so that each answer is a binary search."""

    def __init__(self, pauses: Sequence[tuple[int, int]]) -> None:
        self.intervals = tuple(pauses)
        self.begins = [begin for begin, _ in pauses]
        self.ends = [end for _, end in pauses]
        self.rested = [0, *accumulate(end - begin for begin, end in pauses)]
        # Working time before each pause, counted from instant 0 as if nothing had rested before it.
        self.worked = [begin - rest for (begin, _), rest in zip(pauses, self.rested, strict=False)]

    def working(self, instant: int) -> int:
        """Units of working time before `instant` (up to a constant)."""
        index = bisect_left(self.begins, instant)
        rest = self.rested[index]
        if index and self.ends[index - 1] > instant:
            rest -= self.ends[index - 1] - instant
        return instant - rest

    def resumed(self, instant: int) -> int:
        """The first instant of work from `instant` on."""
        index = bisect_right(self.begins, instant) - 1
        return max(instant, self.ends[index]) if index >= 0 else instant

    def reached(self, work: int) -> int:
        """The first instant before which `working` is `work`: at the begin of a pause rather than at its end."""
        return work + self.rested[bisect_left(self.worked, work)]

    def finish(self, start: int, duration: int) -> int:
        """The end of `duration` of work begun at `start`."""
        return self.reached(self.working(start) + duration) if duration else start

    def start_to_finish_from(self, finish: int, duration: int) -> int:
        """The first start of work that ends at `finish` or later."""
        if not duration:
            return finish
        return self.resumed(self.reached(self.working(finish - 1) + 1 - duration))

    def pieces(self, start: int, finish: int) -> list[tuple[int, int]]:
        """The working stretches of what is begun at `start` and done at `finish`."""
        found = []
        for index in range(bisect_left(self.begins, start), bisect_left(self.begins, finish)):
            found.append((start, self.begins[index]))
            start = self.ends[index]
        return [*found, (start, finish)]

    def mirrored(self, horizon: int) -> "Pauses":
        """The same pauses on a time line that runs backwards from `horizon`."""
        return Pauses([(horizon - end, horizon - begin) for begin, end in reversed(self.intervals)])
