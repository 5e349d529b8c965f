"""The heatmap's figures: load against capacity by person, team, pole, skill or profile, by week or month.

Read from the roll-ups (LoadMonth, LoadWeek) and from calendars, in a fixed number of statements.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from portfolio.capacity.domain.load import Grain, LoadState, load_state
from portfolio.capacity.models import Allocation, LoadMonth, LoadWeek
from portfolio.capacity.queries import LoadFilters
from portfolio.capacity.rollup import allocation_load
from portfolio.people.models import Person, PersonSkill, Pole, Profile, Skill
from portfolio.people.queries import capacities
from portfolio.projects.models import Phase, Programme, Project, ProjectMember
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission

ROWS_A_PAGE = 200
NONE = "none"
"""The key of the row of those who have no pole, or no profile."""


class Grouping(StrEnum):
    """What a row of the heatmap is."""

    POLE = "pole"
    PERSON = "person"
    PROJECT = "project"
    PROGRAMME = "programme"
    SKILL = "skill"
    PROFILE = "profile"

    @property
    def overlaps(self) -> bool:
        """Whether a person may be in several rows: they have no sum then."""
        return self in {Grouping.PROJECT, Grouping.PROGRAMME, Grouping.SKILL}


@dataclass(frozen=True, slots=True)
class GridCell:
    """A load against a capacity in one period, in minutes."""

    load: int
    capacity: int

    @property
    def ratio(self) -> Decimal | None:
        """Load over capacity (1 is full, 4 decimals); None without capacity."""
        if self.capacity <= 0:
            return None
        return (Decimal(self.load) / self.capacity).quantize(Decimal("0.0001"), ROUND_HALF_UP)

    @property
    def state(self) -> LoadState:
        return load_state(self.load, self.capacity)


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row: its key (`none` for those without), its name, how many persons it gathers, a cell a period."""

    key: str
    name: str
    people: int
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows` of one page, the sum of all of them when rows do not overlap, and the minutes of a full time in each
    period. `pages` counts from 1."""

    grain: Grain
    periods: tuple[date, ...]
    rows: tuple[GridRow, ...]
    total: tuple[GridCell, ...]
    full_time: tuple[int, ...]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class _Group:
    key: str
    name: str
    persons: tuple[UUID, ...]


def grid(
    member: Membership,
    by: Grouping,
    grain: Grain,
    first: date,
    count: int,
    filters: LoadFilters,
    *,
    page: int = 1,
    only: UUID | str | None = None,
) -> Grid:
    """`count` periods from that of `first`; the load of `filters.projects`, the persons of `filters.poles`.

    `only`: the row of that key alone. At most twelve statements, whatever the numbers.
    """
    periods = grain.periods(first, count)
    persons = _persons(filters, periods, grain)
    groups = _groups(member, by, persons, (periods[0], grain.last(periods[-1])))
    if only is not None:
        groups = [one for one in groups if one.key == str(only)]
    pages = max(-(-len(groups) // ROWS_A_PAGE), 1)
    page = min(max(page, 1), pages)
    shown = groups[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    summed = not by.overlaps and only is None
    counted = {key for one in (groups if summed else shown) for key in one.persons}
    load = _load(grain, periods, counted, len(counted) < len(persons), filters.projects)
    spans = [(one, grain.last(one)) for one in periods]
    full_time = Person(capacity=Decimal(1))  # nobody: the default calendar, all of it
    capacity = capacities([*(one for one in persons if one.pk in counted), full_time], spans)
    waiting = _unfilled(by, periods, grain, filters) if by in {Grouping.PROFILE, Grouping.SKILL} else {}
    total = _total(load, capacity, counted, waiting, periods) if summed and len(groups) > 1 else ()
    rows = tuple(
        GridRow(
            one.key,
            one.name,
            len(one.persons),
            _cells(one.persons, load, capacity, waiting.get(one.key, {}), periods),
        )
        for one in shown
    )
    return Grid(grain, periods, rows, total, capacity[full_time.pk], len(groups), page, pages)


def people_of(member: Membership, by: Grouping, key: str, first: date, grain: Grain, filters: LoadFilters) -> Any:
    """The persons of one row, by name, and its name; None when there is no such row."""
    persons = _persons(filters, (first,), grain)
    groups = _groups(member, by, persons, (first, grain.last(first)))
    found = next((one for one in groups if one.key == key), None)
    if found is None:
        return None
    keys = set(found.persons)
    return found.name, [one for one in persons if one.pk in keys]


def cells_of(persons: Sequence[Person], first: date, grain: Grain, filters: LoadFilters) -> dict[UUID, GridCell]:
    """The cell of each person in one period."""
    load = _load(grain, (first,), {one.pk for one in persons}, True, filters.projects)
    capacity = capacities(persons, [(first, grain.last(first))])
    return {one.pk: GridCell(load.get((one.pk, first), 0), capacity[one.pk][0]) for one in persons}


def _persons(filters: LoadFilters, periods: Sequence[date], grain: Grain) -> list[Person]:
    rows = Person.objects.all()
    if filters.poles:
        rows = rows.filter(pole__in=list(filters.poles))
    if filters.people is not None:
        rows = rows.filter(pk__in=list(filters.people))
    first, last = periods[0], grain.last(periods[-1])
    arrived = Q(joined_on=None) | Q(joined_on__lte=last)
    stays = Q(left_on=None) | Q(left_on__gte=first)
    asked = _roll_up(grain).objects.filter(person=OuterRef("pk"), **_window(grain, periods))
    # Work for somebody who is not there, or gives no time, is what a heatmap must show.
    return list(rows.filter((arrived & stays & Q(capacity__gt=0)) | Exists(asked)))


def _roll_up(grain: Grain) -> Any:
    return LoadMonth if grain is Grain.MONTH else LoadWeek


def _window(grain: Grain, periods: Sequence[date]) -> dict[str, date]:
    return {f"{grain.value}__gte": periods[0], f"{grain.value}__lte": periods[-1]}


def _groups(member: Membership, by: Grouping, persons: Sequence[Person], span: tuple[date, date]) -> list[_Group]:
    """The rows by name, those without last."""
    if by is Grouping.PERSON:
        return [_Group(str(one.pk), one.name, (one.pk,)) for one in persons]
    found: dict[Any, list[UUID]] = {}
    here = {one.pk for one in persons}
    if by in {Grouping.POLE, Grouping.PROFILE}:
        model: Any = Pole if by is Grouping.POLE else Profile
        names = dict(model.objects.values_list("pk", "name"))
        for one in persons:
            key = one.pole_id if by is Grouping.POLE else one.profile_id
            found.setdefault(key if key in names else None, []).append(one.pk)
        if by is Grouping.PROFILE:
            asked = Allocation.objects.filter(profile__isnull=False, starts_on__lte=span[1], ends_on__gte=span[0])
            for key in asked.values_list("profile_id", flat=True):
                found.setdefault(key, [])
        without = _("Sans pôle") if by is Grouping.POLE else _("Sans profil")
    else:
        names, pairs = _pairs(member, by, span)
        without = ""
        for key, person in pairs:
            if person in here and key in names:
                found.setdefault(key, []).append(person)
    groups = [
        _Group(str(key), names[key], tuple(dict.fromkeys(keys))) for key, keys in found.items() if key is not None
    ]
    groups.sort(key=lambda one: (one.name.casefold(), one.key))
    if None in found:
        groups.append(_Group(NONE, without, tuple(found[None])))
    return groups


def _pairs(
    member: Membership, by: Grouping, span: tuple[date, date]
) -> tuple[dict[UUID, str], list[tuple[Any, Any]]]:
    """Names by key, and who is in which."""
    if by is Grouping.SKILL:
        held = PersonSkill.objects.values_list("skill_id", "person_id").order_by()
        return dict(Skill.objects.values_list("pk", "name")), list(held)
    projects = Project.objects.visible_to(member, Permission.PROJECT_VIEW).exclude(phase=Phase.CLOSED)
    path = "project_id" if by is Grouping.PROJECT else "project__programme_id"
    booked = Allocation.objects.filter(
        project__in=projects.values("pk"), person__isnull=False, starts_on__lte=span[1], ends_on__gte=span[0]
    )
    members = ProjectMember.objects.filter(project__in=projects.values("pk"))
    pairs = [*members.order_by().values_list(path, "person_id"), *booked.order_by().values_list(path, "person_id")]
    if by is Grouping.PROJECT:
        return {row.pk: f"{row.code} · {row.name}" for row in projects.only("pk", "code", "name")}, pairs
    return dict(Programme.objects.values_list("pk", "name")), pairs


def _load(
    grain: Grain, periods: Sequence[date], persons: Collection[UUID], narrow: bool, projects: Any
) -> dict[tuple[UUID, date], int]:
    rows = _roll_up(grain).objects.filter(**_window(grain, periods))
    if narrow:
        rows = rows.filter(person__in=list(persons))
    if projects is not None:
        rows = rows.filter(project__in=projects)
    summed = rows.order_by().values_list("person_id", grain.value).annotate(minutes=Sum("minutes"))
    return {(person, first): minutes for person, first, minutes in summed}


def _unfilled(
    by: Grouping, periods: Sequence[date], grain: Grain, filters: LoadFilters
) -> dict[str, dict[date, int]]:
    """What is booked for a profile that nobody fills yet, by row and period."""
    if filters.poles or filters.people is not None:
        return {}  # nobody's pole
    which = Q(person=None, starts_on__lte=grain.last(periods[-1]), ends_on__gte=periods[0])
    if filters.projects is not None:
        which &= Q(project__in=filters.projects)
    found: dict[str, dict[date, int]] = {}
    for row, slices in allocation_load(which):
        key = row.profile_id if by is Grouping.PROFILE else row.skill_id
        if key is None:
            continue
        mine = found.setdefault(str(key), {})
        for one, minutes in slices.items():
            at = grain.period_of(one)
            mine[at] = mine.get(at, 0) + minutes
    return found


def _cells(
    persons: Sequence[UUID],
    load: Mapping[tuple[UUID, date], int],
    capacity: Mapping[UUID, tuple[int, ...]],
    waiting: Mapping[date, int],
    periods: Sequence[date],
) -> tuple[GridCell, ...]:
    return tuple(
        GridCell(
            sum(load.get((key, first), 0) for key in persons) + waiting.get(first, 0),
            sum(capacity[key][at] for key in persons),
        )
        for at, first in enumerate(periods)
    )


def _total(
    load: Mapping[tuple[UUID, date], int],
    capacity: Mapping[UUID, tuple[int, ...]],
    persons: Collection[UUID],
    waiting: Mapping[str, Mapping[date, int]],
    periods: Sequence[date],
) -> tuple[GridCell, ...]:
    """All the rows together, when nobody is in two of them."""
    asked = dict.fromkeys(periods, 0)
    for (person, first), minutes in load.items():
        if person in persons:
            asked[first] += minutes
    for unfilled in waiting.values():
        for first, minutes in unfilled.items():
            if first in asked:
                asked[first] += minutes
    # Those who are always there share their capacity: thousands of persons are a few tuples.
    shared = Counter(capacity[person] for person in persons)
    return tuple(
        GridCell(asked[first], sum(times * minutes[at] for minutes, times in shared.items()))
        for at, first in enumerate(periods)
    )
