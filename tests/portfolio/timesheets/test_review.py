"""Weeks are approved and returned by those who may; what counts reaches the tasks in the same breath."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.people.actions import create_absence, create_person
from portfolio.planning.actions import change_task
from portfolio.planning.models import Task
from portfolio.timesheets.actions import Subject, enter_time, say_remaining
from portfolio.timesheets.models import PeriodLock, SheetState, Timesheet
from portfolio.timesheets.notifications import remind
from portfolio.timesheets.period_actions import change_time_settings, open_project
from portfolio.timesheets.review_actions import approve_weeks, recall_week, return_weeks, submit_week
from tech4value.audit.models import AuditEvent
from tests.portfolio.timesheets.conftest import WEEK, Desk
from tests.world import World

Sign = Callable[[Any], Client]


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ")


def week_of(world: World, desk: Desk, week: date = WEEK, minutes: int = 420, days: int = 5, **said: Any) -> Timesheet:
    """Mehdi's week, submitted: `minutes` on the task on each of its first days."""
    mehdi = world.memberships["member"].actor
    for index in range(days):
        day = week + timedelta(days=index)
        enter_time(actor=mehdi, person=desk.mehdi, subject=desk.subject, day=day, minutes=minutes)
    if "left" in said:
        say_remaining(actor=mehdi, person=desk.mehdi, subject=desk.subject, week=week, minutes=said["left"])
    return submit_week(actor=mehdi, person=desk.mehdi, week=week)


def test_the_manager_of_the_pole_approves_and_the_task_follows(world: World, desk: Desk, client_of: Sign) -> None:
    with world.within():
        sheet = week_of(world, desk)
        desk.build.refresh_from_db()
        assert (desk.build.actual_work_minutes, desk.build.actual_start_at) == (0, None), "not counted yet"
    client = client_of(world.pole_manager)
    page = text(client.get(world.url("/time/review/")))
    for words in ("1 semaine attend votre décision", "Mehdi Équipier", "35h", "Nouvel ERP (35h)"):
        assert words in page, words
    whole = text(client.get(world.url(f"/time/sheets/{sheet.pk}/")))
    assert "Construire" in whole and "Approuver" in whole and "time-cell" not in whole
    done = client.post(world.url("/time/review/approve/"), {"selected": str(sheet.pk)}, follow=True)
    assert "1 semaine approuvée." in text(done)
    with world.within():
        desk.build.refresh_from_db()
        assert desk.build.actual_work_minutes == 5 * 420
        assert desk.build.work_left_minutes == 15 * 420 and desk.build.remaining_work_minutes is None
        assert desk.build.actual_start_at == datetime(2026, 3, 2, 9), "begun on the first day of its time"
        assert desk.build.starts_at == datetime(2026, 3, 2, 9), "and dated again"
        worked = AuditEvent.objects.get(verb="task.worked")
        assert worked.changes["actual_work_minutes"] == [0, 2100] and worked.actor_id == world.pole_manager.pk
    undone = client.post(world.url(f"/time/review/reopen/?selected={sheet.pk}"))
    assert undone.status_code == 204
    with world.within():
        desk.build.refresh_from_db()
        assert (desk.build.actual_work_minutes, desk.build.actual_start_at) == (0, None)


@pytest.mark.parametrize("who", ["manager", "member", "executive"])
def test_nobody_else_decides(world: World, desk: Desk, client_of: Sign, who: str) -> None:
    with world.within():
        sheet = week_of(world, desk)
    answer = client_of(world.users[who]).post(world.url("/time/review/approve/"), {"selected": str(sheet.pk)})
    # An executive decides for the poles that they manage: of this one they choose nothing.
    assert answer.status_code == (302 if who == "executive" else 403)
    with world.within():
        assert Timesheet.objects.get().state == SheetState.SUBMITTED
    seen = client_of(world.users[who]).get(world.url(f"/time/sheets/{sheet.pk}/")).status_code
    assert seen == {"member": 200, "executive": 200, "manager": 404}[who]


