"""`{% load tables %}`: the parts of a list's page (see tech4value.tables.pages)."""

from typing import Any

from django import template
from django.forms import BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template import Context
from django.utils.translation import gettext as _

from tech4value.tables.filters import Filter
from tech4value.tables.pages import TablePage
from tech4value.tables.state import SEARCH
from tech4value.web.tags.forms import chip_of

register = template.Library()


@register.inclusion_tag("components/filters.html", takes_context=True)
def table_chips(context: Context, listed: TablePage) -> dict[str, Any]:
    """The quick search and the main filters, as chips that apply themselves; the rest of the address is kept."""
    state = listed.state
    form = state.form
    form.auto_id = "filter_%s"
    names = [SEARCH] if listed.table.search else []
    for key, (label, one) in listed.table.all_filters.items():
        names += one.fields(key, label) if one.main else []
    shown = {*names, "page", "view"}
    return {
        "chips": [chip_of(context, form, form[name]) for name in names],
        "kept": [(name, value) for name, values in state.query.lists() if name not in shown for value in values],
        "any": state.filtered,
        "clear": listed.clear_url,
        "target": "",
        "hidden": [],
    }


@register.simple_tag
def table_filters(listed: TablePage) -> list[tuple[str, list[BoundField], bool]]:
    """Every filter for the panel: its label, its fields, whether it is a group of boxes."""
    form = listed.state.form
    form.auto_id = "all_%s"
    found = []
    for key, (label, one) in listed.table.all_filters.items():
        bound = [form[name] for name in _names(key, label, one)]
        grouped = len(bound) > 1 or isinstance(bound[0].field.widget, CheckboxSelectMultiple | RadioSelect)
        found.append((label, bound, grouped))
    return found


def _names(key: str, label: str, one: Filter) -> list[str]:
    return list(one.fields(key, label))


@register.simple_tag
def table_kept(listed: TablePage, *kinds: str) -> list[tuple[str, str]]:
    """The parameters that a form of the list's tools sends along: all but those of its own kind and the page."""
    own = {"page", "view"}
    if "filters" in kinds:
        own |= {*listed.state.form.fields}
    if "columns" in kinds:
        own |= {"columns", "sort"}
    return [(name, value) for name, values in listed.state.query.lists() if name not in own for value in values]


@register.simple_tag
def table_columns(listed: TablePage) -> list[tuple[Any, bool]]:
    """Every column, those shown first and in their order, with whether each is shown."""
    shown = listed.state.columns
    rest = [column for column in listed.table.all_columns.values() if column not in shown]
    return [*((column, True) for column in shown), *((column, False) for column in rest)]


@register.simple_tag
def table_sorts(listed: TablePage) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """The three lists of what the rows are sorted by: place, chosen value, choices."""
    choices = [("", "—")]
    for column in listed.table.all_columns.values():
        if column.sort is not None:
            choices += [
                (column.key, _("%(column)s, croissant") % {"column": column.label}),
                (f"-{column.key}", _("%(column)s, décroissant") % {"column": column.label}),
            ]
    chosen = [f"{'-' if down else ''}{column.key}" for column, down in listed.state.sorts]
    return [(place + 1, chosen[place] if place < len(chosen) else "", choices) for place in range(3)]


@register.filter
def is_box(bound: BoundField) -> bool:
    """Whether a field is one box to tick."""
    return isinstance(bound.field.widget, CheckboxInput)
