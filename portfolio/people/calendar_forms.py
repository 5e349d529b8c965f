"""Forms of calendars: the week by day, the holidays' territory, dated exceptions."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

import holidays
from babel import Locale
from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portfolio.people.calendar_actions import standard_week
from portfolio.people.domain.calendar import holiday_subdivisions
from portfolio.people.fields import DateField, HoursField
from portfolio.people.forms import VersionedForm
from portfolio.people.models import CalendarException, WorkCalendar


@lru_cache(maxsize=8)
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """The countries whose holidays are known, by their name in `language`."""
    names = Locale.parse(language.split("-")[0]).territories
    known = ((code, str(names.get(code, code))) for code in holidays.list_supported_countries())
    return tuple(sorted(known, key=lambda choice: choice[1]))


def subdivision_choices(country: str) -> list[tuple[str, str]]:
    """The subdivisions whose holidays differ: code and, where the library knows it, the name."""
    aliases = getattr(getattr(holidays, country, None), "subdivisions_aliases", {}) if country else {}
    names = {code: name for name, code in aliases.items()}
    found = [(code, f"{names[code]} ({code})" if code in names else code) for code in holiday_subdivisions(country)]
    return sorted(found, key=lambda choice: choice[1])


class CalendarForm(VersionedForm):
    """A calendar; the seven days are fields `day_0` (Monday) to `day_6`."""

    model_fields: ClassVar[Mapping[str, str]] = {f"day_{day}": "week" for day in range(7)}

    name = forms.CharField(label=_("Nom"), max_length=120)
    country = forms.ChoiceField(label=_("Jours fériés"), required=False)
    subdivision = forms.ChoiceField(label=_("Territoire"), required=False)
    is_default = forms.BooleanField(
        label=_("Calendrier par défaut"), required=False, help_text=_("Pour les personnes qui n’en ont pas d’autre.")
    )

    def __init__(self, data: Any = None, *, row: WorkCalendar | None = None, territory: Any = None) -> None:
        week = standard_week() if row is None else row.week
        initial: dict[str, Any] = {f"day_{day}": week.get(str(day), []) for day in range(7)}
        if row is not None:
            names = ("name", "country", "subdivision", "is_default", "version")
            initial |= {name: getattr(row, name) for name in names}
        initial |= territory or {}
        super().__init__(data, initial=initial)
        self.row = row
        for day in range(7):
            hint = _("Par exemple 09:00-12:00, 13:00-17:00. Vide : jour non travaillé.") if day == 0 else ""
            self.fields[f"day_{day}"] = HoursField(label=str(WEEKDAYS[day]).capitalize(), help_text=hint)
        country = str((data or initial).get("country") or "")
        self.fields["country"].choices = [("", _("Aucun")), *country_choices(get_language() or "fr")]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["subdivision"].choices = [("", _("Tout le pays")), *subdivision_choices(country)]  # type: ignore[attr-defined]  # as above

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of the week, Monday first."""
        return [self[f"day_{day}"] for day in range(7)]

    @property
    def values(self) -> dict[str, Any]:
        hours = {str(day): self.cleaned_data[f"day_{day}"] for day in range(7)}
        names = ("name", "country", "subdivision", "is_default")
        return {name: self.cleaned_data[name] for name in names} | {
            "week": {day: spans for day, spans in hours.items() if spans}
        }


class ExceptionForm(VersionedForm):
    label = forms.CharField(label=_("Libellé"), max_length=120, help_text=_("Par exemple Pont de l’Ascension."))
    starts_on = DateField(label=_("Du"))
    ends_on = DateField(label=_("Au"), help_text=_("Dernier jour, inclus."))
    intervals = HoursField(label=_("Horaires"), required=False, help_text=_("Vide : fermé ces jours-là."))

    @staticmethod
    def initial_of(row: CalendarException) -> dict[str, Any]:
        """What the form shows of an exception."""
        names = ("label", "starts_on", "ends_on", "intervals", "version")
        return {name: getattr(row, name) for name in names}