def test_nobody_approves_their_own_week_administrators_excepted(world: World, desk: Desk, client_of: Sign) -> None:
    with world.within():
        open_project(actor=desk.actor, project=desk.erp, open_to_all=True)
        alice = create_person(actor=desk.actor, name="Alice", membership=world.memberships["admin"], pole=desk.it)
        sheets = []
        for person, key in ((desk.paula, "pole_manager"), (alice, "admin")):
            actor = world.memberships[key].actor
            enter_time(actor=actor, person=person, subject=Subject(activity="management"), day=WEEK, minutes=60)
            sheets.append(submit_week(actor=actor, person=person, week=WEEK))
    for user, sheet in ((world.pole_manager, sheets[0]), (world.admin, sheets[1])):
        client_of(user).post(world.url("/time/review/approve/"), {"selected": str(sheet.pk)})
    with world.within():
        states = {sheet.pk: sheet.state for sheet in Timesheet.objects.all()}
        assert states == {sheets[0].pk: SheetState.SUBMITTED, sheets[1].pk: SheetState.APPROVED}


def test_a_week_is_returned_with_a_reason_that_its_person_reads(world: World, desk: Desk, client_of: Sign) -> None:
    with world.within():
        sheet = week_of(world, desk)
    client = client_of(world.pole_manager)
    url = world.url(f"/time/review/return/?selected={sheet.pk}")
    assert "Mehdi Équipier" in text(client.get(url))
    assert client.post(url, {"reason": "  "}).status_code == 422
    assert client.post(url, {"reason": "Lundi était férié."}).status_code == 302
    page = text(client_of(world.member).get(world.url(f"/time/weeks/{WEEK.isoformat()}/")))
    assert "Paula Pôle vous renvoie cette semaine : Lundi était férié." in page
    assert "Soumettre la semaine" in page, "he may change it and send it again"
    none = client.post(world.url("/time/review/return/"), {"reason": "x"})
    assert none.status_code == 422 and "Choisissez au moins une semaine" in text(none)


def test_what_is_left_is_what_was_said_and_goes_down_with_time(world: World, desk: Desk) -> None:
    paula = world.memberships["pole_manager"].actor
    with world.within():
        first = week_of(world, desk, left=18 * 420)
        approve_weeks(actor=paula, sheets=[first.pk])
        task = Task.objects.get(pk=desk.build.pk)
        assert (task.actual_work_minutes, task.remaining_work_minutes) == (2100, 18 * 420)
        second = week_of(world, desk, week=WEEK + timedelta(days=7), days=2)
        approve_weeks(actor=paula, sheets=[second.pk])
        task.refresh_from_db()
        assert (task.actual_work_minutes, task.remaining_work_minutes) == (2940, 16 * 420)
        return_weeks(actor=paula, sheets=[first.pk, second.pk], reason="À revoir")
        task.refresh_from_db()
        assert (task.actual_work_minutes, task.remaining_work_minutes, task.actual_start_at) == (0, None, None)


def test_dates_typed_later_keep_the_start_of_work_that_was_done(world: World, desk: Desk) -> None:
    with world.within():
        approve_weeks(actor=desk.actor, sheets=[week_of(world, desk).pk])
        task = Task.objects.get(pk=desk.build.pk)
        change_task(actor=desk.actor, task=task, values={"duration_minutes": 30 * 420})
        assert Task.objects.get(pk=task.pk).actual_start_at == datetime(2026, 3, 2, 9)


def test_submitted_time_counts_when_the_organisation_says_so(world: World, desk: Desk) -> None:
    with world.within():
        week_of(world, desk)
        change_time_settings(actor=desk.actor, values={"feed": "submitted"})
        task = Task.objects.get(pk=desk.build.pk)
        assert task.actual_work_minutes == 2100
        recall_week(actor=world.memberships["member"].actor, person=desk.mehdi, week=WEEK)
        task.refresh_from_db()
        assert task.actual_work_minutes == 0


