"""The templates that Tech4Value ships, in French and in English: a tenant takes its own copy of one when it uses it."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from portfolio.governance.library.gdpr import GDPR
from portfolio.governance.library.hybrid import HYBRID
from portfolio.governance.library.notation import Process, Shipped, in_language
from portfolio.governance.library.scrum import SCRUM
from portfolio.governance.library.waterfall import WATERFALL

__all__ = ["PROCESSES", "Shipped", "all_shipped", "shipped"]

PROCESSES: Final[Mapping[str, Process]] = MappingProxyType(
    {process.key: process for process in (SCRUM, WATERFALL, HYBRID, GDPR)}
)


@lru_cache(maxsize=16)
def _read(key: str, english: bool) -> Shipped:
    return in_language(PROCESSES[key], "en" if english else "fr")


def shipped(key: str, language: str) -> Shipped:
    """One template in a language. Raises LookupError for an unknown key."""
    return _read(key, language.startswith("en"))


def all_shipped(language: str) -> list[Shipped]:
    """Every template, in the order of the library."""
    return [shipped(key, language) for key in PROCESSES]
