"""The table of a plan, line by line in words: a thousand lines are drawn without a filter each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.planning.queries import PlanLine
from tech4value.web.formats import calendar_days, date_short, days, percent

DEEPEST = 8


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line as it is read; `indent` is the depth, as far as the table shows it."""

    key: str
    url: str
    number: int
    pick: str
    wbs: str
    name: str
    indent: int
    kind: str
    start: str
    end: str
    late: bool
    end_title: str
    duration: str
    done: str
    who: str


def table_rows(lines: Iterable[PlanLine], language: str) -> list[TableRow]:
    """The lines, in the page's language."""
    return [_row(line, language) for line in lines]


def _row(line: PlanLine, language: str) -> TableRow:
    task = line.task
    title = ""
    if line.baseline_ends_at is not None:
        gap = calendar_days(line.late_days, language, signed=True)
        title = _("Référence : %(day)s (%(gap)s)") % {"day": date_short(line.baseline_ends_at, language), "gap": gap}
    return TableRow(
        key=str(task.pk),
        url=reverse("planning:task", args=[task.pk]),
        number=line.number,
        pick=_("Choisir la ligne %(number)s, %(name)s") % {"number": line.number, "name": task.name},
        wbs=task.wbs,
        name=task.name,
        indent=min(line.depth, DEEPEST),
        kind=task.kind,
        start=date_short(task.starts_at, language),
        end=date_short(task.ends_at, language),
        late=line.late_days > 0,
        end_title=title,
        duration="" if line.is_milestone else days(line.days, language),
        done=percent(task.percent_complete, language),
        who=", ".join(
            person.name if person.units == 1 else f"{person.name} ({percent(person.units, language)})"
            for person in line.people
        ),
    )
