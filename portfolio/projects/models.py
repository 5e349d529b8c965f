"""Programmes, projects, their members, status reports and milestones."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.people.models import Person, Pole
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Scope
from tech4value.tenancy.managers import LiveManager, TenantManager
from tech4value.tenancy.models import EditableModel
from tech4value.tenancy.sort_keys import folded


class Programme(EditableModel):
    """Projects that serve one aim."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("nom"), max_length=120)
    manager = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("pôle ou programme", "responsable"),
    )
    sort_name = folded("name")

    class Meta(EditableModel.Meta):
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"], condition=models.Q(deleted_at=None), name="programme_code"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Method(models.TextChoices):
    AGILE = "agile", _("Agile")
    WATERFALL = "waterfall", _("Cascade")
    HYBRID = "hybrid", _("Hybride")


class Phase(models.TextChoices):
    IDEA = "idea", _("Idée")
    FRAMING = "framing", _("Cadrage")
    DELIVERY = "delivery", _("Réalisation")
    ROLLOUT = "rollout", _("Déploiement")
    CLOSED = "closed", _("Clôturé")


class Weather(models.TextChoices):
    SUNNY = "sunny", _("Ensoleillé")
    CLOUDY = "cloudy", _("Nuageux")
    RAINY = "rainy", _("Pluvieux")
    STORMY = "stormy", _("Orageux")


class Trend(models.TextChoices):
    UP = "up", _("En amélioration")
    FLAT = "flat", _("Stable")
    DOWN = "down", _("En dégradation")


class ProjectQuerySet(models.QuerySet["Project"]):
    """Look-ups are authorisation: views start from `visible_to`."""

    def visible_to(self, member: Membership, permission: Permission = Permission.PROJECT_VIEW) -> Any:
        """The projects on which `member` holds `permission` (all, one's own, or none)."""
        scope = member.scope(permission)
        if scope is Scope.ALL:
            return self
        if scope is None:
            return self.none()
        # A person in the bin keeps their account, not what it may see.
        person = Person.objects.filter(membership=member).values("pk")
        mine = models.Q(manager__in=person) | models.Q(sponsor__in=person)
        in_team = models.Q(pk__in=ProjectMember.objects.filter(person__in=person).values("project_id"))
        return self.filter(mine | in_team)


class Project(EditableModel):
    """What the portfolio is made of."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("nom"), max_length=160)
    pole = models.ForeignKey(Pole, on_delete=models.PROTECT, related_name="projects", verbose_name=_("pôle"))
    programme = models.ForeignKey(
        Programme,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("programme"),
    )
    sponsor = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sponsor")
    )
    manager = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("chef de projet"),
    )
    method = models.CharField(_("méthode"), max_length=10, choices=Method, default=Method.HYBRID)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase, default=Phase.FRAMING)
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin"))
    goal = models.TextField(_("objectif"), blank=True)
    # Beyond the plan's limit (see projects.surplus): read as before, changed by nobody.
    read_only = models.BooleanField(_("lecture seule"), default=False, db_default=False, editable=False)
    sort_name = folded("name")
    custom_fields = models.JSONField(default=dict, blank=True, editable=False)

    objects: ClassVar[Any] = LiveManager.from_queryset(ProjectQuerySet)()
    everything: ClassVar[Any] = TenantManager.from_queryset(ProjectQuerySet)()

    class Meta(EditableModel.Meta):
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"], condition=models.Q(deleted_at=None), name="project_code"
            ),
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="project_order"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectRole(models.TextChoices):
    MANAGER = "manager", _("Chef de projet")
    CONTRIBUTOR = "contributor", _("Contributeur")
    OBSERVER = "observer", _("Observateur")


class ProjectMember(EditableModel):
    """A person in a project, with a role that narrows or widens what they may do there."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="project_roles", verbose_name=_("personne")
    )
    role = models.CharField(_("rôle"), max_length=12, choices=ProjectRole, default=ProjectRole.CONTRIBUTOR)

    class Meta(EditableModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "person"],
                condition=models.Q(deleted_at=None),
                name="project_member_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"


class StatusReport(EditableModel):
    """The state of a project on a date, as its manager says it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="status_reports")
    reported_on = models.DateField(_("date du point"))
    weather = models.CharField(_("météo"), max_length=8, choices=Weather)
    trend = models.CharField(_("tendance"), max_length=5, choices=Trend, default=Trend.FLAT)
    comment = models.TextField(_("commentaire"), blank=True)
    author = models.CharField(_("auteur"), max_length=200, blank=True, editable=False)

    class Meta(EditableModel.Meta):
        ordering = ["-reported_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "reported_on"],
                condition=models.Q(deleted_at=None),
                name="status_report_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reported_on}"


class Milestone(EditableModel):
    """A dated promise: `due_on` is the forecast, `baseline_on` what was promised, `actual_on` when it was met."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    name = models.CharField(_("jalon"), max_length=160)
    due_on = models.DateField(_("date prévue"))
    baseline_on = models.DateField(_("date de référence"), null=True, blank=True)
    actual_on = models.DateField(_("date réelle"), null=True, blank=True)
    success_criterion = models.TextField(_("critère de réussite"), blank=True)
    owner = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsable"),
    )
    sort_name = folded("name")

    class Meta(EditableModel.Meta):
        ordering = ["due_on", "sort_name"]
        indexes = [models.Index(fields=["tenant", "project", "due_on"], name="milestone_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "name"],
                condition=models.Q(deleted_at=None),
                name="milestone_name",
            )
        ]

    def __str__(self) -> str:
        return self.name
