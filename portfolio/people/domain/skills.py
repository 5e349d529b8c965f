"""Skills in one text, as a cell of a spreadsheet has them: « Réseau 4; SQL 3 ». Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tech4value.tenancy.folding import fold

LONGEST: Final = 80
UNSAID: Final = 3
"""The level of a skill that is named without one: autonomous."""
_PART = re.compile(r"^(?P<name>.*?\S)(?:\s*[:=(]\s*|\s+)(?P<level>[1-5])\s*(?:/\s*5)?\s*\)?$")


class SkillTextError(ValueError):
    """A part of the text is no skill; it is the error's text."""


@dataclass(frozen=True, slots=True)
class Level:
    """A skill by its name, and a level 1-5."""

    name: str
    level: int


def read_levels(text: str) -> tuple[Level, ...]:
    """« Réseau 4; SQL 3/5, Anglais ». Of one skill twice, whatever the case and the accents, the last counts.

    Raises SkillTextError for a name that is too long, or without a letter.
    """
    found: dict[str, Level] = {}
    for part in (one.strip() for one in re.split(r"[;,\n]", text)):
        if not part:
            continue
        match = _PART.match(part)
        name = match["name"].strip() if match else part
        if len(name) > LONGEST or not any(one.isalpha() for one in name):
            raise SkillTextError(part[:60])
        found[fold(name)] = Level(name, int(match["level"]) if match else UNSAID)
    return tuple(found.values())


def written_levels(levels: Iterable[Level]) -> str:
    """The same text, skills by name: what says the same is written the same."""
    return "; ".join(f"{one.name} {one.level}" for one in sorted(levels, key=lambda one: fold(one.name)))
