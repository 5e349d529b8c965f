"""Monte Carlo over the network of a plan: durations and risks drawn thousands of times, and each time the dates that
the scheduling engine would give. Memory is bounded: runs go in blocks.

Source of the method: Van Slyke, "Monte Carlo methods and the PERT problem" (Operations Research 11, 1963), who also
defines the criticality index.
"""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.people.domain.calendar import DAY_MINUTES, CalendarError
from portfolio.people.domain.timeline import Timeline, to_instant
from portfolio.planning.domain.nodes import Node
from portfolio.planning.domain.schedule import Planner
from portfolio.simulation.domain.draws import Draws, normal_scores
from portfolio.simulation.domain.errors import SimulationError
from portfolio.simulation.domain.estimates import Quantiles as Table
from portfolio.simulation.domain.outcome import LEVELS, Driver, Outcome, Quantiles, Uncertainty
from portfolio.simulation.domain.passes import OutOfTables, Passes
from portfolio.simulation.domain.working_time import Grid

# Instants of one kind that a block holds: with six kinds, some 60 MB.
BLOCK_CELLS = 1_200_000
LONGEST_BLOCK, SHORTEST_BLOCK = 2048, 64
# A fifth of the runs on either side of a driver.
FIFTH_SCORE = 0.8416
SHOWN_DRIVERS = 20
Watch = Callable[[int, int], None]


def simulate(planner: Planner, uncertainty: Uncertainty, *, watch: Watch | None = None) -> Outcome:
    """Simulate the plan in `planner`. `watch(done, runs)` is called after each block; what it raises stops the run.

    Raises SimulationError: no_tasks, no_estimates, unknown_task, calendar, too_far.
    """
    return Simulation(planner, uncertainty).run(watch)


