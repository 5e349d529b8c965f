"""What becomes of every value of an MSPDI file: compared with what is written back, value by value.

Two files are compared with the original: the one that is written over it, and the one that is written from what the
product holds alone, as any other tool would. Every value of the original is in exactly one count.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lxml import etree

from integrations.imports.domain.mspdi_elements import Document, Element
from integrations.imports.domain.mspdi_fields import local_name
from integrations.imports.domain.mspdi_schema import AMOUNTS, KEYS, OF_DATES, SCHEDULED, WORK_TIMEPHASED
from integrations.imports.domain.mspdi_values import ASSUMED

LISTS = {"Calendars": "Calendar", "Tasks": "Task", "Resources": "Resource", "Assignments": "Assignment"}
PROJECT, COMMENT = "Project", "<!-- -->"
LONGEST_EXAMPLE = 120
_DURATION = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")

Key = tuple[Any, ...]


class Fate(StrEnum):
    """What becomes of one value of the file."""

    HELD = "held"  # in the plan itself: any tool that keeps the plan keeps it
    ASIDE = "aside"  # kept beside the plan and written back as it was: another tool would lose it
    CHANGED = "changed"  # written with another value
    STALE = "stale"  # computed from what has changed: left to whoever opens the file
    REMOVED = "removed"  # gone with its line
    HIDDEN = "hidden"  # an amount, for somebody who may not see amounts
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Example:
    """Where a value is written otherwise (the number of the task, resource…), and what it was and becomes."""

    uid: str
    before: str
    after: str


@dataclass(slots=True)
class CertificateLine:
    """One field: `owner` is Project, Calendar, Task, Resource or Assignment, `path` its place within."""

    owner: str
    path: str
    counts: Counter[Fate] = field(default_factory=Counter)
    example: Example | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Certificate:
    """Every field of the file, in its order."""

    lines: tuple[CertificateLine, ...]

    @property
    def totals(self) -> Counter[Fate]:
        """How many values have each fate."""
        found: Counter[Fate] = Counter()
        for line in self.lines:
            found += line.counts
        return found


def certify(original: bytes, written: bytes, alone: bytes, *, amounts: bool = True) -> Certificate:
    """Compare `original` with what is `written` over it, and with what is written `alone`, from the plan only.

    `amounts` false: the person may not see amounts, which are left out.
    """
    after, model = _owners(written), _owners(alone)
    lines: dict[tuple[str, str], CertificateLine] = {}
    for owner, element in _listed(Document.parsed(original)):
        now, held = _values(after.get(owner)), _values(model.get(owner))
        for key, name, text in _leaves(element, owner[0] == PROJECT):
            line = lines.setdefault((owner[0], name), CertificateLine(owner[0], name))
            fate = _fate(key, text, now, held, owner in after, amounts=amounts)
            if fate is Fate.HELD and name in ASSUMED[owner[0]]:
                fate = Fate.ASIDE
            line.counts[fate] += 1
            if fate is Fate.CHANGED and line.example is None:
                uid = str(owner[1]) if len(owner) > 1 else ""
                line.example = Example(uid, text[:LONGEST_EXAMPLE], (now.get(key) or "")[:LONGEST_EXAMPLE])
    for name, number in _comments(original):
        lines[PROJECT, name] = CertificateLine(PROJECT, name, Counter({Fate.LOST: number}))
    return Certificate(tuple(lines.values()))


def _fate(
    key: Key,
    text: str,
    now: Mapping[Key, str],
    held: Mapping[Key, str],
    is_there: bool,
    *,
    amounts: bool,
) -> Fate:
    written = now.get(key)
    if written is not None and same_value(written, text):
        alone = held.get(key)
        return Fate.HELD if alone is not None and same_value(alone, text) else Fate.ASIDE
    if written is not None:
        return Fate.CHANGED
    if not is_there:
        return Fate.REMOVED
    names = {step[0] for step in key}
    if not amounts and (names & AMOUNTS or _is_amount(names, key)):
        return Fate.HIDDEN
    return Fate.STALE if names & (SCHEDULED | OF_DATES) else Fate.LOST


def _is_amount(names: set[str], key: Key) -> bool:
    return "ExtendedAttribute" in names or any(
        step[0] == "TimephasedData" and step[1] not in WORK_TIMEPHASED for step in key
    )


def same_value(one: str, other: str) -> bool:
    """Whether two texts are the same value: PT8H and PT8H0M0S, 1 and 1.00."""
    return one == other or _canonical(one) == _canonical(other)


def _canonical(text: str) -> Any:
    text = text.replace("\r\n", "\n").strip()
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    match = _DURATION.fullmatch(text)
    if match and any(match.groups()[1:]):
        days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups()[1:])
        total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return -total if match[1] else total
    return text


# --- the parts of a file


def _owners(content: bytes) -> dict[Key, Element]:
    return dict(_listed(Document.parsed(content)))


def _listed(document: Document) -> Iterator[tuple[Key, Element]]:
    """Every task, resource, calendar and assignment with what identifies it, and the document itself."""
    yield (PROJECT,), document.root
    seen: Counter[Key] = Counter()
    for group, name in LISTS.items():
        for element in document.items(group, name):
            uid: Key = (name, document.text(element, "UID"))
            if name == "Assignment":  # whose own number is not kept
                uid = (name, document.text(element, "TaskUID"), document.text(element, "ResourceUID"))
            seen[uid] += 1
            yield (*uid, seen[uid]), element


def _values(element: Element | None) -> dict[Key, str]:
    if element is None:
        return {}
    is_root = local_name(element.tag) == PROJECT
    return {key: text for key, _name, text in _leaves(element, is_root)}


def _leaves(element: Element, is_root: bool) -> Iterator[tuple[Key, str, str]]:
    """Every value under an element: its key, the path that it is shown under, its text."""
    for name, text in element.attrib.items():
        yield (("@" + name, "", 1),), "@" + name, text
    for key, names, child in _steps(element, (), ()):
        if is_root and names[0] in LISTS and len(child):
            for inner, inner_names, one in _steps(child, key, names):
                if inner_names[1] != LISTS[names[0]]:
                    yield from _under(one, inner, inner_names)
            continue
        yield from _under(child, key, names)


def _under(element: Element, key: Key, names: tuple[str, ...]) -> Iterator[tuple[Key, str, str]]:
    for name, text in element.attrib.items():
        yield (*key, ("@" + name, "", 1)), "/".join((*names, "@" + name)), text
    if not len(element):
        yield key, "/".join(names), (element.text or "").strip()
        return
    for inner, inner_names, child in _steps(element, key, names):
        yield from _under(child, inner, inner_names)


def _steps(element: Element, key: Key, names: tuple[str, ...]) -> Iterator[tuple[Key, tuple[str, ...], Element]]:
    """The children, told apart by their own key, else by their rank among those of the same name."""
    seen: Counter[tuple[str, str]] = Counter()
    for child in element:
        name = local_name(child.tag)
        mark = ""
        wanted = "Type" if name == "TimephasedData" else KEYS.get(name)
        if wanted and len(child):
            mark = next(((one.text or "").strip() for one in child if local_name(one.tag) == wanted), "")
        seen[name, mark] += 1
        yield (*key, (name, mark, seen[name, mark])), (*names, name), child


def _comments(content: bytes) -> Iterator[tuple[str, int]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    number = sum(1 for one in etree.fromstring(content, parser).iter() if not isinstance(one.tag, str))
    if number:
        yield COMMENT, number
