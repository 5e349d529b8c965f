"""What the search finds of this room: persons, poles, profiles and skills."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portfolio.people.models import Person, Pole, Profile, Skill
from tech4value.accounts.permissions import Permission
from tech4value.search.registry import Related, Searchable, register
from tech4value.search.words import Words


def person_words(person: Person) -> Words:
    """By name; the profile and the pole tell two persons of one name apart."""
    parts = [person.profile.name if person.profile else "", person.pole.name if person.pole else ""]
    return Words(title=person.name, detail=" · ".join(part for part in parts if part))


def pole_words(pole: Pole) -> Words:
    return Words(title=pole.name, code=pole.code, detail=pole.manager.name if pole.manager else "")


def person_address(key: UUID, _project: UUID | None) -> str:
    return reverse("people:person", args=[key])


def pole_address(key: UUID, _project: UUID | None) -> str:
    return f"{reverse('people:list')}?pole={key}"


def catalogue_words(row: Profile | Skill) -> Words:
    return Words(title=row.name, detail=row.description)


def profile_address(key: UUID, _project: UUID | None) -> str:
    return f"{reverse('people:list')}?profile={key}"


def skill_address(key: UUID, _project: UUID | None) -> str:
    return f"{reverse('people:list')}?skill={key}"


def register_searchables() -> None:
    register(
        Searchable(
            kind="person",
            label=_("Personne"),
            plural=_("Personnes"),
            icon="user",
            model=Person,
            permission=Permission.PEOPLE_VIEW,
            rows=lambda: Person.objects.select_related("pole", "profile"),
            words=person_words,
            address=person_address,
            fields=frozenset({"name", "profile", "pole"}),
            related=(
                Related(Pole, "pole", frozenset({"name"})),
                Related(Profile, "profile", frozenset({"name"})),
            ),
            weight=20,
        ),
        Searchable(
            kind="pole",
            label=_("Pôle"),
            plural=_("Pôles"),
            icon="building-office",
            model=Pole,
            permission=Permission.PEOPLE_VIEW,
            rows=lambda: Pole.objects.select_related("manager"),
            words=pole_words,
            address=pole_address,
            fields=frozenset({"name", "code", "manager"}),
            related=(Related(Person, "manager", frozenset({"name"})),),
            weight=40,
        ),
        Searchable(
            kind="profile",
            label=_("Profil"),
            plural=_("Profils"),
            icon="identification",
            model=Profile,
            permission=Permission.PEOPLE_VIEW,
            rows=lambda: Profile.objects.all(),
            words=catalogue_words,
            address=profile_address,
            fields=frozenset({"name", "description"}),
            weight=45,
        ),
        Searchable(
            kind="skill",
            label=_("Compétence"),
            plural=_("Compétences"),
            icon="academic-cap",
            model=Skill,
            permission=Permission.PEOPLE_VIEW,
            rows=lambda: Skill.objects.all(),
            words=catalogue_words,
            address=skill_address,
            fields=frozenset({"name", "description"}),
            weight=45,
        ),
    )
