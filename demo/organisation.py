"""The organisation of a company: accounts, plan, sites, poles, persons, absences, programmes and projects."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from demo.cast import Member
from demo.story import CLOSURE, Anchor, CompanyStory
from portfolio.people.actions import (
    add_exception,
    change_pole,
    create_absences,
    create_calendar,
    create_people,
    create_pole,
)
from portfolio.people.models import AbsenceKind, Person, Pole, WorkCalendar
from portfolio.projects.actions import create_programme, create_project
from portfolio.projects.models import Phase, Programme, Project
from tech4value.accounts.actions import add_member
from tech4value.accounts.models import Membership, User
from tech4value.audit.actor import SYSTEM, Actor
from tech4value.billing.actions import change_plan
from tech4value.billing.models import Plan

FRIDAY = 4


@dataclass(frozen=True)
class Company:
    """What has been loaded so far, by the names that the story uses."""

    story: CompanyStory
    members: dict[str, Membership]
    people: dict[str, Person]
    """By e-mail."""
    named: dict[str, Person]
    """By name."""
    poles: dict[str, Pole]
    programmes: dict[str, Programme]
    projects: dict[str, Project]

    def member(self, name: str) -> Membership:
        """The account of somebody of the company."""
        return self.members[self.named[name].email]

    def actor(self, name: str) -> Actor:
        """Somebody of the company, as the actor of an action."""
        return self.member(name).actor


def load_organisation(story: CompanyStory, members: Sequence[Member], anchor: Anchor, hashed: str) -> Company:
    """Everything that projects lean on, and the projects themselves; `hashed` is everybody's password."""
    change_plan(actor=SYSTEM, plan=Plan(story.plan))
    accounts = {one.email: add_member(actor=SYSTEM, email=one.email, name=one.name, role=one.role) for one in members}
    # One slow hash for all, instead of one for each.
    User.objects.filter(pk__in=[account.user_id for account in accounts.values()]).update(password=hashed)
    begins = anchor.week(min(project.starts for project in story.projects) - 4)
    administrator = next(
        account.actor for one in members if one.name == story.administrator for account in [accounts[one.email]]
    )
    actor = administrator.on(begins)
    sites = _sites(actor, story, anchor)
    poles = {pole.code: create_pole(actor=actor, code=pole.code, name=pole.name) for pole in story.poles}
    people = _people(actor, members, accounts, poles, sites)
    named = {person.name: person for person in people.values()}
    for one in members:
        if one.group == "pole_manager":
            change_pole(actor=actor, pole=poles[one.pole], values={"manager": people[one.email]})
    create_absences(actor=administrator, values=list(_absences(story, list(people.values()), anchor)))
    programmes = {
        code: create_programme(actor=actor, code=code, name=name, manager=named[manager])
        for code, name, manager in story.programmes
    }
    company = Company(story, accounts, people, named, poles, programmes, {})
    company.projects.update({project.code: _project(company, project.code, anchor) for project in story.projects})
    return company


def _sites(actor: Actor, story: CompanyStory, anchor: Anchor) -> list[WorkCalendar]:
    """A calendar for each site; all close between Christmas and the New Year."""
    calendars = []
    for index, (name, hours) in enumerate(story.sites):
        day = [_interval(text) for text in hours.split()]
        calendar = create_calendar(
            actor=actor,
            name=name,
            week={str(number): day for number in range(5)},
            country="FR",
            is_default=index == 0,
        )
        for year in range(anchor.day.year - 1, anchor.day.year + 2):
            add_exception(
                actor=actor,
                calendar=calendar,
                starts_on=date(year, *CLOSURE[0]),
                ends_on=date(year, *CLOSURE[1]),
                label="Fermeture de fin d’année",
            )
        calendars.append(calendar)
    return calendars


def _interval(text: str) -> list[int]:
    start, _dash, end = text.partition("-")
    return [_minutes(start), _minutes(end)]


def _minutes(text: str) -> int:
    at = time.fromisoformat(text.zfill(5))
    return at.hour * 60 + at.minute


def _people(
    actor: Actor,
    members: Sequence[Member],
    accounts: Mapping[str, Membership],
    poles: Mapping[str, Pole],
    sites: Sequence[WorkCalendar],
) -> dict[str, Person]:
    persons = create_people(
        actor=actor,
        values=[
            {
                "name": one.name,
                "email": one.email,
                "pole": poles[one.pole],
                "profile": one.profile,
                "membership": accounts[one.email],
                "calendar": sites[one.site],
                "daily_rate": one.daily_rate,
                "capacity": one.capacity,
            }
            for one in members
            if one.pole
        ],
    )
    return {person.email: person for person in persons}


def _absences(story: CompanyStory, people: Sequence[Person], anchor: Anchor) -> Iterator[dict[str, Any]]:
    """Days off since a year ago and for ten months: three weeks in summer, one in winter, and some others."""
    dice = random.Random(f"{story.slug} absences")
    for person in people:
        if not person.capacity:
            continue  # their time is not planned
        taken: list[tuple[date, date]] = []
        for year in range(anchor.day.year - 1, anchor.day.year + 2):
            summer = _monday(date(year, 7, 6) + timedelta(weeks=dice.randrange(6)))
            winter = _monday(date(year, 2, 8) + timedelta(weeks=dice.randrange(4)))
            wanted = [
                (summer, summer + timedelta(days=18), AbsenceKind.LEAVE),
                (winter, winter + timedelta(days=4), AbsenceKind.LEAVE),
            ]
            for kind in dice.choices([AbsenceKind.LEAVE, AbsenceKind.TRAINING, AbsenceKind.SICKNESS], [5, 2, 1], k=4):
                start = date(year, 1, 5) + timedelta(days=dice.randrange(350))
                wanted.append((start, start + timedelta(days=dice.randrange(3)), kind))
            for first, last, kind in wanted:
                # Nobody falls ill in advance.
                if kind is AbsenceKind.SICKNESS and last > anchor.day:
                    continue
                if anchor.week(-57) < first < anchor.week(44) and all(
                    last < one or first > other for one, other in taken
                ):
                    taken.append((first, last))
                    yield {"person": person, "starts_on": first, "ends_on": last, "kind": kind}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _project(company: Company, code: str, anchor: Anchor) -> Project:
    """The project as it was decided: its phase and its end have changed since."""
    story = next(project for project in company.story.projects if project.code == code)
    start = anchor.week(story.starts)
    return create_project(
        actor=company.actor(company.story.controller).on(start),
        code=story.code,
        name=story.name,
        goal=story.goal,
        pole=company.poles[story.pole],
        programme=company.programmes[story.programme],
        sponsor=company.named[story.sponsor],
        manager=company.named[story.manager],
        method=story.method,
        phase=Phase.FRAMING,
        starts_on=start,
        ends_on=anchor.week(story.phases[-1].baseline_end, FRIDAY),
    )
