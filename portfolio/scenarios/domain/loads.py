"""What a world asks of people, week by week, as the live heatmap counts it. Pure.

Of each person on each project, the greater of the work assigned and the time booked in each slice; weeks are sums of
slices (docs/algorithms/capacity.md). What projects that are not detailed ask comes as it was rolled up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from portfolio.capacity.domain.booking import counted
from portfolio.capacity.domain.load import LoadState, load_state, monday_of
from portfolio.scenarios.domain.work_left import booked_of, slices_of
from portfolio.scenarios.domain.world import World


class LoadCell(NamedTuple):
    """A load against a capacity in a week, in minutes."""

    load: int
    capacity: int

    @property
    def ratio(self) -> Decimal | None:
        """Load over capacity (1 is full, 4 decimals); None without capacity."""
        return (Decimal(self.load) / self.capacity).quantize(Decimal("0.0001")) if self.capacity > 0 else None

    @property
    def state(self) -> LoadState:
        return load_state(self.load, self.capacity)


Row = tuple[LoadCell, ...]


@dataclass(frozen=True)
class Load:
    """Minutes by person and week of `weeks`; `unfilled` is what is booked for profiles that nobody fills, by pole (of
    projects that the scenario adds), profile and skill."""

    world: World
    weeks: tuple[date, ...]
    by_person: Mapping[str, tuple[int, ...]]
    unfilled: Mapping[tuple[str, str], tuple[int, ...]]

    def person(self, key: str) -> Row:
        """One person."""
        capacity = self.world.people[key].capacity
        return tuple(map(LoadCell, self.by_person.get(key, (0,) * len(self.weeks)), capacity))

    def people(self) -> Mapping[str, Row]:
        """Everybody."""
        return {key: self.person(key) for key in self.world.people}

    def pole(self, key: str) -> Row:
        """Those of a pole (empty: of none), with what the scenario's projects ask of it."""
        return self._row((one.key for one in self.world.people.values() if one.pole == key), ("pole", key))

    def profile(self, key: str) -> Row:
        """Those of a profile, with what is booked for it and nobody fills."""
        return self._row((one.key for one in self.world.people.values() if one.profile == key), ("profile", key))

    def skill(self, key: str) -> Row:
        """Those who have a skill, all their work counted."""
        return self._row((one.key for one in self.world.people.values() if key in one.skills), ("skill", key))

    def poles(self) -> Mapping[str, Row]:
        """Every pole that has somebody, or something to do."""
        keys = {one.pole for one in self.world.people.values()}
        keys |= {key for kind, key in self.unfilled if kind == "pole"}
        return {key: self.pole(key) for key in keys}

    def _row(self, persons: Iterable[str], place: tuple[str, str]) -> Row:
        load = list(self.unfilled.get(place, (0,) * len(self.weeks)))
        capacity = [0] * len(self.weeks)
        for key in persons:
            for at, minutes in enumerate(self.by_person.get(key, ())):
                load[at] += minutes
            for at, minutes in enumerate(self.world.people[key].capacity):
                capacity[at] += minutes
        return tuple(map(LoadCell, load, capacity))


def load_of(world: World) -> Load:
    """The load of the weeks of the world."""
    at = {week: index for index, week in enumerate(world.weeks)}
    minutes: dict[str, list[int]] = defaultdict(lambda: [0] * len(at))
    for (person, week), asked in world.elsewhere.items():
        if week in at:
            minutes[person][at[week]] += asked
    for (_project, person), slices in person_slices(world).items():
        for day, asked in slices.items():
            week = monday_of(day)
            if week in at:
                minutes[person][at[week]] += asked
    unfilled: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(at))
    for row in world.bookings.values():
        if row.person:
            continue
        for day, asked in booked_of(row, world).items():
            week = monday_of(day)
            if week in at:
                for place in (("pole", row.pole), ("profile", row.profile), ("skill", row.skill)):
                    if place[1]:
                        unfilled[place][at[week]] += asked
    return Load(
        world,
        world.weeks,
        {key: tuple(row) for key, row in minutes.items()},
        {key: tuple(row) for key, row in unfilled.items()},
    )


def person_slices(world: World) -> dict[tuple[str, str], dict[date, int]]:
    """Minutes by (project, person) and slice that the detailed projects ask for."""
    assigned: dict[tuple[str, str], dict[date, int]] = {}
    for work in world.works.values():
        if work.work_minutes > 0 and work.person in world.people:
            _add(assigned.setdefault((work.project, work.person), {}), slices_of(work, world))
    booked: dict[tuple[str, str], dict[date, int]] = {}
    for row in world.bookings.values():
        if row.person and row.person in world.people:
            _add(booked.setdefault((row.project, row.person), {}), booked_of(row, world))
    return {
        place: counted(assigned.get(place, {}), booked.get(place, {})) for place in assigned.keys() | booked.keys()
    }


def _add(total: dict[date, int], slices: Mapping[date, int]) -> None:
    for day, minutes in slices.items():
        total[day] = total.get(day, 0) + minutes
