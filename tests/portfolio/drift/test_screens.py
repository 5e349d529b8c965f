"""The pages of drifts: who reads them, who sets the rules, what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from portfolio.drift.domain import DriftKind
from portfolio.drift.models import DriftAlert, DriftRule
from portfolio.drift.rules import change_rule
from portfolio.drift.watch import watch
from portfolio.projects.actions import change_milestone, create_milestone
from tech4value.tenancy.clock import today
from tests.tech4value.notifications.conftest import Desk

Sign = Callable[[Any], Client]
HTMX = {"HX-Request": "true", "HX-Target": "panel"}


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


@pytest.fixture
def late(desk: Desk) -> Desk:
    """A promise put off by four weeks."""
    row = create_milestone(actor=desk.pmo, project=desk.erp, name="Recette", due_on=today() + timedelta(days=10))
    change_milestone(actor=desk.pmo, milestone=row, values={"due_on": today() + timedelta(days=38)})
    watch(None)
    return desk


def test_a_drift_is_seen_in_the_list_on_the_project_and_on_the_dashboard(late: Desk, client_of: Sign) -> None:
    world = late.world
    client = client_of(world.executive)
    shown = text(client.get(world.url("/drifts/")))
    for words in [
        "1 dérive ouverte",
        "Recette",
        "28 j calendaires après sa promesse",
        "Jalon prévu après sa promesse",
    ]:
        assert words in shown, words
    assert "Modifier les règles" not in shown
    for path in ("", "plans/project/"):
        page = f"/projects/{late.erp.pk}/" if not path else f"/plans/project/{late.erp.pk}/comparison/"
        assert "« Recette » : prévu le" in text(client.get(world.url(page))), page
    assert "1 dérive : « Recette »" in text(client.get(world.url("/dashboard/")))
    for query in ("?state=closed", "?kind=low_float", "?state=x&kind=y&project=z&page=9"):
        assert client.get(world.url(f"/drifts/{query}")).status_code == 200
    assert "Aucune dérive pour ces filtres" in text(client.get(world.url("/drifts/?state=closed")))
    assert "1 dérive" in text(client.get(world.url("/drifts/?state=all")))


def test_nobody_sees_the_drifts_of_a_plan_that_they_may_not_see(late: Desk, client_of: Sign) -> None:
    world = late.world
    assert client_of(world.end_user).get(world.url("/drifts/")).status_code == 403
    assert client_of(world.stranger).get(world.url("/drifts/")).status_code == 404
    api = client_of(world.executive).get(world.url("/api/v1/drift-alerts/")).json()["results"]
    assert [(one["days"], one["kind"]) for one in api] == [(28, "milestone_late")]
    assert "après sa promesse" in api[0]["sentence"]
    assert client_of(world.executive).get(world.url("/api/v1/drift-alerts/?kind=low_float")).json()["results"] == []
    assert client_of(world.end_user).get(world.url("/api/v1/drift-alerts/")).status_code == 403


def test_the_pmo_sets_the_rules_and_alerts_follow(late: Desk, client_of: Sign) -> None:
    world = late.world
    client = client_of(world.pmo)
    assert "7 j calendaires ou plus après la promesse" in text(client.get(world.url("/drifts/rules/")))
    url = world.url("/drifts/rules/milestone_late/")
    assert 'name="threshold_days" value="7"' in text(client.get(url, headers=HTMX))
    sent = {"is_active": "on", "threshold_days": "30", "tell_manager": "on"}
    assert client.post(url, sent).status_code == 302
    watch(None)
    assert DriftAlert.objects.get().closed_on == today()
    rule = DriftRule.objects.get()
    assert (rule.threshold_days, rule.tell_sponsor) == (30, False)
    change_rule(actor=late.actor("admin"), kind=DriftKind.MILESTONE_LATE, values={"threshold_days": 40})
    stale = client.post(url, {**sent, "threshold_days": "31", "version": "1"}, headers=HTMX)
    assert stale.status_code == 409 and "Alice Administratrice" in text(stale)
    assert client_of(world.manager).get(world.url("/drifts/rules/")).status_code == 403
    assert client_of(world.manager).post(url, sent).status_code == 403
    assert client.get(world.url("/drifts/rules/nothing/")).status_code == 404


def test_a_rule_that_makes_no_sense_is_refused_in_words(late: Desk, client_of: Sign) -> None:
    world = late.world
    client = client_of(world.admin)
    url = world.url("/drifts/rules/no_progress/")
    nobody = client.post(url, {"is_active": "on", "threshold_days": "9"}, headers=HTMX)
    assert nobody.status_code == 422 and "au moins un destinataire" in text(nobody)
    zero = client.post(url, {"is_active": "on", "threshold_days": "0", "tell_pmo": "on"}, headers=HTMX)
    assert zero.status_code == 422 and "entre 1 et 365" in text(zero)
    off = client.post(url, {"threshold_days": "9"})
    assert off.status_code == 302 and "Inactive" in text(client.get(world.url("/drifts/rules/")))


def test_an_organisation_without_drift_is_told_so(desk: Desk, client_of: Sign) -> None:
    with desk.world.within():
        DriftAlert.objects.all().delete()
    shown = text(client_of(desk.world.manager).get(desk.world.url("/drifts/")))
    assert "Aucune dérive ouverte" in shown and "Les jalons tiennent leurs promesses" in shown
