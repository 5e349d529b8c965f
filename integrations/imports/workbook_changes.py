"""What a workbook would change: each row compared with what the organisation holds, each error at its cell."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from integrations.imports.changes import Changes, Outcome, RowChange, compare, fields_of
from integrations.imports.domain.problem import ImportProblem, ProblemCode, Severity, Where
from integrations.imports.domain.rows import BudgetRow, MilestoneRow, PersonRow, ProjectRow, RiskRow
from integrations.imports.domain.sheets import BUDGET, MILESTONES, PEOPLE, PROJECTS, RISKS, SHEETS, SheetSpec
from integrations.imports.domain.values import fold
from integrations.imports.domain.workbook import WorkbookData, WorkbookLimits, read_workbook
from integrations.imports.domain.xlsx_package import PackageLimits
from integrations.imports.holdings import Holdings, Rights, identity, load_holdings, plans_otherwise
from portfolio.finance.actions import YEARS
from portfolio.projects.actions import project_usage
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.billing.queries import plan_name
from tech4value.tenancy.clock import today

MAX_BYTES = 20_000_000
LIMITS = WorkbookLimits(package=PackageLimits(bytes=MAX_BYTES))
STATUS_FIELDS = ("weather", "trend", "comment")
AMOUNTS = ("planned", "committed", "actual", "forecast")


@dataclass
class WorkbookChanges(Changes):
    """What a whole workbook would change."""

    data: WorkbookData


def examine(content: bytes, member: Membership, *, lock: bool = False) -> WorkbookChanges:
    """Read a workbook and compare it; nothing is written. Raises ImportRefused for a file that cannot be read.

    With `lock` the rows that would change are locked, so that what was compared is what is written.
    """
    holdings = load_holdings(lock=lock)
    may_organise = member.can(Permission.ORGANISATION_EDIT)
    data = read_workbook(content, holdings.known(new_poles=True), LIMITS, language=get_language() or "fr")
    named = {row.project for sheet in (data.milestones, data.budget, data.risks) for row in sheet}
    holdings.load_details({*named, *(row.code for row in data.projects)}, lock=lock)
    comparison = _Comparison(data, holdings, Rights(member), may_organise)
    return comparison.run()


class _Comparison:
    def __init__(self, data: WorkbookData, holdings: Holdings, rights: Rights, may_organise: bool) -> None:
        self.data, self.holdings, self.rights, self.may_organise = data, holdings, rights, may_organise
        self.today = today()
        self.changes = WorkbookChanges(holdings=holdings, problems=list(data.problems), data=data)

    def run(self) -> WorkbookChanges:
        data, changes = self.data, self.changes
        changes.rows = {
            PROJECTS.key: [self._project(row) for row in data.projects],
            MILESTONES.key: [self._milestone(row) for row in data.milestones],
            BUDGET.key: [self._line(row) for row in data.budget],
            RISKS.key: [self._risk(row) for row in data.risks],
            PEOPLE.key: [self._person(row) for row in data.people],
        }
        self._check_limit()
        titles = {data.places[spec.key].title: rank for rank, spec in enumerate(SHEETS) if spec.key in data.places}
        changes.problems.sort(key=lambda one: (titles.get(one.where.sheet or "", -1), one.where.row or 0))
        return changes

    # --- rows

    def _project(self, row: ProjectRow) -> RowChange:
        target = self.holdings.projects.get(row.code.casefold())
        change = RowChange(PROJECTS.key, row.row, row.code, f"{row.code} {row.name}", target, project=row.code)
        wanted = {
            "name": row.name,
            "pole": self._pole(PROJECTS, row.row, row.pole),
            "programme": self._programme(row),
            "sponsor": row.sponsor,
            "manager": row.manager,
            "method": row.method,
            "phase": row.phase,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "goal": row.goal,
        }
        current = (
            None
            if target is None
            else {
                **fields_of(target, ("name", "method", "phase", "starts_on", "ends_on", "goal")),
                "pole": target.pole.code,
                "programme": target.programme and target.programme.name,
                "sponsor": identity(target.sponsor),
                "manager": identity(target.manager),
            }
        )
        compare(change, wanted, current)
        self._status(change, row)
        if target is None or change.values:
            self._demand(Permission.PROJECT_EDIT, change, "code", row.code)
        elif change.status:
            self._demand(Permission.STATUS_PUBLISH, change, "weather", row.code)
        return change

    def _status(self, change: RowChange, row: ProjectRow) -> None:
        """The report that the row's weather makes; one that says the same as the last is not published again."""
        if row.weather is None:
            return
        if row.reported_on is not None and row.reported_on > self.today:
            self._report(ProblemCode.FUTURE_DATE, PROJECTS, row.row, "reported_on", value=row.reported_on)
            return
        said = {name: value for name in STATUS_FIELDS if (value := getattr(row, name)) is not None}
        key = change.target and change.target.pk
        if row.reported_on is None:
            held = self.holdings.last_reports.get(key)
        else:
            held = self.holdings.reports.get((key, row.reported_on))
        differing = {name: value for name, value in said.items() if held is None or getattr(held, name) != value}
        if differing:
            change.status = {"reported_on": row.reported_on or self.today, **said}
            change.before |= {name: held and getattr(held, name) for name in differing}

    def _milestone(self, row: MilestoneRow) -> RowChange:
        project = self._owner(row.project)
        target = None if project is None else self.holdings.milestones.get((project.pk, row.name.casefold()))
        label = f"{row.project} · {row.name}"
        change = RowChange(MILESTONES.key, row.row, f"{row.project}/{row.name}", label, target, project=row.project)
        wanted = fields_of(row, ("name", "due_on", "baseline_on", "actual_on", "success_criterion", "owner"))
        current = (
            None
            if target is None
            else {
                **fields_of(target, ("due_on", "baseline_on", "actual_on", "success_criterion")),
                "name": row.name,  # a name is the same whatever its case
                "owner": identity(target.owner),
            }
        )
        compare(change, wanted, current)
        if row.actual_on is not None and row.actual_on > self.today:
            self._report(ProblemCode.FUTURE_DATE, MILESTONES, row.row, "actual_on", value=row.actual_on)
        if change.values:
            self._demand(Permission.PROJECT_EDIT, change, "project", row.project)
        return change

    def _line(self, row: BudgetRow) -> RowChange:
        project = self._owner(row.project)
        place = (row.category, row.nature, row.month)
        target = None if project is None else self.holdings.lines.get((project.pk, *place))
        key = f"{row.project}/{row.category}/{row.nature}/{row.month:%Y-%m}"
        words = (row.project, _choice("category", row.category), _choice("nature", row.nature), f"{row.month:%m/%Y}")
        change = RowChange(BUDGET.key, row.row, key, " · ".join(words), target, project=row.project)
        compare(change, fields_of(row, AMOUNTS), None if target is None else fields_of(target, AMOUNTS))
        if target is None:
            change.values |= fields_of(row, ("category", "nature", "month"))
        for name in ("planned", "committed"):
            if (amount := getattr(row, name)) is not None and amount < 0:
                self._report(ProblemCode.NEGATIVE_AMOUNT, BUDGET, row.row, name, value=amount)
        if project is not None and project.pk in self.holdings.frozen and plans_otherwise(row.planned, target):
            self._report(
                ProblemCode.PLANNED_FROZEN, BUDGET, row.row, "planned", value=row.planned, project=project.code
            )
        if not YEARS[0] <= row.month.year <= YEARS[1]:
            low, high = (f"01/{year}" for year in YEARS)
            self._report(ProblemCode.OUT_OF_RANGE, BUDGET, row.row, "month", value=row.month, low=low, high=high)
        if change.values:
            self._demand(Permission.BUDGET_EDIT, change, "project", row.project)
        return change

    def _risk(self, row: RiskRow) -> RowChange:
        project = self._owner(row.project)
        target = None if project is None else self.holdings.risks.get((project.pk, row.reference.casefold()))
        key = f"{row.project}/{row.reference}"
        change = RowChange(RISKS.key, row.row, key, f"{row.project} · {row.reference} {row.title}", target)
        change.project = row.project
        plain = ("title", "probability", "impact", "due_on", "mitigation", "status", "description")
        compare(
            change,
            fields_of(row, (*plain, "owner")),
            None if target is None else {**fields_of(target, plain), "owner": identity(target.owner)},
        )
        if target is None:
            change.values["reference"] = row.reference
        if change.values:
            self._demand(Permission.RISK_EDIT, change, "project", row.project)
        return change

    def _person(self, row: PersonRow) -> RowChange:
        target = self.holdings.people.get(row.email)
        change = RowChange(PEOPLE.key, row.row, row.email, row.name, target)
        plain = ("name", "profile", "skills", "daily_rate", "capacity", "joined_on", "left_on")
        wanted = fields_of(row, plain) | {"pole": self._pole(PEOPLE, row.row, row.pole)}
        if target is not None and not self.rights.member.can(Permission.RATE_VIEW):
            wanted["daily_rate"] = None  # the comparison would tell what they may not see
        current = None if target is None else {**fields_of(target, plain), "pole": target.pole and target.pole.code}
        compare(change, wanted, current)
        joined, left = (
            one if one is not None else (current or {}).get(name)
            for name, one in (("joined_on", row.joined_on), ("left_on", row.left_on))
        )
        if change.values and joined is not None and left is not None and left < joined:
            self._report(
                ProblemCode.END_BEFORE_START,
                PEOPLE,
                row.row,
                "left_on",
                value=left,
                other_heading=PEOPLE.column("joined_on").words.in_language(get_language() or "fr"),
                other=joined,
            )
        if target is None:
            change.values["email"] = row.email
        if change.values and not self.rights.member.can(Permission.PEOPLE_EDIT):
            self._report(ProblemCode.PEOPLE_NOT_ALLOWED, PEOPLE, row.row, "name", value=row.name)
        return change

    # --- what rows name

    def _owner(self, code: str) -> Project | None:
        return self.holdings.projects.get(code.casefold())

    def _pole(self, spec: SheetSpec, row: int, text: str) -> str:
        pole = self.holdings.poles.get(fold(text))
        if pole is not None:
            return pole.code
        if not self.may_organise:
            self._report(ProblemCode.POLE_NOT_ALLOWED, spec, row, "pole", value=text)
        elif fold(text) not in self.changes.new_poles:
            self.changes.new_poles[fold(text)] = text
            self._report(ProblemCode.NEW_POLE, spec, row, "pole", severity=Severity.WARNING, value=text)
        return self.changes.new_poles.get(fold(text), text)

    def _programme(self, row: ProjectRow) -> str | None:
        text = row.programme
        if text is None:
            return None
        programme = self.holdings.programmes.get(fold(text))
        if programme is not None:
            return programme.name
        if not self.may_organise:
            self._report(ProblemCode.PROGRAMME_NOT_ALLOWED, PROJECTS, row.row, "programme", value=text)
        elif fold(text) not in self.changes.new_programmes:
            self.changes.new_programmes[fold(text)] = text
            self._report(
                ProblemCode.NEW_PROGRAMME, PROJECTS, row.row, "programme", severity=Severity.WARNING, value=text
            )
        return self.changes.new_programmes.get(fold(text), text)

    def _demand(self, permission: Permission, change: RowChange, key: str, code: str) -> None:
        if problem := self.rights.refusal(permission, self._owner(code)):
            spec = next(spec for spec in SHEETS if spec.key == change.sheet)
            self._report(problem, spec, change.row, key, value=code)

    def _check_limit(self) -> None:
        new = self.changes.of(PROJECTS, Outcome.CREATE)
        usage = project_usage()
        if new and not usage.allows(len(new)):
            self._report(
                ProblemCode.PROJECTS_OVER_LIMIT,
                PROJECTS,
                new[0].row,
                "code",
                plan=plan_name(),
                limit=usage.limit,
                used=usage.used,
                more=len(new),
            )

    def _report(
        self,
        code: ProblemCode,
        spec: SheetSpec,
        row: int,
        key: str,
        *,
        severity: Severity = Severity.ERROR,
        **params: object,
    ) -> None:
        where = self.data.places[spec.key].where(row, key) if spec.key in self.data.places else Where()
        heading = spec.column(key).words.in_language(get_language() or "fr")
        told = {"heading": heading, **{name: str(value) for name, value in params.items()}}
        self.changes.problems.append(ImportProblem(code, where, told, severity))


def _choice(column: str, key: str) -> str:
    """A choice of the budget's sheet in the reader's language."""
    words = next(one.words for one in BUDGET.column(column).choices if one.key == key)
    return words.in_language(get_language() or "fr")


def rows_in_error(problems: Iterable[ImportProblem]) -> dict[str, int]:
    """How many rows of each sheet title have an error."""
    rows = {(one.where.sheet, one.where.row) for one in problems if one.is_error and one.where.sheet}
    counts: dict[str, int] = {}
    for title, _row in rows:
        counts[title or ""] = counts.get(title or "", 0) + 1
    return counts
