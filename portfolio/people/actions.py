"""Every write on poles, persons and their absences. Calendars have their own module, `calendar_actions`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.people.calendar_actions import (
    add_exception,
    change_calendar,
    change_exception,
    create_calendar,
    delete_calendar,
    delete_exception,
    restore_calendar,
    restore_exception,
)
from portfolio.people.domain.work_rules import Regime
from portfolio.people.models import Absence, Person, Pole
from portfolio.people.profile_actions import with_profiles
from portfolio.people.queries import calendars_by_id
from portfolio.people.skill_actions import set_skills
from portfolio.people.validation import (
    changed,
    cleaned,
    refuse_disorder,
    refuse_repeated,
    refuse_twin,
    twins,
    values_of,
)
from portfolio.people.work_rules import rule_sentences
from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, restore, update, update_many

__all__ = [
    "add_exception",
    "change_absence",
    "change_calendar",
    "change_exception",
    "change_people",
    "change_person",
    "change_pole",
    "create_absence",
    "create_absences",
    "create_calendar",
    "create_people",
    "create_person",
    "create_pole",
    "delete_absence",
    "delete_calendar",
    "delete_exception",
    "delete_person",
    "delete_pole",
    "link_account",
    "link_invited",
    "restore_absence",
    "restore_calendar",
    "restore_exception",
    "restore_person",
    "restore_pole",
]

# What makes the rules of a person, or what they are held to.
BINDING = {"work_regime", "weekly_hours", "calendar"}


def create_pole(*, actor: Actor, code: str, name: str, **fields: Any) -> Pole:
    """A new pole. Raises ValidationError when its code is taken."""
    return create(actor, _checked_pole(cleaned(Pole(code=code.strip(), name=name.strip(), **fields))))


def change_pole(*, actor: Actor, pole: Pole, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change a pole; returns whether anything differed."""
    candidate = _checked_pole(changed(pole, values))
    return update(actor, pole, values_of(candidate, values), version=version)


def delete_pole(*, actor: Actor, pole: Pole) -> None:
    """Delete a pole that nobody belongs to and no project is in."""
    persons, projects = pole.persons.count(), pole.projects.count()
    if persons or projects:
        raise ValidationError(
            _(
                "Le pôle %(pole)s ne peut pas être supprimé : il porte %(persons)s et %(projects)s. "
                "Rattachez-les d’abord à un autre pôle."
            )
            % {
                "pole": pole.name,
                "persons": ngettext("%(n)s personne", "%(n)s personnes", persons) % {"n": persons},
                "projects": ngettext("%(n)s projet", "%(n)s projets", projects) % {"n": projects},
            }
        )
    delete(actor, pole)


def restore_pole(*, actor: Actor, pole: Pole) -> None:
    """Bring a deleted pole back."""
    _checked_pole(pole)
    restore(actor, pole)


def _checked_pole(pole: Pole) -> Pole:
    refuse_twin(
        pole, _("Le code %(code)s est déjà celui d’un pôle : choisissez-en un autre.") % {"code": pole.code}, "code"
    )
    return pole  # fmt: skip


def create_person(*, actor: Actor, name: str, **fields: Any) -> Person:
    """A new person; `capacity` is a share 0-1 of a full time, `daily_rate` in the tenant's currency, `profile` a row
    or a name, `skills` a text (`skill_words`)."""
    (values,) = with_profiles(actor, [_trimmed({"name": name, **fields})])
    skills = values.pop("skills", None)
    person = cleaned(Person(**values))
    _give_accounts([person])
    _checked_person(person)
    _check_rules([person])
    _free_membership(actor, person)
    create(actor, person)
    if skills is not None:
        set_skills(actor=actor, wanted=[(person, skills)])
    return person


