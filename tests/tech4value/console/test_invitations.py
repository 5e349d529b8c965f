"""Invitations: sent by the administrator, taken by whoever opens the link, within the plan."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from portfolio.people.actions import create_person
from portfolio.people.models import Person
from tech4value.accounts.models import Invitation, InvitationState, Membership, TenantAccess, User
from tech4value.accounts.permissions import Role
from tech4value.accounts.rate_limits import INVITATION_MISSES, INVITATION_RENEWALS
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.billing.actions import change_plan
from tech4value.billing.entitlements import ENTITLEMENTS, Entitlements, PlanCode
from tech4value.billing.models import Plan
from tech4value.billing.queries import member_usage
from tech4value.console.invitations import addresses_in, invite
from tech4value.notifications.models import DemoMail
from tech4value.tenancy.clock import now
from tests.at_once import at_once
from tests.world import PASSWORD, World

NORA = "nora@atelier.example"


@pytest.fixture(autouse=True)
def mailbox(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail goes to the demo mailbox at once: the tests' own transaction never commits."""
    settings.EMAIL_BACKEND = "tech4value.notifications.mailbox.DemoMailboxBackend"
    settings.DEMO = True
    monkeypatch.setattr("tech4value.notifications.mail.transaction.on_commit", lambda send, robust: send())


def send(client: Client, world: World, **values: str) -> Any:
    data = {"emails": NORA, "role": "project_manager", **values}
    return client.post(world.url("/settings/members/invite/"), data)


def link(email: str = NORA) -> str:
    """The path of the last invitation mailed to an address."""
    mail = next(mail for mail in DemoMail.objects.all() if mail.recipients == [email])
    found = re.search(r"http://[^/]+(/invitation/\S+/)", mail.body)
    assert found, mail.body
    return found[1]


def join(path: str, **values: str) -> tuple[Client, Any]:
    visitor = Client()
    return visitor, visitor.post(path, {"name": "Nora Nouvelle", "password": PASSWORD, **values})


def invitation(world: World, email: str = NORA) -> Invitation:
    with world.within():
        return Invitation.objects.get(email=email)


def test_a_pasted_list_is_read_whatever_its_form() -> None:
    text = 'Nora N <nora@x.example>; "Durand, Luc" <LUC@x.example>\nann@x.example, bob@x.example  nora@x.example\n\n'
    assert addresses_in(text) == ["nora@x.example", "luc@x.example", "ann@x.example", "bob@x.example"]
    assert addresses_in(" \n ;, ") == []


def test_the_administrator_invites_and_the_person_enters_with_a_new_account(world: World, client_of: Any) -> None:
    answer = send(client_of(world.admin), world)
    assert answer.headers["Location"] == world.url("/settings/members/invitations/")
    mail = DemoMail.objects.get()
    assert mail.recipients == [NORA]
    assert mail.subject == "Atelier Nord vous donne accès à Tech4Value"
    assert "Alice Administratrice" in mail.body
    assert "Chef de projet" in mail.body
    assert not User.objects.filter(email=NORA).exists(), "nobody has an account that they did not ask for"
    page = Client().get(link()).content.decode()
    assert "Rejoindre Atelier Nord" in page
    assert NORA in page
    visitor, entered = join(link())
    assert entered.headers["Location"] == "/t/atelier/"
    assert visitor.get(world.url("/settings/preferences/")).status_code == 200, "signed in at once"
    with world.within():
        member = Membership.objects.get(user__email=NORA)
        assert (member.role, member.person_name) == (Role.PROJECT_MANAGER, "Nora Nouvelle")
        row = Invitation.objects.get()
        assert (row.state, row.membership_id) == (InvitationState.ACCEPTED, member.pk)
        verbs = AuditEvent.objects.filter(object_id=row.pk).order_by("id").values_list("verb", "actor_label")
        assert list(verbs) == [
            ("invitation.created", "Alice Administratrice"),
            ("invitation.accepted", "Nora Nouvelle"),
        ]
        key = link().split("/")[2]
        assert key not in str(list(AuditEvent.objects.values_list("changes", flat=True))), "only its hash is kept"
    assert (
        "Nora Nouvelle"
        not in client_of(world.admin).get(world.url("/settings/members/invitations/")).content.decode()
    )


