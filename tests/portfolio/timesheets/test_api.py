"""Time and rates through the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client

from portfolio.planning.models import Task
from portfolio.timesheets.models import TimeEntry
from tests.portfolio.timesheets.conftest import WEEK, Desk
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"


def test_a_member_writes_their_time_and_their_manager_approves_it(world: World, desk: Desk, client_of: Sign) -> None:
    mehdi, paula = client_of(world.member), client_of(world.pole_manager)
    entries, weeks = world.url("/api/v1/time-entries/"), world.url("/api/v1/timesheets/")
    body = {"task": str(desk.build.pk), "day": WEEK.isoformat(), "minutes": 420}
    made = mehdi.post(entries, body, content_type=JSON)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["state"], told["project"], told["minutes"]) == ("draft", str(desk.erp.pk), 420)
    again = mehdi.post(entries, body, content_type=JSON)
    assert again.status_code == 400 and "déjà saisi ce jour-là" in again.json()["detail"]
    one = f"{entries}{told['id']}/"
    changed = mehdi.patch(one, {"minutes": 210, "version": told["version"]}, content_type=JSON)
    assert changed.status_code == 200 and changed.json()["minutes"] == 210
    stale = mehdi.patch(one, {"minutes": 60, "version": told["version"]}, content_type=JSON)
    assert stale.status_code == 409
    assert mehdi.patch(one, {"day": "2026-03-04"}, content_type=JSON).status_code == 400
    assert paula.patch(one, {"minutes": 5}, content_type=JSON).status_code == 403, "seen, and not hers"
    assert client_of(world.reader).get(entries).status_code == 403
    week = f"{weeks}{told['timesheet']}/"
    assert paula.post(f"{week}approve/").status_code == 400, "not submitted"
    assert paula.post(f"{week}submit/").status_code == 403
    assert mehdi.post(f"{week}submit/").json()["state"] == "submitted"
    assert mehdi.post(f"{week}approve/").status_code == 403
    assert paula.post(f"{week}return/", {}, content_type=JSON).status_code == 400
    back = paula.post(f"{week}return/", {"reason": "Et mardi ?"}, content_type=JSON).json()
    assert (back["state"], back["reason"]) == ("returned", "Et mardi ?")
    mehdi.post(f"{week}submit/")
    assert paula.post(f"{week}approve/").json()["state"] == "approved"
    with world.within():
        assert Task.objects.get(pk=desk.build.pk).actual_work_minutes == 210
    task = paula.get(world.url(f"/api/v1/tasks/{desk.build.pk}/")).json()
    assert (task["actual_work_minutes"], task["remaining_work_minutes"]) == (210, None)


def test_times_are_filtered_and_deleted(world: World, desk: Desk, client_of: Sign) -> None:
    client = client_of(world.member)
    url = world.url("/api/v1/time-entries/")
    for shift, body in enumerate(({"activity": "training"}, {"project": str(desk.erp.pk)})):
        day = (WEEK + timedelta(days=shift)).isoformat()
        assert client.post(url, {**body, "day": day, "minutes": 60}, content_type=JSON).status_code == 201
    assert len(client.get(url).json()["results"]) == 2
    (one,) = client.get(f"{url}?activity=training&day_to=2026-03-02").json()["results"]
    assert client.get(f"{url}?nap=1").status_code == 400
    assert client.delete(f"{url}{one['id']}/").status_code == 204
    assert len(client.get(url).json()["results"]) == 1
    body = {"activity": "training", "day": WEEK.isoformat(), "minutes": 30}
    assert client.post(url, body, content_type=JSON).status_code == 201, "an emptied day is filled again"
    with world.within():
        assert TimeEntry.objects.count() == 2
    for wrong in (
        {"day": "2026-03-02", "minutes": 5},
        {"activity": "training", "project": str(desk.erp.pk), "day": "2026-03-02", "minutes": 5},
        {"task": str(desk.erp.pk), "day": "2026-03-02", "minutes": 5},
        {"project": str(desk.build.pk), "day": "2026-03-02", "minutes": 5},
        {"activity": "training", "day": "2026-03-02", "minutes": 0},
        {"activity": "training", "day": "1850-03-02", "minutes": 5},
    ):
        assert client.post(url, wrong, content_type=JSON).status_code == 400, wrong
    nobody = client_of(world.pmo).post(url, body, content_type=JSON)
    assert nobody.status_code == 400 and "relié à aucune personne" in nobody.json()["detail"]


def test_rates_are_for_those_who_may_see_them(world: World, desk: Desk, client_of: Sign) -> None:
    url = world.url("/api/v1/rates/")
    pmo = client_of(world.pmo)
    body = {"person": str(desk.mehdi.pk), "valid_from": "2026-01-01", "daily_rate": "512.5000"}
    made = pmo.post(url, body, content_type=JSON)
    assert made.status_code == 201 and made.json()["currency"] == "EUR"
    assert pmo.post(url, body, content_type=JSON).status_code == 400
    assert pmo.post(url, {**body, "daily_rate": "-1"}, content_type=JSON).status_code == 400
    assert client_of(world.executive).get(url).status_code == 200
    assert client_of(world.executive).post(url, body, content_type=JSON).status_code == 403
    assert client_of(world.member).get(url).status_code == 403
    one = f"{url}{made.json()['id']}/"
    assert pmo.patch(one, {"daily_rate": "600"}, content_type=JSON).json()["daily_rate"] == "600.0000"
    assert pmo.delete(one).status_code == 204
