"""The document of a snapshot, as HTML for paper. Nothing but the snapshot is read: no query, no clock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portfolio.projects.models import Method, Phase, Trend, Weather
from portfolio.risks.domain import LEVELS, severity
from portfolio.risks.models import SEVERITY_LABELS
from reporting.dashboards.charts import budget_chart, months_chart
from reporting.dashboards.domain.facts import (
    MilestoneRow,
    PoleLoad,
    PortfolioFacts,
    ProjectRow,
    RiskRow,
)
from reporting.dashboards.figures import figures
from reporting.dashboards.words import sentences
from reporting.packs import marks
from reporting.packs.cash import BREACHES, cash_context
from reporting.packs.glossary import acronyms_of, terms
from reporting.packs.models import Confidentiality
from reporting.packs.snapshot import Snapshot
from tech4value.figures import formats
from tech4value.figures.figure import Figure
from tech4value.figures.svg import PRINT
from tech4value.figures.svg.areas import heat_step

# What a page holds; what is beyond is counted under it.
LATE_ROWS: Final = 9
DUE_ROWS: Final = 9
RISK_ROWS: Final = 8
POLE_ROWS: Final = 10
BULLETS: Final = 6
PROJECT_MILESTONES: Final = 7
PROJECT_RISKS: Final = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """The rows that a page has room for, and how many more there are."""

    rows: tuple[Any, ...]
    more: int = 0

    @classmethod
    def first(cls, rows: Sequence[Any], most: int) -> "Shown":
        return cls(tuple(rows[:most]), max(0, len(rows) - most))


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure as it is printed: as on the screen."""

    label: str
    value: str
    delta: str
    sentiment: str
    note: str


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in the portfolio's table, and on its own page."""

    row: ProjectRow
    anchor: str
    weather: SafeString
    weather_word: str
    trend: SafeString
    trend_word: str
    history: SafeString
    phase: str
    method: str
    next_state: str = ""


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone with its state in a shape and a word."""

    row: MilestoneRow
    mark: SafeString
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A risk with its severity in a colour and a word."""

    row: RiskRow
    severity: str
    word: str


@dataclass(frozen=True, slots=True)
class LoadLine:
    """A pole's coming months: (words, fill, ink) of each cell."""

    pole: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """All that the page of a project shows."""

    line: ProjectLine
    milestones: Shown
    risks: Shown
    chart: SafeString


def html_of(snapshot: Snapshot) -> str:
    """The whole document, in its own language."""
    with translation.override(snapshot.language):
        context = context_of(snapshot)
        body = render_to_string("reporting/packs/pdf/body.html", context)
        shell = context | {"body": SafeString(body), "acronyms": acronyms_of(_visible(body)), "terms": terms()}
        html = render_to_string("reporting/packs/pdf/document.html", shell)
    # The typeface draws a narrow no-break space an eighth of an em wide: too thin between thousands.
    return html.replace(formats.THIN, formats.NBSP)


def _visible(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL))


def context_of(snapshot: Snapshot) -> dict[str, Any]:
    """What the templates draw. Called within the snapshot's language."""
    facts, language = snapshot.facts, snapshot.language
    lines = [_project_line(row, index, facts, language) for index, row in enumerate(facts.projects, 1)]
    late = [row for row in facts.milestones if row.is_late(facts.today)]
    due = [row for row in facts.milestones if not row.is_late(facts.today)]
    months = months_chart(facts, cumulative=True)
    bullets = budget_chart(facts)
    if bullets:
        bullets = replace(bullets, bullets=bullets.bullets[:BULLETS])
    return {
        "pack": snapshot,
        "facts": facts,
        "language": language,
        "unit": f"money:{facts.currency}",
        "confidentiality": _confidentiality(snapshot.confidentiality),
        "scope": [
            (label, name)
            for label, name in (
                (_("Pôle"), facts.filters.pole),
                (_("Programme"), facts.filters.programme),
                (_("Sponsor"), facts.filters.sponsor),
            )
            if name
        ],
        "taken_at": facts.taken_at.astimezone(ZoneInfo(snapshot.time_zone)),
        "weather": _weather_summary(facts),
        "sentences": sentences(facts),
        "figures": [_key_figure(fig, language) for fig in figures(facts)],
        "lines": lines,
        "months_chart": months and marks.drawing(months, language, width=520, height=230),
        "months_title": months.title if months else "",
        "poles_chart": bullets and marks.drawing(bullets, language, width=520, height=14 + 36 * len(bullets.bullets)),
        "poles_title": bullets.title if bullets else "",
        "poles": Shown.first(facts.poles, POLE_ROWS),
        "load_months": [cell.month for cell in facts.capacity[0].cells] if facts.capacity else [],
        "load": Shown.first([_load_line(pole, language) for pole in facts.capacity], POLE_ROWS),
        "late": Shown.first([_milestone_line(row, facts) for row in late], LATE_ROWS),
        "due": Shown.first([_milestone_line(row, facts) for row in due], DUE_ROWS),
        "risks": Shown.first([_risk_line(row) for row in facts.risks], RISK_ROWS),
        "matrix": _matrix(facts),
        "levels": LEVELS,
        "projects": [_project_page(line, facts, language) for line in lines],
        **cash_context(snapshot.cash, language),
        "cash_breaches": Shown.first(snapshot.cash.breaches if snapshot.cash else (), BREACHES),
    }