def test_several_are_invited_at_once_and_a_bad_address_says_why_and_loses_nothing(
    world: World, client_of: Any
) -> None:
    client = client_of(world.admin)
    text = f"{NORA}; pas-une-adresse\n{world.member.email}\nann@x.example"
    refused = send(client, world, emails=text)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "« pas-une-adresse » n’est pas une adresse e-mail." in page
    assert f"{world.member.email} est déjà membre" in page
    assert "ann@x.example" in page, "what was typed is kept"
    assert not DemoMail.objects.exists()
    assert send(client, world, emails=f"{NORA}, ann@x.example").status_code == 302
    assert DemoMail.objects.count() == 2
    again = send(client, world)
    assert "a déjà une invitation en attente" in again.content.decode()
    assert "Indiquez une adresse" in send(client, world, emails=" ; ").content.decode()
    many = " ".join(f"p{n}@x.example" for n in range(101))
    assert "101 adresses" in send(client, world, emails=many).content.decode()


def test_an_existing_account_signs_in_and_keeps_its_name(world: World, client_of: Any) -> None:
    send(client_of(world.admin), world, emails=world.stranger.email.upper())
    path = link(world.stranger.email)
    page = Client().get(path).content.decode()
    assert "Un compte existe déjà" in page
    assert "next=%2Finvitation%2F" in page
    visitor, refused = join(path)
    assert refused.status_code == 200
    assert "connectez-vous" in refused.content.decode()
    assert visitor.get(world.url("/home/")).status_code == 302, "the link alone opens no existing account"
    owner = client_of(world.stranger)
    assert "Accepter avec" in owner.get(path).content.decode()
    assert owner.post(path).headers["Location"] == "/t/atelier/"
    with world.within():
        assert Membership.objects.get(user=world.stranger).person_name == "Simon Étranger"
    assert owner.get(world.url("/projects/")).status_code == 200


def test_a_person_may_take_the_place_with_the_account_that_they_have_elsewhere(world: World, client_of: Any) -> None:
    send(client_of(world.admin), world)
    nobody = client_of(world.nobody)
    page = nobody.get(link()).content.decode()
    assert "Vous entrerez avec ce compte" in page
    assert nobody.post(link()).headers["Location"] == "/t/atelier/"
    assert (
        "nobody@ailleurs.example"
        in client_of(world.admin).get(world.url("/settings/members/invitations/")).content.decode()
    )
    assert not User.objects.filter(email=NORA).exists()


def test_a_member_who_opens_it_is_told_so(world: World, client_of: Any) -> None:
    send(client_of(world.admin), world)
    refused = client_of(world.member).post(link())
    assert refused.status_code == 422
    assert "est déjà membre" in refused.content.decode()
    assert invitation(world).state == InvitationState.OPEN


def test_unknown_used_revoked_and_expired_links_get_one_answer(world: World, client_of: Any) -> None:
    admin = client_of(world.admin)
    send(admin, world, emails="a@x.example b@x.example c@x.example")
    used, revoked, expired = (link(f"{letter}@x.example") for letter in "abc")
    join(used)
    admin.post(world.url(f"/settings/members/invitations/{invitation(world, 'b@x.example').pk}/revoke/"))
    with world.within():
        Invitation.objects.filter(email="c@x.example").update(expires_at=now() - timedelta(seconds=1))
    unknown = f"/invitation/{Invitation.new_key(world.atelier)}/"
    paths = (used, revoked, expired, unknown, "/invitation/x/", f"/invitation/{Invitation.new_key(world.chantier)}/")
    for verb in ("get", "post"):
        answers = [getattr(Client(), verb)(path, {"name": "N", "password": PASSWORD}) for path in paths]
        assert {answer.status_code for answer in answers} == {404}
        strip = re.compile(rb"csrf[^>]*>|/invitation/[\w-]+/|data-csrf=\"[^\"]*\"")
        assert len({strip.sub(b"", answer.content) for answer in answers}) == 1
        assert "demandez à la personne qui vous a invité" in answers[0].content.decode()
    state = admin.get(world.url("/settings/members/invitations/?state=expired")).content.decode()
    assert "c@x.example" in state
    assert "a@x.example" not in state
    assert send(admin, world, emails="c@x.example").status_code == 302, "an expired one is invited anew"


