"""A balance that is to go under its threshold is told the same day, once, to those who steer the money."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation

from portfolio.planning.actions import change_task
from portfolio.planning.models import Task
from portfolio.projects.milestone_actions import change_milestone
from portfolio.treasury.actions import change_row, create_row
from portfolio.treasury.models import CashAlert, Payment
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.notifications.models import Notification
from tech4value.notifications.reading import read_journal
from tech4value.notifications.wording import item
from tests.portfolio.treasury.conftest import Treasury
from tests.tech4value.notifications.conftest import seal_written
from tests.world import World


def read() -> None:
    seal_written()
    while read_journal():
        pass


def told(world: World, who: str) -> list[str]:
    rows = Notification.objects.filter(member=world.memberships[who], kind="cash.threshold").order_by("id")
    return [item(row).sentence.replace("\u00a0", " ").replace("\u202f", " ") for row in rows]


def slip(treasury: Treasury, day: date) -> None:
    treasury.golive.refresh_from_db()
    change_milestone(actor=SYSTEM, milestone=treasury.golive, values={"due_on": day})


def test_a_milestone_that_slips_opens_an_alert_in_the_transaction_that_moves_it(
    world: World, treasury: Treasury
) -> None:
    with world.within():
        assert not CashAlert.objects.exists()
        read()
        Notification.objects.all().delete()
    with world.within():
        slip(treasury, date(2026, 9, 21))
    with world.within(), translation.override("fr"):
        alert = CashAlert.objects.get(closed_on=None)
        assert (alert.month, alert.first_on) == (date(2026, 4, 1), date(2026, 4, 28))
        assert alert.threshold == Decimal(20000)
        read()
        (sentence,) = told(world, "executive")
        assert sentence.startswith("Le 28/04/2026, le solde descend à 15 999,80 €, sous le seuil de 20 000 €")
        assert "Vente ERP, échéance « Solde » liée au jalon « Mise en production » (ERP)" in sentence
        assert len(told(world, "pmo")) == 1
        for who in ("manager", "pole_manager", "member", "admin"):
            assert told(world, who) == [], who
    # It grows: followed, not told again.
    with world.within():
        slip(treasury, date(2026, 10, 21))
    with world.within():
        read()
        assert len(told(world, "executive")) == 1
        found = CashAlert.objects.get(pk=alert.pk)
        assert found.facts["awaited"]["day"] == "2026-11-20"
    # Caught up: closed.
    with world.within():
        slip(treasury, date(2026, 3, 10))
    with world.within():
        assert CashAlert.objects.get(pk=alert.pk).closed_on == date(2026, 1, 15)
        assert AuditEvent.objects.filter(verb="cashalert.closed", object_id=alert.pk).count() == 1


def test_a_task_that_stands_for_the_milestone_moves_it_too(world: World, treasury: Treasury) -> None:
    with world.within():
        task = Task.objects.get(pk=treasury.task.pk)
        moment = datetime(2026, 9, 21, 9)
        change_task(actor=SYSTEM, task=task, values={"mode": "manual", "starts_at": moment, "ends_at": moment})
    with world.within():
        assert CashAlert.objects.filter(closed_on=None, month=date(2026, 4, 1)).exists()


def test_what_is_written_to_the_treasury_is_watched_too(world: World, treasury: Treasury) -> None:
    with world.within():
        change_row(actor=SYSTEM, row=treasury.account, values={"threshold": Decimal("90000")})
    with world.within():
        alert = CashAlert.objects.order_by("month").first()
        assert alert is not None
        assert (alert.month, alert.closed_on) == (date(2026, 2, 1), None)
        paid = Payment(account=treasury.account, kind="other", label="Apport", paid_on=date(2026, 1, 14))
        paid.amount = Decimal(90000)
        create_row(actor=SYSTEM, row=paid)
    with world.within():
        assert not CashAlert.objects.filter(closed_on=None, month=date(2026, 2, 1)).exists()


def test_the_dashboard_says_it_first_to_those_who_follow_the_cash(
    world: World, treasury: Treasury, client_of: Any
) -> None:
    with world.within():
        slip(treasury, date(2026, 9, 21))
    shown = client_of(world.executive).get(world.url("/dashboard/")).content.decode()
    assert "le solde descend à" in shown
    assert "/cash/months/2026-04/projects/" in shown
    assert "le solde descend à" not in client_of(world.manager).get(world.url("/dashboard/")).content.decode()
