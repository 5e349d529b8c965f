"""Form fields, the summary of errors, filter chips."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.template import Context
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tech4value.web.tags.layout import query_with
from tech4value.web.tags.registry import register

Text = str | Promise

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    unit: Text = "",
    full: bool = False,
    label: Text = "",
    hint: Text | None = None,
    **attrs: Any,
) -> dict[str, Any]:
    """Label, hint, control, errors under it. Keywords become attributes of the control (`rows=3`)."""
    if hint is not None:
        bound.help_text = str(hint)
    widget = bound.field.widget
    kind = "input"
    if isinstance(widget, _GROUPS):
        kind = "group"
    elif isinstance(widget, forms.CheckboxInput):
        kind = "check"
    elif isinstance(widget, forms.HiddenInput):
        kind = "hidden"
    attributes = {name.replace("_", "-"): value for name, value in attrs.items()}
    return {
        "bound": bound,
        "control": SafeString(bound.as_widget(attrs=attributes)),
        "kind": kind,
        "unit": unit,
        "full": full or isinstance(widget, forms.Textarea),
        "label": label or bound.label,
        "required": bound.field.required,
        "errors": bound.errors,
    }


@register.inclusion_tag("components/fields.html")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """Every field of a form in its order, after the summary of errors."""
    return {"form": form}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: forms.BaseForm, *, saves: bool = True) -> dict[str, Any]:
    """What is wrong, above the form, each line leading to its field; `saves` is False where nothing was to be kept,
    as when one signs in."""
    wrong = [(form[name], messages) for name, messages in form.errors.items() if name in form.fields]
    return {"general": form.non_field_errors(), "wrong": wrong, "saves": saves}


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter, as it is drawn."""

    bound: BoundField
    control: SafeString
    kind: str
    active: bool
    shown: str
    clear: str


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: forms.BaseForm, *, target: str = "") -> dict[str, Any]:
    """A GET form as chips: its state is in the address. A choice is a list, several are a menu, a text a search.

    `target` is the id of a region that is replaced in place; without it the page is loaded.
    """
    form.auto_id = "filter_%s"  # a form in the side panel may have fields of the same names
    chips = [chip_of(context, form, bound) for bound in form.visible_fields()]
    query = context["request"].GET
    kept = [("sort", query["sort"])] if "sort" in query and "sort" not in form.fields else []
    cleared = {form.add_prefix(name): None for name in form.fields}
    return {
        "chips": chips,
        "kept": kept,
        "any": any(chip.active for chip in chips),
        "clear": query_with(context, page=None, **cleared),
        "target": target,
        "hidden": form.hidden_fields(),
    }


def chip_of(context: Context, form: forms.BaseForm, bound: BoundField) -> Chip:
    """One field of a GET form, as a chip."""
    widget = bound.field.widget
    value = bound.value()
    active = value not in (None, "", [], (), False)
    shown = ""
    attrs: dict[str, str | bool] = {}
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.SelectMultiple):
        kind = "several"
        chosen = {str(item) for item in value or []}
        labels = [str(label) for key, label in _flat(widget.choices) if str(key) in chosen]
        shown = ", ".join(labels) if len(labels) <= 2 else gettext("%(count)s choix") % {"count": len(labels)}
        widget = forms.CheckboxSelectMultiple(choices=widget.choices)
    elif isinstance(widget, forms.Select):
        kind = "choice"
    elif isinstance(widget, forms.CheckboxInput):
        kind = "toggle"
    elif isinstance(widget, forms.DateInput):
        kind = "date"
    else:
        kind = "search"
        attrs = {"type": "search", "placeholder": str(bound.label or ""), "autocomplete": "off"}
    return Chip(
        bound=bound,
        control=SafeString(bound.as_widget(widget=widget, attrs=attrs)),
        kind=kind,
        active=active,
        shown=shown,
        clear=query_with(context, page=None, **{bound.html_name: None}),
    )


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    for key, label in choices:
        if isinstance(label, list | tuple):
            flat += [tuple(choice) for choice in label]
        else:
            flat.append((key, label))
    return flat