def test_a_link_cannot_be_guessed_for_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tech4value.accounts.rate_limits.time", lambda: 1_800_000_000.0)
    visitor = Client()
    for _try in range(INVITATION_MISSES.amount):
        assert visitor.get("/invitation/x/").status_code == 404
    refused = visitor.get("/invitation/x/")
    assert refused.status_code == 429
    assert re.search(r"Réessayez dans \d+ (seconde|minute)s?", refused.content.decode())
    assert int(refused.headers["Retry-After"]) <= INVITATION_MISSES.seconds


def test_it_is_sent_again_with_a_new_link_and_revoked(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    send(client, world)
    former, row = link(), invitation(world)
    client.post(world.url(f"/settings/members/invitations/{row.pk}/send/"))
    assert DemoMail.objects.count() == 2
    assert link() != former
    assert Client().get(former).status_code == 404
    assert Client().get(link()).status_code == 200
    client.post(world.url(f"/settings/members/invitations/{row.pk}/revoke/"))
    assert Client().get(link()).status_code == 404
    said = client.post(world.url(f"/settings/members/invitations/{row.pk}/send/"), follow=True).content.decode()
    assert "est close" in said
    assert DemoMail.objects.count() == 2


def test_the_same_mail_is_not_sent_over_and_over(
    world: World, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tech4value.accounts.rate_limits.time", lambda: 1_800_000_000.0)
    client = client_of(world.admin)
    send(client, world)
    again = world.url(f"/settings/members/invitations/{invitation(world).pk}/send/")
    for _time in range(INVITATION_RENEWALS.amount + 1):
        said = client.post(again, follow=True).content.decode()
    assert "Réessayez dans" in said
    assert DemoMail.objects.count() == 1 + INVITATION_RENEWALS.amount


def test_an_invitation_names_the_person_that_the_member_is(world: World, client_of: Any) -> None:
    admin = client_of(world.admin)
    with world.within():
        ada = create_person(actor=SYSTEM, name="Ada Sans-Compte")
        eve = create_person(actor=SYSTEM, name="Ève Autre", email="eve@x.example")
    taken = send(admin, world, emails="eve@x.example", person=str(ada.pk))
    assert "est l’adresse de Ève Autre" in taken.content.decode()
    two = send(admin, world, emails=f"{NORA} x@x.example", person=str(ada.pk))
    assert "une seule adresse" in two.content.decode()
    assert send(admin, world, person=str(ada.pk)).status_code == 302
    assert 'value="Ada Sans-Compte"' in Client().get(link()).content.decode(), "the name is proposed"
    join(link())
    with world.within():
        member = Membership.objects.get(user__email=NORA)
        assert Person.objects.get(membership=member).pk == ada.pk
        assert Person.objects.get(pk=eve.pk).membership_id is None


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Starter plan of eight members: the cast takes seven places."""
    small = Entitlements(8, 1, 1, 10, ENTITLEMENTS[PlanCode.STARTER].price_per_month)
    monkeypatch.setitem(ENTITLEMENTS, PlanCode.STARTER, small)


def test_the_plan_is_kept_at_the_invitation_and_at_its_acceptance(world: World, client_of: Any, tiny: None) -> None:
    admin = client_of(world.admin)
    with world.within():
        change_plan(actor=SYSTEM, plan=Plan.STARTER)
    refused = send(admin, world, emails=f"{NORA} ann@x.example")
    assert refused.status_code == 422
    assert "permet 8 membres" in refused.content.decode()
    assert send(admin, world).status_code == 302
    assert "permet 8 membres" in send(admin, world, emails="ann@x.example").content.decode(), "a place was promised"
    assert send(admin, world, emails="lu@x.example", role="reader").status_code == 302, "readers take no place"
    with world.within():
        reader = world.memberships["reader"]
    admin.post(world.url(f"/settings/members/{reader.pk}/role/"), {"role": "pmo"})
    _visitor, late = join(link())
    assert late.status_code == 422
    assert "permet 8 membres" in late.content.decode()
    assert not User.objects.filter(email=NORA).exists(), "nothing is half done"
    _visitor, free = join(link("lu@x.example"))
    assert free.status_code == 302


def test_two_who_take_the_last_place_at_once_do_not_both_enter(live_world: World, tiny: None) -> None:
    world = live_world
    with world.within():
        for email in ("a@x.example", "b@x.example"):
            invite(actor=SYSTEM, emails=[email], role=Role.PMO, invited_by=world.memberships["admin"])
        change_plan(actor=SYSTEM, plan=Plan.STARTER)
    first, second = link("a@x.example"), link("b@x.example")
    answers = at_once(lambda: join(first)[1].status_code, lambda: join(second)[1].status_code)
    assert sorted(answers) == [302, 422]
    with world.within():
        assert member_usage().used == 8


def test_one_link_followed_twice_at_once_makes_one_member(live_world: World) -> None:
    world = live_world
    with world.within():
        invite(actor=SYSTEM, emails=[NORA], role=Role.PMO, invited_by=world.memberships["admin"])
    path = link()
    answers = at_once(*[lambda: join(path)[1].status_code] * 2)
    assert sorted(answers) == [302, 404]
    assert TenantAccess.objects.filter(user__email=NORA).count() == 1


def test_the_api_invites_lists_sends_again_and_revokes(world: World, client_of: Any) -> None:
    admin, path = client_of(world.admin), world.url("/api/v1/invitations/")
    made = admin.post(path, {"email": "Neuf@x.example", "role": "reader"}, content_type="application/json")
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["email"], body["state"], body["invited_by"]) == ("neuf@x.example", "open", "Alice Administratrice")
    again = admin.post(path, {"email": "neuf@x.example", "role": "reader"}, content_type="application/json")
    assert again.status_code == 400
    assert "déjà une invitation" in again.json()["detail"]
    row = f"{path}{body['id']}/"
    assert admin.post(f"{row}send-again/").status_code == 200
    assert DemoMail.objects.count() == 2
    assert admin.get(path + "?state=open&email=neuf@x.example").json()["results"][0]["id"] == body["id"]
    assert admin.delete(row).status_code == 204
    assert admin.get(row).json()["state"] == "revoked"
    assert admin.delete(row).status_code == 400
    assert client_of(world.executive).get(path).status_code == 403
    foreign = client_of(world.stranger)
    assert foreign.get(world.url(f"/api/v1/invitations/{body['id']}/", world.chantier)).status_code == 404


@pytest.mark.parametrize("key", ["executive", "pmo", "reader"])
def test_only_the_administrator_invites(world: World, client_of: Any, key: str) -> None:
    assert send(client_of(world.users[key]), world).status_code == 403
    assert client_of(world.users[key]).get(world.url("/settings/members/invitations/")).status_code == 403


def test_the_list_takes_as_many_queries_for_many_invitations(
    world: World, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client, page = client_of(world.admin), world.url("/settings/members/invitations/")
    send(client, world, emails=" ".join(f"p{n}@x.example" for n in range(3)))
    client.get(page)
    with django_assert_max_num_queries(25) as few:
        client.get(page)
    number = len(few)  # before another request empties the log
    send(client, world, emails=" ".join(f"q{n}@x.example" for n in range(27)))
    client.get(page)
    with django_assert_max_num_queries(number + 10):  # what the shell asks again now and then; not one a row
        client.get(page)
