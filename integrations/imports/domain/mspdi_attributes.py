"""Fields that users of Microsoft Project add to tasks: numbered ones of each type, with a name of their own (Alias).

A task's field is the base of the table of tasks and the number of the field, as in MPXJ's tables of fields.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TASKS: Final = 0x0B400000
_NAME = re.compile(r"(?:Enterprise )?(Text|Number|Date|Flag)\d{1,3}")


class Slot(StrEnum):
    """A type of numbered field."""

    TEXT = "Text"
    NUMBER = "Number"
    DATE = "Date"
    FLAG = "Flag"


_NUMBERS: Final[dict[Slot, tuple[int, ...]]] = {
    Slot.TEXT: (51, 54, 57, 60, 63, *range(66, 71), *range(317, 337)),
    Slot.NUMBER: (*range(87, 92), *range(302, 317)),
    Slot.DATE: tuple(range(265, 275)),
    Slot.FLAG: (*range(72, 82), *range(292, 302)),
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field of a file: its number, the name that Project gives it, and the one that people gave it."""

    field_id: int
    name: str
    alias: str = ""

    @property
    def is_of_tasks(self) -> bool:
        """Whether tasks have it, rather than resources or assignments."""
        return self.field_id >> 16 == TASKS >> 16

    @property
    def slot(self) -> Slot | None:
        """Its type; None for one that holds something else (a duration, a cost, an outline code)."""
        match = _NAME.fullmatch(self.name)
        return Slot(match[1]) if match else None


def free_places(slots: Sequence[Slot], taken: Iterable[int]) -> list[tuple[int, str] | None]:
    """For each type wanted, the number and the name of a field that is not `taken`; None when there is none left."""
    used = set(taken)
    found: list[tuple[int, str] | None] = []
    for slot in slots:
        every = ((TASKS + number, f"{slot}{rank}") for rank, number in enumerate(_NUMBERS[slot], 1))
        place = next((one for one in every if one[0] not in used), None)
        if place is not None:
            used.add(place[0])
        found.append(place)
    return found
