"""Skills in one text, as a cell of a spreadsheet has them: « Réseau 4 ; SQL 3 »."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.people.models import PersonSkill, SkillLevel
from tech4value.tenancy.folding import fold

_PART = re.compile(r"^(?P<name>.*?\S)(?:\s*[:=(]\s*|\s+)(?P<level>[1-5])\s*(?:/\s*5)?\s*\)?$")
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Level:
    """A skill by its name, and a level 1-5."""

    name: str
    level: int


def read_skills(text: str) -> tuple[Level, ...]:
    """« Réseau 4 ; SQL 3/5 ; Anglais »: a name without a level is « Autonome ». Of one skill twice, the last counts.

    Raises ValidationError({"skills": sentence}) for a name that is too long, or only a number.
    """
    found: dict[str, Level] = {}
    for part in (one.strip() for one in re.split(r"[;,\n]", text)):
        if not part:
            continue
        match = _PART.match(part)
        name = match["name"].strip() if match else part
        if len(name) > LONGEST or not any(one.isalpha() for one in name):
            raise ValidationError(
                {
                    "skills": _(
                        "« %(text)s » n’est pas une compétence : écrivez par exemple Réseau 4 ; SQL 3, "
                        "avec un niveau de 1 à 5."
                    )
                    % {"text": part[:60]}
                }
            )
        found[fold(name)] = Level(name, int(match["level"]) if match else SkillLevel.AUTONOMOUS.value)
    return tuple(found.values())


def written_skills(held: Iterable[PersonSkill]) -> str:
    """The same text, skills by name; each row's skill is read already."""
    rows = sorted(held, key=lambda one: one.skill.sort_name)
    return "; ".join(f"{one.skill.name} {one.level}" for one in rows)
