"""Every write on profiles; a person's may be given by its name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.people.models import Profile
from portfolio.people.validation import changed, cleaned, refuse_namesake, values_of
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, restore, update
from tech4value.tenancy.folding import fold


def create_profile(*, actor: Actor, name: str, **fields: Any) -> Profile:
    """A new profile. Raises ValidationError when another has its name, whatever the case and the accents."""
    return create(actor, _checked(cleaned(Profile(name=name.strip(), **fields))))


def change_profile(*, actor: Actor, profile: Profile, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change a profile; returns whether anything differed."""
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    candidate = changed(profile, values)
    if candidate.name != profile.name:
        _checked(candidate)
    return update(actor, profile, values_of(candidate, values), version=version)


def delete_profile(*, actor: Actor, profile: Profile) -> None:
    """Delete a profile that nobody has."""
    persons = profile.persons.count()
    if persons:
        raise ValidationError(
            ngettext(
                "Le profil %(name)s est celui de %(n)s personne : donnez-lui-en un autre d’abord.",
                "Le profil %(name)s est celui de %(n)s personnes : donnez-leur-en un autre d’abord.",
                persons,
            )
            % {"name": profile.name, "n": persons}
        )
    delete(actor, profile)


def restore_profile(*, actor: Actor, profile: Profile) -> None:
    """Bring a deleted profile back."""
    _checked(profile)
    restore(actor, profile)


def with_profiles(actor: Actor, values: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The values of persons, where a profile that is given by its name becomes the row that has it, made when there
    is none; an empty name is no profile. Two statements at most, however many persons."""
    given = [dict(one) for one in values]
    names = {one["profile"].strip() for one in given if isinstance(one.get("profile"), str)} - {""}
    rows = _named(actor, names) if names else {}
    for one in given:
        if isinstance(one.get("profile"), str):
            one["profile"] = rows.get(one["profile"].strip())
    return given


def _named(actor: Actor, names: Iterable[str]) -> dict[str, Profile]:
    """The profile of each name: the one spelt so, else the one that only case and accents tell apart, else a new
    one."""
    spelt: dict[str, Profile] = {}
    folded: dict[str, Profile] = {}
    for row in Profile.objects.order_by("pk"):
        spelt[row.name] = row
        folded.setdefault(row.sort_name, row)
    new: dict[str, Profile] = {}
    for name in sorted(names):
        if name not in spelt and fold(name) not in folded and fold(name) not in new:
            new[fold(name)] = cleaned(Profile(name=name))
    create_many(actor, list(new.values()))
    return {name: spelt.get(name) or folded.get(fold(name)) or new[fold(name)] for name in names}


def _checked(profile: Profile) -> Profile:
    refuse_namesake(profile, _("Un profil porte déjà ce nom : choisissez-en un autre."))
    return profile
