"""The differences of two worlds in projects that are new, budgets, contracts, people and rates, written to the live
rows; and what has no row there."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.finance.actions import BudgetEntry, set_budget_lines
from portfolio.finance.domain.budget import Amounts
from portfolio.people.actions import create_person
from portfolio.people.models import Person, Pole, Profile, Rate
from portfolio.people.rates import change_rate, create_rate
from portfolio.planning.models import Task
from portfolio.projects.actions import create_project
from portfolio.projects.models import Project
from portfolio.scenarios.domain.cash_changes import STAFF
from portfolio.scenarios.domain.operations import ChangeRate, Operation
from portfolio.scenarios.domain.world import World
from portfolio.treasury.actions import change_row, delete_row
from portfolio.treasury.domain.books import Instalment
from portfolio.treasury.models import ContractInstalment
from tech4value.audit.actor import Actor


def add_projects(actor: Actor, wanted: World) -> dict[str, Project]:
    """The scenario's own projects, by the keys that it gave them."""
    made = {}
    for key, one in wanted.added.items():
        facts = wanted.projects[key]
        pole = Pole.objects.filter(pk=one.pole).first() if one.pole else None
        if pole is None:
            raise ValidationError(
                _("Le projet « %(name)s » n’a pas de pôle : dites lequel avant de l’appliquer.") % {"name": one.name}
            )
        made[key] = create_project(
            actor=actor,
            code=one.code,
            name=one.name,
            pole=pole,
            starts_on=facts.starts_on,
            ends_on=facts.ends_on,
        )
    return made


def write_lines(actor: Actor, live: World, wanted: World, new: Mapping[str, Project]) -> None:
    """Forecasts of budget lines; what is planned too for projects that are new."""
    entries: dict[str, list[BudgetEntry]] = {}
    for place, after in wanted.lines.items():
        before = live.lines.get(place, Amounts())
        if after == before or place.envelope:
            continue
        planned = after.planned if after.planned != before.planned else None
        entry = BudgetEntry(place.category, place.nature, place.month, planned=planned, forecast=after.forecast)
        entries.setdefault(place.project, []).append(entry)
    keys = [key for key in entries if key not in new]
    rows: dict[str, Project] = {**new, **{str(row.pk): row for row in Project.objects.filter(pk__in=keys)}}
    if entries:
        set_budget_lines(actor=actor, project_lines={rows[key]: lines for key, lines in entries.items()})


def write_contracts(actor: Actor, live: World, wanted: World, seconds: Mapping[str, Task]) -> None:
    """The dates of instalments; those of a stopped project that will not be invoiced are deleted. What waited for a
    task that is split waits for its second part."""
    if live.books is None or wanted.books is None:
        return
    after = {one.key: one for contract in wanted.books.contracts for one in contract.instalments}
    before = {one.key: one for contract in live.books.contracts for one in contract.instalments}
    changed = {key for key, one in before.items() if key not in after or _days(after[key]) != _days(one)}
    for row in ContractInstalment.objects.filter(pk__in=changed).select_related("contract"):
        one = after.get(str(row.pk))
        if one is None:
            delete_row(actor=actor, row=row)
            continue
        starts_on, ends_on = _days(one)
        change_row(actor=actor, row=row, values={"starts_on": starts_on, "ends_on": ends_on})
    for row in ContractInstalment.objects.filter(task__in=list(seconds), contract__deleted_at=None):
        change_row(actor=actor, row=row, values={"task": seconds[str(row.task_id)]})


def _days(one: Instalment) -> tuple[Any, Any]:
    if one.recurrence is not None:
        return one.recurrence.starts_on, one.recurrence.ends_on
    return one.on, None


def write_people(actor: Actor, wanted: World, operations: Sequence[Operation]) -> None:
    """Those who are hired, and the rates that change."""
    for one in wanted.hires.values():
        create_person(
            actor=actor,
            name=one.name,
            profile=Profile.objects.get(pk=one.profile),
            pole=Pole.objects.filter(pk=one.pole).first() if one.pole else None,
            capacity=one.share,
            joined_on=one.starts_on,
            left_on=one.ends_on,
        )
    for operation in operations:
        if isinstance(operation, ChangeRate):
            _write_rate(actor, operation)


def _write_rate(actor: Actor, operation: ChangeRate) -> None:
    person = Person.objects.filter(pk=operation.person).first() if operation.person else None
    profile = Profile.objects.filter(pk=operation.profile).first() if operation.profile else None
    known = Rate.objects.filter(person=person, profile=profile, valid_from=operation.from_on).first()
    if known is not None:
        change_rate(actor=actor, rate=known, values={"daily_rate": operation.daily_rate})
        return
    create_rate(
        actor=actor,
        person=person,
        profile=profile,
        valid_from=operation.from_on,
        daily_rate=operation.daily_rate,
    )


def notes(wanted: World) -> Iterator[str]:
    """What the scenario counted and the live plan has no row for."""
    for one in wanted.added.values():
        if any(part.amount > Decimal(0) and part.category != STAFF for part in one.budget):
            yield _(
                "Les achats de « %(name)s » n’ont pas encore de contrat : ajoutez-le pour qu’ils soient dans la "
                "trésorerie."
            ) % {"name": one.name}
    for hired in wanted.hires.values():
        yield _("Ce que coûte %(name)s n’est pas encore dans une paie : ajoutez-le dans Comptes et taux.") % {
            "name": hired.name
        }
