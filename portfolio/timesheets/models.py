"""Weeks of time, what was done in them, and the months that are closed."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portfolio.people.models import Person
from portfolio.planning.models import Task
from portfolio.projects.models import Project
from tech4value.tenancy.models import EditableModel


class Activity(models.TextChoices):
    """What is done for no project."""

    INTERNAL = "internal", _("Vie interne")
    TRAINING = "training", _("Formation")
    MANAGEMENT = "management", _("Management")
    SUPPORT = "support", _("Support")
    PRESALES = "presales", _("Avant-vente")
    OTHER = "other", _("Autre activité")


class SheetState(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    SUBMITTED = "submitted", _("Soumise")
    APPROVED = "approved", _("Approuvée")
    RETURNED = "returned", _("Renvoyée")


class Timesheet(EditableModel):
    """A person's week, named by its Monday."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="timesheets", verbose_name=_("personne")
    )
    week = models.DateField(_("semaine du"))
    state = models.CharField(_("état"), max_length=10, choices=SheetState, default=SheetState.DRAFT)
    # Why the last reviewer sent it back.
    reason = models.TextField(_("motif du renvoi"), blank=True)
    submitted_at = models.DateTimeField(_("soumise le"), null=True, blank=True)
    reviewed_by = models.CharField(_("relue par"), max_length=200, blank=True)
    reviewed_at = models.DateTimeField(_("relue le"), null=True, blank=True)

    class Meta(EditableModel.Meta):
        ordering = ["-week"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "week"], condition=models.Q(deleted_at=None), name="timesheet_once"
            ),
            models.CheckConstraint(condition=models.Q(week__iso_week_day=1), name="timesheet_monday"),
        ]
        indexes = [models.Index(fields=["tenant", "state", "week"], name="timesheet_state")]

    def __str__(self) -> str:
        return f"{self.person} {self.week:%d/%m/%Y}"


class TimesheetLine(EditableModel):
    """A row of a week: a task, a project as a whole, or an activity. `remaining_minutes` is what the person says is
    left to do on the task (None: nothing said)."""

    timesheet = models.ForeignKey(Timesheet, on_delete=models.CASCADE, related_name="lines")
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("projet")
    )
    task = models.ForeignKey(
        Task, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("tâche")
    )
    activity = models.CharField(_("activité"), max_length=10, choices=Activity, blank=True)
    remaining_minutes = models.PositiveIntegerField(_("reste à faire"), null=True, blank=True)

    class Meta(EditableModel.Meta):
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(project__isnull=False, activity="")
                | (models.Q(project=None, task=None) & ~models.Q(activity="")),
                name="timesheet_line_subject",
            ),
            models.UniqueConstraint(
                fields=["tenant", "timesheet", "task"],
                condition=models.Q(deleted_at=None, task__isnull=False),
                name="timesheet_line_task",
            ),
            models.UniqueConstraint(
                fields=["tenant", "timesheet", "project"],
                condition=models.Q(deleted_at=None, task=None, project__isnull=False),
                name="timesheet_line_project",
            ),
            models.UniqueConstraint(
                fields=["tenant", "timesheet", "activity"],
                condition=models.Q(deleted_at=None) & ~models.Q(activity=""),
                name="timesheet_line_activity",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The task's, the project's or the activity's."""
        if self.task is not None:
            return self.task.name
        return self.project.name if self.project is not None else str(Activity(self.activity).label)


class TimeEntry(EditableModel):
    """Minutes of one day on one line. A day that was emptied keeps its row, with no minutes: it still says who."""

    line = models.ForeignKey(TimesheetLine, on_delete=models.CASCADE, related_name="entries")
    day = models.DateField(_("jour"))
    minutes = models.PositiveIntegerField(_("temps"), default=0)

    class Meta(EditableModel.Meta):
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "line", "day"], condition=models.Q(deleted_at=None), name="time_entry_once"
            ),
            models.CheckConstraint(condition=models.Q(minutes__lte=1440), name="time_entry_day"),
        ]
        indexes = [models.Index(fields=["tenant", "day"], name="time_entry_by_day")]

    def __str__(self) -> str:
        return f"{self.line} {self.day:%d/%m/%Y}"


class PeriodLock(EditableModel):
    """A month (its first day) in which time is typed and changed no more."""

    month = models.DateField(_("mois"))
    locked_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(EditableModel.Meta):
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "month"], condition=models.Q(deleted_at=None), name="period_lock_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"


class TimeUnit(models.TextChoices):
    HOURS = "hours", _("Heures")
    DAYS = "days", _("Jours")


class Feed(models.TextChoices):
    """From when on time counts in plans and costs."""

    APPROVED = "approved", _("Les temps approuvés")
    SUBMITTED = "submitted", _("Les temps soumis ou approuvés")


class TimeSettings(EditableModel):
    """How an organisation keeps time. `staff_costs_from`: the month (its first day) from which the staff part of
    actual costs is time x rate; None, it is what is entered in the budgets."""

    unit = models.CharField(_("saisie en"), max_length=5, choices=TimeUnit, default=TimeUnit.HOURS)
    feed = models.CharField(_("temps comptés"), max_length=9, choices=Feed, default=Feed.APPROVED)
    reminds = models.BooleanField(_("rappeler les semaines non soumises"), default=True)
    staff_costs_from = models.DateField(_("coûts de personnel d’après les temps à partir de"), null=True, blank=True)

    class Meta(EditableModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant"], condition=models.Q(deleted_at=None), name="time_settings_once")
        ]

    def __str__(self) -> str:
        return str(_("Réglages des temps"))


class ProjectTimeSettings(EditableModel):
    """Who may enter time on a project: its team and assignees on their tasks, or anybody (`open_to_all`)."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="time_settings")
    open_to_all = models.BooleanField(
        _("ouvert à tous"),
        default=False,
        help_text=_("Toute personne peut saisir du temps sur ce projet et ses tâches, sans y être affectée."),
    )

    class Meta(EditableModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.project)
