"""A plan as a table for a spreadsheet: one line a task, predecessors as they are typed."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portfolio.planning.models import ConstraintKind, TaskMode
from portfolio.planning.queries import PlanLine, plan_view
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.figures.formats import is_french
from tech4value.tables.columns import Column
from tech4value.tables.writing import csv_file

PER_HOUR = 60


def plan_csv(project: Project, language: str, member: Membership) -> tuple[bytes, int]:
    """The file as `member` may read it, and how many tasks it has. Durations are in days of the plan's calendar, work
    in hours."""
    view = plan_view(project, french=is_french(language), member=member)
    columns = [Column(key=f"c{rank}", label=label, value="") for rank, label in enumerate(_headings())]
    return csv_file(columns, _rows(view.lines, view.day_minutes), language), len(view.lines)


def _headings() -> list[str]:
    return [
        _("N°"),
        _("WBS"),
        _("Tâche"),
        _("Niveau"),
        _("Nature"),
        _("Planification"),
        _("Début"),
        _("Fin"),
        _("Durée (jours)"),
        _("Charge (heures)"),
        _("Avancement (%)"),
        _("Prédécesseurs"),
        _("Personnes"),
        _("Contrainte"),
        _("Date de contrainte"),
        _("Échéance"),
        _("Critique"),
        _("Marge totale (jours)"),
        _("Fin de référence"),
        _("Notes"),
    ]


def _rows(lines: Sequence[PlanLine], day: int) -> Iterator[list[Any]]:
    for line in lines:
        task = line.task
        yield [
            line.number,
            task.wbs,
            task.name,
            line.depth + 1,
            str(task.get_kind_display()),
            str(TaskMode(task.mode).label),
            task.starts_at,
            task.ends_at,
            _days(task.duration_minutes, day),
            _exact(Decimal(task.work_minutes) / PER_HOUR),
            _exact(task.percent_complete * 100),
            line.predecessors,
            "; ".join(_person(person.name, person.units) for person in line.people),
            str(ConstraintKind(task.constraint_kind).label),
            task.constraint_at,
            task.deadline_at,
            _("oui") if task.is_critical else _("non"),
            None if task.total_float_minutes is None else _days(task.total_float_minutes, day),
            line.baseline_ends_at,
            task.notes,
        ]


def _person(name: str, units: Decimal) -> str:
    return name if units == 1 else f"{name} [{_exact(units * 100):f}%]"


def _days(minutes: int, day: int) -> Decimal:
    return _exact(Decimal(minutes) / day)


def _exact(value: Decimal) -> Decimal:
    """To a hundredth, without trailing zeros nor an exponent."""
    rounded = round(value, 2).normalize()
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded
