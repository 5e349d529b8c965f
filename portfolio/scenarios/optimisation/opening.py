"""An answer as a scenario: projects moved to the months chosen, the others stopped, proposals added at theirs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import add_months
from portfolio.people.domain.calendar import Calendar
from portfolio.people.queries import working_calendar
from portfolio.scenarios.actions import create_scenario
from portfolio.scenarios.domain.operations import Operation, ShiftProject, StopProject
from portfolio.scenarios.models import Scenario
from portfolio.scenarios.optimisation.candidates import candidates_for, month_index
from portfolio.scenarios.optimisation.models import StudyAnswer
from portfolio.scenarios.optimisation.proposals import proposals_for
from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor
from tech4value.tenancy.clock import today


@transaction.atomic
def open_as_scenario(*, actor: Actor, member: Membership, answer: StudyAnswer) -> Scenario:
    """A scenario of `member` that does what the answer chose. Raises ValidationError when that is what the live plan
    does already, or when it can no longer be done."""
    operations = list(_operations(member, answer))
    if not operations:
        raise ValidationError(_("Ce choix est déjà celui du plan en cours : il n’y a rien à changer."))
    return create_scenario(
        actor=actor,
        owner=member,
        name=_free_name(answer.study.name),
        description=_("Ce que l’étude « %(name)s » a retenu, chaque projet au mois choisi.")
        % {"name": answer.study.name},
        operations=operations,
    )


def _operations(member: Membership, answer: StudyAnswer) -> Iterable[Operation]:
    data, first = answer.data, date.fromisoformat(answer.data["first"])
    projects = {str(one.pk): one for one in candidates_for(member)}
    proposed = {one.key: one.operation for one in proposals_for(member)}
    calendar = working_calendar(None)
    for one in data["chosen"]:
        month = add_months(first, one["start"])
        if one["key"] in projects:
            project = projects[one["key"]]
            days = working_days(calendar, project.starts_on, same_day(project.starts_on, month))
            if days and month_index(project.starts_on, month):
                yield ShiftProject(one["key"], days)
        elif one["key"] in proposed:
            operation = proposed[one["key"]]
            starts_on = same_day(operation.starts_on, month)
            yield replace(
                operation, starts_on=starts_on, ends_on=operation.ends_on + (starts_on - operation.starts_on)
            )
    for one in data["excluded"]:
        if one["key"] in projects:
            yield StopProject(one["key"], today())


def same_day(day: date, month: date) -> date:
    """The same day of another month; its last one when it is shorter."""
    last = add_months(month, 1) - timedelta(days=1)
    return month.replace(day=min(day.day, last.day))


def working_days(calendar: Calendar, before: date, after: date) -> int:
    """Working days from one day to another, negative when it is earlier."""
    if after < before:
        return -working_days(calendar, after, before)
    return calendar.working_days_between(before, after - timedelta(days=1)) if after > before else 0


def _free_name(name: str) -> str:
    """The study's name, with a number where scenarios have it already."""
    taken: set[Any] = set(Scenario.objects.values_list("name", flat=True))
    base, number = name[:110], 2
    found = base
    while found in taken:
        found, number = f"{base} {number}", number + 1
    return found
