"""A project's plan in the terms of MSPDI, with the file that it came from and what that format cannot carry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.imports.domain.mspdi import MspdiProject
from integrations.imports.domain.mspdi_attributes import Attribute, Slot, free_places
from integrations.imports.domain.mspdi_elements import Document
from integrations.imports.domain.mspdi_held import (
    HeldAssignment,
    HeldBaseline,
    HeldCalendar,
    HeldPlan,
    HeldResource,
    HeldTask,
    Origin,
)
from integrations.imports.models import Import, ImportKind, ImportState
from integrations.imports.plan_changes import BASELINE_NAME, NEW, SKIP
from integrations.imports.plan_fields import FieldsRead, fields_in, slot_of, written_value
from integrations.imports.plan_held import added_up, held_calendar, held_link, held_task, read_origin
from integrations.imports.sources import objects_of, plan_connection
from portfolio.people.domain.calendar import Calendar, CalendarException, public_holidays
from portfolio.people.models import Person
from portfolio.people.queries import calendars_by_id
from portfolio.planning.models import Assignment, Baseline, BaselineTask, PlanSettings, TaskKind
from portfolio.planning.scheduling import Plan, load_plan
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.fields.models import FieldDefinition
from tech4value.fields.values import fields_of
from tech4value.files.actions import read_file
from tech4value.web.field_values import people_named
from tech4value.web.tags.filters import number

MOST_BASELINES = 11  # numbers 0 to 10


@dataclass(frozen=True)
class Outgoing:
    """A plan ready to be written. `amounts`: whether the person may see what the original says of rates and costs."""

    plan: HeldPlan
    origin: Origin | None
    amounts: bool
    notes: tuple[str, ...]


def outgoing_plan(project: Project, member: Membership) -> Outgoing:
    """The plan of `project` as `member` may take it away. Raises ImportRefused when the file that it came from, kept
    since, can no longer be read."""
    return _Outgoing(project, member).whole()


@dataclass
class _Numbers:
    """The numbers of the original, and those given to what has none: after the last, in the order that they come."""

    known: Mapping[UUID, int]
    used: set[int] = field(default_factory=set)
    given: dict[UUID, int] = field(default_factory=dict)

    def of(self, key: UUID) -> int:
        if key in self.known:
            return self.known[key]
        if key not in self.given:
            number = max(self.used, default=0) + 1
            self.used.add(number)
            self.given[key] = number
        return self.given[key]


class _Outgoing:
    def __init__(self, project: Project, member: Membership) -> None:
        self.project, self.member = project, member
        self.notes: list[str] = []
        self.rows: Plan = load_plan(project)
        source = origin_of(project)
        self.origin: Origin | None = None
        self.source: MspdiProject | None = None
        self.definitions = fields_of("task")
        self.read = FieldsRead()
        used: dict[str, set[int]] = {"Task": set(), "Resource": set(), "Calendar": set()}
        known: dict[str, dict[UUID, int]] = {"task": {}, "resource": {}, "calendar": {}}
        if source is not None:
            content = read_file(source.plan_file)
            connection = plan_connection(project.pk)
            known = {kind: _by_key(objects_of(connection, kind)) for kind in known}
            every = _people_of(source, connection)
            known["resource"] = _by_key({str(uid): key for uid, key in every.items()})
            same = {uid: known["resource"][key] for uid, key in every.items()}
            then = [one for one in self.definitions if one.created_at <= source.created_at]
            self.origin, self.source = read_origin(
                content, project.starts_on, same=same, people=frozenset(every), fields=then
            )
            used = _used(content, used)
            kept = {task.uid for task in self.origin.plan.tasks}
            known["task"] = {key: uid for key, uid in known["task"].items() if uid in kept}
        self.amounts = (
            source is None
            or member.can(Permission.RATE_VIEW)
            or (source.created_by_id is not None and source.created_by_id == member.pk)
        )
        self.task_numbers = _Numbers(known["task"], used["Task"])
        self.resource_numbers = _Numbers(known["resource"], used["Resource"])
        self.calendar_numbers = _Numbers(
            {key: uid for key, uid in known["calendar"].items() if uid}, used["Calendar"]
        )
        self.without_number = {key for key, uid in known["calendar"].items() if not uid}
        self.calendars = calendars_by_id()
        self.days = _days(self.rows, project)

    def whole(self) -> Outgoing:
        """Everything, and what had to be left."""
        settings = PlanSettings.objects.filter(project=self.project).first()
        baselines = self._baselines()
        fields = self._fields()
        tasks = tuple(self._tasks(baselines, fields))
        numbers = self.task_numbers
        links = {
            (one.predecessor, one.successor): one
            for one in (
                held_link(
                    numbers.of(row.predecessor_id), numbers.of(row.successor_id), row.kind, row.lag, row.lag_unit
                )
                for row in self.rows.links
            )
        }
        assignments, people = self._assignments()
        calendar_uid, plan_calendar = self._plan_calendar(settings)
        resources, calendars = self._resources(people, calendar_uid)
        plan = HeldPlan(
            name=self.project.name,
            calendar_uid=calendar_uid,
            tasks=tasks,
            links=links,
            resources=resources,
            assignments=assignments,
            calendars=tuple({one.uid: one for one in (*plan_calendar, *self._task_calendars(), *calendars)}.values()),
            status_date=_status(settings),
            fields=tuple(fields.values()),
        )
        self._note_tasks()
        return Outgoing(plan, self.origin, self.amounts, tuple(self.notes))

    # --- tasks

    def _fields(self) -> dict[str, Attribute]:
        """The place of each custom field that a task holds, or that the original has: the original's own, else one
        that it leaves free. By key."""
        held = {key for task in self.rows.tasks for key in task.custom_fields}
        source = self.source
        if source is not None:
            self.read = fields_in(source, self.definitions)
        attributes = {} if source is None else {one.field_id: one for one in source.attributes}
        found = {definition.key: attributes[key] for key, definition in self.read.taken.items()}
        wanted = []
        for one in self.definitions:
            place = found.get(one.key)
            if place is None and one.key in held:
                wanted.append(one)
            elif place is not None and place.slot not in {slot_of(one), Slot.TEXT}:
                del found[one.key]
                self._note_field(one)
        taken = set(attributes)
        if source is not None:
            taken |= {key for task in source.tasks for key, _text in task.attributes}
        for one, free in zip(wanted, free_places([slot_of(one) for one in wanted], taken), strict=True):
            if free is None:
                self._note_field(one)
            else:
                found[one.key] = Attribute(*free, one.label)
        return found

    def _note_field(self, definition: FieldDefinition) -> None:
        self.notes.append(
            _("Le champ personnalisé « %(name)s » : le format n’a pas de place de son type qui soit libre.")
            % {"name": definition.name}
        )

    def _tasks(
        self, baselines: Mapping[UUID, tuple[HeldBaseline, ...]], fields: Mapping[str, Attribute]
    ) -> Iterable[HeldTask]:
        parents = self.rows.parents
        definitions = [one for one in self.definitions if one.key in fields]
        names = people_named(definitions, [row.custom_fields for row in self.rows.tasks])
        levels: dict[UUID | None, int] = {}
        for row in self.rows.tasks:
            level = levels[row.pk] = levels.get(row.parent_id, 0) + 1
            made_here = row.pk not in self.task_numbers.known
            task = held_task(
                row,
                uid=self.task_numbers.of(row.pk),
                level=level,
                summary=row.pk in parents,
                milestone=row.kind == TaskKind.MILESTONE,
                calendar_uid=None if row.calendar_id is None else self.calendar_numbers.of(row.calendar_id),
            )
            uid = "" if made_here else str(task.uid)
            as_read, texts = self.read.values.get(uid, {}), dict(self.read.texts.get(uid, ()))
            attributes = []
            for one in definitions:
                value, place = row.custom_fields.get(one.key), fields[one.key].field_id
                if value in (None, "", []):
                    continue
                same = as_read.get(one.key) == value and place in texts
                text = texts[place] if same else written_value(one, value, names)
                attributes += [(place, text)] if text else []
            yield replace(
                task,
                guid="" if uid else str(row.pk),
                baselines=baselines.get(row.pk, ()),
                attributes=tuple(attributes),
            )

    def _baselines(self) -> dict[UUID, tuple[HeldBaseline, ...]]:
        """Ours in the numbers that the original leaves: that of the import keeps its own, the latest comes first."""
        rows = list(Baseline.objects.filter(project=self.project).order_by("-taken_on", "-pk"))
        numbers: dict[UUID, int] = {}
        free = [number for number in range(MOST_BASELINES) if number not in self._other_baselines()]
        if self.origin and any(task.baselines for task in self.origin.plan.tasks):
            free.remove(0)
            numbers = {row.pk: 0 for row in rows if row.name == BASELINE_NAME}
        for row in rows:
            if row.pk in numbers:
                continue
            if not free:
                self.notes.append(
                    _("La référence « %(name)s » : le format n’en a que %(n)d.")
                    % {"name": row.name, "n": MOST_BASELINES}
                )
                continue
            numbers[row.pk] = free.pop(0)
            self.notes.append(
                _("Le nom de la référence « %(name)s » : elle est la référence %(number)d du fichier.")
                % {"name": row.name, "number": numbers[row.pk]}
            )
        found: dict[UUID, list[HeldBaseline]] = {}
        for one in BaselineTask.objects.filter(baseline__in=numbers):
            dates = (one.starts_at, one.ends_at, one.duration_minutes, one.work_minutes)
            found.setdefault(one.task_id, []).append(HeldBaseline(numbers[one.baseline_id], *dates))
        return {key: tuple(sorted(all_of, key=lambda one: one.number)) for key, all_of in found.items()}

    def _other_baselines(self) -> set[int]:
        """The numbers that the original uses for baselines which the product does not hold."""
        if self.origin is None:
            return set()
        document = Document.parsed(self.origin.content)
        return {
            document.number(one, "Number") or 0
            for task in document.items("Tasks", "Task")
            for one in document.children(task, "Baseline")
        } - {0}

    # --- people and calendars

    def _assignments(self) -> tuple[dict[tuple[int, int], HeldAssignment], list[Person]]:
        rows = Assignment.objects.filter(project=self.project, person__deleted_at=None).select_related("person")
        rows = list(rows.order_by("person__sort_name", "person_id"))
        people = list({row.person_id: row.person for row in rows}.values())
        held = (
            HeldAssignment(
                self.task_numbers.of(row.task_id),
                self.resource_numbers.of(row.person_id),
                row.units,
                row.work_minutes,
            )
            for row in rows
        )
        return added_up(held), people

    def _resources(
        self, people: list[Person], plan_calendar: int | None
    ) -> tuple[tuple[HeldResource, ...], list[HeldCalendar]]:
        resources, calendars = [], []
        may_see_people = self.member.can(Permission.PEOPLE_VIEW)
        may_see_rates = self.member.can(Permission.RATE_VIEW)
        for person in people:
            calendar = None
            if person.calendar_id is not None:
                calendar = self.calendar_numbers.of(person.calendar_id)
                if calendar != plan_calendar:
                    calendars.append(
                        self._held(calendar, self.calendars.get(person.calendar_id, self.calendars[None]))
                    )
            resources.append(
                HeldResource(
                    self.resource_numbers.of(person.pk),
                    person.name,
                    person.email if may_see_people else "",
                    person.capacity,
                    calendar,
                    person.daily_rate if may_see_rates else None,
                )
            )
        return tuple(resources), calendars

    def _plan_calendar(self, settings: PlanSettings | None) -> tuple[int | None, list[HeldCalendar]]:
        key = settings.calendar_id if settings else None
        if key is None:
            key = next((pk for pk, one in self.calendars.items() if pk and one is self.calendars[None]), None)
        if key in self.without_number and self.origin is not None:
            return None, []  # the original names no calendar, and its hours were taken for it
        calendar = self.calendars.get(key, self.rows.calendar)
        uid = self.calendar_numbers.of(key or self.project.pk)
        return uid, [self._held(uid, calendar)]

    def _task_calendars(self) -> Iterable[HeldCalendar]:
        for key in dict.fromkeys(row.calendar_id for row in self.rows.tasks):
            if key is not None:
                yield self._held(self.calendar_numbers.of(key), self.calendars.get(key, self.calendars[None]))

    def _held(self, uid: int, calendar: Calendar) -> HeldCalendar:
        return held_calendar(uid, calendar, _holidays(calendar, *self.days))

    # --- what the format does not have

    def _note_tasks(self) -> None:
        tasks = self.rows.tasks
        rounded = sum(task.percent_complete * 100 != int(task.percent_complete * 100) for task in tasks)
        if rounded:
            self.notes.append(
                ngettext(
                    "Les décimales de l’avancement de %(n)s tâche : il est arrondi au pour cent.",
                    "Les décimales de l’avancement de %(n)s tâches : il est arrondi au pour cent.",
                    rounded,
                )
                % {"n": number(rounded)}
            )
        tied = sum(task.milestone_id is not None for task in tasks)
        if tied:
            self.notes.append(
                ngettext(
                    "Le rattachement de %(n)s tâche à un jalon du projet.",
                    "Le rattachement de %(n)s tâches à des jalons du projet.",
                    tied,
                )
                % {"n": number(tied)}
            )
        across = len(self.rows.outside)
        if across:
            self.notes.append(
                ngettext(
                    "%(n)s lien venant de la tâche d’un autre projet.",
                    "%(n)s liens venant de tâches d’autres projets.",
                    across,
                )
                % {"n": number(across)}
            )


def origin_of(project: Project) -> Import | None:
    """The last import of a plan's file into `project` that has not been undone."""
    rows = Import.objects.filter(project=project, kind=ImportKind.MSPDI, state=ImportState.DONE)
    found: Import | None = rows.select_related("file").order_by("-batch_id").first()
    return found


