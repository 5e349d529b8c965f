"""What becomes late is said once, in the morning, to who must know."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portfolio.planning.actions import assign, create_task
from portfolio.planning.models import Task
from portfolio.projects.actions import create_milestone, reach_milestone
from tech4value.audit.models import AuditEvent
from tech4value.notifications.lateness import tell_lateness
from tech4value.tenancy.clock import today
from tests.tech4value.notifications.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def morning(clock: Callable[..., None]) -> Any:
    """Nine o'clock in Paris, today."""
    clock(datetime.combine(today_utc(), datetime.min.time(), tzinfo=UTC) + timedelta(hours=8))


def today_utc() -> Any:
    return datetime.now(UTC).date()


def test_a_milestone_due_yesterday_is_told_once_to_its_owner_and_who_leads(desk: Desk, morning: None) -> None:
    yesterday = today() - timedelta(days=1)
    due = {"actor": desk.pmo, "project": desk.erp, "due_on": yesterday}
    create_milestone(name="Recette", owner=desk.mehdi, **due)
    met = create_milestone(name="Livré", **due)
    reach_milestone(actor=desk.pmo, milestone=met, on=yesterday)
    create_milestone(name="Ancien", **due | {"due_on": yesterday - timedelta(days=1)})
    desk.read()
    assert tell_lateness()
    desk.read()
    (said,) = desk.sentences("manager", "milestone.late")
    assert "Recette" in said
    assert [one.reason for one in desk.told("member", "milestone.late")] == ["owner"]
    assert not tell_lateness()  # the day has been told
    assert AuditEvent.objects.filter(verb="milestone.late").count() == 1


def test_a_task_that_should_be_done_is_told_to_who_works_on_it(desk: Desk, morning: None) -> None:
    task = create_task(actor=desk.pmo, project=desk.erp, name="Reprendre les données")
    assign(actor=desk.pmo, task=task, person=desk.mehdi)
    ended = datetime.combine(today() - timedelta(days=1), datetime.min.time()) + timedelta(hours=17)
    Task.objects.filter(pk=task.pk).update(starts_at=ended - timedelta(hours=8), ends_at=ended)
    desk.read()
    assert tell_lateness()
    desk.read()
    (said,) = desk.sentences("member", "task.late")
    assert "n’est pas terminée" in said
    assert len(desk.told("manager", "task.late")) == 1
    assert desk.told("executive", "task.late") == []


def test_nothing_is_said_at_night(desk: Desk, clock: Callable[..., None]) -> None:
    clock(datetime.combine(today_utc(), datetime.min.time(), tzinfo=UTC) + timedelta(hours=2))
    assert not tell_lateness()
