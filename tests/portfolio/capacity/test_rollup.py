"""Load and capacity follow what they are made of, to the minute."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from portfolio.capacity.demand import demand
from portfolio.capacity.domain.load import Grain, LoadState, monday_of, month_of
from portfolio.capacity.models import LoadMonth, LoadWeek
from portfolio.capacity.queries import LoadFilters, person_load, pole_load
from portfolio.capacity.rollup import project_load
from portfolio.people.actions import change_person, create_absence, create_person
from portfolio.planning.actions import assign, change_task, create_task, delete_task, unassign
from portfolio.planning.models import Assignment, Task
from portfolio.projects.actions import delete_project, restore_project
from tests.portfolio.capacity.conftest import Team
from tests.world import World

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
DAY = 420


def stored(team: Team) -> dict[tuple[str, date], int]:
    rows = LoadMonth.objects.filter(project=team.project).select_related("person")
    return {(row.person.name, row.month): row.minutes for row in rows}


def test_load_is_there_once_the_request_ends(world: World, team: Team) -> None:
    with world.within():
        # 22 working days in March, 21 in April (Easter Monday is off).
        assert stored(team) == {("Inès Roy", MARCH): 22 * DAY, ("Inès Roy", APRIL): 21 * DAY}


def test_load_follows_dates_people_and_absences(world: World, team: Team) -> None:
    with world.within():
        change_task(actor=team.actor, task=Task.objects.get(), values={"duration_minutes": 22 * DAY})
    with world.within():
        assert stored(team) == {("Inès Roy", MARCH): 22 * DAY}
    with world.within():
        create_absence(actor=team.actor, person=team.ines, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 6))
        assign(actor=team.actor, task=Task.objects.get(), person=team.hugo, units=Decimal("0.5"))
    with world.within():
        assert stored(team) == {("Inès Roy", MARCH): 22 * DAY, ("Hugo Petit", MARCH): 11 * DAY}
        unassign(actor=team.actor, assignment=Assignment.objects.get(person=team.hugo))
    with world.within():
        assert stored(team) == {("Inès Roy", MARCH): 22 * DAY}
        delete_task(actor=team.actor, task=Task.objects.get())
    with world.within():
        assert stored(team) == {}


def test_load_goes_with_a_deleted_project_and_comes_back(world: World, team: Team) -> None:
    with world.within():
        before = stored(team)
        delete_project(actor=team.actor, project=team.project)
    with world.within():
        assert stored(team) == {}
        restore_project(actor=team.actor, project=team.project)
    with world.within():
        assert stored(team) == before


def test_capacity_counts_share_absence_arrival(world: World, team: Team) -> None:
    with world.within():
        create_absence(actor=team.actor, person=team.ines, starts_on=date(2026, 3, 7), ends_on=date(2026, 3, 10))
        change_person(actor=team.actor, person=team.hugo, values={"joined_on": date(2026, 4, 1)})
        rows = {(row.person, row.month): row for row in person_load(MARCH, 2)}
        assert rows["Inès Roy", MARCH].capacity_minutes == 20 * DAY
        assert rows["Hugo Petit", MARCH].capacity_minutes == 0
        assert rows["Hugo Petit", APRIL].capacity_minutes == round(21 * DAY / 2)
        assert rows["Hugo Petit", APRIL].capacity_fte == Decimal("0.50")
        assert rows["Inès Roy", MARCH].state is LoadState.TIGHT


def test_poles_sum_their_persons(world: World, team: Team) -> None:
    with world.within():
        rows = pole_load(MARCH, 3)
        assert [(row.pole, row.month.month) for row in rows] == [
            ("Informatique", 3), ("Informatique", 4), ("Informatique", 5),
            ("Sans pôle", 3), ("Sans pôle", 4), ("Sans pôle", 5),
        ]  # fmt: skip
        march = rows[0]
        assert (march.load_minutes, march.capacity_minutes) == (22 * DAY, 33 * DAY)
        assert (march.load_fte, march.capacity_fte) == (Decimal("1.00"), Decimal("1.50"))
        assert (march.ratio, march.state) == (Decimal("0.6667"), LoadState.UNDER)
        assert pole_load(MARCH, 1, LoadFilters(poles=[team.data.pk])) == ()
        assert pole_load(MARCH, 1, LoadFilters(projects=[]))[0].load_minutes == 0


def test_the_tasks_of_a_month_sum_to_its_load(world: World, team: Team) -> None:
    with world.within():
        other = create_task(actor=team.actor, project=team.project, name="Formation", duration_minutes=5 * DAY)
        assign(actor=team.actor, task=other, person=team.ines)
    with world.within():
        rows = demand(team.ines, MARCH, Grain.MONTH).tasks
        assert [(row.task, row.minutes) for row in rows] == [("Reprise", 22 * DAY), ("Formation", 5 * DAY)]
        total = LoadMonth.objects.filter(person=team.ines, month=MARCH).aggregate(total=Sum("minutes"))["total"]
        assert sum(row.minutes for row in rows) == total


def test_the_roll_up_equals_what_is_computed_afresh(world: World, team: Team) -> None:
    with world.within():
        for number in range(6):
            task = create_task(
                actor=team.actor, project=team.project, name=f"Lot {number}", duration_minutes=number * 500 + 77
            )
            assign(actor=team.actor, task=task, person=team.hugo, units=Decimal("0.3"))
    with world.within():
        rows = LoadMonth.objects.filter(project=team.project)
        weeks = LoadWeek.objects.filter(project=team.project)
        fresh = project_load(team.project.pk)
        for stored_rows, period_of in ((rows, month_of), (weeks, monday_of)):
            afresh: dict[Any, int] = {}
            for person, slices in fresh.items():
                for one, minutes in slices.items():
                    key = (person, period_of(one))
                    afresh[key] = afresh.get(key, 0) + minutes
            kept = {(row.person_id, getattr(row, "month", None) or row.week): row.minutes for row in stored_rows}
            assert kept == afresh
        assert sum(row.minutes for row in rows) == sum(Assignment.objects.values_list("work_minutes", flat=True))


@pytest.mark.parametrize("extra", [0, 30])
def test_a_bounded_number_of_statements(world: World, team: Team, extra: int, django_assert_num_queries: Any) -> None:
    with world.within():
        for number in range(extra):
            create_person(actor=team.actor, name=f"Personne {number}", pole=team.it)
        with django_assert_num_queries(6):
            pole_load(MARCH, 12)
