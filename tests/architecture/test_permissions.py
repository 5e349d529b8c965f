"""Generated from the URL configuration: nobody has to remember to test a new view."""

from typing import Any

import pytest
from django.test import Client

from tech4value.accounts.permissions import Permission, Role
from tech4value.audit.models import AuditEvent
from tests.architecture.routes import Route, routes
from tests.world import CAST, World

OURS = [route for route in routes() if route.is_ours]
OF_TENANT = [route for route in OURS if getattr(route.owner, "permission", None) is not Permission.PUBLIC]
WITH_ID = [route for route in OF_TENANT if route.has_id]
WITHOUT_ID = [route for route in OF_TENANT if not route.has_id]


def call(client: Client, verb: str, url: str) -> Any:
    return getattr(client, verb)(url, content_type="application/json") if verb != "get" else client.get(url)


def needed(route: Route, verb: str) -> Permission:
    """The permission that the view declares for `verb`."""
    owner = route.owner
    if verb == "get":
        return owner.permission
    creation = getattr(owner, "create_permission", None) if verb == "post" else None
    return creation or getattr(owner, "write_permission", None) or owner.permission


def test_the_walk_finds_the_product() -> None:
    assert len(OURS) > 60, [route.template for route in OURS]


@pytest.mark.parametrize("route", OURS, ids=lambda route: route.template)
def test_every_view_declares_its_permission(route: Route) -> None:
    assert isinstance(getattr(route.owner, "permission", None), Permission)


@pytest.mark.parametrize("route", OF_TENANT, ids=lambda route: route.template)
def test_the_anonymous_and_the_outsider_get_the_same_answer_for_a_tenant_that_exists_and_one_that_does_not(
    world: World, client_of: Any, route: Route
) -> None:
    for verb in route.methods:
        for client in (Client(), client_of(world.stranger)):
            known = call(client, verb, world.url(route.path()))
            unknown = call(client, verb, f"/t/no-such-company{route.path()}")
            assert known.status_code == unknown.status_code, (verb, known.status_code, unknown.status_code)
            assert known.status_code in {302, 401, 404}
            assert "Atelier" not in known.content.decode()


@pytest.mark.parametrize("route", WITH_ID, ids=lambda route: route.template)
def test_an_id_that_is_not_visible_is_not_found_and_nothing_is_written(
    world: World, client_of: Any, route: Route
) -> None:
    client = client_of(world.admin)
    with world.within():
        events = AuditEvent.objects.count()
    for verb in route.methods:
        response = call(client, verb, world.url(route.path()))
        assert response.status_code == 404, f"{verb} {route.template} answered {response.status_code}"
    with world.within():
        assert AuditEvent.objects.count() == events


def test_a_method_that_is_not_declared_is_refused_and_writes_nothing(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    with world.within():
        events = AuditEvent.objects.count()
    wrong = []
    for route in OF_TENANT:
        for verb in {"get", "post", "put", "patch", "delete"} - set(route.methods):
            response = call(client, verb, world.url(route.path()))
            if response.status_code != 405:
                wrong.append(f"{verb} {route.template}: {response.status_code}")
    assert not wrong, "\n".join(wrong)
    with world.within():
        assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("key", list(CAST))
def test_every_role_gets_what_the_table_says(world: World, client_of: Any, key: str) -> None:
    client = client_of(world.users[key])
    role: Role = CAST[key][1]
    membership = world.memberships[key]
    wrong = []
    for route in WITHOUT_ID:
        for verb in route.methods:
            response = call(client, verb, world.url(route.path()))
            allowed = membership.can(needed(route, verb))
            if response.status_code >= 500 or (response.status_code == 403) is allowed:
                wrong.append(f"{role} {verb} {route.template}: {response.status_code}")
    assert not wrong, "\n".join(wrong)
