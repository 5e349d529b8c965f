"""Words: how a text is cut, what is forgotten of it (case, accents), and how well a row answers.

The same functions cut what is indexed and what is typed, so that one always finds the other.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from tech4value.tenancy.folding import fold

# A number with dots (a WBS, a version) is one word: its parts would be found everywhere.
_WORD: Final = re.compile(r"\d+(?:\.\d+)+|[^\W_]+")
# The same in a text as it is written, its combining marks within its words.
_WRITTEN: Final = re.compile(r"\d+(?:\.\d+)+|(?:[^\W_]|[\u0300-\u036f])+")
# The last character there is: `word + LAST` ends the range of what begins with `word`, compared byte by byte.
LAST: Final = "\U0010ffff"
TOKEN_LENGTH: Final = 40
# Bounds of what is typed: a longer question has its first words answered.
QUERY_LENGTH: Final = 200
QUERY_WORDS: Final = 8
# Bounds of what is indexed of one row.
TEXT_LENGTH: Final = 400


class Tier(IntEnum):
    """Where in a row a word stands, best first."""

    CODE = 0
    START = 1
    TITLE = 2
    DETAIL = 3


@dataclass(frozen=True, slots=True)
class Words:
    """What a row is found by: its own `code`, its `title`, and the `detail` shown under it."""

    title: str
    code: str = ""
    detail: str = ""


def words_of(text: str) -> list[str]:
    """The words of `text` in order, folded, cut at TOKEN_LENGTH characters."""
    return [word[:TOKEN_LENGTH] for word in _WORD.findall(fold(text))]


def compact(words: Iterable[str]) -> str:
    """Words without what parts them: `PRJ-012` and `prj 012` are `prj012`."""
    return "".join(words)[:TOKEN_LENGTH]


def query_words(text: str) -> list[str]:
    """The words that are looked for: each once, QUERY_WORDS at most. A word that begins another asks nothing more."""
    words = list(dict.fromkeys(words_of(text[:QUERY_LENGTH])))
    asked = [word for word in words if not any(other != word and other.startswith(word) for other in words)]
    return asked[:QUERY_WORDS]


def tokens_of(words: Words) -> dict[str, Tier]:
    """The tokens of a row and the best place where each stands."""
    found: dict[str, Tier] = {}

    def add(token: str, tier: Tier) -> None:
        if token and tier < found.get(token, Tier.DETAIL + 1):
            found[token] = tier

    code = words_of(words.code)
    for part in code:
        add(part, Tier.CODE)
        add(part.lstrip("0"), Tier.CODE)  # `12` finds PRJ-012
    add(compact(code), Tier.CODE)
    for position, part in enumerate(words_of(words.title[:TEXT_LENGTH])):
        add(part, Tier.START if position == 0 else Tier.TITLE)
    for part in words_of(words.detail[:TEXT_LENGTH]):
        add(part, Tier.DETAIL)
    return found


class Match(IntEnum):
    """How well a row answers, best first."""

    EXACT_CODE = 0
    STARTS = 1
    TITLE = 2
    DETAIL = 3


def match_of(asked: Sequence[str], title: str, code: str, tokens: str) -> Match:
    """How well a row answers words that all begin one of its `tokens` (as its entry keeps them, tier and word)."""
    held = tokens.split()
    typed = compact(asked)
    if f"{Tier.CODE:d}{typed}" in held and typed == compact(words_of(code)):
        return Match.EXACT_CODE
    if any(token.startswith(f"{Tier.CODE:d}{typed}") for token in held) and compact(words_of(code)).startswith(typed):
        return Match.STARTS
    if any(token.startswith(f"{Tier.START:d}{asked[0]}") for token in held) and (
        len(asked) == 1 or " ".join(words_of(title)).startswith(" ".join(asked))
    ):
        return Match.STARTS
    named = [token[1:] for token in held if token < f"{Tier.DETAIL:d}"]
    return Match.TITLE if all(any(word.startswith(one) for word in named) for one in asked) else Match.DETAIL


def held_whole(asked: Sequence[str], tokens: str) -> bool:
    """Whether each word asked is one of the `tokens`, and not the beginning of one only."""
    held = {token[1:] for token in tokens.split()}
    return held.issuperset(asked)


def highlighted(text: str, asked: Sequence[str]) -> list[tuple[str, bool]]:
    """`text` in parts, and whether each answers what was asked: `[("Réf", True), ("érence", False)]` for `ref`."""
    parts: list[tuple[str, bool]] = []
    done = 0
    for word in _WRITTEN.finditer(text):
        folded = fold(word[0])
        best = max((one for one in asked if folded.startswith(one)), key=len, default="")
        if not best:
            continue
        # As many letters as fold into what was typed: accents and ligatures count for more or less than one.
        length = next(end for end in range(1, len(word[0]) + 1) if len(fold(word[0][:end])) >= len(best))
        parts += [(text[done : word.start()], False), (word[0][:length], True)]
        done = word.start() + length
    parts.append((text[done:], False))
    return [(part, marked) for part, marked in parts if part]
