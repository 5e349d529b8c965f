"""API tokens: shown once, kept hashed, of one tenant, dead when revoked, expired or their member is."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portfolio.people.actions import create_person, create_pole
from portfolio.projects.actions import create_project
from tech4value.accounts.actions import create_token, deactivate_member
from tech4value.accounts.models import ApiToken
from tech4value.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from tech4value.accounts.rate_limits import TOKEN_MISSES
from tech4value.accounts.token_scopes import TokenAccess, TokenArea, TokenScope
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.tenancy.clock import now, today
from tests.world import World


def secret_of(
    world: World, key: str = "pmo", access: TokenAccess = TokenAccess.WRITE, areas: tuple[TokenArea, ...] = ()
) -> str:
    with world.within():
        member = world.memberships[key]
        _token, secret = create_token(
            actor=member.actor,
            membership=member,
            name="Tableau de la DAF",
            days=30,
            scope=TokenScope(access, areas),
        )
    return secret


def call(path: str, secret: str, tenant: str = "atelier", verb: str = "get", **extra: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "fr"}
    return getattr(Client(), verb)(f"/t/{tenant}/api/v1{path}", headers=headers, **extra)


def test_a_token_is_shown_once_and_signs_its_person_in(world: World, client_of: Any) -> None:
    client = client_of(world.pmo)
    shown = client.post(
        world.url("/settings/preferences/tokens/new/"), {"name": "Export", "access": "read", "days": "30"}
    )
    secret = re.search(r"t4v_[\w-]{20,}", shown.content.decode())
    assert secret
    assert shown.headers["Cache-Control"] == "no-store"
    assert secret[0] not in client.get(world.url("/settings/preferences/tokens/")).content.decode()
    with world.within():
        assert not ApiToken.objects.filter(hash=secret[0]).exists()
        event = AuditEvent.objects.get(verb="apitoken.created")
        assert secret[0] not in str(event.changes)
    me = call("/me/", secret[0]).json()
    assert (me["email"], me["role"], me["tenant"]) == (world.pmo.email, "pmo", "atelier")
    assert me["permissions"]["project.view"] == "all"
    assert "project.create" not in me["permissions"], "it was made to read"


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
    expired = secret_of(world)
    with world.within():
        ApiToken.objects.update(expires_at=now() - timedelta(seconds=1))
    assert call("/me/", expired).status_code == 401
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
    page = world.url("/settings/preferences/tokens/new/")
    assert client_of(world.reader).post(page, {"name": "x", "access": "read", "days": "30"}).status_code == 403


def test_a_token_that_reads_changes_nothing_and_says_what_it_lacks(world: World) -> None:
    secret = secret_of(world, "admin", TokenAccess.READ)
    target = world.url(f"/api/v1/members/{world.memberships['member'].pk}/").removeprefix("/t/atelier/api/v1")
    assert call(target, secret).json()["role"] == "team_member"
    refused = call(target, secret, verb="patch", data={"role": "pmo"}, content_type="application/json")
    assert refused.status_code == 403
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["detail"] == (
        "Ce jeton ne permet que la lecture : créez un jeton « Lecture et écriture » (write)."
    )
    assert call(target, secret).json()["role"] == "team_member"


def test_a_token_of_some_areas_opens_no_other(world: World) -> None:
    finance = secret_of(world, "admin", TokenAccess.WRITE, (TokenArea.FINANCE,))
    assert call("/budget-lines/", finance).status_code == 200
    refused = call("/members/", finance)
    assert refused.status_code == 403
    assert refused.json()["detail"] == (
        "Ce jeton n’ouvre pas le domaine « Administration » (administration) : créez un jeton qui le comprend."
    )
    assert call("/people/", finance).status_code == 403
    assert call("/risks/", finance).status_code == 403
    assert call("/me/", finance).json()["permissions"] == {
        "budget.view": "all",
        "budget.edit": "all",
        "budget.approve": "all",
        "cash.view": "all",
        "cash.edit": "all",
        "self": "all",
    }


def test_a_token_of_people_sees_rates_and_one_of_the_portfolio_does_not(world: World) -> None:
    with world.within():
        create_person(actor=SYSTEM, name="Ada", daily_rate="500")
    people = secret_of(world, "admin", TokenAccess.READ, (TokenArea.PEOPLE,))
    assert call("/people/", people).json()["results"][0]["daily_rate"] is not None
    assert call("/people/", secret_of(world, "admin", TokenAccess.READ, (TokenArea.PORTFOLIO,))).status_code == 403


@pytest.mark.parametrize("access", list(TokenAccess))
def test_a_token_never_gives_more_than_its_role(world: World, access: TokenAccess) -> None:
    for key, role in (("member", Role.TEAM_MEMBER), ("manager", Role.PROJECT_MANAGER), ("admin", Role.ADMINISTRATOR)):
        held = call("/me/", secret_of(world, key, access)).json()["permissions"]
        assert set(held) <= {str(permission) for permission in ROLE_PERMISSIONS[role]}
        if access == TokenAccess.READ:
            assert all(name.endswith(".view") for name in set(held) - {Permission.SELF})


def test_its_life_is_one_of_three(world: World, client_of: Any) -> None:
    page, client = world.url("/settings/preferences/tokens/new/"), client_of(world.pmo)
    for days in ("", "0", "400", "jamais"):
        assert client.post(page, {"name": "x", "access": "read", "days": days}).status_code == 422
    with world.within(), pytest.raises(ValidationError, match="30, 90, 365"):
        create_token(actor=SYSTEM, membership=world.memberships["pmo"], name="x", days=31)


def test_administrators_see_every_token_and_revoke_any(world: World, client_of: Any) -> None:
    secret = secret_of(world, "manager", TokenAccess.READ, (TokenArea.FINANCE,))
    admin = client_of(world.admin)
    page = admin.get(world.url("/settings/members/tokens/")).content.decode()
    assert "Tableau de la DAF" in page
    assert "Chloé Cheffe" in page
    assert "Lecture seule : Finances" in page
    with world.within():
        token = ApiToken.objects.get()
    revoke = world.url(f"/settings/members/tokens/{token.pk}/revoke/")
    assert client_of(world.pmo).post(revoke).status_code == 403
    assert (
        client_of(world.stranger)
        .post(world.url(f"/settings/members/tokens/{token.pk}/revoke/", world.chantier))
        .status_code
        == 404
    )
    assert call("/me/", secret).status_code == 200
    assert admin.post(revoke).status_code == 302
    assert call("/me/", secret).status_code == 401
    with world.within():
        event = AuditEvent.objects.get(verb="apitoken.deleted")
        assert event.actor_label == "Alice Administratrice"


def test_who_tries_many_tokens_has_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tech4value.accounts.rate_limits.time", lambda: 1_800_000_000.0)
    good = secret_of(world)
    for number in range(TOKEN_MISSES.amount):
        assert call("/me/", f"t4v_wrong{number}").status_code == 401
    for secret, tenant in (("t4v_wrong", "atelier"), (good, "atelier"), ("t4v_wrong", "no-such-company")):
        waits = call("/me/", secret, tenant)
        assert waits.status_code == 429
        assert waits.headers["Content-Type"] == "application/problem+json"
        assert "Réessayez dans" in waits.json()["detail"]
        assert 0 < int(waits.headers["Retry-After"]) <= TOKEN_MISSES.seconds


def test_the_facts_of_a_project_are_without_money_for_a_token_of_the_portfolio(world: World) -> None:
    with world.within():
        actor, day = world.memberships["pmo"].actor, today()
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        create_project(actor=actor, code="ERP", name="ERP", pole=pole, starts_on=day, ends_on=day)
    narrow = secret_of(world, areas=(TokenArea.PORTFOLIO,))
    both = secret_of(world, areas=(TokenArea.PORTFOLIO, TokenArea.FINANCE))
    (shown,), (whole,) = (call("/project-facts/", secret).json()["results"] for secret in (narrow, both))
    assert set(whole) - set(shown) == {"planned", "committed", "actual", "forecast"}
    assert call("/project-facts/?ordering=planned", narrow).status_code == 400
    assert call("/project-facts/?ordering=planned", both).status_code == 200
