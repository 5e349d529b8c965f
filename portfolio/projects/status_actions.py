"""Every write on status reports: one per project and date."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.people.validation import changed, cleaned, refuse_repeated, refuse_twin, values_of
from portfolio.projects.models import Project, StatusReport
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, restore, update
from tech4value.tenancy.clock import today


def publish_status(*, actor: Actor, project: Project, reported_on: date, **fields: Any) -> StatusReport:
    """The state of `project` on a date: `weather`, and `trend` and `comment` if given. Published again on the same
    date, it replaces what was said. Raises ValidationError for a date to come.
    """
    report = _checked(
        cleaned(StatusReport(project=project, reported_on=reported_on, author=_author(actor), **fields))
    )
    held = StatusReport.objects.filter(project=project, reported_on=report.reported_on).first()
    if held is None:
        return create(actor, report)
    said = values_of(report, fields)
    if any(getattr(held, name) != value for name, value in said.items()):
        update(actor, held, {**said, "author": report.author})
    return held


def publish_statuses(*, actor: Actor, values: Sequence[Mapping[str, Any]]) -> list[StatusReport]:
    """Many reports, of one project or several: those of new dates in a few statements, the others replaced."""
    rows = [_checked(cleaned(StatusReport(author=_author(actor), **one))) for one in values]
    keys = [(row.project_id, row.reported_on) for row in rows]
    refuse_repeated(keys, "reported_on", _("Deux points d’avancement portent la même date : %(key)s."))
    held = {
        (report.project_id, report.reported_on): report
        for report in StatusReport.objects.filter(project__in={row.project_id for row in rows})
    }
    for one, row in zip(values, rows, strict=True):
        if (report := held.get((row.project_id, row.reported_on))) is not None:
            update(actor, report, values_of(row, set(one) - {"project", "reported_on"}))
    create_many(actor, [row for row in rows if (row.project_id, row.reported_on) not in held])
    return [held.get((row.project_id, row.reported_on), row) for row in rows]


def change_status(
    *, actor: Actor, report: StatusReport, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Correct a published report; returns whether anything differed."""
    candidate = _checked(changed(report, values))
    refuse_twin(
        candidate, _("Un point d’avancement porte déjà cette date : modifiez-le plutôt."), "project", "reported_on"
    )
    return update(actor, report, values_of(candidate, values), version=version)


def delete_status(*, actor: Actor, report: StatusReport) -> None:
    """Withdraw a report."""
    delete(actor, report)


def restore_status(*, actor: Actor, report: StatusReport) -> None:
    """Bring a withdrawn report back."""
    refuse_twin(
        report, _("Un point d’avancement porte déjà cette date : modifiez-le plutôt."), "project", "reported_on"
    )
    restore(actor, report)


def _author(actor: Actor) -> str:
    return actor.label[:200]


def _checked(report: StatusReport) -> StatusReport:
    if report.reported_on > today():
        raise ValidationError(
            {
                "reported_on": _(
                    "Un point d’avancement ne porte pas de date à venir : choisissez aujourd’hui ou avant."
                )
            }
        )
    return report
