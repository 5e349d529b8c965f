"""Time costs its rate of the day, to the cent; staff actuals follow it where the organisation says so."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.finance.actions import BudgetEntry, change_budget_line, create_budget_line, set_budget_lines
from portfolio.finance.earned_value_queries import works_of
from portfolio.finance.models import BudgetLine
from portfolio.finance.queries import by_category, by_month, sources_of, totals
from portfolio.people.actions import change_person
from portfolio.people.models import Profile, Rate, WorkCalendar
from portfolio.people.rates import change_rate, create_rate, delete_rate, restore_rate
from portfolio.planning.actions import take_baseline
from portfolio.timesheets.actions import enter_time
from portfolio.timesheets.costs import time_costs
from portfolio.timesheets.period_actions import change_time_settings
from portfolio.timesheets.review_actions import approve_weeks, return_weeks, submit_week
from tech4value.audit.writing import create
from tests.portfolio.timesheets.conftest import WEEK, Desk
from tests.world import World

Sign = Callable[[Any], Client]
MARCH = date(2026, 3, 1)


def approved(world: World, desk: Desk, minutes: list[int], week: date = WEEK) -> Any:
    """Mehdi's week on Construire, `minutes` for each of its first days, approved."""
    mehdi = world.memberships["member"].actor
    for index, one in enumerate(minutes):
        day = week + timedelta(days=index)
        enter_time(actor=mehdi, person=desk.mehdi, subject=desk.subject, day=day, minutes=one)
    sheet = submit_week(actor=mehdi, person=desk.mehdi, week=week)
    approve_weeks(actor=desk.actor, sheets=[sheet.pk])
    return sheet


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def amounts() -> dict[date, Decimal]:
    return {one.month: one.amount for one in time_costs()}


def test_each_day_is_rounded_to_the_cent_and_the_sum_is_of_rounded_amounts(world: World, desk: Desk) -> None:
    minutes = [1, 2, 77, 133, 419]
    with world.within():
        change_person(actor=desk.actor, person=desk.mehdi, values={"daily_rate": Decimal("433.3333")})
        approved(world, desk, minutes)
        expected = sum((cents(Decimal(one) * Decimal("433.3333") / 420) for one in minutes), Decimal(0))
        assert amounts() == {MARCH: expected}
        assert [one.minutes for one in time_costs()] == [sum(minutes)]


def test_half_a_cent_is_rounded_up(world: World, desk: Desk) -> None:
    with world.within():
        # 3 minutes of 420 at 0.7 a day: half a cent, exactly.
        change_person(actor=desk.actor, person=desk.mehdi, values={"daily_rate": Decimal("0.7")})
        approved(world, desk, [3])
        assert amounts() == {MARCH: Decimal("0.01")}


def test_the_rate_of_the_day_is_the_persons_then_the_profiles_then_the_cards(world: World, desk: Desk) -> None:
    tuesday, thursday = WEEK + timedelta(days=1), WEEK + timedelta(days=3)
    with world.within():
        profile = create(desk.actor, Profile(name="Développeuse"))
        change_person(actor=desk.actor, person=desk.mehdi, values={"profile": profile})
        create_rate(actor=desk.actor, profile=profile, valid_from=tuesday, daily_rate=Decimal("600"))
        own = create_rate(actor=desk.actor, person=desk.mehdi, valid_from=thursday, daily_rate=Decimal("700"))
        approved(world, desk, [420] * 5)
        # Monday 500 (card), Tuesday and Wednesday 600 (profile), Thursday and Friday 700 (own).
        assert amounts() == {MARCH: Decimal("3100.00")}
        delete_rate(actor=desk.actor, rate=own)
        assert amounts() == {MARCH: Decimal("2900.00")}
        restore_rate(actor=desk.actor, rate=own)
        change_rate(actor=desk.actor, rate=own, values={"daily_rate": Decimal("800")})
        assert amounts() == {MARCH: Decimal("3300.00")}


