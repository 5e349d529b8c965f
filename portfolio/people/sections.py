"""Parts of a person's page that rooms above add: their projects, their load.

    register_section("portfolio/projects/_person_projects.html", read, order=10)

`read(member, person)` gives the template's context, or None to leave the part out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portfolio.people.models import Person
from tech4value.accounts.models import Membership

Read = Callable[[Membership, Person], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Section:
    """A template of the room above, and what it shows."""

    template: str
    read: Read
    order: int


_sections: dict[str, Section] = {}


def register_section(template: str, read: Read, order: int = 100) -> None:
    """Add a part; the same template registered twice is there once."""
    _sections[template] = Section(template, read, order)


def sections_of(member: Membership, person: Person) -> list[tuple[str, Mapping[str, Any]]]:
    """The parts of `person`'s page that `member` may see, in order: template and context."""
    found = (
        (one.template, one.read(member, person)) for one in sorted(_sections.values(), key=lambda one: one.order)
    )
    return [(template, context) for template, context in found if context is not None]