class Simulation:
    """One plan and its uncertainty, made ready."""

    def __init__(self, planner: Planner, uncertainty: Uncertainty) -> None:
        self.planner, self.network, self.asked = planner, planner.network, uncertainty
        nodes = self.network.nodes
        leaves = [node for node in nodes.values() if not (node.children or node.outside)]
        if not leaves:
            raise SimulationError("no_tasks")
        for key in (*uncertainty.estimates, *(key for risk in uncertainty.risks for key in risk.tasks)):
            if key not in nodes:
                raise SimulationError("unknown_task", key)
        self.drawn = [
            node
            for node in leaves
            if node.key in uncertainty.estimates and not uncertainty.estimates[node.key].certain and is_open(node)
        ]
        self.fixed = [
            node
            for node in leaves
            if node.key in uncertainty.estimates and uncertainty.estimates[node.key].certain and is_open(node)
        ]
        if (
            not self.drawn
            and not self.fixed
            and not any(one.probability and one.minutes for one in uncertainty.risks)
        ):
            raise SimulationError("no_estimates")
        self.tables: list[Table] = [uncertainty.estimates[node.key].table() for node in self.drawn]
        self.lengths = {node: planned_minutes(node) for node in leaves}
        self.draws = Draws(
            [uncertainty.groups.get(node.key) for node in self.drawn],
            uncertainty.correlation,
            [one.probability for one in uncertainty.risks],
            uncertainty.seed,
        )
        self.milestones = [node for node in leaves if node.milestone]
        self.whole_risks = [index for index, one in enumerate(uncertainty.risks) if not one.tasks]
        self._span()

    def _span(self) -> None:
        """How far working time is tabled at first."""
        network = self.network
        instants = [network.start, self.planner.finish]
        for node in network.nodes.values():
            found = (node.constraint_at, node.deadline, node.floor, node.manual_start, node.manual_finish,
                     node.actual_start, node.actual_finish, node.early_start, node.early_finish)  # fmt: skip
            instants += [one for one in found if one is not None]
        first, last = min(instants), max(instants)
        room = last - first + 366 * DAY_MINUTES
        self.base = (first - room) // DAY_MINUTES * DAY_MINUTES
        self.high = (last + 2 * room) // DAY_MINUTES * DAY_MINUTES

    def _grids(self) -> dict[Timeline, Grid]:
        lines = {node.timeline for node in self.network.nodes.values()} | {self.network.timeline}
        lines |= {line for node in self.network.nodes.values() for line, _, _ in node.efforts}
        try:
            return {line: Grid(line, self.base, self.high) for line in lines}
        except CalendarError as error:
            raise SimulationError("calendar") from error

    def run(self, watch: Watch | None = None) -> Outcome:
        """All runs, in blocks."""
        runs = self.asked.runs
        size = max(SHORTEST_BLOCK, min(LONGEST_BLOCK, BLOCK_CELLS // len(self.network.nodes)))
        sizes = [min(size, runs - first) for first in range(0, runs, size)]
        grids = self._grids()
        ends = np.empty(runs, np.int64)
        milestones = np.empty((len(self.milestones), runs), np.int64)
        critical = dict.fromkeys(self.network.nodes.values(), 0)
        done = 0
        for number, count in enumerate(sizes):
            where = slice(done, done + count)
            while True:
                passes = Passes(self.network, grids, self.base)
                delay = self._load(passes, number, count)
                calendar = grids[self.network.timeline]
                try:
                    passes.run()
                    ends[where] = _delayed(calendar, passes.finish, delay)
                    for row, node in enumerate(self.milestones):
                        reached = passes.shown(node)[1]
                        milestones[row, where] = reached if node.finished else _delayed(calendar, reached, delay)
                    break
                except OutOfTables:
                    grids = self._further()
            for node, span in passes.spans.items():
                shared = span.critical
                critical[node] += int(np.count_nonzero(shared)) if np.ndim(shared) else count * bool(shared)
            ends[where] += self.base
            milestones[:, where] += self.base
            done += count
            if watch is not None:
                watch(done, runs)
        return Outcome(
            runs,
            _quantiles(ends, self.planner.finish, tuple(level / 100 for level in range(1, 100))),
            {
                node.key: _quantiles(milestones[row], _shown_finish(node), LEVELS)
                for row, node in enumerate(self.milestones)
            },
            {node.key: count / runs for node, count in critical.items()},
            self._drivers(ends, sizes),
        )

    def _further(self) -> dict[Timeline, Grid]:
        room = self.high - self.base
        self.base -= room // DAY_MINUTES // 2 * DAY_MINUTES
        self.high += room // DAY_MINUTES * DAY_MINUTES
        return self._grids()

    def _load(self, passes: Passes, number: int, runs: int) -> Any:
        """Durations of one block; returns the minutes by which risks delay the whole project."""
        scores, events = self.draws.block(number, runs)
        minutes: dict[Node, Any] = {
            node: table.minutes(row) for node, table, row in zip(self.drawn, self.tables, scores, strict=True)
        }
        for node in self.fixed:
            minutes[node] = max(self.asked.estimates[node.key].likely, 1)
        added: dict[Node, Any] = {}
        for one, happens in zip(self.asked.risks, events, strict=True):
            for key in one.tasks:
                node = self.network.nodes[key]
                if not node.children and is_open(node):
                    added[node] = added.get(node, 0) + happens * one.minutes
        for node, planned in self.lengths.items():
            self._place(passes, node, planned, minutes.get(node), added.get(node))
        delay: Any = 0
        for index in self.whole_risks:
            delay = delay + events[index] * self.asked.risks[index].minutes
        return delay

    def _place(self, passes: Passes, node: Node, planned: int, drawn: Any, added: Any) -> None:
        """The done part of a task stays as planned, what remains is drawn; risks add whole days to it."""
        span = passes.spans[node]
        if (drawn is None and added is None) or not planned:
            span.whole, span.left = node.duration, node.remaining
            return
        done = 0 if node.manual_start is not None else round(planned * node.task.percent_complete)
        remaining = planned - done
        if drawn is not None:
            remaining = np.rint(drawn * (remaining / planned)).astype(np.int64)
        if added is not None:
            remaining = remaining + added
        span.whole = done + remaining
        span.left = remaining if node.started else span.whole
        if node.efforts:
            span.scale = span.whole / planned
            # Of a task nearly done, the planned rest may round to nothing.
            span.left_scale = remaining / max(planned - done, 1) if node.started else span.scale

    def _drivers(self, ends: NDArray[np.int64], sizes: Sequence[int]) -> tuple[Driver, ...]:
        """The same draws once more, against the end: nothing of their size is kept meanwhile."""
        days = ((ends - ends.mean()) / DAY_MINUTES).astype(np.float32)
        if not days.any():
            return ()
        ranks = normal_scores(ends)
        tasks, risks = len(self.drawn), len(self.asked.risks)
        linear, low, high = np.zeros(tasks), np.zeros(tasks), np.zeros(tasks)
        low_count, high_count = np.zeros(tasks), np.zeros(tasks)
        happened, happened_days, happened_ranks = np.zeros(risks), np.zeros(risks), np.zeros(risks)
        done = 0
        for number, count in enumerate(sizes):
            scores, events = self.draws.block(number, count)
            where = slice(done, done + count)
            linear += scores @ ranks[where]
            for sums, counts, inside in (
                (low, low_count, scores < -FIFTH_SCORE),
                (high, high_count, scores > FIFTH_SCORE),
            ):
                chosen = inside.astype(np.float32)
                sums += chosen @ days[where]
                counts += chosen.sum(axis=1)
            chosen = events.astype(np.float32)
            happened += chosen.sum(axis=1)
            happened_days += chosen @ days[where]
            happened_ranks += chosen @ ranks[where]
            done += count
        low, high = low / np.maximum(low_count, 1), high / np.maximum(high_count, 1)
        found = [
            Driver(node.key, False, float(linear[row] / done), float(low[row]), float(high[row]))
            for row, node in enumerate(self.drawn)
        ]
        for row, one in enumerate(self.asked.risks):
            times = happened[row]
            if 0 < times < done and one.minutes:
                share = times / done
                tie = happened_ranks[row] / done / float(np.sqrt(share * (1 - share)))
                found.append(
                    Driver(
                        one.key, True, float(tie), -happened_days[row] / (done - times), happened_days[row] / times
                    )
                )
        # The longest swing first: what the end moves by between its good draws and its bad ones.
        found.sort(key=lambda one: (-abs(one.high - one.low), one.key))
        return tuple(found[:SHOWN_DRIVERS])


def _delayed(calendar: Grid, minute: Any, delay: Any) -> Any:
    """`minute`, later by the risks of the whole project. Raises OutOfTables."""
    if isinstance(delay, int):
        return minute
    later = calendar.add(minute, delay)
    if np.max(later) >= calendar.high_edge:
        raise OutOfTables
    return later


def is_open(node: Node) -> bool:
    """Whether a task still has a duration to be uncertain about: it is not done and is no milestone."""
    return not (node.finished or node.milestone or node.task.percent_complete >= 1)


def planned_minutes(node: Node) -> int:
    """Working minutes of a task as the engine dates it."""
    if node.efforts:
        return node.timeline.between(node.early_start, node.finish_from(node.early_start))
    return node.duration


def _shown_finish(node: Node) -> int:
    return node.late_finish if node.alap else node.early_finish


def _quantiles(minutes: NDArray[np.int64], planned: int, levels: Sequence[float]) -> Quantiles:
    ordered = np.sort(minutes)
    count = len(ordered)
    places = [min(max(ceil(round(level * count, 6)), 1), count) - 1 for level in levels]
    dates = tuple((level, to_instant(int(ordered[place]))) for level, place in zip(levels, places, strict=True))
    return Quantiles(dates, to_instant(planned), float(np.searchsorted(ordered, planned, side="right") / count))
