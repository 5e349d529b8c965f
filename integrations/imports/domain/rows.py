"""The rows of a workbook once read: one class for each sheet, each with its row number in the file.

A project is given by its code, a pole by its code, a person by e-mail address (by name without one), a choice by
its key; what was left blank is None.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class ProjectRow:
    row: int
    code: str
    name: str
    pole: str
    method: str
    starts_on: date
    ends_on: date
    programme: str | None = None
    sponsor: str | None = None
    manager: str | None = None
    phase: str | None = None
    goal: str | None = None
    weather: str | None = None
    trend: str | None = None
    comment: str | None = None
    reported_on: date | None = None


@dataclass(frozen=True)
class MilestoneRow:
    row: int
    project: str
    name: str
    due_on: date
    baseline_on: date | None = None
    actual_on: date | None = None
    success_criterion: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class BudgetRow:
    """`month` is its first day; amounts that were left blank are None."""

    row: int
    project: str
    category: str
    nature: str
    month: date
    planned: Decimal | None = None
    committed: Decimal | None = None
    actual: Decimal | None = None
    forecast: Decimal | None = None


@dataclass(frozen=True)
class RiskRow:
    row: int
    project: str
    reference: str
    title: str
    probability: int
    impact: int
    owner: str | None = None
    due_on: date | None = None
    mitigation: str | None = None
    status: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class PersonRow:
    """`capacity` is 0-1 of a full time; the daily rate is in the tenant's currency."""

    row: int
    name: str
    email: str
    pole: str
    profile: str | None = None
    skills: str | None = None
    daily_rate: Decimal | None = None
    capacity: Decimal | None = None
    joined_on: date | None = None
    left_on: date | None = None
