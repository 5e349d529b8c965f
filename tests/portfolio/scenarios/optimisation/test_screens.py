"""The screens and the API of « Optimiser », through the front door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.scenarios.optimisation.actions import run_search, start_search
from portfolio.scenarios.optimisation.models import OptimisationStudy, StudyAnswer
from tech4value.jobs.models import Job
from tech4value.jobs.registry import RunningJob
from tests.portfolio.scenarios.optimisation.conftest import Candidates, costing, project, study
from tests.world import World

Sign = Callable[[Any], Client]
HTMX = {"HX-Request": "true", "HX-Target": "panel"}
QUESTION = {
    "name": "Arbitrage 2027",
    "first_month": "2026-04",
    "months": "9",
    "weight_alignment": "60",
    "weight_npv": "20",
    "weight_risk": "20",
    "delay_cost": "2",
    "grouping": "pole",
    "capacity_share": "80",
    "seconds": "5",
    "budget_2026": "120 000,50",
    "budget_2027": "",
}


def text(response: Any) -> str:
    shown = str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")
    return shown.replace("&#x27;", "'")


def answer(world: World, one: OptimisationStudy) -> None:
    with world.within():
        job = start_search(study=one, member=world.memberships["pmo"])
        run_search(RunningJob(id=job.pk, params=job.params, member=world.memberships["pmo"]))
        Job.objects.filter(pk=job.pk).update(state="done")


def url(world: World, one: OptimisationStudy, path: str = "") -> str:
    return world.url(f"/optimisations/{one.pk}/{path}")


def test_without_a_study_the_page_says_what_to_do_first(world: World, client_of: Sign) -> None:
    shown = text(client_of(world.executive).get(world.url("/optimisations/")))
    assert "Aucune étude" in shown
    assert "Créer une étude" in shown


def test_an_executive_asks_searches_and_reads_the_answer(
    world: World, candidates: Candidates, client_of: Sign, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(world.executive)
    assert "Budget de chaque exercice" in text(client.get(world.url("/optimisations/new/")))
    assert client.post(world.url("/optimisations/new/"), QUESTION).status_code == 302
    with world.within():
        made = OptimisationStudy.objects.get(name="Arbitrage 2027")
        assert made.budgets == {"2026": "120000.50"}
        assert (str(made.delay_cost), str(made.capacity_share)) == ("0.0200", "0.80")
    form = text(client.get(url(world, made, "edit/")))
    for words in ['name="delay_cost" value="2"', 'name="capacity_share" value="80"', 'value="120 000,50"']:
        assert words in form, words
    shown = text(client.get(url(world, candidates.study)))
    for words in ["4 candidats", "Projet ERP", "Chercher le meilleur choix", "200 000 €", "Aucune règle"]:
        assert words in shown, words
    assert client.post(url(world, candidates.study, "run/")).status_code == 302
    under_way = text(client.get(url(world, candidates.study)))
    assert "Annuler la recherche" in under_way
    assert client.get(url(world, candidates.study, "progress/")).status_code == 200
    assert client.post(url(world, candidates.study, "cancel/")).status_code == 302
    answer(world, candidates.study)
    shown = text(client.get(url(world, candidates.study)))
    for words in [
        "3 projets retenus",
        "1 projet attend",
        "Budget 2026 : il manque 40 000,00 €.",
        "Vérifié : avec 40 000,00 € de plus au budget 2026",
        "Valeur du choix",
        "optimum prouvé",
        "100 000,00 €",
    ]:
        assert words in shown, words
    for key in ("value", "gap", "gain", "cost"):
        assert client.get(url(world, candidates.study, f"explain/{key}/"), headers=HTMX).status_code == 200
    assert client.get(url(world, candidates.study, "explain/nothing/")).status_code == 404
    assert "Optimum prouvé" in text(client.get(world.url("/optimisations/?state=proved")))
    assert "Portefeuille 2026" not in text(client.get(world.url("/optimisations/?state=gap")))


def test_the_same_page_in_english(world: World, candidates: Candidates, client_of: Sign) -> None:
    answer(world, candidates.study)
    world.pmo.language = "en"
    world.pmo.save()
    shown = text(client_of(world.pmo).get(url(world, candidates.study)))
    assert "Verified" in shown
    assert "retenu" not in shown


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "obligatoire"),
        ({"months": "99"}, "36"),
        ({"budget_2026": "-5"}, "négatif"),
        ({"budget_2026": "cher"}, "montant"),
        ({"first_month": "bientôt"}, "mois"),
        ({"weight_alignment": "0", "weight_npv": "0", "weight_risk": "0"}, "du poids"),
        ({"name": "portefeuille 2026"}, "déjà ce nom"),
    ],
)
def test_a_question_that_says_nothing_is_refused_beside_the_field(
    world: World, candidates: Candidates, client_of: Sign, sent: dict[str, str], words: str
) -> None:
    refused = client_of(world.pmo).post(world.url("/optimisations/new/"), {**QUESTION, **sent}, headers=HTMX)
    assert refused.status_code == 422
    assert words in text(refused)


def test_a_candidate_is_scored_made_mandatory_or_left_out(
    world: World, candidates: Candidates, client_of: Sign
) -> None:
    client = client_of(world.manager)
    address = url(world, candidates.study, f"projects/{candidates.crm.pk}/")
    panel = text(client.get(address, headers=HTMX))
    assert "Projet CRM" in panel
    told = {"role": "mandatory", "alignment": "8,5", "npv": "75 000", "not_before": "2026-05"}
    assert client.post(address, told).status_code == 302
    with world.within():
        candidates.study.refresh_from_db()
        assert candidates.study.projects[str(candidates.crm.pk)] == {
            "role": "mandatory",
            "alignment": "8.5",
            "npv": "75000",
            "not_before": "2026-05-01",
        }
    refused = client.post(address, {**told, "alignment": "12"}, headers=HTMX)
    assert refused.status_code == 422
    assert client.post(address, {**told, "role": "left_out"}).status_code == 302
    shown = text(client.get(url(world, candidates.study)))
    assert "Écartés du calcul" in shown
    assert "3 candidats" in shown
    under_way = url(world, candidates.study, f"projects/{candidates.run.pk}/")
    assert client.get(under_way).status_code == 404, "it has begun"


def test_what_two_people_say_at_once_is_merged_or_asked(
    world: World, candidates: Candidates, client_of: Sign
) -> None:
    client, address = client_of(world.pmo), url(world, candidates.study, "edit/")
    sent = {**QUESTION, "name": "Portefeuille 2026", "version": "1"}
    assert client.post(address, {**sent, "months": "7"}).status_code == 302
    stale = client.post(address, {**sent, "months": "8"}, headers=HTMX)
    assert stale.status_code == 409
    assert client.post(address, {**QUESTION, "name": "Autre nom", "version": "2", "months": "7"}).status_code == 302


def test_a_rule_is_added_and_taken_away(world: World, candidates: Candidates, client_of: Sign) -> None:
    client = client_of(world.pmo)
    new = url(world, candidates.study, "rules/new/")
    rule = {"project": str(candidates.crm.pk), "kind": "requires", "other": str(candidates.erp.pk), "months": "2"}
    assert client.get(new, headers=HTMX).status_code == 200
    assert client.post(new, rule).status_code == 302
    shown = text(client.get(url(world, candidates.study)))
    assert (
        "« CRM · Projet CRM » ne va pas sans « ERP · Projet ERP », et commence au moins 2 mois après sa fin" in shown
    )
    assert client.post(new, rule, headers=HTMX).status_code == 422, "told already"
    assert client.post(new, {**rule, "other": rule["project"]}, headers=HTMX).status_code == 422
    assert client.post(new, {**rule, "other": str(candidates.run.pk)}, headers=HTMX).status_code == 422
    assert client.post(url(world, candidates.study, "rules/0/remove/"), {"version": "2"}).status_code == 302
    assert "Aucune règle" in text(client.get(url(world, candidates.study)))
    assert client.post(url(world, candidates.study, "rules/0/remove/")).status_code == 404


def test_a_study_is_copied_deleted_and_brought_back(world: World, candidates: Candidates, client_of: Sign) -> None:
    client = client_of(world.admin)
    assert client.post(url(world, candidates.study, "duplicate/")).status_code == 302
    assert client.post(url(world, candidates.study, "delete/")).status_code == 302
    listed = text(client.get(world.url("/optimisations/")))
    assert "Portefeuille 2026 (copie)" in listed
    assert client.get(url(world, candidates.study)).status_code == 404
    assert client.post(url(world, candidates.study, "restore/")).status_code == 204
    assert client.get(url(world, candidates.study)).status_code == 200
    assert client.get(url(world, candidates.study, "restore/")).status_code == 405


@pytest.mark.parametrize("role", ["member", "end_user", "reader"])
def test_those_who_build_no_scenario_are_refused(
    world: World, candidates: Candidates, client_of: Sign, role: str
) -> None:
    client = client_of(getattr(world, role))
    for path in ("/optimisations/", "/optimisations/new/", f"/optimisations/{candidates.study.pk}/"):
        assert client.get(world.url(path)).status_code == 403
    assert client.post(url(world, candidates.study, "run/")).status_code == 403
    assert client.get(world.url("/api/v1/optimisations/")).status_code == 403


def test_the_study_of_another_company_is_not_found(world: World, candidates: Candidates, client_of: Sign) -> None:
    client = client_of(world.admin)
    theirs = candidates.their_study
    for path in ("", "edit/", "progress/", "explain/value/", "rules/new/", f"projects/{candidates.erp.pk}/"):
        assert client.get(url(world, theirs, path)).status_code == 404, path
    for path in ("run/", "cancel/", "delete/", "restore/", "duplicate/", "rules/0/remove/"):
        assert client.post(url(world, theirs, path)).status_code == 404, path
    assert client.get(world.url(f"/api/v1/optimisations/{theirs.pk}/")).status_code == 404


def test_the_api_gives_the_question_and_the_answer(world: World, candidates: Candidates, client_of: Sign) -> None:
    client = client_of(world.executive)
    (waiting,) = client.get(world.url("/api/v1/optimisations/")).json()["results"]
    assert (waiting["state"], waiting["value"], waiting["answer"]) == ("none", None, {})
    answer(world, candidates.study)
    found = client.get(world.url(f"/api/v1/optimisations/{candidates.study.pk}/")).json()
    assert (found["state"], found["answered_version"]) == ("proved", 1)
    assert found["value"] == found["bound"]
    assert len(found["answer"]["chosen"]) == 3
    assert client.get(world.url("/api/v1/optimisations/?state=gap")).json()["results"] == []
    assert client.get(world.url("/api/v1/optimisations/?colour=blue")).status_code == 400
    assert client.post(world.url("/api/v1/optimisations/"), {}).status_code == 400


def test_queries_are_as_many_for_four_candidates_as_for_thirty(
    world: World, candidates: Candidates, client_of: Sign
) -> None:
    client = client_of(world.executive)
    paths = ("/optimisations/", f"/optimisations/{candidates.study.pk}/", "/api/v1/optimisations/")

    def count(path: str) -> int:
        """The fewest of two visits: what the first one of a while writes besides is not the page's."""
        found = []
        for _visit in range(2):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(world.url(path)).status_code == 200
            found.append(len(captured))
        return min(found)

    answer(world, candidates.study)
    before = {path: count(path) for path in paths}
    with world.within():
        for number in range(26):
            costing(project(candidates.pole, f"N{number}"), 1_000 * number)
            study(f"Étude {number}")
    answer(world, candidates.study)
    with world.within():
        assert StudyAnswer.objects.get(study=candidates.study).candidates == 30
    assert {path: count(path) for path in paths} == before
