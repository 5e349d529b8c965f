"""Writes a plan as a Microsoft Project XML file (MSPDI): whole, or into the file that it came from.

In the second case, only what has changed here since the file was read is written over it: the rest, held by the
product or not, stays word for word as it was. What a scheduler had computed from something that has changed is taken
away, and computed again by the program that opens the file.
"""

from collections.abc import Mapping

from integrations.imports.domain.mspdi_amounts import without_amounts
from integrations.imports.domain.mspdi_attribute_writer import write_attributes
from integrations.imports.domain.mspdi_calendar_writer import write_calendars
from integrations.imports.domain.mspdi_elements import Document, Element, duration, instant, plain
from integrations.imports.domain.mspdi_held import (
    HeldAssignment,
    HeldBaseline,
    HeldLink,
    HeldPlan,
    HeldResource,
    HeldTask,
    Origin,
)
from integrations.imports.domain.mspdi_schema import OF_DATES, SCHEDULED
from integrations.imports.domain.mspdi_values import (
    ASSUMED,
    DAYS,
    assignment_values,
    link_values,
    outline_numbers,
    progress_values,
    task_values,
    working_time,
)

# What the dates and the progress of a task are made of.
_DATED = frozenset(
    {"Start", "Finish", "Duration", "Work", "PercentComplete", "ActualStart", "ActualFinish", "Manual", "Milestone"}
)
# What says that the dates of other tasks may follow.
_NETWORK = _DATED | {"ConstraintType", "ConstraintDate", "OutlineLevel", "Summary", "CalendarUID"}
# Of a summary: computed from what is under it, here and in Project.
_ROLLED_UP = _DATED | {"Summary", "ConstraintType", "ConstraintDate"}


def write_mspdi(plan: HeldPlan, origin: Origin | None = None, *, amounts: bool = True) -> bytes:
    """The file of a plan, over that which it came from, if any. Without `amounts`, what the original says of rates
    and costs is left out."""
    writer = _Writer(plan, origin)
    writer.write()
    if not amounts:
        without_amounts(writer.document)
    return writer.document.content()


