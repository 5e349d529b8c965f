"""Python and PostgreSQL fold texts alike."""

import unicodedata

import pytest
from django.db import connection

from tech4value.tenancy.folding import fold

# Latin with its extensions, Greek, Cyrillic: the letters of the languages that companies here write.
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x391, 0x3CA),
    *range(0x402, 0x460),
    *range(0x1E00, 0x1EFA),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Éloïse", "eloise"),
        ("ŒUVRE cœur", "oeuvre coeur"),
        ("Straße", "strasse"),
        ("Łódź, Ærø", "lodz, aero"),
        ("PRJ-012", "prj-012"),
        ("e\u0301te\u0301", "ete"),
        ("Ａｌｐｈａ ①", "alpha 1"),
        ("", ""),
    ],
)
def test_accents_and_case_are_dropped(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.django_db
def test_the_database_says_the_same() -> None:
    letters = [chr(code) for code in LETTERS if unicodedata.category(chr(code)) != "Cn"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT letter, t4v_fold(letter) FROM unnest(%s::text[]) AS letter", [letters])
        differing = {letter: (folded, fold(letter)) for letter, folded in cursor.fetchall() if folded != fold(letter)}
    assert differing == {}
