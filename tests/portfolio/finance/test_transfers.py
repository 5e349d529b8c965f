"""Transfers: the sum does not change by a cent, what is not there is not moved, each can be taken back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portfolio.finance.models import BudgetLine, BudgetTransfer
from portfolio.finance.queries import totals
from portfolio.finance.transfer_actions import available_on, transfer, undo_transfer
from portfolio.finance.version_actions import approve_version, propose_initial, start_version
from tech4value.audit.actor import SYSTEM
from tests.portfolio.finance.conftest import Budgets
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"
FEBRUARY = date(2026, 2, 1)


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def february(budgets: Budgets) -> BudgetLine:
    """2 000,20 planned, half of it committed, nothing spent."""
    return BudgetLine.objects.get(project=budgets.erp, month=FEBRUARY)


def move(budgets: Budgets, amount: str, **values: Any) -> BudgetTransfer:
    place: dict[str, Any] = {
        "project": budgets.site,
        "category": "staff",
        "nature": "opex",
        "month": date(2026, 4, 9),
        "reason": "Une personne de plus",
    }
    return transfer(actor=SYSTEM, source=february(budgets), amount=Decimal(amount), **{**place, **values})


def test_an_amount_goes_to_another_project_and_back(world: World, budgets: Budgets) -> None:
    with world.within():
        for project in (budgets.erp, budgets.site):
            approve_version(actor=SYSTEM, version=propose_initial(actor=SYSTEM, project=project))
        both = [budgets.erp, budgets.site]
        before = sum(one.planned for one in totals(both).values())
        row = move(budgets, "600.005")
        assert (row.amount, row.reason, row.made_by) == (Decimal("600.01"), "Une personne de plus", "Tech4Value")
        after = totals(both)
        assert after[budgets.erp.pk].planned == Decimal("2700.29")
        assert after[budgets.site.pk].planned == Decimal("5600.01")
        assert sum(one.planned for one in after.values()) == before
        undo_transfer(actor=SYSTEM, transfer=row)
        assert totals(both)[budgets.site.pk].planned == 5000
        kept = BudgetTransfer.everything.get(pk=row.pk)
        assert kept.deleted_at is not None and kept.undone_by == "Tech4Value"
        with pytest.raises(ValidationError, match="déjà repris"):
            undo_transfer(actor=SYSTEM, transfer=row)


def test_a_place_without_a_line_gets_one(world: World, budgets: Budgets) -> None:
    with world.within():
        row = move(budgets, "10", project=budgets.erp, category="training")
        assert (row.target.planned, row.target.forecast, row.target.month) == (10, 0, date(2026, 4, 1))


@pytest.mark.parametrize(
    ("amount", "values", "field", "words"),
    [
        ("1000.11", {}, "amount", "Il reste 1 000,10 € sur la ligne Licences, Capex, févr. 2026"),
        ("0", {}, "amount", "supérieur à zéro"),
        ("0.001", {}, "amount", "supérieur à zéro"),
        ("-5", {}, "amount", "supérieur à zéro"),
        ("NaN", {}, "amount", "supérieur à zéro"),
        ("1", {"reason": "  "}, "reason", "Dites pourquoi"),
        ("1", {"category": "bribes"}, "category", "n’est pas une catégorie"),
        ("1", {"month": date(1900, 1, 1)}, "month", "entre 2000 et 2100"),
    ],
)
def test_what_cannot_be_moved(
    world: World, budgets: Budgets, amount: str, values: dict[str, Any], field: str, words: str
) -> None:
    with world.within():
        with pytest.raises(ValidationError) as refusal:
            move(budgets, amount, **values)
        said = refusal.value.message_dict[field][0].replace("\u202f", " ").replace("\u00a0", " ")
        assert words in said
        assert not BudgetTransfer.objects.exists()


def test_the_line_itself_is_no_target(world: World, budgets: Budgets) -> None:
    with world.within(), pytest.raises(ValidationError) as refusal:
        move(budgets, "1", project=budgets.erp, category="licences", nature="capex", month=FEBRUARY)
    assert "ligne de départ" in refusal.value.message_dict["month"][0]


def test_what_was_spent_since_does_not_come_back(world: World, budgets: Budgets) -> None:
    with world.within():
        row = move(budgets, "600")
        BudgetLine.objects.filter(pk=row.target_id).update(actual=5500)
        with pytest.raises(ValidationError) as refusal:
            undo_transfer(actor=SYSTEM, transfer=row)
        assert "Il reste" in refusal.value.message_dict["amount"][0]


def test_a_budget_under_revision_waits(world: World, budgets: Budgets) -> None:
    with world.within():
        approve_version(actor=SYSTEM, version=propose_initial(actor=SYSTEM, project=budgets.site))
        start_version(actor=SYSTEM, project=budgets.site)
        with pytest.raises(ValidationError, match="terminez-la ou abandonnez-la"):
            move(budgets, "1")
        assert available_on(february(budgets)) == Decimal("1000.10")


def test_the_pages(world: World, budgets: Budgets, client_of: Sign) -> None:
    pmo, manager = client_of(world.pmo), client_of(world.manager)
    with world.within():
        line = february(budgets)
    form = world.url(f"/budget/lines/{line.pk}/transfer/")
    assert "il reste 1 000,10 € à virer" in text(pmo.get(form))
    sent = {
        "project": str(budgets.site.pk),
        "category": "staff",
        "nature": "opex",
        "month": "2026-04",
        "amount": "99,90",
        "reason": "Renfort",
    }
    refused = manager.post(form, sent)
    assert refused.status_code in {403, 422}, "site is not hers to change"
    assert pmo.post(form, {**sent, "amount": "9 999"}).status_code == 422
    assert pmo.post(form, sent).status_code == 302
    page = world.url(f"/budget/projects/{budgets.site.pk}/transfers/")
    shown = text(client_of(world.executive).get(page))
    assert "99,90 €" in shown and "Renfort" in shown and "Reprendre" not in shown
    assert "Renfort" in text(pmo.get(world.url("/budget/transfers/")))
    with world.within():
        row = BudgetTransfer.objects.get()
    undo = world.url(f"/budget/transfers/{row.pk}/undo/")
    assert client_of(world.executive).post(undo).status_code == 403
    assert pmo.post(undo).status_code == 302
    assert "Repris par" in text(pmo.get(page))
    assert pmo.post(undo).status_code == 404


def test_the_api(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.pmo)
    url = world.url("/api/v1/budget-transfers/")
    with world.within():
        line = february(budgets)
    body = {
        "source": str(line.pk),
        "project": str(budgets.site.pk),
        "category": "staff",
        "nature": "opex",
        "month": "2026-04-01",
        "amount": "10.00",
        "reason": "Renfort",
    }
    made = client.post(url, body, content_type=JSON)
    assert (made.status_code, made.json()["amount"], made.json()["month"]) == (201, "10.00", "2026-04-01")
    assert len(client.get(f"{url}?project={budgets.site.pk}").json()["results"]) == 1
    assert client.post(url, {**body, "amount": "99999"}, content_type=JSON).status_code == 400
    assert client_of(world.manager).post(url, body, content_type=JSON).status_code == 403
    their = {**body, "source": str(budgets.their_line.pk)}
    assert client.post(url, their, content_type=JSON).status_code == 400
    assert client.delete(f"{url}{made.json()['id']}/").status_code == 204
    assert client.get(url).json()["results"] == []
