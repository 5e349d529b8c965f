"""The figures of a plan, each with what it is made of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.planning.queries import PlanLine, PlanView
from tech4value.audit.origins import origins
from tech4value.figures.figure import Figure, Input, RowRef, Value
from tech4value.web import formats

SHOWN = 50


def plan_figures(view: PlanView, today: date) -> tuple[Figure, ...]:
    """Progress against where it should be, tasks late on the baseline, critical tasks, conflicts."""
    return (_progress(view, today), _late(view), _critical(view), _conflicts(view))


def with_sources(figure: Figure, view: PlanView) -> Figure:
    """The figure, whose rows say where they came from. One statement."""
    known = origins(line.task.pk for line in view.lines)
    by_label = {_label(line): known.get(line.task.pk, "") for line in view.lines}
    rows = tuple(replace(row, source=by_label.get(row.label, "")) for row in figure.rows)
    return replace(figure, rows=rows, source=", ".join(sorted({name for name in known.values() if name})))


def _progress(view: PlanView, today: date) -> Figure:
    tasks = [line for line in view.lines if not line.is_summary and line.task.duration_minutes]
    total = sum(line.task.duration_minutes for line in tasks)
    due = sum(_due_minutes(view, line, today) for line in tasks)
    return Figure(
        key="progress",
        label=_("Avancement"),
        value=view.progress,
        unit="percent",
        formula=_("Somme des durées × avancement ÷ somme des durées, récapitulatifs exclus."),
        inputs=(
            Input(_("Durée totale"), total / view.day_minutes, "days"),
            Input(_("Durée qui devrait être faite aujourd’hui, d’après la référence"), due / view.day_minutes, "days")
            if view.baseline
            else Input(_("Durée qui devrait être faite aujourd’hui"), due / view.day_minutes, "days"),
        ),
        rows=_rows(view, tasks, lambda line: line.task.percent_complete),
        target=due / total if total else None,
        good_when="up",
        **_common(view, "progress"),
    )


def _due_minutes(view: PlanView, line: PlanLine, today: date) -> float:
    """The minutes of `line` that should be done before `today`: its working time elapsed, on the dates that were
    promised (the baseline's) where there are any, in proportion of its duration now."""
    row = view.frozen.get(line.task.pk)
    starts_at, ends_at = (row.starts_at, row.ends_at) if row else (line.task.starts_at, line.task.ends_at)
    now = datetime.combine(today, time.min)
    if now >= ends_at:
        return line.task.duration_minutes
    if now <= starts_at:
        return 0
    whole = view.calendar.working_minutes_between(starts_at, ends_at)
    done = view.calendar.working_minutes_between(starts_at, now)
    return line.task.duration_minutes * done / whole if whole else 0


def _late(view: PlanView) -> Figure:
    late = sorted(
        (line for line in view.lines if line.late_days > 0 and not line.is_summary), key=lambda line: -line.late_days
    )
    return Figure(
        key="late",
        label=_("Tâches après leur référence"),
        value=view.late if view.baseline else None,
        formula=_("Tâches dont la fin est après celle de la référence, et de combien de jours calendaires."),
        inputs=(Input(_("Tâches comparées"), len(view.frozen)),),
        rows=_rows(view, late, lambda line: 1),
        note=str(view.baseline) if view.baseline else _("aucune référence figée"),
        good_when="down",
        **_common(view, "late"),
    )


def _critical(view: PlanView) -> Figure:
    critical = [line for line in view.lines if line.task.is_critical and not line.is_summary]
    return Figure(
        key="critical",
        label=_("Tâches critiques"),
        value=len(critical),
        formula=_("Tâches sans marge : tout retard sur l’une d’elles retarde la fin du projet."),
        inputs=(Input(_("Tâches du plan"), sum(1 for line in view.lines if not line.is_summary)),),
        rows=_rows(view, critical, lambda line: 1),
        **_common(view, "critical"),
    )


def _conflicts(view: PlanView) -> Figure:
    found = [line for line in view.lines if line.task.conflicts]
    return Figure(
        key="conflicts",
        label=_("Tâches en conflit"),
        value=len(found),
        formula=_(
            "Tâches dont une contrainte, un lien, une échéance ou une date posée à la main ne peuvent être tenus "
            "ensemble ; leur fiche dit lesquels."
        ),
        inputs=(Input(_("Tâches du plan"), sum(1 for line in view.lines if not line.is_summary)),),
        rows=_rows(view, found, lambda line: len(line.task.conflicts)),
        good_when="down",
        **_common(view, "conflicts"),
    )


def _rows(view: PlanView, lines: list[PlanLine], value: Callable[[PlanLine], Value]) -> tuple[RowRef, ...]:
    return tuple(
        RowRef(_label(line), value(line), reverse("planning:task", args=[line.task.pk])) for line in lines[:SHOWN]
    )


def _label(line: PlanLine) -> str:
    """The line as a row of an explanation; a late one says by how much."""
    name = f"{line.number}. {line.task.name}"
    if line.late_days <= 0:
        return name
    return f"{name} ({formats.calendar_days(line.late_days, get_language() or 'fr', signed=True)})"


def _common(view: PlanView, key: str) -> dict[str, Any]:
    url = reverse("planning:explain", args=[view.project.pk, key])
    query = f"?baseline={view.baseline.pk}" if view.baseline else ""
    return {
        "explain_url": f"{url}{query}",
        "rows_url": reverse("planning:project", args=[view.project.pk]),
        "as_of": max((line.task.updated_at for line in view.lines), default=None),
    }
