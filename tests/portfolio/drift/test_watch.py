"""The founding story: a delay that nobody saw is told the same day, once, to those who must know."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.drift.domain import DriftKind
from portfolio.drift.models import DriftAlert
from portfolio.drift.rules import change_rule
from portfolio.drift.watch import watch
from portfolio.planning.actions import (
    assign,
    change_link,
    change_task,
    create_task,
    delete_task,
    link_tasks,
    take_baseline,
    unlink,
)
from portfolio.planning.models import Dependency, Task
from portfolio.projects.actions import (
    change_milestone,
    change_project,
    create_milestone,
    create_project,
    delete_milestone,
    reach_milestone,
)
from portfolio.projects.models import Phase
from tech4value.audit.models import AuditEvent
from tech4value.notifications.lateness import tell_lateness
from tech4value.tenancy.clock import today
from tests.tech4value.notifications.conftest import Desk

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def monday(weeks: int) -> datetime:
    """Nine o'clock on a Monday, some weeks after the one that comes."""
    day = today()
    return datetime.combine(day + timedelta(days=7 - day.weekday()) + weeks * WEEK, time(9))


def opened(desk: Desk, kind: DriftKind = DriftKind.MILESTONE_LATE) -> list[DriftAlert]:
    """Each write of a test is a transaction of its own in life: its end is played by hand."""
    watch([desk.erp.pk])
    return list(DriftAlert.objects.filter(kind=kind.value, closed_on=None))


def build(desk: Desk) -> tuple[Task, Task]:
    """A task of a week, and the milestone that follows it, frozen."""
    work = create_task(
        actor=desk.pmo, project=desk.erp, name="Reprendre les données", starts_at=monday(1), duration_minutes=5 * 420
    )
    work.refresh_from_db()
    end = create_task(actor=desk.pmo, project=desk.erp, name="Mise en service", kind="milestone")
    link_tasks(actor=desk.pmo, predecessor=work, successor=end)
    take_baseline(actor=desk.pmo, project=desk.erp, name="Initiale")
    return work, end


def test_four_weeks_late_are_told_the_same_day_once(desk: Desk) -> None:
    """Pierre lets the data slip by four weeks; nobody opens the plan."""
    work, end = build(desk)
    assert opened(desk) == []
    desk.read()
    change_task(actor=desk.pmo, task=work, values={"duration_minutes": 25 * 420})
    (alert,) = opened(desk)
    promised = end.baselines.get().ends_at.date()
    end.refresh_from_db()
    # Four weeks, and the public holidays that fall within them.
    slip = (end.ends_at.date() - promised).days
    assert slip >= 28 and (alert.task, alert.days, alert.opened_on) == (end, slip, today())
    desk.read()
    for key in ("manager", "executive"):
        (said,) = desk.sentences(key, "drift.opened")
        assert "Mise en service" in said and f"{slip}\u00a0j" in said, key
    assert desk.told("member", "drift.opened") == [], "the rule does not name the team"
    # The same drift, longer: followed, not told again.
    work.refresh_from_db()
    change_task(actor=desk.pmo, task=work, values={"duration_minutes": 30 * 420})
    (alert,) = opened(desk)
    desk.read()
    assert alert.days > slip and len(desk.told("manager", "drift.opened")) == 1
    # Caught up: closed, and told again only if it comes back.
    work.refresh_from_db()
    change_task(actor=desk.pmo, task=work, values={"duration_minutes": 5 * 420})
    assert opened(desk) == []
    alert.refresh_from_db()
    assert alert.closed_on == today()
    assert AuditEvent.objects.filter(verb="driftalert.closed", object_id=alert.pk).count() == 1
    work.refresh_from_db()
    change_task(actor=desk.pmo, task=work, values={"duration_minutes": 25 * 420})
    assert len(opened(desk)) == 1
    desk.read()
    assert len(DriftAlert.objects.all()) == 2


def test_the_pmo_and_who_answers_for_the_milestone_are_told(desk: Desk) -> None:
    """Chloé puts off a promise whose owner is Mehdi."""
    promise = create_milestone(
        actor=desk.pmo, project=desk.erp, name="Recette", due_on=today() + WEEK, owner=desk.mehdi
    )
    desk.read()
    change_milestone(actor=desk.actor("manager"), milestone=promise, values={"due_on": today() + 3 * WEEK})
    (alert,) = opened(desk)
    desk.read()
    assert [one.reason for one in desk.told("member", "drift.opened")] == ["owner"]
    assert [one.reason for one in desk.told("pmo", "drift.opened")] == ["steering"]
    assert alert.milestone == promise and alert.days == 14
    reach_milestone(actor=desk.pmo, milestone=promise, on=today())
    assert opened(desk) == []


