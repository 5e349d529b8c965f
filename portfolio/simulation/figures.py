"""The figures and charts of a simulation, each with what it is made of."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.projects.extensions import Fact
from portfolio.projects.models import Project
from portfolio.simulation.models import ProjectForecast
from portfolio.simulation.queries import DriverRow, Forecast
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.figures.chart import BarChart, LineChart, Series
from tech4value.figures.figure import Figure, Input, RowRef
from tech4value.figures.formats import calendar_days, date_short, number, percent

KEYS: Final = ("p50", "p80", "held", "promise")
SHOWN_DRIVERS: Final = 10


def _day(moment: datetime | None) -> int | None:
    return None if moment is None else moment.toordinal()


def figures_of(project: Project, forecast: Forecast) -> tuple[Figure, ...]:
    """P50 and P80 of the end, the certainty of the planned end and of the promised one."""
    row = forecast.row
    drivers = tuple(
        RowRef(
            one.name,
            one.high - one.low,
            reverse("risks:risk" if one.is_risk else "planning:task", args=[one.key]),
            source=_("Simulation"),
            unit="calendar_days",
        )
        for one in forecast.drivers
    )
    level = _(
        "Le plan est recalculé %(runs)s fois avec des durées et des risques tirés au sort. C’est la première date à "
        "laquelle %(share)s de ces plans sont finis."
    )

    def explain(key: str) -> str:
        return reverse("simulation:explain", args=[project.pk, key])

    def dated(key: str, label: str, moment: datetime | None, share: float, note: str) -> Figure:
        return Figure(
            key=key,
            label=label,
            value=_day(moment),
            unit="date",
            formula=level % {"runs": number(row.runs, language()), "share": percent(share, language())},
            inputs=(
                Input(_("Tirages"), row.runs),
                Input(_("Fin promise"), project.ends_on.toordinal(), "date"),
                Input(_("Fin prévue au plan"), _day(row.planned_at), "date"),
            ),
            rows=drivers,
            rows_url=reverse("simulation:project", args=[project.pk]),
            as_of=row.made_at,
            explain_url=explain(key),
            note=note,
        )

    held = float(row.held or 0)
    promised = forecast.share_by(project.ends_on)
    return (
        dated("p50", _("Fin à 50 % (P50)"), row.p50_at, 0.5, _("une chance sur deux")),
        dated("p80", _("Fin à 80 % (P80)"), row.p80_at, 0.8, gap_words(row.p80_at, project.ends_on)),
        Figure(
            key="held",
            label=_("Chances de tenir le plan"),
            value=held,
            unit="percent",
            formula=_("Part des plans tirés qui finissent au plus tard à la date de fin prévue au plan."),
            inputs=(
                Input(_("Tirages"), row.runs),
                Input(_("Fin prévue au plan"), _day(row.planned_at), "date"),
            ),
            rows=drivers,
            rows_url=reverse("simulation:project", args=[project.pk]),
            as_of=row.made_at,
            explain_url=explain("held"),
            note=_("fin prévue le %(day)s") % {"day": short(row.planned_at)},
        ),
        Figure(
            key="promise",
            label=_("Chances de tenir la promesse"),
            value=promised,
            unit="percent",
            formula=_("Part des plans tirés qui finissent au plus tard à la date de fin du projet."),
            inputs=(
                Input(_("Tirages"), row.runs),
                Input(_("Fin promise"), project.ends_on.toordinal(), "date"),
            ),
            rows=drivers,
            rows_url=reverse("simulation:project", args=[project.pk]),
            as_of=row.made_at,
            explain_url=explain("promise"),
            note=_("fin promise le %(day)s") % {"day": short(project.ends_on)},
        ),
    )


def language() -> str:
    """The reader's."""
    return get_language() or "fr"


def short(day: date | datetime | None) -> str:
    """A date as it is read."""
    return date_short(day.date() if isinstance(day, datetime) else day, language())


def gap_words(moment: datetime | None, promised: date) -> str:
    """How far P80 is from the promise, in words."""
    if moment is None:
        return ""
    gap = (moment.date() - promised).days
    if gap <= 0:
        return _("la promesse du %(day)s tient") % {"day": short(promised)}
    return _("%(gap)s après la promesse du %(day)s") % {"gap": calendar_days(gap, language()), "day": short(promised)}


def p80_of(project: Project) -> Figure | None:
    """P80 beside the promised date, over the plan; None before any simulation. One statement."""
    row = ProjectForecast.objects.filter(project=project, made_at__isnull=False).defer("data").first()
    if row is None:
        return None
    note = gap_words(row.p80_at, project.ends_on)
    return Figure(
        key="p80",
        label=_("Fin à 80 % (P80)"),
        value=_day(row.p80_at),
        unit="date",
        explain_url=reverse("simulation:explain", args=[project.pk, "p80"]),
        note=_("%(note)s ; le plan a changé depuis") % {"note": note} if row.is_stale else note,
    )


def fact_of(member: Membership, project: Project) -> Fact | None:
    """P80 among the landmarks of a project's summary."""
    figure = p80_of(project) if member.can(Permission.PLAN_VIEW) else None
    if figure is None:
        return None
    value = f"{short(date.fromordinal(int(figure.value or 1)))} ({figure.note})"
    return Fact(figure.label, value, reverse("simulation:project", args=[project.pk]))


def s_curve(project: Project, forecast: Forecast) -> LineChart:
    """The share of runs done, date by date."""
    first, last = forecast.curve[0].date(), forecast.curve[-1].date()
    step = max(((last - first).days + 29) // 30, 1)
    days = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + step, step)]
    marker = next((index for index, day in enumerate(days) if day >= project.ends_on), None)
    return LineChart(
        title=_("%(share)s de chances de finir le %(day)s ou avant")
        % {"share": percent(0.8, language()), "day": short(forecast.row.p80_at)},
        categories=tuple(short(day) for day in days),
        series=(Series(_("Chances d’avoir fini"), tuple(forecast.share_by(day) for day in days), "actual"),),
        unit="percent",
        marker=marker if project.ends_on >= first else None,
    )


def tornado(forecast: Forecast) -> BarChart | None:
    """What moves the end, from the shortest fifth of its draws to the longest, the longest swing first; None without
    any."""
    shown = forecast.drivers[:SHOWN_DRIVERS]
    if not shown:
        return None
    first = shown[0]
    return BarChart(
        title=_("« %(name)s » pèse le plus sur la date de fin") % {"name": first.name},
        categories=tuple(one.name for one in shown),
        series=(
            Series(_("Quand c’est court, ou que le risque n’arrive pas"), _each(shown, lambda one: one.low), "plan"),
            Series(_("Quand c’est long, ou que le risque arrive"), _each(shown, lambda one: one.high), "actual"),
        ),
        unit="calendar_days",
        stacked=True,
        horizontal=True,
    )


def _each(rows: tuple[DriverRow, ...], value: Callable[[DriverRow], float]) -> tuple[float, ...]:
    return tuple(round(value(row), 1) for row in rows)
