"""Benefits and returns through the front door: a project whose numbers are counted by hand."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.finance.actions import set_budget_lines
from portfolio.finance.benefits_actions import YearEntry, change_return_settings, create_benefit, set_benefit_years
from portfolio.finance.benefits_figures import KEYS
from portfolio.finance.benefits_models import Benefit, BenefitYear, ReturnSettings
from portfolio.finance.benefits_queries import cases_of, returns_of
from portfolio.finance.domain.business_case import Basis
from portfolio.people.models import Pole
from portfolio.projects.models import Project
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import create
from tests.portfolio.finance.conftest import Budgets, entry, project
from tests.portfolio.finance.test_screens import text
from tests.replay import recorded
from tests.world import World

Sign = Callable[[Any], Client]
HTMX = {"HX-Request": "true", "HX-Target": "panel"}
TODAY = date(2028, 6, 15)
D = Decimal


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third year: that of costs and the one after are over."""
    monkeypatch.setattr("portfolio.finance.benefits_queries.today", lambda *_tenant: TODAY)


@dataclass
class Returned:
    """`erp` costs 3 760.33 in 2026 (3 300.30 planned, 1 210.38 spent) and saves hours from 2027 on."""

    budgets: Budgets
    hours: Benefit
    calls: Benefit
    theirs: Benefit


def add(of: Project, name: str, kind: str = "saving", **values: Any) -> Benefit:
    return create_benefit(actor=SYSTEM, project=of, name=name, kind=kind, **values)


def say(benefit: Benefit, year: int, expected: str | None, realised: str | None = None) -> None:
    amounts = [None if one is None else D(one) for one in (expected, realised)]
    set_benefit_years(actor=SYSTEM, entries=[YearEntry(benefit, year, *amounts)])


@pytest.fixture
@recorded
def returned(world: World, budgets: Budgets) -> Returned:
    with world.within(world.chantier):
        theirs = add(budgets.theirs, "Le leur")
        say(theirs, 2027, "777777")
    with world.within():
        change_return_settings(actor=SYSTEM, values={"base_year": 2026})
        hours = add(budgets.erp, "Heures évitées", measure="Relevé trimestriel")
        say(hours, 2027, "2000", "1900.40")
        say(hours, 2028, "2500.50")
        calls = add(budgets.erp, "Satisfaction", "other", unit="points")
        say(calls, 2027, "70", "64.5")
    return Returned(budgets, hours, calls, theirs)


def erp_of(world: World, returned: Returned) -> str:
    return world.url(f"/budget/projects/{returned.budgets.erp.pk}/benefits/")


def test_the_returns_are_those_counted_by_hand(world: World, returned: Returned) -> None:
    """At 8 % in the money of 2026. As it stands: -3 760.33, 1 900.40/1.08 = 1 759.63, 2 500.50/1.1664 = 2 143.78.
    As promised: -3 300.30 + 1 851.85 + 2 143.78. What came: -1 210.38 + 1 759.63."""
    with world.within():
        case = cases_of([returned.budgets.erp])[returned.budgets.erp.pk]
        found = {basis: case.returns(basis) for basis in Basis}
        values = {basis: one.npv for basis, one in found.items() if one is not None}
        assert values == {Basis.CURRENT: D("143.08"), Basis.PLANNED: D("695.33"), Basis.REALISED: D("549.25")}
        assert returns_of([returned.budgets.erp])[returned.budgets.erp.pk].npv == D("143.08")
        current = case.current
        # 1 859.93 are left after 2027, of 2 500.50: 1.74 years. For g = 1.106, 3 760.33 g² = 1 900.40 g + 2 500.50.
        assert current is not None and isinstance(current.payback, D) and isinstance(current.irr, D)
        assert (current.payback.quantize(D("0.01")), current.payback_year) == (D("1.74"), 2028)
        assert current.irr.quantize(D("0.001")) == D("0.106")
        review = case.review
        assert review is not None
        assert (review.expected, review.realised, review.unmeasured) == (2000, D("1900.40"), 0)
        assert (case.expected, case.realised) == (D("4500.50"), D("1900.40")), "points are no money"


