"""A person fills their week, through the front door: what is typed, what is refused, what is copied and undone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.people.actions import change_person, create_absence
from portfolio.planning.actions import create_task, delete_task
from portfolio.timesheets.actions import Subject, add_line, enter_time
from portfolio.timesheets.models import SheetState, TimeEntry, Timesheet, TimesheetLine
from portfolio.timesheets.period_actions import change_time_settings, lock_month, open_project
from portfolio.timesheets.review_actions import submit_week
from tech4value.audit.models import AuditEvent
from tests.portfolio.timesheets.conftest import WEEK, Desk
from tests.world import World

Sign = Callable[[Any], Client]
MONDAY = WEEK.isoformat()


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ")


def cell(client: Client, world: World, desk: Desk, typed: str, **sent: Any) -> Any:
    """Type `typed` in a cell of the week, as the page does."""
    body = {"key": f"task:{desk.build.pk}", "day": MONDAY, "version": "0", "text": typed, **sent}
    return client.post(world.url(f"/time/weeks/{MONDAY}/cell/"), body)


def test_the_member_finds_their_tasks_and_types_a_day(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    assert client.get(world.url("/time/")).status_code == 302
    page = text(client.get(world.url(f"/time/weeks/{MONDAY}/")))
    for words in ("Construire", "Tester", "ERP · Nouvel ERP", "sur 35h de capacité", "Soumettre la semaine"):
        assert words in page, words
    assert "Former" not in page, "a task that is not his"
    saved = cell(client, world, desk, "3,5")
    assert saved.status_code == 200
    told = saved.json()
    assert told["cell"] == {"text": "3h30", "version": 1}
    assert told["total"] == "3h30" and told["rows"][f"task:{desk.build.pk}"] == "3h30"
    with world.within():
        entry = TimeEntry.objects.get()
        assert (entry.minutes, entry.day, entry.line.task_id) == (210, WEEK, desk.build.pk)
        assert AuditEvent.objects.filter(verb="timeentry.created", actor_id=world.member.pk).exists()


def test_the_unit_of_the_organisation_reads_numbers_in_days(world: World, desk: Desk, client_of: Sign) -> None:
    with world.within():
        change_time_settings(actor=desk.actor, values={"unit": "days"})
    told = cell(client_of(world.member), world, desk, "0,5").json()
    assert told["cell"]["text"] == "0,5" and told["total"].replace("\u00a0", " ") == "0,5 j"
    with world.within():
        assert TimeEntry.objects.get().minutes == 210


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("abc", "« abc » n’est pas un temps. Saisissez par exemple 3,5 ou 3h30 ou 0,5j."),
        ("-2", "« -2 » n’est pas un temps"),
        ("25", "Une journée a 24 heures"),
        ("4j", "Une journée a 24 heures"),
    ],
)
def test_what_is_no_time_is_refused_in_words(
    world: World, desk: Desk, client_of: Sign, typed: str, sentence: str
) -> None:
    refused = cell(client_of(world.member), world, desk, typed)
    assert refused.status_code == 422 and sentence in refused.json()["detail"].replace("\u00a0", " ")
    with world.within():
        assert not TimeEntry.objects.exists() and not Timesheet.objects.exists(), "nothing is half written"


def test_a_day_holds_24_hours_over_all_rows(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    cell(client, world, desk, "20")
    refused = cell(client, world, desk, "5", key=f"task:{desk.test.pk}")
    assert refused.status_code == 422 and "compterait 25 heures" in refused.json()["detail"]
    long = cell(client, world, desk, "4", key=f"task:{desk.test.pk}").json()
    assert "compte 24 heures, au-delà des 7 de votre calendrier" in long["days"][0]["warning"]


def test_a_task_of_others_is_refused_until_the_project_is_open(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    refused = cell(client, world, desk, "1", key=f"task:{desk.other.pk}")
    assert refused.status_code == 422
    assert "« Former » n’est pas une tâche de Mehdi Équipier" in refused.json()["detail"].replace("\u00a0", " ")
    settings = world.url(f"/time/projects/{desk.erp.pk}/settings/")
    assert client.get(settings).status_code == 404, "Mehdi is on tasks, not in the team: he does not see the project"
    assert client_of(world.executive).get(settings).status_code == 403
    assert client_of(world.manager).post(settings, {"open_to_all": "on"}).status_code == 302
    assert cell(client, world, desk, "1", key=f"task:{desk.other.pk}").status_code == 200


@pytest.mark.parametrize("key", ["task:x", "task:01900000-0000-7000-8000-000000000000", "activity:nap", "", "x:y"])
def test_what_is_not_there_is_not_found(world: World, desk: Desk, client_of: Sign, key: str) -> None:
    assert cell(client_of(world.member), world, desk, "1", key=key).status_code == 404


def test_a_summary_and_a_task_in_the_bin_take_no_time(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    cell(client, world, desk, "2")
    with world.within():
        child = create_task(actor=desk.actor, project=desk.erp, name="Détail", parent=desk.test)
        refused = cell(client, world, desk, "1", key=f"task:{desk.test.pk}")
        assert "récapitulatif ou un jalon" in refused.json()["detail"]
        assert child.parent_id == desk.test.pk
        delete_task(actor=desk.actor, task=desk.build)
    more = cell(client, world, desk, "3", version="1")
    assert more.status_code == 422 and "dans la corbeille" in more.json()["detail"]
    assert cell(client, world, desk, "1", version="1").status_code == 200, "what is there can be taken down"


def test_days_before_arrival_after_departure_and_in_a_closed_month(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    with world.within():
        change_person(
            actor=desk.actor,
            person=desk.mehdi,
            values={"joined_on": WEEK + timedelta(days=1), "left_on": WEEK + timedelta(days=3)},
        )
    early = cell(client, world, desk, "1")
    assert "travaille ici depuis le 03/03/2026" in early.json()["detail"]
    late = cell(client, world, desk, "1", day=(WEEK + timedelta(days=4)).isoformat())
    assert "n’est plus là depuis le 05/03/2026" in late.json()["detail"]
    tuesday = (WEEK + timedelta(days=1)).isoformat()
    assert cell(client, world, desk, "1", day=tuesday).status_code == 200
    with world.within():
        lock_month(actor=desk.actor, month=WEEK)
    closed = cell(client, world, desk, "2", day=tuesday, version="1")
    assert closed.status_code == 422
    assert "Le mois de mars 2026 est clôturé" in closed.json()["detail"].replace("\u00a0", " ")


def test_absences_are_shown_and_warned_of(world: World, desk: Desk, client_of: Sign) -> None:
    with world.within():
        create_absence(actor=desk.actor, person=desk.mehdi, starts_on=WEEK, ends_on=WEEK, kind="leave")
    client = client_of(world.member)
    page = text(client.get(world.url(f"/time/weeks/{MONDAY}/")))
    assert "Congé" in page and "sur 28h de capacité" in page
    told = cell(client, world, desk, "1").json()
    assert "jour d’absence (Congé)" in told["days"][0]["warning"]


def test_a_cell_that_another_page_wrote_says_who_and_what(world: World, desk: Desk, client_of: Sign) -> None:
    one, two = client_of(world.member), client_of(world.member)
    cell(one, world, desk, "3")
    stale = cell(two, world, desk, "4")
    assert stale.status_code == 409
    told = stale.json()
    assert "Mehdi Équipier a saisi 3h ici entre-temps" in told["detail"] and told["version"] == 1
    assert cell(two, world, desk, "4", version="1").json()["cell"] == {"text": "4h", "version": 2}
    assert cell(one, world, desk, "", version="2").json()["cell"]["text"] == "", "emptied, and it still says who"
    assert cell(two, world, desk, "5", version="2").status_code == 409


def test_what_is_left_is_typed_on_tasks_only(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    told = cell(client, world, desk, "12j", day="remaining").json()
    assert told["cell"]["text"] == "84h"
    with world.within():
        assert TimesheetLine.objects.get().remaining_minutes == 12 * 420
    refused = cell(client, world, desk, "3", day="remaining", key="activity:training")
    assert refused.status_code == 422 and "se saisit sur une tâche" in refused.json()["detail"]
    assert cell(client, world, desk, "99999999", day="remaining").status_code == 422
    assert cell(client, world, desk, "2", day="2026-04-01").status_code == 404, "a day of another week"


def test_a_row_is_added_by_search_taken_out_and_brought_back(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    add = world.url(f"/time/weeks/{MONDAY}/lines/new/")
    both = client.post(add, {"activity": "training", "project": str(desk.erp.pk)})
    assert both.status_code == 422 and "une seule des trois" in text(both)
    assert client.post(add, {}).status_code == 422
    assert client.post(add, {"task": str(desk.other.pk)}).status_code == 422, "a task of nobody is not offered"
    assert client.post(add, {"activity": "training"}).status_code == 302
    assert client.post(add, {"project": str(desk.erp.pk)}).status_code == 302
    cell(client, world, desk, "2", key="activity:training")
    with world.within():
        line = TimesheetLine.objects.get(activity="training")
    assert client.post(world.url(f"/time/lines/{line.pk}/delete/")).status_code == 302
    assert 'data-row="activity:training"' not in text(client.get(world.url(f"/time/weeks/{MONDAY}/")))
    assert client_of(world.manager).post(world.url(f"/time/lines/{line.pk}/restore/")).status_code == 404
    assert client.post(world.url(f"/time/lines/{line.pk}/restore/")).status_code == 204
    page = text(client.get(world.url(f"/time/weeks/{MONDAY}/")))
    assert 'data-row="activity:training"' in page and 'value="2h"' in page, "with its times"


def test_last_week_is_copied_with_its_times_and_the_copy_is_undone(world: World, desk: Desk, client_of: Sign) -> None:
    mehdi = world.memberships["member"].actor
    with world.within():
        for subject, shift, minutes in (
            (desk.subject, 0, 210),
            (desk.subject, 1, 420),
            (desk.subject, 5, 60),
            (Subject(activity="training"), 2, 120),
        ):
            enter_time(
                actor=mehdi, person=desk.mehdi, subject=subject, day=WEEK + timedelta(days=shift), minutes=minutes
            )
        # He is away next Tuesday.
        away = WEEK + timedelta(days=8)
        create_absence(actor=desk.actor, person=desk.mehdi, starts_on=away, ends_on=away, kind="leave")
    client = client_of(world.member)
    following = (WEEK + timedelta(days=7)).isoformat()
    made = client.post(world.url(f"/time/weeks/{following}/copy/"), {"hours": "1"}, follow=True)
    assert "2 lignes copiées, 2 temps copiés." in text(made)
    with world.within():
        copied = TimeEntry.objects.filter(line__timesheet__week=WEEK + timedelta(days=7))
        assert {entry.day: entry.minutes for entry in copied} == {date(2026, 3, 9): 210, date(2026, 3, 11): 120}
        batch = AuditEvent.objects.filter(verb="timeentry.created").order_by("-id").first().batch_id
    undo = world.url(f"/time/copies/{batch}/undo/")
    assert client_of(world.manager).post(undo).status_code == 404
    assert client.post(undo).status_code == 204
    with world.within():
        assert not TimesheetLine.objects.filter(timesheet__week=WEEK + timedelta(days=7)).exists()
    empty = client.post(world.url("/time/weeks/2026-01-05/copy/"), follow=True)
    assert "La semaine précédente ne contient aucune ligne à copier." in text(empty)


def test_copied_twice_nothing_doubles(world: World, desk: Desk, client_of: Sign) -> None:
    mehdi = world.memberships["member"].actor
    with world.within():
        enter_time(actor=mehdi, person=desk.mehdi, subject=desk.subject, day=WEEK, minutes=60)
    client = client_of(world.member)
    url = world.url(f"/time/weeks/{(WEEK + timedelta(days=7)).isoformat()}/copy/")
    client.post(url, {"hours": "1"})
    again = client.post(url, {"hours": "1"}, follow=True)
    assert "Rien à copier : la semaine contient déjà" in text(again)


def test_a_submitted_week_is_taken_back_before_it_changes(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    empty = client.post(world.url(f"/time/weeks/{MONDAY}/submit/"), follow=True)
    assert "est vide : saisissez vos temps" in text(empty)
    cell(client, world, desk, "7")
    assert "est soumise." in text(client.post(world.url(f"/time/weeks/{MONDAY}/submit/"), follow=True))
    refused = cell(client, world, desk, "6", version="1")
    assert refused.status_code == 422 and "est soumise" in refused.json()["detail"]
    client.post(world.url(f"/time/weeks/{MONDAY}/recall/"))
    assert cell(client, world, desk, "6", version="1").status_code == 200
    with world.within():
        assert Timesheet.objects.get().state == SheetState.DRAFT


def test_an_account_that_is_nobody_is_told_what_to_do(world: World, desk: Desk, client_of: Sign) -> None:
    page = client_of(world.executive).get(world.url("/time/"))
    assert page.status_code == 200 and "Votre compte n’est celui de personne" in text(page)
    assert client_of(world.executive).get(world.url(f"/time/weeks/{MONDAY}/")).status_code == 404
    for user in (world.end_user, world.reader):
        assert client_of(user).get(world.url("/time/")).status_code == 403
    assert client_of(world.member).get(world.url("/time/weeks/1999-01-04/")).status_code == 404
    assert client_of(world.member).get(world.url("/time/weeks/2026-13-45/")).status_code == 404


def test_the_week_costs_the_same_for_three_rows_and_for_thirty(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    mehdi = world.memberships["member"].actor

    def fill(first: int, last: int) -> int:
        with world.within():
            open_project(actor=desk.actor, project=desk.erp, open_to_all=True)
            for number in range(first, last):
                task = create_task(actor=desk.actor, project=desk.erp, name=f"Tâche {number}", schedule=False)
                enter_time(actor=mehdi, person=desk.mehdi, subject=Subject(desk.erp, task), day=WEEK, minutes=10)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(world.url(f"/time/weeks/{MONDAY}/")).status_code == 200
        return len(counted)

    client.get(world.url(f"/time/weeks/{MONDAY}/"))
    assert fill(0, 3) == fill(3, 30)


def test_a_row_that_is_there_is_not_made_twice(world: World, desk: Desk) -> None:
    mehdi = world.memberships["member"].actor
    with world.within():
        first = add_line(actor=mehdi, person=desk.mehdi, subject=desk.subject, week=WEEK)
        assert add_line(actor=mehdi, person=desk.mehdi, subject=desk.subject, week=WEEK).pk == first.pk
        enter_time(actor=mehdi, person=desk.mehdi, subject=desk.subject, day=WEEK, minutes=5)
        assert submit_week(actor=mehdi, person=desk.mehdi, week=WEEK).state == SheetState.SUBMITTED
