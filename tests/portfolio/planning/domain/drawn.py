"""Schedules drawn as text: a plan is read from a few lines, and its schedule drawn back in the same form.

    plan:      A 3d             drawn:      MTWTFssMTWTF
               B 2d  A FS+1             A |===
               C 0d  B                  B |    =..=
                                        C |       *
One letter is one day from the Monday of the start: `=` worked and critical, `-` worked with float, `.` rest
inside a task, `*` critical milestone, `o` milestone with float, `#` summary. Indentation makes summaries.
"""

import re
import textwrap
from datetime import date, datetime, time, timedelta

from portfolio.people.domain.calendar import Calendar, standard_calendar
from portfolio.planning.domain.network import Dependency, DependencyType, PlanTask
from portfolio.planning.domain.schedule import Schedule, schedule

MONDAY = datetime(2026, 3, 2, 9)
FIRST_DAY = MONDAY.date()
DAY = 420


def plan(text: str) -> tuple[list[PlanTask], list[Dependency]]:
    """Reads lines such as `B 2d  A FS+1, C SS  >2026-03-10  @2026-03-04  50%` (link, no earlier, manual)."""
    tasks: list[PlanTask] = []
    links: list[Dependency] = []
    above: list[tuple[int, str]] = []
    for line in textwrap.dedent(text).strip().splitlines():
        margin = len(line) - len(line.lstrip())
        match = re.fullmatch(r"(\w+)(?: +(\d+)d)?(.*)", line.strip())
        assert match, line
        key, days, rest = match.groups()
        while above and above[-1][0] >= margin:
            above.pop()
        no_earlier = re.search(r">(\S+)", rest)
        pinned = re.search(r"@(\S+)", rest)
        progress = re.search(r"(\d+)%", rest)
        tasks.append(
            PlanTask(
                key=key,
                duration_minutes=int(days or 0) * DAY,
                parent=above[-1][1] if above else None,
                manual=pinned is not None,
                start=_morning(pinned[1]) if pinned else None,
                start_no_earlier_than=_morning(no_earlier[1]) if no_earlier else None,
                percent_complete=int(progress[1]) / 100 if progress else 0.0,
            )
        )
        above.append((margin, key))
        rest = re.sub(r"[>@]\S+|\d+%", "", rest)
        for part in filter(None, (one.strip() for one in rest.split(","))):
            link = re.fullmatch(r"(\w+?)(?: (FS|SS|FF|SF)([+-]\d+)?d?)?", part)
            assert link, part
            links.append(Dependency(link[1], key, DependencyType(link[2] or "FS"), int(link[3] or 0) * DAY))
    return tasks, links


def _morning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(9))


def run(text: str, calendar: Calendar | None = None, start: datetime = MONDAY) -> Schedule:
    tasks, links = plan(text)
    return schedule(tasks, links, calendar=calendar or standard_calendar(), project_start=start)


def draw(result: Schedule, calendar: Calendar | None = None, start: date = FIRST_DAY) -> str:
    """One line a task, in the order of the plan, trailing blanks removed."""
    calendar = calendar or standard_calendar()
    width = max((len(key) for key in result.tasks), default=0)
    lines = []
    for key, task in result.tasks.items():
        marks = []
        day = start
        while day <= task.early_finish.date():
            inside = task.early_start.date() <= day <= task.early_finish.date()
            if not inside:
                marks.append(" ")
            elif task.summary:
                marks.append("#")
            elif task.milestone:
                marks.append("*" if task.critical else "o")
            elif not calendar.is_working_day(day):
                marks.append(".")
            else:
                marks.append("=" if task.critical else "-")
            day += timedelta(days=1)
        lines.append(f"{key:<{width}} |{''.join(marks)}".rstrip())
    return "\n".join(lines)


def drawing(text: str) -> str:
    """The expected drawing: margins removed, and its first line, the letters of the days, left out."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(lines[1:])
