"""Members and rights, as the administrator sees and changes them."""

from typing import Any

from django.http import QueryDict

from tech4value.accounts.models import Membership, TenantAccess
from tech4value.accounts.permissions import PERMISSION_LABELS, Permission, Role
from tech4value.audit.models import AuditEvent
from tech4value.console.lists import MemberTable
from tech4value.console.queries import rights
from tech4value.tables.exporting import export_rows
from tech4value.tables.state import TableState
from tests.at_once import at_once
from tests.world import World


def test_a_role_is_changed_and_a_stale_change_is_refused(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    target = world.memberships["member"]
    page = world.url(f"/settings/members/{target.pk}/role/")
    assert "Mehdi Équipier" in client.get(page).content.decode()
    assert client.post(page, {"role": "pmo", "version": target.version}).status_code == 302
    stale = client.post(page, {"role": "reader", "version": target.version})
    assert stale.status_code == 409
    assert "Enregistrée par Alice Administratrice" in stale.content.decode()
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


def test_two_administrators_who_demote_each_other_at_once_leave_one(live_world: World, client_of: Any) -> None:
    world = live_world
    first, second = client_of(world.admin), client_of(world.pmo)
    one, other = world.memberships["admin"], world.memberships["pmo"]
    assert first.post(world.url(f"/settings/members/{other.pk}/role/"), {"role": "administrator"}).status_code == 302
    statuses = at_once(
        lambda: first.post(world.url(f"/settings/members/{other.pk}/role/"), {"role": "reader"}).status_code,
        lambda: second.post(world.url(f"/settings/members/{one.pk}/role/"), {"role": "reader"}).status_code,
    )
    assert statuses.count(302) == 1
    assert set(statuses) <= {302, 403, 422}, "the other one is told that they are the last, or may no longer do it"
    with world.within():
        assert Membership.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count() == 1


def test_two_administrators_who_step_down_at_once_leave_one(live_world: World, client_of: Any) -> None:
    world = live_world
    one, other = world.memberships["admin"], world.memberships["pmo"]
    client_of(world.admin).post(world.url(f"/settings/members/{other.pk}/role/"), {"role": "administrator"})

    def step_down(key: str) -> int:
        page = world.url(f"/settings/members/{world.memberships[key].pk}/role/")
        return int(client_of(world.users[key]).post(page, {"role": "reader"}).status_code)

    statuses = at_once(lambda: step_down("admin"), lambda: step_down("pmo"))
    assert sorted(statuses) == [302, 422]
    with world.within():
        assert Membership.objects.filter(pk__in=[one.pk, other.pk], role=Role.ADMINISTRATOR).count() == 1


def test_a_deactivated_member_finds_the_door_closed_and_then_open(world: World, client_of: Any) -> None:
    admin, member = client_of(world.admin), client_of(world.member)
    target = world.memberships["member"]
    assert member.get(world.url("/home/")).status_code == 200
    listed = world.url("/settings/members/?q=mehdi")
    answer = admin.post(
        world.url(f"/settings/members/{target.pk}/deactivate/"), headers={"Referer": f"http://testserver{listed}"}
    )
    assert answer.headers["Location"] == listed, "the list is as it was"
    for elsewhere in ("http://elsewhere.example" + listed, "http://testserver/t/chantier/home/", ""):
        answer = admin.post(world.url(f"/settings/members/{target.pk}/deactivate/"), headers={"Referer": elsewhere})
        assert answer.headers["Location"] == world.url("/settings/members/")
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


def test_members_are_sorted_filtered_and_exported_like_any_list(world: World, client_of: Any) -> None:
    admin = client_of(world.admin)

    def listed(query: str) -> list[str]:
        found = admin.get(world.url(f"/settings/members/?{query}")).context["list"]
        assert found.state.problems == []
        return [row.role for row in found.page.object_list]

    assert listed("sort=role")[:2] == ["administrator", "executive"]
    assert listed("sort=-role")[0] == "reader"
    assert listed("role=reader") == ["reader"]
    assert listed("q=EQUIPIER") == ["team_member"]
    assert listed("state=inactive") == []
    page = admin.get(world.url("/settings/members/?columns=name,email,joined")).content.decode()
    assert "Adresse e-mail" in page and "Membre depuis" in page and "Changer le rôle de Mehdi Équipier" in page
    with world.within():
        state = TableState(MemberTable(world.memberships["admin"]), QueryDict("columns=name,email&role=reader"))
        assert [column.key for column in state.columns] == ["name", "email"], "no file has the buttons"
        _count, rows = export_rows(state)
        assert list(rows) == [[world.memberships["reader"].person_name, world.reader.email]]


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
