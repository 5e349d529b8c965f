"""A choice of one row, found by typing, and a text in which people are mentioned.

Up to FEW rows every choice is in the page (a select, which the script makes searchable). Beyond, the page holds none:
the server is asked as one types, and a text that was typed without choosing is looked for when the form is sent.
What the field accepts is its queryset, however the page was drawn.
"""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tech4value.accounts.permissions import Permission
from tech4value.search import registry
from tech4value.search.models import SearchEntry, SearchToken
from tech4value.search.words import LAST, query_words
from tech4value.tenancy.folding import fold
from tech4value.web.tags.display import initials

Text = str | Promise
FEW: Final = 200
# Of rows that hold the words typed, how many are compared with them.
NAMED: Final = 200
# Short lists that are read at a glance (departments, programmes) stay plain lists while they are short.
TYPED: Final = {"person", "project", "milestone", "task"}


class Combobox(forms.Select):
    """Draws the choice of a row of `choices.queryset`; `permission` and `project` narrow what the server offers.

    `extra` are choices that are no rows, shown first. `memo`, a dict shared by the fields of a form that offer the
    same rows, has them read once.
    """

    permission: Permission | None = None
    project: UUID | None = None
    extra: Sequence[tuple[str, Text]] = ()
    memo: dict[str, Any] | None = None

    @property
    def field(self) -> Any:
        """The field of the choices, which are a ModelChoiceIterator."""
        choices: Any = self.choices
        return choices.field

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = getattr(self.choices, "queryset", None)
        searchable = registry.of_model(rows.model) if rows is not None else None
        if rows is None or searchable is None:
            return super().render(name, value, attrs, renderer)
        memo = {} if self.memo is None else self.memo
        few = memo["rows"] if "rows" in memo else memo.setdefault("rows", list(rows[: FEW + 1]))
        if len(few) > FEW:
            return self._remote(name, value, self.build_attrs(self.attrs, attrs), rows, searchable)
        field = self.field
        options = [(field.prepare_value(row), field.label_from_instance(row)) for row in few]
        empty = [] if field.empty_label is None else [("", field.empty_label)]
        drawn = DetailedSelect(attrs=self.attrs, choices=[*empty, *self.extra, *options])
        drawn.is_required = self.is_required
        if searchable.kind in TYPED:
            attrs = {**(attrs or {}), "data-combobox": True}
            drawn.beside = memo["beside"] if "beside" in memo else memo.setdefault("beside", _beside(few))
        return drawn.render(name, value, attrs, renderer)

    def _remote(
        self, name: str, value: Any, attrs: dict[str, Any], rows: QuerySet[Any], searchable: registry.Searchable
    ) -> SafeString:
        field = self.field
        row = _row(rows, value)
        first = [] if self.is_required or not field.empty_label else [("", str(field.empty_label))]
        first += [(key, str(label)) for key, label in self.extra]
        labels = dict(first) if row is None else {str(row.pk): field.label_from_instance(row)}
        key = str(row.pk) if row is not None else value if value in labels else ""
        asked = {
            "kind": searchable.kind,
            "permission": str(self.permission or ""),
            "project": str(self.project or ""),
        }
        return format_html(
            '<span class="combobox" data-url="{}" data-first="{}"><input type="hidden" name="{}" value="{}">'
            '<input type="text" class="combobox-input" name="{}_text" value="{}" placeholder="{}"{}></span>',
            f"{reverse('search:options')}?{urlencode({key: one for key, one in asked.items() if one})}",
            json.dumps(first),
            name,
            key,
            name,
            labels.get(key, "") if key else "" if value is None else value,
            field.empty_label or _("Rechercher"),
            flatatt(attrs),
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The key that was chosen; else the text that was typed, which the field looks for."""
        chosen, typed = super().value_from_datadict(data, files, name), data.get(f"{name}_text")
        if typed is None or not typed.strip():
            return chosen if typed is None else ""
        if chosen and dict(self.extra).get(chosen) == typed.strip():
            return chosen
        rows = getattr(self.choices, "queryset", None)
        row = _row(rows, chosen) if rows is not None else None
        # Without the script the key of the former choice is sent along with the text that replaced it.
        label = "" if row is None else self.field.label_from_instance(row)
        return chosen if row is not None and label == typed.strip() else typed

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_text" not in data


def _row(rows: QuerySet[Any], value: Any) -> Any:
    """The row of this key among `rows`; None when it is none of them, or no key."""
    try:
        key = UUID(str(value))
    except ValueError:
        return None
    return rows.filter(pk=key).first()


class DetailedSelect(forms.Select):
    """A select whose options carry what the script writes beside them."""

    beside: dict[str, dict[str, str]] = {}

    def create_option(self, name: Any, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"].update(self.beside.get(str(value), {}))
        return option


def _beside(rows: list[Any]) -> dict[str, dict[str, str]]:
    """What is written beside each row, by key: its code and detail; for a person, the initials. One statement."""
    entries = SearchEntry.objects.filter(pk__in=[row.pk for row in rows])
    found = {}
    for entry in entries:
        attributes = {"data-detail": " · ".join(part for part in (entry.code, entry.detail) if part)}
        if entry.kind == "person":
            attributes |= {"data-initials": initials(entry.title), "data-hue": str(sum(map(ord, entry.title)) % 4)}
        found[str(entry.pk)] = attributes
    return found


class RowField(forms.ModelChoiceField):
    """A choice of one row. A text that is no key is looked for by its words among the rows accepted."""

    widget = Combobox

    def __init__(
        self,
        queryset: Any,
        *,
        permission: Permission | None = None,
        extra: Sequence[tuple[str, Text]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(queryset, **kwargs)
        self.extra = extra
        combobox: Any = self.widget
        combobox.permission, combobox.extra = permission, extra

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, str) and value in dict(self.extra):
            return value
        searchable = registry.of_model(self.queryset.model) if self.queryset is not None else None
        if self.queryset is None or searchable is None or not isinstance(value, str) or _is_key(value):
            return super().to_python(value)
        return self._named(value, self.queryset, searchable)

    def _named(self, text: str, accepted: QuerySet[Any], searchable: registry.Searchable) -> Any:
        entries = SearchEntry.objects.filter(kind=searchable.kind)
        words = query_words(text)
        for word in words:
            held = SearchToken.objects.filter(entry=OuterRef("pk"), token__gte=word, token__lt=word + LAST)
            entries = entries.filter(Exists(held))
        rows = list(accepted.filter(pk__in=entries.values("pk"))[:NAMED]) if words else []
        exact = [row for row in rows if fold(str(row)) == fold(text.strip())]
        found = exact or rows
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                _("Rien ici ne s’appelle « %(text)s ». Choisissez dans la liste.") % {"text": text.strip()},
                code="invalid_choice",
            )
        raise ValidationError(
            _("« %(text)s » désigne plusieurs lignes. Écrivez le nom complet, ou choisissez dans la liste.")
            % {"text": text.strip()},
            code="ambiguous",
        )


class KeyField(RowField):
    """The same, whose value is the key as text: empty for none, an `extra` choice as it is."""

    def clean(self, value: Any) -> str:
        row = super().clean(value)
        return "" if row is None else row if isinstance(row, str) else str(row.pk)


def _is_key(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


class MentionText(forms.Textarea):
    """Several lines, in which `@` offers the people of the organisation (static/js/mentions.js)."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-mentions"] = f"{reverse('search:options')}?kind=person"
        return context
