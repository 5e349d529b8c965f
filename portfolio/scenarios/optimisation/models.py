"""Studies: which projects to do and when, under which limits, and what the last search answered."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tech4value.jobs.models import Job
from tech4value.tenancy.models import EditableModel, TenantModel
from tech4value.tenancy.sort_keys import folded

MOST_MONTHS = 36
MOST_SECONDS = 60
WEIGHT = [MaxValueValidator(100)]


class Grouping(models.TextChoices):
    """Whose free time limits the choice."""

    PROFILE = "profile", _("Profils")
    SKILL = "skill", _("Compétences")
    POLE = "pole", _("Pôles")
    NONE = "none", _("Aucune limite")


class OptimisationStudy(EditableModel):
    """A question: the candidates may begin in any of `months` months from `first_month`.

    JSON: `budgets` are amounts by fiscal year; `projects` what is said of each candidate, by the project's key:
    alignment (0-10) and npv as texts, role (free, mandatory, left_out), not_before (a month); `rules` are
    [kind, project, other project, months]: exclusive, or requires (the other one has ended so many months before).
    Projects that are no longer candidates are not counted.
    """

    name = models.CharField(_("étude"), max_length=120)
    first_month = models.DateField(_("premier mois"))
    months = models.PositiveSmallIntegerField(
        _("mois de départ possibles"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
    )
    grouping = models.CharField(_("capacité limitée par"), max_length=8, choices=Grouping, default=Grouping.PROFILE)
    capacity_share = models.DecimalField(
        _("part de la capacité libre"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.05")), MaxValueValidator(Decimal(2))],
    )
    weight_alignment = models.PositiveSmallIntegerField(_("poids de l’alignement"), default=50, validators=WEIGHT)
    weight_npv = models.PositiveSmallIntegerField(_("poids de la VAN"), default=30, validators=WEIGHT)
    weight_risk = models.PositiveSmallIntegerField(_("poids du risque"), default=20, validators=WEIGHT)
    delay_cost = models.DecimalField(
        _("coût d’un mois d’attente"),
        max_digits=5,
        decimal_places=4,
        default=Decimal("0.01"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal("0.2"))],
    )
    alignment_field = models.CharField(_("champ de l’alignement"), max_length=40, blank=True)
    seconds = models.PositiveSmallIntegerField(
        _("temps de recherche"), default=10, validators=[MinValueValidator(1), MaxValueValidator(MOST_SECONDS)]
    )
    budgets = models.JSONField(_("budgets"), default=dict, blank=True)
    projects = models.JSONField(_("projets"), default=dict, blank=True)
    rules = models.JSONField(_("règles"), default=list, blank=True)
    sort_name = folded("name")

    class Meta(EditableModel.Meta):
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(deleted_at=None), name="optimisation_study_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AnswerState(models.TextChoices):
    """How the last search ended."""

    NONE = "none", _("À lancer")
    PROVED = "proved", _("Optimum prouvé")
    GAP = "gap", _("Écart annoncé")
    INFEASIBLE = "infeasible", _("Sans solution")


class StudyAnswer(TenantModel):
    """What the last search of a study found, and the job that looks for it. Written by the system, without events: it
    follows from the rest. `made_of` is the study's version that it answers; `data` is what `answers` writes."""

    study = models.OneToOneField(OptimisationStudy, on_delete=models.CASCADE, related_name="answer")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(_("résultat"), max_length=10, choices=AnswerState, default=AnswerState.NONE)
    made_of = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(null=True)
    chosen = models.PositiveIntegerField(default=0)
    candidates = models.PositiveIntegerField(default=0)
    value = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    bound = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    data = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.study)

    @property
    def is_stale(self) -> bool:
        """Whether the study has changed since it was answered."""
        return self.made_of is not None and self.made_of != self.study.version