def _people_of(source: Import, connection: str) -> dict[int, UUID]:
    """The person of each resource: the one that was chosen, or that the import has made."""
    made = objects_of(connection, "resource")
    found = {}
    for uid, chosen in source.preview.get("people", {}).items():
        key = made.get(uid) if chosen == NEW else None if chosen == SKIP else UUID(chosen)
        if key is not None:
            found[int(uid)] = key
    return found


def _by_key(objects: Mapping[str, UUID]) -> dict[UUID, int]:
    """The number of each row; the smallest for one that several numbers became."""
    found: dict[UUID, int] = {}
    for uid, key in objects.items():
        found[key] = min(int(uid), found.get(key, int(uid)))
    return found


def _used(content: bytes, kinds: Mapping[str, set[int]]) -> dict[str, set[int]]:
    document = Document.parsed(content)
    return {kind: {document.number(one, "UID") or 0 for one in document.items(f"{kind}s", kind)} for kind in kinds}


def _days(rows: Plan, project: Project) -> tuple[date, date]:
    """From the year of the first task to the one after the last."""
    first = min((task.starts_at.date() for task in rows.tasks), default=project.starts_on)
    last = max((task.ends_at.date() for task in rows.tasks), default=project.starts_on)
    return date(first.year, 1, 1), date(min(last.year + 1, 2148), 12, 31)


def _holidays(calendar: Calendar, first: date, last: date) -> Iterable[CalendarException]:
    """The public holidays that the calendar observes, which the format has as days off."""
    if calendar.region is None:
        return
    for year in range(first.year, last.year + 1):
        for day, name in sorted(public_holidays(calendar.region, year).items()):
            if not any(one.start <= day <= one.finish for one in calendar.exceptions):
                yield CalendarException(day, day, (), name)


def _status(settings: PlanSettings | None) -> datetime | None:
    day = settings.data_date if settings else None
    return datetime.combine(day, time(17)) if day else None
