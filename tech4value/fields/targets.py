"""What may have custom fields. Rooms above declare theirs in `AppConfig.ready`:

    register_target("project", _("Projets"), "portfolio_projects.project")

and the people's room says how a field of kind « person » finds and names its people: `register_people(...)`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class FieldTarget:
    """A kind of row with a JSONB column `custom_fields`."""

    key: str
    label: Promise | str
    model_label: str

    def rows(self) -> QuerySet[Any]:
        """Every row of the tenant, those in the bin too: they may come back."""
        rows: QuerySet[Any] = apps.get_model(self.model_label)._base_manager.all()
        return rows


class People(Protocol):
    """What a field of kind « person » asks."""

    def names(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The name of each person that exists."""

    def find(self, text: str) -> str | None:
        """The key of the one person of that name or e-mail; None for nobody, or for several."""

    def form_field(self, **kwargs: Any) -> forms.Field:
        """A field that chooses a person."""

    def text_widget(self, rows: int) -> forms.Widget:
        """What a long text is typed in: people can be mentioned there."""


_targets: dict[str, FieldTarget] = {}
_people: list[People] = []


def register_target(key: str, label: Promise | str, model_label: str) -> None:
    """Add a target; the same registered twice is there once."""
    _targets[key] = FieldTarget(key, label, model_label)


def register_people(people: People) -> None:
    """The one source of people."""
    _people[:] = [people]


def targets() -> list[FieldTarget]:
    """All of them, in the order of registration."""
    return list(_targets.values())


def target(key: str) -> FieldTarget:
    """Raises LookupError for an unknown one."""
    return _targets[key]


def target_of(object_type: str) -> FieldTarget | None:
    """The target whose rows the journal calls `portfolio_projects.project`."""
    return next((one for one in _targets.values() if one.model_label == object_type), None)


def people() -> People:
    """The registered source."""
    return _people[0]
