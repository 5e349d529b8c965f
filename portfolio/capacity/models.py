"""Allocations, requests for staff, and the roll-ups of load that follow from assignments and allocations."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.people.models import Person, Profile, Skill, SkillLevel
from portfolio.projects.models import Project
from tech4value.tenancy.models import EditableModel, TenantModel

SHARE = [MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(20))]
DAYS = [MinValueValidator(Decimal("0.25")), MaxValueValidator(Decimal(5000))]
LEVEL = [MinValueValidator(1), MaxValueValidator(5)]


class LoadMonth(TenantModel):
    """Working minutes that a project asks of a person in a month (its first day)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    minutes = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "project", "person", "month"], name="load_month_once")
        ]
        indexes = [models.Index(fields=["tenant", "month"], name="load_month_month")]

    def __str__(self) -> str:
        return f"{self.person} {self.month}"


class LoadWeek(TenantModel):
    """Working minutes that a project asks of a person in a week (its Monday)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    week = models.DateField()
    minutes = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "project", "person", "week"], name="load_week_once")]
        indexes = [models.Index(fields=["tenant", "week"], name="load_week_week")]

    def __str__(self) -> str:
        return f"{self.person} {self.week}"


class Allocation(EditableModel):
    """Time of a person, or of a profile that nobody fills yet, booked on a project.

    `share` is of a full time (1 is all of it), `days` are working days in all: one of the two.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="allocations", verbose_name=_("projet")
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name=_("personne"),
    )
    profile = models.ForeignKey(
        Profile,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name=_("profil"),
    )
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    share = models.DecimalField(
        _("part d’un temps plein"), max_digits=6, decimal_places=4, null=True, blank=True, validators=SHARE
    )
    days = models.DecimalField(_("jours"), max_digits=7, decimal_places=2, null=True, blank=True, validators=DAYS)
    skill = models.ForeignKey(
        Skill,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("compétence"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(EditableModel.Meta):
        ordering = ["starts_on", "id"]
        indexes = [
            models.Index(fields=["tenant", "project"], name="allocation_project"),
            models.Index(fields=["tenant", "person", "ends_on"], name="allocation_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="allocation_order"),
            models.CheckConstraint(
                condition=models.Q(person=None, profile__isnull=False) | models.Q(person__isnull=False, profile=None),
                name="allocation_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(share=None, days__gt=0) | models.Q(share__gt=0, days=None),
                name="allocation_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.profile} → {self.project}"


class RequestState(models.TextChoices):
    OPEN = "open", _("En attente")
    ACCEPTED = "accepted", _("Acceptée")
    DECLINED = "declined", _("Refusée")


class StaffingRequest(EditableModel):
    """Somebody that a project looks for: a skill at a level, a profile, or both; answered with an allocation."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="staffing_requests", verbose_name=_("projet")
    )
    skill = models.ForeignKey(
        Skill,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("compétence"),
    )
    level = models.PositiveSmallIntegerField(
        _("niveau"), choices=SkillLevel, default=SkillLevel.AUTONOMOUS, validators=LEVEL
    )
    profile = models.ForeignKey(
        Profile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("profil"),
    )
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    share = models.DecimalField(_("part d’un temps plein"), max_digits=6, decimal_places=4, validators=SHARE)
    comment = models.TextField(_("commentaire"), max_length=1000, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    reason = models.CharField(_("motif du refus"), max_length=500, blank=True)
    answered_on = models.DateField(pgettext_lazy("demande", "répondue le"), null=True, blank=True)
    allocation = models.ForeignKey(
        Allocation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("allocation")
    )

    class Meta(EditableModel.Meta):
        ordering = ["starts_on", "id"]
        indexes = [models.Index(fields=["tenant", "state", "starts_on"], name="staffing_request_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="staffing_request_order"
            ),
            models.CheckConstraint(
                condition=models.Q(skill__isnull=False) | models.Q(profile__isnull=False),
                name="staffing_request_of_something",
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(str(part) for part in (self.skill, self.profile) if part is not None)


class OverloadRule(EditableModel):
    """When an overload to come is told: the load beyond `threshold` (1 is full) for `min_weeks` weeks on end, within
    `horizon_weeks`. An organisation that has changed nothing has none: the defaults are these."""

    is_active = models.BooleanField(pgettext_lazy("règle", "active"), default=True)
    threshold = models.DecimalField(
        _("seuil"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("1.10"),
        validators=[MinValueValidator(Decimal("0.50")), MaxValueValidator(Decimal(3))],
    )
    horizon_weeks = models.PositiveSmallIntegerField(
        _("horizon en semaines"), default=8, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    min_weeks = models.PositiveSmallIntegerField(
        _("durée minimale en semaines"), default=2, validators=[MinValueValidator(1), MaxValueValidator(26)]
    )
    tell_pole_manager = models.BooleanField(_("responsable de pôle"), default=True)
    tell_project_managers = models.BooleanField(_("chefs de projet"), default=True)

    class Meta(EditableModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant"], condition=models.Q(deleted_at=None), name="overload_rule_once")
        ]

    def __str__(self) -> str:
        return str(_("Règle de surcharge"))


class OverloadAlert(EditableModel):
    """An overload to come of a person, from the day it was seen to the day it was gone. Nobody edits it: the rule
    does. `first_week` to `last_week` are Mondays; `peak` the greatest load over capacity (null without capacity)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="overload_alerts")
    first_week = models.DateField(_("première semaine"))
    last_week = models.DateField(_("dernière semaine"))
    peak = models.DecimalField(_("charge maximale"), max_digits=8, decimal_places=4, null=True)
    opened_on = models.DateField(_("depuis le"))
    closed_on = models.DateField(_("terminée le"), null=True)

    class Meta(EditableModel.Meta):
        ordering = ["first_week", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person"],
                condition=models.Q(closed_on=None, deleted_at=None),
                name="overload_alert_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.person)
