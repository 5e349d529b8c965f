"""The filters of the dashboard, in its address: pole, programme, sponsor, each of several values. Kept in drill-downs
and in the Copil pack made from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portfolio.people.models import Person, Pole
from portfolio.projects.models import Programme, Project
from reporting.dashboards.domain.facts import FilterNames

NAMES = ("pole", "programme", "sponsor")


@dataclass(frozen=True, slots=True)
class Filters:
    """Keys to keep; empty means all. Several values of one filter add up, several filters narrow."""

    poles: tuple[UUID, ...] = ()
    programmes: tuple[UUID, ...] = ()
    sponsors: tuple[UUID, ...] = ()

    @classmethod
    def from_query(cls, query: QueryDict | Mapping[str, Any]) -> "Filters":
        """From an address (`pole=…&pole=…&sponsor=…`) or a mapping of lists. What is not a key is left out."""
        return cls(*(_keys(_values(query, name)) for name in NAMES))

    def as_dict(self) -> dict[str, list[str]]:
        """For an address or for JSON: names with their values, the empty ones left out."""
        every = zip(NAMES, (self.poles, self.programmes, self.sponsors), strict=True)
        return {name: [str(key) for key in keys] for name, keys in every if keys}

    @property
    def query(self) -> str:
        """`pole=…&sponsor=…`, empty without filters."""
        return urlencode(self.as_dict(), doseq=True)

    def apply(self, projects: QuerySet[Any]) -> QuerySet[Any]:
        """Those of `projects` that the filters keep."""
        if self.poles:
            projects = projects.filter(pole__in=self.poles)
        if self.programmes:
            projects = projects.filter(programme__in=self.programmes)
        if self.sponsors:
            projects = projects.filter(sponsor__in=self.sponsors)
        return projects

    def names(self) -> FilterNames:
        """The filters in words; a query for each that is set."""
        return FilterNames(
            poles=_names(Pole, self.poles),
            programmes=_names(Programme, self.programmes),
            sponsors=_names(Person, self.sponsors),
        )


def _values(query: QueryDict | Mapping[str, Any], name: str) -> Iterable[Any]:
    if isinstance(query, QueryDict):
        return query.getlist(name)
    value = query.get(name) or []
    return [value] if isinstance(value, str) else list(value)


def _keys(values: Iterable[Any]) -> tuple[UUID, ...]:
    keys = []
    for value in values:
        try:
            keys.append(UUID(str(value)))
        except ValueError:
            continue
    return tuple(dict.fromkeys(keys))


def _names(model: Any, keys: tuple[UUID, ...]) -> tuple[str, ...]:
    if not keys:
        return ()
    return tuple(model.objects.filter(pk__in=keys).order_by("name").values_list("name", flat=True))


class FilterForm(forms.Form):
    """The chips. Sponsors are those of projects."""

    pole = forms.MultipleChoiceField(label=_("Pôle"), required=False, widget=forms.CheckboxSelectMultiple)
    programme = forms.MultipleChoiceField(label=_("Programme"), required=False, widget=forms.CheckboxSelectMultiple)
    sponsor = forms.MultipleChoiceField(label=_("Sponsor"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sponsors = Person.objects.filter(pk__in=Project.objects.exclude(sponsor=None).values("sponsor"))
        for name, rows in (
            ("pole", Pole.objects.all()),
            ("programme", Programme.objects.all()),
            ("sponsor", sponsors),
        ):
            choices = [(str(key), label) for key, label in rows.order_by("name").values_list("pk", "name")]
            field: Any = self.fields[name]
            field.choices = choices
