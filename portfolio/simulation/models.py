"""What is uncertain in a plan, and what its last simulation found."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portfolio.planning.fields import WallClockField
from portfolio.planning.models import Task
from portfolio.projects.models import Project
from portfolio.risks.models import Risk
from tech4value.jobs.models import Job
from tech4value.tenancy.models import EditableModel, TenantModel

LONGEST_DAYS = 3650
OF_PLANNED = [MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(20))]


class Law(models.TextChoices):
    PERT = "pert", _("PERT-bêta")
    TRIANGULAR = "triangular", _("Triangulaire")


class CorrelationBy(models.TextChoices):
    NONE = "none", _("Aucune")
    CLASS = "class", _("Par classe de tâches")
    PERSON = "person", _("Par personne affectée")


class EstimateClass(EditableModel):
    """Three points for the tasks of one kind, as shares of their planned duration."""

    name = models.CharField(_("nom"), max_length=80)
    optimistic = models.DecimalField(
        _("optimiste"), validators=OF_PLANNED, default=Decimal("0.9"), max_digits=5, decimal_places=3
    )
    likely = models.DecimalField(
        _("probable"), validators=OF_PLANNED, default=Decimal(1), max_digits=5, decimal_places=3
    )
    pessimistic = models.DecimalField(
        _("pessimiste"), validators=OF_PLANNED, default=Decimal("1.5"), max_digits=5, decimal_places=3
    )

    class Meta(EditableModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(deleted_at=None), name="estimate_class_name"
            ),
            models.CheckConstraint(
                condition=models.Q(optimistic__lte=models.F("likely"), likely__lte=models.F("pessimistic")),
                name="estimate_class_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SimulationSettings(EditableModel):
    """How a project is simulated."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="simulation")
    default_class = models.ForeignKey(
        EstimateClass,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("classe des tâches sans estimation"),
    )
    law = models.CharField(_("loi"), max_length=10, choices=Law, default=Law.PERT)
    correlation_by = models.CharField(
        _("corrélation"), max_length=6, choices=CorrelationBy, default=CorrelationBy.CLASS
    )
    correlation = models.DecimalField(
        _("force de la corrélation"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.3"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal("0.95"))],
    )
    runs = models.PositiveIntegerField(
        _("nombre de tirages"), default=10_000, validators=[MinValueValidator(100), MaxValueValidator(50_000)]
    )
    seed = models.PositiveIntegerField(_("graine"), default=1, validators=[MaxValueValidator(2_000_000_000)])

    class Meta(EditableModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.project)


class TaskEstimate(EditableModel):
    """What is said of one task: its class, or three durations of its own in working minutes."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="estimates")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="estimates", verbose_name=_("tâche"))
    estimate_class = models.ForeignKey(
        EstimateClass, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("classe")
    )
    optimistic_minutes = models.PositiveIntegerField(_("optimiste"), null=True, blank=True)
    likely_minutes = models.PositiveIntegerField(_("probable"), null=True, blank=True)
    pessimistic_minutes = models.PositiveIntegerField(_("pessimiste"), null=True, blank=True)

    class Meta(EditableModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "task"], condition=models.Q(deleted_at=None), name="task_estimate_once"
            ),
            models.CheckConstraint(
                condition=models.Q(optimistic_minutes=None, likely_minutes=None, pessimistic_minutes=None)
                | models.Q(
                    optimistic_minutes__lte=models.F("likely_minutes"),
                    likely_minutes__lte=models.F("pessimistic_minutes"),
                ),
                name="task_estimate_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.task)


class RiskEffect(EditableModel):
    """What a risk does to the plan when it happens. Without a task it delays the whole project.

    `tasks` holds keys, sorted: those of tasks that are no longer in the plan say nothing.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="risk_effects")
    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="effects", verbose_name=_("risque"))
    tasks = models.JSONField(_("tâches touchées"), default=list, blank=True)
    probability = models.DecimalField(
        _("probabilité"),
        max_digits=4,
        decimal_places=3,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )
    days = models.DecimalField(
        _("effet en jours"),
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(LONGEST_DAYS))],
    )

    class Meta(EditableModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "risk"], condition=models.Q(deleted_at=None), name="risk_effect_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.risk)


class ProjectForecast(TenantModel):
    """Of each project that was simulated: the state of its plan, its job, and what the last simulation found.

    `revision` counts changes of the plan or its estimates; `made_of` is the one that the result was made of. Written
    by the system, without events: it follows from the rest. `data` holds what `queries.read` gives back.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="forecast")
    revision = models.PositiveIntegerField(default=1)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    made_of = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(null=True)
    runs = models.PositiveIntegerField(default=0)
    planned_at = WallClockField(null=True)
    held = models.DecimalField(max_digits=6, decimal_places=5, null=True)
    p10_at = WallClockField(null=True)
    p50_at = WallClockField(null=True)
    p80_at = WallClockField(null=True)
    p90_at = WallClockField(null=True)
    data = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.project)

    @property
    def is_stale(self) -> bool:
        """Whether the plan has changed since the result was made."""
        return self.made_of is not None and self.made_of != self.revision
