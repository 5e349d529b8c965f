"""A plan on paper: pages of lines beside their bars, in vector, on one scale; a job of reporting makes the PDF."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portfolio.planning import gantt_svg
from portfolio.planning.domain import gantt
from portfolio.planning.domain.network import DependencyType
from portfolio.planning.gantt_custom import task_fields
from portfolio.planning.gantt_print_columns import (
    USUAL,
    Texts,
    heads_of,
    is_text,
    known_columns,
    texts_of,
    width_of,
)
from portfolio.planning.queries import PlanLine, PlanView, gantt_outside, gantt_task
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.fields.models import FieldDefinition
from tech4value.jobs.actions import start_job
from tech4value.jobs.models import Job
from tech4value.web.formats import date_short, days, percent

JOB: Final = "planning.print"
ROW: Final = 21.0
SIZES: Final = gantt.Sizes(row=ROW, bar=10.0, summary=5.5, baseline=2.5)
# The columns beside the bars, in pixels: the number and the name always, the others of choice; then the least that
# the bars may have.
NAME_AT, NAME_WIDTH = 26.0, 214.0
LEAST_CHART: Final = 160.0
GAP: Final = 10.0
LETTER: Final = 5.4  # the mean width of a letter at the size of the table
ZOOMS: Final = ((14.0, gantt.Zoom.DAY), (3.2, gantt.Zoom.WEEK), (0.9, gantt.Zoom.MONTH), (0.28, gantt.Zoom.QUARTER))


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet on its side, in millimetres."""

    name: str
    width: int
    height: int

    @property
    def pixels(self) -> float:
        """The width between the margins, in pixels of CSS."""
        return round((self.width - 24) * 96 / 25.4, 2)

    @property
    def lines(self) -> int:
        """How many lines fit under the heads and over the legend."""
        return int(((self.height - 46) * 96 / 25.4 - gantt_svg.HEAD) // ROW)


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a plan is printed: which columns, and the days from `first` to `last` (None: the plan's own)."""

    columns: tuple[str, ...] = field(default=tuple(USUAL))
    first: date | None = None
    last: date | None = None
    fields: tuple[FieldDefinition, ...] = ()
    """The custom fields that may be among the columns."""

    @property
    def table(self) -> float:
        """Where the bars begin, in pixels."""
        return NAME_AT + NAME_WIDTH + sum(map(width_of, self.columns)) + GAP

    def fits(self, paper: Paper) -> bool:
        """Whether the columns leave the bars room."""
        return paper.pixels - self.table >= LEAST_CHART

    @property
    def is_period(self) -> bool:
        return self.first is not None or self.last is not None

    def period(self, view: PlanView) -> tuple[date, date]:
        """The days that are drawn. The view has lines."""
        starts, ends = (moment.date() if moment else date.min for moment in (view.starts_at, view.ends_at))
        first = self.first or min(starts, self.last or starts)
        return first, max(self.last or ends, first)

    def lines(self, view: PlanView) -> tuple[PlanLine, ...]:
        """The lines that have a day in the period."""
        if not self.is_period:
            return tuple(view.lines)
        first, last = self.period(view)
        return tuple(
            line for line in view.lines if line.task.starts_at.date() <= last and line.task.ends_at.date() >= first
        )


PAPERS: Final = {paper.name: paper for paper in (Paper("A4", 297, 210), Paper("A3", 420, 297))}


def start_print(*, project: Project, member: Membership, paper: str, baseline: UUID | None, choice: Choice) -> Job:
    """The job that makes the PDF of a plan, compared with one of its baselines."""
    return start_job(
        kind=JOB,
        label=_("Planning de %(project)s, %(paper)s") % {"project": project.code, "paper": paper},
        member=member,
        params={"project": str(project.pk), "paper": paper, "baseline": str(baseline or "")} | written(choice),
    )


def written(choice: Choice) -> dict[str, str]:
    """A choice as the parameters of the job."""
    ends = {"first": choice.first, "last": choice.last}
    return {"columns": ",".join(choice.columns)} | {
        name: day.isoformat() if day else "" for name, day in ends.items()
    }


def choice_of(params: Mapping[str, str]) -> Choice:
    """The choice that `written` wrote; the usual one where nothing was. Raises ValueError for a date that is none or
    an end before the start."""
    asked, fields = params.get("columns"), task_fields()
    columns = tuple(USUAL) if asked is None else known_columns(asked.split(","), fields)
    first, last = (date.fromisoformat(text) if (text := params.get(name, "")) else None for name in ("first", "last"))
    if first and last and last < first:
        raise ValueError("the period ends before it begins")
    return Choice(columns, first, last, tuple(fields))


def document(view: PlanView, paper: Paper, *, today: date, language: str, choice: Choice) -> str:
    """The whole document as HTML, in the active language. Raises PlanningError(too_wide)."""
    return render_to_string(
        "portfolio/planning/print.html",
        {
            "view": view,
            "project": view.project,
            "paper": paper,
            "today": today,
            "language": language,
            "sheets": list(sheets(view, paper, today=today, language=language, choice=choice)),
        },
    )


def sheets(view: PlanView, paper: Paper, *, today: date, language: str, choice: Choice) -> Iterator[SafeString]:
    """The drawing of each page; the lines are spread evenly, so that none is left alone on the last."""
    scale = _scale(view, paper, today, choice)
    shown = choice.lines(view)
    texts = texts_of(view, choice.columns, choice.fields, language)
    pages = max(-(-len(shown) // paper.lines), 1)
    each = -(-len(shown) // pages)
    for first in range(0, len(shown), each):
        lines = shown[first:][:each]
        yield _sheet(_layout(view, lines, today, *scale), lines, view, paper, language, choice, texts)


def _scale(view: PlanView, paper: Paper, today: date, choice: Choice) -> tuple[gantt.Zoom, float]:
    """The zoom and the width of a day with which the whole period is as wide as the paper leaves."""
    room = paper.pixels - choice.table
    if choice.is_period:
        first, last = choice.period(view)
        day = room / ((last - first).days + 1)
        return next((found for least, found in ZOOMS if day >= least), gantt.Zoom.YEAR), day
    zoom, day = gantt.Zoom.MONTH, 1.0
    for _round in range(3):  # the margin of the period depends on the zoom, and the zoom on the period
        drawing = _layout(view, (), today, zoom, day)
        day = room / ((drawing.last_day - drawing.first_day).days + 1)
        zoom = next((found for least, found in ZOOMS if day >= least), gantt.Zoom.YEAR)
    drawing = _layout(view, (), today, zoom, day)
    return zoom, room / ((drawing.last_day - drawing.first_day).days + 1)


def _layout(
    view: PlanView, lines: tuple[PlanLine, ...], today: date, zoom: gantt.Zoom, day: float
) -> gantt.GanttDrawing:
    links = [
        gantt.GanttLink(str(link.predecessor_id), str(link.successor_id), DependencyType(link.kind))
        for link in view.links
    ]
    ends = [moment.date() for moment in (view.starts_at, view.ends_at) if moment is not None]
    frozen = [moment.date() for row in view.frozen.values() for moment in (row.starts_at, row.ends_at)]
    return gantt.layout(
        [gantt_task(line, view.frozen.get(line.task.pk), view.day_minutes) for line in lines],
        () if zoom in (gantt.Zoom.QUARTER, gantt.Zoom.YEAR) else links,
        today=today,
        zoom=zoom,
        sizes=gantt.Sizes(SIZES.row, SIZES.bar, SIZES.summary, SIZES.baseline, day),
        include=[*ends, *([min(frozen), max(frozen)] if frozen else [])],
        outside=gantt_outside(view),
    )


def _sheet(
    drawing: gantt.GanttDrawing,
    lines: tuple[PlanLine, ...],
    view: PlanView,
    paper: Paper,
    language: str,
    choice: Choice,
    texts: Texts,
) -> SafeString:
    height = gantt_svg.HEAD + drawing.height
    labels = {str(line.task.pk): gantt_svg.Label("", line.task.name) for line in lines}
    parts = ["<style>", render_to_string("portfolio/planning/print_chart.css"), "</style>", *_heads(choice)]
    parts.append(f'<g transform="translate(0 {gantt_svg.HEAD:g})">')
    for index, line in enumerate(lines):
        parts += _line(line, index, paper.pixels, choice, language, texts)
    parts.append("</g>")
    # Bars that begin before the period or end after it are cut at its ends.
    before = (choice.period(view)[0] - drawing.first_day).days if choice.is_period else 0
    days_drawn = (drawing.last_day - drawing.first_day).days + 1
    offset, room = before * drawing.width / days_drawn, paper.pixels - choice.table
    parts.append(
        f'<svg x="{choice.table:g}" y="0" width="{room:g}" height="{height:g}" '
        f'viewBox="{offset:g} 0 {room:g} {height:g}" overflow="hidden">'
    )
    parts += gantt_svg.head_parts(drawing, language)
    parts.append(f'<g transform="translate(0 {gantt_svg.HEAD:g})">')
    parts += gantt_svg.body_parts(drawing, labels)
    parts.append("</g></svg>")
    title = escape(_("Diagramme de Gantt de %(project)s") % {"project": view.project.name})
    return SafeString(
        f'<svg width="{paper.pixels:g}" height="{height:g}" viewBox="0 0 {paper.pixels:g} {height:g}" role="img" '
        f'aria-label="{title}">{"".join(parts)}</svg>'
    )


def _places(columns: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Where each column begins and ends."""
    places, at = {}, NAME_AT + NAME_WIDTH
    for name in columns:
        places[name] = (at, at + width_of(name))
        at += width_of(name)
    return places


def _heads(choice: Choice) -> list[str]:
    at = gantt_svg.HEAD - 6
    said = heads_of(choice.fields)
    parts = [_text(20.0, at, _("N°"), "head", end=True), _text(NAME_AT, at, _("Tâche"), "head")]
    for name, (start, end) in _places(choice.columns).items():
        left = is_text(name, choice.fields)
        words = _folded(said[name], end - start - GAP)
        for number, line in enumerate(reversed(words)):  # two lines for a long head
            parts.append(_text(start + GAP if left else end, at - number * 12, line, "head", end=not left))
    return parts


def _folded(head: str, width: float) -> list[str]:
    """A head on one line, or on two where it is too long for one."""
    most, words = int(width / LETTER), head.split()
    first = words.pop(0)
    if len(head) <= most:
        return [head]
    while words and len(f"{first} {words[0]}") <= most:
        first = f"{first} {words.pop(0)}"
    return [_cut(part, width) for part in (first, " ".join(words)) if part]


def _line(line: PlanLine, index: int, width: float, choice: Choice, language: str, texts: Texts) -> Iterator[str]:
    task, y = line.task, index * ROW + ROW / 2 + 4
    css = "strong" if line.is_summary else ""
    indent = min(line.depth, 6) * 8.0
    yield f'<line class="gantt-grid" x1="0" y1="{index * ROW + ROW:g}" x2="{width:g}" y2="{index * ROW + ROW:g}"/>'
    yield _text(20.0, y, str(line.number), "faint", end=True)
    yield _text(NAME_AT + indent, y, _cut(task.name, NAME_WIDTH - indent), css)
    late = " late" if line.late_days > 0 else ""
    for name, (start, end) in _places(choice.columns).items():
        match name:
            case "duration" if not line.is_milestone:
                yield _text(end, y, days(line.days, language), css, end=True)
            case "start":
                yield _text(end, y, date_short(task.starts_at, language), css, end=True)
            case "finish":
                yield _text(end, y, date_short(task.ends_at, language), f"{css}{late}", end=True)
            case "percent":
                yield _text(end, y, percent(task.percent_complete, language), css, end=True)
            case "people":
                names = ", ".join(person.name for person in line.people)
                yield _text(start + GAP, y, _cut(names, end - start - GAP), css)
            case _ if name in texts:
                left, said = is_text(name, choice.fields), texts[name].get(str(task.pk), "")
                yield _text(
                    start + GAP if left else end, y, _cut(said, end - start - (GAP if left else 0)), css, end=not left
                )


def _cut(text: str, width: float) -> str:
    most = int(width / LETTER)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _text(x: float, y: float, words: str, css: str, *, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    return f'<text class="cell {css}" x="{x:g}" y="{y:g}"{anchor}>{escape(words)}</text>'