def create_people(*, actor: Actor, values: Sequence[Mapping[str, Any]]) -> list[Person]:
    """Many persons in a few statements, as an import needs; the same rules as for one."""
    given = with_profiles(actor, [_trimmed(one) for one in values])
    skills = [one.pop("skills", None) for one in given]
    persons = [cleaned(Person(**one)) for one in given]
    emails = [person.email for person in persons if person.email]
    refuse_repeated(emails, "email", _("L’adresse %(key)s figure deux fois."))
    taken = Person.objects.filter(email__in=emails).values_list("email", flat=True).first()
    if taken:
        raise ValidationError({"email": _email_taken(taken)})
    _give_accounts(persons)
    for person in persons:
        _check_person_dates(person)
        if person.membership_id is not None:
            _free_membership(actor, person)
    _check_rules(persons)
    made = create_many(actor, persons)
    set_skills(actor=actor, wanted=[(one, text) for one, text in zip(made, skills, strict=True) if text is not None])
    return made


def link_account(*, actor: Actor, membership: Membership) -> None:
    """A new member whose e-mail is a person's becomes that person, unless the person has an account."""
    person = Person.objects.filter(email=membership.user.email, membership=None).first()
    if person is not None and not Person.objects.filter(membership=membership).exists():
        candidate = changed(person, {"membership": membership})
        _free_membership(actor, candidate)
        update(actor, person, {"membership": membership})


def link_invited(*, actor: Actor, person_id: UUID, membership: Membership) -> None:
    """The member becomes the person whom their invitation named, unless that person has an account by now."""
    person = Person.objects.filter(pk=person_id, membership=None).first()
    if person is None:
        return
    for other in Person.everything.filter(membership=membership):  # joined by e-mail a moment ago
        update(actor, other, {"membership": None})
    update(actor, person, {"membership": membership})


