"""The overload of assigned people, as the Gantt of a plan shows it."""

from datetime import date
from typing import Any

from portfolio.people.actions import create_person, create_pole
from portfolio.planning import actions
from portfolio.planning.gantt_rows import days_since_epoch
from portfolio.projects.actions import create_project
from tech4value.tenancy.clock import today
from tests.world import World

DAY = 420


def test_a_task_says_who_has_too_much_to_do_and_when(world: World, client_of: Any) -> None:
    actor = world.memberships["pmo"].actor
    with world.within():
        first = today().replace(day=1)
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        mehdi = create_person(actor=actor, name="Mehdi Équipier", pole=pole)
        zoe = create_person(actor=actor, name="Zoé Sereine", pole=pole)
        dates = {"starts_on": first, "ends_on": date(first.year + 1, 12, 31)}
        projects = [
            create_project(actor=actor, code=code, name=f"Projet {code}", pole=pole, **dates) for code in ("A", "B")
        ]
        tasks = [
            actions.create_task(actor=actor, project=project, name="Développer", duration_minutes=60 * DAY)
            for project in projects
        ]
        calm = actions.create_task(actor=actor, project=projects[0], name="Relire", duration_minutes=DAY)
        for task in tasks:
            actions.assign(actor=actor, task=task, person=mehdi)
        actions.assign(actor=actor, task=calm, person=zoe)
    url = world.url(f"/capacity/plans/{projects[0].pk}/overload/")
    answer = client_of(world.pmo).get(url)
    assert answer.status_code == 200
    told = answer.json()["tasks"]
    assert list(told) == [str(tasks[0].pk)]
    assert told[str(tasks[0].pk)].startswith("Mehdi Équipier\xa0: 2")
    # Who is offered in a cell comes with how loaded they are while the task lasts.
    asked = {"people": f"{mehdi.pk},{zoe.pk},nobody", "from": days_since_epoch(first), "to": "what"}
    offered = client_of(world.pmo).get(url, asked).json()["people"]
    assert offered[str(mehdi.pk)]["over"] and not offered[str(zoe.pk)]["over"]
    assert offered[str(mehdi.pk)]["text"].startswith("2")
    assert client_of(world.users["end_user"]).get(url).status_code == 403
    page = client_of(world.pmo).get(world.url(f"/plans/project/{projects[0].pk}/")).content.decode()
    assert f'data-overload-url="{url}"' in page
