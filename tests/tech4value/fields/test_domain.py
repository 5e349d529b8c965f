"""What each kind of custom field accepts, reads and keeps."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tech4value.fields.domain import FieldValueError, Kind, Option, Spec, checked, parse, plain

LEVELS = (Option("high", "Élevée", "High"), Option("low", "Basse", "Low"), Option("a_b", "A, puis B"))


@pytest.mark.parametrize(
    ("spec", "text", "stored"),
    [
        (Spec(Kind.TEXT), "  deux   mots ", "deux mots"),
        (Spec(Kind.NUMBER), "1 234", "1234"),
        (Spec(Kind.NUMBER, 2), "1\u202f234,50", "1234.5"),
        (Spec(Kind.NUMBER, 2), "1.234,5", "1234.5"),
        (Spec(Kind.NUMBER, 2), "1,234.5", "1234.5"),
        (Spec(Kind.NUMBER), "1.234.567", "1234567"),
        (Spec(Kind.NUMBER), "\u2212 12", "-12"),
        (Spec(Kind.NUMBER), "(12)", "-12"),
        (Spec(Kind.NUMBER), "-0", "0"),
        (Spec(Kind.NUMBER, 1), ",5", "0.5"),
        (Spec(Kind.MONEY, 2), "12 000,00 €", "12000"),
        (Spec(Kind.MONEY, 2), "EUR 7,5", "7.5"),
        (Spec(Kind.DATE), "12/03/2026", "2026-03-12"),
        (Spec(Kind.DATE), "2026-03-12", "2026-03-12"),
        (Spec(Kind.DATE), "1er août 26", "2026-08-01"),
        (Spec(Kind.DATE), "3-avr.-26", "2026-04-03"),
        (Spec(Kind.YES_NO), "Oui", True),
        (Spec(Kind.YES_NO), "FAUX", False),
        (Spec(Kind.CHOICE, options=LEVELS), "elevee", "high"),
        (Spec(Kind.CHOICE, options=LEVELS), "Low", "low"),
        (Spec(Kind.CHOICES, options=LEVELS), "Basse; Élevée", ["high", "low"]),
        (Spec(Kind.CHOICES, options=LEVELS), "A, puis B", ["a_b"]),
        (Spec(Kind.LINK), "www.exemple.fr/a", "https://www.exemple.fr/a"),
        (Spec(Kind.TEXT), "  ", None),
    ],
)
def test_what_people_write_is_read(spec: Spec, text: str, stored: Any) -> None:
    assert parse(spec, text) == stored


def test_english_reads_commas_as_thousands_and_months_first_when_told() -> None:
    assert parse(Spec(Kind.NUMBER), "1,234", french=False) == "1234"
    assert parse(Spec(Kind.NUMBER, 2), "1,23", french=False) == "1.23"
    assert parse(Spec(Kind.DATE), "03/12/2026", day_first=False) == "2026-03-12"


@pytest.mark.parametrize(
    ("spec", "value", "code"),
    [
        (Spec(Kind.NUMBER), "douze", "not_a_number"),
        (Spec(Kind.NUMBER), "1,5", "too_precise"),
        (Spec(Kind.NUMBER), "9" * 16, "too_large"),
        (Spec(Kind.NUMBER), "1,2,3.4.5", "not_a_number"),
        (Spec(Kind.DATE), "31/02/2026", "not_a_date"),
        (Spec(Kind.DATE), "bientôt", "not_a_date"),
        (Spec(Kind.YES_NO), "peut-être", "not_yes_no"),
        (Spec(Kind.CHOICE, options=LEVELS), "Moyenne", "not_an_option"),
        (Spec(Kind.LINK), "javascript:alert(1)", "not_a_link"),
        (Spec(Kind.LINK), "https://", "not_a_link"),
        (Spec(Kind.TEXT), "x" * 501, "too_long"),
        (Spec(Kind.TEXT), "a\0b", "not_text"),
    ],
)
def test_what_is_no_value_is_said(spec: Spec, value: str, code: str) -> None:
    with pytest.raises(FieldValueError) as refused:
        parse(spec, value)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("spec", "value", "stored"),
    [
        (Spec(Kind.NUMBER, 2), 0.1 + 0.2, "0.3"),
        (Spec(Kind.NUMBER), Decimal("1E+3"), "1000"),
        (Spec(Kind.DATE), datetime(2026, 3, 12, 8), "2026-03-12"),
        (Spec(Kind.DATE), date(2026, 3, 12), "2026-03-12"),
        (Spec(Kind.YES_NO), 1, True),
        (Spec(Kind.CHOICES, options=LEVELS), ["low", "high", "low"], ["high", "low"]),
        (Spec(Kind.TEXT), 12, "12"),
    ],
)
def test_typed_values_are_stored(spec: Spec, value: Any, stored: Any) -> None:
    assert checked(spec, value) == stored


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(kind=st.sampled_from(Kind), value=JSON)
def test_any_json_is_a_value_or_a_refusal(kind: Kind, value: Any) -> None:
    spec = Spec(kind, 2, LEVELS)
    try:
        stored = checked(spec, value)
    except FieldValueError:
        return
    assert checked(spec, stored) == stored


@given(text=st.text(max_size=40), kind=st.sampled_from(Kind), french=st.booleans())
def test_any_text_is_a_value_or_a_refusal(text: str, kind: Kind, french: bool) -> None:
    spec = Spec(kind, 2, LEVELS)
    try:
        stored = parse(spec, text, french=french)
    except FieldValueError:
        return
    assert parse(spec, plain(spec, stored)) == stored
