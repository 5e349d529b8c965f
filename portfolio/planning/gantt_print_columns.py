"""The columns of a printed plan that are asked for beside the usual ones: early and late dates, custom fields."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs

from django.core.exceptions import ValidationError

from portfolio.planning.gantt_custom import columns_of
from portfolio.planning.gantt_dates import DATES, dates_of
from portfolio.planning.gantt_words import columns as column_names
from portfolio.planning.queries import PlanView
from portfolio.planning.scheduling import compute, load_plan
from tech4value.fields.domain import NUMERIC, Kind
from tech4value.fields.models import FieldDefinition
from tech4value.web.field_values import people_named, shown_value
from tech4value.web.formats import date_short

# The usual columns, in pixels.
USUAL: Final = {"duration": 48.0, "start": 66.0, "finish": 66.0, "percent": 44.0, "people": 132.0}
DATE_WIDTH: Final = 66.0
CUSTOM_WIDTH: Final = 92.0
# Texts by column, then by task.
Texts = Mapping[str, Mapping[str, str]]


def width_of(column: str) -> float:
    """How wide a column is, in pixels."""
    return USUAL.get(column) or (DATE_WIDTH if column in DATES else CUSTOM_WIDTH)


def known_columns(asked: Sequence[str], fields: Sequence[FieldDefinition]) -> tuple[str, ...]:
    """Those of the columns `asked` that there are, in the order of the plan."""
    return tuple(name for name in (*USUAL, *DATES, *columns_of(fields)) if name in set(asked))


def print_columns(fields: Sequence[FieldDefinition], kept_view: str) -> list[tuple[str, str, bool]]:
    """Each column that may be printed: its name, its head, and whether it is chosen at first: the usual ones, and
    those that the member sees in the editor (`kept_view`, as its query)."""
    shown = ",".join(parse_qs(kept_view).get("columns", [])).split(",")
    heads = heads_of(fields)
    return [(name, heads[name], name in USUAL or name in shown) for name in known_columns(list(heads), fields)]


def heads_of(fields: Sequence[FieldDefinition]) -> dict[str, str]:
    """The heads of all the columns, by column."""
    return columns_of(fields) | column_names()


def is_text(column: str, fields: Sequence[FieldDefinition]) -> bool:
    """Whether a column is written from its left: names and words are, numbers and dates end at its right."""
    right = {Kind.DATE, *NUMERIC}
    return column == "people" or any(one.form_name == column and one.kind not in right for one in fields)


def texts_of(view: PlanView, columns: Sequence[str], fields: Sequence[FieldDefinition], language: str) -> Texts:
    """What the columns beside the usual ones hold. One run of the engine for the dates, which are left out of a plan
    that it refuses; a statement for the people that fields name."""
    found: dict[str, dict[str, str]] = {name: {} for name in columns if name not in USUAL}
    asked = DATES.keys() & found.keys()
    if asked:
        for key, texts in _dates(view, language):
            for name in asked:
                found[name][key] = texts[name]
    tasks = [line.task for line in view.lines]
    names = people_named(fields, [task.custom_fields for task in tasks])
    for field in fields:
        if field.form_name in found:
            found[field.form_name] = {
                str(task.pk): shown_value(field, task.custom_fields.get(field.key), names) for task in tasks
            }
    return found


def _dates(view: PlanView, language: str) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        placed = compute(load_plan(view.project)).tasks
    except ValidationError:
        return
    for key, one in placed.items():
        yield key, {name: date_short(moment, language) for name, moment in dates_of(one).items()}
