"""The one error of templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong (`code`), where (`place`: section, index, field), and the values that the sentence needs.

    Codes: wrong_type, missing, unknown_field, unknown_choice, too_long, too_many, out_of_range, bad_key,
    bad_text, before_start, repeated_key, repeated_name, bad_level, milestone_holds, phase_inside,
    unknown_line, own_predecessor, repeated_link, finish_into_summary, cycle, unknown_role, two_accountable,
    bad_format, calendar, and cannot_move for the outline's buttons.
    """

    code: str
    place: Place = ()
    values: Mapping[str, object] = field(default_factory=dict)


class TemplateError(ValueError):
    """A template that cannot be: every problem that was found, at most a page of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{one.code} at {one.place}" for one in self.problems))
