"""A calendar's working time over many runs at once: the answers of `Timeline`, for whole arrays of minutes.

Time is cut into cells as long as the calendar allows (the greatest common divisor of its hours), each wholly worked
or not. An instant then finds the work before it, and an amount of work its instant, by one look-up: exact, and many
times faster than a search. Instants are minutes from `base`.
"""

from math import gcd
from typing import Any

import numpy as np

from portfolio.people.domain.calendar import DAY_MINUTES
from portfolio.people.domain.timeline import Timeline
from portfolio.simulation.domain.errors import SimulationError

Minutes = Any
"""An int, the same in every run, or an array of int64, one for each run."""

MOST_CELLS = 20_000_000


class Grid:
    """Working time from `base` to `high`, both midnights in the minutes of `timeline`.

    Beyond, answers stop at the last work known: `low_edge` and `high_edge` say where one can no longer be trusted.
    Raises CalendarError as `Timeline` does, SimulationError(too_far).
    """

    def __init__(self, timeline: Timeline, base: int, high: int) -> None:
        timeline.worked(base)
        timeline.worked(high)
        starts, ends = np.array(timeline.starts, np.int64) - base, np.array(timeline.ends, np.int64) - base
        inside = (ends > 0) & (starts < high - base)
        starts, ends = np.maximum(starts[inside], 0), np.minimum(ends[inside], high - base)
        if not len(starts):
            raise SimulationError("calendar")
        self.size = size = gcd(DAY_MINUTES, int(np.gcd.reduce(starts)), int(np.gcd.reduce(ends)))
        count = (high - base) // size
        if count > MOST_CELLS:
            raise SimulationError("too_far")
        turns = np.zeros(count + 1, np.int64)
        np.add.at(turns, starts // size, 1)
        np.add.at(turns, ends // size, -1)
        self.works = np.cumsum(turns)
        self.before = np.concatenate(([0], np.cumsum(self.works[:-1]))) * size
        worked = np.flatnonzero(self.works) * size
        # What an amount of work adds to itself to become an instant.
        self.shift = worked - np.arange(len(worked)) * size
        self.closes = np.zeros(count + 1, bool)
        self.closes[ends // size] = True
        self.low_edge, self.high_edge = int(starts[0]), int(ends[-1])

    def worked(self, minute: Minutes) -> Minutes:
        """Minutes of work before an instant."""
        cell = minute // self.size
        return self.before.take(cell, mode="clip") + self.works.take(cell, mode="clip") * (minute - cell * self.size)

    def latest(self, work: Minutes) -> Minutes:
        """The latest instant with so much work before it: a morning, where work goes on."""
        return work + self.shift.take(work // self.size, mode="clip")

    def earliest(self, work: Minutes) -> Minutes:
        """The earliest instant with so much work before it: an evening, where work ends."""
        return work + self.shift.take((work - 1) // self.size, mode="clip")

    def add(self, minute: Minutes, work: Minutes) -> Minutes:
        """As `Timeline.add`; runs may differ in sign, and stay where they are for no work."""
        if isinstance(work, int):
            if not work:
                return minute
            reached = self.worked(minute) + work
            return self.earliest(reached) if work > 0 else self.latest(reached)
        reached = self.worked(minute) + work
        found = np.where(work > 0, self.earliest(reached), self.latest(reached))
        return np.where(work == 0, minute, found)

    def next_start(self, minute: Minutes) -> Minutes:
        """As `Timeline.next_start`."""
        return self.latest(self.worked(minute))

    def previous_finish(self, minute: Minutes) -> Minutes:
        """As `Timeline.previous_finish`."""
        return self.earliest(self.worked(minute))

    def is_finish(self, minute: Minutes) -> Minutes:
        """As `Timeline.is_finish`."""
        cell = minute // self.size
        return self.closes.take(cell, mode="clip") & (minute == cell * self.size)

    def between(self, start: Minutes, finish: Minutes) -> Minutes:
        """As `Timeline.between`."""
        return self.worked(finish) - self.worked(start)
