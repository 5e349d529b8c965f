"""The risk register."""

from datetime import date
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portfolio.people.models import Person
from portfolio.projects.models import Project
from portfolio.risks.domain import SEVERITY_SCORES, Severity, severity
from tech4value.tenancy.managers import LiveManager, TenantManager
from tech4value.tenancy.models import EditableModel
from tech4value.tenancy.sort_keys import folded

ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class RiskStatus(models.TextChoices):
    OPEN = "open", _("Ouvert")
    TREATED = "treated", _("En traitement")
    MITIGATED = "mitigated", _("Maîtrisé")
    CLOSED = "closed", _("Clos")


ACTIVE = (RiskStatus.OPEN, RiskStatus.TREATED)
SEVERITY_LABELS = {
    Severity.LOW: _("Faible"),
    Severity.MODERATE: _("Modéré"),
    Severity.HIGH: _("Élevé"),
    Severity.CRITICAL: _("Critique"),
}


class RiskQuerySet(models.QuerySet["Risk"]):
    """The register's questions."""

    def scored(self) -> Any:
        """With `score_value` (probability x impact), to filter and sort by."""
        return self.annotate(score_value=models.F("probability") * models.F("impact"))

    def of_severity(self, level: Severity) -> Any:
        """The risks of one severity band."""
        return self.scored().filter(score_value__range=SEVERITY_SCORES[level])

    def worst_first(self) -> Any:
        """By score, then impact, then the nearest due date (none comes last)."""
        due = models.F("due_on").asc(nulls_last=True)
        return self.scored().order_by("-score_value", "-impact", due, "reference", "id")

    def active(self) -> Any:
        """Open or being treated: what still threatens."""
        return self.filter(status__in=ACTIVE)

    def overdue(self, today: date) -> Any:
        """Active, and the due date of the mitigation is past."""
        return self.active().filter(due_on__lt=today)


class Risk(EditableModel):
    """What could go wrong, how likely (1-5) and how bad (1-5). Score = probability x impact, 1-25."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="risks")
    reference = models.CharField(_("référence"), max_length=20)
    title = models.CharField(_("risque"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    probability = models.PositiveSmallIntegerField(_("probabilité"), validators=ONE_TO_FIVE)
    impact = models.PositiveSmallIntegerField(_("impact"), validators=ONE_TO_FIVE)
    owner = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsable"),
    )
    due_on = models.DateField(_("échéance"), null=True, blank=True)
    mitigation = models.TextField(_("plan de maîtrise"), blank=True)
    status = models.CharField(_("statut"), max_length=10, choices=RiskStatus, default=RiskStatus.OPEN)
    sort_title = folded("title")

    objects: ClassVar[Any] = LiveManager.from_queryset(RiskQuerySet)()
    everything: ClassVar[Any] = TenantManager.from_queryset(RiskQuerySet)()

    class Meta(EditableModel.Meta):
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "reference"],
                condition=models.Q(deleted_at=None),
                name="risk_reference",
            ),
            models.CheckConstraint(
                condition=models.Q(probability__range=(1, 5)) & models.Q(impact__range=(1, 5)),
                name="risk_one_to_five",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def score(self) -> int:
        return self.probability * self.impact

    @property
    def severity(self) -> Severity:
        return severity(self.score)

    @property
    def severity_label(self) -> str:
        return str(SEVERITY_LABELS[self.severity])

    @property
    def is_open(self) -> bool:
        return self.status in ACTIVE

    def is_overdue(self, today: date) -> bool:
        """Whether the mitigation is late: still active after its due date."""
        return self.is_open and self.due_on is not None and self.due_on < today