def _confidentiality(code: str) -> str:
    return str(Confidentiality(code).label) if code and code in Confidentiality.values else code


def _label(choices: Any, code: str) -> str:
    return str(choices(code).label) if code in choices.values else code


def _weather_summary(facts: PortfolioFacts) -> list[tuple[SafeString, int, str]]:
    counts = facts.weather
    shown = [
        (marks.weather(value), getattr(counts, value), str(Weather(value).label))
        for value in ("sunny", "cloudy", "rainy", "stormy")
    ]
    if counts.unknown:
        shown.append((SafeString(""), counts.unknown, _("Sans point d’avancement")))
    if counts.closed:
        shown.append((SafeString(""), counts.closed, _("Clôturés")))
    return shown


def _key_figure(fig: Figure, language: str) -> KeyFigure:
    """As the screen writes it: the same value, change and note."""
    return KeyFigure(
        label=fig.label,
        value=formats.in_unit(fig.value, fig.unit, language, compact=True),
        delta=_delta(fig, language),
        sentiment=fig.sentiment,
        note=fig.note,
    )


def _delta(fig: Figure, language: str) -> str:
    change = fig.delta
    if change is None:
        return ""
    if fig.unit == "percent":
        text = formats.points(change, language)
    else:
        text = formats.in_unit(change, fig.unit, language, compact=True, signed=True)
    word = _("en hausse") if change > 0 else _("en baisse") if change < 0 else _("stable")
    return f"{text} {word}"


def _project_line(row: ProjectRow, index: int, facts: PortfolioFacts, language: str) -> ProjectLine:
    return ProjectLine(
        row=row,
        anchor=f"project-{index}",
        weather=marks.weather(row.weather),
        weather_word=_label(Weather, row.weather),
        trend=marks.trend(row.trend),
        trend_word=_label(Trend, row.trend),
        history=marks.history(row.history, language),
        phase=_label(Phase, row.phase),
        method=_label(Method, row.method),
        next_state="late" if row.next_milestone and row.next_milestone.is_late(facts.today) else "",
    )


def _milestone_line(row: MilestoneRow, facts: PortfolioFacts) -> MilestoneLine:
    if row.actual_on is not None:
        return MilestoneLine(row, marks.status("closed"), _("Atteint"), "bad" if row.variance_days > 0 else "")
    if row.is_late(facts.today):
        state = _("En retard de %(days)s") % {"days": formats.days(row.days_late(facts.today), _language())}
        return MilestoneLine(row, marks.status("off_track"), state, "bad")
    if row.is_slipping():
        return MilestoneLine(row, marks.status("at_risk"), _("Reporté"), "bad")
    return MilestoneLine(row, marks.status("not_started"), _("À venir"), "")


def _language() -> str:
    return translation.get_language() or "fr"


def _risk_line(row: RiskRow) -> RiskLine:
    level = severity(row.score)
    return RiskLine(row, str(level), str(SEVERITY_LABELS[level]))


def _load_line(pole: PoleLoad, language: str) -> LoadLine:
    cells = []
    for cell in pole.cells:
        if cell.ratio is None:
            words = formats.fte(cell.load_fte, language) if cell.is_overload else formats.DASH
            fill, ink = PRINT.heat[5 if cell.is_overload else 0]
        else:
            words = formats.percent(cell.ratio, language)
            fill, ink = PRINT.heat[heat_step(float(cell.ratio))]
        cells.append((words, fill, ink))
    return LoadLine(pole.pole, tuple(cells))


def _matrix(facts: PortfolioFacts) -> list[tuple[int, list[tuple[str, int]]]]:
    """Rows from the most likely down: (severity, count) by impact."""
    counts = {(cell.probability, cell.impact): cell.count for cell in facts.matrix}
    return [(p, [(str(severity(p * i)), counts.get((p, i), 0)) for i in LEVELS]) for p in reversed(LEVELS)]


def _project_page(line: ProjectLine, facts: PortfolioFacts, language: str) -> ProjectPage:
    row = line.row
    chart = months_chart(replace(facts, months=row.months, money=row.money), cumulative=False)
    return ProjectPage(
        line=line,
        milestones=_project_milestones(row, facts),
        risks=Shown.first([_risk_line(risk) for risk in row.risks], PROJECT_RISKS),
        chart=marks.drawing(chart, language, width=520, height=236) if chart else SafeString(""),
    )


def _project_milestones(row: ProjectRow, facts: PortfolioFacts) -> Shown:
    """The late ones, then those to come, then the last met, as many as the page holds; in the order of dates."""
    pending = [one for one in row.milestones if one.actual_on is None]
    met = sorted((one for one in row.milestones if one.actual_on), key=lambda one: one.actual_on or one.due_on)
    late = [one for one in pending if one.is_late(facts.today)]
    coming = [one for one in pending if not one.is_late(facts.today)]
    chosen = [*late, *coming, *reversed(met)][:PROJECT_MILESTONES]
    chosen.sort(key=lambda one: (one.actual_on or one.due_on, one.name))
    return Shown(tuple(_milestone_line(one, facts) for one in chosen), max(0, len(row.milestones) - len(chosen)))
