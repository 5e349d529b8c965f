"""The custom fields of tasks in an MSPDI document: their definitions, and a value for each task that has one."""

import re
from collections.abc import Mapping

from integrations.imports.domain.mspdi_certificate import same_value
from integrations.imports.domain.mspdi_elements import Document, Element
from integrations.imports.domain.mspdi_held import HeldPlan, HeldTask

NAME = "ExtendedAttribute"
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:]+")


def write_attributes(document: Document, plan: HeldPlan, before: Mapping[int, HeldTask]) -> None:
    """Bring the document to what the plan says of its `fields`. What the document says and the tasks as they were
    read (`before`, by number) did not hold stays: other fields, and values that could not be read."""
    if not plan.fields:
        return
    rows = document.items("ExtendedAttributes", NAME)
    known = {document.number(one, "FieldID") for one in rows}
    new = [one for one in plan.fields if one.field_id not in known]
    for one in new:
        element = document.new(NAME)
        document.write(element, [("FieldID", str(one.field_id)), ("FieldName", one.name), ("Alias", one.alias)])
        rows.append(element)
    if new:
        document.arrange("ExtendedAttributes", NAME, rows)
    ours = {one.field_id for one in plan.fields}
    tasks = {task.uid: task for task in plan.tasks}
    for element in document.items("Tasks", "Task"):
        task = tasks.get(document.number(element, "UID") or 0)
        if task is not None:
            former = before.get(task.uid)
            _write(document, element, task, ours, set(dict(former.attributes)) if former else set())


def _write(document: Document, element: Element, task: HeldTask, ours: set[int], former: set[int]) -> None:
    wanted = dict(task.attributes)
    for child in document.children(element, NAME):
        key = document.number(child, "FieldID")
        if key not in ours:
            continue
        text = wanted.get(key)
        if text is not None and same_attribute(document.text(child, "Value"), text):
            del wanted[key]  # word for word as it was
        elif text is not None or key in former:
            element.remove(child)
    for key, text in wanted.items():
        child = document.add(element, NAME)
        document.write(child, [("FieldID", str(key)), ("Value", text)])


def same_attribute(one: str, other: str) -> bool:
    """Whether two texts are the same value of a field: the hour of a date is the file's own affair."""
    if _INSTANT.fullmatch(one) and _INSTANT.fullmatch(other):
        return one[:10] == other[:10]
    return same_value(one, other)
