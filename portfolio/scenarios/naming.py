"""What the keys of operations are called: read once for a list of operations, whatever has become of the rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from portfolio.people.models import Person, Pole, Profile
from portfolio.planning.models import Task
from portfolio.projects.models import Milestone, Project
from portfolio.scenarios.domain.operations import AddProject, Operation
from portfolio.treasury.models import Contract

MODELS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("project", Project, ("project",)),
    ("task", Task, ("task",)),
    ("milestone", Milestone, ("milestone",)),
    ("person", Person, ("person", "from_person", "to_person")),
    ("profile", Profile, ("profile",)),
    ("pole", Pole, ("pole",)),
    ("contract", Contract, ("contract",)),
)


@dataclass(frozen=True)
class Naming:
    """Names by key; `added` are those of the scenario's own projects."""

    names: Mapping[str, str] = field(default_factory=dict)
    added: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        """What a key is called; words for what is no longer known."""
        return self.names.get(key) or self.added.get(key) or _("élément supprimé")


def naming_of(operations: Iterable[Operation]) -> Naming:
    """The names of all that some operations speak of, those in the bin too. A statement for each kind of row that is
    named, at most eight."""
    wanted: dict[str, set[UUID]] = {kind: set() for kind, _model, _fields in MODELS}
    added: dict[str, str] = {}
    for one in operations:
        for kind, _model, fields in MODELS:
            for name in fields:
                wanted[kind] |= _key(getattr(one, name, ""))
        if isinstance(one, AddProject):
            added[one.key] = f"{one.code} {one.name}"
            for part in one.demand:
                wanted["profile"] |= _key(part.profile)
    names: dict[str, str] = {}
    for kind, model, _fields in MODELS:
        if not wanted[kind]:
            continue
        rows = model.everything.filter(pk__in=wanted[kind])
        if kind in {"task", "milestone"}:  # projects have some of the same name
            for key, name, code in rows.values_list("pk", "name", "project__code"):
                names[str(key)] = f"{name} ({code})"
        else:
            names |= {str(key): name for key, name in rows.values_list("pk", "name")}
    return Naming(names, added)


def _key(text: str) -> set[UUID]:
    try:
        return {UUID(text.partition("/")[0])} if text else set()
    except ValueError:
        return set()
