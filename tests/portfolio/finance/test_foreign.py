"""Budget lines typed in another currency: converted at the rate of their month, kept as typed, unmoved by later
rates."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portfolio.finance.actions import change_budget_line, create_budget_line
from portfolio.finance.envelope_actions import create_envelope
from portfolio.finance.foreign import typed_amounts, typed_words
from portfolio.finance.models import BudgetLine, Envelope, EnvelopeLine
from portfolio.finance.version_actions import approve_version, propose_initial
from portfolio.treasury.actions import create_row
from portfolio.treasury.models import ExchangeRate
from tech4value.audit.actor import SYSTEM
from tech4value.console.actions import change_organisation
from tests.portfolio.finance.conftest import Budgets
from tests.world import World

Sign = Callable[[Any], Client]
HTMX = {"HX-Request": "true", "HX-Target": "panel"}
JSON = "application/json"


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def rate(day: date, value: str, currency: str = "USD") -> None:
    create_row(actor=SYSTEM, row=ExchangeRate(currency=currency, starts_on=day, rate=Decimal(value)))


def dollars(budgets: Budgets, planned: str = "1085.00", month: int = 5, **values: Any) -> BudgetLine:
    return create_budget_line(
        actor=SYSTEM,
        project=budgets.erp,
        category="licences",
        nature="opex",
        month=date(2026, month, 20),
        planned=Decimal(planned),
        currency="usd",
        **values,
    )


def test_a_line_is_converted_at_the_rate_of_its_month(world: World, budgets: Budgets) -> None:
    with world.within():
        rate(date(2026, 1, 1), "1.0850")
        rate(date(2026, 5, 15), "2.0000")
        line = dollars(budgets, forecast=Decimal("100.005"))
        assert (line.currency, line.planned, line.forecast) == ("EUR", Decimal("1000.00"), Decimal("92.18"))
        assert (line.typed_currency, line.rate, line.rate_on) == ("USD", Decimal("1.0850"), date(2026, 1, 1))
        kept = BudgetLine.objects.get(pk=line.pk)
        assert typed_amounts(kept)["planned"] == Decimal("1085.00")
        assert typed_amounts(kept)["forecast"] == Decimal("100.01")
        assert dollars(budgets, month=6).planned == Decimal("542.50")


def test_a_later_rate_moves_nothing_until_the_line_is_typed_again(world: World, budgets: Budgets) -> None:
    with world.within():
        rate(date(2026, 1, 1), "1.0850")
        line = dollars(budgets)
        rate(date(2026, 4, 1), "1.0000")
        kept = BudgetLine.objects.get(pk=line.pk)
        assert kept.planned == Decimal("1000.00")
        change_budget_line(actor=SYSTEM, line=kept, values={"currency": "USD", "planned": Decimal("1085")})
        assert (kept.planned, kept.rate) == (Decimal("1085.00"), Decimal("1.0000"))
        change_budget_line(actor=SYSTEM, line=kept, values={"currency": "EUR", "planned": Decimal("7")})
        again = BudgetLine.objects.get(pk=line.pk)
        assert (again.planned, again.typed_currency, again.typed, again.rate) == (7, "", {}, None)


def test_what_is_written_since_is_no_longer_what_was_typed(world: World, budgets: Budgets) -> None:
    with world.within():
        rate(date(2026, 1, 1), "1.0850")
        line = dollars(budgets, forecast=Decimal("2170"))
        change_budget_line(actor=SYSTEM, line=line, values={"forecast": Decimal(5), "currency": "EUR"})
        kept = BudgetLine.objects.get(pk=line.pk)
        assert typed_amounts(kept).get("planned") == Decimal("1085.00") and "forecast" not in typed_amounts(kept)
        assert typed_words(kept, "forecast") == ""


@pytest.mark.parametrize("currency", ["USD", "x", "€", "GBP"])
def test_a_missing_rate_says_which_and_where(world: World, budgets: Budgets, currency: str) -> None:
    with world.within():
        rate(date(2026, 6, 1), "1.0850")
        with pytest.raises(ValidationError) as refused:
            create_budget_line(
                actor=SYSTEM,
                project=budgets.erp,
                category="licences",
                nature="opex",
                month=date(2026, 5, 1),
                planned=Decimal(1),
                currency=currency,
            )
        said = refused.value.message_dict["currency"][0]
        assert f"La devise {currency.upper()} n’a pas de cours au 01/05/2026" in said and "Comptes et taux" in said


@pytest.mark.parametrize(
    ("amount", "words"), [("NaN", "dépasse"), ("Infinity", "dépasse"), ("1e40", "dépasse"), ("-1", "négatif")]
)
def test_a_wrong_amount_is_refused(world: World, budgets: Budgets, amount: str, words: str) -> None:
    with world.within():
        rate(date(2026, 1, 1), "1.0850")
        with pytest.raises(ValidationError) as refused:
            dollars(budgets, amount)
        assert words in refused.value.message_dict["planned"][0]


def test_a_manager_types_dollars_and_reads_both(world: World, budgets: Budgets, client_of: Sign) -> None:
    with world.within():
        rate(date(2026, 1, 1), "1.0850")
    client = client_of(world.manager)
    create = world.url(f"/budget/projects/{budgets.erp.pk}/lines/new/")
    sent = {"category": "training", "nature": "opex", "month": "2026-05", "planned": "1 085,00", "currency": "gbp"}
    refused = client.post(create, sent, headers=HTMX)
    assert refused.status_code == 422 and "La devise GBP n’a pas de cours" in text(refused)
    assert client.post(create, {**sent, "currency": "USD"}).status_code == 302
    with world.within():
        line = BudgetLine.objects.get(category="training")
    assert line.planned == 1000
    form = text(client.get(world.url(f"/budget/lines/{line.pk}/"), headers=HTMX))
    assert 'value="1 085"' in form and 'value="USD"' in form
    origin = text(client.get(world.url(f"/budget/lines/{line.pk}/origin/"), headers=HTMX))
    assert "au cours de 1,0850 du 01/01/2026" in origin and "1 000,00 €" in origin
    listed = text(client.get(world.url("/budget/lines/?columns=project,typed,planned&typed=usd")))
    assert "au cours de 1,0850" in listed and listed.count("Projet ERP") >= 1
    # The rest of an approved line is typed in dollars still; what it plans does not move.
    with world.within():
        approve_version(actor=SYSTEM, version=propose_initial(actor=SYSTEM, project=budgets.erp))
    with world.within():
        version = BudgetLine.objects.get(pk=line.pk).version
    change = {**sent, "currency": "USD", "planned": "9", "forecast": "217,00", "version": str(version)}
    assert client.post(world.url(f"/budget/lines/{line.pk}/"), change).status_code == 302
    with world.within():
        kept = BudgetLine.objects.get(pk=line.pk)
        assert (kept.planned, kept.forecast) == (1000, 200)


def test_a_program_sends_another_currency(world: World, budgets: Budgets, client_of: Sign) -> None:
    with world.within():
        rate(date(2026, 1, 1), "1.0850")
    client, url = client_of(world.manager), world.url("/api/v1/budget-lines/")
    body = {
        "project": str(budgets.erp.pk),
        "category": "training",
        "nature": "opex",
        "month": "2026-05-01",
        "planned": "1085",
        "currency": "USD",
    }
    made = client.post(url, body, content_type=JSON)
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["currency"], found["planned"], found["typed_currency"]) == ("EUR", "1000.00", "USD")
    assert (found["typed"]["planned"], found["rate"], found["rate_on"]) == ("1085.00", "1.0850", "2026-01-01")
    both = [{**body, "month": f"2026-0{month}-01"} for month in (6, 7)]
    bulk = client.post(f"{url}bulk/", {"rows": both}, content_type=JSON)
    assert bulk.status_code == 201 and {row["planned"] for row in bulk.json()["rows"]} == {"1000.00"}
    missing = client.post(url, {**body, "month": "2025-05-01"}, content_type=JSON)
    assert missing.status_code == 400 and missing.json()["errors"][0]["pointer"] == "/currency"


def test_the_currency_of_the_organisation_is_fixed_once_an_envelope_is_prepared(
    world: World, budgets: Budgets
) -> None:
    with world.within():
        line = EnvelopeLine(month=date(2026, 3, 1), category="licences", nature="opex", planned=Decimal(50_000))
        create_envelope(actor=SYSTEM, envelope=Envelope(name="Licences", key="equal"), lines=[line], shares=[])
        BudgetLine.objects.all().delete()
        with pytest.raises(ValidationError, match="Des budgets sont déjà saisis en EUR"):
            change_organisation(actor=SYSTEM, tenant=world.atelier, values={"currency": "USD"})
