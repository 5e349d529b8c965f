"""What a template looks like before anything is made from it: a strip of its phases, and its Gantt from a start."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.governance.domain.scheduling import scheduled
from portfolio.governance.domain.template import LineKind, Template, TemplateLine
from portfolio.people.domain.calendar import Calendar
from portfolio.planning import gantt_svg
from portfolio.planning.domain import gantt
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import DependencyType
from portfolio.planning.domain.predecessors import Predecessor, write_predecessor
from portfolio.planning.domain.schedule import Schedule, ScheduledTask
from portfolio.planning.queries import SIZES
from tech4value.web.formats import date_short, days

# Predecessors are written in days: any length does, as long as it is read back with the same.
DAY = 480
STRIP_WIDTH, STRIP_ROW = 240.0, 8.0
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """A line as the table shows it; dates are those of the preview."""

    line: TemplateLine
    number: int
    indent: int
    holds: bool
    duration: str
    effort: str
    start: str
    end: str
    predecessors: str
    role: str
    pick: str

    @property
    def is_milestone(self) -> bool:
        return self.line.kind is LineKind.MILESTONE


@dataclass(frozen=True, slots=True)
class Preview:
    """The table and the drawing of a template from a start; `gantt_body` is empty without lines or when too wide."""

    rows: tuple[OutlineRow, ...]
    starts_on: date
    ends_on: date | None
    gantt_head: str
    gantt_body: str
    too_wide: bool = False

    @property
    def milestones(self) -> list[OutlineRow]:
        return [row for row in self.rows if row.is_milestone]


def preview(template: Template, calendar: Calendar, starts_on: date, *, title: str, language: str) -> Preview:
    """The template as a plan that begins on `starts_on`, drawn by the Gantt of plans."""
    try:
        schedule = scheduled(template, calendar, starts_on)
    except PlanningError:
        return Preview((), starts_on, None, "", "", too_wide=True)
    rows = tuple(outline_rows(template, schedule, language))
    if not rows or schedule.finish is None:
        return Preview(rows, starts_on, None, "", "")
    try:
        drawing = _drawing(template, schedule, starts_on)
    except PlanningError:
        return Preview(rows, starts_on, schedule.finish.date(), "", "", too_wide=True)
    labels = {row.line.key: _label(row) for row in rows}
    return Preview(
        rows,
        starts_on,
        schedule.finish.date(),
        gantt_svg.head(drawing, language),
        gantt_svg.body(drawing, labels, title),
    )


def _label(row: OutlineRow) -> gantt_svg.Label:
    said = [f"{row.number}. {row.line.name}", f"{row.start} → {row.end}", row.role]
    return gantt_svg.Label(row.line.name, "\n".join(part for part in said if part))


def _drawing(template: Template, schedule: Schedule, starts_on: date) -> gantt.GanttDrawing:
    length = (schedule.finish - schedule.start).days if schedule.finish and schedule.start else 0
    zooms = ((gantt.Zoom.DAY, 18), (gantt.Zoom.WEEK, 200), (gantt.Zoom.MONTH, 600))
    zoom = next((zoom for zoom, most in zooms if length <= most), gantt.Zoom.QUARTER)
    bars = [_bar(line, template, schedule.tasks[line.key], level=line.level) for line in template.lines]
    links = [
        gantt.GanttLink(link.predecessor, line.key, DependencyType(link.type))
        for line in template.lines
        for link in line.links
    ]
    return gantt.layout(
        bars,
        () if zoom is gantt.Zoom.QUARTER else links,
        today=starts_on,
        zoom=zoom,
        sizes=SIZES,
        include=[moment.date() for moment in (schedule.start, schedule.finish) if moment is not None],
    )


def _bar(line: TemplateLine, template: Template, placed: ScheduledTask, level: int) -> gantt.GanttTask:
    return gantt.GanttTask(
        key=line.key,
        start=placed.early_start,
        finish=placed.early_finish,
        depth=level - 1,
        summary=line.key in template.holders,
        milestone=line.kind is LineKind.MILESTONE,
        critical=placed.critical,
    )


def outline_rows(template: Template, schedule: Schedule, language: str) -> list[OutlineRow]:
    """The lines in words."""
    roles = {role.key: role.name for role in template.roles}
    rows = []
    for number, line in enumerate(template.lines, start=1):
        placed = schedule.tasks[line.key]
        holds = line.key in template.holders
        bare = holds or line.kind is LineKind.MILESTONE
        rows.append(
            OutlineRow(
                line,
                number,
                min(line.level - 1, DEEPEST),
                holds,
                "" if bare else days(line.days, language),
                "" if bare or not line.work_days else days(line.work_days, language),
                date_short(placed.early_start, language),
                date_short(placed.early_finish, language),
                predecessors_text(template, line, french=not language.startswith("en")),
                roles.get(line.role, ""),
                _("Choisir la ligne %(number)s, %(name)s") % {"number": number, "name": line.name},
            )
        )
    return rows


def predecessors_text(template: Template, line: TemplateLine, *, french: bool) -> str:
    """What a line waits for, as it is typed: `3FD+2j; 5`."""
    found = []
    for link in line.links:
        scale = {"percent": 100.0, "elapsed": 1440.0}.get(str(link.unit), float(DAY))
        number = template.numbers[link.predecessor]
        one = Predecessor(number, link.type, round(link.lag * scale), str(link.unit))
        found.append((number, write_predecessor(one, day=DAY, french=french)))
    return "; ".join(text for _number, text in sorted(found))


def strip(template: Template, schedule: Schedule) -> SafeString:
    """A card's picture: a bar a phase and a diamond a milestone, on the scale of the whole. Decorative: the card's
    words say the same."""
    if schedule.start is None or schedule.finish is None:
        return SafeString("")
    begins = schedule.start
    whole = max((schedule.finish - begins).total_seconds(), 1.0)

    def x(moment: datetime) -> float:
        return round((moment - begins).total_seconds() / whole * (STRIP_WIDTH - 8) + 4, 1)

    tops = [line for line in template.lines if line.level == 1 and line.kind is not LineKind.MILESTONE][:8]
    height = STRIP_ROW * max(len(tops), 1)
    parts = [
        (
            f"{x(schedule.tasks[line.key].early_start):g}",
            f"{rank * STRIP_ROW + 2:g}",
            f"{max(x(schedule.tasks[line.key].early_finish) - x(schedule.tasks[line.key].early_start), 2):g}",
        )
        for rank, line in enumerate(tops)
    ]
    ranks = {line.key: rank for rank, line in enumerate(tops)}
    marks = []
    for index, line in enumerate(template.lines):
        if line.kind is not LineKind.MILESTONE:
            continue
        top, above = index, template.parents[index]
        while above is not None:
            top, above = above, template.parents[above]
        rank = ranks.get(template.lines[top].key)
        if rank is not None:
            at, y = x(schedule.tasks[line.key].early_finish), rank * STRIP_ROW + STRIP_ROW / 2
            marks.append((f"{at:g},{y - 4:g} {at + 4:g},{y:g} {at:g},{y + 4:g} {at - 4:g},{y:g}",))
    return format_html(
        '<svg class="template-strip" viewBox="0 0 {} {}" aria-hidden="true">{}{}</svg>',
        f"{STRIP_WIDTH:g}",
        f"{height:g}",
        format_html_join("", '<rect class="gantt-bar-done" x="{}" y="{}" width="{}" height="4" rx="2"/>', parts),
        format_html_join("", '<polygon class="gantt-milestone" points="{}"/>', marks),
    )


def counts_words(tasks: int, milestones: int, working_days: int) -> list[str]:
    """`31 tâches`, `7 jalons`, `60 jours ouvrés`."""
    return [
        ngettext("%(n)s tâche", "%(n)s tâches", tasks) % {"n": tasks},
        ngettext("%(n)s jalon", "%(n)s jalons", milestones) % {"n": milestones},
        ngettext("%(n)s jour ouvré", "%(n)s jours ouvrés", working_days) % {"n": working_days},
    ]
