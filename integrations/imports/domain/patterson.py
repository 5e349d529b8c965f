"""Reader of scheduling instances in Patterson's format (`.rcp`), in which PSPLIB and others are exchanged.

Whole numbers between blanks and line ends: how many activities and resources; what there is of each resource; then
for each activity its duration, what it asks of each resource, how many activities follow it, and which, counted from
1 (Patterson 1984; Kolisch and Sprecher 1997, "PSPLIB"). An activity may run over several lines.
"""

import re
from dataclasses import dataclass

from portfolio.capacity.domain.levelling.problem import (
    LAST_INSTANT,
    MOST_UNITS,
    Activity,
    Link,
    Mode,
    Problem,
    Resource,
)

MOST_ACTIVITIES = 100_000
MOST_RESOURCES = 1_000
LARGEST = 20_000_000  # bytes


class PattersonError(ValueError):
    """What is wrong with a file, on which line (0: the file as a whole).

    `code` is one of: empty, too_large, not_text, not_a_number (value), out_of_range (what, value, least, most),
    ends_early (what), left_over (value), follows_itself (value). `what` is one of: activities, resources, capacity,
    duration, demand, successors, successor.
    """

    def __init__(self, code: str, line: int = 0, **values: str | int) -> None:
        super().__init__(f"{code} line {line} {values}")
        self.code = code
        self.line = line
        self.values = values


@dataclass(frozen=True)
class PattersonFile:
    """The problem: activities "1", "2"…, resources "R1", "R2"…; and the line on which each activity begins."""

    problem: Problem
    lines: dict[str, int]


class _Numbers:
    def __init__(self, text: str) -> None:
        self.found = [(line, word) for line, said in enumerate(text.splitlines(), 1) for word in said.split()]
        self.place = 0

    @property
    def line(self) -> int:
        """Where the next number is, or the last one was."""
        return self.found[min(self.place, len(self.found) - 1)][0]

    def take(self, what: str, least: int, most: int) -> int:
        """The next number, which is `what`."""
        if self.place == len(self.found):
            raise PattersonError("ends_early", self.line, what=what)
        line, word = self.found[self.place]
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", word):
            raise PattersonError("not_a_number", line, value=word[:40], what=what)
        self.place += 1
        value = int(word)
        if not least <= value <= most:
            raise PattersonError("out_of_range", line, what=what, value=value, least=least, most=most)
        return value


def read_patterson(content: bytes) -> PattersonFile:
    """The problem of a file. Raises PattersonError."""
    if len(content) > LARGEST:
        raise PattersonError("too_large", size=len(content), limit=LARGEST)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PattersonError("not_text") from error
    if "\0" in text:
        raise PattersonError("not_text")
    numbers = _Numbers(text)
    if not numbers.found:
        raise PattersonError("empty")
    count = numbers.take("activities", 1, MOST_ACTIVITIES)
    kinds = numbers.take("resources", 0, MOST_RESOURCES)
    keys = [f"R{number}" for number in range(1, kinds + 1)]
    resources = tuple(Resource(key, ((0, numbers.take("capacity", 0, MOST_UNITS)),)) for key in keys)
    activities, links, lines = [], [], {}
    for number in range(1, count + 1):
        key = str(number)
        lines[key] = numbers.line
        duration = numbers.take("duration", 0, LAST_INSTANT // count)
        demands = tuple((resource, numbers.take("demand", 0, MOST_UNITS)) for resource in keys)
        followers = {numbers.take("successor", 1, count) for _ in range(numbers.take("successors", 0, count))}
        if number in followers:
            raise PattersonError("follows_itself", lines[key], value=number)
        activities.append(Activity(key, (Mode(duration, demands),)))
        links += [Link(key, str(follower)) for follower in sorted(followers)]
    if numbers.place < len(numbers.found):
        raise PattersonError("left_over", numbers.line, value=numbers.found[numbers.place][1][:40])
    return PattersonFile(Problem(tuple(activities), tuple(links), resources), lines)