def change_person(*, actor: Actor, person: Person, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change a person; returns whether anything of their own differed."""
    (values,) = with_profiles(actor, [_trimmed(values)])
    skills = values.pop("skills", None)
    candidate = _checked_person(changed(person, values))
    if values.keys() & BINDING:
        _check_rules([candidate])
    if "membership" in values:
        _free_membership(actor, candidate)
    differed = update(actor, person, values_of(candidate, values), version=version)
    if skills is not None:
        set_skills(actor=actor, wanted=[(person, skills)])
    return differed


def change_people(*, actor: Actor, changes: Sequence[tuple[Person, Mapping[str, Any]]]) -> list[Person]:
    """Change many persons in a few statements, e-mails and accounts excepted; returns those that differed.

    The rows must have been read under a lock.
    """
    wanted, bound, skills = [], [], []
    given = with_profiles(actor, [_trimmed(values) for _person, values in changes])
    for (person, _values), values in zip(changes, given, strict=True):
        if "skills" in values:
            skills.append((person, values.pop("skills") or ""))
        candidate = changed(person, values)
        _check_person_dates(candidate)
        if values.keys() & BINDING:
            bound.append(candidate)
        wanted.append((person, values_of(candidate, set(values) - {"email", "membership"})))
    _check_rules(bound)
    differed = update_many(actor, wanted)
    set_skills(actor=actor, wanted=skills)
    return differed


def delete_person(*, actor: Actor, person: Person) -> None:
    """Take a person off the lists; what they own keeps their name, and the delete can be undone."""
    delete(actor, person)


def restore_person(*, actor: Actor, person: Person) -> None:
    """Bring a deleted person back. Raises ValidationError when the e-mail has been given to another since."""
    _checked_person(person)
    restore(actor, person)


def _give_accounts(persons: Sequence[Person]) -> None:
    """A new person whose e-mail is a member's is that member, unless another person is already."""
    by_email = {person.email: person for person in persons if person.email and person.membership_id is None}
    free = Membership.objects.filter(user__email__in=list(by_email), is_active=True)
    taken = Person.objects.filter(membership__in=free).values("membership")
    for membership in free.exclude(pk__in=taken).select_related("user"):
        by_email[membership.user.email].membership = membership


def _trimmed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Names without stray spaces, e-mails in lower case: the same address is the same person."""
    trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if isinstance(trimmed.get("email"), str):
        trimmed["email"] = trimmed["email"].lower()
    return trimmed


def _checked_person(person: Person) -> Person:
    if person.email:
        refuse_twin(person, _email_taken(person.email), "email")
    _check_person_dates(person)
    if person.membership_id is not None:
        refuse_twin(person, _("Ce compte est déjà celui d’une autre personne."), "membership")
    return person


def _check_rules(persons: Sequence[Person]) -> None:
    """Raise ValidationError on the calendar of the first person whose week breaks a rule of theirs."""
    bound = [person for person in persons if person.work_regime != Regime.NONE]
    calendars = calendars_by_id() if bound else {}
    for person in bound:
        broken = rule_sentences(person, calendars.get(person.calendar_id, calendars[None]))
        if broken:
            raise ValidationError({"calendar": broken})


def _check_person_dates(person: Person) -> None:
    message = _("La sortie précède l’entrée : corrigez l’une des deux dates.")
    refuse_disorder(person.joined_on, person.left_on, "left_on", message)


def _email_taken(email: str) -> str:
    return _("L’adresse %(email)s est déjà celle d’une personne : ouvrez sa fiche, ou changez l’adresse.") % {
        "email": email
    }


def _free_membership(actor: Actor, person: Person) -> None:
    """A deleted person gives their account up: the database lets one person hold it, deleted or not."""
    if person.membership_id is None:
        return
    for other in Person.everything.filter(membership_id=person.membership_id, deleted_at__isnull=False):
        if other.pk != person.pk:
            update(actor, other, {"membership": None})


def create_absence(*, actor: Actor, person: Person, **fields: Any) -> Absence:
    """Whole days, both ends included. Raises ValidationError when they overlap another absence of the person."""
    return create(actor, _checked_absence(cleaned(Absence(person=person, **fields))))


def create_absences(*, actor: Actor, values: Sequence[Mapping[str, Any]]) -> list[Absence]:
    """Many absences in a few statements; the same rules as for one."""
    absences = [cleaned(Absence(**one)) for one in values]
    held = Absence.objects.filter(person_id__in={absence.person_id for absence in absences}).select_related("person")
    by_person: dict[Any, list[Absence]] = {}
    for absence in held:
        by_person.setdefault(absence.person_id, []).append(absence)
    for absence in absences:
        _check_absence_dates(absence)
        others = by_person.setdefault(absence.person_id, [])
        for other in others:
            if other.starts_on <= absence.ends_on and absence.starts_on <= other.ends_on:
                raise _overlap(other)
        others.append(absence)
    return create_many(actor, absences)


def change_absence(*, actor: Actor, absence: Absence, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Change an absence; returns whether anything differed."""
    candidate = _checked_absence(changed(absence, values))
    return update(actor, absence, values_of(candidate, values), version=version)


def delete_absence(*, actor: Actor, absence: Absence) -> None:
    """The person works on these days after all."""
    delete(actor, absence)


def restore_absence(*, actor: Actor, absence: Absence) -> None:
    """Bring a deleted absence back."""
    _checked_absence(absence)
    restore(actor, absence)


def _checked_absence(absence: Absence) -> Absence:
    _check_absence_dates(absence)
    other = twins(absence, "person").filter(starts_on__lte=absence.ends_on, ends_on__gte=absence.starts_on).first()
    if other is not None:
        raise _overlap(other)
    return absence


def _check_absence_dates(absence: Absence) -> None:
    message = _("La fin précède le début : corrigez l’une des deux dates.")
    refuse_disorder(absence.starts_on, absence.ends_on, "ends_on", message)


def _overlap(other: Absence) -> ValidationError:
    return ValidationError(
        {
            "starts_on": _("Une absence est déjà posée du %(start)s au %(end)s : changez les dates, ou modifiez-la.")
            % {"start": f"{other.starts_on:%d/%m/%Y}", "end": f"{other.ends_on:%d/%m/%Y}"}
        }
    )
