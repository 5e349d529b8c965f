"""The currency of an organisation holds for every amount that it has written."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from portfolio.finance.actions import create_budget_line
from portfolio.people.actions import create_pole
from portfolio.projects.actions import create_project
from tech4value.console.actions import change_organisation
from tests.world import World


def test_the_currency_does_not_change_under_budgets(world: World) -> None:
    actor = world.memberships["admin"].actor
    with world.within():
        assert change_organisation(actor=actor, tenant=world.atelier, values={"currency": "CHF"})
        assert change_organisation(actor=actor, tenant=world.atelier, values={"currency": "EUR"})
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        dates = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        project = create_project(actor=actor, code="ERP", name="ERP", pole=pole, **dates)
        place = {"category": "staff", "nature": "opex", "month": date(2026, 3, 1)}
        create_budget_line(actor=actor, project=project, planned=Decimal(10), **place)
        with pytest.raises(ValidationError) as refused:
            change_organisation(actor=actor, tenant=world.atelier, values={"currency": "USD"})
        assert list(refused.value.message_dict) == ["currency"]
        assert world.atelier.currency == "EUR"
