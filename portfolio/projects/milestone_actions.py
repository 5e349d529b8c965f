"""Every write on milestones."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.people.validation import changed, cleaned, refuse_repeated, refuse_twin, values_of
from portfolio.projects.models import Milestone, Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, restore, update, update_many
from tech4value.tenancy.clock import today


def create_milestone(*, actor: Actor, project: Project, name: str, due_on: date, **fields: Any) -> Milestone:
    """A new milestone; what is promised (`baseline_on`) is the due date unless it is given."""
    row = Milestone(project=project, name=name.strip(), due_on=due_on, **fields)
    return create(actor, _checked(_promised(cleaned(row))))


def create_milestones(*, actor: Actor, values: Sequence[Mapping[str, Any]]) -> list[Milestone]:
    """Many milestones, of one project or several, in a few statements; the same rules as for one."""
    rows = [_promised(cleaned(Milestone(**one))) for one in values]
    keys = [(row.project_id, row.name) for row in rows]
    refuse_repeated(keys, "name", _("Un jalon figure deux fois dans le même projet : %(key)s."))
    held = set(
        Milestone.objects.filter(project__in={row.project_id for row in rows}).values_list("project_id", "name")
    )
    for row in rows:
        if (row.project_id, row.name) in held:
            raise ValidationError({"name": _taken(row)})
        _check_actual(row)
    return create_many(actor, rows)


def change_milestone(
    *, actor: Actor, milestone: Milestone, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change a milestone; its baseline moves only when it is among `values`. Returns whether anything differed."""
    candidate = _checked(changed(milestone, values))
    return update(actor, milestone, values_of(candidate, values), version=version)


def change_milestones(*, actor: Actor, changes: Sequence[tuple[Milestone, Mapping[str, Any]]]) -> list[Milestone]:
    """Change many milestones in a few statements, their names excepted; returns those that differed.

    The rows must have been read under a lock.
    """
    wanted = []
    for milestone, values in changes:
        candidate = changed(milestone, values)
        _check_actual(candidate)
        wanted.append((milestone, values_of(candidate, set(values) - {"name", "project"})))
    return update_many(actor, wanted)


def reach_milestone(*, actor: Actor, milestone: Milestone, on: date, version: int | None = None) -> bool:
    """The milestone was met on a date. Raises ValidationError for a date to come."""
    candidate = _checked(changed(milestone, {"actual_on": on}))
    return update(actor, milestone, {"actual_on": candidate.actual_on}, version=version, verb="milestone.reached")


def delete_milestone(*, actor: Actor, milestone: Milestone) -> None:
    """Take a milestone out of the project."""
    delete(actor, milestone)


def restore_milestone(*, actor: Actor, milestone: Milestone) -> None:
    """Bring a deleted milestone back."""
    _checked(milestone)
    restore(actor, milestone)


def _promised(milestone: Milestone) -> Milestone:
    if milestone.baseline_on is None:
        milestone.baseline_on = milestone.due_on
    return milestone


def _checked(milestone: Milestone) -> Milestone:
    refuse_twin(milestone, _taken(milestone), "project", "name")
    _check_actual(milestone)
    return milestone


def _check_actual(milestone: Milestone) -> None:
    if milestone.actual_on is not None and milestone.actual_on > today():
        raise ValidationError(
            {"actual_on": _("La date réelle est à venir : laissez-la vide et changez plutôt la date prévue.")}
        )


def _taken(milestone: Milestone) -> str:
    return _("Ce projet a déjà un jalon « %(name)s » : choisissez un autre nom.") % {"name": milestone.name}
