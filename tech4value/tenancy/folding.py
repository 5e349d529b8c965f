"""Text without accents or case: what names are sorted and searched by, in Python and in PostgreSQL alike.

The database sorts by code point ("Éloïse" after "Zoé") and has neither `unaccent` nor ICU everywhere. `fold` and the
SQL function `t4v_fold` (migration tenancy.0002) say the same of Latin, Greek and Cyrillic texts: a test compares
them.
"""

import unicodedata
from typing import Final

# Letters that Unicode does not take apart.
_TABLE: Final = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ħ": "h", "ŧ": "t", "ð": "d", "ŋ": "n", "ς": "σ"}
)


def fold(text: str) -> str:
    """`Éloïse ŒUVRE` as `eloise oeuvre`: compatibility forms taken apart (NFKD), marks dropped, small letters."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not "\u0300" <= one <= "\u036f").casefold().translate(_TABLE)
