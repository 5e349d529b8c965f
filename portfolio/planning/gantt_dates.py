"""The early and late dates of a plan's tasks, as the engine counts them: columns of the editor and of the printed
plan that are computed only where they are shown.

A page that shows them asks with each question (`dates`, the token of its last answer, empty the first time), and is
answered those that differ from what it has, beside the rows: [key, early start, early finish, late start, late
finish], in minutes since 1970.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from portfolio.planning.domain.schedule import ScheduledTask
from portfolio.planning.gantt_rows import PlanRows, minutes, remember, since, text_of
from portfolio.planning.kept_plans import KeptPlan

# The columns, and what each is called by the engine.
DATES: Final = {
    "earlyStart": "early_start",
    "earlyFinish": "early_finish",
    "lateStart": "late_start",
    "lateFinish": "late_finish",
}


def dates_of(placed: ScheduledTask) -> dict[str, datetime]:
    """The four dates of a task, by column."""
    return {column: getattr(placed, name) for column, name in DATES.items()}


def with_dates(text: str, plan: KeptPlan, token: str | None) -> str:
    """`text`, a JSON object that the editor reads, with the dates that differ from what the page of `token` has: all
    of them for an empty one, or one that is forgotten. Without a token, as it is."""
    if token is None:
        return text
    rows = _rows(plan.outcome())
    project = plan.plan.project.pk
    said = since(project, token, rows) if token else None
    if said is None:
        token = secrets.token_urlsafe(12)
        remember(project, token, rows)
        said = f'{{"token":"{token}","rows":[{",".join(rows.texts.values())}]}}'
    return f'{text[:-1]},"dates":{said}}}'


def _rows(placed: Mapping[str, ScheduledTask]) -> PlanRows:
    return PlanRows.of({key: text_of([key, *_minutes(dates_of(one).values())]) for key, one in placed.items()})


def _minutes(moments: Iterable[datetime]) -> list[int | None]:
    return [minutes(moment) for moment in moments]
