"""The other screens: home, organisation, preferences, help; each in both languages, each for who may."""

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.urls.resolvers import URLPattern

from portfolio.people.models import Person, Pole
from portfolio.planning.models import Assignment, Task
from portfolio.projects.models import Project
from tech4value.accounts.models import User
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create
from tech4value.console import demo, urls
from tech4value.tenancy.clock import today
from tests.world import CAST, PASSWORD, World

PAGES = [
    pattern
    for pattern in urls.urlpatterns
    if isinstance(pattern, URLPattern)
    and not pattern.pattern.converters
    and hasattr(pattern.callback.view_class, "get")
]


@pytest.mark.parametrize("key", list(CAST))
def test_every_role_sees_the_screens_that_the_table_gives(world: World, client_of: Any, key: str) -> None:
    client = client_of(world.users[key])
    for pattern in PAGES:
        permission: Permission = pattern.callback.view_class.permission
        allowed = permission is Permission.PUBLIC or world.memberships[key].can(permission)
        response = client.get(world.url(reverse(f"console:{pattern.name}")))
        assert response.status_code == (200 if allowed else 403), pattern.name


@pytest.mark.parametrize("pattern", PAGES, ids=lambda pattern: pattern.name)
def test_every_screen_is_in_both_languages(world: World, client_of: Any, pattern: Any) -> None:
    client = client_of(world.admin)
    for language in ("fr", "en"):
        User.objects.filter(pk=world.admin.pk).update(language=language)
        response = client.get(world.url(reverse(f"console:{pattern.name}")))
        assert response.status_code == 200
        assert response.headers["Content-Language"] == language
        assert "onclick" not in response.content.decode()


def test_forms_open_in_the_side_panel_and_as_pages(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    for name in ("invite", "token"):
        path = world.url(reverse(f"console:{name}"))
        panel = client.get(path, headers={"HX-Request": "true"}).content.decode()
        assert panel.lstrip().startswith("<h2>")
        assert "<html" not in panel
        assert "<h1>" in client.get(path).content.decode()


def test_the_organisations_settings_are_changed_and_journaled(world: World, client_of: Any) -> None:
    client = client_of(world.admin)
    path = world.url("/settings/organisation/")
    data = {
        "name": "Atelier du Nord",
        "language": "fr",
        "country": "FR",
        "time_zone": "Indian/Reunion",
        "currency": "CHF",
        "fiscal_year_start_month": "4",
        "second_factor": "nobody",
    }
    assert client.post(path, data).status_code == 302
    world.atelier.refresh_from_db()
    assert (world.atelier.name, world.atelier.currency, world.atelier.fiscal_year_start_month) == (
        "Atelier du Nord", "CHF", 4,
    )  # fmt: skip
    assert today(world.atelier) is not None
    with world.within():
        event = AuditEvent.objects.get(verb="tenant.updated")
        assert event.changes["fiscal_year_start_month"] == [1, 4]
        assert set(event.changes) == {"name", "time_zone", "currency", "fiscal_year_start_month"}
    for wrong in (
        {"time_zone": "Mars/Olympus"},
        {"name": ""},
        {"currency": "XXX"},
        {"fiscal_year_start_month": "13"},
    ):
        refused = client.post(path, {**data, **wrong})
        assert refused.status_code == 422, wrong
    world.atelier.refresh_from_db()
    assert world.atelier.time_zone == "Indian/Reunion"


def test_preferences_belong_to_the_person(world: World, client_of: Any) -> None:
    client = client_of(world.reader)
    path = world.url("/settings/preferences/")
    assert client.post(path, {"name": "Lise L.", "language": "en", "theme": "dark"}).status_code == 302
    user = User.objects.get(pk=world.reader.pk)
    assert (user.name, user.language, user.theme) == ("Lise L.", "en", "dark")
    assert client.post(path, {"name": "", "language": "xx", "theme": "dark"}).status_code == 422
    assert User.objects.get(pk=world.reader.pk).name == "Lise L."


def test_a_team_member_starts_from_their_own_work(world: World, client_of: Any) -> None:
    client = client_of(world.member)
    assert "Aucune tâche à faire" in client.get(world.url("/home/")).content.decode()
    with world.within():
        pole = create(SYSTEM, Pole(code="IT", name="Informatique"))
        mehdi = create(SYSTEM, Person(name="Mehdi Équipier", pole=pole, membership=world.memberships["member"]))
        dates = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        mine = create(SYSTEM, Project(code="RGPD", name="Conformité", pole=pole, manager=mehdi, **dates))
        other = create(SYSTEM, Project(code="ODOO", name="Odoo secret", pole=pole, **dates))
        begin = datetime.combine(today(), datetime.min.time())
        times = {"starts_at": begin, "ends_at": begin + timedelta(days=2)}
        for name, project, done in (("À faire", mine, 0), ("Finie", mine, 1), ("Ailleurs", other, 0)):
            task = create(SYSTEM, Task(project=project, name=name, percent_complete=done, **times))
            create(SYSTEM, Assignment(project=project, task=task, person=mehdi))
    page = client.get(world.url("/home/")).content.decode()
    assert "À faire" in page
    assert "Conformité" in page
    for hidden in ("Finie", "Ailleurs", "Odoo secret"):
        assert hidden not in page


@pytest.mark.parametrize("key", ["admin", "executive", "pole_manager", "pmo", "manager"])
def test_those_who_steer_start_from_the_dashboard(world: World, client_of: Any, key: str) -> None:
    client = client_of(world.users[key])
    assert client.get(world.url("/home/")).headers["Location"] == world.url("/dashboard/")
    assert "Mes projets" in client.get(world.url("/work/")).content.decode()


def test_the_others_are_told_what_is_there_for_them(world: World, client_of: Any) -> None:
    assert "Rien ne vous attend" in client_of(world.end_user).get(world.url("/home/")).content.decode()


def test_a_guest_reader_starts_from_the_packs_and_is_shown_nothing_else(world: World, client_of: Any) -> None:
    client = client_of(world.reader)
    assert client.get(world.url("/home/")).headers["Location"] == world.url("/packs/")
    page = client.get(world.url("/packs/")).content.decode()
    rail = page[page.index('id="rail"') : page.index("</nav>", page.index('id="rail"'))]
    for path in ("/projects/", "/people/", "/plans/", "/budget/", "/risks/", "/dashboard/", "/settings/members/"):
        assert world.url(path) not in rail
        assert client.get(world.url(path)).status_code == 403, path
    assert world.url("/packs/") in rail
    assert client.get(world.url("/settings/preferences/security/")).status_code == 200


def test_help_explains_the_areas_that_one_sees(world: World, client_of: Any) -> None:
    admin = client_of(world.admin).get(world.url("/settings/help/")).content.decode()
    assert "Les budgets" in admin
    assert "Comité de pilotage" in admin
    assert "Les budgets" not in client_of(world.end_user).get(world.url("/settings/help/")).content.decode()


def test_the_demo_lists_its_accounts(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "TENANTS", ("atelier",))
    settings.DEMO = True
    page = Client().get("/accounts/login/").content.decode()
    assert world.manager.email in page
    assert PASSWORD not in page
    out = StringIO()
    call_command("demo_sign_ins", stdout=out)
    assert "Atelier Nord (/t/atelier/)" in out.getvalue()
    assert world.pmo.email in out.getvalue()
    settings.DEMO = False
    assert world.manager.email not in Client().get("/accounts/login/").content.decode()
