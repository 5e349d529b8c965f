"""The bin: each sees what they may bring back; conflicts are sentences; after thirty days it is emptied."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portfolio.governance.models import Responsibility, TeamRole
from portfolio.people.actions import create_person, create_pole, delete_person
from portfolio.people.models import Person, Pole
from portfolio.planning.actions import create_task, delete_task
from portfolio.planning.models import Task
from portfolio.projects.actions import add_project_member, create_milestone, create_project, delete_milestone
from portfolio.projects.models import Milestone, Project
from portfolio.risks.actions import create_risk, delete_risk
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create
from tech4value.tenancy.clock import today
from tech4value.web.bin import purge
from tests.world import World


@pytest.fixture
def project(world: World) -> Project:
    """Chloé's project."""
    with world.within():
        actor, day = world.memberships["pmo"].actor, today()
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé Cheffe", membership=world.memberships["manager"])
        return create_project(
            actor=actor, code="ERP", name="Nouvel ERP", pole=pole, manager=chloe, starts_on=day, ends_on=day
        )


def listed(world: World, client: Any, query: str = "") -> list[str]:
    page = client.get(world.url(f"/settings/bin/{query}"))
    assert page.status_code == 200
    return [str(one.row) for one in page.context["page"].object_list]


def test_each_sees_what_they_may_bring_back(world: World, client_of: Any, project: Project) -> None:
    with world.within():
        chloe, pmo = world.memberships["manager"].actor, world.memberships["pmo"].actor
        milestone = create_milestone(actor=chloe, project=project, name="Pilote", due_on=today())
        delete_milestone(actor=chloe, milestone=milestone)
        risk = create_risk(actor=pmo, project=project, title="Retard", probability=2, impact=2)
        delete_risk(actor=pmo, risk=risk)
        person = create_person(actor=pmo, name="Gaston")
        delete_person(actor=pmo, person=person)
    assert listed(world, client_of(world.pmo)) == ["Gaston", str(risk), "Pilote"]
    assert listed(world, client_of(world.manager)) == [str(risk), "Pilote"], "people are not hers to edit"
    assert listed(world, client_of(world.executive)) == []
    assert client_of(world.reader).get(world.url("/settings/bin/")).status_code == 403
    assert listed(world, client_of(world.pmo), f"?project={project.pk}") == [str(risk), "Pilote"]
    assert listed(world, client_of(world.pmo), "?kind=portfolio_projects.milestone") == ["Pilote"]
    who = world.memberships["manager"].pk
    assert listed(world, client_of(world.pmo), f"?who={who}") == ["Pilote"]


def test_the_filter_names_only_those_whom_one_may_know(world: World, client_of: Any, project: Project) -> None:
    """Mehdi knows the people of the portfolio, not who else has an account."""

    def offered(user: Any) -> set[str]:
        page = client_of(user).get(world.url("/settings/bin/"))
        with world.within():
            return {str(one) for one in page.context["filter"].fields["who"].queryset}

    assert offered(world.member) == {str(world.memberships["manager"])}
    assert {str(world.memberships["reader"]), str(world.memberships["end_user"])} <= offered(world.admin)


def test_several_come_back_at_once_and_a_conflict_says_what_to_do(
    world: World, client_of: Any, project: Project
) -> None:
    pmo = client_of(world.pmo)
    with world.within():
        actor = world.memberships["pmo"].actor
        pole = create_pole(actor=actor, code="RH", name="Humains")
        task = create_task(actor=actor, project=project, name="Cadrer")
        create_task(actor=actor, project=project, name="Réunir", parent=task)
        delete_task(actor=actor, task=Task.objects.get(pk=task.pk))
    assert pmo.post(world.url(f"/people/poles/{pole.pk}/delete/")).status_code == 302
    with world.within():
        create_pole(actor=actor, code="RH", name="Nouveaux humains")
    assert listed(world, pmo) == ["Humains", "Cadrer"], "what was under a task comes with it"
    keys = [f"portfolio_people.pole:{pole.pk}", f"portfolio_planning.task:{task.pk}", "x:y"]
    page = pmo.post(world.url("/settings/bin/restore/"), {"row": keys}, follow=True).content.decode()
    assert "Le code RH est déjà celui d’un pôle" in page and "est de retour" in page
    assert listed(world, pmo) == ["Humains"]
    with world.within():
        assert {row.name for row in Task.objects.all()} == {"Cadrer", "Réunir"}


