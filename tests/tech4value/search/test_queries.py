"""Who finds what, and in which order."""

import random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.people.actions import create_people
from tech4value.search import candidates
from tech4value.search.models import SearchEntry
from tech4value.search.words import query_words
from tests.tech4value.search.conftest import Company


def test_the_exact_code_comes_first_then_titles_then_details(company: Company) -> None:
    assert company.titles("PRJ-012")[0] == "Refonte de l’ERP"
    assert company.titles("prj012")[0] == "Refonte de l’ERP"
    assert company.titles("12")[:2] == ["Refonte de l’ERP", "Nouvelle paie"]
    found = company.titles("recette")
    assert found[0] == "Recette prononcée"
    assert set(found[1:]) == {"Préparer la recette", "Auditer la recette"}
    assert company.titles("eloise")[:2] == ["Éloïse Œuvray", "Refonte de l’ERP"]


def test_accents_case_ligatures_and_order_do_not_matter(company: Company) -> None:
    for text in ("éloïse œuvray", "ELOISE OEUVRAY", "oeuv elo", "Œuvray Éloïse"):
        assert company.titles(text)[0] == "Éloïse Œuvray", text


def test_every_word_must_begin_one_of_the_row(company: Company) -> None:
    assert company.titles("recette prj 012") == ["Recette prononcée", "Auditer la recette"]
    assert company.titles("recette zzz") == []
    assert company.titles("ecette") == []


def test_the_team_member_finds_the_rows_of_their_projects_only(company: Company) -> None:
    assert company.titles("recette", "member") == ["Préparer la recette"]
    assert company.titles("refonte", "member") == []
    assert company.titles("prj", "member") == ["Nouvelle paie", "Préparer la recette"]
    assert "Éloïse Œuvray" in company.titles("eloise", "member")


@pytest.mark.parametrize("who", ["reader", "end_user"])
def test_who_sees_no_project_and_no_person_finds_none(company: Company, who: str) -> None:
    assert company.titles("e", who) == company.titles("recette", who) == company.titles("mehdi", who) == []


def test_another_company_finds_its_own(company: Company) -> None:
    assert "Refonte secrète" not in company.titles("refonte")
    with company.world.within(company.world.chantier):
        from tech4value.search.queries import search, sight_of

        sight = sight_of(company.world.memberships["stranger"])
        assert [one.title for one in search(sight, "refonte")] == ["Refonte secrète"]
        assert search(sight, "eloise") == []


@pytest.mark.parametrize("text", ["", "   ", "\x00", "!?…«»", "'; DROP TABLE x; --", "%_\\", "é" * 10_000, "\ud800"])
def test_hostile_questions_find_nothing(company: Company, text: str) -> None:
    assert company.titles(text) == []


def test_the_number_of_statements_does_not_depend_on_the_rows(company: Company) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            company.find("a b")
            company.find("personne")
        return len(captured)

    with company.world.within():
        create_people(actor=company.actor, values=[{"name": f"Personne {number}"} for number in range(3)])
    few = statements()
    with company.world.within():
        create_people(actor=company.actor, values=[{"name": f"Personne {number}"} for number in range(3, 60)])
    assert statements() == few


def test_rows_are_found_the_same_by_leaps(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the way through the index, what is found answers; with room enough, all of it is."""
    dice = random.Random(3)
    words = ["alpha", "alto", "beta", "bélier", "gamma", "alphabet"]
    with company.world.within():
        values: list[Any] = [{"name": f"{dice.choice(words)} {dice.choice(words)} {n}"} for n in range(80)]
        create_people(actor=company.actor, values=values)
    for text in ("al", "alpha", "be al", "a", "gam alph 1"):
        exact = {one.id for one in company.find(text, kinds={"person"})}
        with company.world.within():
            asked = query_words(text)
            read = candidates.everywhere(["person"], asked, 500)
            monkeypatch.setattr(candidates, "EXACT", 0)
            leapt = candidates.everywhere(["person"], asked, 500)
            monkeypatch.undo()
            truth = {
                entry.pk
                for entry in SearchEntry.objects.filter(kind="person")
                if all(any(token[1:].startswith(word) for token in entry.tokens.split()) for word in asked)
            }
        assert set(read) == truth, text
        assert exact <= truth
        # One letter has more words and rows than leaps take: the best of them.
        assert set(leapt) <= truth
        assert len(leapt) >= min(len(truth), 20), text
