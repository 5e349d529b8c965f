"""A plan on paper: pages of lines beside their bars, in vector, on one scale; a job of reporting makes the PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
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
from portfolio.planning.queries import PlanLine, PlanView, gantt_outside, gantt_task
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.jobs.actions import start_job
from tech4value.jobs.models import Job
from tech4value.web.formats import date_short, days, percent

JOB: Final = "planning.print"
ROW: Final = 18.0
SIZES: Final = gantt.Sizes(row=ROW, bar=9.0, summary=5.0, baseline=2.5)
# The columns beside the bars: where each begins, and whether its text ends there.
NAME_AT, NAME_WIDTH = 26.0, 236.0
TABLE: Final = 470.0
LETTER: Final = 4.7  # the mean width of a letter at the size of the table
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


PAPERS: Final = {paper.name: paper for paper in (Paper("A4", 297, 210), Paper("A3", 420, 297))}


def start_print(*, project: Project, member: Membership, paper: str, baseline: UUID | None) -> Job:
    """The job that makes the PDF of a plan, compared with one of its baselines."""
    return start_job(
        kind=JOB,
        label=_("Planning de %(project)s, %(paper)s") % {"project": project.code, "paper": paper},
        member=member,
        params={"project": str(project.pk), "paper": paper, "baseline": str(baseline or "")},
    )


def document(view: PlanView, paper: Paper, *, today: date, language: str) -> str:
    """The whole document as HTML, in the active language. Raises PlanningError(too_wide)."""
    return render_to_string(
        "portfolio/planning/print.html",
        {
            "view": view,
            "project": view.project,
            "paper": paper,
            "today": today,
            "language": language,
            "sheets": list(sheets(view, paper, today=today, language=language)),
        },
    )


def sheets(view: PlanView, paper: Paper, *, today: date, language: str) -> Iterator[SafeString]:
    """The drawing of each page."""
    scale = _scale(view, paper, today)
    for first in range(0, len(view.lines), paper.lines):
        lines = view.lines[first:][: paper.lines]
        yield _sheet(_layout(view, lines, today, *scale), lines, view, paper, language)


def _scale(view: PlanView, paper: Paper, today: date) -> tuple[gantt.Zoom, float]:
    """The zoom and the width of a day with which the whole period is as wide as the paper leaves."""
    room = paper.pixels - TABLE
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
        [gantt_task(line, view.frozen.get(line.task.pk)) for line in lines],
        () if zoom in (gantt.Zoom.QUARTER, gantt.Zoom.YEAR) else links,
        today=today,
        zoom=zoom,
        sizes=gantt.Sizes(SIZES.row, SIZES.bar, SIZES.summary, SIZES.baseline, day),
        include=[*ends, *([min(frozen), max(frozen)] if frozen else [])],
        outside=gantt_outside(view),
    )


def _sheet(
    drawing: gantt.GanttDrawing, lines: tuple[PlanLine, ...], view: PlanView, paper: Paper, language: str
) -> SafeString:
    height = gantt_svg.HEAD + drawing.height
    labels = {str(line.task.pk): gantt_svg.Label("", line.task.name) for line in lines}
    parts = ["<style>", render_to_string("portfolio/planning/print_chart.css"), "</style>", *_heads()]
    parts.append(f'<g transform="translate(0 {gantt_svg.HEAD:g})">')
    parts += [text for index, line in enumerate(lines) for text in _line(line, index, paper.pixels, language)]
    parts.append("</g>")
    parts.append(f'<g transform="translate({TABLE:g} 0)">')
    parts += gantt_svg.head_parts(drawing, language)
    parts.append(f'<g transform="translate(0 {gantt_svg.HEAD:g})">')
    parts += gantt_svg.body_parts(drawing, labels)
    parts.append("</g></g>")
    title = escape(_("Diagramme de Gantt de %(project)s") % {"project": view.project.name})
    return SafeString(
        f'<svg width="{paper.pixels:g}" height="{height:g}" viewBox="0 0 {paper.pixels:g} {height:g}" role="img" '
        f'aria-label="{title}">{"".join(parts)}</svg>'
    )


def _heads() -> list[str]:
    at = gantt_svg.HEAD - 6
    heads = [(20.0, _("N°")), (304.0, _("Durée")), (364.0, _("Début")), (424.0, _("Fin")), (TABLE - 4, _("Fait"))]
    name = _text(NAME_AT, at, _("Tâche"), "head")
    return [name, *(_text(x, at, words, "head", end=True) for x, words in heads)]


def _line(line: PlanLine, index: int, width: float, language: str) -> Iterator[str]:
    task, y = line.task, index * ROW + ROW / 2 + 3
    css = "strong" if line.is_summary else ""
    indent = min(line.depth, 6) * 8.0
    yield f'<line class="gantt-grid" x1="0" y1="{index * ROW + ROW:g}" x2="{width:g}" y2="{index * ROW + ROW:g}"/>'
    yield _text(20.0, y, str(line.number), "faint", end=True)
    yield _text(NAME_AT + indent, y, _cut(task.name, NAME_WIDTH - indent), css)
    if not line.is_milestone:
        yield _text(304.0, y, days(line.days, language), css, end=True)
    late = " late" if line.late_days > 0 else ""
    yield _text(364.0, y, date_short(task.starts_at, language), css, end=True)
    yield _text(424.0, y, date_short(task.ends_at, language), f"{css}{late}", end=True)
    yield _text(TABLE - 4, y, percent(task.percent_complete, language), css, end=True)


def _cut(text: str, width: float) -> str:
    most = int(width / LETTER)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _text(x: float, y: float, words: str, css: str, *, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    return f'<text class="cell {css}" x="{x:g}" y="{y:g}"{anchor}>{escape(words)}</text>'
