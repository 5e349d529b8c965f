"""What the actions on projects, milestones and status reports write, and what they refuse in words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Pole
from portfolio.projects import actions
from portfolio.projects.models import Milestone, Project, ProjectRole, StatusReport, Weather
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import StaleVersionError
from tech4value.tenancy.clock import today
from tests.world import World

DATES = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 18)}


@pytest.fixture(autouse=True)
def _french() -> Any:
    with translation.override("fr"):
        yield


@pytest.fixture
def atelier(world: World) -> Any:
    with world.within():
        yield world


@pytest.fixture
def pmo(atelier: World) -> Actor:
    return atelier.memberships["pmo"].actor


@pytest.fixture
def pole(pmo: Actor) -> Pole:
    return create_pole(actor=pmo, code="IT", name="Informatique")


@pytest.fixture
def project(pmo: Actor, pole: Pole) -> Project:
    return actions.create_project(actor=pmo, code="ERP", name="Nouvel ERP", pole=pole, **DATES)


def test_a_project_is_created_and_journaled_under_its_author(project: Project) -> None:
    event = AuditEvent.objects.get(object_id=project.pk)
    assert (event.verb, event.actor_label, event.project_id) == (
        "project.created", "Pierre Mohamed-Olive", project.pk,
    )  # fmt: skip
    assert event.changes["code"] == [None, "ERP"]


def test_two_projects_may_not_share_a_code(pmo: Actor, pole: Pole, project: Project) -> None:
    with pytest.raises(ValidationError, match="Le code ERP est déjà celui d’un projet") as refused:
        actions.create_project(actor=pmo, code="ERP ", name="Autre", pole=pole, **DATES)
    assert list(refused.value.error_dict) == ["code"]
    actions.delete_project(actor=pmo, project=project)
    other = actions.create_project(actor=pmo, code="ERP", name="Autre", pole=pole, **DATES)
    with pytest.raises(ValidationError, match="déjà celui d’un projet"):
        actions.restore_project(actor=pmo, project=project)
    actions.delete_project(actor=pmo, project=other)
    actions.restore_project(actor=pmo, project=project)
    assert Project.objects.get() == project


def test_a_project_ends_after_it_starts(pmo: Actor, pole: Pole, project: Project) -> None:
    with pytest.raises(ValidationError, match="La fin précède le début"):
        actions.change_project(actor=pmo, project=project, values={"ends_on": date(2025, 1, 1)})
    assert Project.objects.get().ends_on == DATES["ends_on"] == project.ends_on


def test_a_missing_pole_is_said_beside_its_field(pmo: Actor, project: Project) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.create_project(actor=pmo, code="X", name="", pole=None, **DATES)  # type: ignore[arg-type]
    assert set(refused.value.error_dict) == {"pole", "name"}


def test_the_plan_limits_projects_one_by_one_and_in_bulk(world: World) -> None:
    with world.within(world.chantier):
        actor = world.stranger
        by = Actor(kind="person", label="Simon", user_id=actor.pk)  # type: ignore[arg-type]
        pole = create_pole(actor=by, code="IT", name="IT")
        rows = [{"code": f"P{n}", "name": f"Projet {n}", "pole": pole, **DATES} for n in range(15)]
        actions.create_projects(actor=by, values=rows)
        assert actions.project_usage().used == 15
        for create in (
            lambda: actions.create_project(actor=by, code="Q", name="Q", pole=pole, **DATES),
            lambda: actions.create_projects(actor=by, values=[{**rows[0], "code": "Q"}]),
        ):
            with pytest.raises(ValidationError, match="permet 15 projets et vous en utilisez déjà 15"):
                create()


def test_a_stale_change_is_refused(pmo: Actor, project: Project) -> None:
    actions.change_project(actor=pmo, project=project, values={"name": "ERP 2"}, version=1)
    with pytest.raises(StaleVersionError, match="Pierre Mohamed-Olive"):
        actions.change_project(actor=pmo, project=project, values={"name": "ERP 3"}, version=1)


def test_a_programme_with_projects_stays(pmo: Actor, project: Project) -> None:
    programme = actions.create_programme(actor=pmo, code="T", name="Transformation")
    actions.change_project(actor=pmo, project=project, values={"programme": programme})
    with pytest.raises(ValidationError, match="porte encore 1 projet"):
        actions.delete_programme(actor=pmo, programme=programme)
    actions.change_project(actor=pmo, project=project, values={"programme": None})
    actions.delete_programme(actor=pmo, programme=programme)
    with pytest.raises(ValidationError, match="déjà celui d’un programme"):
        actions.create_programme(actor=pmo, code="T", name="Bis")
        actions.restore_programme(actor=pmo, programme=programme)


def test_a_person_is_once_in_a_team(pmo: Actor, project: Project) -> None:
    person = create_person(actor=pmo, name="Nina")
    member = actions.add_project_member(actor=pmo, project=project, person=person)
    assert member.role == ProjectRole.CONTRIBUTOR
    with pytest.raises(ValidationError, match="Nina est déjà dans l’équipe"):
        actions.add_project_member(actor=pmo, project=project, person=person)
    with pytest.raises(ValidationError, match="Nina est déjà dans l’équipe"):
        actions.add_project_members(actor=pmo, values=[{"project": project, "person": person}])
    actions.remove_project_member(actor=pmo, member=member)
    actions.add_project_members(actor=pmo, values=[{"project": project, "person": person, "role": "observer"}])
    with pytest.raises(ValidationError, match="déjà dans l’équipe"):
        actions.restore_project_member(actor=pmo, member=member)


def test_a_milestone_promises_its_due_date_unless_told_otherwise(pmo: Actor, project: Project) -> None:
    due = date(2026, 3, 1)
    milestone = actions.create_milestone(actor=pmo, project=project, name="Pilote", due_on=due)
    assert milestone.baseline_on == due
    actions.change_milestone(actor=pmo, milestone=milestone, values={"due_on": due + timedelta(days=7)})
    assert Milestone.objects.get().baseline_on == due
    with pytest.raises(ValidationError, match=r"a déjà un jalon .*Pilote"):
        actions.create_milestone(actor=pmo, project=project, name=" Pilote", due_on=due)


def test_a_milestone_is_met_in_the_past(pmo: Actor, project: Project) -> None:
    milestone = actions.create_milestone(actor=pmo, project=project, name="Pilote", due_on=date(2026, 3, 1))
    with pytest.raises(ValidationError, match="La date réelle est à venir"):
        actions.reach_milestone(actor=pmo, milestone=milestone, on=today() + timedelta(days=1))
    actions.reach_milestone(actor=pmo, milestone=milestone, on=today())
    assert Milestone.objects.get().actual_on == today()
    assert AuditEvent.objects.filter(verb="milestone.reached").count() == 1


def test_milestones_in_bulk_follow_the_same_rules(
    pmo: Actor, project: Project, django_assert_num_queries: Any
) -> None:
    values = [{"project": project, "name": f"J{n}", "due_on": date(2026, 3, 1)} for n in range(200)]
    with django_assert_num_queries(3):
        made = actions.create_milestones(actor=pmo, values=values)
    assert {milestone.baseline_on for milestone in made} == {date(2026, 3, 1)}
    assert AuditEvent.objects.filter(verb="milestone.created").count() == 200
    with pytest.raises(ValidationError, match=r"a déjà un jalon .*J0"):
        actions.create_milestones(actor=pmo, values=values[:1])
    with pytest.raises(ValidationError, match="figure deux fois"):
        actions.create_milestones(actor=pmo, values=[{**values[0], "name": "N"}] * 2)


def test_a_report_published_again_on_its_date_replaces_what_was_said(pmo: Actor, project: Project) -> None:
    on = today() - timedelta(days=3)
    first = actions.publish_status(actor=pmo, project=project, reported_on=on, weather=Weather.SUNNY)
    again = actions.publish_status(
        actor=pmo, project=project, reported_on=on, weather=Weather.RAINY, comment="Retard"
    )
    assert first.pk == again.pk
    report = StatusReport.objects.get()
    assert (report.weather, report.comment, report.author) == ("rainy", "Retard", "Pierre Mohamed-Olive")
    actions.publish_statuses(
        actor=pmo,
        values=[
            {"project": project, "reported_on": on, "weather": "stormy"},
            {"project": project, "reported_on": on - timedelta(days=30), "weather": "sunny"},
        ],
    )
    weathers = list(StatusReport.objects.values_list("weather", "comment"))
    assert weathers == [("stormy", "Retard"), ("sunny", "")]
    with pytest.raises(ValidationError, match="pas de date à venir"):
        actions.publish_status(
            actor=pmo, project=project, reported_on=today() + timedelta(days=1), weather=Weather.SUNNY
        )
    with pytest.raises(ValidationError, match="n’est pas un choix valide"):
        actions.publish_status(actor=pmo, project=project, reported_on=on, weather="neige")
