"""What of this room can be brought back from the bin, and by whom."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.people import actions, profile_actions, skill_actions
from portfolio.people.models import (
    Absence,
    CalendarException,
    Person,
    PersonSkill,
    Pole,
    Profile,
    Rate,
    Skill,
    WorkCalendar,
)
from portfolio.people.rates import restore_rate
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, Rows, register_kind


def _deleted(model: Any, permission: Permission, **live: Any) -> Rows:
    """The deleted rows of `model`, for those who hold `permission`."""

    def rows(member: Membership) -> QuerySet[Any]:
        found: QuerySet[Any] = model.everything.exclude(deleted_at=None).filter(**live)
        return found if member.can(permission) else found.none()

    return rows


def register_kinds() -> None:
    """Called when the room is ready."""
    organisation, people = Permission.ORGANISATION_EDIT, Permission.PEOPLE_EDIT

    def pole(actor: Actor, row: Pole) -> None:
        actions.restore_pole(actor=actor, pole=row)

    def calendar(actor: Actor, row: WorkCalendar) -> None:
        actions.restore_calendar(actor=actor, calendar=row)

    def exception(actor: Actor, row: CalendarException) -> None:
        actions.restore_exception(actor=actor, exception=row)

    def person(actor: Actor, row: Person) -> None:
        actions.restore_person(actor=actor, person=row)

    def absence(actor: Actor, row: Absence) -> None:
        actions.restore_absence(actor=actor, absence=row)

    def profile(actor: Actor, row: Profile) -> None:
        profile_actions.restore_profile(actor=actor, profile=row)

    def skill(actor: Actor, row: Skill) -> None:
        skill_actions.restore_skill(actor=actor, skill=row)

    def held(actor: Actor, row: PersonSkill) -> None:
        skill_actions.restore_held(actor=actor, held=row)

    register_kind(BinKind(Pole, _("Pôles"), _deleted(Pole, organisation), pole, 10))
    register_kind(
        BinKind(
            WorkCalendar, _("Calendriers"), _deleted(WorkCalendar, organisation), calendar, 20, ("calendarexception",)
        )
    )
    closed = _deleted(CalendarException, organisation, calendar__deleted_at=None)
    register_kind(BinKind(CalendarException, _("Exceptions de calendrier"), closed, exception, 30))
    register_kind(BinKind(Profile, _("Profils"), _deleted(Profile, organisation), profile, 32))
    register_kind(BinKind(Skill, _("Compétences"), _deleted(Skill, organisation), skill, 34))
    known = _deleted(PersonSkill, people, person__deleted_at=None, skill__deleted_at=None)
    register_kind(BinKind(PersonSkill, _("Compétences des personnes"), known, held, 36))

    def rate(actor: Actor, row: Rate) -> None:
        restore_rate(actor=actor, rate=row)

    register_kind(BinKind(Rate, _("Taux journaliers"), _deleted(Rate, people), rate, 38))
    owned = ("absence", "personskill", "projectmember", "rate")
    register_kind(BinKind(Person, _("Personnes"), _deleted(Person, people), person, 40, owned))
    away = _deleted(Absence, people, person__deleted_at=None)
    register_kind(BinKind(Absence, _("Absences"), away, absence, 50))
