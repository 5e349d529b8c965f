"""Write what a workbook changes, through the rooms' actions, in a few statements whatever the number of rows."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from integrations.imports.changes import Changes, Outcome, RowChange
from integrations.imports.domain.sheets import BUDGET, MILESTONES, PEOPLE, PROJECTS, RISKS, SheetSpec
from integrations.imports.domain.values import fold
from integrations.imports.holdings import Holdings, identity
from integrations.imports.sources import WORKBOOK, Origin, remember
from portfolio.finance.actions import BudgetEntry, set_budget_lines
from portfolio.people.actions import change_people, create_people, create_pole
from portfolio.projects.access import project_role
from portfolio.projects.actions import (
    add_project_member,
    change_milestones,
    change_projects,
    create_milestones,
    create_programme,
    create_projects,
    publish_statuses,
)
from portfolio.projects.models import Project, ProjectRole
from portfolio.risks.actions import RiskEntry, set_risks
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Scope
from tech4value.audit.actor import Actor

Progress = Callable[[int, str], None]


class Writer:
    """Writes changes as `actor`, whose events carry the batch. What was compared must have been read under lock."""

    connection = WORKBOOK

    def __init__(self, holdings: Holdings, actor: Actor, member: Membership, file_name: str, batch_id: UUID) -> None:
        self.holdings, self.member, self.file_name, self.batch_id = holdings, member, file_name, batch_id
        self.actor = actor.within(batch_id)
        self.changes = Changes(holdings=holdings, problems=[])
        self.origins: list[Origin] = []

    def steps(self) -> Sequence[tuple[SheetSpec, Callable[[], None]]]:
        """What writes each kind of row, in the order in which they name one another."""
        return (
            (PEOPLE, self.people),
            (PROJECTS, self.projects),
            (MILESTONES, self.milestones),
            (BUDGET, self.budget),
            (RISKS, self.risks),
        )

    def write(self, changes: Changes, progress: Progress) -> list[dict[str, Any]]:
        """Write every row that differs; `progress` is called with the rows done. Returns what undoing the sources
        needs."""
        self.changes, self.origins = changes, []
        self._organise()
        done = 0
        for spec, write in self.steps():
            rows = changes.rows.get(spec.key, ())
            if rows:
                sheet = spec.words.in_language(get_language() or "fr")
                progress(done, _("Écriture : %(sheet)s") % {"sheet": sheet})
                write()
            done += len(rows)
        progress(done, _("Écriture des provenances"))
        return remember(self.connection, self.origins, self.file_name, self.batch_id)

    # --- what rows name

    def _organise(self) -> None:
        """Make the poles and programmes that the file names."""
        held = {pole.code.upper() for pole in self.holdings.poles.values()}
        for name in self.changes.new_poles.values():
            pole = create_pole(actor=self.actor, code=free_code(name, held), name=name)
            self.holdings.poles[fold(name)] = self.holdings.poles[fold(pole.code)] = pole
            self._came("pole", fold(name), pole, ["code", "name"])
        held = {programme.code.upper() for programme in self.holdings.programmes.values()}
        for name in self.changes.new_programmes.values():
            programme = create_programme(actor=self.actor, code=free_code(name, held), name=name)
            self.holdings.programmes[fold(name)] = programme
            self._came("programme", fold(name), programme, ["code", "name"])

    def _resolved(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with rows in the place of what named them."""
        resolved = dict(values)
        for name, value in values.items():
            if value is None:
                continue
            if name == "pole":
                resolved[name] = self.holdings.poles[fold(value)]
            elif name == "programme":
                resolved[name] = self.holdings.programmes[fold(value)]
            elif name in {"sponsor", "manager", "owner"}:
                resolved[name] = self.holdings.people[value]
        return resolved

    def _project(self, change: RowChange) -> Project:
        return self.holdings.projects[change.project.casefold()]

    def _came(self, kind: str, key: str, row: Any, fields: Iterable[str]) -> None:
        self.origins.append(Origin(kind, key, row, list(fields)))

    def _changed(self, spec: SheetSpec) -> list[RowChange]:
        return [one for one in self.changes.of(spec, Outcome.UPDATE) if one.values]

    # --- sheets

    def people(self) -> None:
        new = self.changes.of(PEOPLE, Outcome.CREATE)
        made = create_people(actor=self.actor, values=[self._resolved(one.values) for one in new])
        for person in made:
            self.holdings.people[identity(person) or ""] = person
        changed = self._changed(PEOPLE)
        change_people(actor=self.actor, changes=[(one.target, self._resolved(one.values)) for one in changed])
        for one in (*new, *changed):
            self._came("person", one.key, self.holdings.people[one.key], one.values)

    def projects(self) -> None:
        new = self.changes.of(PROJECTS, Outcome.CREATE)
        values = [{"code": one.key, **self._resolved(one.values)} for one in new]
        for project in create_projects(actor=self.actor, values=values):
            self.holdings.projects[project.code.casefold()] = project
            self._keep_access(project)
        changed = self._changed(PROJECTS)
        change_projects(actor=self.actor, changes=[(one.target, self._resolved(one.values)) for one in changed])
        for one in (*new, *changed):
            self._came("project", one.key, self._project(one), one.values)
        reported = [one for one in self.changes.rows.get(PROJECTS.key, ()) if one.status]
        reports = publish_statuses(
            actor=self.actor, values=[{"project": self._project(one), **one.status} for one in reported]
        )
        for one, report in zip(reported, reports, strict=True):
            self._came("status", f"{one.key}/{report.reported_on}", report, one.status)

    def _keep_access(self, project: Project) -> None:
        """Who may edit only their own projects stays able to edit one that they have just made for another."""
        person = getattr(self.member, "person", None)
        if self.member.scope(Permission.PROJECT_EDIT) is not Scope.OWN or person is None:
            return
        if project_role(self.member, project) is None:
            add_project_member(actor=self.actor, project=project, person=person, role=ProjectRole.MANAGER)

    def milestones(self) -> None:
        new = self.changes.of(MILESTONES, Outcome.CREATE)
        values = [{"project": self._project(one), **self._resolved(one.values)} for one in new]
        made = create_milestones(actor=self.actor, values=values)
        changed = self._changed(MILESTONES)
        change_milestones(actor=self.actor, changes=[(one.target, self._resolved(one.values)) for one in changed])
        for one, milestone in zip((*new, *changed), (*made, *(one.target for one in changed)), strict=True):
            self._came("milestone", one.key, milestone, one.values)

    def budget(self) -> None:
        written = [*self.changes.of(BUDGET, Outcome.CREATE), *self._changed(BUDGET)]
        entries: dict[Project, list[BudgetEntry]] = {}
        for one in written:
            place = one.target or _Values(one.values)
            amounts = {name: value for name, value in one.values.items() if name not in _PLACE}
            entry = BudgetEntry(place.category, place.nature, place.month, **amounts)
            entries.setdefault(self._project(one), []).append(entry)
        lines = {
            (line.project_id, line.category, line.nature, line.month): line
            for line in set_budget_lines(actor=self.actor, project_lines=entries).lines
        }
        for one in written:
            place = one.target or _Values(one.values)
            line = lines[self._project(one).pk, place.category, place.nature, place.month]
            self._came("budget-line", one.key, line, [name for name in one.values if name not in _PLACE])

    def risks(self) -> None:
        written = [*self.changes.of(RISKS, Outcome.CREATE), *self._changed(RISKS)]
        entries: dict[Project, list[RiskEntry]] = {}
        references = {}
        for one in written:
            values = self._resolved(one.values)
            reference = values.pop("reference", None) or one.target.reference
            references[one.key] = (self._project(one).pk, reference)
            entries.setdefault(self._project(one), []).append(RiskEntry(reference, **values))
        found = set_risks(actor=self.actor, project_risks=entries).risks
        risks = {(risk.project_id, risk.reference): risk for risk in found}
        for one in written:
            self._came("risk", one.key, risks[references[one.key]], one.values)


_PLACE = {"category", "nature", "month"}


class _Values:
    """The place of a line that is not there yet, read like that of one that is."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.category, self.nature, self.month = (values[name] for name in ("category", "nature", "month"))


def free_code(name: str, held: set[str]) -> str:
    """A free code made from a name: « Poste de travail » is POSTE-DE-TRAVAIL. Adds it to `held`."""
    stem = re.sub(r"[^A-Z0-9]+", "-", fold(name).upper()).strip("-")[:17] or "N"
    code, number = stem[:20].strip("-"), 1
    while code in held:
        number += 1
        code = f"{stem.strip('-')}-{number}"
    held.add(code)
    return code
