"""The plan's limits, and what happens when a plan becomes too small."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.billing.actions import change_plan
from tech4value.billing.entitlements import ENTITLEMENTS, Entitlements, PlanCode, Usage
from tech4value.billing.models import Plan, Subscription
from tech4value.billing.queries import entitlements, member_usage, refuse_over_limit
from tests.world import World


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Starter plan of three members, so that the cast does not fit."""
    small = Entitlements(3, 1, 1, 10, ENTITLEMENTS[PlanCode.STARTER].price_per_month)
    monkeypatch.setitem(ENTITLEMENTS, PlanCode.STARTER, small)


def test_usage() -> None:
    assert Usage(3, None).allows(1000)
    assert Usage(3, None).share is None
    assert Usage(3, 4).allows()
    assert not Usage(3, 4).allows(2)
    assert not Usage(5, 4).allows(0)


def test_readers_are_free(world: World) -> None:
    with world.within():
        assert member_usage() == Usage(7, None)


def test_a_tenant_without_a_subscription_has_the_smallest_plan(world: World) -> None:
    with world.within():
        Subscription.objects.all().delete()
        assert entitlements() == ENTITLEMENTS[PlanCode.STARTER]
        assert change_plan(actor=SYSTEM, plan=Plan.PROFESSIONAL)
        assert entitlements() == ENTITLEMENTS[PlanCode.PROFESSIONAL]


def test_over_the_limit_the_sentence_says_how_to_go_on(world: World, tiny: None) -> None:
    with world.within():
        change_plan(actor=SYSTEM, plan=Plan.STARTER)
        with pytest.raises(ValidationError) as refused:
            refuse_over_limit(member_usage(), "membres")
        assert refused.value.messages == [
            "Votre formule Starter permet 3 membres et vous en utilisez déjà 7. Un administrateur peut changer de "
            "formule dans Réglages, Formule, ou libérer des places."
        ]


def test_the_administrator_changes_plan_and_a_smaller_one_only_stops_additions(
    world: World, client_of: Any, tiny: None
) -> None:
    client = client_of(world.admin)
    page = world.url("/settings/plan/")
    assert "tout restera lisible" in client.get(page).content.decode()
    assert client.post(page, {"plan": "starter"}).headers["Location"] == page
    with world.within():
        event = AuditEvent.objects.get(verb="subscription.updated")
        assert event.changes["plan"] == ["enterprise", "starter"]
    shown = client.get(page).content.decode()
    assert "7 utilisés pour 3 permis" in shown
    invited = client.post(world.url("/settings/members/invite/"), {"emails": "x@y.example", "role": "team_member"})
    assert invited.status_code == 422
    assert "permet 3 membres" in invited.content.decode()
    assert client_of(world.member).get(world.url("/home/")).status_code == 200, "nobody is locked out"
    free = client.post(world.url("/settings/members/invite/"), {"emails": "r@y.example", "role": "reader"})
    assert free.status_code == 302, "a reader takes no place"
    with world.within():
        reader = world.memberships["reader"]
    widened = client.post(world.url(f"/settings/members/{reader.pk}/role/"), {"role": "pmo"})
    assert widened.status_code == 422, "a reader who becomes more does"
    assert client.post(page, {"plan": "enterprise"}).status_code == 302
    assert client.post(page, {"plan": "gratuit"}).status_code == 404


@pytest.mark.parametrize("key", ["executive", "pmo", "manager", "member", "reader"])
def test_only_the_administrator_changes_plan(world: World, client_of: Any, key: str) -> None:
    response = client_of(world.users[key]).post(world.url("/settings/plan/"), {"plan": "starter"})
    assert response.status_code == 403
    with world.within():
        assert Subscription.objects.get().plan == Plan.ENTERPRISE
