"""Beyond the plan's limits: read-only, never lost, and the administrator chooses."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Pole
from portfolio.projects.access import granted, may
from portfolio.projects.actions import change_project, create_project, delete_project
from portfolio.projects.models import Project
from tech4value.accounts.actions import create_token
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.accounts.token_scopes import TokenAccess, TokenScope
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.billing.actions import change_plan
from tech4value.billing.entitlements import ENTITLEMENTS, Entitlements, PlanCode
from tech4value.billing.models import Plan
from tests.world import World

DATES = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Starter plan of three members and two projects."""
    small = Entitlements(3, 2, 1, 10, ENTITLEMENTS[PlanCode.STARTER].price_per_month)
    monkeypatch.setitem(ENTITLEMENTS, PlanCode.STARTER, small)


@pytest.fixture
def projects(world: World, tiny: None) -> Iterator[dict[str, Project]]:
    """Four projects by age, A closed and C of the manager, of Atelier on the wide plan."""
    with world.within():
        actor = world.memberships["pmo"].actor
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé", membership=world.memberships["manager"], pole=pole)
        made = {
            code: create_project(
                actor=actor,
                code=code,
                name=f"Projet {code}",
                pole=pole,
                manager=chloe if code == "C" else None,
                phase="closed" if code == "A" else "delivery",
                **DATES,
            )
            for code in "ABCD"
        }
    yield made


def _downgrade(world: World, plan: Plan = Plan.STARTER) -> None:
    with world.within():
        change_plan(actor=SYSTEM, plan=plan)


def _read_only(world: World) -> str:
    with world.within():
        return "".join(Project.objects.filter(read_only=True).order_by("code").values_list("code", flat=True))


def _frozen_members(world: World) -> set[str]:
    with world.within():
        found = set(Membership.objects.filter(read_only=True).values_list("pk", flat=True))
    return {key for key, one in world.memberships.items() if one.pk in found}


def test_a_downgrade_keeps_the_oldest_in_progress_and_says_so(
    world: World, client_of: Any, projects: dict[str, Project]
) -> None:
    admin = client_of(world.admin)
    page = world.url("/settings/plan/")
    assert "passera en lecture seule" in admin.get(page).content.decode()
    assert admin.post(page, {"plan": "starter"}).status_code == 302
    assert _read_only(world) == "AD", "the closed one first, then the latest"
    shown = admin.get(page).content.decode()
    assert "2 sont en lecture seule" in shown
    assert world.url("/settings/plan/projects/") in shown
    one = admin.get(world.url(f"/projects/{projects['D'].pk}/")).content.decode()
    assert "Ce projet est en lecture seule" in one
    assert "Choisir les projets modifiables" in one
    with world.within():
        event = AuditEvent.objects.filter(verb="project.made_read_only", object_id=projects["D"].pk).get()
        assert event.changes == {"read_only": [False, True]}


def test_the_list_of_projects_finds_them(world: World, client_of: Any, projects: dict[str, Project]) -> None:
    _downgrade(world)
    page = client_of(world.pmo).get(world.url("/projects/?read_only=on")).content.decode()
    assert "Projet D" in page
    assert "Projet B" not in page