def test_the_tab_shows_them_and_the_grid_adds_up(world: World, returned: Returned, client_of: Sign) -> None:
    page = client_of(world.executive).get(erp_of(world, returned))
    shown = text(page)
    assert page.status_code == 200
    for words in [
        *("143,08 €", "10,6 %", "1,7 an<", "1,74", "Heures évitées", "2 500,50", "4 500,50", "1 900,40", "3 760,33"),
        *("Bilan après projet", "À la fin de l’exercice 2027", "coûts remboursés en 2028", "Satisfaction", "points"),
        "au-dessus du taux d’actualisation de 8,0 %",
    ]:
        assert words in shown, words
    assert "Ajouter un bénéfice" not in shown, "an executive reads the budget"
    promised = text(client_of(world.executive).get(f"{erp_of(world, returned)}?basis=planned"))
    assert "695,33 €" in promised and "le prévu du budget" in promised
    assert client_of(world.executive).get(f"{erp_of(world, returned)}?basis=x").status_code == 200


def test_every_figure_says_how_it_is_made(world: World, returned: Returned, client_of: Sign) -> None:
    client = client_of(world.executive)
    for base in (erp_of(world, returned), world.url("/budget/returns/")):
        for key in KEYS:
            assert client.get(f"{base}explain/{key}/", headers=HTMX).status_code == 200, key
        assert client.get(f"{base}explain/nothing/").status_code == 404
    npv = text(client.get(f"{erp_of(world, returned)}explain/npv/", headers=HTMX))
    # By year: what adds up to the figure.
    for words in ["143,08 €", "−3 760,33 €", "1 759,63 €", "2 143,78 €", "Taux d’actualisation", "8,0 %"]:
        assert words in npv, words
    margin = text(client.get(f"{erp_of(world, returned)}explain/margin/", headers=HTMX))
    assert "Aucune vente" in margin


def test_projects_without_numbers_say_what_they_lack(world: World, returned: Returned, client_of: Sign) -> None:
    client = client_of(world.pmo)
    site = world.url(f"/budget/projects/{returned.budgets.site.pk}/benefits/")
    shown = text(client.get(site))
    assert "Aucun bénéfice n’est encore saisi" in shown
    assert "les flux ne changent pas de signe" in shown, "a project that only costs has no rate"
    with world.within():
        empty = project(returned.budgets.erp.pole, "VIDE")
        free = project(returned.budgets.erp.pole, "LIBRE")
        say(add(free, "Gain"), 2028, "10")
    assert "Ni bénéfice ni budget" in text(client.get(world.url(f"/budget/projects/{empty.pk}/benefits/")))
    assert "n’a pas encore de budget" in text(client.get(world.url(f"/budget/projects/{free.pk}/benefits/")))


def test_a_year_that_nobody_measured_counts_as_expected_and_says_so(
    world: World, returned: Returned, client_of: Sign
) -> None:
    with world.within():
        say(returned.hours, 2027, "2000")
        case = cases_of([returned.budgets.erp])[returned.budgets.erp.pk]
        assert case.unmeasured == 1
        assert case.current is not None and case.current.benefit == D("4500.50")
    assert "il compte comme" in text(client_of(world.executive).get(world.url("/budget/returns/")))
    assert "il compte comme il était attendu" in text(client_of(world.manager).get(erp_of(world, returned)))