def test_months_are_closed_and_opened_by_the_pmo(world: World, desk: Desk, client_of: Sign) -> None:
    with world.within():
        sheet = week_of(world, desk)
        approve_weeks(actor=desk.actor, sheets=[sheet.pk])
    pmo = client_of(world.pmo)
    assert client_of(world.pole_manager).get(world.url("/time/months/")).status_code == 403
    assert pmo.get(world.url("/time/months/")).status_code == 200
    lock = world.url("/time/months/lock/")
    assert pmo.post(lock, {"month": "hier"}).status_code == 422
    assert pmo.post(lock, {"month": "2026-03"}).status_code == 302
    twice = pmo.post(lock, {"month": "2026-03"})
    assert twice.status_code == 422 and "est déjà clôturé" in text(twice)
    with world.within():
        with pytest.raises(ValidationError, match="rouvrez-le avant de renvoyer"):
            return_weeks(actor=desk.actor, sheets=[sheet.pk], reason="Trop tard")
        held = PeriodLock.objects.get()
    assert pmo.post(world.url(f"/time/months/{held.pk}/unlock/")).status_code == 302
    with world.within():
        assert not PeriodLock.objects.exists()
    assert pmo.post(world.url(f"/time/months/{held.pk}/restore/")).status_code == 204


def test_settings_are_changed_once_at_a_time(world: World, desk: Desk, client_of: Sign) -> None:
    pmo = client_of(world.pmo)
    sent = {"unit": "days", "feed": "approved", "staff_costs_from": "2026-03", "version": ""}
    assert pmo.get(world.url("/time/settings/")).status_code == 200
    assert pmo.post(world.url("/time/settings/"), sent).status_code == 302
    clash = pmo.post(world.url("/time/settings/"), {**sent, "unit": "hours", "feed": "submitted"})
    assert clash.status_code == 409
    assert "à partir de mars 2026" in text(pmo.get(world.url("/time/months/")))


def test_a_week_decided_meanwhile_is_not_decided_twice(world: World, desk: Desk) -> None:
    with world.within():
        sheet = week_of(world, desk)
        approve_weeks(actor=desk.actor, sheets=[sheet.pk])
        with pytest.raises(ValidationError, match="n’est plus en attente"):
            approve_weeks(actor=desk.actor, sheets=[sheet.pk])
        with pytest.raises(ValidationError, match="n’est plus en attente d’approbation"):
            recall_week(actor=desk.actor, person=desk.mehdi, week=WEEK)


def test_on_monday_those_who_did_not_submit_are_reminded(world: World, desk: Desk) -> None:
    monday = WEEK + timedelta(days=7)
    with world.within():
        remind(monday - timedelta(days=1), monday)
        assert not AuditEvent.objects.filter(verb="timesheet.missing").exists(), "nobody has ever entered time"
        week_of(world, desk)
        remind(monday - timedelta(days=1), monday)
        missing = AuditEvent.objects.filter(verb="timesheet.missing")
        assert set(missing.values_list("object_label", flat=True)) == {"Paula Pôle", "Chloé Cheffe"}
        assert missing[0].changes == {"week": [None, "2026-03-02"]}


def test_the_list_of_times_sums_and_shows_what_one_may_see(world: World, desk: Desk, client_of: Sign) -> None:
    with world.within():
        week_of(world, desk, minutes=405)
    for user, seen in ((world.pmo, True), (world.manager, True), (world.member, True), (world.pole_manager, True)):
        page = text(client_of(user).get(world.url("/time/entries/")))
        assert ("6,75" in page) is seen
    with world.within():
        desk.erp.manager = None
        desk.erp.save(update_fields=["manager"])
    assert "6,75" not in text(client_of(world.manager).get(world.url("/time/entries/")))


def test_the_review_costs_the_same_for_three_weeks_and_for_thirty(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.pmo)

    def count(first: int, last: int) -> int:
        with world.within():
            for number in range(first, last):
                week_of(world, desk, week=WEEK - timedelta(days=7 * number), days=1)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(world.url("/time/review/")).status_code == 200
        return len(counted)

    client.get(world.url("/time/review/"))
    assert count(0, 3) == count(3, 30)


def test_why_somebody_was_away_is_for_those_who_keep_absences(world: World, desk: Desk, client_of: Sign) -> None:
    with world.within():
        create_absence(actor=desk.actor, person=desk.mehdi, starts_on=WEEK, ends_on=WEEK, kind="sickness")
        sheet = week_of(world, desk, days=2)
    url = world.url(f"/time/sheets/{sheet.pk}/")
    assert "Maladie" in text(client_of(world.pole_manager).get(url))
    seen = text(client_of(world.executive).get(url))
    assert "Maladie" not in seen and "jour d’absence (Absence)" in seen
