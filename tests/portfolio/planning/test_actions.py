"""What the actions on a plan write, what they refuse in words, and that dates follow."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from portfolio.people.models import Person
from portfolio.planning import actions
from portfolio.planning.models import (
    Assignment,
    BaselineTask,
    ConstraintKind,
    Dependency,
    LagUnit,
    Task,
    TaskKind,
    TaskMode,
)
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import undo_batch
from tech4value.audit.writing import StaleVersionError
from tech4value.tenancy.models import uuid7

DAY = 420


def make(actor: Actor, project: Project, name: str, days: float = 1, **fields: object) -> Task:
    return actions.create_task(actor=actor, project=project, name=name, duration_minutes=round(days * DAY), **fields)


def drawn(project: Project) -> list[str]:
    """The plan as lines: code, name, first and last day."""
    tasks = Task.objects.filter(project=project).order_by("position")
    return [f"{task.wbs} {task.name} {task.starts_at:%d/%m}-{task.ends_at:%d/%m}" for task in tasks]


def test_a_new_task_starts_with_the_project_and_lasts_a_day(actor: Actor, project: Project) -> None:
    task = actions.create_task(actor=actor, project=project, name=" Cadrage ")
    assert (task.name, task.wbs, task.starts_at, task.ends_at, task.duration_minutes) == (
        "Cadrage", "1", datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 17), DAY,
    )  # fmt: skip
    assert AuditEvent.objects.filter(object_id=task.pk, verb="task.created", project_id=project.pk).exists()


def test_a_start_typed_in_automatic_mode_becomes_a_constraint(actor: Actor, project: Project) -> None:
    task = make(actor, project, "Recette", 2, starts_at=datetime(2026, 3, 7, 8))
    assert (task.constraint_kind, task.constraint_at) == (ConstraintKind.SNET, datetime(2026, 3, 9, 9))
    assert (task.starts_at, task.ends_at) == (datetime(2026, 3, 9, 9), datetime(2026, 3, 10, 17))


def test_two_dates_make_the_duration(actor: Actor, project: Project) -> None:
    task = actions.create_task(
        actor=actor,
        project=project,
        name="Migration",
        starts_at=datetime(2026, 3, 4, 9),
        ends_at=datetime(2026, 3, 10, 17),
    )
    assert task.duration_minutes == 5 * DAY


def test_tasks_under_a_task_make_it_a_summary_of_their_dates(actor: Actor, project: Project) -> None:
    phase = make(actor, project, "Phase")
    make(actor, project, "A", 3, parent=phase)
    make(actor, project, "B", 2, parent=phase)
    phase.refresh_from_db()
    assert phase.kind == TaskKind.SUMMARY
    assert drawn(project) == ["1 Phase 02/03-04/03", "1.1 A 02/03-04/03", "1.2 B 02/03-03/03"]


def test_a_successor_follows_and_the_critical_path_is_known(actor: Actor, project: Project) -> None:
    one, two, free = make(actor, project, "A", 3), make(actor, project, "B", 2), make(actor, project, "C")
    actions.link_tasks(actor=actor, predecessor=one, successor=two, lag=DAY)
    assert drawn(project) == ["1 A 02/03-04/03", "2 B 06/03-09/03", "3 C 02/03-02/03"]
    assert [task.is_critical for task in Task.objects.filter(project=project)] == [True, True, False]
    free.refresh_from_db()
    assert free.total_float_minutes == 5 * DAY
    actions.change_task(actor=actor, task=Task.objects.get(pk=one.pk), values={"duration_minutes": 5 * DAY})
    assert drawn(project)[1] == "2 B 10/03-11/03"
    assert AuditEvent.objects.filter(object_id=two.pk, verb="task.rescheduled").count() == 2


def test_a_loop_is_refused_with_its_path_and_nothing_is_written(actor: Actor, project: Project) -> None:
    one, two, three = (make(actor, project, name) for name in "ABC")
    actions.link_tasks(actor=actor, predecessor=one, successor=two)
    actions.link_tasks(actor=actor, predecessor=two, successor=three)
    before = AuditEvent.objects.count()
    with pytest.raises(ValidationError) as refused:
        actions.link_tasks(actor=actor, predecessor=three, successor=one)
    sentence = refused.value.messages[0].replace("\u00a0", " ")
    assert "« A » → « B » → « C » → « A »" in sentence or "« C » → « A » → « B » → « C »" in sentence, sentence
    assert (Dependency.objects.count(), AuditEvent.objects.count()) == (2, before)


def test_a_task_may_not_wait_for_its_own_summary(actor: Actor, project: Project) -> None:
    phase = make(actor, project, "Phase")
    inner = make(actor, project, "A", parent=phase)
    with pytest.raises(ValidationError, match="s’attendent les unes les autres"):
        actions.link_tasks(actor=actor, predecessor=Task.objects.get(pk=phase.pk), successor=inner)


def test_percent_and_elapsed_lags(actor: Actor, project: Project) -> None:
    one, two, three = make(actor, project, "A", 4), make(actor, project, "B"), make(actor, project, "C")
    actions.link_tasks(actor=actor, predecessor=one, successor=two, kind="SS", lag=5000, lag_unit=LagUnit.PERCENT)
    actions.link_tasks(actor=actor, predecessor=one, successor=three, lag=4 * 24 * 60, lag_unit=LagUnit.ELAPSED)
    assert drawn(project) == ["1 A 02/03-05/03", "2 B 04/03-04/03", "3 C 10/03-10/03"]


def test_outline_moves(actor: Actor, project: Project) -> None:
    for name in "ABCD":
        make(actor, project, name)

    def task(name: str) -> Task:
        return Task.objects.get(project=project, name=name)

    actions.indent_task(actor=actor, task=task("B"))
    actions.indent_task(actor=actor, task=task("C"))
    assert [line[:5] for line in drawn(project)] == ["1 A 0", "1.1 B", "1.2 C", "2 D 0"]
    actions.shift_task(actor=actor, task=task("C"), by=-1)
    assert [line[:5] for line in drawn(project)] == ["1 A 0", "1.1 C", "1.2 B", "2 D 0"]
    actions.shift_task(actor=actor, task=task("D"), by=-1)
    assert [line[:5] for line in drawn(project)] == ["1 D 0", "2 A 0", "2.1 C", "2.2 B"]
    actions.outdent_task(actor=actor, task=task("C"))
    assert [line[:5] for line in drawn(project)] == ["1 D 0", "2 A 0", "2.1 B", "3 C 0"]
    actions.outdent_task(actor=actor, task=task("B"))
    assert task("A").kind == TaskKind.TASK
    with pytest.raises(ValidationError, match="première de sa liste"):
        actions.indent_task(actor=actor, task=task("D"))
    with pytest.raises(ValidationError, match="premier niveau"):
        actions.outdent_task(actor=actor, task=task("D"))


def test_a_task_does_not_go_under_itself(actor: Actor, project: Project) -> None:
    one = make(actor, project, "A")
    two = make(actor, project, "B", parent=one)
    with pytest.raises(ValidationError) as refused:
        actions.move_task(actor=actor, task=Task.objects.get(pk=one.pk), parent=two)
    assert "parent" in refused.value.message_dict


def test_a_deletion_takes_all_under_the_task_and_comes_back(actor: Actor, project: Project, chloe: Person) -> None:
    make(actor, project, "Avant")
    phase = make(actor, project, "Phase")
    inner = make(actor, project, "A", 2, parent=phase)
    after = make(actor, project, "Après")
    actions.assign(actor=actor, task=inner, person=chloe)
    actions.link_tasks(actor=actor, predecessor=inner, successor=after)
    before = drawn(project)
    batch = actions.delete_task(actor=actor, task=Task.objects.get(pk=phase.pk))
    assert drawn(project) == ["1 Avant 02/03-02/03", "2 Après 02/03-02/03"]
    assert (Assignment.objects.count(), Dependency.objects.count()) == (0, 0)
    assert actions.undo_deletion(actor=actor, project=project, batch=batch) == 4
    assert drawn(project) == before
    assert (Assignment.objects.count(), Dependency.objects.count()) == (1, 1)
    with pytest.raises(LookupError):
        actions.undo_deletion(actor=actor, project=project, batch=uuid7())


def test_the_batch_of_an_import_is_not_a_deletion_to_take_back(actor: Actor, project: Project) -> None:
    batch = uuid7()
    importing = actor.within(batch)
    kept = make(importing, project, "Apportée")
    gone = make(actor, project, "Remplacée")
    actions.delete_task(actor=importing, task=Task.objects.get(pk=gone.pk))
    with pytest.raises(LookupError):
        actions.undo_deletion(actor=actor, project=project, batch=batch)
    assert Task.objects.filter(pk=kept.pk).exists()


def test_work_follows_the_duration_until_it_is_typed(
    actor: Actor, project: Project, chloe: Person, mehdi: Person
) -> None:
    task = make(actor, project, "A", 4)
    half = actions.assign(actor=actor, task=task, person=chloe, units=Decimal("0.5"))
    typed = actions.assign(actor=actor, task=task, person=mehdi, work_minutes=60)
    assert (half.work_minutes, task.work_minutes) == (2 * DAY, 2 * DAY + 60)
    actions.change_task(actor=actor, task=task, values={"duration_minutes": 2 * DAY})
    half.refresh_from_db(), typed.refresh_from_db()
    assert (half.work_minutes, typed.work_minutes, task.work_minutes) == (DAY, 60, DAY + 60)
    with pytest.raises(ValidationError, match="est déjà sur"):
        actions.assign(actor=actor, task=task, person=chloe)


def test_a_task_that_has_begun_does_not_move(actor: Actor, project: Project) -> None:
    one, two = make(actor, project, "A", 2), make(actor, project, "B", 2)
    actions.change_task(actor=actor, task=two, values={"percent_complete": Decimal("0.5")})
    assert two.actual_start_at == datetime(2026, 3, 2, 9)
    actions.link_tasks(actor=actor, predecessor=one, successor=two)
    assert drawn(project)[1] == "2 B 02/03-03/03"


def test_a_stale_change_is_refused(actor: Actor, project: Project) -> None:
    task = make(actor, project, "A")
    read = task.version
    actions.change_task(actor=actor, task=task, values={"name": "B"}, version=read)
    with pytest.raises(StaleVersionError):
        actions.change_task(actor=actor, task=Task.objects.get(pk=task.pk), values={"name": "C"}, version=read)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"name": "  "}, "name", "vide"),
        ({"ends_at": datetime(2026, 3, 1)}, "ends_at", "La fin précède le début"),
        ({"starts_at": datetime(9998, 1, 1)}, "starts_at", "vérifiez l’année"),
        ({"constraint_kind": "mso"}, "constraint_at", "Indiquez la date de la contrainte"),
        ({"percent_complete": Decimal("1.5")}, "percent_complete", ""),
        ({"duration_minutes": 10**8}, "duration_minutes", "dix ans"),
        ({"kind": "phase"}, "kind", ""),
    ],
)
def test_bad_tasks_are_refused_in_words(
    actor: Actor, project: Project, fields: dict, field: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.create_task(actor=actor, project=project, **{"name": "A", **fields})
    assert sentence in " ".join(refused.value.message_dict[field])


def test_a_baseline_freezes_every_task(actor: Actor, project: Project) -> None:
    with pytest.raises(ValidationError, match="pas encore de tâche"):
        actions.take_baseline(actor=actor, project=project)
    task = make(actor, project, "A", 2)
    baseline = actions.take_baseline(actor=actor, project=project, name="Initiale", taken_on=date(2026, 3, 1))
    actions.change_task(actor=actor, task=task, values={"duration_minutes": 5 * DAY})
    frozen = BaselineTask.objects.get(baseline=baseline)
    assert (frozen.ends_at, frozen.duration_minutes) == (datetime(2026, 3, 3, 17), 2 * DAY)
    with pytest.raises(ValidationError, match="existe déjà"):
        actions.take_baseline(actor=actor, project=project, name="Initiale")


# --- replace_plan


def line(uid: str, level: int = 1, day: int = 2, days: int = 1, **fields: object) -> actions.PlannedTask:
    return actions.PlannedTask(
        uid=uid,
        level=level,
        name=f"Tâche {uid}",
        starts_at=datetime(2026, 3, day, 9),
        ends_at=datetime(2026, 3, day + days - 1, 17),
        duration_minutes=days * DAY,
        **fields,
    )


def test_a_plan_read_again_updates_and_never_duplicates(actor: Actor, project: Project, chloe: Person) -> None:
    rows = [line("1", days=4), line("2", 2), line("3", 2, 3, 3), line("4", day=6, milestone=True)]
    given = {
        "links": [actions.PlannedLink("2", "3"), actions.PlannedLink("3", "4")],
        "assignments": [actions.PlannedAssignment("2", chloe, Decimal("0.5"), 210)],
        "baseline": actions.PlannedBaseline(
            "Initiale", date(2026, 3, 1), {"2": actions.PlannedDates(rows[1].starts_at, rows[1].ends_at, DAY)}
        ),
    }
    first = actions.replace_plan(actor=actor, project=project, tasks=rows, **given)
    assert (first.created, first.links, first.assignments) == (4, 2, 1)
    # Dates are the source's: task 4 is not moved by our engine.
    assert drawn(project) == [
        "1 Tâche 1 02/03-05/03", "1.1 Tâche 2 02/03-02/03", "1.2 Tâche 3 03/03-05/03", "2 Tâche 4 06/03-06/03",
    ]  # fmt: skip
    mine = actions.create_task(actor=actor, project=project, name="La mienne")
    before = (
        Task.objects.count(),
        Dependency.objects.count(),
        Assignment.objects.count(),
        BaselineTask.objects.count(),
    )
    again = actions.replace_plan(actor=actor, project=project, tasks=rows, known=first.task_ids, **given)
    assert (again.created, again.deleted, again.task_ids) == (0, 0, first.task_ids)
    assert before == (
        Task.objects.count(), Dependency.objects.count(), Assignment.objects.count(), BaselineTask.objects.count(),
    )  # fmt: skip
    shorter = actions.replace_plan(actor=actor, project=project, tasks=rows[:2], known=first.task_ids)
    assert shorter.deleted == 2
    assert [task.name for task in Task.objects.filter(project=project)] == ["Tâche 1", "Tâche 2", "La mienne"]
    assert Task.objects.get(pk=mine.pk).wbs == "2"
    assert (Dependency.objects.count(), Assignment.objects.count()) == (0, 0)


def test_an_import_is_undone_as_a_whole(actor: Actor, project: Project) -> None:
    first = actions.replace_plan(actor=actor, project=project, tasks=[line("1"), line("2", 2)])
    before = drawn(project)
    batch = uuid7()
    actions.replace_plan(
        actor=actor.within(batch),
        project=project,
        tasks=[line("2", days=3), line("5", day=4)],
        links=[actions.PlannedLink("2", "5")],
        known=first.task_ids,
    )
    assert drawn(project) != before
    undo_batch(actor, batch)
    assert drawn(project) == before


def test_thousands_of_tasks_take_a_few_statements(
    actor: Actor, project: Project, django_assert_max_num_queries: object
) -> None:
    rows = [line(str(number), level=1 if number % 20 == 0 else 2) for number in range(1000)]
    links = [actions.PlannedLink(str(number), str(number + 1)) for number in range(1, 18)]
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        done = actions.replace_plan(actor=actor, project=project, tasks=rows, links=links)
    assert done.created == 1000
    assert AuditEvent.objects.filter(verb="task.created").count() == 1000


def test_a_bad_source_is_refused_and_names_what(actor: Actor, project: Project) -> None:
    with pytest.raises(ValidationError, match="absente"):
        actions.replace_plan(actor=actor, project=project, tasks=[line("1")], links=[actions.PlannedLink("1", "9")])
    with pytest.raises(ValidationError, match="Tâche 1"):
        actions.replace_plan(
            actor=actor,
            project=project,
            tasks=[line("1"), line("2")],
            links=[actions.PlannedLink("1", "2"), actions.PlannedLink("2", "1")],
        )


def test_manual_tasks_stay_where_they_were_put(actor: Actor, project: Project) -> None:
    one = make(actor, project, "A", 3)
    two = make(actor, project, "B", 2, mode=TaskMode.MANUAL, starts_at=datetime(2026, 3, 3, 9))
    actions.link_tasks(actor=actor, predecessor=one, successor=two)
    assert drawn(project)[1] == "2 B 03/03-04/03"
