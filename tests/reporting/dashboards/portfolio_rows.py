"""A small portfolio made row by row, for the dashboard's tests."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portfolio.finance.models import BudgetLine, Category, Nature
from portfolio.people.models import Person, Pole
from portfolio.planning.models import Task
from portfolio.projects.models import Milestone, Phase, Programme, Project, StatusReport, Trend, Weather
from portfolio.risks.models import Risk
from tech4value.audit.actor import SYSTEM, Actor
from tech4value.audit.writing import create

TODAY = date(2026, 11, 16)


def month(offset: int, today: date = TODAY) -> date:
    """The first day of the month `offset` months from today's."""
    years, index = divmod(today.month - 1 + offset, 12)
    return date(today.year + years, index + 1, 1)


def make_pole(code: str = "IT", name: str = "Informatique") -> Pole:
    return Pole.objects.filter(code=code).first() or create(SYSTEM, Pole(code=code, name=name))


def make_person(name: str) -> Person:
    return create(SYSTEM, Person(name=name))


def make_programme(code: str, name: str) -> Programme:
    return create(SYSTEM, Programme(code=code, name=name))


def make_project(code: str, actor: Actor = SYSTEM, **fields: Any) -> Project:
    values = {"name": f"Projet {code}", "starts_on": date(2026, 1, 1), "ends_on": date(2027, 6, 30)} | fields
    values.setdefault("pole", None)
    values["pole"] = values["pole"] or make_pole()
    values.setdefault("phase", Phase.DELIVERY)
    return create(actor, Project(code=code, **values))


def report(
    project: Project, on: date, weather: str = Weather.SUNNY, actor: Actor = SYSTEM, **fields: Any
) -> StatusReport:
    values = {"trend": Trend.FLAT, **fields}
    return create(actor, StatusReport(project=project, reported_on=on, weather=weather, **values))


def promise(
    project: Project,
    name: str,
    due: date,
    baseline: date | None = None,
    actual: date | None = None,
    actor: Actor = SYSTEM,
) -> Milestone:
    return create(
        actor, Milestone(project=project, name=name, due_on=due, baseline_on=baseline or due, actual_on=actual)
    )


def line(project: Project, offset: int, actor: Actor = SYSTEM, **amounts: int) -> BudgetLine:
    values = {name: Decimal(amounts.get(name, 0)) for name in ("planned", "committed", "actual", "forecast")}
    return create(
        actor,
        BudgetLine(project=project, category=Category.SERVICES, nature=Nature.OPEX, month=month(offset), **values),
    )


def risk(
    project: Project, reference: str, probability: int, impact: int, actor: Actor = SYSTEM, **fields: Any
) -> Risk:
    return create(
        actor,
        Risk(
            project=project,
            reference=reference,
            title=f"Risque {reference}",
            probability=probability,
            impact=impact,
            **fields,
        ),
    )


def task(project: Project, name: str, days: int, share: str, start: date = date(2026, 10, 5)) -> Task:
    begin = datetime.combine(start, datetime.min.time())
    return create(
        SYSTEM,
        Task(
            project=project,
            name=name,
            starts_at=begin,
            ends_at=begin + timedelta(days=days),
            duration_minutes=days * 420,
            percent_complete=Decimal(share),
        ),
    )
