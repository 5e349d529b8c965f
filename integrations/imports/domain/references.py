"""What the rows of a workbook say of each other: keys that come twice, names that lead to nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from integrations.imports.domain.problem import ImportProblem, ProblemCode, Where
from integrations.imports.domain.sheets import PEOPLE, PROJECTS, SHEETS, Reference
from integrations.imports.domain.values import fold


@dataclass(frozen=True)
class KnownPole:
    code: str
    name: str


@dataclass(frozen=True)
class KnownPerson:
    """`email` is empty for a person without one, who is then referred to by name."""

    name: str
    email: str = ""


@dataclass(frozen=True)
class Known:
    """What the tenant already has, that the rows of a file may name.

    With `new_poles` a pole that nobody knows is left as it is written, unless it looks like a known one.
    """

    project_codes: frozenset[str] = frozenset()
    poles: tuple[KnownPole, ...] = ()
    people: tuple[KnownPerson, ...] = ()
    new_poles: bool = False


@dataclass(frozen=True)
class RawRow:
    """A row as read: values by field, and for each field its heading and column letter.

    `filled` holds the fields with something in the cell, readable or not; `written` what their cells say. References
    are resolved in place.
    """

    spec: str
    sheet: str
    row: int
    values: dict[str, Any]
    columns: Mapping[str, tuple[str, str]]
    filled: frozenset[str] = field(default=frozenset())
    written: Mapping[str, str] = field(default_factory=dict)

    def where(self, key: str) -> Where:
        """The cell of a field; the row when the column is missing."""
        return Where(self.sheet, self.row, self.columns[key][1] if key in self.columns else None)


def check_references(
    raw: Mapping[str, list[RawRow]], known: Known | None, problems: list[ImportProblem], language: str
) -> None:
    """Reports duplicates and unknown names; puts codes of poles and e-mails of persons in their place."""
    rows = [row for found in raw.values() for row in found]
    Names(raw, known).resolve(rows, problems, language)
    for spec in SHEETS:
        _report_duplicates(raw.get(spec.key, ()), spec.unique, problems)


def _report_duplicates(rows: Iterable[RawRow], unique: tuple[str, ...], problems: list[ImportProblem]) -> None:
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        if not all(key in row.values for key in unique):
            continue
        shown = [str(row.values[key]) for key in unique]
        folded = tuple(one.casefold() for one in shown)
        if folded in first:
            params = {"key": ", ".join(shown), "row": str(first[folded])}
            problems.append(ImportProblem(ProblemCode.DUPLICATE_KEY, row.where(unique[-1]), params))
        else:
            first[folded] = row.row


class Names:
    """Everything that can be named, by what people may call it."""

    def __init__(self, raw: Mapping[str, list[RawRow]], known: Known | None) -> None:
        known_or_none = known or Known()
        self.checks_poles = known is not None
        self.new_poles = known_or_none.new_poles
        in_file = [str(row.values["code"]) for row in raw.get(PROJECTS.key, ()) if "code" in row.values]
        self.projects = {code.casefold(): code for code in (*known_or_none.project_codes, *in_file)}
        self.poles: dict[str, str] = {}
        for pole in known_or_none.poles:
            self.poles[fold(pole.name)] = pole.code
        for pole in known_or_none.poles:
            self.poles[fold(pole.code)] = pole.code
        # By e-mail and by name: what the person will be referred to by. Two persons may share a name.
        self.people: dict[str, set[str]] = {}
        self.names: dict[str, str] = {}
        self.suggestions: dict[tuple[Reference, str], str] = {}
        for person in known_or_none.people:
            self._add_person(person.name, person.email)
        for row in raw.get(PEOPLE.key, ()):
            self._add_person(str(row.values.get("name", "")), str(row.values.get("email", "")))

    def _add_person(self, name: str, email: str) -> None:
        identity = email.lower() or name
        for called in filter(None, (email.lower(), fold(name))):
            self.people.setdefault(called, set()).add(identity)
        if name:
            self.names[fold(name)] = name

    def resolve(self, rows: Iterable[RawRow], problems: list[ImportProblem], language: str) -> None:
        specs = {spec.key: spec for spec in SHEETS}
        for row in rows:
            for column in specs[row.spec].columns:
                if column.reference is None or column.key not in row.values:
                    continue
                text = str(row.values[column.key])
                code, found = self.find(column.reference, text)
                if code is not None:
                    params = {"heading": column.words.in_language(language), "value": text[:80]}
                    params["suggestion"] = self.suggestion(column.reference, text)
                    problems.append(ImportProblem(code, row.where(column.key), params))
                else:
                    row.values[column.key] = found

    def find(self, reference: Reference, text: str) -> tuple[ProblemCode | None, str]:
        """What `text` names (a code, an identity), or what is wrong with it."""
        match reference:
            case Reference.PROJECT:
                found = self.projects.get(text.casefold())
                return (None, found) if found is not None else (ProblemCode.UNKNOWN_PROJECT, "")
            case Reference.POLE:
                found = self.poles.get(fold(text))
                if found is None and (not self.checks_poles or (self.new_poles and not self._looks_known(text))):
                    return None, text
                return (None, found) if found is not None else (ProblemCode.UNKNOWN_POLE, "")
            case Reference.PERSON:
                people = self.people.get(text.lower()) or self.people.get(fold(text)) or set()
                if len(people) > 1:
                    return ProblemCode.AMBIGUOUS_PERSON, ""
                if not people:
                    return ProblemCode.UNKNOWN_PERSON, ""
                return None, next(iter(people))

    def _looks_known(self, text: str) -> bool:
        """Whether a pole's name is one letter or so away from a known one: a slip rather than a new pole."""
        return bool(get_close_matches(fold(text), self.poles, n=1, cutoff=0.8))

    def suggestion(self, reference: Reference, text: str) -> str:
        """What was probably meant; looked for once, since the same mistake often fills a column."""
        if (reference, text) not in self.suggestions:
            self.suggestions[reference, text] = self._closest(reference, text)
        return self.suggestions[reference, text]

    def _closest(self, reference: Reference, text: str) -> str:
        match reference:
            case Reference.PROJECT:
                names = self.projects
            case Reference.POLE:
                names = self.poles
            case Reference.PERSON:
                names = self.names
        wanted = text.casefold() if reference is Reference.PROJECT else fold(text)
        close = get_close_matches(wanted, names, n=1, cutoff=0.6)
        return names[close[0]] if close else ""
