"""A Gantt drawing as SVG: markup and words over the numbers of `domain.gantt`. Colours are the style sheet's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portfolio.planning.domain.gantt import Box, Diamond, GanttDrawing, OutsideBar, Row, Tick, Unit
from tech4value.web.formats import date_short, month

HEAD_ROW = 24.0
HEAD = 2 * HEAD_ROW
# Room after the last bar for its name, which narrow screens show beside it.
LABEL_ROOM = 160.0
LABEL_LENGTH = 40
LETTER = 5.0  # the mean width of a letter of a label


@dataclass(frozen=True, slots=True)
class Label:
    """What is said of a row: its name, and the sentence shown on hover."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A diamond drawn on a row beside its bar (a project's milestone): `state` is due, late or done."""

    row: str
    day: date
    title: str
    state: str = "due"


def head(drawing: GanttDrawing, language: str) -> SafeString:
    """The time scale: two rows of ticks and the word of today."""
    return _svg(drawing.width + LABEL_ROOM, HEAD, head_parts(drawing, language), "gantt-head", _("Échelle de temps"))


def head_parts(drawing: GanttDrawing, language: str) -> list[str]:
    """The elements of the time scale."""
    parts = []
    for level, ticks in enumerate((drawing.major, drawing.minor)):
        top = level * HEAD_ROW
        for tick in ticks:
            parts.append(_line(tick.x, top, tick.x, top + HEAD_ROW, "gantt-tick"))
            words = tick_words(tick, language, major=level == 0)
            if tick.width >= 7 * len(words):
                parts.append(_text(tick.x + 4, top + 16, words, "gantt-major" if level == 0 else "gantt-minor"))
    if drawing.today is not None:
        x = drawing.today
        parts.append(f'<path class="gantt-today-mark" d="M{x - 5} {HEAD - 6}h10l-5 6Z"/>')
    return parts


def body(drawing: GanttDrawing, labels: Mapping[str, Label], title: str, marks: Iterable[Mark] = ()) -> SafeString:
    """The rows: weekends, grid, links, bars with what is done, milestones, baseline ghosts, and the line of today."""
    width = drawing.width + LABEL_ROOM
    return _svg(width, drawing.height, body_parts(drawing, labels, marks, width), "gantt-body", title)


def body_parts(
    drawing: GanttDrawing, labels: Mapping[str, Label], marks: Iterable[Mark] = (), width: float = 0.0
) -> list[str]:
    """The elements of the rows, whose lines are `width` long."""
    parts = [
        '<defs><marker id="gantt-arrow" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" '
        'orient="auto"><path class="gantt-arrow" d="M0 0 6 3 0 6Z"/></marker></defs>'
    ]
    parts += [_box(rest, "gantt-rest") for rest in drawing.rests]
    parts += [_line(tick.x, 0, tick.x, drawing.height, "gantt-grid") for tick in drawing.minor]
    parts += [
        _line(0, row.band.y + row.band.height - 0.5, width, row.band.y + row.band.height - 0.5, "gantt-grid")
        for row in drawing.rows
    ]
    if drawing.today is not None:
        parts.append(
            f'<line class="gantt-today" id="today" x1="{drawing.today}" y1="0" x2="{drawing.today}" '
            f'y2="{drawing.height}"/>'
        )
    for link in drawing.links:
        points = " ".join(f"{x},{y}" for x, y in link.points)
        css = "gantt-link gantt-link-critical" if link.critical else "gantt-link"
        parts.append(f'<polyline class="{css}" points="{points}" marker-end="url(#gantt-arrow)"/>')
    for one in drawing.outside:
        parts += _outside(one)
    for row in drawing.rows:
        parts += _row(row, labels[row.key])
    parts += _marks(drawing, marks)
    return parts


