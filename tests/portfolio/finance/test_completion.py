"""Three estimates at completion side by side; the chosen one is what the lines foresee, to the cent."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portfolio.finance import completion_actions, completion_views
from portfolio.finance.actions import change_budget_line
from portfolio.finance.completion import estimates_of
from portfolio.finance.completion_actions import choose_estimate, undo_choice
from portfolio.finance.models import BudgetLine, CompletionChoice
from portfolio.finance.queries import totals
from tech4value.audit.actor import SYSTEM
from tests.portfolio.finance.conftest import Budgets
from tests.world import World

Sign = Callable[[Any], Client]
TODAY = date(2026, 2, 10)
JSON = "application/json"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (completion_actions, completion_views):
        monkeypatch.setattr(module, "today", lambda *_args: TODAY)


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def test_the_managers_estimate_is_what_the_lines_foresee(world: World, budgets: Budgets) -> None:
    with world.within():
        row = choose_estimate(
            actor=world.memberships["manager"].actor,
            project=budgets.erp,
            method="manager",
            amount=Decimal("4000.005"),
            reason="Devis reçu",
        )
        assert (row.amount, row.chosen_by) == (Decimal("4000.01"), "Chloé Cheffe")
        assert totals([budgets.erp])[budgets.erp.pk].forecast == Decimal("4000.01")
        months = {
            (one.category, one.month.month): one.forecast for one in BudgetLine.objects.filter(project=budgets.erp)
        }
        # January is over: it expects what it cost.
        assert months == {
            ("licences", 1): Decimal("900.05"),
            ("services", 1): Decimal("310.33"),
            ("licences", 2): Decimal("2789.63"),
        }
        estimates, current = estimates_of(budgets.erp, TODAY)
        assert current == row and [one.used for one in estimates] == [False, False, True]
        assert [one.amount for one in estimates] == [Decimal("4000.01"), None, Decimal("4000.01")]
        assert estimates[1].why, "no baseline: the reason is said"
        choose_estimate(actor=SYSTEM, project=budgets.erp, method="lines")
        assert estimates_of(budgets.erp, TODAY)[0][0].used


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"method": "magic"}, "method", "Choisissez"),
        ({"method": "earned_value"}, "method", ""),
        ({"method": "manager"}, "amount", "supérieur à zéro"),
        ({"method": "manager", "amount": Decimal("NaN")}, "amount", "supérieur à zéro"),
        ({"method": "manager", "amount": Decimal(5000)}, "reason", "repose"),
        ({"method": "manager", "amount": Decimal(1000), "reason": "x"}, "amount", "1 210,38 € sont déjà dépensés"),
    ],
)
def test_what_cannot_be(world: World, budgets: Budgets, values: dict[str, Any], field: str, words: str) -> None:
    with world.within():
        with pytest.raises(ValidationError) as refusal:
            choose_estimate(actor=SYSTEM, project=budgets.erp, **values)
        said = refusal.value.message_dict[field][0].replace("\u202f", " ").replace("\u00a0", " ")
        assert said and words in said
        assert not CompletionChoice.objects.exists()


def test_months_must_be_left(world: World, budgets: Budgets) -> None:
    with world.within():
        BudgetLine.objects.filter(project=budgets.erp, month=date(2026, 2, 1)).delete()
        with pytest.raises(ValidationError) as refusal:
            choose_estimate(actor=SYSTEM, project=budgets.erp, method="manager", amount=Decimal(9999), reason="Devis")
        assert "Aucune ligne n’est à venir" in refusal.value.message_dict["amount"][0]


def test_the_last_choice_is_taken_back(world: World, budgets: Budgets) -> None:
    def forecasts() -> list[Decimal]:
        rows = BudgetLine.objects.filter(project=budgets.erp).order_by("month", "category")
        return list(rows.values_list("forecast", flat=True))

    def manager(amount: str) -> CompletionChoice:
        reason, actor = "Devis", world.memberships["manager"].actor
        return choose_estimate(
            actor=actor, project=budgets.erp, method="manager", amount=Decimal(amount), reason=reason
        )

    with world.within():
        before = forecasts()
        first, second = manager("4000"), manager("4100")
        with pytest.raises(ValidationError, match="annulez-la d’abord"):
            undo_choice(actor=SYSTEM, choice=first)
        undo_choice(actor=SYSTEM, choice=second)
        with pytest.raises(ValidationError, match="déjà annulée"):
            undo_choice(actor=SYSTEM, choice=second)
        assert estimates_of(budgets.erp, TODAY)[1] == first
        undo_choice(actor=SYSTEM, choice=first)
        assert forecasts() == before and estimates_of(budgets.erp, TODAY)[1] is None
        # Another field of a line may change; a forecast that somebody typed since is theirs.
        third = manager("4200")
        line = BudgetLine.objects.get(project=budgets.erp, month=date(2026, 2, 1))
        change_budget_line(actor=SYSTEM, line=line, values={"committed": Decimal(7), "forecast": Decimal(7)})
        with pytest.raises(ValidationError, match=r"Licences, Capex, févr.* a changé depuis"):
            undo_choice(actor=SYSTEM, choice=third)
        assert estimates_of(budgets.erp, TODAY)[1] == third


def test_a_choice_is_taken_back_from_the_page_and_the_api(world: World, budgets: Budgets, client_of: Sign) -> None:
    manager, executive = client_of(world.manager), client_of(world.executive)
    page = world.url(f"/budget/projects/{budgets.erp.pk}/estimates/")
    sent = {"method": "manager", "amount": "3 900", "reason": "Devis"}
    assert manager.post(f"{page}new/", sent).status_code == 302
    with world.within():
        row = CompletionChoice.objects.get()
    undo = world.url(f"/budget/estimates/{row.pk}/undo/")
    shown = text(manager.get(page))
    assert undo in shown and "Annuler ce choix" in shown and "Annuler ce choix" not in text(executive.get(page))
    assert executive.post(undo).status_code == 403
    assert manager.post(world.url(f"/budget/estimates/{budgets.line.pk}/undo/")).status_code == 404
    assert manager.post(undo).status_code == 302
    assert "3 760,33 €" in text(manager.get(page))
    assert manager.post(undo).status_code == 302
    assert "déjà annulée" in text(manager.get(page))
    url = world.url("/api/v1/completion-choices/")
    body = {"project": str(budgets.erp.pk), "method": "manager", "amount": "4100.00", "reason": "Second devis"}
    made = manager.post(url, body, content_type=JSON).json()
    assert executive.delete(f"{url}{made['id']}/").status_code == 403
    assert manager.delete(f"{url}{made['id']}/").status_code == 204
    assert manager.delete(f"{url}{made['id']}/").status_code == 404
    assert manager.get(url).json()["results"] == []


def test_the_page_and_the_api(world: World, budgets: Budgets, client_of: Sign) -> None:
    manager = client_of(world.manager)
    page = world.url(f"/budget/projects/{budgets.erp.pk}/estimates/")
    shown = text(manager.get(page))
    assert "3 760,33 €" in shown and "Retenue" in shown and "n’a pas donné d’estimation" in shown
    sent = {"method": "manager", "amount": "3 900", "reason": "Devis"}
    assert manager.post(f"{page}new/", {**sent, "reason": ""}).status_code == 422
    assert manager.post(f"{page}new/", sent).status_code == 302
    assert "+599,70 €" in text(client_of(world.executive).get(page))
    assert client_of(world.executive).post(f"{page}new/", sent).status_code == 403
    url = world.url("/api/v1/completion-choices/")
    body = {"project": str(budgets.erp.pk), "method": "manager", "amount": "4100.00", "reason": "Second devis"}
    made = manager.post(url, body, content_type=JSON)
    assert made.status_code == 201 and made.json()["amount"] == "4100.00"
    assert manager.post(url, {**body, "amount": "1"}, content_type=JSON).status_code == 400
    assert manager.post(url, {**body, "project": str(budgets.site.pk)}, content_type=JSON).status_code == 403
    assert {one["amount"] for one in manager.get(url).json()["results"]} == {"3900.00", "4100.00"}
    theirs = world.url(f"/budget/projects/{budgets.theirs.pk}/estimates/")
    assert manager.get(theirs).status_code == 404
