"""The rules of an organisation, and the alerts that they raised."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portfolio.drift.domain import DriftKind
from portfolio.planning.models import Task
from portfolio.projects.models import Milestone, Project
from tech4value.tenancy.models import EditableModel

KINDS = [
    (DriftKind.MILESTONE_LATE.value, _("Jalon prévu après sa promesse")),
    (DriftKind.LOW_FLOAT.value, _("Marge insuffisante")),
    (DriftKind.NO_PROGRESS.value, _("Tâche sans avancement")),
]
LONGEST = 365


class DriftRule(EditableModel):
    """What an organisation has changed of one rule; the others are as `rules.DEFAULTS` says."""

    kind = models.CharField(_("règle"), max_length=20, choices=KINDS)
    is_active = models.BooleanField(_("active"), default=True)
    threshold_days = models.PositiveSmallIntegerField(_("seuil en jours"), validators=[MaxValueValidator(LONGEST)])
    tell_manager = models.BooleanField(_("chef de projet"), default=True)
    tell_sponsor = models.BooleanField(_("sponsor"), default=False)
    tell_owner = models.BooleanField(_("responsable ou personnes affectées"), default=False)
    tell_pmo = models.BooleanField(_("PMO"), default=True)
    tell_executives = models.BooleanField(_("dirigeants"), default=False)

    class Meta(EditableModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind"], condition=models.Q(deleted_at=None), name="drift_rule_once"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class DriftAlert(EditableModel):
    """One drift, from the day it was seen to the day it ended (`closed_on`). Nobody edits it: rules do.

    `days` is its measure now (see domain.Drift), followed without an event; what it was when it opened is in the
    journal. Of `task` and `milestone`, one is given.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="drift_alerts")
    kind = models.CharField(_("règle"), max_length=20, choices=KINDS)
    name = models.CharField(_("objet"), max_length=255)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, related_name="drift_alerts")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, null=True, related_name="drift_alerts")
    threshold_days = models.PositiveSmallIntegerField(_("seuil en jours"))
    days = models.IntegerField(_("jours"))
    promised_on = models.DateField(_("promis le"), null=True)
    forecast_on = models.DateField(_("prévu le"), null=True)
    opened_on = models.DateField(_("depuis le"))
    closed_on = models.DateField(_("terminée le"), null=True)

    class Meta(EditableModel.Meta):
        ordering = ["-opened_on", "-id"]
        indexes = [models.Index(fields=["tenant", "project", "closed_on"], name="drift_alert_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "task"],
                condition=models.Q(closed_on=None, deleted_at=None),
                name="drift_alert_task",
            ),
            models.UniqueConstraint(
                fields=["tenant", "kind", "milestone"],
                condition=models.Q(closed_on=None, deleted_at=None),
                name="drift_alert_milestone",
            ),
            models.CheckConstraint(
                condition=models.Q(task=None, milestone__isnull=False) | models.Q(task__isnull=False, milestone=None),
                name="drift_alert_object",
            ),
        ]

    def __str__(self) -> str:
        return self.name
