"""The workbook of a round: its projects have codes of their own, so that what it wrote can be told apart."""

from datetime import date
from decimal import Decimal

PROJECTS, BUDGET_LINES, MILESTONES = 5, 36, 10


def codes(number: int) -> list[str]:
    """The codes of a round's projects."""
    return [f"K{number}-{index}" for index in range(PROJECTS)]


def workbook_of(number: int) -> bytes:
    """The workbook of round `number`."""
    from tests.integrations.imports.files import workbook

    projects, milestones, budget = [], [], []
    for code in codes(number):
        days = {"starts_on": date(2026, 1, 5), "ends_on": date(2028, 12, 31)}
        projects.append({"code": code, "name": f"Projet {code}", "pole": "IT", "method": "agile", **days})
        for index in range(MILESTONES):
            milestones.append({"project": code, "name": f"Jalon {index}", "due_on": date(2026, 2 + index, 1)})
        for month in range(BUDGET_LINES):
            when = date(2026 + month // 12, month % 12 + 1, 1)
            amounts = {"planned": Decimal(1000 + month), "forecast": Decimal(1100)}
            budget.append({"project": code, "category": "staff", "nature": "opex", "month": when, **amounts})
    return workbook(projects=projects, milestones=milestones, budget=budget)