def tick_words(tick: Tick, language: str, *, major: bool) -> str:
    """What a division of the scale is called."""
    day = tick.day
    match tick.unit:
        case Unit.DAY:
            return str(day.day)
        case Unit.WEEK:
            return f"{day.day:02d}/{day.month:02d}"
        case Unit.MONTH:
            return month(day, language, year=major and tick.width > 70)
        case Unit.QUARTER:
            words = _("T%(number)s") % {"number": (day.month + 2) // 3}
            return f"{words} {day.year}" if major and tick.width > 70 else words
    return str(day.year)


def _row(row: Row, label: Label) -> Iterator[str]:
    critical = " gantt-critical" if row.critical else " gantt-near" if row.near_critical else ""
    if row.baseline is not None:
        yield _box(row.baseline, "gantt-baseline")
    if row.baseline_milestone is not None:
        yield _diamond(row.baseline_milestone, "gantt-baseline")
    title = f"<title>{escape(label.title)}</title>"
    end: float | None = None
    if row.bar is not None:
        kind = "gantt-summary" if row.summary else "gantt-bar"
        if row.parts is None:
            yield _box(row.bar, f"{kind}{critical}", title)
        else:
            one, two = row.parts
            middle = one.y + one.height / 2
            yield _line(one.x + one.width, middle, two.x, middle, f"gantt-joint{critical}")
            yield from (_box(part, f"{kind}{critical}", title) for part in row.parts)
        if row.progress is not None:
            yield _box(row.progress, f"{kind}-done{critical}")
        end = row.bar.x + row.bar.width
    if row.milestone is not None:
        yield _diamond(row.milestone, f"gantt-milestone{critical}", title)
        end = row.milestone.x + row.milestone.radius
    if end is not None:
        name = label.name if len(label.name) <= LABEL_LENGTH else f"{label.name[: LABEL_LENGTH - 1]}…"
        yield _text(end + 8, row.band.y + row.band.height / 2 + 4, name, "gantt-label")


def _outside(one: OutsideBar) -> Iterator[str]:
    points = " ".join(f"{x:g},{y:g}" for x, y in one.points)
    yield f'<polyline class="gantt-outside-link" points="{points}"/>'
    yield _box(one.bar, "gantt-outside", f"<title>{escape(one.name)}</title>")
    name = one.name if len(one.name) <= LABEL_LENGTH else f"{one.name[: LABEL_LENGTH - 1]}…"
    before = one.bar.x > LABEL_LENGTH * LETTER
    x = one.bar.x - 4 if before else one.bar.x + one.bar.width + 4
    words = _text(x, one.bar.y + one.bar.height + 2, name, "gantt-outside-name")
    yield words.replace("<text ", '<text text-anchor="end" ', 1) if before else words


def _marks(drawing: GanttDrawing, marks: Iterable[Mark]) -> Iterator[str]:
    rows = {row.key: row for row in drawing.rows}
    days = (drawing.last_day - drawing.first_day).days + 1
    for mark in marks:
        row = rows.get(mark.row)
        if row is None or not drawing.first_day <= mark.day <= drawing.last_day:
            continue
        x = round(((mark.day - drawing.first_day).days + 0.5) * drawing.width / days, 2)
        place = Diamond(x, row.band.y + row.band.height / 2, 6.0)
        yield _diamond(place, f"gantt-mark gantt-mark-{mark.state}", f"<title>{escape(mark.title)}</title>")


def span_words(start: date | None, finish: date | None, language: str) -> str:
    """`02/03/2026 → 14/03/2026`."""
    return f"{date_short(start, language)} → {date_short(finish, language)}"


def split_words(stop: date, resume: date, language: str) -> str:
    """That work stopped one day and went on another."""
    said = {"stop": date_short(stop, language), "resume": date_short(resume, language)}
    return _("Arrêtée le %(stop)s, reprise le %(resume)s") % said


def _svg(width: float, height: float, parts: Sequence[str], css: str, title: str) -> SafeString:
    return SafeString(
        f'<svg class="{css}" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _box(box: Box, css: str, inside: str = "") -> str:
    return (
        f'<rect class="{css}" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="2">'
        f"{inside}</rect>"
    )


def _diamond(diamond: Diamond, css: str, inside: str = "") -> str:
    points = " ".join(f"{x:g},{y:g}" for x, y in diamond.points)
    return f'<polygon class="{css}" points="{points}">{inside}</polygon>'


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<line class="{css}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'


def _text(x: float, y: float, words: str, css: str) -> str:
    return f'<text class="{css}" x="{x:g}" y="{y:g}">{escape(words)}</text>'
