"""Two that wait for one another: PostgreSQL refuses the request, which is run again and succeeds."""

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from portfolio.projects.models import Project
from tech4value.accounts import middleware
from tech4value.audit.models import AuditEvent
from tests.portfolio.planning.across import Portfolio
from tests.world import World

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
PATIENCE_SECONDS = 20


def lock(project: Project) -> None:
    Project.objects.select_for_update(of=["self"]).get(pk=project.pk)


def somebody_waits() -> None:
    """Return when another connection waits for this one."""
    end = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody came to wait")


class Rival:
    """Holds the project that waits and, once the request wants it too, asks for the one that the request holds."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.holds = Event()
        self.thread = Thread(target=self.run)

    def __enter__(self) -> None:
        self.thread.start()
        assert self.holds.wait(PATIENCE_SECONDS)

    def __exit__(self, *_error: object) -> None:
        self.thread.join()

    def run(self) -> None:
        try:
            with self.portfolio.within():
                lock(self.portfolio.projects["B"])
                self.holds.set()
                somebody_waits()
                lock(self.portfolio.projects["A"])
        finally:
            connection.close()


@pytest.mark.parametrize(("attempts", "status"), [(2, 204), (1, 503)])
def test_a_request_that_postgresql_refuses_for_another_is_run_again(
    live_world: World,
    client_of: Callable[[Any], Client],
    monkeypatch: pytest.MonkeyPatch,
    attempts: int,
    status: int,
) -> None:
    monkeypatch.setattr(middleware, "ATTEMPTS", attempts)
    portfolio = Portfolio(live_world)
    portfolio.task("A1", 3)
    portfolio.task("B1", 2)
    portfolio.link("A1", "B1")
    project = portfolio.projects["A"]
    client = client_of(live_world.pmo)
    with Rival(portfolio):
        answer = client.delete(live_world.url(f"/api/v1/projects/{project.pk}/"))
    assert answer.status_code == status, answer.content
    with portfolio.within():
        assert Project.objects.filter(pk=project.pk).exists() is (status != 204)
        assert (portfolio.span("B1") == "02/03-03/03") is (status == 204), "who waited goes on without it"
        deleted = AuditEvent.objects.filter(verb="project.deleted", object_id=project.pk)
        assert deleted.count() == (status == 204), "once in the journal, or not at all"
    if status == 503:
        assert answer["Content-Type"] == "application/problem+json"
        assert "Rien n’a été enregistré" in answer.json()["detail"]
