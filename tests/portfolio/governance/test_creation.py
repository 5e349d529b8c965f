"""A project made from a template: dates against a plain count of working days, all of it, undone as a whole."""

from datetime import date, timedelta
from typing import Any

import holidays
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.finance.models import BudgetLine
from portfolio.governance import actions, library
from portfolio.governance.creation import create_project_from_template, suggested_code, undo_creation
from portfolio.governance.domain.rules import check
from portfolio.governance.domain.template import Template, TemplateLine, TemplateLink, section_as_json
from portfolio.governance.models import ProjectTemplate, Responsibility, TeamRole, TemplateUse
from portfolio.people.models import Person, Pole
from portfolio.planning.actions import change_task
from portfolio.planning.domain.network import DependencyType
from portfolio.planning.models import Assignment, Dependency, Task
from portfolio.projects.models import Milestone, Project, ProjectMember
from portfolio.risks.models import Risk
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import UndoRefusedError
from tests.world import World

START = date(2026, 4, 27)  # a Monday, before the holidays of May


class Days:
    """The oracle: working days of France counted one by one, a task's span as two day numbers."""

    def __init__(self, start: date, length: int = 600) -> None:
        off = holidays.country_holidays("FR", years=range(start.year, start.year + 3))
        days = (start + timedelta(days=n) for n in range(length * 2))
        self.days = [day for day in days if day.weekday() < 5 and day not in off]

    def span(self, document: Template) -> dict[str, tuple[float, float]]:
        """Start and finish of each line in working days from the start, by relaxation until nothing moves."""
        start = {line.key: 0.0 for line in document.lines}
        parent = {
            line.key: None if above is None else document.lines[above].key
            for line, above in zip(document.lines, document.parents, strict=True)
        }
        for _round in range(len(document.lines) + 2):
            moved = False
            finish = self._finish(document, start, parent)
            for line in document.lines:
                wanted = [line.offset_days or 0.0]
                above = parent[line.key]
                if above is not None:
                    # What a holder waits for, all under it wait for.
                    held = next(one for one in document.lines if one.key == above)
                    wanted += [self._bound(link, start, finish, 0.0) for link in held.links]
                    while parent[above] is not None:
                        above = parent[above]
                        held = next(one for one in document.lines if one.key == above)
                        wanted += [self._bound(link, start, finish, 0.0) for link in held.links]
                if line.key not in document.holders:
                    wanted += [self._bound(link, start, finish, line.days) for link in line.links]
                    if max(wanted) != start[line.key]:
                        start[line.key], moved = max(wanted), True
            if not moved:
                break
        finish = self._finish(document, start, parent)
        return {
            line.key: (self._begins(document, line.key, start, parent), finish[line.key]) for line in document.lines
        }

    def _begins(self, document: Template, key: str, start: dict[str, float], parent: dict[str, Any]) -> float:
        under = [line.key for line in document.lines if parent[line.key] == key]
        return min((self._begins(document, one, start, parent) for one in under), default=start[key])

    def _finish(self, document: Template, start: dict[str, float], parent: dict[str, Any]) -> dict[str, float]:
        finish: dict[str, float] = {}
        for line in reversed(document.lines):
            under = [one.key for one in document.lines if parent[one.key] == line.key]
            finish[line.key] = max((finish[one] for one in under), default=start[line.key] + line.days)
        return finish

    def _bound(self, link: TemplateLink, start: dict[str, float], finish: dict[str, float], days: float) -> float:
        source = finish if link.type in {DependencyType.FINISH_START, DependencyType.FINISH_FINISH} else start
        at = source[link.predecessor] + link.lag
        return at if link.type in {DependencyType.FINISH_START, DependencyType.START_START} else at - days

    def last_day(self, finish: float) -> date:
        """The day on which work that ends at `finish` ends: the evening, not the next morning."""
        return self.days[max(int(-(-finish // 1)) - 1, 0)]


def made(world: World, actor: Actor, template: ProjectTemplate, pole: Pole, **values: Any) -> Any:
    given = {"code": "P-1", "name": "Le projet", "starts_on": START, **values}
    with world.within():
        return create_project_from_template(actor=actor, template=template, pole=pole, **given)


def test_the_pmo_makes_a_project_whose_dates_are_those_of_a_plain_count_of_working_days(
    world: World, pmo: Actor, template: ProjectTemplate, pole: Pole
) -> None:
    made(world, pmo, template, pole)
    days = Days(START)
    with world.within():
        document = template.document
        spans = days.span(document)
        names = {line.key: line.name for line in document.lines}
        tasks = {task.name: task for task in Task.objects.all()}
        found = {key: tasks[name].ends_at.date() for key, name in names.items()}
        assert found == {key: days.last_day(finish) for key, (_start, finish) in spans.items()}
        begins = {key: tasks[names[key]].starts_at.date() for key in ("need", "draw", "code", "test", "watch")}
        assert begins == {key: days.days[int(spans[key][0])] for key in begins}
        milestones = {row.name: row for row in Milestone.objects.all()}
        assert milestones["Mise en service"].due_on == days.last_day(spans["live"][1])
        assert milestones["Mise en service"].success_criterion == "Dix utilisateurs l’emploient."
        assert Project.objects.get().ends_on == max(days.last_day(finish) for _start, finish in spans.values())


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("key", list(library.PROCESSES))
def test_every_shipped_template_is_rich_and_dated_as_a_plain_count_says(
    world: World, pmo: Actor, pole: Pole, key: str, language: str
) -> None:
    with world.within():
        template = actions.adopt_template(actor=pmo, key=key, language=language)
    document = template.document
    assert 4 <= len(document.phases) <= 6
    assert 20 <= len(document.tasks) <= 40
    assert 6 <= len(document.milestones) <= 10
    assert 5 <= len(document.risks) <= 8
    assert 5 <= len(document.roles) <= 7
    assert all(line.criterion for line in document.milestones)
    assert all(line.role for line in document.tasks)
    assert all(risk.cause and risk.response and risk.role for risk in document.risks)
    assert all(role.mission and role.raci for role in document.roles)
    assert not check(document).conflicts
    made(world, pmo, template, pole)
    days = Days(START)
    spans = days.span(document)
    with world.within():
        due = dict(Milestone.objects.values_list("name", "due_on"))
        assert due == {line.name: days.last_day(spans[line.key][1]) for line in document.milestones}
        assert Risk.objects.count() == len(document.risks)
        assert TeamRole.objects.filter(person=None).count() == len(document.roles)
        assert Task.objects.count() == len(document.lines)


def test_everything_of_the_template_is_in_the_project_and_in_one_batch_of_the_journal(
    world: World, pmo: Actor, template: ProjectTemplate, pole: Pole, chloe: Person, mehdi: Person
) -> None:
    result = made(world, pmo, template, pole, manager=chloe, staff={"maker": mehdi, "lead": chloe})
    with world.within():
        project = result.project
        assert Dependency.objects.filter(project=project).count() == 8
        risk = Risk.objects.get(project=project)
        assert (risk.reference, risk.title, risk.score, risk.mitigation) == (
            "R-001", "Retard du fournisseur", 12, "En qualifier un second.",
        )  # fmt: skip
        assert "Un seul fournisseur." in risk.description
        assert risk.owner == chloe
        assert {(row.person.name, row.task.name) for row in Assignment.objects.select_related("person", "task")} == {
            ("Chloé Cheffe", "Recueillir"), ("Mehdi Équipier", "Dessiner"), ("Mehdi Équipier", "Réaliser"),
        }  # fmt: skip
        assert float(Assignment.objects.get(task__name="Dessiner").units) == 0.5
        assert [row.person for row in ProjectMember.objects.all()] == [mehdi]
        letters = {
            (row.role.name, row.task.name, row.letter) for row in Responsibility.objects.select_related("role")
        }
        assert ("Pilote", "Conception", "A") in letters
        assert ("Réalisateur", "Réaliser", "R") in letters
        line = BudgetLine.objects.get()
        assert (line.month, str(line.planned)) == (date(2026, 5, 1), "1200.50")
        use = TemplateUse.objects.get(project=project)
        assert (use.template, use.template_version, use.batch_id) == (template, 1, result.batch_id)
        milestone = Milestone.objects.get(name="Conception validée")
        assert Task.objects.get(name="Conception validée").milestone == milestone
        models = [Project, Task, Milestone, Dependency, Risk, Assignment, TeamRole, Responsibility, BudgetLine]
        models += [TemplateUse, ProjectMember]
        written = {row.pk for model in models for row in model.objects.all()}
        told = AuditEvent.objects.filter(batch_id=result.batch_id, verb__endswith=".created")
        assert written == set(told.values_list("object_id", flat=True))


def test_a_template_of_a_hundred_lines_takes_as_many_statements_as_one_of_ten(
    world: World, pmo: Actor, pole: Pole
) -> None:
    def counted(size: int) -> int:
        lines = [
            TemplateLine(f"t{n}", f"Tâche {n}", days=1, links=(TemplateLink(f"t{n - 1}"),) if n else ())
            for n in range(size)
        ]
        with world.within():
            template = actions.create_template(actor=pmo, name=f"De {size}", lines=section_as_json(lines))
        with CaptureQueriesContext(connection) as queries:
            made(world, pmo, template, pole, code=f"P-{size}")
        return len(queries)

    assert counted(10) == counted(100)


def test_undo_takes_the_whole_project_back(world: World, pmo: Actor, template: ProjectTemplate, pole: Pole) -> None:
    result = made(world, pmo, template, pole)
    with world.within():
        undo_creation(actor=pmo, use=TemplateUse.objects.get())
        for model in (Project, Task, Milestone, Dependency, Risk, TeamRole, Responsibility, BudgetLine, TemplateUse):
            assert not model.objects.exists(), model
        assert ProjectTemplate.objects.filter(pk=template.pk).exists()
    made(world, pmo, template, pole, code=result.project.code)


def test_undo_is_refused_once_somebody_has_worked_in_the_project(
    world: World, pmo: Actor, template: ProjectTemplate, pole: Pole
) -> None:
    made(world, pmo, template, pole)
    with world.within():
        change_task(actor=pmo, task=Task.objects.get(name="Tester"), values={"name": "Éprouver"})
        with pytest.raises(UndoRefusedError):
            undo_creation(actor=pmo, use=TemplateUse.objects.get())
        assert Project.objects.exists()


def rows_of(model: Any) -> list[tuple[Any, ...]]:
    return sorted(map(str, model.everything.values_list()))


def test_changing_a_template_never_changes_a_project_made_from_it(
    world: World, pmo: Actor, template: ProjectTemplate, pole: Pole
) -> None:
    made(world, pmo, template, pole)
    models = (
        Project,
        Task,
        Milestone,
        Dependency,
        Risk,
        Assignment,
        TeamRole,
        Responsibility,
        BudgetLine,
        TemplateUse,
    )
    with world.within():
        before = {model: hash(tuple(rows_of(model))) for model in models}
        row = ProjectTemplate.objects.get()
        actions.change_template(
            actor=pmo, template=row, values={"name": "Autre", "lines": [], "risks": [], "roles": []}
        )
        actions.archive_template(actor=pmo, template=row, archived=True)
        actions.delete_template(actor=pmo, template=row)
        assert {model: hash(tuple(rows_of(model))) for model in models} == before
        assert TemplateUse.objects.get().template_name == "Petit projet"


def test_an_empty_template_makes_an_empty_project_of_six_months(world: World, pmo: Actor, pole: Pole) -> None:
    with world.within():
        template = actions.create_template(actor=pmo, name="Vide")
    project = made(world, pmo, template, pole).project
    assert (project.ends_on - project.starts_on).days == 182
    with world.within():
        assert not Task.objects.exists()


def test_long_names_fit(world: World, pmo: Actor, pole: Pole) -> None:
    name = "É" * 120
    with world.within():
        template = actions.create_template(
            actor=pmo,
            name=name,
            lines=[{"key": "m", "name": name, "kind": "milestone"}],
            roles=[{"key": "r", "name": name}],
            risks=[{"key": "x", "title": name, "probability": 1, "impact": 1}],
        )
        assert actions.duplicate_template(actor=pmo, template=template).name.startswith("Copie de É")
    assert made(world, pmo, template, pole, name=name).project.name == name


def test_a_role_that_the_template_lacks_is_refused_and_nothing_is_written(
    world: World, pmo: Actor, template: ProjectTemplate, pole: Pole, mehdi: Person
) -> None:
    with pytest.raises(ValidationError) as error:
        made(world, pmo, template, pole, staff={"pilot": mehdi})
    assert error.value.messages == ["Ce modèle n’a pas de rôle «\xa0pilot\xa0»."]
    with world.within():
        assert not Project.objects.exists()


def test_the_suggested_code_is_free(world: World, pmo: Actor, template: ProjectTemplate, pole: Pole) -> None:
    with world.within():
        assert suggested_code("Conformité RGPD", 2026) == "CONFORMITE-2026"
    made(world, pmo, template, pole, code="AGILE-2026")
    with world.within():
        assert suggested_code("Agile – Scrum", 2026) == "AGILE-2026-2"


def test_undo_takes_as_many_statements_for_a_hundred_lines_as_for_ten(world: World, pmo: Actor, pole: Pole) -> None:
    def counted(size: int) -> int:
        lines = [{"key": f"t{number}", "name": f"Tâche {number}", "days": 1} for number in range(size)]
        with world.within():
            template = actions.create_template(actor=pmo, name=f"De {size}", lines=lines)
        project = made(world, pmo, template, pole, code=f"P-{size}").project
        with world.within(), CaptureQueriesContext(connection) as queries:
            undo_creation(actor=pmo, use=TemplateUse.objects.get(project=project))
        return len(queries)

    assert counted(10) == counted(100)
