"""The filters of the dashboard, in its address: pole, programme, sponsor. Other rooms' pages know them by the same
names, so that a drill-down keeps them; the Copil pack made from the dashboard too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.people.models import Person, Pole
from portfolio.projects.models import Programme, Project
from reporting.dashboards.domain.facts import FilterNames

MODELS: dict[str, Any] = {"pole": Pole, "programme": Programme, "sponsor": Person}


@dataclass(frozen=True, slots=True)
class Filters:
    """What to keep; None means all. Several narrow together."""

    pole: UUID | None = None
    programme: UUID | None = None
    sponsor: UUID | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> "Filters":
        """From an address or `as_dict`. What is not a key is left out."""
        return cls(**{name: _key(query.get(name)) for name in MODELS})

    def as_dict(self) -> dict[str, str]:
        """For an address or for JSON; the empty ones are left out."""
        return {name: str(key) for name in MODELS if (key := getattr(self, name)) is not None}

    @property
    def query(self) -> str:
        """`pole=…&sponsor=…`, empty without filters."""
        return urlencode(self.as_dict())

    def apply(self, projects: QuerySet[Any]) -> QuerySet[Any]:
        """Those of `projects` that the filters keep."""
        return projects.filter(**{f"{name}_id": key for name, key in self.as_dict().items()})

    def names(self) -> FilterNames:
        """The filters in words; a query for each that is set."""
        return FilterNames(**{name: _name(model, getattr(self, name)) for name, model in MODELS.items()})


def _key(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _name(model: Any, key: UUID | None) -> str:
    if key is None:
        return ""
    return model.objects.filter(pk=key).values_list("name", flat=True).first() or ""


class FilterForm(forms.Form):
    """The chips. Sponsors are those of projects."""

    pole = forms.ChoiceField(label=_("Pôle"), required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    sponsor = forms.ChoiceField(label=_("Sponsor"), required=False)
    # Not a chip: it stays in the address when a chip changes.
    chart = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        sponsors = Project.objects.exclude(sponsor=None).order_by().values("sponsor")
        for name, model in MODELS.items():
            rows = model.objects.order_by("name")
            if name == "sponsor":
                rows = rows.filter(pk__in=sponsors)
            field: Any = self.fields[name]
            field.choices = [("", _("Tous")), *((str(key), label) for key, label in rows.values_list("pk", "name"))]
