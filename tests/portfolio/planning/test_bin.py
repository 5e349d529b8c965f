"""Links and assignments go to the bin and come back from it, each by itself."""

from typing import Any

from portfolio.people.actions import delete_person, restore_person
from portfolio.people.models import Person
from portfolio.planning.actions import assign, create_task, delete_task, link_tasks, unassign, undo_deletion, unlink
from portfolio.planning.models import Assignment, Dependency, Task
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tests.world import World


def _bin(world: World, client: Any) -> dict[str, str]:
    """What the bin shows: each row's words, and its key."""
    page = client.get(world.url("/settings/bin/")).context["page"]
    return {str(one.row): one.key for one in page.object_list}


def _restore(world: World, client: Any, *keys: str) -> str:
    return client.post(world.url("/settings/bin/restore/"), {"row": keys}, follow=True).content.decode()


def _pair(actor: Actor, project: Project) -> tuple[Task, Task, Dependency]:
    first = create_task(actor=actor, project=project, name="Cadrer", duration_minutes=7 * 60 * 5)
    second = create_task(actor=actor, project=project, name="Réaliser")
    return first, second, link_tasks(actor=actor, predecessor=first, successor=second)


def test_a_deleted_link_comes_back_and_dates_the_plan(
    atelier: World, client_of: Any, actor: Actor, project: Project
) -> None:
    _first, second, link = _pair(actor, project)
    linked = Task.objects.get(pk=second.pk).starts_at
    manager = client_of(atelier.manager)
    assert manager.delete(atelier.url(f"/api/v1/dependencies/{link.pk}/")).status_code == 204
    assert Task.objects.get(pk=second.pk).starts_at < linked
    shown = _bin(atelier, manager)
    assert list(shown) == ["Cadrer FS Réaliser"]
    assert "est de retour" in _restore(atelier, manager, *shown.values())
    assert Task.objects.get(pk=second.pk).starts_at == linked
    assert _bin(atelier, manager) == {}
    assert AuditEvent.objects.filter(verb="dependency.restored").count() == 1


def test_a_link_that_would_make_a_loop_says_so_and_stays(
    atelier: World, client_of: Any, actor: Actor, project: Project
) -> None:
    first, second, link = _pair(actor, project)
    unlink(actor=actor, link=link)
    link_tasks(actor=actor, predecessor=second, successor=first)
    manager = client_of(atelier.manager)
    shown = _bin(atelier, manager)
    page = _restore(atelier, manager, *shown.values())
    assert "Cadrer" in page
    assert "est de retour" not in page
    assert _bin(atelier, manager) == shown
    assert Dependency.objects.count() == 1


def test_what_is_there_again_or_hangs_on_what_is_gone_is_not_offered(
    atelier: World, client_of: Any, actor: Actor, project: Project, mehdi: Person
) -> None:
    first, second, link = _pair(actor, project)
    manager = client_of(atelier.manager)
    unlink(actor=actor, link=link)
    link_tasks(actor=actor, predecessor=first, successor=second)
    assert _bin(atelier, manager) == {}, "linked again since"
    row = assign(actor=actor, task=second, person=mehdi)
    unassign(actor=actor, assignment=row)
    assert list(_bin(atelier, manager)) == ["Mehdi Équipier → Réaliser"]
    delete_person(actor=actor, person=mehdi)
    assert "Mehdi Équipier → Réaliser" not in _bin(atelier, manager)
    restore_person(actor=actor, person=mehdi)
    batch = delete_task(actor=actor, task=Task.objects.get(pk=second.pk))
    assert list(_bin(atelier, manager)) == ["Réaliser"], "its links go and come back with it"
    undo_deletion(actor=actor, project=project, batch=batch)
    assert Dependency.objects.count() == 1
    assert list(_bin(atelier, manager)) == ["Mehdi Équipier → Réaliser"]


def test_an_assignment_comes_back_with_its_work(
    atelier: World, client_of: Any, actor: Actor, project: Project, mehdi: Person
) -> None:
    task = create_task(actor=actor, project=project, name="Réaliser")
    row = assign(actor=actor, task=task, person=mehdi, work_minutes=90)
    manager = client_of(atelier.manager)
    assert manager.delete(atelier.url(f"/api/v1/assignments/{row.pk}/")).status_code == 204
    assert Task.objects.get(pk=task.pk).work_minutes == 0
    assert "est de retour" in _restore(atelier, manager, *_bin(atelier, manager).values())
    assert Assignment.objects.get().work_minutes == 90
    assert Task.objects.get(pk=task.pk).work_minutes == 90


def test_who_may_not_edit_the_plan_sees_neither(
    atelier: World, client_of: Any, actor: Actor, project: Project, mehdi: Person
) -> None:
    _first, second, link = _pair(actor, project)
    unlink(actor=actor, link=link)
    unassign(actor=actor, assignment=assign(actor=actor, task=second, person=mehdi))
    shown = _bin(atelier, client_of(atelier.pmo))
    assert len(shown) == 2
    for user in (atelier.executive, atelier.pole_manager):
        assert _bin(atelier, client_of(user)) == {}
    _restore(atelier, client_of(atelier.pole_manager), *shown.values())
    client_of(atelier.stranger).post(
        atelier.url("/settings/bin/restore/", atelier.chantier), {"row": list(shown.values())}
    )
    assert not Dependency.objects.exists()
    assert not Assignment.objects.exists()