def test_a_benefit_is_added_changed_deleted_and_taken_back(world: World, returned: Returned, client_of: Sign) -> None:
    client = client_of(world.manager)
    url = f"{erp_of(world, returned)}new/"
    form = text(client.get(url, headers=HTMX))
    assert "Suivre les contrats" not in form, "a project manager does not read contracts"
    assert "Suivre les contrats" in text(client_of(world.pmo).get(url, headers=HTMX))
    made = client.post(url, {"name": "Papier", "kind": "avoided", "measure": "Ramettes"}, headers=HTMX)
    assert made.status_code == 204 and made["HX-Redirect"].endswith("/benefits/amounts/")
    twin = client.post(url, {"name": "papier ", "kind": "saving"}, headers=HTMX)
    assert twin.status_code == 422 and "déjà un bénéfice de ce nom" in text(twin)
    for sent, words in [
        ({"kind": "saving"}, "obligatoire"),
        ({"name": "Note", "kind": "other"}, "en quoi ce bénéfice se compte"),
        ({"name": "Note", "kind": "gold"}, "gold"),
    ]:
        refused = client.post(url, sent, headers=HTMX)
        assert refused.status_code == 422, sent
        assert words in text(refused), words
    with world.within():
        row = Benefit.objects.get(name="Papier")
        assert row.unit == "" and row.is_typed
    change = world.url(f"/budget/benefits/{row.pk}/")
    sent = {"name": "Papier et encre", "kind": "avoided", "version": 1}
    assert client.post(change, sent, headers=HTMX).status_code == 204
    stale = client.post(change, {**sent, "name": "Encre"}, headers=HTMX)
    assert stale.status_code == 409 and "Chloé Cheffe" in text(stale)
    assert client.post(f"{change}delete/").status_code == 302
    assert "supprimé" in text(client.get(erp_of(world, returned)))
    assert client.get(change).status_code == 404
    assert client.post(f"{change}restore/").status_code == 204
    assert client.get(change).status_code == 200


def test_amounts_are_typed_in_one_page(world: World, returned: Returned, client_of: Sign) -> None:
    client = client_of(world.manager)
    url = f"{erp_of(world, returned)}amounts/"
    shown = text(client.get(url))
    assert "2 500,50" in shown and ">2032<" in shown and ">2036<" not in shown
    assert ">2036<" in text(client.get(f"{url}?until=2036"))
    key = returned.hours.pk
    sent = {
        f"{key}-2027-expected": "2000",
        f"{key}-2027-realised": "",
        f"{key}-2027-version": "1",
        f"{key}-2028-expected": "2 600,25",
        f"{key}-2028-realised": "0",
        f"{key}-2028-version": "1",
        f"{key}-2029-expected": "5",
        f"{key}-2029-version": "0",
    }
    assert client.post(url, sent).status_code == 302
    with world.within():
        rows = {row.year: (row.expected, row.realised) for row in BenefitYear.objects.filter(benefit=key)}
        assert rows == {2027: (2000, None), 2028: (D("2600.25"), 0), 2029: (5, None)}
    seen = {**sent, f"{key}-2027-version": "2", f"{key}-2028-version": "2", f"{key}-2029-version": "1"}
    wrong = client.post(url, {**seen, f"{key}-2028-expected": "douze"})
    assert wrong.status_code == 422 and "« douze » n’est pas un montant" in text(wrong)
    largest = client.post(url, {**seen, f"{key}-2029-expected": "9" * 13})
    assert largest.status_code == 422 and "2029 : le montant dépasse" in text(largest)


def test_two_people_who_fill_one_cell_are_told_of_each_other(
    world: World, returned: Returned, client_of: Sign
) -> None:
    url, key = f"{erp_of(world, returned)}amounts/", returned.hours.pk
    sent = {f"{key}-2030-expected": "10", f"{key}-2030-version": "0"}
    kept = {f"{key}-{year}-version": "1" for year in (2027, 2028)} | {
        f"{key}-2027-expected": "2000",
        f"{key}-2027-realised": "1900,40",
        f"{key}-2028-expected": "2500,50",
    }
    assert client_of(world.pmo).post(url, {**kept, **sent}).status_code == 302
    told = client_of(world.manager).post(url, {**kept, **sent, f"{key}-2030-expected": "20"})
    assert told.status_code == 409 and "Pierre Mohamed-Olive" in text(told)
    # Who changed another cell loses nothing, and is asked nothing.
    other = {f"{key}-2030-version": "0", f"{key}-2031-expected": "7", f"{key}-2031-version": "0"}
    merged = client_of(world.manager).post(url, {**kept, **other})
    assert merged.status_code == 302
    with world.within():
        rows = dict(BenefitYear.objects.filter(benefit=key, year__gte=2030).values_list("year", "expected"))
        assert rows == {2030: 10, 2031: 7}


