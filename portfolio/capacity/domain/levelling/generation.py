"""Schedule generation: activities placed one after the other, each at the first instant that all allows.

The serial scheme takes them in a given order; the parallel one, whichever can start first (Kelley 1963; Kolisch 1996,
"Serial and parallel resource-constrained project scheduling methods revisited").
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

from portfolio.capacity.domain.levelling.plan import Option, Plan
from portfolio.capacity.domain.levelling.profile import Profile, hold, slot

ANY_MODE = -1


@dataclass(slots=True)
class Attempt:
    """Dates by number of activity, and the options taken. When the last date could not be met, `stuck` is the
    activity that came too late; `culprit` (or -1) would have to start `excess` later for the maximum lag between
    them."""

    start: list[int]
    finish: list[int]
    option: list[int]
    stuck: int = -1
    culprit: int = -1
    excess: int = 0
    cost: int = field(default=0)


class Generation:
    """One schedule in the making."""

    def __init__(
        self, plan: Plan, options: Sequence[int], floors: Sequence[int], fixed: Sequence[int] | None = None
    ) -> None:
        count = len(plan.keys)
        self.plan = plan
        self.options = options
        self.floors = floors
        self.profiles = [Profile(capacity) for capacity in plan.capacities]
        self.attempt = Attempt([-1] * count, [-1] * count, [0] * count)
        self.fixed = plan.fixed if fixed is None else fixed
        self.tight = plan.tight or max(self.fixed, default=-1) >= 0

    def serial(self, order: Sequence[int]) -> Attempt:
        """Places the activities in `order`, which follows the links."""
        if self._place_fixed():
            for j in order:
                found = self.fit(j)
                if found is None or not self.put(j, *found):
                    break
        return self.finished()

    def parallel(self, priority: Sequence[float]) -> Attempt:
        """Places whichever can start first; among these, that of the least `priority` (non-delay schedules).

        An earliest start only grows while others are placed: a heap of past answers is looked at again on top only.
        """
        if self._place_fixed():
            waiting = [
                len(after) + len(others) for after, others in zip(self.plan.after, self.plan.others, strict=True)
            ]
            heap: list[tuple[int, float, int]] = []
            for j, count in enumerate(waiting):
                if not count and not self._push(heap, priority, j):
                    return self.finished()
            while heap:
                start, _, j = heap[0]
                found = self.fit(j)
                if found is None:
                    break
                if found[0] > start:
                    heapq.heapreplace(heap, (found[0], priority[j], j))
                    continue
                heapq.heappop(heap)
                if not self.put(j, *found):
                    break
                for k in self.plan.followers[j]:
                    waiting[k] -= 1
                    if not waiting[k] and not self._push(heap, priority, k):
                        return self.finished()
        return self.finished()

    def _push(self, heap: list[tuple[int, float, int]], priority: Sequence[float], j: int) -> bool:
        found = self.fit(j)
        if found is not None:
            heapq.heappush(heap, (found[0], priority[j], j))
        return found is not None

    def finished(self) -> Attempt:
        """The attempt with its cost."""
        if self.attempt.stuck < 0:
            self.attempt.cost = self.plan.cost(self.attempt.finish)
        return self.attempt

    def fit(self, j: int) -> tuple[int, int, int] | None:
        """The first dates that `j` can have, as (start, finish, option): of its modes, that which ends first."""
        plan, attempt = self.plan, self.attempt
        if self.fixed[j] >= 0:
            return attempt.start[j], attempt.finish[j], attempt.option[j]
        low, low_finish = plan.bounds(j, self.floors[j], attempt.start, attempt.finish)
        options = plan.options[j]
        chosen = self.options[j]
        if chosen == ANY_MODE and len(options) > 1:
            found = [self._dates(index, option, low, low_finish) for index, option in enumerate(options)]
            dates = min((one for one in found if one is not None), key=lambda one: (one[1], one[0]), default=None)
        else:
            index = max(chosen, 0)
            dates = self._dates(index, options[index], low, low_finish)
        if dates is None:
            attempt.stuck = j
        return dates

    def _dates(self, index: int, option: Option, low: int, low_finish: int) -> tuple[int, int, int] | None:
        start = slot(self.profiles, option, low, low_finish)
        return None if start is None else (start, option.finish(start), index)

    def put(self, j: int, start: int, finish: int, index: int) -> bool:
        """Place `j`; False if that is too late."""
        attempt = self.attempt
        attempt.start[j], attempt.finish[j], attempt.option[j] = start, finish, index
        if self.tight and not self._in_time(j):
            attempt.stuck = j
            return False
        if self.fixed[j] < 0:
            hold(self.profiles, self.plan.options[j][index], start, finish)
        return True

    def _in_time(self, j: int) -> bool:
        plan, attempt = self.plan, self.attempt
        if self.fixed[j] >= 0:
            low, low_finish = plan.bounds(j, 0, attempt.start, attempt.finish)
            if low > attempt.start[j] or low_finish > attempt.finish[j]:
                return False
        elif attempt.finish[j] > plan.latest[j]:
            return False
        for i, from_finish, to_finish, lag in plan.within[j]:
            allowed = (attempt.finish if from_finish else attempt.start)[i] + lag
            excess = (attempt.finish if to_finish else attempt.start)[j] - allowed
            if excess > 0:
                attempt.culprit, attempt.excess = i, excess
                return False
        return True

    def _place_fixed(self) -> bool:
        """Fixed activities hold their resources before all others."""
        attempt = self.attempt
        for j, date in enumerate(self.fixed):
            if date < 0:
                continue
            chosen = self.options[j]
            for index, option in enumerate(self.plan.options[j]):
                if chosen in (ANY_MODE, index) and slot(self.profiles, option, date, 0) == date:
                    finish = option.finish(date)
                    attempt.start[j], attempt.finish[j], attempt.option[j] = date, finish, index
                    hold(self.profiles, option, date, finish)
                    break
            else:
                attempt.stuck = j
                return False
        return True


def list_order(plan: Plan, priority: Sequence[float]) -> list[int]:
    """An order that follows the links and, where these leave a choice, takes the least `priority` first."""
    waiting = [len(after) + len(others) for after, others in zip(plan.after, plan.others, strict=True)]
    heap = [(priority[j], j) for j, count in enumerate(waiting) if not count]
    heapq.heapify(heap)
    order = []
    while heap:
        _, j = heapq.heappop(heap)
        order.append(j)
        for k in plan.followers[j]:
            waiting[k] -= 1
            if not waiting[k]:
                heapq.heappush(heap, (priority[k], k))
    return order
