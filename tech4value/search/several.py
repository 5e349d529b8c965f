"""A choice of several rows: a combobox for each that is chosen, and some spare ones."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tech4value.search.fields import Combobox, RowField

SPARE: Final = 2


class Comboboxes(Combobox):
    """Draws a combobox a row, all of one name; static/js/combobox.js adds one as soon as none is left empty."""

    def format_value(self, value: Any) -> list[str]:
        """The keys, as the browser sends them."""
        return [str(one.pk if isinstance(one, Model) else one) for one in value or []]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        self.memo = {}  # the rows offered are read once for all the comboboxes
        given = dict(attrs or {})
        key = given.pop("id", f"id_{name}")
        drawn = []
        for number, one in enumerate([*self.format_value(value), *[""] * SPARE]):
            # The label of the field names the first; the others say which they are.
            own = {"id": key}
            if number:
                own = {"id": f"{key}_{number}", "aria-label": f"{self.field.label} {number + 1}"}
            drawn.append((super().render(name, one, {**given, **own}, renderer),))
        return format_html('<span class="rows" data-rows>{}</span>', format_html_join("", "{}", drawn))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Keys that were chosen, and texts that were typed, which the field looks for; each once."""
        keys, texts = data.getlist(name), data.getlist(f"{name}_text")
        # One that asks the server sends its text when it names no row that was chosen; without the script, always.
        given = texts if len(texts) == len(keys) else [*keys, *texts]
        return list(dict.fromkeys(one.strip() for one in given if one.strip()))


class RowsField(RowField):
    """A choice of several rows; its value is a list, empty for none."""

    widget = Comboboxes

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [super(RowsField, self).prepare_value(one) for one in value]
        return super().prepare_value(value)

    def clean(self, value: Any) -> list[Any]:
        """The rows, each once. Raises ValidationError for what is none of those offered."""
        rows = {row.pk: row for row in map(self.to_python, value or []) if row is not None}
        if self.required and not rows:
            raise ValidationError(_("Ce champ est obligatoire."))
        return list(rows.values())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(self.prepare_value(list(initial or []))) != set(data or [])
