"""The filters of the capacity pages."""

from datetime import date
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from portfolio.capacity.domain.load import month_of
from portfolio.people.fields import RowChoice, live
from portfolio.people.models import Person, Pole
from portfolio.projects.models import Programme, Project


class CapacityFilter(forms.Form):
    """Which poles, and the load of which projects. Capacity is always the persons' whole time."""

    # The first month shown, moved by the arrows beside the table.
    start = forms.CharField(required=False, widget=forms.HiddenInput, max_length=10)
    pole = RowChoice(live(Pole), label=_("Pôle"), required=False, empty_label=_("Tous"))
    programme = RowChoice(live(Programme), label=_("Programme"), required=False, empty_label=_("Tous"))
    sponsor = RowChoice(
        lambda: Person.objects.filter(pk__in=Project.objects.exclude(sponsor=None).values("sponsor")),
        label=_("Sponsor"),
        required=False,
        empty_label=_("Tous"),
    )
    unit = forms.ChoiceField(
        label=_("Lecture"), required=False, choices=[("", _("Taux de charge")), ("fte", _("ETP : charge / capacité"))]
    )


def asked_month(value: Any, otherwise: date) -> date:
    """The month of an address (`2026-03` or `2026-03-01`), else the one of `otherwise`; years 2000 to 2100."""
    text = str(value or "")
    try:
        found = parse_date(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2100:
        found = otherwise
    return month_of(found)