class _Writer:
    """One document on its way; `moved` are the tasks whose dates are not those of the original."""

    def __init__(self, plan: HeldPlan, origin: Origin | None) -> None:
        self.plan, self.origin = plan, origin
        self.document = Document.parsed(origin.content) if origin else Document.empty()
        self.former = origin.plan if origin else HeldPlan("", None, ())
        self.before = {task.uid: task for task in self.former.tasks}
        self.tasks = {task.uid: task for task in plan.tasks}
        self.changes = {task.uid: self._changed(task) for task in plan.tasks if task.uid in self.before}
        self._follow_summaries()
        self.links_differ = plan.links != self.former.links
        self.network_differs = self.links_differ or self._network_differs()
        self.moved = {uid for uid, names in self.changes.items() if names & _DATED}

    def write(self) -> None:
        """Everything, in the schema's order."""
        self._header()
        write_calendars(self.document, self.plan, self.former)
        self._tasks()
        write_attributes(self.document, self.plan, self.before)
        self._resources()
        self._assignments()

    # --- what has changed

    def _changed(self, task: HeldTask) -> set[str]:
        now, before = task_values(task), task_values(self.before[task.uid])
        names = {name for name, text in now.items() if text != before[name]}
        if task.summary and self.before[task.uid].summary:
            names -= _ROLLED_UP
        return names

    def _follow_summaries(self) -> None:
        """A summary's own dates are those of here as soon as something under it has changed, come or gone."""
        children, former = _children(self.plan), _children(self.former)
        for task in reversed(self.plan.tasks):
            if not task.summary or task.uid not in self.changes:
                continue
            inside = children.get(task.uid, [])
            if inside != former.get(task.uid, []) or any(self.changes.get(uid, _DATED) & _DATED for uid in inside):
                now, before = task_values(task), task_values(self.before[task.uid])
                self.changes[task.uid] |= {name for name in _ROLLED_UP if now[name] != before[name]}

    def _network_differs(self) -> bool:
        if [task.uid for task in self.plan.tasks] != [task.uid for task in self.former.tasks]:
            return True
        return any(names & _NETWORK for names in self.changes.values())

    # --- the document's own values

    def _header(self) -> None:
        document, plan = self.document, self.plan
        root = document.root
        calendar = "" if plan.calendar_uid is None else str(plan.calendar_uid)
        if self.origin is None:
            document.write(root, [("Name", plan.name), ("Title", plan.name), *self._period()])
            document.write(root, [("CalendarUID", calendar or "-1")])
            for name, assumed in {**ASSUMED["Project"], **working_time(plan)}.items():
                document.add(root, name, assumed)
        else:
            if self.network_differs:
                for name, text in self._period():
                    document.put(root, name, text)
            if plan.calendar_uid != self.former.calendar_uid:
                document.put(root, "CalendarUID", calendar or "-1")
        if plan.status_date is not None:
            document.put(root, "StatusDate", instant(plan.status_date))

    def _day_minutes(self) -> int:
        """How long a day is in the document."""
        said = self.document.number(self.document.root, "MinutesPerDay")
        return said if said and said > 0 else int(ASSUMED["Project"]["MinutesPerDay"])

    def _period(self) -> list[tuple[str, str | None]]:
        start, finish = self.plan.start, self.plan.finish
        return [
            ("StartDate", instant(start) if start else None),
            ("FinishDate", instant(finish) if finish else None),
        ]

    # --- tasks

    def _tasks(self) -> None:
        document = self.document
        held: dict[int, Element] = {}
        after: dict[int | None, list[Element]] = {}  # what the product does not hold stays after the line above it
        above: int | None = None
        for element in document.items("Tasks", "Task"):
            uid = document.number(element, "UID")
            if uid in self.before and uid not in held:
                above = uid
                held[uid] = element
            else:
                after.setdefault(above, []).append(element)
        order = [task.uid for task in self.plan.tasks]
        kept, last = set(order), None
        for former in self.former.tasks:  # the line above is gone: after the one above that
            if former.uid in kept:
                last = former.uid
            elif former.uid in after:
                after.setdefault(last, []).extend(after.pop(former.uid))
        rows: list[Element] = list(after.get(None, []))
        for task in self.plan.tasks:
            element = held.get(task.uid)
            rows.append(self._new_task(task) if element is None else self._over_task(task, element))
            rows += after.get(task.uid, [])
        document.arrange("Tasks", "Task", rows)
        self._links(rows)
        if self.network_differs and self.origin is not None:
            self._settle(rows)
        if [task.uid for task in self.former.tasks] != order or any(
            "OutlineLevel" in names for names in self.changes.values()
        ):
            self._number(rows)

    def _new_task(self, task: HeldTask) -> Element:
        element = self.document.new("Task")
        own = {"UID": str(task.uid), "GUID": task.guid.upper() or None, "ID": "0", "Active": "1"}
        values = {**own, **ASSUMED["Task"], **task_values(task), **progress_values(task)}
        self.document.write_sorted(element, values)
        for baseline in task.baselines:
            self._baseline(element, baseline)
        return element

    def _over_task(self, task: HeldTask, element: Element) -> Element:
        document, names = self.document, self.changes[task.uid]
        values = task_values(task)
        if names & _DATED:
            document.drop(element, OF_DATES)
            for name, text in progress_values(task).items():
                document.put(element, name, text)
            if "Duration" in names:
                document.put(element, "DurationFormat", DAYS)
        for name in values:
            if name in names:
                document.put(element, name, values[name])
        before = {one.number: one for one in self.before[task.uid].baselines}
        now = {one.number: one for one in task.baselines}
        for number in before.keys() | now.keys():
            if before.get(number) != now.get(number):
                for one in document.children(element, "Baseline"):
                    if (document.number(one, "Number") or 0) == number:
                        element.remove(one)
                if number in now:
                    self._baseline(element, now[number])
        return element

    def _baseline(self, element: Element, baseline: HeldBaseline) -> None:
        child = self.document.add(element, "Baseline")
        values = (
            ("Number", str(baseline.number)),
            ("Start", instant(baseline.start)),
            ("Finish", instant(baseline.finish)),
            ("Duration", duration(baseline.duration_minutes)),
            ("DurationFormat", DAYS),
            ("Work", duration(baseline.work_minutes)),
        )
        self.document.write(child, values)

    def _links(self, rows: list[Element]) -> None:
        """The links that have come, gone or changed; a link from a line that is gone goes with it."""
        document = self.document
        wanted: dict[int, dict[int, HeldLink]] = {}
        for (predecessor, successor), link in self.plan.links.items():
            wanted.setdefault(successor, {})[predecessor] = link
        gone = self.before.keys() - self.tasks.keys()
        for element in rows:
            uid = document.number(element, "UID")
            if uid is None:
                continue
            links = wanted.get(uid, {})
            same = {one for one, link in links.items() if self.former.links.get((one, uid)) == link}
            for child in document.children(element, "PredecessorLink"):
                other = document.number(child, "PredecessorUID")
                known = other is not None and (other, uid) in self.former.links
                if other in gone or (known and other not in same):
                    element.remove(child)
            for predecessor, link in links.items():
                if predecessor not in same:
                    child = document.add(element, "PredecessorLink")
                    document.write(child, link_values(predecessor, link))

    def _settle(self, rows: list[Element]) -> None:
        """Leave to the program that opens the file what follows from dates that are no longer the file's."""
        for element in rows:
            self.document.drop(element, SCHEDULED)
            if self.document.number(element, "UID") == 0:
                self.document.drop(element, OF_DATES)
                for name, (_root, text) in zip(("Start", "Finish"), self._period(), strict=True):
                    self.document.put(element, name, text)

    def _number(self, rows: list[Element]) -> None:
        """Ranks and outline numbers of lines whose order or level is not the file's."""
        document = self.document
        lines = [row for row in rows if document.number(row, "UID") != 0]
        for rank, row in enumerate(lines, 1):
            document.put(row, "ID", str(rank))
        listed = [row for row in lines if document.text(row, "IsNull") != "1"]
        levels = [max(document.number(row, "OutlineLevel") or 1, 1) for row in listed]
        for row, number in zip(listed, outline_numbers(levels), strict=True):
            own_code = document.text(row, "WBS") not in {"", document.text(row, "OutlineNumber")}
            document.put(row, "OutlineNumber", number)
            if not own_code:
                document.put(row, "WBS", number)

    # --- people

    def _resources(self) -> None:
        document = self.document
        known = {one.uid for one in self.former.resources}
        rows = document.items("Resources", "Resource")
        new = [self._resource(one) for one in self.plan.resources if one.uid not in known]
        if not rows and not new:
            return
        document.arrange("Resources", "Resource", [*rows, *new])
        if new:
            for rank, row in enumerate(rows + new, 0 if document.number((rows + new)[0], "UID") == 0 else 1):
                document.put(row, "ID", str(rank))

    def _resource(self, resource: HeldResource) -> Element:
        element = self.document.new("Resource")
        rate = resource.daily_rate
        values: list[tuple[str, str | None]] = [
            ("UID", str(resource.uid)),
            ("ID", "0"),
            ("Name", resource.name),
            ("Type", "1"),
            ("IsNull", "0"),
            ("EmailAddress", resource.email or None),
            ("MaxUnits", plain(resource.units)),
            # Rates are by the hour, whatever unit shows them: 3 is the day, as long as the document says.
            ("StandardRate", None if rate is None else plain(round(rate * 60 / self._day_minutes(), 4))),
            ("StandardRateFormat", None if rate is None else "3"),
            ("CalendarUID", str(resource.calendar_uid) if resource.calendar_uid is not None else "-1"),
        ]
        self.document.write(element, values)
        return element

    def _assignments(self) -> None:
        document = self.document
        people = {one.uid for one in self.former.resources}
        written: set[tuple[int, int]] = set()
        rows = []
        for element in document.items("Assignments", "Assignment"):
            task, resource = document.number(element, "TaskUID"), document.number(element, "ResourceUID")
            if task is None or (task in self.before and task not in self.tasks):
                continue  # gone with its task
            if task not in self.before or resource not in people:
                if task in self.moved and (resource is None or resource < 0):
                    continue  # the place of work without anyone, made again by whoever opens the file
                if task in self.moved:
                    self._redate(element, self.tasks[task])
                rows.append(element)
                continue
            pair = (task, self.origin.resource(resource) if self.origin else resource)
            now, before = self.plan.assignments.get(pair), self.former.assignments.get(pair)
            if now is None or (now != before and pair in written):
                continue
            written.add(pair)
            if now != before:
                self._over_assignment(element, now)
            elif task in self.moved:
                self._redate(element, self.tasks[task])
            rows.append(element)
        last = max((document.number(row, "UID") or 0 for row in rows), default=0)
        new = [one for pair, one in self.plan.assignments.items() if pair not in written]
        rows += [self._assignment(one, last + rank) for rank, one in enumerate(new, 1)]
        if rows or document.children(document.root, "Assignments"):
            document.arrange("Assignments", "Assignment", rows)

    def _over_assignment(self, element: Element, now: HeldAssignment) -> None:
        task = self.tasks[now.task]
        self.document.drop(element, OF_DATES)
        for name, text in assignment_values(now, task).items():
            self.document.put(element, name, text)

    def _redate(self, element: Element, task: HeldTask) -> None:
        """Of an assignment that is the same, of a task that has moved."""
        self.document.drop(element, OF_DATES)
        self.document.put(element, "Start", instant(task.start))
        self.document.put(element, "Finish", instant(task.finish))

    def _assignment(self, one: HeldAssignment, uid: int) -> Element:
        element = self.document.new("Assignment")
        own = {"UID": str(uid), "TaskUID": str(one.task), "ResourceUID": str(one.resource)}
        self.document.write_sorted(element, {**own, **assignment_values(one, self.tasks[one.task])})
        return element


def _children(plan: HeldPlan) -> Mapping[int, list[int]]:
    above: list[HeldTask] = []
    children: dict[int, list[int]] = {}
    for task in plan.tasks:
        while above and above[-1].level >= task.level:
            above.pop()
        if above:
            children.setdefault(above[-1].uid, []).append(task.uid)
        above.append(task)
    return children
