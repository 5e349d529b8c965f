"""The engine behind the plan of a project: constraints, calendars, people, progress, conflicts, and why a date."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from portfolio.people.actions import create_absence, create_calendar
from portfolio.people.models import Person
from portfolio.planning import actions
from portfolio.planning.models import ConstraintKind, EffortType, Task, TaskKind, TaskMode
from portfolio.planning.scheduling import load_plan
from portfolio.planning.settings_actions import change_plan_settings
from portfolio.planning.why import conflict_sentences, why_this_date
from portfolio.planning.why_compared import compared
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import StaleVersionError
from tests.world import World

DAY = 420
Make = Callable[..., Task]
ClientOf = Callable[[Any], Client]


@pytest.fixture
def make(actor: Actor, project: Project) -> Make:
    def made(name: str, days: float = 1, **fields: object) -> Task:
        minutes = {} if "kind" in fields else {"duration_minutes": round(days * DAY)}
        return actions.create_task(actor=actor, project=project, name=name, **minutes, **fields)

    return made


def span(task: Task) -> str:
    task.refresh_from_db()
    return f"{task.starts_at:%d/%m %H:%M}-{task.ends_at:%d/%m %H:%M}"


def link(actor: Actor, one: Task, two: Task, **fields: object) -> None:
    actions.link_tasks(actor=actor, predecessor=one, successor=two, **fields)


def said(task: Task, project: Project) -> list[str]:
    """The sentences of the conflicts, with plain spaces."""
    task.refresh_from_db()
    names = {one.pk: one.name for one in Task.objects.filter(project=project)}
    return [sentence.replace("\u00a0", " ") for sentence in conflict_sentences(task, names, day=DAY)]


@pytest.mark.parametrize(
    ("kind", "at", "expected"),
    [
        (ConstraintKind.SNET, datetime(2026, 3, 10, 9), "10/03 09:00-11/03 17:00"),
        (ConstraintKind.FNET, datetime(2026, 3, 10, 17), "09/03 09:00-10/03 17:00"),
        (ConstraintKind.SNLT, datetime(2026, 3, 3, 9), "03/03 09:00-04/03 17:00"),
        (ConstraintKind.FNLT, datetime(2026, 3, 5, 17), "04/03 09:00-05/03 17:00"),
        (ConstraintKind.MSO, datetime(2026, 3, 3, 9), "03/03 09:00-04/03 17:00"),
        (ConstraintKind.MFO, datetime(2026, 3, 12, 17), "11/03 09:00-12/03 17:00"),
        (ConstraintKind.ASAP, None, "05/03 09:00-06/03 17:00"),
        (ConstraintKind.ALAP, None, "12/03 09:00-13/03 17:00"),
    ],
)
def test_each_constraint_moves_the_task(
    actor: Actor, project: Project, make: Make, kind: str, at: datetime | None, expected: str
) -> None:
    one, two = make("A", 3), make("B", 2)
    make("Longue", 10)
    link(actor, one, two)
    two.refresh_from_db()
    actions.change_task(actor=actor, task=two, values={"constraint_kind": kind, "constraint_at": at})
    assert span(two) == expected
    held = kind in {ConstraintKind.SNLT, ConstraintKind.FNLT, ConstraintKind.MSO}
    assert bool(said(two, project)) == held
    if held:
        assert "avant ce que permet « A »" in said(two, project)[0]


def test_a_task_follows_its_own_calendar(actor: Actor, project: Project, make: Make) -> None:
    night = create_calendar(actor=actor, name="Nuit", week={str(day): [[0, 360]] for day in range(7)})
    task = make("Bascule", 1, calendar=night)
    assert span(task) == "02/03 00:00-03/03 01:00"


def test_work_follows_people_their_share_and_their_absences(
    actor: Actor, project: Project, make: Make, chloe: Person
) -> None:
    task = make("Rédiger", 2)
    actions.assign(actor=actor, task=task, person=chloe, units=Decimal("0.5"), work_minutes=2 * DAY)
    actions.change_task(actor=actor, task=Task.objects.get(pk=task.pk), values={"effort_type": EffortType.WORK})
    assert span(task) == "02/03 09:00-05/03 17:00"
    assert task.duration_minutes == 4 * DAY
    create_absence(actor=actor, person=chloe, starts_on=date(2026, 3, 3), ends_on=date(2026, 3, 4))
    actions.reschedule(actor=actor, project=project)
    assert span(task) == "02/03 09:00-09/03 17:00"


@pytest.mark.parametrize(
    ("kind", "days", "expected"),
    [
        (EffortType.DURATION, 4, (4, "1.000", 4)),
        (EffortType.UNITS, 4, (4, "1.000", 4)),
        (EffortType.WORK, 4, (4, "0.500", 2)),
    ],
)
def test_a_new_duration_changes_work_or_units(
    actor: Actor, project: Project, make: Make, chloe: Person, kind: str, days: int, expected: tuple[int, str, int]
) -> None:
    task = make("Rédiger", 2, effort_type=kind)
    row = actions.assign(actor=actor, task=task, person=chloe)
    task.refresh_from_db()
    actions.change_task(actor=actor, task=task, values={"duration_minutes": days * DAY})
    row.refresh_from_db()
    task.refresh_from_db()
    assert (task.duration_minutes, str(row.units), row.work_minutes) == (
        expected[0] * DAY,
        expected[1],
        expected[2] * DAY,
    )


def test_new_units_shorten_a_task_of_fixed_work(actor: Actor, project: Project, make: Make, chloe: Person) -> None:
    task = make("Rédiger", 2, effort_type=EffortType.WORK)
    row = actions.assign(actor=actor, task=task, person=chloe)
    actions.change_assignment(actor=actor, assignment=row, values={"units": Decimal(2)})
    assert span(task) == "02/03 09:00-02/03 17:00"
    assert (task.duration_minutes, row.work_minutes) == (DAY, 2 * DAY)


def test_the_data_date_moves_what_is_not_done(actor: Actor, project: Project, make: Make) -> None:
    done, begun, waiting = make("Fait", 1), make("En cours", 4), make("À faire", 2)
    actions.change_task(actor=actor, task=done, values={"percent_complete": Decimal(1)})
    actions.change_task(actor=actor, task=begun, values={"percent_complete": Decimal("0.5")})
    settings = change_plan_settings(actor=actor, project=project, calendar=None, data_date=date(2026, 3, 9))
    assert (span(done), span(begun), span(waiting)) == (
        "02/03 09:00-02/03 17:00", "02/03 09:00-10/03 17:00", "09/03 09:00-10/03 17:00",
    )  # fmt: skip
    assert (begun.stops_at, begun.resumes_at) == (datetime(2026, 3, 3, 17), datetime(2026, 3, 9, 9))
    change_plan_settings(actor=actor, project=project, calendar=None, data_date=None, version=settings.version)
    assert span(waiting) == "02/03 09:00-03/03 17:00"
    with pytest.raises(StaleVersionError):
        change_plan_settings(actor=actor, project=project, calendar=None, data_date=date(2026, 3, 9), version=1)
    with pytest.raises(ValidationError, match="vérifiez l’année"):
        change_plan_settings(actor=actor, project=project, calendar=None, data_date=date(2926, 3, 9))


def test_conflicts_are_told_and_go(actor: Actor, project: Project, make: Make) -> None:
    one = make("A", 3)
    two = make("B", 2, mode=TaskMode.MANUAL, starts_at=datetime(2026, 3, 3, 9), deadline_at=datetime(2026, 3, 3, 17))
    link(actor, one, two)
    sentences = said(two, project)
    assert "Planifiée à la main, elle commence 2 j ouvrés avant ce que permet « A »" in sentences[0]
    assert sentences[1] == "Son échéance est dépassée de 1 j ouvré."
    actions.change_task(
        actor=actor, task=two, values={"mode": TaskMode.AUTO, "deadline_at": None, "constraint_kind": "asap"}
    )
    assert said(two, project) == []


# --- why this date


def chain(task: Task, project: Project) -> list[list[str]]:
    answer = why_this_date(load_plan(project), task, None)
    return [[sentence.replace("\u00a0", " ") for sentence in step.sentences] for step in answer.steps]


def test_the_chain_names_predecessors_lags_rests_and_constraints(actor: Actor, project: Project, make: Make) -> None:
    one = make("Étude", 4, starts_at=datetime(2026, 3, 3, 9))
    two, three = make("Achat", 2), make("Recette", 1)
    link(actor, one, two, lag=DAY)
    link(actor, two, three, lag=2 * 24 * 60, lag_unit="elapsed")
    told = chain(three, project)
    assert [step[0] for step in told] == [
        "Elle commence après la fin de « Achat ». "
        "Avec un décalage de 2 j de calendrier, nuits et jours fériés compris.",
        "Elle commence après la fin de « Étude ». Avec un décalage de 1 j de travail.",
        "Sa contrainte la place : début au plus tôt le 03/03/2026.",
    ]
    assert told[1][1] == "Le travail reprend le 10/03/2026, après : jours non travaillés du 07/03/2026 au 08/03/2026."
    assert told[2][1].startswith("Elle dure 4 j, jusqu’au 06/03/2026")


def test_a_slipped_milestone_names_the_task_that_slipped(
    actor: Actor, project: Project, make: Make, world: World, client_of: ClientOf
) -> None:
    """Against the baseline in use: what each task of the chain received, and what it added."""
    one, two, end = make("Étude", 2), make("Achat", 4), make("Livré", kind=TaskKind.MILESTONE)
    link(actor, one, two)
    link(actor, two, end)
    actions.take_baseline(actor=actor, project=project, name="Initiale")
    two.refresh_from_db()
    actions.change_task(actor=actor, task=two, values={"duration_minutes": 14 * DAY})
    url = world.url(f"/plans/tasks/{end.pk}/why/")
    page = client_of(world.pmo).get(url).content.decode().replace("\u00a0", " ")
    assert "« Livré » finit le 23/03/2026 au lieu du 09/03/2026 dans la référence « Initiale » : " in page
    assert "10 j ouvrés plus tard." in page
    assert "« Achat » : +10 j ouvrés. Elle dure 14 j, 4 j dans la référence." in page
    assert "« Étude » : " not in page, "what only passed it on is not named"
    assert "17:00" not in page, "days at the surface"
    told = client_of(world.pmo).get(world.url(f"/api/v1/tasks/{end.pk}/why/")).json()
    assert len(told["moved"]) == 2
    assert [bool(step["change"]) for step in told["steps"]] == [True, True, False]


def test_a_task_added_since_the_baseline_is_named(actor: Actor, project: Project, make: Make) -> None:
    one, end = make("Étude", 2), make("Livré", kind=TaskKind.MILESTONE)
    link(actor, one, end)
    actions.take_baseline(actor=actor, project=project, name="Initiale")
    new = make("Homologation", 3)
    link(actor, one, new)
    link(actor, new, end)
    end.refresh_from_db()
    plan = load_plan(project)
    moved = compared(why_this_date(plan, end, None), plan.calendar).moved
    assert moved[1].replace("\u00a0", " ") == "« Homologation » : +3 j ouvrés, ajoutée depuis la référence."


def test_the_chain_of_a_summary_is_that_of_its_last_task(actor: Actor, project: Project, make: Make) -> None:
    phase = make("Phase")
    make("Court", 1, parent=phase)
    long = make("Long", 5, parent=phase)
    answer = why_this_date(load_plan(project), Task.objects.get(pk=phase.pk), None)
    assert [step.task.pk for step in answer.steps] == [long.pk]
    assert answer.steps[0].sentences[0].startswith("Rien ne la retient")


def test_facts_end_the_chain(actor: Actor, project: Project, make: Make) -> None:
    begun, manual, late = make("Entamée", 3), make("Réunion", 1, mode=TaskMode.MANUAL), make("Tardive", 1)
    make("Longue", 10)
    actions.change_task(actor=actor, task=begun, values={"percent_complete": Decimal("0.5")})
    actions.change_task(actor=actor, task=late, values={"constraint_kind": ConstraintKind.ALAP})
    assert chain(begun, project)[0][0].startswith("Elle a commencé le 02/03/2026")
    assert chain(manual, project)[0][0].startswith("Elle est planifiée à la main")
    assert chain(late, project) == [
        [
            "Elle se fait le plus tard possible : elle finit avec le projet.",
            "Elle dure 1 j, jusqu’au 13/03/2026.",
        ]
    ]


def test_public_holidays_are_named_in_the_language_of_the_reader(actor: Actor, project: Project, make: Make) -> None:
    task = make("Mai", 10, starts_at=datetime(2026, 4, 29, 9))
    assert any("Fête du Travail le 01/05/2026" in sentence for sentence in chain(task, project)[0])
    with translation.override("en"):
        assert any("Labor Day on" in sentence for sentence in chain(task, project)[0])


# --- screens and API


@pytest.fixture
def plan(actor: Actor, project: Project, make: Make) -> tuple[Task, Task]:
    one, two = make("Étude", 3), make("Achat", 2)
    link(actor, one, two)
    return one, two


def test_the_panel_tells_why_to_a_manager(plan: tuple[Task, Task], world: World, client_of: ClientOf) -> None:
    address = world.url(f"/plans/tasks/{plan[1].pk}/why/")
    page = client_of(world.manager).get(address).content.decode().replace("\u00a0", " ")
    assert "Pourquoi cette date ?" in page
    assert "Elle commence après la fin de « Étude »." in page
    assert client_of(world.stranger).get(address).status_code == 404


def test_the_api_tells_why(plan: tuple[Task, Task], world: World, client_of: ClientOf) -> None:
    found = client_of(world.manager).get(world.url(f"/api/v1/tasks/{plan[1].pk}/why/")).json()
    assert [step["reason"] for step in found["steps"]] == ["link", "project_start"]
    assert found["steps"][0]["predecessor"] == str(plan[0].pk)


def test_the_form_takes_a_calendar_an_effort_and_the_plan_a_data_date(
    plan: tuple[Task, Task], project: Project, world: World, client_of: ClientOf
) -> None:
    client = client_of(world.manager)
    page = client.get(world.url(f"/plans/tasks/{plan[1].pk}/")).content.decode()
    assert "Type d’effort" in page and "Celui du plan" in page
    address = world.url(f"/plans/project/{project.pk}/settings/")
    assert client.get(address).status_code == 200
    assert client.post(address, {"calendar": "", "data_date": "2026-03-09"}).status_code == 302
    with world.within():
        assert span(plan[0]) == "09/03 09:00-11/03 17:00"
    assert client.post(address, {"data_date": "demain"}).status_code == 422
    assert client_of(world.reader).get(address).status_code in {403, 404}
