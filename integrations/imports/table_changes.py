"""What a table would change: each record compared with what the organisation holds, each error at its cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from integrations.imports.changes import PLACES, Changes, RowChange, same
from integrations.imports.custom_columns import PREFIX, CustomColumns
from integrations.imports.domain.problem import ImportProblem, ProblemCode, Severity, Where
from integrations.imports.domain.references import Names, RawRow
from integrations.imports.domain.sheets import PEOPLE, Reference
from integrations.imports.domain.values import fold
from integrations.imports.holdings import Holdings, Rights
from integrations.imports.table_holdings import PlanHoldings
from integrations.imports.table_reading import CLEARED
from integrations.imports.table_rows import COMPARED, Compared, check_values, needed
from integrations.imports.table_settings import TableSettings
from portfolio.projects.actions import project_usage
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.billing.queries import plan_name
from tech4value.figures import formats
from tech4value.tenancy.clock import today

_NAMES_PEOPLE = {"sponsor", "manager", "owner", "person"}
_SEVERAL = ";,|\n"


@dataclass
class TableChanges(Changes):
    """The changes of one chunk; `refused` are the numbers of the rows that have an error."""

    refused: set[int] = field(default_factory=set)


class TableComparison:
    """Compares the records of a table, chunk after chunk. Nothing is written; `holdings` are kept by the writer."""

    def __init__(
        self, settings: TableSettings, member: Membership, holdings: Holdings, custom: CustomColumns, *, lock: bool
    ) -> None:
        self.settings, self.target, self.member = settings, settings.spec, member
        self.holdings, self.lock, self.custom = holdings, lock, custom
        self.plans = PlanHoldings()
        self.rights = Rights(member)
        self.names = Names({}, holdings.known(new_poles=settings.create_unknown))
        self.today = today()
        self.language = get_language() or "fr"
        self.project = None
        if settings.project:
            self.project = next((one for one in holdings.projects.values() if str(one.pk) == settings.project), None)
        self.project_names: dict[str, list[Project]] = {}
        for one in holdings.projects.values():
            self.project_names.setdefault(fold(one.name), []).append(one)
        self.codes = {one.code.upper() for one in holdings.projects.values()}
        self.usage, self.creations = project_usage(), 0
        self.references: dict[object, list[str]] = {}
        self.mapped = {choice.field.partition("@")[0] for choice in settings.columns.values()} | set(settings.fixed)
        self.required = [one.key for one in self.target.sheet.columns if one.required]
        if any("@" in choice.field for choice in settings.columns.values()):
            self.mapped.add("month")
        self.seen: dict[tuple[str, ...], int] = {}
        self.new_people: dict[str, str] = {}  # folded name: name
        self._details: set[str] = set()
        self.problems: list[ImportProblem] = []
        self._faulty: set[tuple[Where, str]] = set()  # cells that have an error, with their heading

    def chunk(self, records: Sequence[RawRow], problems: Sequence[ImportProblem]) -> TableChanges:
        """What these records would change."""
        self.problems = list(problems)
        self._faulty = {(one.where, one.params.get("heading", "")) for one in problems if one.is_error}
        with_project = [(record, self._project_of(record)) for record in records]
        self._load(project for _record, project in with_project if project is not None)
        found = [(record, self._change(record, project)) for record, project in with_project]
        refused = {one.where.row for one in self.problems if one.is_error and one.where.row is not None}
        kept = [change for record, change in found if change is not None and record.row not in refused]
        changes = TableChanges(holdings=self.holdings, problems=self.problems, refused=refused)
        changes.rows = {self.target.key: kept}
        self._announce(changes, kept)
        return changes

    def _load(self, projects: Iterable[Project]) -> None:
        named = {one.code for one in projects}
        if self.target.key in {"tasks", "assignments"}:
            self.plans.load(self.holdings.projects[code.casefold()].pk for code in named)
        elif self.target.key != "people" and named - self._details:
            self.holdings.load_details(named - self._details, lock=self.lock)
            self._details |= named

    # --- one record

    def _project_of(self, record: RawRow) -> Project | None:
        """The project that a record is of, or is."""
        if self.target.key == "people":
            return None
        if self.target.key == "projects":
            return self._matched_project(record)
        if "project" not in self.mapped or record.values.get("project", CLEARED) is CLEARED:
            if self.project is None:
                self.report(ProblemCode.REQUIRED, record, "project")
            return self.project
        text = str(record.values["project"])
        project = self.holdings.projects.get(text.casefold())
        if project is None:
            same_name = self.project_names.get(fold(text), [])
            project = same_name[0] if len(same_name) == 1 else None
        if project is None:
            suggestion = self.names.suggestion(Reference.PROJECT, text)
            self.report(ProblemCode.NO_SUCH_PROJECT, record, "project", value=text, suggestion=suggestion)
        return project

    def _matched_project(self, record: RawRow) -> Project | None:
        values = record.values
        if self.settings.key == ("name",):
            same_name = self.project_names.get(fold(str(values.get("name", ""))), [])
            if len(same_name) > 1:
                self.report(ProblemCode.AMBIGUOUS_ROW, record, "name", key=str(values["name"]))
            return same_name[0] if len(same_name) == 1 else None
        return self.holdings.projects.get(str(values.get("code", "")).casefold())

    def _change(self, record: RawRow, project: Project | None) -> RowChange | None:
        before = len(self.problems)
        self._resolve(record)
        check_values(self, record)
        if self.target.of_project and project is None:
            if needed(self, record, *self.settings.key):
                self.demand_filled(record)
            self._check_period(record, {})
            return None
        compared = COMPARED[self.target.key](self, record, project)
        if compared is None:
            self._check_period(record, {})
            return None
        if self._is_repeated(record, compared):
            return None
        change = RowChange(
            self.target.key, record.row, compared.key, compared.label, compared.target, project=compared.project
        )
        self._compare(record, change, compared)
        change.status = compared.status
        change.before |= compared.status_before
        if compared.target is None:
            for name, value in compared.place.items():
                change.values.setdefault(name, value)
            self._demand_required(record, change)
            self._count_creation(record)
        self._check_period(record, compared.current)
        if change.values or change.status:
            self._demand(record, compared, compared.permission if change.values else Permission.STATUS_PUBLISH)
        return None if any(one.is_error for one in self.problems[before:]) else change

    def _compare(self, record: RawRow, change: RowChange, compared: Compared) -> None:
        """Keep what differs; a cleared cell empties a field that may be empty."""
        custom = {}
        for key, value in record.values.items():
            if key.startswith(PREFIX):
                custom[key.removeprefix(PREFIX)] = None if value is CLEARED else value
                continue
            if key not in compared.current:
                continue
            if value is CLEARED:
                if key in self.required or compared.target is None or not compared.may_clear(key):
                    continue
                value = compared.blank(key)
            elif key in PLACES:
                value = value.quantize(PLACES[key])
            current = compared.current[key]
            if compared.target is None:
                change.values[key] = value
            elif not same(current, value):
                change.values[key], change.before[key] = value, current
        if custom:
            held = compared.target.custom_fields if compared.target is not None else {}
            differing = {key: value for key, value in custom.items() if held.get(key) != value}
            if differing:
                change.values["custom_fields"] = differing
                for key in differing if compared.target is not None else ():
                    change.before[f"{PREFIX}{key}"] = held.get(key)

    def _demand_required(self, record: RawRow, change: RowChange) -> None:
        for key in self.required:
            if key not in change.values and not (key == "month" and "month" in record.values):
                self.demand_cell(record, key)
        for key, field_ in self.custom.fields.items():
            if field_.is_required and not change.values.get("custom_fields", {}).get(field_.key):
                self.demand_cell(record, key)

    def demand_cell(self, record: RawRow, key: str) -> None:
        """Note that a value is wanting, unless its cell is faulty already."""
        if (self._where(record, key), self.heading(record, key)) not in self._faulty:
            self.report(ProblemCode.REQUIRED if key in self.mapped else ProblemCode.NEED_COLUMN, record, key)

    def demand_filled(self, record: RawRow) -> None:
        """Note the blank cells of columns that a new row must have: what a record that finds no row will need."""
        for key in self.required:
            if key in self.mapped and record.values.get(key, CLEARED) is CLEARED:
                self.demand_cell(record, key)

    def _count_creation(self, record: RawRow) -> None:
        if self.target.key != "projects":
            return
        self.creations += 1
        if not self.usage.allows(self.creations):
            self.report(
                ProblemCode.PROJECTS_OVER_LIMIT,
                record,
                "code",
                plan=plan_name(),
                limit=self.usage.limit,
                used=self.usage.used,
                more=self.creations,
            )

    def _is_repeated(self, record: RawRow, compared: Compared) -> bool:
        identity = compared.identity
        if not all(identity):
            return False
        first = self.seen.setdefault(identity, record.row)
        if first == record.row:
            return False
        self.report(ProblemCode.DUPLICATE_KEY, record, self.settings.key[-1], key=", ".join(identity), row=str(first))
        return True

    def _check_period(self, record: RawRow, current: Mapping[str, Any]) -> None:
        if self.target.sheet.period is None:
            return
        first, last = self.target.sheet.period
        start, end = (
            value if (value := record.values.get(key)) is not None and value is not CLEARED else current.get(key)
            for key in (first, last)
        )
        touched = {first, last} & {key for key, value in record.values.items() if value is not CLEARED}
        if start is not None and end is not None and end < start and touched:
            other = self.heading(record, first)
            before = self._said(record, first, start)
            self.report(ProblemCode.END_BEFORE_START, record, last, value=end, other_heading=other, other=before)

    def _demand(self, record: RawRow, compared: Compared, permission: Permission) -> None:
        if self.target.key == "people":
            if not self.member.can(Permission.PEOPLE_EDIT):
                self.report(ProblemCode.PEOPLE_NOT_ALLOWED, record, "name", value=compared.label)
            return
        project = compared.target if self.target.key == "projects" else compared.owner
        if problem := self.rights.refusal(permission, project):
            key = "code" if self.target.key == "projects" else "project"
            self.report(problem, record, key, value=compared.project)

    # --- what records name

    def _resolve(self, record: RawRow) -> None:
        values = record.values
        for key in _NAMES_PEOPLE & values.keys():
            if values[key] is not CLEARED:
                values[key] = self._person(record, key, str(values[key]))
        if values.get("assignees", CLEARED) is not CLEARED:
            values["assignees"] = self._several(record, str(values["assignees"]))
        if values.get("pole", CLEARED) is not CLEARED:
            values["pole"] = self._pole(record, str(values["pole"]))
        if values.get("programme", CLEARED) is not CLEARED:
            values["programme"] = self._programme(record, str(values["programme"]))

    def _several(self, record: RawRow, text: str) -> tuple[str, ...]:
        """Who a list of names is: « Claire Martin; Karim Benali [50 %] »."""
        parts = [text]
        if self.names.find(Reference.PERSON, text)[0] is not None:
            for mark in _SEVERAL:
                parts = [piece for part in parts for piece in part.split(mark)]
        names = [part.partition("[")[0].strip() for part in parts]
        found = (self._person(record, "assignees", name) for name in names if name)
        return tuple(sorted({one for one in found if one}))

    def _person(self, record: RawRow, key: str, text: str) -> str:
        code, found = self.names.find(Reference.PERSON, text)
        if code is None:
            return found
        if code is ProblemCode.UNKNOWN_PERSON and fold(text) in self.new_people:
            return self.new_people[fold(text)]
        if code is not ProblemCode.UNKNOWN_PERSON or not self.settings.create_unknown:
            suggestion = self.names.suggestion(Reference.PERSON, text)
            code = ProblemCode.NO_SUCH_PERSON if code is ProblemCode.UNKNOWN_PERSON else code
            self.report(code, record, key, value=text, suggestion=suggestion)
            return ""
        if not self.member.can(Permission.PEOPLE_EDIT):
            self.report(ProblemCode.PEOPLE_NOT_ALLOWED, record, key, value=text)
            return ""
        name = text.lower() if "@" in text else text
        self.new_people[fold(text)] = name
        self.report(ProblemCode.NEW_PERSON, record, key, severity=Severity.WARNING, value=text)
        return name

    def _pole(self, record: RawRow, text: str) -> str:
        code, found = self.names.find(Reference.POLE, text)
        if code is not None:
            suggestion = self.names.suggestion(Reference.POLE, text)
            self.report(code, record, "pole", value=text, suggestion=suggestion)
            return ""
        if fold(found) not in self.holdings.poles and not self.member.can(Permission.ORGANISATION_EDIT):
            self.report(ProblemCode.POLE_NOT_ALLOWED, record, "pole", value=text)
        return found

    def _programme(self, record: RawRow, text: str) -> str:
        programme = self.holdings.programmes.get(fold(text))
        if programme is not None:
            return programme.name
        if not self.settings.create_unknown:
            self.report(ProblemCode.UNKNOWN_PROGRAMME, record, "programme", value=text)
        elif not self.member.can(Permission.ORGANISATION_EDIT):
            self.report(ProblemCode.PROGRAMME_NOT_ALLOWED, record, "programme", value=text)
        return text

    def _announce(self, changes: TableChanges, kept: Sequence[RowChange]) -> None:
        """What must be made because rows that are kept name it."""
        people: dict[str, str] = {}
        wanted = {fold(name): name for name in self.new_people.values()}
        for change in kept:
            pole, programme = change.values.get("pole"), change.values.get("programme")
            if pole and fold(pole) not in self.holdings.poles:
                changes.new_poles.setdefault(fold(pole), pole)
            if programme and fold(programme) not in self.holdings.programmes:
                changes.new_programmes.setdefault(fold(programme), programme)
            named = [change.values.get(key) for key in _NAMES_PEOPLE] + list(change.values.get("assignees") or ())
            for name in named:
                if isinstance(name, str) and fold(name) in wanted and name not in self.holdings.people:
                    people.setdefault(name, name)
        if people:
            made = [self._new_person(name) for name in people]
            changes.rows = {PEOPLE.key: made} | changes.rows if self.target.key != "people" else changes.rows

    def _new_person(self, name: str) -> RowChange:
        shown = name.partition("@")[0].replace(".", " ").title() if "@" in name else name
        values = {"name": shown[:120], "is_external": False} | ({"email": name} if "@" in name else {})
        return RowChange(PEOPLE.key, 0, name, shown, None, values)

    # --- problems

    def heading(self, record: RawRow, key: str) -> str:
        """What the file calls a field."""
        if key in record.columns:
            return record.columns[key][0]
        specs = {column.key: column for column in (*self.target.sheet.columns, *self.custom.columns)}
        return specs[key].words.in_language(self.language) if key in specs else key

    def _where(self, record: RawRow, key: str) -> Where:
        where = record.where(key)
        return where if where.sheet else Where(None, where.row, where.column)  # a text file has no sheet

    def choice(self, column: str, key: str) -> str:
        """A choice in the reader's language."""
        choices = self.target.sheet.column(column).choices
        return next(one.words.in_language(self.language) for one in choices if one.key == key)

    def report(
        self,
        code: ProblemCode,
        record: RawRow,
        key: str,
        /,
        *,
        severity: Severity = Severity.ERROR,
        **params: object,
    ) -> None:
        """Note what is wrong, at its cell."""
        where = self._where(record, key)
        heading = self.heading(record, key)
        told = {"heading": heading, **{name: self._said(record, key, value) for name, value in params.items()}}
        if severity is Severity.ERROR:
            self._faulty.add((where, heading))
        self.problems.append(ImportProblem(code, where, told, severity))

    def _said(self, record: RawRow, key: str, value: object) -> str:
        """A value as the person knows it: a day or an amount as its cell says it, else as their language does."""
        if isinstance(value, date):
            return record.written.get(key) or formats.date_short(value, self.language)
        if isinstance(value, Decimal):
            return record.written.get(key) or formats.quantity(value, self.language)
        return str(value)
