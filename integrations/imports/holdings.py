"""What the organisation holds, by the names that a workbook gives it; read in a bounded number of statements."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from integrations.imports.domain.problem import ProblemCode
from integrations.imports.domain.references import Known, KnownPerson, KnownPole
from integrations.imports.domain.values import fold
from portfolio.finance.models import BudgetLine, BudgetVersion
from portfolio.finance.versions import freezing
from portfolio.people.models import Person, PersonSkill, Pole
from portfolio.projects.access import allows, leads, persons_of
from portfolio.projects.models import Milestone, Programme, Project, ProjectMember, ProjectRole, StatusReport
from portfolio.risks.models import Risk
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission


def identity(person: Person | None) -> str | None:
    """What a workbook calls a person: the e-mail address, else the name."""
    return None if person is None else person.email.lower() or person.name


def plans_otherwise(planned: Decimal | None, line: BudgetLine | None) -> bool:
    """Whether a file plans another amount than the line holds (nothing, when there is no line)."""
    return planned is not None and planned != (Decimal(0) if line is None else line.planned)


@dataclass
class Holdings:
    """Rows by key: folded names and codes of poles and programmes, identities of persons, folded project codes."""

    poles: dict[str, Pole]
    programmes: dict[str, Programme]
    people: dict[str, Person]
    projects: dict[str, Project]
    everyone: list[Person] = field(default_factory=list)
    milestones: dict[tuple[UUID, str], Milestone] = field(default_factory=dict)
    lines: dict[tuple[UUID, str, str, date], BudgetLine] = field(default_factory=dict)
    # Projects whose planned amounts are approved or proposed.
    frozen: dict[UUID, BudgetVersion] = field(default_factory=dict)
    risks: dict[tuple[UUID, str], Risk] = field(default_factory=dict)
    reports: dict[tuple[UUID, date], StatusReport] = field(default_factory=dict)
    last_reports: dict[UUID, StatusReport] = field(default_factory=dict)

    def known(self, *, new_poles: bool) -> Known:
        """The same as the reader of workbooks takes it."""
        poles = {pole.pk: pole for pole in self.poles.values()}
        return Known(
            project_codes=frozenset(project.code for project in self.projects.values()),
            poles=tuple(KnownPole(pole.code, pole.name) for pole in poles.values()),
            people=tuple(KnownPerson(person.name, person.email) for person in self.everyone),
            new_poles=new_poles,
        )

    def load_details(self, codes: Collection[str], *, lock: bool) -> None:
        """Read what hangs on the projects of these codes."""
        ids = [project.pk for code in codes if (project := self.projects.get(code.casefold())) is not None]
        for milestone in _rows(Milestone.objects.filter(project__in=ids).select_related("owner"), lock):
            self.milestones[milestone.project_id, milestone.name.casefold()] = milestone
        for line in _rows(BudgetLine.objects.filter(project__in=ids, envelope=None), lock):
            self.lines[line.project_id, line.category, line.nature, line.month] = line
        self.frozen.update(freezing(ids))
        for risk in _rows(Risk.objects.filter(project__in=ids).select_related("owner"), lock):
            self.risks[risk.project_id, risk.reference.casefold()] = risk
        for report in _rows(StatusReport.objects.filter(project__in=ids).order_by("reported_on"), lock):
            self.reports[report.project_id, report.reported_on] = report
            self.last_reports[report.project_id] = report


def load_holdings(*, lock: bool = False) -> Holdings:
    """Poles, programmes, persons and projects; four statements. With `lock` nobody changes them meanwhile."""
    poles: dict[str, Pole] = {}
    for pole in (rows := list(Pole.objects.all())):
        poles[fold(pole.name)] = pole
    for pole in rows:  # a code wins over the name of another
        poles[fold(pole.code)] = pole
    programmes: dict[str, Programme] = {}
    for programme in (found := list(Programme.objects.all())):
        programmes[fold(programme.code)] = programme
    for programme in found:
        programmes[fold(programme.name)] = programme
    skills = Prefetch("skills", PersonSkill.objects.select_related("skill"))
    persons = Person.objects.select_related("pole", "profile").prefetch_related(skills)
    everyone = list(_rows(persons.order_by("pk"), lock))
    related = Project.objects.select_related("pole", "programme", "manager", "sponsor").order_by("pk")
    return Holdings(
        poles,
        programmes,
        {identity(one) or "": one for one in everyone},
        {project.code.casefold(): project for project in _rows(related, lock)},
        everyone,
    )


def _rows(rows: QuerySet[Any], lock: bool) -> QuerySet[Any]:
    return rows.select_for_update(no_key=True, of=("self",)) if lock else rows


class Rights:
    """What a member may do on many projects; one statement."""

    def __init__(self, member: Membership) -> None:
        self.member = member
        self._roles: dict[UUID, str] = dict(
            ProjectMember.objects.filter(person__in=persons_of(member)).values_list("project_id", "role")
        )

    def may(self, permission: Permission, project: Project | None) -> bool:
        """Whether the member holds `permission` on `project`; on a project to be created (None): may they create?"""
        if project is None:
            return self.member.can(Permission.PROJECT_CREATE)
        return allows(self.member, permission, project, self._role(project))

    def refusal(self, permission: Permission, project: Project | None) -> ProblemCode | None:
        """What is wrong with changing `project` (None: a new one) under `permission`; None when nothing is."""
        if self.may(permission, project):
            return None
        beyond = project is not None and project.read_only and self.member.lets(permission)
        return ProblemCode.PROJECT_READ_ONLY if beyond else ProblemCode.PROJECT_NOT_YOURS

    def _role(self, project: Project) -> str | None:
        return ProjectRole.MANAGER if leads(self.member, project) else self._roles.get(project.pk)
