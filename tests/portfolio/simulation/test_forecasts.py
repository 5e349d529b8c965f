"""Estimates, runs and their pages, through the front door: Chloé leads the project, Mehdi works in it."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from portfolio.people.actions import create_person, create_pole
from portfolio.planning import actions as plan_actions
from portfolio.planning.models import Task
from portfolio.projects.actions import add_project_member, create_project
from portfolio.projects.models import Project, ProjectRole
from portfolio.risks.actions import close_risk, create_risk
from portfolio.simulation.actions import (
    change_class,
    change_settings,
    create_class,
    delete_class,
    delete_risk_effect,
    set_estimates,
    set_risk_effect,
)
from portfolio.simulation.estimate_views import POINTS
from portfolio.simulation.forecasting import (
    JOB,
    cancel_simulation,
    forecast_of,
    simulate_changed,
    simulate_project,
    start_simulation,
)
from portfolio.simulation.inputs import inputs_of
from portfolio.simulation.models import EstimateClass, ProjectForecast, RiskEffect, SimulationSettings, TaskEstimate
from tech4value.accounts.models import Membership
from tech4value.audit.actor import SYSTEM, Actor
from tech4value.audit.writing import StaleVersionError
from tech4value.jobs.actions import OvertakenError
from tech4value.jobs.models import Job, JobState
from tech4value.jobs.registry import RunningJob, kind_named
from tests.world import World

ClientOf = Callable[[Any], Client]
DAY = 420


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def reasons(error: ValidationError) -> str:
    return " ".join(error.messages)


@pytest.fixture
def erp(world: World) -> Project:
    """Two linked tasks and a milestone; Mehdi contributes, Chloé leads."""
    actor = world.memberships["pmo"].actor
    with world.within(), translation.override("fr"):
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé", pole=pole, membership=world.memberships["manager"])
        mehdi = create_person(actor=actor, name="Mehdi", pole=pole, membership=world.memberships["member"])
        project = create_project(
            actor=actor, code="ERP", name="Nouvel ERP", pole=pole, manager=chloe,
            starts_on=date(2026, 3, 2), ends_on=date(2026, 4, 3),
        )  # fmt: skip
        add_project_member(actor=actor, project=project, person=mehdi, role=ProjectRole.OBSERVER)
        one = plan_actions.create_task(actor=actor, project=project, name="Cadrage", duration_minutes=5 * DAY)
        two = plan_actions.create_task(actor=actor, project=project, name="Réalisation", duration_minutes=15 * DAY)
        end = plan_actions.create_task(actor=actor, project=project, name="Livraison", kind="milestone")
        plan_actions.link_tasks(actor=actor, predecessor=one, successor=two)
        plan_actions.link_tasks(actor=actor, predecessor=two, successor=end)
    return project


def tasks(project: Project) -> dict[str, Task]:
    return {task.name: task for task in Task.objects.filter(project=project)}


def chloe(world: World) -> Actor:
    return world.memberships["manager"].actor


def estimated(world: World, project: Project, **points: Any) -> None:
    entry = {"optimistic": 10, "likely": 15, "pessimistic": 30} | points
    set_estimates(actor=chloe(world), project=project, entries={tasks(project)["Réalisation"].pk: entry})


# --- what is written, and what is refused


def test_chloe_estimates_a_task_and_the_plan_says_its_dates(world: World, erp: Project) -> None:
    with world.within():
        estimated(world, erp)
        row = TaskEstimate.objects.get()
        assert (row.optimistic_minutes, row.likely_minutes, row.pessimistic_minutes) == (4200, 6300, 12600)
        simulate_project(actor=chloe(world), project=erp)
        found = forecast_of(erp)
        assert found is not None and not found.is_stale
        assert found.p10_at < found.p50_at < found.p80_at < found.p90_at
        assert found.data["criticality"][str(tasks(erp)["Cadrage"].pk)] == 1
        assert str(tasks(erp)["Livraison"].pk) in found.data["milestones"]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"optimistic": 20}, "optimiste doit être inférieure"),
        ({"pessimistic": 12}, "pessimiste doit être supérieure"),
        ({"likely": None}, "Donnez les trois durées"),
        ({"optimistic": -1}, "entre 0 et 3650"),
        ({"optimistic": "beaucoup"}, "Écrivez un nombre de jours"),
        ({"optimistic": "NaN"}, "entre 0 et 3650"),
    ],
)
def test_an_estimate_that_is_not_one_is_refused_in_words(
    world: World, erp: Project, entry: dict[str, Any], sentence: str
) -> None:
    with world.within(), translation.override("fr"):
        with pytest.raises(ValidationError) as caught:
            estimated(world, erp, **entry)
        assert sentence in reasons(caught.value)
        assert not TaskEstimate.objects.exists()


def test_a_milestone_is_not_estimated(world: World, erp: Project) -> None:
    with world.within(), pytest.raises(ValidationError, match="ne s’estime pas"), translation.override("fr"):
        set_estimates(actor=chloe(world), project=erp, entries={tasks(erp)["Livraison"].pk: {"likely": 1}})


def test_an_estimate_saved_meanwhile_is_stale(world: World, erp: Project) -> None:
    with world.within():
        estimated(world, erp)
        estimated(world, erp, pessimistic=40, version=1)
        with pytest.raises(StaleVersionError):
            estimated(world, erp, pessimistic=50, version=1)


def test_a_class_gives_its_tasks_a_share_of_their_duration(world: World, erp: Project) -> None:
    pmo = world.memberships["pmo"].actor
    with world.within(), translation.override("fr"):
        kind = create_class(
            actor=pmo, name="Dev", optimistic=Decimal("0.8"), likely=Decimal(1), pessimistic=Decimal(2)
        )
        with pytest.raises(ValidationError, match="déjà ce nom"):
            create_class(actor=pmo, name="Dev")
        with pytest.raises(ValidationError, match="optimiste doit"):
            change_class(actor=pmo, row=kind, values={"optimistic": Decimal(3)})
        change_settings(actor=chloe(world), project=erp, values={"default_class": kind})
        found = inputs_of(erp).uncertainty
        one = found.estimates[str(tasks(erp)["Cadrage"].pk)]
        assert (one.optimistic, one.likely, one.pessimistic) == (1680, 2100, 4200)
        assert set(found.groups.values()) == {str(kind.pk)}
        delete_class(actor=pmo, row=kind)
        assert not inputs_of(erp).uncertainty.estimates


def test_a_risk_delays_the_plan_while_it_threatens(world: World, erp: Project) -> None:
    actor = chloe(world)
    with world.within(), translation.override("fr"):
        risk = create_risk(actor=actor, project=erp, title="Serveur en retard", probability=3, impact=4)
        for wrong in (Decimal("1.2"), Decimal("-0.1"), None):
            with pytest.raises(ValidationError, match="entre 0 et 100"):
                set_risk_effect(actor=actor, risk=risk, probability=wrong, days=Decimal(5))
        with pytest.raises(ValidationError, match="combien de jours"):
            set_risk_effect(actor=actor, risk=risk, probability=Decimal("0.5"), days=None)
        both = [tasks(erp)["Cadrage"].pk, tasks(erp)["Réalisation"].pk]
        set_risk_effect(actor=actor, risk=risk, probability=Decimal("0.5"), days=Decimal(5), tasks=both)
        (event,) = inputs_of(erp).uncertainty.risks
        assert event.minutes == 5 * DAY and set(event.tasks) == {str(key) for key in both}
        with pytest.raises(ValidationError, match="tâches du projet de ce risque"):
            set_risk_effect(actor=actor, risk=risk, probability=Decimal(1), days=Decimal(1), tasks=[risk.pk])
        plan_actions.delete_task(actor=actor, task=tasks(erp)["Cadrage"])
        (event,) = inputs_of(erp).uncertainty.risks
        assert event.tasks == (str(both[1]),)
        effect = set_risk_effect(actor=actor, risk=risk, probability=Decimal("0.5"), days=Decimal(5))
        assert [row.tasks for row in RiskEffect.objects.all()] == [[]]
        simulate_project(actor=actor, project=erp)
        close_risk(actor=actor, risk=risk)
        assert inputs_of(erp).uncertainty.risks == ()
        delete_risk_effect(actor=actor, row=effect)
        assert not RiskEffect.objects.exists()


def test_a_plan_without_tasks_or_estimates_says_why(world: World, erp: Project) -> None:
    with world.within(), translation.override("fr"):
        with pytest.raises(ValidationError, match="Rien n’est incertain"):
            start_simulation(project=erp, member=None)
        bare = create_project(
            actor=world.memberships["pmo"].actor, code="VIDE", name="Vide", pole=erp.pole,
            starts_on=date(2026, 3, 2), ends_on=date(2026, 4, 3),
        )  # fmt: skip
        with pytest.raises(ValidationError, match="pas encore de tâche"):
            start_simulation(project=bare, member=None)
        assert not Job.objects.filter(kind=JOB).exists()


# --- runs


def test_one_simulation_at_a_time_and_it_can_be_cancelled(world: World, erp: Project) -> None:
    with world.within(), translation.override("fr"):
        estimated(world, erp)
        first = start_simulation(project=erp, member=None)
        assert start_simulation(project=erp, member=None) == first
        assert cancel_simulation(actor=chloe(world), project=erp)
        assert not cancel_simulation(actor=chloe(world), project=erp)
        first.refresh_from_db()
        assert (first.state, first.message) == (JobState.FAILED, "Simulation annulée.")
        # Its worker, if it was at it, stops at the next block and leaves nothing.
        with pytest.raises(OvertakenError):
            kind_named(JOB).body(RunningJob(id=first.pk, params=first.params, member=None))
        assert ProjectForecast.objects.get().made_at is None
        assert start_simulation(project=erp, member=None) != first


def test_a_plan_that_changes_makes_its_result_stale_and_the_night_mends_it(world: World, erp: Project) -> None:
    with world.within():
        estimated(world, erp)
        simulate_project(actor=SYSTEM, project=erp)
        assert ProjectForecast.objects.get().is_stale is False
        task = tasks(erp)["Cadrage"]
        plan_actions.change_task(actor=chloe(world), task=task, values={"duration_minutes": 8 * DAY})
    with world.within():
        assert ProjectForecast.objects.get().is_stale
        simulate_changed(date(2026, 3, 2), date(2026, 3, 3))
        job = Job.objects.get(kind=JOB)
        kind_named(JOB).body(RunningJob(id=job.pk, params=job.params, member=None))
        assert not ProjectForecast.objects.get().is_stale
        Job.objects.update(state=JobState.DONE)
        simulate_changed(date(2026, 3, 3), date(2026, 3, 4))
        assert Job.objects.count() == 1


# --- pages


def test_chloe_fills_the_table_and_reads_the_result(world: World, erp: Project, client_of: ClientOf) -> None:
    client = client_of(world.manager)
    page = world.url(f"/simulations/project/{erp.pk}/")
    assert "Pas encore de simulation" in text(client.get(page))
    assert "Rien n’est incertain" in text(client.post(page + "run/", follow=True))
    with world.within():
        key = tasks(erp)["Réalisation"].pk
    wrong = client.post(
        page + "estimates/", {f"{key}-optimistic": "20", f"{key}-likely": "15", f"{key}-pessimistic": "30"}
    )
    assert wrong.status_code == 422 and "optimiste doit être inférieure" in text(wrong)
    right = client.post(
        page + "estimates/", {f"{key}-optimistic": "12,5", f"{key}-likely": "15", f"{key}-pessimistic": "30"}
    )
    assert right.status_code == 302
    assert 'value="12,5"' in text(client.get(page + "estimates/"))
    with world.within():
        simulate_project(actor=chloe(world), project=erp)
    shown = text(client.get(page))
    for words in ("Fin à 80 % (P80)", "Chances de tenir la promesse", "Livraison", "Indice de criticité", "P90"):
        assert words in shown, words
    api = client.get(world.url("/api/v1/forecasts/")).json()["results"]
    assert [(one["project"], one["runs"], one["stale"]) for one in api] == [(str(erp.pk), 10_000, False)]
    assert set(next(iter(api[0]["milestones"].values()))) >= {"p10_at", "p80_at", "held"}
    for where in (f"/plans/project/{erp.pk}/", f"/projects/{erp.pk}/"):
        assert "Fin à 80 % (P80)" in text(client.get(world.url(where))), where
    assert "promis le 03/04/2026" in text(client_of(world.executive).get(world.url("/dashboard/")))
    for figure in ("p50", "p80", "held", "promise"):
        assert client.get(page + f"explain/{figure}/").status_code == 200
    assert client.get(page + "explain/other/").status_code == 404
    stale = client.post(page + "estimates/", {
        f"{key}-optimistic": "1", f"{key}-likely": "15", f"{key}-pessimistic": "30", f"{key}-version": "7",
    })  # fmt: skip
    assert stale.status_code == 409
    assert client.get(page + "settings/").status_code == 200


def test_two_who_fill_the_table_both_keep_their_work(world: World, erp: Project, client_of: ClientOf) -> None:
    """Chloé had read the page before the PMO saved: each line merges field by field, and asks where both wrote."""
    client, page = client_of(world.manager), world.url(f"/simulations/project/{erp.pk}/estimates/")
    with world.within():
        framing, building = (tasks(erp)[name].pk for name in ("Cadrage", "Réalisation"))
        estimated(world, erp)
        theirs = {"optimistic": 12, "likely": 15, "pessimistic": 40}
        set_estimates(actor=world.memberships["pmo"].actor, project=erp, entries={
            building: theirs, framing: {"optimistic": 3, "likely": 5, "pessimistic": 8},
        })  # fmt: skip
    read = {f"{building}-{name}": value for name, value in (
        ("version", "1"), ("optimistic", "10"), ("likely", "20"), ("pessimistic", "35"),
    )} | {f"{framing}-{name}": "" for name in ("version", "optimistic", "likely", "pessimistic")}  # fmt: skip
    asked = client.post(page, read)
    shown = text(asked)
    assert asked.status_code == 409
    assert "Réalisation · Pessimiste" in shown and "Réalisation · Probable" not in shown, "only what both wrote"
    assert "Réalisation · Optimiste" in shown and "Cadrage · Probable" in shown, "taken from the other, and said"
    assert 'value="35"' in shown and 'value="20"' in shown, "nothing typed is lost"
    again = {
        name: field.value() or ""
        for _task, form, _now in asked.context["lines"]
        for field in form
        for name in [field.html_name]
    }
    saved = client.post(page, again | {f"keep-{building}-pessimistic": "theirs"})
    assert saved.status_code == 302
    with world.within():
        rows = {row.task_id: row for row in TaskEstimate.objects.filter(project=erp)}
    of = {key: [round(getattr(row, f"{name}_minutes") / DAY) for name in POINTS] for key, row in rows.items()}
    assert of == {building: [12, 20, 40], framing: [3, 5, 8]}


def test_who_may_not(world: World, erp: Project, client_of: ClientOf) -> None:
    page = world.url(f"/simulations/project/{erp.pk}/")
    observer = client_of(world.member)
    assert observer.get(page).status_code == 200
    assert "Lancer la simulation" not in text(observer.get(page))
    for path in ("run/", "cancel/", "estimates/"):
        assert observer.post(page + path).status_code == 403, path
    assert observer.get(page + "settings/").status_code == 403
    assert observer.get(world.url("/simulations/classes/create/")).status_code == 403
    assert client_of(world.stranger).get(page).status_code == 404
    assert client_of(world.end_user).get(page).status_code in (403, 404)


def test_an_administrator_keeps_the_classes(world: World, erp: Project, client_of: ClientOf) -> None:
    client = client_of(world.admin)
    sent = {"name": "Recette", "optimistic": "90", "likely": "100", "pessimistic": "180"}
    assert client.post(world.url("/simulations/classes/create/"), sent).status_code == 302
    with world.within():
        row = EstimateClass.objects.get()
        assert row.pessimistic == Decimal("1.8")
    edit = world.url(f"/simulations/classes/{row.pk}/edit/")
    refused = client.post(edit, sent | {"likely": "300", "version": "1"})
    assert refused.status_code == 422 and "pessimiste doit être supérieure" in text(refused)
    delete, restore = (world.url(f"/simulations/classes/{row.pk}/{verb}/") for verb in ("delete", "restore"))
    gone = client.post(delete, follow=True)
    assert "supprimée" in text(gone) and restore in text(gone)
    assert client.post(restore).status_code == 204
    assert client.post(restore).status_code == 404
    client.post(delete)
    assert client.post(world.url("/simulations/classes/create/"), sent).status_code == 302
    taken = client.post(restore)
    assert taken.status_code == 409 and "déjà ce nom" in taken.json()["detail"]
    held = [
        browser.get(world.url("/settings/bin/")).context["page"] for browser in (client, client_of(world.manager))
    ]
    assert [[str(one.row) for one in page.object_list] for page in held] == [["Recette"], []]


def test_a_risk_of_several_tasks_is_merged_by_field(world: World, erp: Project, client_of: ClientOf) -> None:
    """Chloé and the PMO give the same risk its effect."""
    chloe_s, pmo_s = client_of(world.manager), client_of(world.pmo)
    with world.within():
        risk = create_risk(actor=chloe(world), project=erp, title="Serveur en retard", probability=3, impact=4)
        keys = {name: str(task.pk) for name, task in tasks(erp).items()}
    url = world.url(f"/simulations/project/{erp.pk}/risks/{risk.pk}/")
    first = {"probability": "20", "days": "5", "tasks": [keys["Cadrage"], "", keys["Cadrage"]], "version": ""}
    assert chloe_s.post(url, first).status_code == 302
    shown = chloe_s.get(url)
    assert shown.context["form"].initial["tasks"] == [keys["Cadrage"]] and 'name="tasks"' in text(shown)
    # The PMO had opened the form before there was anything: what both wrote differently is asked.
    clash = pmo_s.post(url, {**first, "days": "8", "tasks": [keys["Cadrage"], keys["Réalisation"]]})
    assert clash.status_code == 409
    for words in ("Cadrage, Réalisation", "Enregistrée par", "Chloé"):
        assert words in text(clash), words
    both = {**first, "days": "8", "tasks": [keys["Cadrage"], keys["Réalisation"]], "version": "1"}
    assert pmo_s.post(url, {**both, "keep-days": "theirs", "keep-tasks": "mine"}).status_code == 302
    with world.within():
        row = RiskEffect.objects.get()
        assert (row.days, row.tasks) == (Decimal(5), sorted([keys["Cadrage"], keys["Réalisation"]]))
    # Different fields are merged without a question.
    assert chloe_s.post(url, {**first, "probability": "30", "version": "1"}).status_code == 302
    with world.within():
        row.refresh_from_db()
        assert (row.probability, len(row.tasks)) == (Decimal("0.3"), 2)
    assert "Cadrage, Réalisation" in text(chloe_s.get(world.url(f"/simulations/project/{erp.pk}/estimates/")))
    wrong = chloe_s.post(url, {**first, "tasks": [str(erp.pk)], "version": "3"})
    assert wrong.status_code == 422
    assert chloe_s.post(url, {"probability": "", "days": "", "tasks": [], "version": "3"}).status_code == 302
    with world.within():
        assert not RiskEffect.objects.exists()


def test_tasks_that_have_gone_do_not_make_a_risk_delay_the_whole_project(
    world: World, erp: Project, client_of: ClientOf
) -> None:
    """Chloé changes the probability of a risk whose tasks are in the bin, or were cut up."""
    client, actor = client_of(world.manager), chloe(world)
    with world.within():
        risk = create_risk(actor=actor, project=erp, title="Serveur en retard", probability=3, impact=4)
        held = tasks(erp)
        both = sorted(str(held[name].pk) for name in ("Cadrage", "Réalisation"))
        half = Decimal("0.5")
        set_risk_effect(actor=actor, risk=risk, probability=half, days=Decimal(5), tasks=[*map(UUID, both)])
        child = plan_actions.create_task(
            actor=actor, project=erp, name="Lot 1", duration_minutes=DAY, parent=held["Réalisation"]
        )
    url = world.url(f"/simulations/project/{erp.pk}/risks/{risk.pk}/")
    sent = {"probability": "20", "days": "5", "tasks": [str(held["Cadrage"].pk)], "version": "1"}
    offered = client.get(url).context["form"]
    assert offered.initial["tasks"] == [str(held["Cadrage"].pk)]
    with world.within():
        assert {row.name for row in offered.fields["tasks"].queryset} == {"Cadrage", "Lot 1"}
    assert client.post(url, sent).status_code == 302
    with world.within():
        assert RiskEffect.objects.get().tasks == both, "what is not offered is kept"
        (event,) = inputs_of(erp).uncertainty.risks
        assert event.tasks == (str(held["Cadrage"].pk),)
        plan_actions.delete_task(actor=actor, task=Task.objects.get(pk=held["Cadrage"].pk))
        assert inputs_of(erp).uncertainty.risks == ()
    refused = client.post(url, {**sent, "probability": "30", "tasks": [], "version": "2"})
    assert refused.status_code == 422 and "ne sont plus dans le plan, ou en contiennent d’autres" in text(refused)
    with world.within():
        assert RiskEffect.objects.get().tasks == both
        # Once its tasks are deleted, one that held others lasts by itself again.
        plan_actions.delete_task(actor=actor, task=Task.objects.get(pk=child.pk))
    offered = client.get(url).context["form"]
    with world.within():
        assert [row.name for row in offered.fields["tasks"].queryset] == ["Réalisation"]
    assert client.post(url, {"probability": "", "days": "", "tasks": [], "version": "2"}).status_code == 302


def test_what_a_class_of_the_bin_says_is_not_forgotten(world: World, erp: Project, client_of: ClientOf) -> None:
    """Chloé saves both pages while a class is in the bin: it holds again when it comes back."""
    client, pmo = client_of(world.manager), world.memberships["pmo"].actor
    page = world.url(f"/simulations/project/{erp.pk}/")
    with world.within():
        kind = create_class(actor=pmo, name="Dev")
        key = tasks(erp)["Réalisation"].pk
        set_estimates(actor=pmo, project=erp, entries={key: {"estimate_class": kind}})
        change_settings(actor=pmo, project=erp, values={"default_class": kind})
        delete_class(actor=pmo, row=kind)
    assert "Rien n’a changé" in text(client.post(page + "estimates/", {f"{key}-version": "1"}, follow=True))
    points = {f"{key}-optimistic": "10", f"{key}-likely": "15", f"{key}-pessimistic": "30", f"{key}-version": "1"}
    assert client.post(page + "estimates/", points).status_code == 302
    sent = {"default_class": "", "law": "triangular", "correlation_by": "class", "correlation": "0,3"}
    sent |= {"runs": "500", "seed": "1", "version": "1"}
    assert client.post(page + "settings/", sent).status_code == 302
    with world.within():
        row, settings = TaskEstimate.objects.get(), SimulationSettings.objects.get()
        assert (row.estimate_class_id, row.likely_minutes) == (kind.pk, 15 * DAY)
        assert (settings.default_class_id, settings.law) == (kind.pk, "triangular")


def test_the_pages_ask_the_same_for_three_tasks_and_for_thirty(
    world: World, erp: Project, client_of: ClientOf
) -> None:
    client = client_of(world.manager)
    counts = []
    for more in (0, 27):
        with world.within():
            for number in range(more):
                plan_actions.create_task(actor=chloe(world), project=erp, name=f"T{number}", duration_minutes=DAY)
            estimated(world, erp)
            simulate_project(actor=chloe(world), project=erp)
        client.get(world.url(f"/simulations/project/{erp.pk}/"))
        for path in ("", "estimates/"):
            with CaptureQueriesContext(
                connection,
            ) as seen:
                client.get(world.url(f"/simulations/project/{erp.pk}/{path}"))
            counts.append(len(seen))
    assert counts[:2] == counts[2:]


def test_the_member_of_the_job_is_the_one_who_asked(world: World, erp: Project) -> None:
    with world.within():
        estimated(world, erp)
        member: Membership = world.memberships["manager"]
        assert start_simulation(project=erp, member=member).started_by == member


def test_the_plan_shows_p80_on_the_milestone_beside_the_promise(
    world: World, erp: Project, client_of: ClientOf
) -> None:
    client = client_of(world.manager)
    address = world.url(f"/plans/project/{erp.pk}/gantt/marks/")
    assert client.get(address).json() == {"tasks": {}}
    with world.within(), translation.override("fr"):
        estimated(world, erp)
        simulate_project(actor=chloe(world), project=erp)
        forecast = forecast_of(erp)
        assert forecast is not None and forecast.p80_at is not None
        p80 = int((forecast.p80_at - datetime(1970, 1, 1)).total_seconds() // 60)
        milestone = tasks(erp)["Livraison"].pk
    said = client.get(address).json()["tasks"]
    # The milestone ends the project and promises nothing of its own: it has the project's promise.
    assert said.keys() == {str(milestone)}
    at, promised, words = said[str(milestone)]
    assert (at, promised) == (p80, int((datetime(2026, 4, 3, 12) - datetime(1970, 1, 1)).total_seconds() // 60))
    assert words.startswith("P80\u00a0: ") and "promis le 03/04/2026" in words
