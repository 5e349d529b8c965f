"""Two writers at once: the second one reads a sentence, never an error page, and nothing is half-written."""

from typing import Any

import pytest

from portfolio.people.models import Pole
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import StaleVersionError, create, update
from tests.world import World


@pytest.fixture
def both_found_it_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the second writer, which has run before the first one committed."""
    monkeypatch.setattr("portfolio.people.actions.refuse_twin", lambda *given: None)


def pole(world: World) -> Pole:
    with world.within():
        return create(world.memberships["pmo"].actor, Pole(code="IT", name="Informatique"))


def test_the_api_answers_409_to_the_second_of_two_equal_rows(
    world: World, client_of: Any, both_found_it_free: None
) -> None:
    pole(world)
    with world.within():
        events = AuditEvent.objects.count()
    answer = client_of(world.pmo).post(
        world.url("/api/v1/poles/"), {"code": "IT", "name": "Autre"}, content_type="application/json"
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert "recommencez" in answer.json()["detail"]
    with world.within():
        assert AuditEvent.objects.count() == events


def test_the_screen_says_it_and_keeps_what_was_typed(world: World, client_of: Any, both_found_it_free: None) -> None:
    pole(world)
    answer = client_of(world.pmo).post(world.url("/people/poles/new/"), {"code": "IT", "name": "Autre nom"})
    assert answer.status_code == 422
    assert "recommencez" in answer.content.decode()
    assert "Autre nom" in answer.content.decode()


@pytest.mark.parametrize("version", [0, -1, -(10**30), 10**30])
def test_a_version_that_never_was_is_stale(world: World, client_of: Any, version: int) -> None:
    row = pole(world)
    answer = client_of(world.pmo).patch(
        world.url(f"/api/v1/poles/{row.pk}/"), {"name": "X", "version": version}, content_type="application/json"
    )
    assert answer.status_code == 409
    with world.within(), pytest.raises(StaleVersionError):
        update(world.memberships["pmo"].actor, row, {"name": "X"}, version=version)