def test_the_portfolio_adds_up_to_the_cent_everywhere(world: World, returned: Returned, client_of: Sign) -> None:
    client = client_of(world.executive)
    with world.within():
        say(add(returned.budgets.site, "Loyers", "avoided"), 2027, "3333.33", "3333.33")
        cases = cases_of([returned.budgets.erp, returned.budgets.site])
        npv = sum(case.current.npv for case in cases.values() if case.current)
        assert npv == D("143.08") + D("-5200") + D("3086.42")
    shown = text(client.get(world.url("/budget/returns/")))
    for words in ["−1 970,50 €", "8 960,33 €", "7 734,23 €", "Projet ERP", "143,08 €", "−2 113,58 €"]:
        assert words in shown, words
    assert "777 777" not in shown and "AILLEURS" not in shown
    lines = client.get(world.url("/budget/returns/export/?format=csv")).content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[4] for line in lines[1:]] == ["143,08", "-2113,58", "-1970,50"]
    total = client.get(world.url("/api/v1/project-returns-total/")).json()
    assert total["returns"]["current"]["net_present_value"] == "-1970.50"
    assert total["returns"]["current"]["cost"] == "8960.33"
    rows = client.get(world.url("/api/v1/project-returns/")).json()["results"]
    values = {row["code"]: row["returns"]["current"]["net_present_value"] for row in rows}
    assert values == {"ERP": "143.08", "SITE": "-2113.58"}
    for sort in ("name", "-cost", "irr", "-payback", "margin", "realised", "x"):
        assert client.get(world.url(f"/budget/returns/?sort={sort}&basis=planned")).status_code == 200


