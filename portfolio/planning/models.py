"""The plan of a project: tasks, dependencies, assignments, baselines."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.people.models import Person, WorkCalendar
from portfolio.planning.fields import WallClockField
from portfolio.projects.models import Milestone, Project
from tech4value.tenancy.models import EditableModel, TenantModel
from tech4value.tenancy.sort_keys import folded

SHARE = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))]


class TaskKind(models.TextChoices):
    TASK = "task", _("Tâche")
    SUMMARY = "summary", _("Récapitulatif")
    MILESTONE = "milestone", _("Jalon")


class TaskMode(models.TextChoices):
    AUTO = "auto", _("Automatique")
    MANUAL = "manual", _("Manuelle")


class ConstraintKind(models.TextChoices):
    ASAP = "asap", _("Dès que possible")
    ALAP = "alap", _("Le plus tard possible")
    SNET = "snet", _("Début au plus tôt le")
    SNLT = "snlt", _("Début au plus tard le")
    FNET = "fnet", _("Fin au plus tôt le")
    FNLT = "fnlt", _("Fin au plus tard le")
    MSO = "mso", _("Doit commencer le")
    MFO = "mfo", _("Doit finir le")


class EffortType(models.TextChoices):
    """What stays when work = duration x units is kept."""

    DURATION = "duration", _("Durée fixe")
    UNITS = "units", _("Affectation fixe")
    WORK = "work", _("Charge fixe")


class PlanSettings(EditableModel):
    """What governs a project's plan: its calendar and its data date."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="plan")
    calendar = models.ForeignKey(
        WorkCalendar,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("calendrier"),
    )
    data_date = models.DateField(_("date d’état"), null=True, blank=True)

    class Meta(EditableModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.project)


