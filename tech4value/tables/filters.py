"""What a column can be filtered by: the fields that ask it, the rows that answer, the words of its chip."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.sort_keys import Fold, containing

LONG: Final = 25
Choices = Callable[[], Sequence[tuple[Any, Any]]]
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """`main` filters are drawn as chips above the list, the others in its panel."""

    main: bool = False

    def fields(self, name: str, label: str) -> dict[str, forms.Field]:
        """The form fields, by parameter of the address."""
        raise NotImplementedError

    def apply(self, rows: QuerySet[Any], name: str, given: Given) -> QuerySet[Any]:
        """The rows that are asked for; `given` holds the checked values that are not empty."""
        raise NotImplementedError

    def words(self, name: str, given: Given, form: forms.Form) -> str:
        """The asked value, for people."""
        return ", ".join(str(value) for value in given.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFilter(Filter):
    """Texts that contain all the words, whatever their accents and case. `path` is a folded column, or any
    expression when `folded` is False."""

    path: str | Any
    folded: bool = False

    def fields(self, name: str, label: str) -> dict[str, forms.Field]:
        return {name: forms.CharField(label=label, required=False, max_length=100)}

    def apply(self, rows: QuerySet[Any], name: str, given: Given) -> QuerySet[Any]:
        return containing(rows, [self.path if self.folded else Fold(_expression(self.path))], str(given[name]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceFilter(Filter):
    """One or several of a short list. `lookup` takes the list of chosen values (`phase__in`, or a function)."""

    choices: Choices
    path: str = ""
    condition: Callable[[Sequence[str]], Q] | None = None
    several: bool = True
    any_label: Any = ""

    def fields(self, name: str, label: str) -> dict[str, forms.Field]:
        choices = [(str(key), str(word)) for key, word in self.choices()]
        if self.several:
            made: forms.Field = forms.MultipleChoiceField(
                label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
            )
        else:
            words = str(self.any_label) or _("Tous")
            # Beyond a screenful, one types to find.
            typed = forms.Select(attrs={"data-combobox": True} if len(choices) > LONG else {})
            made = forms.ChoiceField(label=label, required=False, choices=[("", words), *choices], widget=typed)
        return {name: made}

    def apply(self, rows: QuerySet[Any], name: str, given: Given) -> QuerySet[Any]:
        chosen = given[name] if self.several else [given[name]]
        return rows.filter(self.condition(chosen) if self.condition else Q(**{f"{self.path}__in": chosen}))

    def words(self, name: str, given: Given, form: forms.Form) -> str:
        labels = dict(form.fields[name].choices)  # type: ignore[attr-defined]  # a choice field
        chosen = given[name] if self.several else [given[name]]
        return ", ".join(str(labels.get(key, key)) for key in chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter(Filter):
    """A row of another table, chosen by a field that the room gives (a person, a pole)."""

    path: str
    field: Callable[[], forms.Field]

    def fields(self, name: str, label: str) -> dict[str, forms.Field]:
        made = self.field()
        made.label, made.required = label, False
        return {name: made}

    def apply(self, rows: QuerySet[Any], name: str, given: Given) -> QuerySet[Any]:
        return rows.filter(**{self.path: getattr(given[name], "pk", given[name])})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonValueFilter(RowFilter):
    """A person kept in a custom field: `condition` of their key."""

    path: str = ""
    condition: Callable[[str], Q]

    def apply(self, rows: QuerySet[Any], name: str, given: Given) -> QuerySet[Any]:
        return rows.filter(self.condition(str(getattr(given[name], "pk", given[name]))))


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagFilter(Filter):
    """A box to tick."""

    condition: Callable[[], Q]

    def fields(self, name: str, label: str) -> dict[str, forms.Field]:
        return {name: forms.BooleanField(label=label, required=False)}

    def apply(self, rows: QuerySet[Any], name: str, given: Given) -> QuerySet[Any]:
        return rows.filter(self.condition())

    def words(self, name: str, given: Given, form: forms.Form) -> str:
        return _("oui")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRange(Filter):
    """From a day to a day, both included. `text`: the column holds ISO dates as text;
    `instant`: moments, of the calendar's wall ("wall") or of the world ("utc"), when the days are the tenant's."""

    path: str | Any
    instant: str = ""
    text: bool = False

    def fields(self, name: str, label: str) -> dict[str, forms.Field]:
        return {
            f"{name}_{end}": forms.DateField(
                label=words % {"label": label},
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
            for end, words in (("from", _("%(label)s : du")), ("to", _("%(label)s : au")))
        }

    def apply(self, rows: QuerySet[Any], name: str, given: Given) -> QuerySet[Any]:
        alias = f"_{name}"
        rows = rows.alias(**{alias: _expression(self.path)})
        for end, lookup in (("from", "gte"), ("to", "lte")):
            day: date | None = given.get(f"{name}_{end}")
            if day is None or (self.instant and day == date.max):  # nothing is later than the last of days
                continue
            value: Any = day.isoformat() if self.text else day
            if self.instant:
                zone = ZoneInfo(current_tenant().time_zone) if self.instant == "utc" else None
                value = datetime.combine(day, time(), zone)
                value, lookup = (value + timedelta(days=1), "lt") if end == "to" else (value, lookup)
            rows = rows.filter(**{f"{alias}__{lookup}": value})
        return rows

    def words(self, name: str, given: Given, form: forms.Form) -> str:
        language = get_language() or "fr"
        first, last = (given.get(f"{name}_{end}") for end in ("from", "to"))
        if first and last:
            return _("du %(first)s au %(last)s") % {
                "first": formats.date_short(first, language), "last": formats.date_short(last, language)
            }  # fmt: skip
        if first:
            return _("dès le %(day)s") % {"day": formats.date_short(first, language)}
        return _("jusqu’au %(day)s") % {"day": formats.date_short(last, language)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRange(Filter):
    """From a number to a number, both included. `scale`: what is typed is divided by it (100 for percent)."""

    path: str | Any
    scale: int = 1
    decimals: int = 2

    def fields(self, name: str, label: str) -> dict[str, forms.Field]:
        return {
            f"{name}_{end}": forms.DecimalField(
                label=words % {"label": label}, required=False, localize=True, max_digits=18, decimal_places=6
            )
            for end, words in (("min", _("%(label)s : de")), ("max", _("%(label)s : à")))
        }

    def apply(self, rows: QuerySet[Any], name: str, given: Given) -> QuerySet[Any]:
        alias = f"_{name}"
        rows = rows.alias(**{alias: _expression(self.path)})
        for end, lookup in (("min", "gte"), ("max", "lte")):
            value: Decimal | None = given.get(f"{name}_{end}")
            if value is not None:
                rows = rows.filter(**{f"{alias}__{lookup}": value / self.scale})
        return rows

    def words(self, name: str, given: Given, form: forms.Form) -> str:
        language = get_language() or "fr"
        low, high = (given.get(f"{name}_{end}") for end in ("min", "max"))
        if low is not None and high is not None:
            return _("de %(low)s à %(high)s") % {
                "low": formats.quantity(low, language), "high": formats.quantity(high, language)
            }  # fmt: skip
        if low is not None:
            return _("%(n)s au moins") % {"n": formats.quantity(low, language)}
        return _("%(n)s au plus") % {"n": formats.quantity(high, language)}


def _expression(path: Any) -> Any:
    return F(path) if isinstance(path, str) else path
