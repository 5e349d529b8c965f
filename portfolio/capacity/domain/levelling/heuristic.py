"""Good dates at once: many schedules by priority rules and chance, each pushed to the right and back to the left.

Rules: Kolisch 1996; sampling with forward-backward improvement: Tormos and Lova 2001; justification: Valls, Ballestín
and Quintanilla 2005, "Justification and RCPSP: a technique that pays".
"""

import random
from collections.abc import Callable, Sequence
from itertools import cycle

from portfolio.capacity.domain.levelling.generation import ANY_MODE, Attempt, Generation, list_order
from portfolio.capacity.domain.levelling.plan import Plan

# Placements of one activity: what bounds the search, so that the same problem has the same answer on any machine.
QUICK = 12_000
# Schedules that are tried whatever their size; times that one which missed a date is begun again.
FEWEST_PASSES = 6
REPAIRS = 25
ELITE = 6
# Schedules in a row without a better one before the good ones are left.
PATIENCE = 150
# How many places in the order an activity may move by, more or less, from a good schedule to its neighbour.
PLACES = (2, 4, 8)
# How much the priorities of a rule are shaken, as a share of their range.
NOISE = 0.15
# How often whole projects are moved rather than each activity a little.
WHOLE = 0.5

Priority = Sequence[float]