def rows_of(response: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_what_is_seen_is_what_is_exported(world: World, returned: Returned, client_of: Sign) -> None:
    """The order, the filters and the basis of the page; a project without any amount is a row there too."""
    client, url = client_of(world.executive), world.url("/budget/returns/export/")
    with world.within():
        project(returned.budgets.erp.pole, "VIDE")
        pole = create(SYSTEM, Pole(code="Z", name="Autre"))
        project(pole, "LOIN")
    head, *lines = rows_of(client.get(f"{url}?pole={returned.budgets.erp.pole_id}"))
    assert head[:5] == ("Code", "Projet", "Coûts", "Bénéfices", "VAN")
    assert [(line[0], line[4]) for line in lines] == [
        ("ERP", 143.08),
        ("SITE", -5200),
        ("VIDE", None),
        (None, -5056.92),
    ]
    assert lines[0][7] == "2028" and lines[0][9:12] == (4500.5, 1900.4, 0.4223)
    back = rows_of(client.get(f"{url}?sort=cost&basis=planned"))
    assert [line[0] for line in back[1:]] == ["ERP", "SITE", "LOIN", "VIDE", None]
    assert back[1][4] == 695.33, "as it was promised"


def test_a_year_that_begins_in_july_is_named_and_counted_so(
    world: World, returned: Returned, client_of: Sign
) -> None:
    """January and February 2026 are of 2025-2026; 2027 is the year that begins in July 2027."""
    world.atelier.fiscal_year_start_month = 7
    world.atelier.save()
    client = client_of(world.executive)
    shown = text(client.get(erp_of(world, returned)))
    for words in ("2025-2026", "2027-2028", "2028-2029"):
        assert words in shown, words
    # The project begins in January 2026: its first fiscal year is offered.
    entry_page = text(client_of(world.manager).get(f"{erp_of(world, returned)}amounts/"))
    assert "2025-2026" in entry_page and "2028-2029" in entry_page and "2024-2025" not in entry_page
    assert "2027-2028" in text(client.get(world.url("/budget/benefits/")))
    page = text(client.get(world.url("/budget/returns/")))
    assert "en monnaie de 2026-2027" in page and "2028-2029" in page
    lines = rows_of(client.get(world.url("/budget/returns/export/?sort=name")))
    assert lines[1][7] == "2028-2029"
    budgets_page = text(client.get(world.url("/budget/?year=2025")))
    assert "exercice 2025-2026" in budgets_page
    with world.within(), pytest.raises(ValidationError, match="2027-2028"):
        set_benefit_years(actor=SYSTEM, entries=[YearEntry(returned.hours, 2027, D(1), None)] * 2)


def test_the_list_of_benefits(world: World, returned: Returned, client_of: Sign) -> None:
    shown = text(client_of(world.executive).get(world.url("/budget/benefits/")))
    for words in ["Heures évitées", "2 500,50", "4 500,50"]:
        assert words in shown, words
    assert "Satisfaction" not in shown and "Le leur" not in shown


def test_the_organisation_chooses_its_rate(world: World, returned: Returned, client_of: Sign) -> None:
    url = world.url("/budget/returns/settings/")
    client = client_of(world.executive)
    assert client_of(world.manager).get(url).status_code == 403
    assert 'value="8"' in text(client.get(url, headers=HTMX))
    wrong = client.post(url, {"discount_rate": "-1", "version": 1}, headers=HTMX)
    assert wrong.status_code == 422
    assert (
        client.post(url, {"discount_rate": "10", "base_year": "2027", "version": 1}, headers=HTMX).status_code == 204
    )
    with world.within():
        row = ReturnSettings.objects.get()
        assert (row.discount_rate, row.base_year, row.version) == (D("0.1"), 2027, 2)
    stale = client.post(url, {"discount_rate": "9", "base_year": "2027", "version": 1}, headers=HTMX)
    assert stale.status_code == 409


def test_who_may(world: World, returned: Returned, client_of: Sign) -> None:
    erp = erp_of(world, returned)
    site = world.url(f"/budget/projects/{returned.budgets.site.pk}/benefits/")
    for user in (world.member, world.end_user, world.reader):
        assert client_of(user).get(erp).status_code == 403
        assert client_of(user).get(world.url("/budget/returns/")).status_code == 403
    for path in ("new/", "amounts/"):
        assert client_of(world.manager).get(f"{site}{path}").status_code == 403, "another's project"
        assert client_of(world.executive).post(f"{erp}{path}", {}).status_code == 403
        assert client_of(world.pmo).get(f"{site}{path}").status_code == 200
    assert (
        client_of(world.executive).post(world.url(f"/budget/benefits/{returned.hours.pk}/delete/")).status_code == 403
    )


def test_another_companys_rows_do_not_exist(world: World, returned: Returned, client_of: Sign) -> None:
    client = client_of(world.admin)
    theirs = returned.budgets.theirs.pk
    for path in ("", "new/", "amounts/", "explain/npv/"):
        assert client.get(world.url(f"/budget/projects/{theirs}/benefits/{path}")).status_code == 404, path
    for verb in ("", "delete/", "restore/"):
        url = world.url(f"/budget/benefits/{returned.theirs.pk}/{verb}")
        assert client.post(url, {"name": "Le nôtre"}).status_code == 404
    with world.within(world.chantier):
        assert Benefit.objects.get(pk=returned.theirs.pk).version == 1


def test_the_number_of_queries_does_not_depend_on_the_number_of_projects(
    world: World, returned: Returned, client_of: Sign
) -> None:
    client = client_of(world.executive)
    paths = [world.url(f"/budget/{path}") for path in ("returns/", "returns/explain/npv/", "benefits/")]

    def counts() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            found.append(len(captured))
        return found

    for path in paths:
        client.get(path)
    few = counts()
    with world.within():
        more = [project(returned.budgets.erp.pole, f"P{number}") for number in range(27)]
        set_budget_lines(actor=SYSTEM, project_lines={one: [entry("staff", "opex", 1, "10")] for one in more})
        for one in more:
            say(add(one, "Gain"), 2027, "12")
    assert counts() == few


def test_an_empty_company_is_told_what_to_do(world: World, client_of: Sign) -> None:
    client = client_of(world.admin)
    assert "Aucun projet à mesurer" in text(client.get(world.url("/budget/returns/")))
    assert "Aucun bénéfice saisi" in text(client.get(world.url("/budget/benefits/")))
    assert client.get(world.url("/budget/returns/export/")).status_code == 200
