"""Every write on skills, and on who has them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.people.domain.skills import Level
from portfolio.people.models import Person, PersonSkill, Skill
from portfolio.people.skill_words import read_skills
from portfolio.people.validation import changed, cleaned, refuse_namesake, refuse_twin, values_of
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, delete_many, restore, update, update_many
from tech4value.tenancy.folding import fold


def create_skill(*, actor: Actor, name: str, **fields: Any) -> Skill:
    """A new skill. Raises ValidationError when another has its name, whatever the case and the accents."""
    return create(actor, _checked(cleaned(Skill(name=name.strip(), **fields))))


def change_skill(*, actor: Actor, skill: Skill, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change a skill; returns whether anything differed."""
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    candidate = changed(skill, values)
    if candidate.name != skill.name:
        _checked(candidate)
    return update(actor, skill, values_of(candidate, values), version=version)


def delete_skill(*, actor: Actor, skill: Skill) -> None:
    """Delete a skill that nobody has."""
    persons = skill.persons.filter(deleted_at=None, person__deleted_at=None).count()
    if persons:
        raise ValidationError(
            ngettext(
                "%(n)s personne a la compétence %(name)s : retirez-la-lui d’abord.",
                "%(n)s personnes ont la compétence %(name)s : retirez-la-leur d’abord.",
                persons,
            )
            % {"name": skill.name, "n": persons}
        )
    delete(actor, skill)


def restore_skill(*, actor: Actor, skill: Skill) -> None:
    """Bring a deleted skill back."""
    _checked(skill)
    restore(actor, skill)


def give_skill(*, actor: Actor, person: Person, skill: Skill, level: int) -> PersonSkill:
    """A skill that a person has, `level` 1-5. Raises ValidationError when they have it already."""
    return create(actor, _checked_once(cleaned(PersonSkill(person=person, skill=skill, level=level))))


def change_level(*, actor: Actor, held: PersonSkill, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change the level of a skill that a person has; returns whether anything differed."""
    candidate = changed(held, {"level": values["level"]} if "level" in values else {})
    return update(actor, held, values_of(candidate, set(values) & {"level"}), version=version)


def take_skill(*, actor: Actor, held: PersonSkill) -> None:
    """The person no longer has it."""
    delete(actor, held)


def restore_held(*, actor: Actor, held: PersonSkill) -> None:
    """Give a taken skill back."""
    _checked_once(held)
    restore(actor, held)


def set_skills(*, actor: Actor, wanted: Sequence[tuple[Person, str]]) -> None:
    """The skills of each person become those of a text, « Réseau 4 ; SQL 3 »; skills that nobody knew are made.

    Raises ValidationError({"skills": sentence}) for a text that cannot be read. A few statements, however many.
    """
    read = [(person, read_skills(text)) for person, text in wanted]
    rows = _named(actor, [level for _person, levels in read for level in levels])
    held: dict[Any, dict[Any, PersonSkill]] = {}
    for one in PersonSkill.objects.filter(person__in=[person.pk for person, _levels in read]):
        held.setdefault(one.person_id, {})[one.skill_id] = one
    new, levels_changed, gone = [], [], []
    for person, levels in read:
        mine = held.get(person.pk, {})
        asked = {rows[fold(level.name)].pk: level.level for level in levels}
        new += [
            PersonSkill(person=person, skill_id=key, level=level) for key, level in asked.items() if key not in mine
        ]
        levels_changed += [(mine[key], {"level": level}) for key, level in asked.items() if key in mine]
        gone += [one for key, one in mine.items() if key not in asked]
    create_many(actor, new)
    update_many(actor, levels_changed)
    delete_many(actor, gone)


def _named(actor: Actor, levels: Sequence[Level]) -> dict[str, Skill]:
    """The skill of each name, folded, made when there is none."""
    found: dict[str, Skill] = {}
    if levels:
        for row in Skill.objects.order_by("pk"):
            found.setdefault(row.sort_name, row)
    new = {fold(one.name): one.name for one in levels if fold(one.name) not in found}
    made = create_many(actor, [cleaned(Skill(name=name)) for _key, name in sorted(new.items())])
    return found | {fold(row.name): row for row in made}


def _checked(skill: Skill) -> Skill:
    refuse_namesake(skill, _("Une compétence porte déjà ce nom : choisissez-en un autre."))
    return skill


def _checked_once(held: PersonSkill) -> PersonSkill:
    message = _("Cette personne a déjà cette compétence : changez-en le niveau.")
    refuse_twin(held, message, "person", "skill")
    return held
