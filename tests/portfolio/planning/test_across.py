"""Links between tasks of different projects: dating, cascade, loops, roles, tenants, closed projects, undo."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.drift.models import DriftAlert
from portfolio.people.actions import create_person
from portfolio.people.models import Pole
from portfolio.planning import actions, followers
from portfolio.planning.models import Dependency, TaskMode
from portfolio.planning.restoring_actions import restore_link
from portfolio.planning.scheduling import load_plan
from portfolio.planning.why import conflict_sentences, why_this_date
from portfolio.projects.actions import (
    change_project,
    create_milestone,
    delete_project,
    restore_project,
)
from portfolio.projects.models import Phase, Project
from portfolio.simulation.actions import change_settings, create_class
from portfolio.simulation.forecasting import simulate_project
from portfolio.simulation.models import ProjectForecast
from tech4value.audit.models import AuditEvent
from tech4value.jobs.models import Job
from tech4value.jobs.registry import RunningJob, kind_named
from tests.portfolio.planning.across import DAY, Portfolio, plain
from tests.world import World

ClientOf = Callable[[Any], Client]


# --- dating, and who follows


def test_a_task_waits_for_one_of_another_project_and_follows_it_through_a_third(portfolio: Portfolio) -> None:
    assert (portfolio.span("A1"), portfolio.span("B1"), portfolio.span("C1")) == (
        "02/03-04/03", "05/03-06/03", "09/03-09/03",
    )  # fmt: skip
    portfolio.change("A1", duration_minutes=5 * DAY)
    assert (portfolio.span("B1"), portfolio.span("C1")) == ("09/03-10/03", "11/03-11/03")
    with portfolio.within():
        events = AuditEvent.objects.filter(object_id=portfolio.tasks["C1"].pk, verb="task.rescheduled")
        told = events.order_by("-id").first()
    assert told is not None and told.actor_kind == "system"
    assert told.actor_label == "Pierre Mohamed-Olive (lien entre projets)"


def test_the_outside_task_counts_in_no_float_and_is_never_written(portfolio: Portfolio) -> None:
    portfolio.task("A2", 30)
    portfolio.link("A2", "B1", kind="SS")
    with portfolio.within():
        before = portfolio.get("A2").version
        actions.reschedule(actor=portfolio.actor, project=portfolio.projects["B"])
        assert portfolio.get("A2").version == before
        assert portfolio.get("B1").total_float_minutes == 0  # its own plan ends with it


@pytest.mark.parametrize(
    ("kind", "lag", "unit", "expected"),
    [
        ("FS", DAY, "working", "06/03-09/03"),
        ("SS", 0, "working", "02/03-03/03"),
        ("FF", 0, "working", "03/03-04/03"),
        ("FS", 5000, "percent", "06/03-10/03"),
        ("FS", 3 * 24 * 60, "elapsed", "09/03-10/03"),
    ],
)
def test_every_kind_of_link_and_lag_goes_across(world: World, kind: str, lag: int, unit: str, expected: str) -> None:
    made = Portfolio(world)
    made.task("A1", 3)
    made.task("B1", 2)
    made.link("A1", "B1", kind=kind, lag=lag, lag_unit=unit)
    assert made.span("B1") == expected


def test_two_projects_that_wait_for_one_another_settle(portfolio: Portfolio) -> None:
    portfolio.task("A2", 1)
    portfolio.link("C1", "A2")
    assert portfolio.span("A2") == "10/03-10/03"
    portfolio.change("A1", duration_minutes=4 * DAY)
    assert (portfolio.span("C1"), portfolio.span("A2")) == ("10/03-10/03", "11/03-11/03")


def test_an_edit_that_moves_nothing_that_others_wait_for_dates_nobody_else(portfolio: Portfolio) -> None:
    portfolio.task("A2", 1)
    with patch.object(followers, "date_projects") as dated:
        portfolio.change("A2", duration_minutes=2 * DAY)
        assert not dated.called
        portfolio.change("A1", duration_minutes=2 * DAY)
        assert dated.called


def test_many_followers_are_dated_by_a_job(portfolio: Portfolio) -> None:
    with patch.object(followers, "MOST_AT_ONCE", 1):
        portfolio.change("A1", duration_minutes=5 * DAY)
    assert portfolio.span("B1") == "05/03-06/03"
    with portfolio.within():
        row = Job.objects.get(kind=followers.JOB)
        running = RunningJob(id=row.pk, params=row.params, member=None)
        kind_named(followers.JOB).body(running)
        kind_named(followers.JOB).body(running)  # a second delivery finds nothing to move
    assert (portfolio.span("B1"), portfolio.span("C1")) == ("09/03-10/03", "11/03-11/03")


def test_a_follower_costs_the_same_statements_for_3_and_30_links(portfolio: Portfolio) -> None:
    def count() -> int:
        with portfolio.within(), CaptureQueriesContext(connection) as caught:
            load_plan(portfolio.projects["B"])
        return len(caught)

    before = count()
    for number in range(2, 12):
        portfolio.task(f"A{number}", 1)
        portfolio.link(f"A{number}", "B1")
    assert count() == before


# --- loops


def test_a_loop_through_projects_is_refused_with_its_path(portfolio: Portfolio) -> None:
    with pytest.raises(ValidationError) as refused:
        portfolio.link("C1", "A1")
    assert plain(refused.value.messages[0]) == (
        "Ces tâches s’attendent les unes les autres, d’un projet à l’autre : « A · A1 » → « B · B1 » → « C · C1 » → "
        "« A · A1 ». Retirez l’un de ces liens."
    )


def test_a_loop_names_only_what_its_author_may_see(portfolio: Portfolio, world: World) -> None:
    """Chloé manages A, and knows nothing of B and C but that she may link from a task that she was given."""
    with world.within():
        chloe = create_person(
            actor=portfolio.actor, name="Chloé", pole=Pole.objects.get(), membership=world.memberships["member"]
        )
        change_project(actor=portfolio.actor, project=portfolio.projects["A"], values={"manager": chloe})
    with world.within(), pytest.raises(ValidationError) as refused:
        actions.link_tasks(
            actor=world.memberships["member"].actor, predecessor=portfolio.get("C1"), successor=portfolio.get("A1")
        )
    assert "C1" not in refused.value.messages[0]
    assert plain(refused.value.messages[0]).count("« Tâche d’un autre projet »") == 2


def test_a_move_under_a_summary_that_closes_a_loop_is_refused(portfolio: Portfolio) -> None:
    portfolio.task("A2", 1)
    portfolio.task("A3", 1)
    with portfolio.within():
        actions.move_task(actor=portfolio.actor, task=portfolio.get("A3"), parent=portfolio.get("A2"))
    portfolio.link("A2", "B1")
    portfolio.task("A4", 1)
    portfolio.link("C1", "A4")
    with portfolio.within(), pytest.raises(ValidationError, match="d’un projet à l’autre"):
        actions.move_task(actor=portfolio.actor, task=portfolio.get("A4"), parent=portfolio.get("A2"))


# --- closed, read-only, in the bin


@pytest.mark.parametrize("how", ["closed", "read_only"])
def test_a_project_that_may_not_change_stays_and_says_so(portfolio: Portfolio, how: str) -> None:
    with portfolio.within():
        if how == "closed":
            change_project(actor=portfolio.actor, project=portfolio.projects["B"], values={"phase": Phase.CLOSED})
        else:
            Project.objects.filter(pk=portfolio.projects["B"].pk).update(read_only=True)
    portfolio.change("A1", duration_minutes=5 * DAY)
    assert portfolio.span("B1") == "05/03-06/03"
    assert portfolio.codes("B1") == ["frozen_before_link"]
    with portfolio.within():
        task = portfolio.get("B1")
        names = {portfolio.tasks["A1"].pk: "A · A1"}
        assert "commence 2 j ouvrés avant ce que permet « A · A1 »" in plain(
            conflict_sentences(task, names, day=DAY)[0]
        )
    if how == "closed":
        with portfolio.within():
            project = Project.objects.get(pk=portfolio.projects["B"].pk)
            change_project(actor=portfolio.actor, project=project, values={"phase": Phase.DELIVERY})
        assert (portfolio.span("B1"), portfolio.codes("B1")) == ("09/03-10/03", [])
        assert portfolio.span("C1") == "11/03-11/03"


def test_a_deleted_task_frees_those_that_wait_and_holds_them_again_when_it_comes_back(portfolio: Portfolio) -> None:
    with portfolio.within():
        batch = actions.delete_task(actor=portfolio.actor, task=portfolio.get("A1"))
    assert (portfolio.span("B1"), portfolio.span("C1")) == ("02/03-03/03", "04/03-04/03")
    with portfolio.within():
        actions.undo_deletion(actor=portfolio.actor, project=portfolio.projects["A"], batch=batch)
    assert portfolio.span("B1") == "05/03-06/03"


def test_a_deleted_project_frees_those_that_wait_and_holds_them_again(portfolio: Portfolio) -> None:
    with portfolio.within():
        delete_project(actor=portfolio.actor, project=portfolio.projects["A"])
    assert portfolio.span("B1") == "02/03-03/03"
    with portfolio.within():
        restore_project(actor=portfolio.actor, project=Project.everything.get(pk=portfolio.projects["A"].pk))
    assert portfolio.span("B1") == "05/03-06/03"


def test_a_link_comes_back_from_the_bin_unless_its_project_is_there(portfolio: Portfolio) -> None:
    with portfolio.within():
        link = Dependency.objects.select_related("project").get(successor=portfolio.tasks["B1"])
        actions.unlink(actor=portfolio.actor, link=link)
    assert portfolio.span("B1") == "02/03-03/03"
    with portfolio.within():
        restore_link(actor=portfolio.actor, link=Dependency.everything.get(pk=link.pk))
    assert portfolio.span("B1") == "05/03-06/03"
    with portfolio.within():
        actions.unlink(actor=portfolio.actor, link=Dependency.objects.get(pk=link.pk))
        delete_project(actor=portfolio.actor, project=portfolio.projects["A"])
        with pytest.raises(ValidationError, match="est dans la corbeille"):
            restore_link(actor=portfolio.actor, link=Dependency.everything.get(pk=link.pk))


def test_what_is_manual_stays_and_is_told(portfolio: Portfolio) -> None:
    portfolio.change("B1", mode=TaskMode.MANUAL)
    portfolio.change("A1", duration_minutes=5 * DAY)
    assert (portfolio.span("B1"), portfolio.codes("B1")) == ("05/03-06/03", ["manual_before_link"])


# --- why


def test_why_goes_on_through_other_projects(portfolio: Portfolio, world: World) -> None:
    with portfolio.within():
        plan = load_plan(portfolio.projects["C"])
        answer = why_this_date(plan, plan.by_id[portfolio.tasks["C1"].pk], world.memberships["pmo"])
        told = [(step.project.code, step.name, step.reason) for step in answer.steps]
        assert told == [("C", "C1", "link"), ("B", "B1", "link"), ("A", "A1", "project_start")]
        assert "« B · B1 »" in plain(answer.steps[0].sentences[0])


def test_why_says_no_more_than_dates_of_what_one_may_not_see(portfolio: Portfolio, world: World) -> None:
    """Mehdi, of project C's team, sees C alone."""
    with portfolio.within():
        plan = load_plan(portfolio.projects["C"])
        answer = why_this_date(plan, plan.by_id[portfolio.tasks["C1"].pk], world.memberships["member"])
        hidden = answer.steps[-1]
    assert [step.hidden for step in answer.steps] == [False, True]
    assert (hidden.name, hidden.starts_at.date()) == ("Tâche d’un autre projet", date(2026, 3, 5))
    assert "B1" not in "".join(sentence for step in answer.steps for sentence in step.sentences)


