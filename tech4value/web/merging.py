"""A form that comes back after somebody else has saved: three-way, field by field.

    base     the form as the person had read it, made by the same view from the row as it was then
    theirs   the form made from the row as it is now
    mine     what was sent

All three are compared as if they had been typed, by the form's own fields: rooms say nothing more than how their form
is made from a row. A field that only one side changed takes that side's value; one that both changed differently is a
`Clash`, shown with both values until the person chooses (`keep-<field>`: `mine`, which may be edited, or `theirs`).

A form may say what its amounts are counted in (`units`: the field of the currency, by amount). 60 of one currency is
not 60 of another: an amount is then compared with its currency, which is chosen with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tech4value.audit.writing import StaleVersionError
from tech4value.figures import formats
from tech4value.web.mentions import plain

KEEP: Final = "keep-"
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that both changed. `by` and `at` say who wrote the other value, and when; `raw_*` are the values as
    the field's control holds them."""

    bound: BoundField
    label: str
    base: str
    mine: str
    theirs: str
    raw_mine: str
    raw_theirs: str
    by: str
    at: datetime | None

    @property
    def name(self) -> str:
        """The name of the radio buttons that choose."""
        return f"{KEEP}{self.bound.html_name}"


@dataclass(frozen=True, slots=True)
class Merged:
    """What the form holds after the merge, what came from the others, and what is left to choose."""

    data: QueryDict
    by: str
    at: datetime | None
    taken: tuple[str, ...]
    clashes: tuple[Clash, ...]

    @classmethod
    def joined(cls, parts: Sequence["Merged"]) -> "Merged":
        """Of several forms merged one after the other, each with the data of the one before."""
        writers = dict.fromkeys(part.by for part in parts)
        taken = tuple(label for part in parts for label in part.taken)
        clashes = tuple(clash for part in parts for clash in part.clashes)
        return cls(parts[-1].data, ", ".join(writers), parts[-1].at, taken, clashes)


def merge(base: Any, theirs: Any, mine: QueryDict, stale: StaleVersionError) -> Merged:
    """`base` and `theirs` are unbound forms of one view, `mine` what was sent to it."""
    data = mine.copy()
    taken: list[str] = []
    clashes: list[Clash] = []
    writers: dict[str, None] = {}
    units: Mapping[str, str] = getattr(theirs, "units", {})
    chosen_units: set[str] = set()
    # What amounts are counted in comes after them: it is chosen where one of them is.
    for name, field in sorted(theirs.fields.items(), key=lambda one: one[0] in units.values()):
        if isinstance(field.widget, forms.HiddenInput) or field.disabled:
            continue
        before, now, asked = _typed(base, name), _typed(theirs, name), mine.getlist(theirs[name].html_name)
        values = [_clean(field, theirs, raw) for raw in (before, now, asked)]
        counted = _counted_in(units.get(name), base, theirs, mine)
        read, saved, typed = zip(values, counted, strict=True)
        is_choice = name in chosen_units
        if not is_choice and (saved in (read, typed) or values[0] == values[1] == values[2]):
            continue
        who, when = _author(theirs, name, stale)
        if not is_choice and typed == read:
            data.setlist(theirs[name].html_name, now)
            taken.append(str(theirs[name].label))
            writers[who] = None
        else:
            words = ["", "", ""]
            if len(set(counted)) > 1:
                words = [f" {unit}" for unit in counted]
                chosen_units.add(units[name])
            clashes.append(
                Clash(
                    bound=theirs[name],
                    label=str(theirs[name].label),
                    base=_shown(field, values[0], before) + words[0],
                    mine=_shown(field, values[2], asked) + words[2],
                    theirs=_shown(field, values[1], now) + words[1],
                    raw_mine=asked[0] if asked else "",
                    raw_theirs=now[0] if now else "",
                    by=who,
                    at=when,
                )
            )
    for name in theirs.fields:
        if name == "version" or name.endswith("-version"):  # what is saved next has seen all of this
            data.setlist(theirs[name].html_name, _typed(theirs, name))
    return Merged(data, ", ".join(writers) or stale.by, stale.at, tuple(taken), tuple(clashes))


def _counted_in(unit: str | None, base: Any, theirs: Any, mine: QueryDict) -> list[str]:
    """What an amount is counted in, as read, as saved since, as sent."""
    if unit is None:
        return ["", "", ""]
    raws = (_typed(base, unit), _typed(theirs, unit), mine.getlist(theirs[unit].html_name))
    return ["".join(raw).strip().upper() for raw in raws]


def with_choices(shown: Any, sent: QueryDict) -> QueryDict:
    """What was sent, with the other's value in each field where the person chose it; `shown` is the form that the
    choice was made on."""
    data = sent.copy()
    for name in shown.fields:
        sent_as = shown[name].html_name
        if data.get(f"{KEEP}{sent_as}") == "theirs":
            data.setlist(sent_as, _typed(shown, name))
    return data


def _typed(form: Any, name: str) -> list[str]:
    """The value of a field as a browser would send it."""
    bound = form[name]
    widget, value = bound.field.widget, bound.value()
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    written = widget.format_value(value)
    if isinstance(written, list | tuple):
        return [str(one) for one in written if one not in (None, "")]
    return [] if written is None else [str(written)]


def _clean(field: forms.Field, form: Any, raw: list[str]) -> Any:
    """The value that was typed; the text itself when the field does not accept it (a row deleted since)."""
    sent = QueryDict(mutable=True)
    sent.setlist("value", raw)
    try:
        cleaned = field.clean(field.widget.value_from_datadict(sent, {}, "value"))
    except ValidationError:
        return tuple(raw)
    return cleaned if cleaned not in ("", [], {}, ()) else None


def _author(form: Any, name: str, stale: StaleVersionError) -> tuple[str, datetime | None]:
    """Who wrote the field last: by the model's field of the same name, or the one that the form says it shows."""
    named: Mapping[str, str] = getattr(form, "model_fields", {})
    return stale.authors.get(named.get(name, name), (stale.by, stale.at))


def _shown(field: forms.Field, value: Any, raw: Iterable[str]) -> str:
    """A value as people read it."""
    language = get_language() or "fr"
    text = plain(", ".join(raw))
    if isinstance(field.widget, forms.CheckboxInput):
        return _("oui") if value else _("non")
    if value is None or (isinstance(value, tuple) and not text):
        return "—"
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, list) and value and all(isinstance(one, Model) for one in value):
        return ", ".join(sorted(map(str, value)))
    choices = getattr(field, "choices", None)
    if choices is not None and not isinstance(field, forms.ModelChoiceField):
        labels = {str(key): str(label).strip() for key, label in choices}
        return ", ".join(labels.get(one, one) for one in raw) or "—"
    if isinstance(value, date) and not isinstance(value, datetime) and isinstance(field, forms.DateField):
        return formats.date_short(value, language)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