def test_a_day_is_that_of_the_persons_calendar_and_no_rate_costs_nothing(world: World, desk: Desk) -> None:
    with world.within():
        eight = {str(day): [[480, 720], [780, 1020]] for day in range(5)}
        calendar = create(desk.actor, WorkCalendar(name="39 heures", week=eight))
        change_person(actor=desk.actor, person=desk.mehdi, values={"calendar": calendar})
        approved(world, desk, [240])
        assert amounts() == {MARCH: Decimal("250.00")}, "half a day of eight hours"
        change_person(actor=desk.actor, person=desk.mehdi, values={"daily_rate": None})
        (one,) = time_costs()
        assert (one.amount, one.unrated) == (Decimal("0.00"), 1)


def test_rates_are_checked_in_words(world: World, desk: Desk, client_of: Sign) -> None:
    with world.within():
        create_rate(actor=desk.actor, person=desk.mehdi, valid_from=WEEK, daily_rate=Decimal("600"))
        for fields, sentence in (
            ({"person": desk.mehdi, "valid_from": WEEK}, "commence déjà ce jour-là"),
            ({"valid_from": WEEK}, "l’un des deux"),
            ({"person": desk.mehdi, "valid_from": date(1900, 1, 1)}, "entre 2000 et 2100"),
            ({"person": desk.paula, "valid_from": WEEK, "currency": "USD"}, "sont en EUR"),
        ):
            with pytest.raises(ValidationError, match=sentence):
                create_rate(actor=desk.actor, daily_rate=Decimal("1"), **fields)
        with pytest.raises(ValidationError):
            create_rate(actor=desk.actor, person=desk.paula, valid_from=WEEK, daily_rate=Decimal("-1"))
    page = client_of(world.executive).get(world.url("/people/rates/"))
    assert page.status_code == 200 and "Mehdi Équipier" in page.content.decode()
    for user in (world.manager, world.member):
        assert client_of(user).get(world.url("/people/rates/")).status_code == 403
    assert client_of(world.executive).get(world.url("/people/rates/new/")).status_code == 403
    pmo = client_of(world.pmo)
    made = pmo.post(
        world.url("/people/rates/new/"),
        {"person": str(desk.paula.pk), "valid_from": "2026-01-01", "daily_rate": "812,50"},
    )
    assert made.status_code == 302
    with world.within():
        rate = Rate.objects.get(person=desk.paula)
        assert rate.daily_rate == Decimal("812.5")
    bad = pmo.post(world.url("/people/rates/new/"), {"valid_from": "2026-01-01", "daily_rate": "-3"})
    assert bad.status_code == 422
    stale = world.url(f"/people/rates/{rate.pk}/edit/")
    sent = {"person": str(desk.paula.pk), "valid_from": "2026-01-01", "version": "1"}
    assert pmo.post(stale, {**sent, "daily_rate": "900"}).status_code == 302
    assert pmo.post(stale, {**sent, "daily_rate": "950"}).status_code == 409
    assert pmo.post(world.url(f"/people/rates/{rate.pk}/delete/")).status_code == 302
    assert pmo.post(world.url(f"/people/rates/{rate.pk}/restore/")).status_code == 204


def staff(desk: Desk) -> dict[tuple[date, str], tuple[Decimal, Decimal]]:
    rows = BudgetLine.objects.filter(project=desk.erp, category="staff")
    return {(row.month, row.nature): (row.actual, row.forecast) for row in rows}


