"""What the actions on persons, poles, calendars and absences write, and what they refuse in words."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from portfolio.people import actions
from portfolio.people.models import Absence, Person, WorkCalendar
from portfolio.people.queries import capacities, capacity_minutes, personal_calendars, working_calendar
from tech4value.audit.actor import Actor
from tests.world import World

MONDAY, FRIDAY = date(2026, 6, 1), date(2026, 6, 5)
DAY = 420


@pytest.fixture
def pmo(world: World) -> Any:
    with world.within(), translation.override("fr"):
        yield world.memberships["pmo"].actor


def test_a_pole_with_people_stays(pmo: Actor) -> None:
    pole = actions.create_pole(actor=pmo, code="IT", name="Informatique")
    with pytest.raises(ValidationError, match="Le code IT est déjà celui d’un pôle"):
        actions.create_pole(actor=pmo, code="IT", name="Autre")
    person = actions.create_person(actor=pmo, name="Nina", pole=pole)
    with pytest.raises(ValidationError, match="il porte 1 personne et 0 projet"):
        actions.delete_pole(actor=pmo, pole=pole)
    actions.change_person(actor=pmo, person=person, values={"pole": None})
    actions.delete_pole(actor=pmo, pole=pole)
    actions.restore_pole(actor=pmo, pole=pole)


def test_an_e_mail_is_one_person_whatever_its_case(pmo: Actor) -> None:
    person = actions.create_person(actor=pmo, name=" Nina ", email="Nina@Atelier.example")
    assert (person.name, person.email) == ("Nina", "nina@atelier.example")
    with pytest.raises(ValidationError, match=r"L’adresse nina.* est déjà celle"):
        actions.create_person(actor=pmo, name="Nina B.", email="NINA@atelier.example")
    with pytest.raises(ValidationError, match="est déjà"):
        actions.create_people(actor=pmo, values=[{"name": "N", "email": "nina@ATELIER.example"}])
    with pytest.raises(ValidationError, match="figure deux fois"):
        actions.create_people(actor=pmo, values=[{"name": "A", "email": "a@b.fr"}, {"name": "B", "email": "A@b.fr"}])
    for name in ("Paul", "Paule"):
        actions.create_person(actor=pmo, name=name)
    actions.delete_person(actor=pmo, person=person)
    actions.create_person(actor=pmo, name="Nina B.", email="nina@atelier.example")
    with pytest.raises(ValidationError, match="est déjà"):
        actions.restore_person(actor=pmo, person=person)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"capacity": Decimal("1.5")}, "capacity"),
        ({"daily_rate": Decimal(-1)}, "daily_rate"),
        ({"email": "pas une adresse"}, "email"),
        ({"joined_on": date(2026, 2, 1), "left_on": date(2026, 1, 1)}, "left_on"),
        ({"name": ""}, "name"),
    ],
)
def test_a_wrong_value_is_said_beside_its_field(pmo: Actor, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.create_person(actor=pmo, **{"name": "Nina", **values})
    assert list(refused.value.error_dict) == [field]
    assert not Person.objects.exists()


def test_an_account_is_one_persons(pmo: Actor, world: World) -> None:
    account = world.memberships["member"]
    first = actions.create_person(actor=pmo, name="Mehdi", membership=account)
    with pytest.raises(ValidationError, match="Ce compte est déjà celui d’une autre personne"):
        actions.create_person(actor=pmo, name="Bis", membership=account)
    actions.delete_person(actor=pmo, person=first)
    assert actions.create_person(actor=pmo, name="Bis", membership=account).membership == account
    assert Person.everything.get(pk=first.pk).membership is None


def test_absences_do_not_overlap(pmo: Actor) -> None:
    nina = actions.create_person(actor=pmo, name="Nina")
    absence = actions.create_absence(actor=pmo, person=nina, starts_on=MONDAY, ends_on=FRIDAY)
    with pytest.raises(ValidationError, match="déjà posée du 01/06/2026 au 05/06/2026"):
        actions.create_absence(actor=pmo, person=nina, starts_on=FRIDAY, ends_on=FRIDAY)
    with pytest.raises(ValidationError, match="déjà posée"):
        actions.create_absences(actor=pmo, values=[{"person": nina, "starts_on": MONDAY, "ends_on": MONDAY}])
    with pytest.raises(ValidationError, match="La fin précède le début"):
        actions.change_absence(actor=pmo, absence=absence, values={"ends_on": date(2026, 5, 1)})
    actions.delete_absence(actor=pmo, absence=absence)
    actions.create_absence(actor=pmo, person=nina, starts_on=FRIDAY, ends_on=FRIDAY)
    with pytest.raises(ValidationError, match="déjà posée"):
        actions.restore_absence(actor=pmo, absence=absence)
    assert Absence.objects.count() == 1


def test_one_calendar_is_the_default(pmo: Actor) -> None:
    first = actions.create_calendar(actor=pmo, name="Siège", country="FR", is_default=True)
    second = actions.create_calendar(actor=pmo, name="Alsace", country="FR", subdivision="6AE", is_default=True)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    with pytest.raises(ValidationError, match="désignez-en un autre"):
        actions.change_calendar(actor=pmo, calendar=second, values={"is_default": False})
    with pytest.raises(ValidationError, match="désignez-en un autre"):
        actions.delete_calendar(actor=pmo, calendar=second)
    actions.create_person(actor=pmo, name="Nina", calendar=first)
    with pytest.raises(ValidationError, match="1 personne suit ce calendrier"):
        actions.delete_calendar(actor=pmo, calendar=first)
    assert not working_calendar(None).is_working_day(date(2026, 12, 26)), "Saint-Étienne, in Alsace"
    assert not working_calendar(first).is_working_day(date(2026, 7, 14))
    assert working_calendar(first).minutes_on(MONDAY) == DAY


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"week": {"0": [[540, 500]]}}, "week"),
        ({"week": {"0": [[540, 700], [650, 800]]}}, "week"),
        ({"week": {"lundi": [[540, 700]]}}, "week"),
        ({"week": {"0": "9-12"}}, "week"),
        ({"week": {"0": []}}, "week"),
        ({"country": "XX"}, "country"),
        ({"country": "FR", "subdivision": "ZZ"}, "subdivision"),
        ({"subdivision": "57"}, "country"),
    ],
)
def test_a_wrong_calendar_is_said_beside_its_field(pmo: Actor, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.create_calendar(actor=pmo, name="Essai", **fields)
    assert list(refused.value.error_dict) == [field]
    assert not WorkCalendar.objects.exists()


def test_an_exception_closes_a_day_or_changes_its_hours(pmo: Actor) -> None:
    calendar = actions.create_calendar(actor=pmo, name="Siège")
    pont = actions.add_exception(actor=pmo, calendar=calendar, starts_on=FRIDAY, ends_on=FRIDAY, label="Pont")
    actions.add_exception(
        actor=pmo, calendar=calendar, starts_on=date(2026, 6, 6), ends_on=date(2026, 6, 6), intervals=[[540, 720]]
    )
    assert working_calendar(calendar).minutes_on(FRIDAY) == 0
    assert working_calendar(calendar).minutes_on(date(2026, 6, 6)) == 180
    with pytest.raises(ValidationError, match="sans se chevaucher"):
        actions.change_exception(actor=pmo, exception=pont, values={"intervals": [[600, 500]]})
    actions.delete_exception(actor=pmo, exception=pont)
    assert working_calendar(calendar).minutes_on(FRIDAY) == DAY


def test_capacity_counts_the_calendar_less_absences_times_the_share(pmo: Actor) -> None:
    calendar = actions.create_calendar(actor=pmo, name="Siège", is_default=True)
    half = actions.create_person(actor=pmo, name="Nina", capacity=Decimal("0.5"))
    assert capacity_minutes(half, MONDAY, FRIDAY) == 5 * DAY // 2
    actions.create_absence(actor=pmo, person=half, starts_on=date(2026, 5, 30), ends_on=date(2026, 6, 2))
    assert capacity_minutes(half, MONDAY, FRIDAY) == 3 * DAY // 2
    actions.change_person(actor=pmo, person=half, values={"left_on": date(2026, 6, 3), "calendar": calendar})
    assert capacity_minutes(half, MONDAY, FRIDAY) == DAY // 2
    assert capacity_minutes(half, date(2026, 7, 1), date(2026, 7, 31)) == 0
    mine = personal_calendars([half], MONDAY, FRIDAY)[half.pk]
    assert [mine.minutes_on(date(2026, 6, day)) for day in range(1, 6)] == [0, 0, DAY, 0, 0]


def test_capacities_of_many_take_three_statements(pmo: Actor, django_assert_num_queries: Any) -> None:
    calendar = actions.create_calendar(actor=pmo, name="Siège", country="FR", is_default=True)
    people = actions.create_people(
        actor=pmo, values=[{"name": f"P{n}", "calendar": calendar if n % 2 else None} for n in range(100)]
    )
    months = [(date(2026, month, 1), date(2026, month, 28)) for month in range(1, 13)]
    with django_assert_num_queries(3):
        found = capacities(people, months)
    assert {len(minutes) for minutes in found.values()} == {12}
    assert len(set(found.values())) == 1
