"""Baselines: the plan as it was on a day, frozen."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.people.validation import cleaned
from portfolio.planning.models import Baseline, BaselineTask, Task
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, create_many, delete, restore
from tech4value.tenancy.clock import today
from tech4value.web.formats import date_short


@transaction.atomic
def take_baseline(*, actor: Actor, project: Project, name: str = "", taken_on: date | None = None) -> Baseline:
    """Freeze the dates and the work of every task, as of today unless `taken_on` says otherwise.

    Raises ValidationError for a plan without tasks, or a name that the project's baselines already have.
    """
    tasks = list(Task.objects.filter(project=project))
    if not tasks:
        raise ValidationError(_("Ce plan n’a pas encore de tâche : créez-en une avant de figer une référence."))
    day = taken_on or actor.effective_on or today()
    name = name.strip() or _("Référence du %(day)s") % {"day": date_short(day, "fr")}
    if Baseline.objects.filter(project=project, name=name).exists():
        raise ValidationError(
            {"name": _("Une référence « %(name)s » existe déjà : choisissez un autre nom.") % {"name": name}}
        )
    baseline = create(actor, cleaned(Baseline(project=project, name=name, taken_on=day)))
    create_many(
        actor,
        [
            BaselineTask(
                baseline=baseline,
                task=task,
                starts_at=task.starts_at,
                ends_at=task.ends_at,
                duration_minutes=task.duration_minutes,
                work_minutes=task.work_minutes,
            )
            for task in tasks
        ],
    )
    return baseline


def delete_baseline(*, actor: Actor, baseline: Baseline) -> None:
    """Put a baseline in the bin; the dates that it froze stay with it."""
    delete(actor, baseline)


def restore_baseline(*, actor: Actor, baseline: Baseline) -> None:
    """Bring a deleted baseline back."""
    restore(actor, baseline)