class Task(EditableModel):
    """A line of the plan. Instants are wall-clock in the project's calendar, durations whole working minutes."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks")
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("tâche mère"),
    )
    # Order among all tasks of the project (depth-first), and the code that follows from it.
    position = models.PositiveIntegerField(_("position"), default=0)
    wbs = models.CharField(_("WBS"), max_length=60, blank=True, editable=False)
    name = models.CharField(_("tâche"), max_length=255)
    kind = models.CharField(_("nature"), max_length=10, choices=TaskKind, default=TaskKind.TASK)
    mode = models.CharField(_("planification"), max_length=6, choices=TaskMode, default=TaskMode.AUTO)
    starts_at = WallClockField(_("début"))
    ends_at = WallClockField(_("fin"))
    duration_minutes = models.PositiveIntegerField(_("durée"), default=0)
    work_minutes = models.PositiveIntegerField(_("charge"), default=0)
    effort_type = models.CharField(_("type d’effort"), max_length=8, choices=EffortType, default=EffortType.DURATION)
    # None: the plan's.
    calendar = models.ForeignKey(
        WorkCalendar,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("calendrier"),
    )
    percent_complete = models.DecimalField(
        _("avancement"), max_digits=5, decimal_places=4, default=Decimal(0), validators=SHARE
    )
    constraint_kind = models.CharField(
        _("contrainte"), max_length=4, choices=ConstraintKind, default=ConstraintKind.ASAP
    )
    constraint_at = WallClockField(_("date de contrainte"), null=True, blank=True)
    deadline_at = WallClockField(pgettext_lazy("tâche", "échéance"), null=True, blank=True)
    actual_start_at = WallClockField(null=True, blank=True)
    actual_end_at = WallClockField(null=True, blank=True)
    # Of the time that people spent (portfolio.timesheets). What is left is None until one of them says it: it is then
    # the work less what was done.
    actual_work_minutes = models.PositiveIntegerField(_("charge réalisée"), default=0, db_default=0, editable=False)
    remaining_work_minutes = models.PositiveIntegerField(_("reste à faire"), null=True, editable=False)
    # Written by the scheduler. Work that the data date has split stops at `stops_at` and goes on at `resumes_at`;
    # `conflicts` are what the plan asks of the task and cannot have: [code, id of the other task or "", minutes]
    # (domain.conflicts).
    total_float_minutes = models.IntegerField(null=True, editable=False)
    free_float_minutes = models.IntegerField(null=True, editable=False)
    is_critical = models.BooleanField(default=False, editable=False)
    stops_at = WallClockField(null=True, editable=False)
    resumes_at = WallClockField(null=True, editable=False)
    conflicts = models.JSONField(default=list, blank=True, editable=False)
    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("jalon du projet"),
    )
    notes = models.TextField(_("notes"), blank=True)
    sort_name = folded("name")
    custom_fields = models.JSONField(default=dict, blank=True, editable=False)

    class Meta(EditableModel.Meta):
        ordering = ["position"]
        indexes = [models.Index(fields=["tenant", "project", "position"], name="task_position")]

    def __str__(self) -> str:
        return self.name

    @property
    def work_left_minutes(self) -> int:
        """What is left to do: as it was said, else the work less what was done."""
        if self.remaining_work_minutes is not None:
            return self.remaining_work_minutes
        return max(0, self.work_minutes - self.actual_work_minutes)


class DependencyKind(models.TextChoices):
    FS = "FS", _("Fin → début")
    SS = "SS", _("Début → début")
    FF = "FF", _("Fin → fin")
    SF = "SF", _("Début → fin")


class LagUnit(models.TextChoices):
    WORKING = "working", _("temps ouvré")
    ELAPSED = "elapsed", _("temps calendaire")
    PERCENT = "percent", _("pourcentage de la durée du prédécesseur")


class Dependency(EditableModel):
    """A link between two tasks. `lag` is signed: minutes, or hundredths of a percent for PERCENT.

    `project` is the successor's. The predecessor may be a task of another project, which `predecessor_project` then
    is (None otherwise): such a link sleeps while that task or that project is in the bin.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="dependencies")
    predecessor_project = models.ForeignKey(
        Project, on_delete=models.CASCADE, null=True, blank=True, editable=False, related_name="awaited_dependencies"
    )
    predecessor = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="successor_links")
    successor = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="predecessor_links")
    kind = models.CharField(_("type"), max_length=2, choices=DependencyKind, default=DependencyKind.FS)
    lag = models.IntegerField(_("décalage"), default=0)
    lag_unit = models.CharField(max_length=8, choices=LagUnit, default=LagUnit.WORKING)

    class Meta(EditableModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "project"], name="dependency_project"),
            models.Index(
                fields=["tenant", "predecessor_project"],
                condition=models.Q(predecessor_project__isnull=False),
                name="dependency_across",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "predecessor", "successor"],
                condition=models.Q(deleted_at=None),
                name="dependency_once",
            ),
            models.CheckConstraint(condition=~models.Q(predecessor=models.F("successor")), name="dependency_self"),
        ]

    def __str__(self) -> str:
        # Whoever reads the journal of a plan, or its bin, may not see the project that it waits for.
        one = self.predecessor if self.predecessor_project_id is None else _("Tâche d’un autre projet")
        return f"{one} {self.kind} {self.successor}"


class Assignment(EditableModel):
    """A person on a task. `units` 1 is full time."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assignments")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("personne")
    )
    units = models.DecimalField(
        _("affectation"),
        max_digits=5,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10))],
    )
    work_minutes = models.PositiveIntegerField(_("charge"), default=0)

    class Meta(EditableModel.Meta):
        indexes = [models.Index(fields=["tenant", "project"], name="assignment_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "task", "person"],
                condition=models.Q(deleted_at=None),
                name="assignment_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.task}"


class Baseline(EditableModel):
    """The plan as it was on a day, frozen."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="baselines")
    name = models.CharField(_("nom"), max_length=120)
    taken_on = models.DateField(_("figée le"))

    class Meta(EditableModel.Meta):
        ordering = ["-taken_on", "-id"]

    def __str__(self) -> str:
        return self.name


class BaselineTask(TenantModel):
    """A task's dates and work in a baseline."""

    baseline = models.ForeignKey(Baseline, on_delete=models.CASCADE, related_name="tasks")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="baselines")
    starts_at = WallClockField()
    ends_at = WallClockField()
    duration_minutes = models.PositiveIntegerField(default=0)
    work_minutes = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "baseline", "task"], name="baseline_task_once")]

    def __str__(self) -> str:
        return f"{self.task}"
