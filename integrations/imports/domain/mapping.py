"""Which column of a file is which of a target: guessed from headings in French and English, and from the values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from integrations.imports.domain.conventions import ColumnReader, Conventions, as_month
from integrations.imports.domain.sheets import ColumnSpec, ValueType
from integrations.imports.domain.table_targets import AMOUNTS, MONTHLY, TARGETS, TargetSpec
from integrations.imports.domain.tables import Heading
from integrations.imports.domain.values import ValueRefused, as_text, fold

# Words that say the unit or the article, not which column it is.
_NOISE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\b(?:ht|ttc|eur|euros?|k€|m€|€)\b|€|\*")
_CLOSE = 0.86


@dataclass(frozen=True)
class ColumnSample:
    """A column of the file with its first values."""

    heading: Heading
    values: Sequence[object]


def names_of(column: ColumnSpec) -> list[str]:
    """What a column goes by, folded; its own names first."""
    return [fold(text) for text in (column.words.french, column.words.english, *column.aliases)]


def is_known_heading(text: str) -> bool:
    """Whether some target has a column of that name."""
    said = {fold(text), fold(_NOISE.sub(" ", text))}
    return any(said & set(names_of(column)) for target in TARGETS for column in target.sheet.columns)


def guess_columns(
    target: TargetSpec, samples: Sequence[ColumnSample], by: Conventions, more: Sequence[ColumnSpec] = ()
) -> dict[int, str]:
    """The field of each column, by index; columns that are no field's are left out. A field has one column.

    `more` are the columns that the tenant has added to the target.
    """
    columns = [*target.sheet.columns, *more]
    scores: list[tuple[float, int, int, str]] = []
    for rank, column in enumerate(columns):
        for sample in samples:
            likeness = _likeness(column, sample.heading.text)
            if likeness and _suits(column, sample.values, by):
                scores.append((likeness, -sample.heading.index, -rank, column.key))
    found: dict[int, str] = {}
    for _likely, index, _rank, key in sorted(scores, reverse=True):
        if -index not in found and key not in found.values():
            found[-index] = key
    _from_values(target, samples, by, found)
    return found


def _likeness(column: ColumnSpec, heading: str) -> float:
    """1 for the column's own name, less for another name or one nearly so, 0 for none."""
    names = names_of(column)
    for bonus, text in ((0.0, fold(heading)), (0.05, fold(_NOISE.sub(" ", heading.casefold())))):
        if not text:
            continue
        if text in names[:2]:
            return 1.0 - bonus
        if text in names:
            return 0.9 - bonus - 0.001 * names.index(text)
    text = fold(_NOISE.sub(" ", heading.casefold()))
    if len(text) < 5:
        return 0.0
    close = max(SequenceMatcher(None, text, name).ratio() for name in names if len(name) >= 4)
    return 0.7 * close if close >= _CLOSE else 0.0


def _suits(column: ColumnSpec, values: Sequence[object], by: Conventions) -> bool:
    """Whether the values can be what the column holds: a few may be wrong, not most."""
    filled = [value for value in values if value is not None and as_text(value)]
    if not filled or column.type in {ValueType.TEXT, ValueType.CHOICE, ValueType.CODE}:
        return True
    reader = ColumnReader(by)
    good = 0
    for value in filled:
        try:
            reader(column, value, as_text(value))
        except ValueRefused:
            continue
        good += 1
    return good >= 0.5 * len(filled)


def _from_values(target: TargetSpec, samples: Sequence[ColumnSample], by: Conventions, found: dict[int, str]) -> None:
    """An address tells itself, whatever its heading; so does an amount under the name of a month."""
    for sample in samples:
        if sample.heading.index in found:
            continue
        filled = [as_text(value) for value in sample.values if value is not None and as_text(value)]
        emails = sum("@" in text and "." in text.rpartition("@")[2] for text in filled)
        if target.key == "people" and "email" not in found.values() and filled and emails >= 0.8 * len(filled):
            found[sample.heading.index] = "email"
        elif target.key == "budget" and "month" not in found.values() and month_of(sample.heading.text, by):
            found[sample.heading.index] = f"{_measure_of(sample.heading.text)}{MONTHLY}"


def _measure_of(heading: str) -> str:
    said = fold(heading)
    words = {"actual": ("reel", "realise", "actual", "consomme"), "committed": ("engage", "committed"),
             "forecast": ("prevision", "forecast", "atterrissage")}  # fmt: skip
    return next((key for key, names in words.items() if any(name in said for name in names)), AMOUNTS[0])


def month_of(heading: str, by: Conventions) -> date | None:
    """The month that a heading names: « janv.-26 », « Réel 03/2026 », 2026-04."""
    text = heading.rpartition(" – ")[2] or heading
    words = text.split()
    candidates = [text, *(" ".join(words[start:]) for start in range(1, min(len(words), 4))), heading]
    for candidate in candidates:
        if not re.search(r"\d", candidate):
            continue
        try:
            return as_month(candidate, by).value
        except ValueRefused:
            continue
    return None


def guess_target(samples: Sequence[ColumnSample], by: Conventions) -> TargetSpec:
    """The target that the columns fit best: what names it counts most, then how many columns find their field."""

    def fit(target: TargetSpec) -> float:
        found = guess_columns(target, samples, by)
        texts = {sample.heading.index: sample.heading.text for sample in samples}
        specs = {column.key: column for column in target.sheet.columns}
        score = sum(_likeness(specs[key], texts[index]) for index, key in found.items() if key in specs)
        months = sum(key.endswith(MONTHLY) for key in found.values())
        required = [column.key for column in target.sheet.columns if column.required]
        missing = sum(key not in found.values() for key in required) if not months else 0
        own = sum(fold(texts[index]) in _OWN.get(target.key, ()) for index in found)
        return score + 0.5 * min(months, 12) + 2 * own - 0.6 * missing

    return max(TARGETS, key=fit)


# Headings that one target only has.
_OWN: Mapping[str, frozenset[str]] = {
    key: frozenset(map(fold, names))
    for key, names in {
        "projects": (
            "code projet",
            "chef de projet",
            "sponsor",
            "programme",
            "nom du projet",
            "météo",
            "project name",
        ),
        "people": ("e-mail", "email", "mail", "courriel", "tjm", "taux journalier", "capacité (% etp)", "daily rate"),
        "tasks": ("tâche", "wbs", "nom de la tâche", "durée", "% achevé", "task", "task name", "duration"),
        "milestones": ("jalon", "nom du jalon", "milestone", "date de référence", "critère de réussite"),
        "risks": ("risque", "probabilité", "impact", "mitigation", "criticité", "risk", "probability"),
        "budget": ("prévu", "engagé", "réel", "catégorie", "capex opex", "planned", "committed", "actual"),
        "assignments": ("affectation", "taux d’affectation", "personne", "allocation", "units"),
    }.items()
}