def test_nobody_brings_back_what_is_not_theirs(world: World, client_of: Any, project: Project) -> None:
    with world.within():
        actor = world.memberships["pmo"].actor
        person = create_person(actor=actor, name="Gaston")
        delete_person(actor=actor, person=person)
        events = AuditEvent.objects.count()
    keys = {"row": [f"portfolio_people.person:{person.pk}"]}
    client_of(world.manager).post(world.url("/settings/bin/restore/"), keys)
    client_of(world.stranger).post(world.url("/settings/bin/restore/", world.chantier), keys)
    with world.within():
        assert Person.objects.filter(pk=person.pk).count() == 0
        assert AuditEvent.objects.count() == events


def age(model: Any, days: int) -> None:
    model._base_manager.exclude(deleted_at=None).update(deleted_at=timezone.now() - timedelta(days=days))


def test_after_thirty_days_the_bin_is_emptied_but_of_what_others_refer_to(world: World, project: Project) -> None:
    with world.within():
        actor = world.memberships["pmo"].actor
        owner, gone = (create_person(actor=actor, name=name) for name in ("Owen", "Gaston"))
        milestone = create_milestone(actor=actor, project=project, name="Pilote", due_on=today(), owner=owner)
        for person in (owner, gone):
            delete_person(actor=actor, person=person)
        age(Person, 29)
        assert purge() == 0
        age(Person, 31)
        assert purge() == 1
        assert set(Person.everything.exclude(deleted_at=None)) == {owner}, "a milestone is Owen's"
        last = AuditEvent.objects.filter(object_id=gone.pk).first()
        assert (last.verb, last.object_label) == ("person.purged", "Gaston")
        delete_milestone(actor=actor, milestone=milestone)
        age(Milestone, 31)
        assert purge() == 2, "the milestone, then nobody needs Owen"
        Project.everything.filter(pk=project.pk).update(deleted_at=timezone.now() - timedelta(days=40))
        create_task(actor=actor, project=project, name="Cadrer")
        assert purge() == 1 and not Task.everything.exists(), "a project goes with its plan"
        assert Pole.objects.count() == 1
        assert purge() == 0


def test_a_task_goes_for_good_with_the_letters_of_its_matrix(world: World, project: Project) -> None:
    with world.within():
        actor = world.memberships["pmo"].actor
        task = create_task(actor=actor, project=project, name="Cadrer")
        role = create(actor, TeamRole(project=project, name="Pilote"))
        create(actor, Responsibility(project=project, role=role, task=task, letter="A"))
        delete_task(actor=actor, task=Task.objects.get(pk=task.pk))
        age(Task, 31)
        assert purge() == 1 and not Task.everything.exists()
        assert not Responsibility.everything.exists() and TeamRole.objects.get() == role


def test_a_person_in_the_bin_has_no_rights_in_projects(world: World, client_of: Any, project: Project) -> None:
    with world.within():
        actor = world.memberships["pmo"].actor
        mehdi = create_person(actor=actor, name="Mehdi", membership=world.memberships["member"])
        add_project_member(actor=actor, project=project, person=mehdi)
    page = world.url(f"/projects/{project.pk}/")
    assert client_of(world.member).get(page).status_code == 200
    edit = world.url(f"/projects/{project.pk}/edit/")
    assert client_of(world.manager).get(edit).status_code == 200
    with world.within():
        for person in (mehdi, project.manager):
            delete_person(actor=actor, person=person)
    assert client_of(world.member).get(page).status_code == 404
    assert client_of(world.manager).get(edit).status_code == 403
    assert client_of(world.pmo).post(world.url(f"/people/{mehdi.pk}/restore/")).status_code == 204
    assert client_of(world.member).get(page).status_code == 200


def test_an_undo_that_cannot_be_says_why(world: World, client_of: Any, project: Project) -> None:
    pmo = client_of(world.pmo)
    pmo.post(world.url(f"/projects/{project.pk}/delete/"))
    with world.within():
        create_project(
            actor=world.memberships["pmo"].actor,
            code="ERP",
            name="Autre",
            pole=project.pole,
            starts_on=today(),
            ends_on=today(),
        )
    refused = pmo.post(world.url(f"/projects/{project.pk}/restore/"))
    assert refused.status_code == 409
    assert "Le code ERP est déjà celui d’un projet" in refused.json()["detail"]
