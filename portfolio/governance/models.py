"""Project templates, what was made from them, the roles of a project and who answers for what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portfolio.governance.domain.reading import read_template
from portfolio.governance.domain.template import Template
from portfolio.people.models import Person
from portfolio.planning.models import Task
from portfolio.projects.models import Method, Project
from tech4value.tenancy.models import EditableModel


class ProjectTemplate(EditableModel):
    """A standard process of the tenant. The four sections are documents (`domain.template`): a project that is made
    from the template copies them, and nothing ties it to what the template becomes."""

    name = models.CharField(_("nom"), max_length=120)
    method = models.CharField(_("méthode"), max_length=10, choices=Method, default=Method.HYBRID)
    description = models.TextField(_("description"), blank=True, max_length=5000)
    when_to_use = models.TextField(_("quand l’utiliser"), blank=True, max_length=5000)
    is_archived = models.BooleanField(_("archivé"), default=False)
    # The key of the shipped template that it was copied from; empty for the tenant's own.
    source = models.CharField(max_length=40, blank=True, editable=False)
    lines = models.JSONField(_("plan"), default=list, blank=True)
    risks = models.JSONField(_("risques"), default=list, blank=True)
    roles = models.JSONField(_("rôles"), default=list, blank=True)
    budget = models.JSONField(_("budget"), default=list, blank=True)
    # What cards show; they follow from the sections.
    task_count = models.PositiveIntegerField(_("tâches"), default=0, editable=False)
    milestone_count = models.PositiveIntegerField(_("jalons"), default=0, editable=False)
    duration_days = models.PositiveIntegerField(_("durée en jours ouvrés"), default=0, editable=False)

    class Meta(EditableModel.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(deleted_at=None), name="project_template_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def document(self) -> Template:
        """The sections, read; they were checked when they were written."""
        return read_template({"lines": self.lines, "risks": self.risks, "roles": self.roles, "budget": self.budget})


class TemplateUse(EditableModel):
    """Which template, in which version, a project was made from; `batch_id` ties all that was made with it."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="template_use")
    template = models.ForeignKey(
        ProjectTemplate,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="uses",
        verbose_name=_("modèle"),
    )
    template_name = models.CharField(_("nom du modèle"), max_length=120)
    template_version = models.PositiveIntegerField(_("version du modèle"))
    batch_id = models.UUIDField(editable=False)

    class Meta(EditableModel.Meta):
        pass

    def __str__(self) -> str:
        return self.template_name


class TeamRole(EditableModel):
    """A role that a project needs, and who holds it (nobody yet: null)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="team_roles")
    name = models.CharField(_("rôle"), max_length=120)
    mission = models.TextField(_("mission"), blank=True, max_length=5000)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("personne")
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta(EditableModel.Meta):
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "name"], condition=models.Q(deleted_at=None), name="team_role_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Letter(models.TextChoices):
    """RACI. On a task of the plan, R is also who does it."""

    RESPONSIBLE = "R", _("Réalise")
    ACCOUNTABLE = "A", _("Répond du résultat")
    CONSULTED = "C", _("Consulté")
    INFORMED = "I", _("Informé")


class Responsibility(EditableModel):
    """The letter of a role on a line of the plan."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="responsibilities")
    role = models.ForeignKey(TeamRole, on_delete=models.CASCADE, related_name="responsibilities")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="responsibilities")
    letter = models.CharField(_("RACI"), max_length=1, choices=Letter)

    class Meta(EditableModel.Meta):
        indexes = [models.Index(fields=["tenant", "project"], name="responsibility_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "role", "task"], condition=models.Q(deleted_at=None), name="responsibility_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.role} · {self.task}"