def test_a_milestone_follows_the_tasks_that_stand_for_it(desk: Desk) -> None:
    promise = create_milestone(actor=desk.pmo, project=desk.erp, name="Recette", due_on=monday(2).date())
    work, end = build(desk)
    end.refresh_from_db()
    change_task(actor=desk.pmo, task=end, values={"milestone": promise})
    assert opened(desk) == []
    work.refresh_from_db()
    change_task(actor=desk.pmo, task=work, values={"duration_minutes": 25 * 420})
    (alert,) = opened(desk)
    assert alert.milestone == promise, "one alert, not two"


def test_a_task_is_no_milestone_once_its_own_has_gone(desk: Desk) -> None:
    promise = create_milestone(actor=desk.pmo, project=desk.erp, name="Recette", due_on=monday(9).date())
    work, end = build(desk)
    work.refresh_from_db()
    change_task(actor=desk.pmo, task=work, values={"milestone": promise})
    delete_milestone(actor=desk.pmo, milestone=promise)
    work.refresh_from_db()
    change_task(actor=desk.pmo, task=work, values={"duration_minutes": 25 * 420})
    assert [alert.task for alert in opened(desk)] == [end]


def test_each_morning_says_what_time_alone_made_drift(desk: Desk, clock: Callable[..., None]) -> None:
    """Nobody writes anything: the promise passes, and a task that Mehdi began stands still."""
    create_milestone(actor=desk.pmo, project=desk.erp, name="Recette", due_on=today() + timedelta(days=2))
    task = create_task(
        actor=desk.pmo, project=desk.erp, name="Migrer", starts_at=monday(0), duration_minutes=60 * 420
    )
    assign(actor=desk.pmo, task=task, person=desk.mehdi)
    watch(None)
    desk.read()
    begun = today()
    seen: list[tuple[int, list[str]]] = []
    for days in (5, 9, 10, 22, 23, 30):
        moment = datetime.combine(begun + timedelta(days=days), time(8), tzinfo=UTC)
        clock(moment)
        with patch("tech4value.tenancy.clock.now", lambda moment=moment: moment):
            tell_lateness()
            desk.read()
        seen.append(
            (days, [row.kind for row in DriftAlert.objects.filter(name__in=["Recette", "Migrer"]).order_by("id")])
        )
    assert seen[0][1] == [] and seen[1][1] == ["milestone_late"]
    assert seen[-1][1] == ["milestone_late", "no_progress"]
    assert len(desk.told("member", "drift.opened")) == 1
    # Any news ends it.
    news = desk.actor("member").on(begun + timedelta(days=30))
    change_task(actor=news, task=Task.objects.get(pk=task.pk), values={"percent_complete": Decimal("0.1")})
    with patch("tech4value.tenancy.clock.now", lambda: moment):
        assert opened(desk, DriftKind.NO_PROGRESS) == []


def test_a_negative_float_is_told(desk: Desk) -> None:
    work, _end = build(desk)
    Task.objects.filter(pk=work.pk).update(total_float_minutes=-3 * 420)
    (alert,) = opened(desk, DriftKind.LOW_FLOAT)
    assert alert.days == -3
    desk.read()
    assert "marge négative" in desk.sentences("manager", "drift.opened")[0]


def test_what_is_closed_deleted_or_no_longer_watched_drifts_no_more(desk: Desk) -> None:
    work, end = build(desk)
    change_task(actor=desk.pmo, task=work, values={"duration_minutes": 25 * 420})
    assert len(opened(desk)) == 1
    change_project(actor=desk.pmo, project=desk.erp, values={"phase": Phase.CLOSED})
    assert opened(desk) == []
    change_project(actor=desk.pmo, project=desk.erp, values={"phase": Phase.DELIVERY})
    assert len(opened(desk)) == 1
    change_rule(actor=desk.pmo, kind=DriftKind.MILESTONE_LATE, values={"threshold_days": 40})
    assert opened(desk) == []
    change_rule(actor=desk.pmo, kind=DriftKind.MILESTONE_LATE, values={"threshold_days": 28})
    assert len(opened(desk)) == 1
    delete_task(actor=desk.pmo, task=Task.objects.get(pk=end.pk))
    assert opened(desk) == []


def test_a_new_baseline_is_a_new_promise(desk: Desk) -> None:
    work, _end = build(desk)
    change_task(actor=desk.pmo, task=work, values={"duration_minutes": 25 * 420})
    assert len(opened(desk)) == 1
    take_baseline(actor=desk.pmo, project=desk.erp, name="Revue")
    assert opened(desk) == []


def test_a_write_is_watched_before_it_is_committed(live_world: Any) -> None:
    """With real transactions: nobody calls anything but the action."""
    from portfolio.people.actions import create_pole

    world = live_world
    actor = world.memberships["pmo"].actor
    with world.within():
        project = create_project(
            actor=actor,
            code="P",
            name="Projet",
            pole=create_pole(actor=actor, code="IT", name="Informatique"),
            starts_on=today(),
            ends_on=today() + 20 * WEEK,
        )
        promise = create_milestone(actor=actor, project=project, name="Recette", due_on=today() + WEEK)
    with world.within():
        change_milestone(actor=actor, milestone=promise, values={"due_on": today() + 5 * WEEK})
    with world.within():
        (alert,) = DriftAlert.objects.all()
        assert (alert.days, alert.closed_on) == (28, None)


