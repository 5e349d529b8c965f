"""What a world asks of people, week by week, as the live heatmap counts it. Pure.

Of each person on each project, the greater of the work assigned and the time booked in each slice; weeks are sums of
slices (docs/algorithms/capacity.md). What projects that are not detailed ask comes as it was rolled up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
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


Place = tuple[str, str]
"""A project and a person."""
Slices = Mapping[Place, Mapping[date, int]]


def load_of(world: World) -> Load:
    """The load of the weeks of the world; of one made of another, only what differs from it is counted again."""
    live = world.origin
    same = world.people is live.people and world.elsewhere is live.elsewhere and world.weeks is live.weeks
    if world is live or not same:
        return _live_load(live)[0] if world is live else _summed(world, person_slices(world))
    base, before = _live_load(live)
    places = _changed(world, live)
    after = person_slices(world, places)
    at = {week: index for index, week in enumerate(world.weeks)}
    rows: dict[str, list[int]] = {}
    for place in places:
        row = rows.setdefault(place[1], list(base.by_person.get(place[1], (0,) * len(at))))
        _count(row, at, before.get(place, {}), -1)
        _count(row, at, after.get(place, {}), 1)
    by_person = {**base.by_person, **{key: tuple(row) for key, row in rows.items()}}
    return Load(world, world.weeks, by_person, base.unfilled if world.bookings is live.bookings else _unfilled(world))


def _live_load(live: World) -> tuple[Load, Slices]:
    """The load of the live plan, and what it is the sum of: counted once."""
    kept: tuple[Load, Slices] | None = live.memo.get("load")
    if kept is None or kept[0].world is not live:
        slices = person_slices(live)
        kept = live.memo["load"] = (_summed(live, slices), slices)
    return kept


def _summed(world: World, slices: Slices) -> Load:
    at = {week: index for index, week in enumerate(world.weeks)}
    minutes: dict[str, list[int]] = defaultdict(lambda: [0] * len(at))
    for (person, week), asked in world.elsewhere.items():
        if week in at:
            minutes[person][at[week]] += asked
    for (_project, person), asked_of in slices.items():
        _count(minutes[person], at, asked_of, 1)
    return Load(world, world.weeks, {key: tuple(row) for key, row in minutes.items()}, _unfilled(world))


def _count(row: list[int], at: Mapping[date, int], slices: Mapping[date, int], sign: int) -> None:
    for day, asked in slices.items():
        index = at.get(monday_of(day))
        if index is not None:
            row[index] += sign * asked


def _unfilled(world: World) -> dict[tuple[str, str], tuple[int, ...]]:
    at = {week: index for index, week in enumerate(world.weeks)}
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(at))
    for row in world.bookings.values():
        if row.person:
            continue
        for place in (("pole", row.pole), ("profile", row.profile), ("skill", row.skill)):
            if place[1]:
                _count(found[place], at, booked_of(row, world), 1)
    return {key: tuple(row) for key, row in found.items()}


def _changed(world: World, live: World) -> set[Place]:
    """Whose work or bookings on which projects are not those of the live plan."""
    found: set[Place] = set()
    for now, before in ((world.works, live.works), (world.bookings, live.bookings)):
        if now is before:
            continue
        for key in now.keys() | before.keys():
            one, other = now.get(key), before.get(key)
            if one is not other:
                found |= {(row.project, row.person) for row in (one, other) if row is not None}
    if world.tasks is not live.tasks:
        moved = {key for key, one in world.tasks.items() if one is not live.tasks.get(key)}
        found |= {(one.project, one.person) for one in world.works.values() if one.task in moved}
    return {place for place in found if place[1] in world.people}


def person_slices(world: World, places: Collection[Place] | None = None) -> dict[Place, dict[date, int]]:
    """Minutes by (project, person) and slice that the detailed projects ask for; of some `places` alone if given."""
    assigned: dict[Place, dict[date, int]] = {}
    for work in world.works.values():
        place = (work.project, work.person)
        if work.work_minutes > 0 and work.person in world.people and (places is None or place in places):
            _add(assigned.setdefault(place, {}), slices_of(work, world))
    booked: dict[Place, dict[date, int]] = {}
    for row in world.bookings.values():
        place = (row.project, row.person)
        if row.person and row.person in world.people and (places is None or place in places):
            _add(booked.setdefault(place, {}), booked_of(row, world))
    return {
        place: counted(assigned.get(place, {}), booked.get(place, {})) for place in assigned.keys() | booked.keys()
    }


def _add(total: dict[date, int], slices: Mapping[date, int]) -> None:
    for day, minutes in slices.items():
        total[day] = total.get(day, 0) + minutes