def test_what_is_read_only_is_read_and_refused_in_words_by_page_and_api(
    world: World, client_of: Any, projects: dict[str, Project]
) -> None:
    _downgrade(world)
    admin = client_of(world.admin)
    url = world.url(f"/projects/{projects['D'].pk}/")
    assert admin.get(url).status_code == 200
    refused = admin.get(f"{url}edit/")
    assert refused.status_code == 403
    assert "« Projet D » est en lecture seule" in refused.content.decode()
    api = world.url(f"/api/v1/projects/{projects['D'].pk}/")
    answer = admin.patch(api, {"name": "Autre"}, content_type="application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("application/problem+json")
    assert "« Projet D » est en lecture seule" in answer.json()["detail"]
    assert admin.get(api).json()["read_only"] is True
    milestone = {"project": str(projects["D"].pk), "name": "Pilote", "due_on": "2026-05-01"}
    for path, body in (("/api/v1/milestones/", milestone), ("/api/v1/milestones/bulk/", {"rows": [milestone]})):
        assert admin.post(world.url(path), body, content_type="application/json").status_code == 403
    assert (
        admin.patch(
            world.url(f"/api/v1/projects/{projects['B'].pk}/"), {"name": "Autre"}, content_type="application/json"
        ).status_code
        == 200
    )
    with world.within():
        member = world.memberships["admin"]
        editable = set(granted(member, Permission.PROJECT_EDIT).values_list("code", flat=True))
        assert editable == {"B", "C"}
        assert {one.code for one in Project.objects.all() if may(member, Permission.PROJECT_EDIT, one)} == editable
        assert granted(member, Permission.PROJECT_VIEW).count() == 4


def test_the_administrator_chooses(world: World, client_of: Any, projects: dict[str, Project]) -> None:
    _downgrade(world)
    admin = client_of(world.admin)
    page = world.url("/settings/plan/projects/")
    assert admin.get(page).content.decode().count(" checked") == 2
    keys = {code: str(one.pk) for code, one in projects.items()}
    many = admin.post(page, {"keep": [keys["A"], keys["B"], keys["D"]]})
    assert many.status_code == 422
    assert "compte 3 lignes et votre formule en permet 2 : décochez-en 1" in many.content.decode()
    assert admin.post(page, {"keep": [str(world.memberships["pmo"].pk)]}).status_code == 422
    assert admin.post(page, {"keep": [keys["A"], keys["D"]]}).status_code == 302
    assert _read_only(world) == "BC"
    assert admin.post(page, {"keep": [keys["D"]]}).status_code == 302
    assert _read_only(world) == "AC", "the place left goes to the oldest in progress"


def test_a_bulk_edit_and_its_undo_leave_what_is_read_only(
    world: World, client_of: Any, projects: dict[str, Project]
) -> None:
    admin, edit = client_of(world.admin), world.url("/tables/projects/bulk/")
    asked = {"all": "1", "query": "", "set_method": "on"}
    assert admin.post(edit, asked | {"method": "agile"}).status_code == 302
    with world.within():
        batch = AuditEvent.objects.filter(verb="project.updated").latest("id").batch_id
    _downgrade(world)
    refused = admin.post(world.url(f"/tables/projects/undo/{batch}/"))
    assert refused.status_code == 403
    assert "est en lecture seule" in refused.content.decode()
    told = admin.post(edit, asked | {"method": "hybrid"}).content.decode()
    assert "2 lignes modifiées" in told
    assert "« Projet D » est en lecture seule" in told
    with world.within():
        assert dict(Project.objects.values_list("code", "method")) == dict(
            zip("ABCD", ["agile", "hybrid", "hybrid", "agile"], strict=True)
        )


def test_a_place_that_becomes_free_is_given_at_once(
    world: World, client_of: Any, projects: dict[str, Project]
) -> None:
    _downgrade(world)
    admin = client_of(world.admin)
    deleted = admin.post(world.url(f"/projects/{projects['D'].pk}/delete/"))
    assert deleted.status_code == 302, "a read-only project can be deleted"
    assert _read_only(world) == "A"
    with world.within():
        delete_project(actor=SYSTEM, project=Project.objects.get(code="B"))
    assert _read_only(world) == ""
    _downgrade(world, Plan.ENTERPRISE)
    with world.within():
        pole = Pole.objects.get()
        for code in "EFG":
            create_project(actor=SYSTEM, code=code, name=code, pole=pole, **DATES)
    assert _read_only(world) == ""


def test_members_beyond_the_limit_read_and_do_not_write(
    world: World, client_of: Any, projects: dict[str, Project]
) -> None:
    with world.within():
        _token, secret = create_token(
            actor=SYSTEM,
            membership=world.memberships["pmo"],
            name="Excel",
            days=30,
            scope=TokenScope(TokenAccess.WRITE),
        )
    _downgrade(world)
    assert _frozen_members(world) == {"pmo", "manager", "member", "end_user"}
    pmo = client_of(world.pmo)
    home = pmo.get(world.url("/projects/"))
    assert home.status_code == 200
    assert "Votre accès est en lecture seule" in home.content.decode()
    assert world.url("/projects/new/") not in home.content.decode()
    refused = pmo.get(world.url(f"/projects/{projects['B'].pk}/edit/"))
    assert refused.status_code == 403
    assert "votre accès est en lecture seule" in refused.content.decode()
    refused = pmo.post(world.url("/projects/new/"), {})
    assert refused.status_code == 403
    assert "Réglages, Formule" in refused.content.decode()
    answer = client_of(world.pmo).post(
        world.url("/api/v1/projects/"),
        {},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 403
    assert "votre accès est en lecture seule" in answer.json()["detail"]
    assert (
        pmo.post(world.url("/settings/preferences/"), {"name": "P", "language": "fr", "theme": "dark"}).status_code
        == 302
    )
    # A role in a project does not give back what the plan takes.
    manager = client_of(world.manager)
    assert manager.get(world.url(f"/projects/{projects['C'].pk}/edit/")).status_code == 403
    assert client_of(world.admin).get(world.url(f"/projects/{projects['C'].pk}/edit/")).status_code == 200


def test_the_administrator_chooses_who_writes(world: World, client_of: Any, tiny: None) -> None:
    _downgrade(world)
    admin = client_of(world.admin)
    page = world.url("/settings/plan/members/")
    shown = admin.get(page).content.decode()
    assert "2 places, administrateurs à part" in shown
    keys = [str(world.memberships[key].pk) for key in ("pmo", "manager")]
    assert admin.post(page, {"keep": keys}).status_code == 302
    assert _frozen_members(world) == {"executive", "pole_manager", "member", "end_user"}
    off = admin.post(world.url(f"/settings/members/{world.memberships['pmo'].pk}/deactivate/"))
    assert off.status_code == 302
    assert _frozen_members(world) == {"pole_manager", "member", "end_user"}, "the oldest other takes the place"
    _downgrade(world, Plan.ENTERPRISE)
    assert _frozen_members(world) == set()


@pytest.mark.parametrize("key", ["executive", "pmo", "manager", "member", "reader"])
def test_only_the_administrator_chooses(world: World, client_of: Any, key: str) -> None:
    for kind in ("projects", "members"):
        assert client_of(world.users[key]).get(world.url(f"/settings/plan/{kind}/")).status_code == 403


def test_a_foreign_project_is_no_choice(world: World, client_of: Any, projects: dict[str, Project]) -> None:
    with world.within(world.chantier):
        pole = create_pole(actor=SYSTEM, code="X", name="Ailleurs")
        foreign = create_project(actor=SYSTEM, code="X", name="Secret", pole=pole, **DATES)
    _downgrade(world)
    refused = client_of(world.admin).post(world.url("/settings/plan/projects/"), {"keep": [str(foreign.pk)]})
    assert refused.status_code == 422
    assert _read_only(world) == "AD"


def test_the_choice_costs_the_same_for_many(
    world: World, projects: dict[str, Project], django_assert_max_num_queries: Any
) -> None:
    with world.within():
        pole = Pole.objects.get()
        for number in range(20):
            create_project(actor=SYSTEM, code=f"N{number}", name="N", pole=pole, **DATES)
    with django_assert_max_num_queries(40):
        _downgrade(world)
    with world.within():
        assert Project.objects.filter(read_only=True).count() == 22
        change_project(actor=SYSTEM, project=projects["B"], values={"goal": "x"})
