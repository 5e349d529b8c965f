"""Versions: proposed, approved, returned, compared; once approved, what lines plan changes by a version or a
transfer only."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.finance import actions
from portfolio.finance.actions import BudgetEntry
from portfolio.finance.models import BudgetLine, BudgetVersion
from portfolio.finance.queries import totals
from portfolio.finance.version_actions import (
    approve_version,
    change_version,
    delete_version,
    propose_initial,
    propose_version,
    recall_version,
    restore_version,
    return_version,
    start_version,
)
from portfolio.finance.versions import followed, plan_of
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tests.portfolio.finance.conftest import Budgets
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"
MARCH = date(2026, 3, 1)
LICENCES = ("licences", "capex", date(2026, 1, 1))


def approved(budgets: Budgets) -> BudgetVersion:
    """The initial version of ERP, approved."""
    return approve_version(actor=SYSTEM, version=propose_initial(actor=SYSTEM, project=budgets.erp, reason="Accord"))


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def test_the_lines_are_the_initial_version_and_approving_it_changes_no_amount(world: World, budgets: Budgets) -> None:
    with world.within():
        before = totals([budgets.erp])
        proposed = propose_initial(actor=world.memberships["manager"].actor, project=budgets.erp, reason=" Accord ")
        assert (proposed.name, proposed.state, proposed.reason) == ("Initiale", "proposed", "Accord")
        assert proposed.proposed_by == "Chloé Cheffe" and proposed.total == Decimal("3300.30")
        row = approve_version(actor=world.memberships["executive"].actor, version=proposed, decision="D’accord")
        assert row.decided_by and row.decided_at and row.decision == "D’accord"
        assert totals([budgets.erp]) == before
        assert followed(budgets.erp).approved == row
        verbs = AuditEvent.objects.filter(object_id=row.pk).values_list("verb", flat=True)
        assert set(verbs) == {"budgetversion.proposed", "budgetversion.approved"}


def test_nobody_approves_the_version_that_they_propose(world: World, budgets: Budgets, client_of: Sign) -> None:
    page = world.url(f"/budget/projects/{budgets.erp.pk}/versions/")
    with world.within():
        pmo = world.memberships["pmo"].actor
        version = propose_initial(actor=pmo, project=budgets.erp)
        with pytest.raises(ValidationError, match="demandez à Alice Administratrice, Édouard Directeur"):
            approve_version(actor=pmo, version=version)
    assert "On n’approuve pas ce que l’on propose soi-même" in text(client_of(world.pmo).get(page))
    assert "On n’approuve pas" not in text(client_of(world.executive).get(page))
    with world.within():
        assert approve_version(actor=world.memberships["executive"].actor, version=version).state == "approved"


def test_an_approved_budget_is_planned_by_versions_only(world: World, budgets: Budgets) -> None:
    line, erp = budgets.line, budgets.erp
    entry = BudgetEntry("licences", "capex", date(2026, 1, 1), planned=Decimal(5))
    place: dict[str, Any] = {"category": "other", "nature": "opex", "month": MARCH}
    with world.within():
        approved(budgets)
        for refused in (
            lambda: actions.change_budget_line(actor=SYSTEM, line=line, values={"planned": Decimal(1)}),
            lambda: actions.change_budget_line(actor=SYSTEM, line=line, values={"category": "other"}),
            lambda: actions.create_budget_line(actor=SYSTEM, project=erp, planned=Decimal(1), **place),
            lambda: actions.create_budget_lines(
                actor=SYSTEM, values=[{"project": erp, "planned": Decimal(1), **place}]
            ),
            lambda: actions.set_budget_lines(actor=SYSTEM, project_lines={erp: [entry]}),
            lambda: actions.delete_budget_line(actor=SYSTEM, line=line),
        ):
            with pytest.raises(ValidationError) as refusal:
                refused()
            assert "par une révision ou un virement" in refusal.value.message_dict["planned"][0]
        assert actions.change_budget_line(actor=SYSTEM, line=line, values={"actual": Decimal(7)})
        actions.create_budget_line(actor=SYSTEM, project=erp, actual=Decimal(3), **place)
        same = BudgetEntry("licences", "capex", date(2026, 1, 1), planned=line.planned, actual=Decimal(8))
        assert len(actions.set_budget_lines(actor=SYSTEM, project_lines={erp: [same]}).changed) == 1
        actions.change_budget_line(
            actor=SYSTEM, line=BudgetLine.objects.get(project=budgets.site), values={"planned": Decimal(1)}
        )


def test_a_revision_is_prepared_proposed_and_becomes_what_the_lines_plan(world: World, budgets: Budgets) -> None:
    with world.within():
        approved(budgets)
        row = start_version(actor=SYSTEM, project=budgets.erp)
        plan = plan_of(row)
        plan[LICENCES] = Decimal("1500.005")
        plan["training", "opex", MARCH] = Decimal(250)
        del plan["services", "opex", date(2026, 1, 1)]
        assert change_version(actor=SYSTEM, version=row, values={"plan": plan})
        with pytest.raises(ValidationError) as refusal:
            propose_version(actor=SYSTEM, version=row)
        assert "Dites pourquoi" in refusal.value.message_dict["reason"][0]
        propose_version(actor=SYSTEM, version=row, reason="Formation ajoutée")
        assert totals([budgets.erp])[budgets.erp.pk].planned == Decimal("3300.30"), "not before it is approved"
        approve_version(actor=SYSTEM, version=row)
        lines = {(one.category, one.month.month): one for one in BudgetLine.objects.filter(project=budgets.erp)}
        assert lines["licences", 1].planned == Decimal("1500.01")
        assert (lines["training", 3].planned, lines["training", 3].forecast) == (250, 250)
        assert (lines["services", 1].planned, lines["services", 1].actual) == (0, Decimal("310.33"))
        assert totals([budgets.erp])[budgets.erp.pk].planned == row.total == Decimal("3750.21")
        assert followed(budgets.erp).approved == row and row.name == "Révisée 1"
        assert start_version(actor=SYSTEM, project=budgets.erp).number == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({LICENCES: Decimal(-1)}, "zéro ou plus"),
        ({LICENCES: Decimal("NaN")}, "zéro ou plus"),
        ({LICENCES: Decimal(10) ** 13}, "zéro ou plus"),
        ({("bribes", "capex", MARCH): Decimal(1)}, "inconnu du budget"),
        ({("other", "capex", date(1900, 1, 1)): Decimal(1)}, "inconnu du budget"),
    ],
)
def test_a_wrong_amount_names_its_line(world: World, budgets: Budgets, change: dict[Any, Any], words: str) -> None:
    with world.within():
        approved(budgets)
        row = start_version(actor=SYSTEM, project=budgets.erp)
        with pytest.raises(ValidationError) as refusal:
            change_version(actor=SYSTEM, version=row, values={"plan": plan_of(row) | change})
        assert words in refusal.value.message_dict["plan"][0]


def test_each_step_is_refused_out_of_its_turn(world: World, budgets: Budgets) -> None:
    with world.within():
        with pytest.raises(ValidationError, match="Rien n’est prévu"):
            actions.delete_budget_line(actor=SYSTEM, line=BudgetLine.objects.get(project=budgets.site))
            propose_initial(actor=SYSTEM, project=budgets.site)
        row = propose_initial(actor=SYSTEM, project=budgets.erp)
        with pytest.raises(ValidationError, match="déjà une version initiale"):
            propose_initial(actor=SYSTEM, project=budgets.erp)
        with pytest.raises(ValidationError) as refusal:
            actions.change_budget_line(actor=SYSTEM, line=budgets.line, values={"planned": Decimal(1)})
        assert "Retirez la proposition" in refusal.value.message_dict["planned"][0]
        with pytest.raises(ValidationError) as refusal:
            return_version(actor=SYSTEM, version=row, decision=" ")
        assert "Dites pourquoi" in refusal.value.message_dict["decision"][0]
        return_version(actor=SYSTEM, version=row, decision="Trop cher")
        assert (row.state, row.decision) == ("draft", "Trop cher")
        actions.change_budget_line(actor=SYSTEM, line=budgets.line, values={"planned": Decimal(1)})
        with pytest.raises(ValidationError, match="rechargez la page"):
            approve_version(actor=SYSTEM, version=row)
        again = propose_initial(actor=SYSTEM, project=budgets.erp)
        assert (again.pk, again.decision, again.total) == (row.pk, "", Decimal("2301.20"))
        recall_version(actor=SYSTEM, version=again)
        delete_version(actor=SYSTEM, version=again)
        other = start_version(actor=SYSTEM, project=budgets.erp)
        with pytest.raises(ValidationError, match="est déjà là"):
            start_version(actor=SYSTEM, project=budgets.erp)
        with pytest.raises(ValidationError, match="est déjà là"):
            restore_version(actor=SYSTEM, version=again)
        delete_version(actor=SYSTEM, version=other)
        approved(budgets)
        unchanged = start_version(actor=SYSTEM, project=budgets.erp, reason="Pour rien")
        with pytest.raises(ValidationError, match="ne change rien"):
            propose_version(actor=SYSTEM, version=unchanged)


def test_lines_that_moved_under_a_proposal_are_not_approved(world: World, budgets: Budgets) -> None:
    with world.within():
        row = propose_initial(actor=SYSTEM, project=budgets.erp)
        BudgetLine.objects.filter(pk=budgets.line.pk).update(planned=7)
        with pytest.raises(ValidationError, match="ont changé depuis la proposition"):
            approve_version(actor=SYSTEM, version=row)


def test_the_pages_lead_from_the_lines_to_an_approved_revision(
    world: World, budgets: Budgets, client_of: Sign
) -> None:
    manager, executive = client_of(world.manager), client_of(world.executive)
    page = world.url(f"/budget/projects/{budgets.erp.pk}/versions/")
    assert "Le budget initial n’est pas encore proposé" in text(manager.get(page))
    assert manager.post(f"{page}initial/", {"reason": "Accord de cadrage"}).status_code == 302
    assert "Retirer" in text(manager.get(page)) and "Renvoyer" not in text(manager.get(page))
    with world.within():
        row = BudgetVersion.objects.get()
    step = world.url(f"/budget/versions/{row.pk}/")
    assert manager.post(f"{step}approve/", {}).status_code == 403
    assert executive.get(f"{step}approve/").status_code == 200
    assert "Renvoyer" in text(executive.get(page))
    assert executive.post(f"{step}approve/", {"decision": "Bon"}).status_code == 302
    shown = text(executive.get(page))
    for words in ("Approuvée", "Accord de cadrage", "3 300,30 €", "au centime près"):
        assert words in shown, words
    budget = text(manager.get(world.url(f"/budget/projects/{budgets.erp.pk}/")))
    assert "Budget approuvé : version Initiale" in budget
    form = text(manager.get(world.url(f"/budget/lines/{budgets.line.pk}/")))
    assert "disabled" in form and "par une révision ou un virement" in form
    month = world.url(f"/budget/projects/{budgets.erp.pk}/months/2026-01/")
    assert "par une révision ou un virement" in text(manager.get(month))

    started = manager.post(f"{page}new/", {"reason": "Une licence de plus"})
    assert started.status_code == 302
    edit = started["Location"]
    grid = text(manager.get(edit))
    assert "capex-licences-2026-01" in grid and "1 000,10" in grid
    with world.within():
        draft = BudgetVersion.objects.get(number=1)
    sent = {
        "version": draft.version,
        "reason": "Une licence de plus",
        "capex-licences-2026-01": "1 200",
        "capex-licences-2026-02": "2000,20",
        "opex-services-2026-01": "300",
        "new_row": "opex-training",
        "until": "2027-02",
    }
    saved = manager.post(edit, sent)
    assert (
        saved.status_code == 302 and "row=opex-training" in saved["Location"] and "until=2027-02" in saved["Location"]
    )
    assert "opex-training-2027-02" in text(manager.get(saved["Location"]))
    wrong = manager.post(edit, {**sent, "version": draft.version + 1, "opex-services-2026-01": "trois"})
    assert wrong.status_code == 422 and "« trois » n’est pas un montant" in text(wrong)
    negative = manager.post(edit, {**sent, "version": draft.version + 1, "opex-services-2026-01": "-3"})
    assert negative.status_code == 422 and "zéro ou plus" in text(negative)
    step = world.url(f"/budget/versions/{draft.pk}/")
    assert manager.post(f"{step}propose/", {"reason": "Une licence de plus"}).status_code == 302
    assert "+199,90 €" in text(executive.get(page))
    assert executive.post(f"{step}return/", {}).status_code == 422
    assert executive.post(f"{step}return/", {"decision": "Négociez"}).status_code == 302
    assert "Négociez" in text(manager.get(page))
    assert manager.post(f"{step}delete/").status_code == 302
    assert manager.get(edit).status_code == 404
    assert manager.post(f"{step}restore/").status_code == 204
    assert manager.post(f"{step}propose/", {"reason": "Négocié"}).status_code == 302
    assert manager.post(f"{step}recall/").status_code == 302
    assert manager.post(f"{step}propose/", {"reason": "Négocié"}).status_code == 302
    assert executive.post(f"{step}approve/", {}).status_code == 302
    compared = text(executive.get(f"{page}?before=0&after=1"))
    assert "Initiale comparée à Révisée 1" in compared and "1 000,10 € → 1 200 €" in compared.replace(",00", "")
    assert "Révisée 1" in text(executive.get(world.url("/budget/versions/")))
    with world.within():
        assert BudgetLine.objects.get(pk=budgets.line.pk).planned == 1200


def test_the_api_does_the_same(world: World, budgets: Budgets, client_of: Sign) -> None:
    manager, executive = client_of(world.manager), client_of(world.executive)
    url = world.url("/api/v1/budget-versions/")
    made = manager.post(url, {"project": str(budgets.erp.pk), "reason": "Accord"}, content_type=JSON)
    assert (made.status_code, made.json()["number"], made.json()["total"]) == (201, 0, "3300.30")
    one = f"{url}{made.json()['id']}/"
    assert len(made.json()["lines"]) == 3
    assert manager.patch(one, {"lines": []}, content_type=JSON).status_code == 400, "its lines say it"
    assert manager.post(f"{one}approve/", {}, content_type=JSON).status_code == 403
    assert manager.post(f"{one}propose/", {}, content_type=JSON).json()["state"] == "proposed"
    assert manager.post(f"{one}recall/").json()["state"] == "draft"
    manager.post(f"{one}propose/", {}, content_type=JSON)
    assert executive.post(f"{one}return/", {}, content_type=JSON).status_code == 400
    assert executive.post(f"{one}approve/", {"text": "Oui"}, content_type=JSON).json()["decision"] == "Oui"
    revised = manager.post(
        url,
        {
            "project": str(budgets.erp.pk),
            "lines": [{"category": "other", "nature": "opex", "month": "2026-05-12", "planned": "12.34"}],
        },
        content_type=JSON,
    ).json()
    assert (revised["number"], revised["total"], revised["lines"][0]["month"]) == (1, "12.34", "2026-05-01")
    two = f"{url}{revised['id']}/"
    assert (
        manager.patch(two, {"reason": "Moins", "version": revised["version"]}, content_type=JSON).status_code == 200
    )
    assert manager.patch(two, {"reason": "Plus", "version": revised["version"]}, content_type=JSON).status_code == 409
    wrong = manager.patch(two, {"lines": [{"category": "x"}]}, content_type=JSON)
    assert wrong.status_code == 400
    assert manager.delete(two).status_code == 204
    assert [row["number"] for row in executive.get(f"{url}?state=approved").json()["results"]] == [0]
    assert client_of(world.member).get(url).status_code == 403
    foreign = {"project": str(budgets.theirs.pk)}
    assert client_of(world.admin).post(url, foreign, content_type=JSON).status_code == 400


def test_another_companys_versions_do_not_exist(world: World, budgets: Budgets, client_of: Sign) -> None:
    with world.within(world.chantier):
        theirs = propose_initial(actor=SYSTEM, project=budgets.theirs)
    client = client_of(world.admin)
    for verb in ("edit", "propose", "approve", "return", "recall", "delete", "restore"):
        assert client.post(world.url(f"/budget/versions/{theirs.pk}/{verb}/"), {}).status_code == 404, verb
    assert client.get(world.url(f"/api/v1/budget-versions/{theirs.pk}/")).status_code == 404
    assert client.get(world.url(f"/budget/projects/{budgets.theirs.pk}/versions/")).status_code == 404


def test_the_number_of_queries_does_not_depend_on_the_number_of_versions(
    world: World, budgets: Budgets, client_of: Sign
) -> None:
    client = client_of(world.executive)
    paths = [world.url(f"/budget/projects/{budgets.erp.pk}/versions/"), world.url("/budget/versions/")]

    def once() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            found.append(len(captured))
        return found

    def counts() -> list[int]:
        """What is noted of a session once in a while is not counted."""
        return [min(pair) for pair in zip(once(), once(), strict=True)]

    with world.within():
        approved(budgets)
        start_version(actor=SYSTEM, project=budgets.erp)
    few = counts()
    with world.within():
        rows = list(BudgetVersion.objects.filter(project=budgets.erp))
        rows[1].state = "approved"
        rows[1].save()
        for number in range(2, 30):
            BudgetVersion(project=budgets.erp, number=number, state="approved", amounts=rows[0].amounts).save()
    assert counts() == few
