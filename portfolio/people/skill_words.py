"""The skills of a person in one text: read with a sentence for what cannot be, and written."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.people.domain.skills import Level, SkillTextError, read_levels, written_levels
from portfolio.people.models import PersonSkill


def read_skills(text: str) -> tuple[Level, ...]:
    """`read_levels`; raises ValidationError({"skills": sentence})."""
    try:
        return read_levels(text)
    except SkillTextError as error:
        raise ValidationError(
            {
                "skills": _(
                    "« %(text)s » n’est pas une compétence : écrivez par exemple Réseau 4 ; SQL 3, "
                    "avec un niveau de 1 à 5."
                )
                % {"text": error.args[0]}
            }
        ) from error


def written_skills(held: Iterable[PersonSkill]) -> str:
    """The skills that somebody has; each row's skill is read already."""
    return written_levels(Level(one.skill.name, one.level) for one in held if one.deleted_at is None)
