"""Who could answer a request: those who know how, by the time that they have left in its period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Q

from portfolio.capacity.domain.load import LoadState, load_state, monday_of
from portfolio.capacity.models import LoadWeek, StaffingRequest
from portfolio.people.models import Person, PersonSkill
from portfolio.people.queries import capacities

MOST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be given. `capacity`, `load` and `asked` are minutes of the request's period; `level` is 0
    when no skill is asked."""

    person: Person
    level: int
    capacity: int
    load: int
    asked: int

    @property
    def remaining(self) -> int:
        """Minutes left in the period; negative for somebody who is overloaded already."""
        return self.capacity - self.load

    @property
    def is_enough(self) -> bool:
        """Whether what is asked fits in what is left."""
        return 0 < self.asked <= self.remaining

    @property
    def state_after(self) -> LoadState:
        """What their load would be called."""
        return load_state(self.load + self.asked, self.capacity)

    @property
    def ratio_after(self) -> Decimal | None:
        """Their load over their capacity with the request; None without capacity."""
        return Decimal(self.load + self.asked) / self.capacity if self.capacity else None


def candidates(request: StaffingRequest) -> tuple[Candidate, ...]:
    """Those who have the skill at the level or above, and the profile: the most time left first, then the best level.

    Seven statements, however many they are.
    """
    first, last = request.starts_on, request.ends_on
    present = Q(joined_on=None) | Q(joined_on__lte=first)
    stays = Q(left_on=None) | Q(left_on__gte=last)
    rows = Person.objects.filter(present & stays, capacity__gt=0).select_related("pole", "profile")
    levels: dict[UUID, int] = {}
    if request.skill_id is not None:
        held = PersonSkill.objects.filter(skill=request.skill_id, level__gte=request.level)
        levels = dict(held.order_by().values_list("person_id", "level"))
        rows = rows.filter(pk__in=list(levels))
    if request.profile_id is not None:
        rows = rows.filter(profile=request.profile_id)
    persons = list(rows)
    capacity = capacities(persons, [(first, last)])
    load = loads_between(persons, first, last)
    found = [
        Candidate(
            person,
            levels.get(person.pk, 0),
            capacity[person.pk][0],
            load.get(person.pk, 0),
            int(capacity[person.pk][0] / Decimal(person.capacity) * request.share),
        )
        for person in persons
    ]
    return tuple(sorted(found, key=lambda one: (-one.remaining, -one.level, one.person.sort_name)))


def loads_between(persons: Sequence[Person], first: date, last: date) -> dict[UUID, int]:
    """Minutes of load of each person from `first` to `last`, from their weeks. Four statements.

    Of a week that the period cuts, the part counts that its capacity is of the whole week's.
    """
    if not persons:
        return {}
    start, end = monday_of(first), monday_of(last)
    cut = sorted({one for one in (start, end) if one < first or one + timedelta(days=6) > last})
    spans = [(max(one, first), min(one + timedelta(days=6), last)) for one in cut]
    whole = [(one, one + timedelta(days=6)) for one in cut]
    parts = capacities(persons, [*spans, *whole]) if cut else {}
    rows = LoadWeek.objects.filter(person__in=[one.pk for one in persons], week__gte=start, week__lte=end)
    found: dict[UUID, int] = {}
    for person, week, minutes in rows.order_by().values_list("person_id", "week", "minutes"):
        if week in cut:
            at = cut.index(week)
            inside, all_week = parts[person][at], parts[person][len(cut) + at]
            days = Decimal((spans[at][1] - spans[at][0]).days + 1) / 7
            minutes = round(minutes * (Decimal(inside) / all_week if all_week else days))
        found[person] = found.get(person, 0) + minutes
    return found