def test_a_delay_elsewhere_raises_the_alert_of_those_that_wait(portfolio: Portfolio) -> None:
    with portfolio.within():
        promised = create_milestone(
            actor=portfolio.actor,
            project=portfolio.projects["C"],
            name="Livré",
            due_on=date(2026, 3, 9),
            baseline_on=date(2026, 3, 9),
        )
    portfolio.change("C1", milestone=promised)
    portfolio.change("A1", duration_minutes=40 * DAY)
    with portfolio.within():
        alert = DriftAlert.objects.get(milestone=promised, closed_on=None)
    assert alert.forecast_on > date(2026, 4, 20)


def test_a_simulation_holds_tasks_of_other_projects_where_they_are(portfolio: Portfolio) -> None:
    portfolio.task("A2", 60)
    portfolio.link("A2", "B1", kind="SS")  # ends long after B, and is no part of its end
    with portfolio.within():
        project = portfolio.projects["B"]
        kind = create_class(
            actor=portfolio.actor, name="Usuel", optimistic=Decimal("0.9"), likely=Decimal(1), pessimistic=Decimal(2)
        )
        change_settings(actor=portfolio.actor, project=project, values={"default_class": kind, "runs": 200})
        simulate_project(actor=portfolio.actor, project=project)
        forecast = ProjectForecast.objects.get(project=project)
        assert forecast.planned_at == portfolio.get("B1").ends_at
        assert forecast.p10_at < forecast.p90_at < datetime(2026, 3, 20)
        assert not forecast.data.get("milestones")
