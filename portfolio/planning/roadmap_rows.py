"""The roadmap as the Gantt's script reads it: programmes, their projects, the milestones of each."""

import json
import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from portfolio.people.queries import working_calendar
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.gantt_rows import (
    AROUND,
    KINDS,
    PlanRows,
    Row,
    days_since_epoch,
    exceptional_days,
    minutes,
    remember,
    text_of,
)
from portfolio.planning.queries import RoadmapLine, roadmap
from portfolio.planning.roadmap_links import RoadmapLinks
from portfolio.projects.models import Milestone, Programme, Project
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant

NOON: Final = time(12)
EVENING: Final = time(23, 59)


def roadmap_rows(projects: Sequence[Project], links: RoadmapLinks) -> PlanRows:
    """Programmes by name with their projects, then the projects of none. Three statements."""
    lines = roadmap(projects)
    groups: dict[UUID | None, list[RoadmapLine]] = {}
    for line in lines:
        groups.setdefault(line.project.programme_id, []).append(line)
    programmes = {line.project.programme.pk: line.project.programme for line in lines if line.project.programme}
    rows: list[Row] = []
    for programme in sorted(programmes.values(), key=lambda one: one.sort_name):
        held = groups[programme.pk]
        rows.append(_programme(programme, held))
        rows += [row for line in held for row in _project(line, str(programme.pk))]
    rows += [row for line in groups.get(None, ()) for row in _project(line, "")]
    return PlanRows.of({row.id: text_of(row) for row in links.marked(rows)})


def whole_roadmap(rows: PlanRows) -> str:
    """All that the script needs to begin, as JSON."""
    calendar = working_calendar(None)
    token = secrets.token_urlsafe(12)
    remember(current_tenant().pk, token, rows)
    said: dict[str, Any] = {
        "token": token,
        "day": day_minutes(calendar),
        "today": days_since_epoch(today()),
        "data_date": None,
        "week": [int(bool(intervals)) for intervals in calendar.week],
        "exceptions": exceptional_days(calendar, today() - AROUND, today() + AROUND),
        "baseline": None,
        "roadmap": True,
    }
    return f'{json.dumps(said)[:-1]},"rows":[{",".join(rows.texts.values())}]}}'


def _row(key: Any, name: str, kind: str, first: date, last: date, **said: Any) -> Row:
    start = minutes(datetime.combine(first, time())) or 0
    finish = minutes(datetime.combine(last, EVENING) + timedelta(minutes=1)) or 0
    values: dict[str, Any] = {
        "parent": "", "manual": 0, "duration": 0, "percent": 0, "critical": 0, "float": None, "version": 1,
        "constraint": "", "constraint_at": None, "deadline": None, "baseline_start": None, "baseline_finish": None,
        "work": 0, "people": [], "predecessors": [],
    }  # fmt: skip
    return Row(id=str(key), name=name, kind=KINDS[kind], start=start, finish=finish, **{**values, **said})


def _programme(programme: Programme, lines: Sequence[RoadmapLine]) -> Row:
    first, last = min(line.first_day for line in lines), max(line.last_day for line in lines)
    return _row(programme.pk, programme.name, "summary", first, last, version=programme.version)


def _project(line: RoadmapLine, parent: str) -> list[Row]:
    project = line.project
    people = [[project.manager.name, 100]] if project.manager else []
    share = int((line.progress or 0) * 10_000)
    row = _row(
        project.pk, project.name, "task", line.first_day, line.last_day, parent=parent, people=people, percent=share,
        version=project.version,
    )  # fmt: skip
    return [row, *(_milestone(one, line.day_of(one), str(project.pk)) for one in line.milestones)]


def _milestone(milestone: Milestone, day: date, parent: str) -> Row:
    at = minutes(datetime.combine(day, NOON)) or 0
    promised = minutes(datetime.combine(milestone.baseline_on, NOON)) if milestone.baseline_on else None
    row = _row(milestone.pk, milestone.name, "milestone", day, day, parent=parent, version=milestone.version)
    done = 10_000 if milestone.actual_on else 0
    return row._replace(start=at, finish=at, percent=done, baseline_start=promised, baseline_finish=promised)