def test_staff_actuals_follow_time_from_the_month_that_is_chosen(world: World, desk: Desk) -> None:
    april = date(2026, 4, 1)
    with world.within():
        set_budget_lines(
            actor=desk.actor,
            project_lines={
                desk.erp: [
                    BudgetEntry("staff", "opex", date(2026, 2, 1), Decimal(9000), actual=Decimal("8123.45")),
                    BudgetEntry("staff", "capex", MARCH, Decimal(2000), forecast=Decimal(2000)),
                    BudgetEntry("staff", "opex", MARCH, Decimal(1000), actual=Decimal(77), forecast=Decimal(77)),
                    BudgetEntry("licences", "opex", MARCH, Decimal(500), actual=Decimal("499.99")),
                ]
            },
        )
        sheet = approved(world, desk, [420, 420])
        approved(world, desk, [420], week=date(2026, 4, 6))
        assert staff(desk)[MARCH, "opex"] == (Decimal(77), Decimal(77)), "typed as long as nothing else is chosen"
    # What follows is written before the commit of what it follows.
    with world.within():
        change_time_settings(actor=desk.actor, values={"staff_costs_from": date(2026, 3, 15)})
    with world.within():
        # 1 000 shared by what was planned, 2 to 1; the cent that is left over goes to the largest.
        assert staff(desk) == {
            (date(2026, 2, 1), "opex"): (Decimal("8123.45"), Decimal(0)),
            (MARCH, "capex"): (Decimal("666.67"), Decimal(2000)),
            (MARCH, "opex"): (Decimal("333.33"), Decimal("333.33")),
            (april, "opex"): (Decimal(500), Decimal(500)),
        }
        # The same cents wherever they are summed.
        total = totals([desk.erp])[desk.erp.pk].actual
        assert total == Decimal("8123.45") + 1000 + 500 + Decimal("499.99")
        assert sum(one.amounts.actual for one in by_month([desk.erp], date(2026, 1, 1), 12)) == total
        assert sum(one.amounts.actual for one in by_category([desk.erp])) == total
        assert "Temps et taux journaliers" in sources_of([desk.erp])[desk.erp.pk]
        return_weeks(actor=desk.actor, sheets=[sheet.pk], reason="À revoir")
    with world.within():
        assert staff(desk)[MARCH, "capex"][0] == staff(desk)[MARCH, "opex"][0] == 0
        create_rate(actor=desk.actor, person=desk.mehdi, valid_from=april, daily_rate=Decimal("612.30"))
    with world.within():
        assert staff(desk)[april, "opex"] == (Decimal("612.30"), Decimal("612.30")), "a rate moves what it prices"


def test_an_actual_that_follows_time_is_typed_by_nobody(world: World, desk: Desk) -> None:
    with world.within():
        change_time_settings(actor=desk.actor, values={"staff_costs_from": MARCH})
        place = {"project": desk.erp, "category": "staff", "nature": "opex"}
        with pytest.raises(ValidationError, match="suit les temps de ce mois"):
            create_budget_line(actor=desk.actor, **place, month=MARCH, actual=Decimal(5))
        line = create_budget_line(actor=desk.actor, **place, month=MARCH, planned=Decimal(100))
        with pytest.raises(ValidationError, match="suit les temps de ce mois"):
            change_budget_line(actor=desk.actor, line=line, values={"actual": Decimal(5)})
        assert change_budget_line(actor=desk.actor, line=line, values={"actual": Decimal(0), "planned": Decimal(7)})
        with pytest.raises(ValidationError, match="suit les temps de ce mois"):
            entries = [BudgetEntry("staff", "opex", MARCH, actual=Decimal(5))]
            set_budget_lines(actor=desk.actor, project_lines={desk.erp: entries})
        create_budget_line(actor=desk.actor, **place, month=date(2026, 2, 1), actual=Decimal(5))


def test_earned_value_reads_the_cost_of_time(world: World, desk: Desk) -> None:
    with world.within():
        entries = [BudgetEntry("staff", "opex", MARCH, Decimal(20000))]
        set_budget_lines(actor=desk.actor, project_lines={desk.erp: entries})
        take_baseline(actor=desk.actor, project=desk.erp, name="Référence", taken_on=date(2026, 2, 1))
        change_time_settings(actor=desk.actor, values={"staff_costs_from": MARCH})
        approved(world, desk, [420, 420, 210])
    with world.within():
        (work,) = works_of([desk.erp], date(2026, 3, 31))
        assert work.value is not None
        assert work.value.actual_cost == Decimal("1250.00")
        assert work.costs == ((MARCH, Decimal("1250.00")),)


def test_the_cost_of_time_is_one_set_of_statements(world: World, desk: Desk) -> None:
    with world.within():
        approved(world, desk, [60] * 3)
        with CaptureQueriesContext(connection) as few:
            time_costs()
        for number in range(1, 8):
            approved(world, desk, [60] * 5, week=WEEK + timedelta(days=7 * number))
        with CaptureQueriesContext(connection) as many:
            assert sum(one.minutes for one in time_costs()) == 60 * 38
        assert len(few) == len(many)


def test_work_done_is_dated_where_it_began(world: World, desk: Desk) -> None:
    with world.within():
        approved(world, desk, [0, 30])
        desk.build.refresh_from_db()
        assert desk.build.actual_start_at == datetime(2026, 3, 3, 9)
