"""API tokens: shown once, kept hashed, of one tenant, dead when revoked, expired or their member is."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tech4value.accounts.actions import create_token, deactivate_member
from tech4value.accounts.models import ApiToken
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.tenancy.clock import now
from tests.world import World


def secret_of(world: World, key: str = "pmo", days: int = 30) -> str:
    with world.within():
        member = world.memberships[key]
        _token, secret = create_token(
            actor=member.actor, membership=member, name="Tableau de la DAF", expires_at=now() + timedelta(days=days)
        )
    return secret


def call(path: str, secret: str, tenant: str = "atelier", verb: str = "get", **extra: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "fr"}
    return getattr(Client(), verb)(f"/t/{tenant}/api/v1{path}", headers=headers, **extra)


def test_a_token_is_shown_once_and_signs_its_person_in(world: World, client_of: Any) -> None:
    client = client_of(world.pmo)
    shown = client.post(world.url("/settings/preferences/tokens/"), {"name": "Export", "days": "30"})
    secret = re.search(r"t4v_[\w-]{20,}", shown.content.decode())
    assert secret
    assert shown.headers["Cache-Control"] == "no-store"
    assert secret[0] not in client.get(world.url("/settings/preferences/")).content.decode()
    with world.within():
        assert not ApiToken.objects.filter(hash=secret[0]).exists()
        event = AuditEvent.objects.get(verb="apitoken.created")
        assert secret[0] not in str(event.changes)
    me = call("/me/", secret[0]).json()
    assert (me["email"], me["role"], me["tenant"]) == (world.pmo.email, "pmo", "atelier")
    assert me["permissions"]["project.create"] == "all"


def test_the_token_of_one_tenant_is_nothing_in_another(world: World) -> None:
    secret = secret_of(world)
    assert call("/me/", secret).status_code == 200
    foreign, unknown = call("/me/", secret, "chantier"), call("/me/", secret, "no-such-company")
    assert foreign.status_code == unknown.status_code == 401
    assert foreign.content == unknown.content


@pytest.mark.parametrize("path", ["/me/", "/members/", "/nowhere/", "/members/01900000-0000-7000-8000-000000000000/"])
def test_a_call_that_nobody_signed_gets_one_answer_whatever_the_address(world: World, path: str) -> None:
    answers = []
    for tenant in ("atelier", "no-such-company"):
        for headers in ({}, {"Authorization": "Bearer t4v_wrong"}, {"Authorization": "Basic eDp5"}):
            answers.append(Client().get(f"/t/{tenant}/api/v1{path}", headers={**headers, "Accept-Language": "fr"}))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].headers["Content-Type"] == "application/problem+json"
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


def test_a_member_of_elsewhere_gets_the_same_404_for_a_tenant_that_exists_and_one_that_does_not(
    world: World, client_of: Any
) -> None:
    client = client_of(world.stranger)
    for path in ("/api/v1/me/", "/home/", "/settings/members/"):
        known, unknown = client.get(f"/t/atelier{path}"), client.get(f"/t/no-such-company{path}")
        assert known.status_code == unknown.status_code == 404
        strip = re.compile(rb"csrf[^>]*>|no-such-company|atelier|data-csrf=\"[^\"]*\"")
        assert strip.sub(b"", known.content) == strip.sub(b"", unknown.content)


def test_an_expired_or_revoked_token_and_one_of_a_closed_membership_are_refused(world: World, client_of: Any) -> None:
    assert call("/me/", secret_of(world, days=-1)).status_code == 401
    secret = secret_of(world)
    client = client_of(world.pmo)
    with world.within():
        token = ApiToken.objects.get(hash=ApiToken.digest(secret))
    revoke = world.url(f"/settings/preferences/tokens/{token.pk}/revoke/")
    assert client_of(world.admin).post(revoke).status_code == 404, "one's own tokens only"
    client.post(revoke)
    assert call("/me/", secret).status_code == 401
    secret = secret_of(world)
    with world.within():
        deactivate_member(actor=SYSTEM, membership=world.memberships["pmo"])
    assert call("/me/", secret).status_code == 401


def test_a_token_does_what_its_person_may_and_the_journal_names_it(world: World) -> None:
    secret = secret_of(world, "admin")
    target = world.memberships["member"]
    changed = call(
        f"/members/{target.pk}/", secret, verb="patch", data={"role": "pmo"}, content_type="application/json"
    )
    assert changed.status_code == 200, changed.content
    with world.within():
        event = AuditEvent.objects.filter(object_id=target.pk).first()
    assert event is not None
    assert (event.actor_kind, event.actor_label) == ("token", "Alice Administratrice (Tableau de la DAF)")
    refused = call("/members/", secret_of(world, "manager"))
    assert refused.status_code == 403
    with world.within():
        assert AuditEvent.objects.filter(verb="access.denied").count() == 1


def test_a_token_wins_over_the_session_beside_it(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    response = client.get(world.url("/api/v1/me/"), headers={"Authorization": f"Bearer {secret_of(world, 'reader')}"})
    assert response.json()["email"] == world.reader.email


def test_who_may_not_have_tokens_cannot_make_one(world: World, client_of: Any) -> None:
    page = world.url("/settings/preferences/tokens/")
    assert client_of(world.reader).post(page, {"name": "x", "days": "30"}).status_code == 403
