"""How texts are cut into words, and how well a row answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tech4value.search.words import (
    QUERY_WORDS,
    TOKEN_LENGTH,
    Match,
    Tier,
    Words,
    highlighted,
    match_of,
    query_words,
    tokens_of,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Œuvre d’ÉTÉ, straße", ["oeuvre", "d", "ete", "strasse"]),
        ("PRJ-012", ["prj", "012"]),
        ("Tâche 1.2.3 (v2)", ["tache", "1.2.3", "v2"]),
        ("  ¿?!… — ", []),
        ("", []),
        ("a\x00b", ["a", "b"]),
    ],
)
def test_words_forget_case_accents_and_ligatures(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_code_is_found_by_its_parts_without_its_zeros_and_in_one_word() -> None:
    found = tokens_of(Words(title="Refonte refonte", code="PRJ-012", detail="Éloïse"))
    assert found == {
        "prj": Tier.CODE, "012": Tier.CODE, "12": Tier.CODE, "prj012": Tier.CODE,
        "refonte": Tier.START, "eloise": Tier.DETAIL,
    }  # fmt: skip


def test_a_question_is_bounded() -> None:
    assert query_words("x" * 10_000) == ["x" * TOKEN_LENGTH]
    assert len(query_words(" ".join(f"mot{number}" for number in range(100)))) <= QUERY_WORDS
    assert query_words("pro projet") == ["projet"]  # what begins "projet" begins with "pro"
    assert query_words("!!! ... \x00") == []


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ("prj 012", Match.EXACT_CODE),
        ("PRJ012", Match.EXACT_CODE),
        ("prj-0", Match.STARTS),
        ("refonte de", Match.STARTS),
        ("erp refonte", Match.TITLE),
        ("eloise", Match.DETAIL),
        ("refonte eloise", Match.DETAIL),
    ],
)
def test_a_row_answers_better_by_its_code_then_its_title_then_its_detail(asked: str, match: Match) -> None:
    words = Words(title="Refonte de l’ERP", code="PRJ-012", detail="Éloïse Œuvray")
    tokens = " ".join(f"{tier:d}{token}" for token, tier in tokens_of(words).items())
    assert match_of(query_words(asked), words.title, words.code, tokens) is match


def test_what_answers_is_marked_as_it_is_written() -> None:
    assert highlighted("Réf. Œuvre réelle", query_words("re oeu")) == [
        ("Ré", True), ("f. ", False), ("Œu", True), ("vre ", False), ("ré", True), ("elle", False),
    ]  # fmt: skip
    assert highlighted("Rien", []) == [("Rien", False)]


@given(st.text(max_size=60), st.text(max_size=20))
def test_marking_never_changes_the_text_and_words_are_found_again(text: str, asked: str) -> None:
    words = query_words(asked)
    assert "".join(part for part, _marked in highlighted(text, words)) == text
    tokens = tokens_of(Words(title=text))
    assert all(any(token.startswith(word) for token in tokens) for word in query_words(text))
