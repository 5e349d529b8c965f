"""Two people save the same row: what each changed is kept; what both changed is shown, and chosen."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from portfolio.finance.actions import create_budget_line
from portfolio.finance.models import BudgetLine
from portfolio.people.actions import create_calendar, create_person, create_pole
from portfolio.planning.actions import create_task
from portfolio.planning.models import Assignment
from portfolio.projects.actions import create_milestone, create_project
from portfolio.projects.models import Project
from portfolio.risks.actions import create_risk
from portfolio.treasury.actions import create_row
from portfolio.treasury.models import ExchangeRate
from tech4value.audit.models import AuditEvent
from tech4value.tenancy.clock import today
from tests.world import World


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the page's longest form: as the person read it."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.forms: list[dict[str, str]] = []
            self.area = self.select = ""

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            given = dict(attrs)
            if tag == "form":
                self.forms.append({})
            if not self.forms:
                return
            name, form = given.get("name", ""), self.forms[-1]
            if tag == "input" and name and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
                form[name] = given.get("value") or ""
            elif tag == "textarea":
                self.area, form[name] = name, ""
            elif tag == "select":
                self.select = name
                form.setdefault(name, "")
            elif tag == "option" and self.select and "selected" in given:
                form[self.select] = given.get("value") or ""

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""
            if tag == "select":
                self.select = ""

        def handle_data(self, data: str) -> None:
            if self.area and self.forms:
                self.forms[-1][self.area] += data.lstrip("\n") if not self.forms[-1][self.area] else data

    reader = Reader()
    reader.feed(page)
    found = max(reader.forms, key=len)
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


@pytest.fixture
def both(world: World, client_of: Any) -> Any:
    """Pierre (PMO) and Alice (administrator): `read(path)` is the form as one read it, `save` sends it."""

    class Both:
        pierre, alice = client_of(world.pmo), client_of(world.admin)

        def read(self, path: str) -> dict[str, str]:
            page = self.pierre.get(world.url(path))
            assert page.status_code == 200
            return fields_of(page.content.decode())

        def pierre_saves(self, path: str, sent: dict[str, str], **changed: str) -> Any:
            return self.pierre.post(world.url(path), {**sent, **changed})

        def alice_saves(self, path: str, sent: dict[str, str], **changed: str) -> Any:
            return self.alice.post(world.url(path), {**sent, **changed})

    return Both()


@pytest.fixture
def project(world: World) -> Project:
    with world.within():
        actor, day = world.memberships["pmo"].actor, today()
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        return create_project(
            actor=actor, code="ERP", name="Nouvel ERP", pole=pole, starts_on=day, ends_on=day + timedelta(days=90)
        )


def said(world: World, client: Any) -> str:
    return client.get(world.url("/settings/help/")).content.decode()


def test_different_fields_are_merged_and_the_toast_says_what_the_other_wrote(
    world: World, both: Any, project: Project
) -> None:
    path = f"/projects/{project.pk}/edit/"
    read = both.read(path)
    assert both.pierre_saves(path, read, goal="Tenir le budget").status_code == 302
    assert both.alice_saves(path, read, name="ERP 2027").status_code == 302
    with world.within():
        now = Project.objects.get(pk=project.pk)
        assert (now.name, now.goal, now.version) == ("ERP 2027", "Tenir le budget", 3)
        last = AuditEvent.objects.filter(object_id=project.pk).first()
        assert (last.actor_label, last.changes) == ("Alice Administratrice", {"name": ["Nouvel ERP", "ERP 2027"]})
    assert "avec une modification par Pierre Mohamed-Olive\u00a0: Objectif." in said(world, both.alice)


def test_the_same_field_shows_both_and_keeps_the_one_that_is_chosen(
    world: World, both: Any, project: Project
) -> None:
    path = f"/projects/{project.pk}/edit/"
    read = both.read(path)
    both.pierre_saves(path, read, name="ERP de Pierre", goal="Tenir le budget")
    shown = both.alice_saves(path, read, name="ERP d’Alice", phase="delivery")
    page = shown.content.decode()
    assert shown.status_code == 409
    for words in (
        "ERP de Pierre",
        "ERP d’Alice",
        "Pierre Mohamed-Olive",
        "Avant\u00a0: Nouvel ERP",
        "Tenir le budget",
    ):
        assert words in page, words
    again = fields_of(page)
    assert (again["keep-name"], again["version"], again["goal"]) == ("mine", "2", "Tenir le budget")
    assert both.alice_saves(path, again, **{"keep-name": "theirs"}).status_code == 302
    with world.within():
        now = Project.objects.get(pk=project.pk)
        assert (now.name, now.goal, now.phase) == ("ERP de Pierre", "Tenir le budget", "delivery")
    # One's own value may be written anew in its field.
    assert both.pierre_saves(path, both.read(path), name="ERP commun").status_code == 302
    third = both.alice_saves(path, again, name="ERP final")
    assert third.status_code == 409 and "ERP commun" in third.content.decode(), "it may collide again"
    last = fields_of(third.content.decode())
    assert both.alice_saves(path, last, name="ERP enfin").status_code == 302
    with world.within():
        assert Project.objects.get(pk=project.pk).name == "ERP enfin"


def test_the_same_value_from_both_is_no_collision(world: World, both: Any, project: Project) -> None:
    path = f"/projects/{project.pk}/edit/"
    read = both.read(path)
    both.pierre_saves(path, read, phase="delivery")
    assert both.alice_saves(path, read, phase="delivery").status_code == 302
    with world.within():
        assert Project.objects.get(pk=project.pk).version == 2


def test_a_wrong_value_is_said_with_what_the_other_wrote_kept(world: World, both: Any, project: Project) -> None:
    path = f"/projects/{project.pk}/edit/"
    read = both.read(path)
    both.pierre_saves(path, read, goal="Tenir le budget")
    wrong = both.alice_saves(path, read, ends_on="jamais")
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "repris ci-dessous\u00a0: Objectif" in page
    assert fields_of(page)["goal"] == "Tenir le budget" and fields_of(page)["version"] == "2"


def test_a_row_deleted_meanwhile_says_by_whom_and_comes_back_with_what_was_typed(
    world: World, both: Any, project: Project, client_of: Any
) -> None:
    path = f"/projects/{project.pk}/edit/"
    read = both.read(path)
    assert both.pierre.post(world.url(f"/projects/{project.pk}/delete/")).status_code == 302
    gone = both.alice_saves(path, read, goal="Tenir le budget")
    page = gone.content.decode()
    assert gone.status_code == 409
    assert "Pierre Mohamed-Olive a supprimé «\u00a0Nouvel ERP\u00a0»" in page
    assert client_of(world.reader).post(world.url(path), read).status_code == 403
    assert both.alice_saves(path, fields_of(page)).status_code == 302
    with world.within():
        assert Project.objects.get(pk=project.pk).goal == "Tenir le budget"


def _milestone(world: World, project: Project) -> Any:
    row = create_milestone(actor=world.memberships["pmo"].actor, project=project, name="Pilote", due_on=today())
    return f"/projects/milestones/{row.pk}/edit/", {"name": "Recette"}, {"success_criterion": "Zéro défaut"}


def _risk(world: World, project: Project) -> Any:
    row = create_risk(actor=world.memberships["pmo"].actor, project=project, title="Retard", probability=2, impact=3)
    return f"/risks/{row.pk}/edit/", {"impact": "5"}, {"mitigation": "Un second fournisseur"}


def _person(world: World, project: Project) -> Any:
    row = create_person(actor=world.memberships["pmo"].actor, name="Nina", capacity=Decimal("0.8"))
    return f"/people/{row.pk}/edit/", {"capacity": "50"}, {"yearly_days": "210"}


def _pole(world: World, project: Project) -> Any:
    return f"/people/poles/{project.pole_id}/edit/", {"code": "DSI"}, {"name": "Systèmes"}


def _line(world: World, project: Project) -> Any:
    row = create_budget_line(
        actor=world.memberships["pmo"].actor,
        project=project,
        category="staff",
        nature="opex",
        month=today().replace(day=1),
        planned=Decimal("1234.50"),
    )
    return f"/budget/lines/{row.pk}/", {"actual": "7"}, {"committed": "12,50"}


def _calendar(world: World, project: Project) -> Any:
    row = create_calendar(actor=world.memberships["pmo"].actor, name="Semaine", week={"0": [[540, 720]]})
    return f"/people/calendars/{row.pk}/", {"day_0": "09:00-11:00"}, {"day_1": "10:00-12:00"}


def _task(world: World, project: Project) -> Any:
    row = create_task(actor=world.memberships["pmo"].actor, project=project, name="Cadrer")
    return f"/plans/tasks/{row.pk}/", {"percent": "50"}, {"notes": "Voir l’annexe"}


KINDS = [_milestone, _risk, _person, _pole, _line, _calendar, _task]


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_every_edit_form_merges_what_two_people_changed(world: World, both: Any, project: Project, make: Any) -> None:
    with world.within():
        path, mine, theirs = make(world, project)
    read = both.read(path)
    assert both.pierre_saves(path, read, **theirs).status_code == 302
    answer = both.alice_saves(path, read, **mine)
    assert answer.status_code == 302, answer.content.decode()[-4000:]
    now = both.read(path)
    for name, value in {**mine, **theirs}.items():
        assert now[name] == value, name
    clash = both.alice_saves(path, read, **{name: value + "1" for name, value in theirs.items() if name != "day_1"})
    assert clash.status_code in {302, 409}, "a stale version is never an error"


def test_people_put_on_a_task_meanwhile_stay_on_it(world: World, both: Any, project: Project) -> None:
    with world.within():
        actor = world.memberships["pmo"].actor
        ada, nina = create_person(actor=actor, name="Ada"), create_person(actor=actor, name="Nina")
        task = create_task(actor=actor, project=project, name="Cadrer")
    path = f"/plans/tasks/{task.pk}/"
    read = both.read(path)
    assert both.pierre_saves(path, read, person_0=str(ada.pk), units_0="50").status_code == 302
    assert both.alice_saves(path, read, person_0=str(nina.pk), units_0="100").status_code == 302
    with world.within():
        on_task = {
            row.person.name: row.units for row in Assignment.objects.filter(task=task).select_related("person")
        }
        assert on_task == {"Ada": Decimal("0.5"), "Nina": Decimal(1)}


def test_an_amount_is_compared_with_its_currency(world: World, both: Any, project: Project) -> None:
    with world.within():
        month = today().replace(day=1)
        actor = world.memberships["pmo"].actor
        create_row(actor=actor, row=ExchangeRate(currency="USD", starts_on=month, rate=Decimal("1.25")))
        line = create_budget_line(
            actor=actor, project=project, category="staff", nature="opex", month=month, forecast=Decimal(50)
        )
    path = f"/budget/lines/{line.pk}/"
    read = both.read(path)
    assert both.pierre_saves(path, read, currency="USD").status_code == 302
    clash = both.alice_saves(path, read, forecast="60")
    page = clash.content.decode()
    assert clash.status_code == 409 and "60 EUR" in page and "50 USD" in page
    sent = fields_of(page)
    assert {"keep-forecast", "keep-currency"} <= set(sent) and "keep-planned" not in sent
    assert both.alice_saves(path, sent, forecast="60", currency="EUR").status_code == 302
    with world.within():
        assert BudgetLine.objects.get().forecast == 60
    # The other way round: the currency changes here, the amount there.
    read = both.read(path)
    assert both.pierre_saves(path, read, forecast="70").status_code == 302
    assert both.alice_saves(path, read, currency="USD").status_code == 409
    # A field that is counted in nothing is merged as ever.
    read = both.read(path)
    assert both.pierre_saves(path, read, actual="5").status_code == 302
    assert both.alice_saves(path, read, forecast="80").status_code == 302


def test_a_month_s_lines_are_merged_one_by_one(world: World, both: Any, project: Project) -> None:
    with world.within():
        actor, month = world.memberships["pmo"].actor, today().replace(day=1)
        for category in ("staff", "training"):
            create_budget_line(actor=actor, project=project, category=category, nature="opex", month=month)
    path = f"/budget/projects/{project.pk}/months/{month:%Y-%m}/"
    read = both.read(path)
    assert (
        both.pierre_saves(path, read, **{"opex-staff-planned": "10", "opex-training-planned": "20"}).status_code
        == 302
    )
    assert both.alice_saves(path, read, **{"opex-staff-actual": "5"}).status_code == 302
    with world.within():
        amounts = {line.category: (line.planned, line.actual) for line in BudgetLine.objects.all()}
        assert amounts == {"staff": (10, 5), "training": (20, 0)}
    clash = both.alice_saves(path, read, **{"opex-training-planned": "30"})
    assert clash.status_code == 409 and "Pierre Mohamed-Olive" in clash.content.decode()
    assert both.alice_saves(path, fields_of(clash.content.decode())).status_code == 302
    with world.within():
        assert BudgetLine.objects.get(category="training").planned == 30
