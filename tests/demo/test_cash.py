"""The story of the cash: it holds its threshold, until the go-live of Odoo slips by six weeks."""

from datetime import timedelta

from django.utils import translation

from portfolio.projects.models import Milestone
from portfolio.treasury.ledger import MILESTONE
from portfolio.treasury.models import CashAlert, Payment
from portfolio.treasury.queries import cash_plan
from portfolio.treasury.words import awaited_sentence, breach_sentence, facts_of_breach
from tech4value.tenancy.context import tenant_context
from tests.demo.conftest import Demo


def test_the_cash_holds_until_the_go_live_slips(demo: Demo) -> None:
    with tenant_context(demo.tech4value), translation.override("fr"):
        plan = cash_plan(demo.today)
        assert plan is not None
        assert plan.breaches == ()
        assert not CashAlert.objects.filter(closed_on=None).exists()
        milestone = Milestone.objects.get(project__code="ODOO", name="Mise en production")
        key = f"{MILESTONE}{milestone.pk}"
        after = plan.moved({key: plan.ledger.books.triggers[key].on + timedelta(weeks=6)})
        assert after.breaches
        facts = facts_of_breach(after.breaches[0], after)
        said = f"{breach_sentence(facts)} {awaited_sentence(facts)}"
        assert "sous le seuil de" in said
        assert "Mise en production" in said


def test_three_months_are_paid_and_nothing_is_late(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        plan = cash_plan(demo.today)
        assert plan is not None
        assert plan.late == ()
        assert Payment.objects.filter(kind="vat").count() >= 2
        past = [one for one in plan.months if one.span.last < demo.today]
        assert len(past) >= 2
        # What was paid is near what was due, and not the same: pay is never what was foreseen.
        for one in past:
            assert one.actual == one.net
            assert one.actual != one.promised
