"""What leaves for a spreadsheet does nothing there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tech4value.figures.spreadsheet import csv_bytes, inert, original


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "＝1", "-12,5;=1"]
)
def test_a_formula_becomes_text(text: str) -> None:
    assert inert(text) == f"'{text}"
    assert original(inert(text)) == text


@pytest.mark.parametrize("text", ["", "Nom", "-12,5", "+3 %", "-1 234,50 €", "l’été", "a=b", "'déjà"])
def test_what_does_nothing_stays(text: str) -> None:
    assert inert(text) == text
    assert original(text) == text


@given(st.text())
def test_what_left_comes_back(text: str) -> None:
    left = inert(text)
    assert left == text or left == f"'{text}"
    if left != text:
        assert original(left) == text


def test_a_file_of_inert_texts() -> None:
    assert csv_bytes([["Nom", "Note"], ["=1+1", "a;b"]]) == '\ufeffNom;Note\r\n\'=1+1;"a;b"\r\n'.encode()