class Search:
    """The schedules found so far, the best first."""

    def __init__(
        self, plan: Plan, *, effort: int, bound: int, seed: int, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        self.plan = plan
        self.left = max(effort, FEWEST_PASSES * len(plan.keys))
        self.bound = bound
        self.random = random.Random(seed)  # noqa: S311 - chance in a search, not a secret
        self.stopped = stopped
        self.any_mode = [ANY_MODE] * len(plan.keys)
        self.best: Attempt | None = None
        self.elite: list[Attempt] = []
        self.idle = 0

    @property
    def over(self) -> bool:
        """Whether nothing better can be found, or no more is to be spent."""
        return self.left <= 0 or (self.best is not None and self.best.cost <= self.bound) or self.stopped()

    def run(self) -> Attempt | None:
        """The best schedule of all passes; None if every one missed a date."""
        rules = priority_rules(self.plan)
        for number, (parallel, rule) in enumerate((parallel, rule) for parallel in (True, False) for rule in rules):
            # One schedule is made even for who no longer waits.
            if number and self.over:
                return self.best
            self.keep(self.generated(rule, parallel, self.any_mode))
        kinds = cycle(["neighbour", "parallel", "neighbour", "serial"])
        while not self.over:
            kind = next(kinds)
            if kind == "neighbour" and self.elite:
                self.keep(self.varied(self.random.choice(self.elite)))
            else:
                self.keep(self.generated(self.shaken(rules[0], NOISE), kind == "parallel", self.any_mode))
        return self.best

    def keep(self, attempt: Attempt) -> None:
        """Improve a schedule, and remember it among the best."""
        if attempt.stuck >= 0:
            return
        attempt = self.improved(attempt)
        self.idle += 1
        if not self.elite or attempt.cost < self.elite[0].cost:
            self.idle = 0
        if self.best is None or attempt.cost < self.best.cost:
            self.best = attempt
        if self.idle > PATIENCE:
            # All that is near the good ones has been seen: begin elsewhere.
            self.elite, self.idle = [], 0
        if all(attempt.start != other.start for other in self.elite):
            self.elite = sorted([*self.elite, attempt], key=lambda one: one.cost)[:ELITE]

    def improved(self, attempt: Attempt) -> Attempt:
        """Right and left justification, as long as it pays."""
        while not self.over:
            moved = self.justified(attempt)
            if moved is None or moved.cost >= attempt.cost:
                return attempt
            attempt = moved
        return attempt

    def justified(self, attempt: Attempt) -> Attempt | None:
        """The schedule after every activity was moved as late as its project's end allows, then as early as possible;
        None when a date was missed on the way."""
        plan, horizon = self.plan, self.plan.horizon
        ends = plan.ends(attempt.finish)
        back = plan.backwards
        floors = [
            max(release, horizon - ends[project]) for release, project in zip(back.release, plan.project, strict=True)
        ]
        starts = [horizon - finish for finish in attempt.finish]
        fixed = [start if date >= 0 else -1 for date, start in zip(plan.fixed, starts, strict=True)]
        self.left -= 2 * len(starts)
        late = Generation(back, attempt.option, floors, fixed).serial(list_order(back, starts))
        if late.stuck >= 0:
            return None
        order = list_order(plan, [horizon - finish for finish in late.finish])
        early = Generation(plan, attempt.option, plan.release).serial(order)
        return None if early.stuck >= 0 else early

    def generated(self, priority: Priority, parallel: bool, options: Sequence[int]) -> Attempt:
        """A schedule by priorities. One that misses a date is begun again: with what came too late and all it waits
        for first, or with the predecessor of a maximum lag later."""
        plan = self.plan
        floors, urgent, priority = list(plan.release), 0.0, list(priority)
        for _ in range(REPAIRS):
            self.left -= len(priority)
            generation = Generation(plan, options, floors)
            attempt = generation.parallel(priority) if parallel else generation.serial(list_order(plan, priority))
            if attempt.stuck < 0:
                break
            if attempt.culprit >= 0:
                floors[attempt.culprit] = attempt.start[attempt.culprit] + attempt.excess
                continue
            urgent = min(urgent, *priority) - plan.horizon
            for j in self.awaited(attempt.stuck):
                priority[j] += urgent
        return attempt

    def awaited(self, j: int) -> set[int]:
        """`j` and all that it waits for."""
        found, left = {j}, [j]
        while left:
            k = left.pop()
            for i in [*(arc[0] for arc in self.plan.after[k]), *(arc[0] for arc in self.plan.others[k])]:
                if i not in found:
                    found.add(i)
                    left.append(i)
        return found

    def shaken(self, priority: Priority, share: float) -> list[float]:
        """Priorities with noise of a share of their range."""
        width = self.span(priority) * share or 1.0
        draw = self.random.uniform
        return [value + draw(-width, width) for value in priority]

    def shifted(self, priority: Priority) -> list[float]:
        """Priorities of which one or two projects move as a whole."""
        moves = [0.0] * len(self.plan.weights)
        for _ in range(self.random.choice((1, 1, 2))):
            reach = self.span(priority) * self.random.random()
            moves[self.random.choice(self.plan.project)] = self.random.uniform(-reach, reach)
        return [value + moves[project] for value, project in zip(priority, self.plan.project, strict=True)]

    @staticmethod
    def span(priority: Priority) -> float:
        return max(priority, default=0) - min(priority, default=0)

    def varied(self, attempt: Attempt) -> Attempt:
        """A neighbour of a good schedule: much the same order, and mostly the same modes."""
        options: list[int] = attempt.option
        if any(len(found) > 1 for found in self.plan.options):
            options = [self._another(j, option) for j, option in enumerate(options)]
        if len(self.plan.weights) > 1 and self.random.random() < WHOLE:
            return self.generated(self.shifted(attempt.start), False, options)
        share = min(1.0, self.random.choice(PLACES) / len(options))
        return self.generated(self.shaken(attempt.start, share), False, options)

    def _another(self, j: int, option: int) -> int:
        chance = self.random.random()
        if chance < 0.1:
            return ANY_MODE
        return self.random.randrange(len(self.plan.options[j])) if chance < 0.2 else option


def priority_rules(plan: Plan) -> list[list[float]]:
    """The classical rules, least first: latest finish (LFT), latest start (LST, which in a schedule of fixed order is
    the least slack), greatest rank positional weight (GRPW), most successors (MTS); and where projects do not weigh
    alike, the heaviest for its work first."""
    count = len(plan.keys)
    durations = [min(option.duration for option in options) for options in plan.options]
    # A project that has time until it is due does not press before.
    ends = list(map(max, plan.ends(plan.early[1]), plan.dues))
    late = [float(ends[project] - tail) for project, tail in zip(plan.project, plan.tails, strict=True)]
    after: list[set[int]] = [set() for _ in range(count)]
    if count <= 1000:
        # The closure of a plan of thousands would cost more than many passes.
        for j in reversed(plan.order):
            for k in plan.followers[j]:
                after[j] |= {k} | after[k]
    rules = [
        late,
        [finish - duration for finish, duration in zip(late, durations, strict=True)],
        [-float(durations[j] + sum(durations[k] for k in plan.followers[j])) for j in range(count)],
        [-float(len(found)) for found in after],
    ]
    if len(set(plan.weights)) > 1:
        work = [1.0] * len(plan.weights)
        for project, duration in zip(plan.project, durations, strict=True):
            work[project] += duration
        ratio = [amount / max(weight, 0.001) for amount, weight in zip(work, plan.weights, strict=True)]
        ranked = sorted(range(len(ratio)), key=ratio.__getitem__)
        place = {project: rank for rank, project in enumerate(ranked)}
        rules.insert(0, [place[plan.project[j]] * plan.horizon + late[j] for j in range(count)])
    return rules