def test_a_float_taken_by_a_link_or_a_constraint_is_told_before_the_commit(live_world: Any) -> None:
    """What Pierre writes moves no date: it takes the room that there was to be late in."""
    from portfolio.people.actions import create_pole

    world = live_world
    actor = world.memberships["pmo"].actor
    with world.within():
        project = create_project(
            actor=actor,
            code="P",
            name="Projet",
            pole=create_pole(actor=actor, code="IT", name="Informatique"),
            starts_on=monday(0).date(),
            ends_on=today() + 20 * WEEK,
        )

        def task(name: str, days: int, **values: Any) -> Task:
            return create_task(
                actor=actor, project=project, name=name, duration_minutes=days * 420, mode="auto", **values
            )

        change_rule(actor=actor, kind=DriftKind.LOW_FLOAT, values={"threshold_days": 6})
        short = task("Câbles", 5)
        task("Serveurs", 20)
        waiting = {"constraint_kind": "snet", "constraint_at": monday(3)}
        later = task("Recette", 5, **waiting)

    def told() -> list[str]:
        with world.within():
            return list(DriftAlert.objects.filter(task=short.pk, closed_on=None).values_list("kind", flat=True))

    assert told() == []
    with world.within():
        link = link_tasks(actor=actor, predecessor=short, successor=later)
    assert told() == []
    with world.within():
        change_link(actor=actor, link=link, values={"lag": 6 * 420})
    assert told() == ["low_float"]
    with world.within():
        unlink(actor=actor, link=Dependency.objects.get(pk=link.pk))
    assert told() == []
    with world.within():
        found = Task.objects.get(pk=short.pk)
        ends = {"constraint_kind": "fnlt", "constraint_at": found.ends_at + timedelta(days=3)}
        change_task(actor=actor, task=found, values=ends)
    assert told() == ["low_float"]


def test_a_float_that_is_used_up_keeps_its_alert(live_world: Any, client_of: Callable[[Any], Client]) -> None:
    """From one day of float to none, then to one too few: the same drift, told once, until there is room again."""
    from portfolio.people.actions import create_pole

    world = live_world
    actor = world.memberships["pmo"].actor
    with world.within():
        project = create_project(
            actor=actor,
            code="P",
            name="Projet",
            pole=create_pole(actor=actor, code="IT", name="Informatique"),
            starts_on=monday(0).date(),
            ends_on=today() + 20 * WEEK,
        )
        change_rule(actor=actor, kind=DriftKind.LOW_FLOAT, values={"threshold_days": 3})
        task = create_task(actor=actor, project=project, name="Câbles", duration_minutes=2 * 420, mode="auto")
        create_task(actor=actor, project=project, name="Serveurs", duration_minutes=20 * 420, mode="auto")
        task.refresh_from_db()
    client = client_of(world.pmo)

    def due(days: int) -> list[tuple[str, int, bool]]:
        """Its deadline is `days` after its end: what is then said of its float, and whether it still is."""
        end = (task.ends_at + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")
        sent = client.patch(
            world.url(f"/api/v1/tasks/{task.pk}/"),
            {"deadline_at": end},
            content_type="application/json",
        )
        assert sent.status_code == 200, sent.content
        rows = client.get(world.url("/api/v1/drift-alerts/?kind=low_float")).json()["results"]
        return [(one["name"], one["days"], one["closed_on"] is None) for one in rows]

    assert due(1) == [("Câbles", 1, True)]
    assert due(0) == [("Câbles", 0, True)]
    assert due(-1) == [("Câbles", -1, True)]
    with world.within():
        assert DriftAlert.objects.filter(kind="low_float").count() == 1
    assert due(0) == [("Câbles", 0, True)], "still no room"
    assert [one for one in due(21) if one[2]] == []


def test_as_many_statements_for_thirty_projects_as_for_three(desk: Desk) -> None:
    def count(projects: int) -> int:
        for number in range(projects):
            project = create_project(
                actor=desk.pmo,
                code=f"Q{projects}{number}",
                name=f"Projet {projects} {number}",
                pole=desk.pole,
                starts_on=date(2026, 1, 1),
                ends_on=date(2030, 1, 1),
            )
            create_milestone(
                actor=desk.pmo,
                project=project,
                name="Recette",
                due_on=today() + 9 * WEEK,
                baseline_on=today(),
            )
            create_task(
                actor=desk.pmo, project=project, name="Migrer", starts_at=monday(-9), duration_minutes=900 * 420
            )
        with CaptureQueriesContext(connection) as seen:
            watch(None)
        return len(seen)

    assert count(30) <= count(3) + 2
