"""Members and rights, as the administrator sees and changes them."""

import re
from typing import Any

import pytest
from django.test import Client

from tech4value.accounts.models import Membership, TenantAccess
from tech4value.accounts.permissions import PERMISSION_LABELS, Permission, Role
from tech4value.audit.models import AuditEvent
from tech4value.console.queries import rights
from tech4value.notifications.models import DemoMail
from tests.world import PASSWORD, World


@pytest.fixture(autouse=True)
def mailbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "tech4value.notifications.mailbox.DemoMailboxBackend"
    settings.DEMO = True


def invite(client: Client, world: World, **values: str) -> Any:
    data = {"email": "nora@atelier.example", "name": "Nora Nouvelle", "role": "project_manager", **values}
    return client.post(world.url("/settings/members/invite/"), data)


def test_an_invited_person_chooses_a_password_and_enters(live_world: World, client_of: Any) -> None:
    world = live_world
    answer = invite(client_of(world.admin), world)
    assert answer.status_code == 302
    mail = DemoMail.objects.get()
    assert mail.recipients == ["nora@atelier.example"]
    assert mail.subject == "Atelier Nord vous donne accès à Tech4Value"
    assert "Alice Administratrice" in mail.body
    assert "Chef de projet" in mail.body
    link = re.search(r"http\S+/accounts/password/reset/key/\S+", mail.body)
    assert link
    assert "/t/atelier/" not in link[0]
    visitor = Client()
    form = visitor.get("/" + link[0].split("/", 3)[3], follow=True)
    chosen = visitor.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    assert chosen.status_code == 302
    assert visitor.get("/").headers["Location"] == "/t/atelier/", "signed in at once"
    page = client_of(world.admin).get(world.url("/settings/members/?q=nora")).content.decode()
    assert "Nora Nouvelle" in page
    assert "Mehdi" not in page


def test_a_person_who_has_an_account_elsewhere_is_asked_to_sign_in(live_world: World, client_of: Any) -> None:
    world = live_world
    invite(client_of(world.admin), world, email=world.stranger.email.upper(), name="Faux Nom")
    mail = DemoMail.objects.get()
    assert mail.recipients == [world.stranger.email]
    assert "/accounts/login/" in mail.body
    assert "reset/key" not in mail.body
    with world.within():
        assert Membership.objects.get(user=world.stranger).person_name == "Simon Étranger"


def test_a_member_is_not_invited_twice_and_a_bad_address_is_refused(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    twice = invite(client, world, email=world.member.email)
    assert twice.status_code == 422
    assert "est déjà membre" in twice.content.decode()
    assert invite(client, world, email="pas une adresse").status_code == 422
    assert invite(client, world, role="roi").status_code == 422
    with world.within():
        assert Membership.objects.count() == 8
    assert not DemoMail.objects.exists()


def test_a_role_is_changed_and_a_stale_change_is_refused(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    target = world.memberships["member"]
    page = world.url(f"/settings/members/{target.pk}/role/")
    assert "Mehdi Équipier" in client.get(page).content.decode()
    assert client.post(page, {"role": "pmo", "version": target.version}).status_code == 302
    stale = client.post(page, {"role": "reader", "version": target.version})
    assert stale.status_code == 409
    assert "Alice Administratrice a modifié" in stale.content.decode()
    with world.within():
        assert Membership.objects.get(pk=target.pk).role == Role.PMO
        assert AuditEvent.objects.filter(object_id=target.pk).first().changes == {"role": ["team_member", "pmo"]}
    assert client_of(world.member).get(world.url("/projects/")).status_code == 200


def test_the_last_administrator_is_protected(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    alone = world.memberships["admin"]
    refused = client.post(world.url(f"/settings/members/{alone.pk}/role/"), {"role": "reader"})
    assert refused.status_code == 422
    assert "dernier administrateur actif" in refused.content.decode()
    client.post(world.url(f"/settings/members/{alone.pk}/deactivate/"))
    other = world.memberships["pmo"]
    client.post(world.url(f"/settings/members/{other.pk}/role/"), {"role": "administrator"})
    left = client.post(world.url(f"/settings/members/{alone.pk}/role/"), {"role": "reader"})
    assert left.headers["Location"] == world.url("/home/")
    assert client.get(world.url("/settings/members/")).status_code == 403
    with world.within():
        assert Membership.objects.get(pk=alone.pk).is_active


def test_a_deactivated_member_finds_the_door_closed_and_then_open(world: World, client_of: Any) -> None:
    admin, member = client_of(world.admin), client_of(world.member)
    target = world.memberships["member"]
    assert member.get(world.url("/home/")).status_code == 200
    admin.post(world.url(f"/settings/members/{target.pk}/deactivate/"))
    assert member.get(world.url("/home/")).status_code == 404
    assert not TenantAccess.objects.filter(user=world.member).exists()
    page = admin.get(world.url("/settings/members/?state=inactive")).content.decode()
    assert "Mehdi Équipier" in page
    assert "Désactivé" in page
    admin.post(world.url(f"/settings/members/{target.pk}/reactivate/"))
    assert member.get(world.url("/home/")).status_code == 200
    with world.within():
        verbs = AuditEvent.objects.filter(object_id=target.pk).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["membership.created", "membership.deactivated", "membership.reactivated"]


def test_an_invitation_is_sent_again(live_world: World, client_of: Any) -> None:
    world = live_world
    client = client_of(world.admin)
    invite(client, world)
    with world.within():
        target = Membership.objects.get(user__email="nora@atelier.example")
    client.post(world.url(f"/settings/members/{target.pk}/invite/"))
    assert DemoMail.objects.count() == 2


def test_the_list_takes_as_many_queries_for_many_members(
    world: World, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(world.admin)
    client.get(world.url("/settings/members/"))
    with django_assert_max_num_queries(20):
        client.get(world.url("/settings/members/"))


def test_the_matrix_is_the_table_that_is_obeyed(world: World, client_of: Any) -> None:
    shown = {right.permission for group in rights() for right in group.rights}
    assert shown == set(PERMISSION_LABELS), "no permission is left out of the matrix"
    assert set(Permission) - shown == {Permission.SELF, Permission.PUBLIC}
    client = client_of(world.admin)
    page = client.get(world.url("/settings/rights/")).content.decode()
    for role in Role:
        assert str(role.label) in page.replace("&#x27;", "'")
    reader = client.get(world.url("/settings/rights/?role=reader")).content.decode()
    assert reader.count(">Oui<") == 1, "a reader reads packs and nothing else"
    assert client.get(world.url("/settings/rights/?role=roi")).status_code == 200
