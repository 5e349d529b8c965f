"""Reads a Microsoft Project XML file (MSPDI), from Project 2002 on, in one pass and bounded memory."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from xml.etree.ElementTree import Element, ParseError  # types only: parsing goes through defusedxml
from xml.parsers.expat import errors as expat_errors

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from integrations.imports.domain.mspdi import (
    ConstraintType,
    EffortKind,
    LinkType,
    MspdiAssignment,
    MspdiBaseline,
    MspdiCalendar,
    MspdiLink,
    MspdiProject,
    MspdiResource,
    MspdiTask,
    ResourceType,
)
from integrations.imports.domain.mspdi_attributes import Attribute
from integrations.imports.domain.mspdi_calendars import read_calendar
from integrations.imports.domain.mspdi_fields import Fields, local_name
from integrations.imports.domain.problem import ImportProblem, ImportRefused, ProblemCode, Severity, Where

LINK_TYPES = tuple(LinkType)
CONSTRAINTS = tuple(ConstraintType)
EFFORTS = tuple(EffortKind)
# Formats of a duration that counts all hours; those from 32 up are the same, estimated.
ELAPSED_FORMATS = frozenset({4, 6, 8, 10, 12, 20, 36, 38, 40, 42, 44, 52})
PERCENT_FORMATS = frozenset({19, 20, 51, 52})
UNASSIGNED = -65535
DEFAULT_PRIORITY = 500
MINUTES_IN_A_WEEK = 7 * 24 * 60

OLE_HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TRUNCATED = {
    expat_errors.codes[name]
    for name in (
        expat_errors.XML_ERROR_NO_ELEMENTS,
        expat_errors.XML_ERROR_UNCLOSED_TOKEN,
        expat_errors.XML_ERROR_PARTIAL_CHAR,
        expat_errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}


@dataclass(frozen=True)
class MspdiLimits:
    """What is refused: more would not be a plan."""

    bytes: int = 60_000_000
    depth: int = 40
    elements: int = 4_000_000
    items: int = 50_000  # of each: tasks, resources, assignments, calendars


def read_mspdi(content: bytes, limits: MspdiLimits | None = None) -> MspdiProject:
    """Reads a file. Raises ImportRefused when it is not such a file, is truncated, hostile or too large.

    What is wrong inside it is in `problems`, each with its task, resource or calendar.
    """
    limits = limits or MspdiLimits()
    _refuse_other_formats(content, limits)
    reader = _Reader(limits)
    try:
        for element, depth in _elements(content, limits):
            reader.take(element, depth)
    except DefusedXmlException as error:
        raise ImportRefused(ProblemCode.HOSTILE_XML) from error
    except ParseError as error:
        line = error.position[0]
        if error.code in _TRUNCATED:
            raise ImportRefused(ProblemCode.TRUNCATED_XML, Where(line=line)) from error
        raise ImportRefused(ProblemCode.NOT_XML, Where(line=line), detail=error.msg) from error
    except (ValueError, LookupError) as error:  # an encoding that does not exist, or is not followed
        raise ImportRefused(ProblemCode.NOT_XML, detail=error) from error
    return reader.project()


def root_of(content: bytes) -> str:
    """The name of the root element; empty for what is not XML, or hides something in front of it."""
    try:
        for _event, element in iterparse(io.BytesIO(content), events=("start",), forbid_dtd=True):
            return local_name(element.tag)
    except (DefusedXmlException, ParseError, ValueError, LookupError):
        return ""
    return ""


def _refuse_other_formats(content: bytes, limits: MspdiLimits) -> None:
    if not content.strip(b"\x00 \t\r\n"):
        raise ImportRefused(ProblemCode.EMPTY_FILE)
    if len(content) > limits.bytes:
        raise ImportRefused(ProblemCode.TOO_LARGE, size=len(content), limit=limits.bytes)
    if content.startswith(OLE_HEADER):
        raise ImportRefused(ProblemCode.PROJECT_BINARY_FILE)
    start = content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")[:1]
    if start != b"<":
        raise ImportRefused(ProblemCode.NOT_XML, Where(line=1), detail="")


def _elements(content: bytes, limits: MspdiLimits) -> Iterator[tuple[Element, int]]:
    """The elements as they end, with their depth (the root is 1)."""
    depth = count = 0
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            depth += 1
            count += 1
            if depth == 1 and local_name(element.tag) != "Project":
                raise ImportRefused(ProblemCode.NOT_MSPDI, root=local_name(element.tag)[:80])
            if depth > limits.depth:
                raise ImportRefused(ProblemCode.TOO_DEEP, limit=limits.depth)
            if count > limits.elements:
                raise ImportRefused(ProblemCode.TOO_MANY_ITEMS, limit=limits.elements)
        else:
            yield element, depth
            depth -= 1


class _Reader:
    """Gathers the parts of one file as their elements end."""

    def __init__(self, limits: MspdiLimits) -> None:
        self.limits = limits
        self.problems: list[ImportProblem] = []
        self.calendars: list[MspdiCalendar] = []
        self.tasks: list[MspdiTask] = []
        self.links: list[tuple[Fields, int]] = []
        self.resources: list[MspdiResource] = []
        self.assignments: list[tuple[MspdiAssignment, Where]] = []
        self.summary: MspdiTask | None = None
        self.blank_uids: set[int] = set()
        self.attributes: list[Attribute] = []
        self.root: Fields | None = None

    def take(self, element: Element, depth: int) -> None:
        name = local_name(element.tag)
        if depth == 1:
            self.root = Fields(element, Where(element="Project"), self.problems)
        elif depth == 3:
            match name:
                case "Calendar":
                    self.calendars.append(read_calendar(element, self.problems))
                case "Task":
                    self._task(element)
                case "Resource":
                    self._resource(element)
                case "Assignment":
                    self._assignment(element)
                case "ExtendedAttribute":
                    self._attribute(element)
            self._bound()
            element.clear()
        elif name == "TimephasedData":
            element.clear()  # nine tenths of a large file, and not used

    def _bound(self) -> None:
        most = max(len(self.tasks), len(self.resources), len(self.assignments), len(self.calendars))
        if most > self.limits.items:
            raise ImportRefused(ProblemCode.TOO_MANY_ITEMS, limit=self.limits.items)

    # --- elements

    def _named(self, element: Element, kind: str) -> Fields | None:
        """The fields of an element that has a unique id, and its place in words; None without one."""
        uid, name = "", ""
        for child in element:
            match local_name(child.tag):
                case "UID":
                    uid = (child.text or "").strip()
                case "Name":
                    name = (child.text or "").strip()
        words = " ".join(filter(None, (kind, uid, f"“{name[:80]}”" if name else "")))
        fields = Fields(element, Where(element=words), self.problems)
        if fields.integer("UID", serious=True) is None:
            self.problems.append(ImportProblem(ProblemCode.MISSING_UID, fields.where))
            return None
        return fields

    def _task(self, element: Element) -> None:
        fields = self._named(element, "Task")
        if fields is None:
            return
        uid = fields.integer("UID") or 0
        if fields.flag("IsNull"):
            self.blank_uids.add(uid)
            return
        constraint = fields.integer("ConstraintType", 0) or 0
        effort = fields.integer("Type", 0) or 0
        duration_format = fields.integer("DurationFormat")
        start, finish = fields.instant("Start", serious=True), fields.instant("Finish", serious=True)
        outline_number = fields.text("OutlineNumber")
        levels = outline_number.count(".") + 1 if outline_number else 1
        task = MspdiTask(
            uid=uid,
            guid=fields.text("GUID").strip("{}").lower(),
            id=fields.integer("ID"),
            name=fields.text("Name"),
            outline_number=outline_number,
            outline_level=fields.integer("OutlineLevel", levels, serious=True) or 0,
            parent_uid=None,
            summary=fields.flag("Summary"),
            milestone=fields.flag("Milestone"),
            manual=fields.flag("Manual"),
            active=fields.flag("Active", default=True),
            external=fields.flag("ExternalTask"),
            start=start,
            finish=finish,
            actual_start=fields.instant("ActualStart"),
            actual_finish=fields.instant("ActualFinish"),
            duration_minutes=fields.minutes("Duration", serious=True),
            duration_format=duration_format,
            duration_elapsed=duration_format in ELAPSED_FORMATS,
            work_minutes=fields.minutes("Work"),
            percent_complete=fields.fraction("PercentComplete"),
            constraint=CONSTRAINTS[constraint] if 0 <= constraint < len(CONSTRAINTS) else CONSTRAINTS[0],
            constraint_date=fields.instant("ConstraintDate"),
            deadline=fields.instant("Deadline"),
            priority=fields.integer("Priority", DEFAULT_PRIORITY) or 0,
            notes=fields.text("Notes"),
            effort=EFFORTS[effort] if 0 <= effort < len(EFFORTS) else EFFORTS[0],
            calendar_uid=_reference(fields.integer("CalendarUID")),
            baselines=tuple(_baseline(fields.nested(one)) for one in fields.children("Baseline")),
            type=fields.integer("Type", 0) or 0,
            ignores_resource_calendars=fields.flag("IgnoreResourceCalendar"),
            attributes=tuple(_attributes(fields)),
        )
        if not 0 <= constraint < len(CONSTRAINTS):
            fields.report(ProblemCode.BAD_VALUE, "ConstraintType", str(constraint))
        if uid == 0:
            self.summary = task
            return
        if start is not None and finish is not None and finish < start:
            fields.warn(ProblemCode.FINISH_BEFORE_START, value=finish.isoformat(), other=start.isoformat())
        if not task.name:
            fields.warn(ProblemCode.UNNAMED_TASK)
        if task.external:
            fields.warn(ProblemCode.EXTERNAL_TASK)
        self.tasks.append(task)
        for link in fields.children("PredecessorLink"):
            # Copied, for its element is emptied once the task is read.
            copy = Element(link.tag)
            copy.extend(list(link))
            self.links.append((Fields(copy, fields.where, self.problems), uid))

    def _attribute(self, element: Element) -> None:
        fields = Fields(element, Where(element="ExtendedAttribute"), self.problems)
        key = _field_id(fields)
        if key is not None:
            self.attributes.append(Attribute(key, fields.text("FieldName"), fields.text("Alias")))

    def _resource(self, element: Element) -> None:
        fields = self._named(element, "Resource")
        if fields is None:
            return
        uid = fields.integer("UID") or 0
        if uid == 0 or fields.flag("IsNull"):
            return  # the place that Project keeps for work that nobody is assigned to
        kind = ResourceType.MATERIAL if fields.integer("Type", 1) == 0 else ResourceType.WORK
        self.resources.append(
            MspdiResource(
                uid=uid,
                name=fields.text("Name"),
                type=ResourceType.COST if fields.flag("IsCostResource") else kind,
                email=fields.text("EmailAddress"),
                max_units=fields.decimal("MaxUnits"),
                standard_rate=fields.decimal("StandardRate"),
                calendar_uid=_reference(fields.integer("CalendarUID")),
            )
        )

    def _assignment(self, element: Element) -> None:
        fields = Fields(element, Where(element="Assignment"), self.problems)
        uid, task = fields.integer("UID"), fields.integer("TaskUID", serious=True)
        where = Where(element=f"Assignment {uid}" if uid is not None else "Assignment")
        fields = Fields(element, where, self.problems)
        if task is None:
            fields.warn(ProblemCode.UNKNOWN_TASK_IN_ASSIGNMENT, uid="")
            return
        resource = fields.integer("ResourceUID", UNASSIGNED)
        assignment = MspdiAssignment(
            uid=uid,
            task_uid=task,
            resource_uid=resource if resource is not None and resource > 0 else None,
            placeholder=resource == UNASSIGNED,
            units=fields.decimal("Units"),
            work_minutes=fields.minutes("Work"),
            start=fields.instant("Start"),
            finish=fields.instant("Finish"),
            percent_complete=fields.fraction("PercentWorkComplete"),
        )
        self.assignments.append((assignment, where))

    # --- the whole

    def project(self) -> MspdiProject:
        """What was read, with its references checked."""
        root = self.root
        if root is None:
            raise ImportRefused(ProblemCode.TRUNCATED_XML)
        minutes_per_week = root.integer("MinutesPerWeek", 2400) or 2400
        self._refuse_duplicates()
        calendar_uid = _reference(root.integer("CalendarUID"))
        self._check_calendars(calendar_uid, root)
        return MspdiProject(
            name=root.text("Name"),
            title=root.text("Title"),
            start=root.instant("StartDate"),
            finish=root.instant("FinishDate"),
            from_finish=not root.flag("ScheduleFromStart", default=True),
            calendar_uid=calendar_uid,
            minutes_per_day=root.integer("MinutesPerDay", 480) or 480,
            minutes_per_week=minutes_per_week,
            currency=root.text("CurrencyCode"),
            summary=self.summary,
            blank_lines=len(self.blank_uids),
            calendars=tuple(self.calendars),
            tasks=tuple(_with_parents(self.tasks)),
            links=tuple(self._links(minutes_per_week)),
            resources=tuple(self.resources),
            assignments=tuple(self._assignments()),
            problems=tuple(self.problems),
            attributes=tuple(self.attributes),
        )

    def _refuse_duplicates(self) -> None:
        kinds = (("Task", self.tasks), ("Resource", self.resources), ("Calendar", self.calendars))
        for kind, items in kinds:
            seen: set[int] = set()
            for item in items:
                if item.uid in seen:
                    where = Where(element=f"{kind} {item.uid} “{item.name}”")
                    params = {"uid": str(item.uid)}
                    self.problems.append(ImportProblem(ProblemCode.DUPLICATE_UID, where, params))
                seen.add(item.uid)

    def _check_calendars(self, project_calendar: int | None, root: Fields) -> None:
        known = {calendar.uid for calendar in self.calendars}
        for calendar in self.calendars:
            if calendar.base_uid is not None and calendar.base_uid not in known:
                where = Where(element=f"Calendar {calendar.uid} “{calendar.name}”")
                self._warn(ProblemCode.UNKNOWN_BASE_CALENDAR, where, uid=calendar.base_uid)
        if project_calendar is not None and project_calendar not in known:
            root.warn(ProblemCode.UNKNOWN_CALENDAR, uid=project_calendar)

    def _links(self, minutes_per_week: int) -> Iterator[MspdiLink]:
        by_uid = {task.uid: task for task in self.tasks}
        for fields, successor in self.links:
            predecessor = fields.integer("PredecessorUID")
            if fields.flag("CrossProject"):
                fields.warn(ProblemCode.CROSS_PROJECT_LINK)
                continue
            if predecessor == successor:
                fields.warn(ProblemCode.SELF_LINK)
                continue
            if predecessor is None or predecessor not in by_uid:
                fields.warn(ProblemCode.UNKNOWN_PREDECESSOR, uid="" if predecessor is None else predecessor)
                continue
            code = fields.integer("Type", 1)
            if code is None or not 0 <= code < len(LINK_TYPES):
                fields.warn(ProblemCode.UNKNOWN_LINK_TYPE, value=code)
                code = 1
            value, lag_format = fields.integer("LinkLag", 0) or 0, fields.integer("LagFormat", 7) or 7
            elapsed, percent = lag_format in ELAPSED_FORMATS, lag_format in PERCENT_FORMATS
            lag = Decimal(value) / 10
            if percent:
                lag = Decimal(value) / 100 * (by_uid[predecessor].duration_minutes or 0)
            if elapsed and value:
                lag = lag * minutes_per_week / MINUTES_IN_A_WEEK
                fields.warn(ProblemCode.ELAPSED_LAG, read=_whole(lag))
            yield MspdiLink(
                predecessor_uid=predecessor,
                successor_uid=successor,
                type=LINK_TYPES[code],
                lag_value=value,
                lag_format=lag_format,
                lag_elapsed=elapsed,
                lag_percent=percent,
                lag_minutes=_whole(lag),
            )

    def _assignments(self) -> Iterator[MspdiAssignment]:
        tasks = {task.uid for task in self.tasks} | {0}
        resources = {resource.uid for resource in self.resources}
        for assignment, where in self.assignments:
            if assignment.task_uid not in tasks:
                if assignment.task_uid not in self.blank_uids:
                    self._warn(ProblemCode.UNKNOWN_TASK_IN_ASSIGNMENT, where, uid=assignment.task_uid)
                continue
            resource = assignment.resource_uid
            if resource is not None and resource not in resources:
                self._warn(ProblemCode.UNKNOWN_RESOURCE_IN_ASSIGNMENT, where, uid=resource)
                assignment = replace(assignment, resource_uid=None)
            yield assignment

    def _warn(self, code: ProblemCode, where: Where, *, uid: int) -> None:
        self.problems.append(ImportProblem(code, where, {"uid": str(uid)}, Severity.WARNING))


def _baseline(fields: Fields) -> MspdiBaseline:
    return MspdiBaseline(
        number=min(max(fields.integer("Number", 0) or 0, 0), 10),
        start=fields.instant("Start"),
        finish=fields.instant("Finish"),
        duration_minutes=fields.minutes("Duration"),
        work_minutes=fields.minutes("Work"),
    )


def _attributes(fields: Fields) -> Iterator[tuple[int, str]]:
    for element in fields.children("ExtendedAttribute"):
        one = fields.nested(element)
        key, text = _field_id(one), one.text("Value")
        if key is not None and text:
            yield key, text


def _field_id(fields: Fields) -> int | None:
    """The number of a user's field. One that is none names nothing: it is kept as it is, and nothing else."""
    text = fields.text("FieldID")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _reference(uid: int | None) -> int | None:
    """A reference to a calendar: Project writes -1 or 0 for none."""
    return uid if uid is not None and uid > 0 else None


def _with_parents(tasks: list[MspdiTask]) -> Iterator[MspdiTask]:
    """Each task with its parent: the closest line above with a lower level."""
    open_tasks: list[MspdiTask] = []
    for task in tasks:
        while open_tasks and open_tasks[-1].outline_level >= task.outline_level:
            open_tasks.pop()
        yield replace(task, parent_uid=open_tasks[-1].uid if open_tasks else None)
        open_tasks.append(task)


def _whole(minutes: Decimal) -> int:
    return int(minutes.quantize(Decimal(1), ROUND_HALF_UP))
