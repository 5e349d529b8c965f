"""Poles, profiles, skills, persons, calendars, absences."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.people.domain.work_rules import Regime
from tech4value.accounts.models import Membership
from tech4value.tenancy.models import EditableModel
from tech4value.tenancy.sort_keys import folded

WORK_REGIMES = [
    (Regime.NONE.value, _("Sans règle")),
    (Regime.HOURS.value, _("Heures")),
    (Regime.DAYS.value, _("Forfait jours")),
]


class WorkCalendar(EditableModel):
    """Working time: weekly intervals, public holidays of a country, exceptions.

    `week` maps "0" (Monday) to "6" to a list of [start, end] minutes of the day.
    """

    name = models.CharField(_("nom"), max_length=120)
    week = models.JSONField(_("semaine de travail"), default=dict)
    country = models.CharField(_("pays des jours fériés"), max_length=2, blank=True)
    subdivision = models.CharField(_("subdivision"), max_length=20, blank=True)
    is_default = models.BooleanField(_("calendrier par défaut"), default=False)

    class Meta(EditableModel.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(deleted_at=None), name="calendar_name"
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(deleted_at=None, is_default=True),
                name="calendar_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarException(EditableModel):
    """Days that differ from the week: closed, or open at other hours (`intervals`, as in `WorkCalendar.week`)."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="exceptions")
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    label = models.CharField(_("libellé"), max_length=120, blank=True)
    intervals = models.JSONField(_("horaires"), default=list, blank=True)

    class Meta(EditableModel.Meta):
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="calendar_exception_order"
            )
        ]

    def __str__(self) -> str:
        return self.label or f"{self.starts_on}"


class Pole(EditableModel):
    """A department that people and projects belong to."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("nom"), max_length=120)
    manager = models.ForeignKey(
        "Person",
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
            models.UniqueConstraint(fields=["tenant", "code"], condition=models.Q(deleted_at=None), name="pole_code")
        ]

    def __str__(self) -> str:
        return self.name


class Profile(EditableModel):
    """A generic resource: the trade of persons, and what a plan asks for before it has a name."""

    name = models.CharField(_("nom"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    sort_name = folded("name")

    class Meta(EditableModel.Meta):
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(deleted_at=None), name="profile_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Person(EditableModel):
    """Somebody who works, decides or owns; may have no account."""

    name = models.CharField(_("nom"), max_length=120)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    pole = models.ForeignKey(
        Pole, on_delete=models.SET_NULL, null=True, blank=True, related_name="persons", verbose_name=_("pôle")
    )
    profile = models.ForeignKey(
        Profile,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="persons",
        verbose_name=_("profil"),
    )
    membership = models.OneToOneField(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="person"
    )
    calendar = models.ForeignKey(
        WorkCalendar,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("calendrier"),
    )
    daily_rate = models.DecimalField(
        _("taux journalier"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    # Share of a full time: 1 is one full-time equivalent.
    capacity = models.DecimalField(
        _("capacité (ETP)"),
        max_digits=4,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )
    joined_on = models.DateField(_("entrée"), null=True, blank=True)
    left_on = models.DateField(_("sortie"), null=True, blank=True)
    is_external = models.BooleanField(_("externe"), default=False)
    work_regime = models.CharField(
        _("régime de travail"), max_length=5, choices=WORK_REGIMES, default=Regime.NONE.value
    )
    # The contract's own limits; None: the law's.
    weekly_hours = models.DecimalField(
        _("heures par semaine"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(48))],
    )
    yearly_days = models.PositiveSmallIntegerField(
        _("jours par an"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(235)]
    )
    sort_name = folded("name")

    class Meta(EditableModel.Meta):
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(deleted_at=None) & ~models.Q(email=""),
                name="person_email",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=0) & models.Q(capacity__lte=1), name="person_capacity"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Skill(EditableModel):
    """Something that people know how to do, and that projects look for."""

    name = models.CharField(_("nom"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    sort_name = folded("name")

    class Meta(EditableModel.Meta):
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], condition=models.Q(deleted_at=None), name="skill_name")
        ]

    def __str__(self) -> str:
        return self.name


class SkillLevel(models.IntegerChoices):
    """How well somebody does it."""

    NOTIONS = 1, _("Notions")
    GUIDED = 2, _("Avec appui")
    AUTONOMOUS = 3, _("Autonome")
    CONFIRMED = 4, _("Confirmé")
    EXPERT = 5, _("Expert")


class PersonSkill(EditableModel):
    """A skill of a person, and its level."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="persons", verbose_name=_("compétence"))
    level = models.PositiveSmallIntegerField(_("niveau"), choices=SkillLevel, default=SkillLevel.AUTONOMOUS)

    class Meta(EditableModel.Meta):
        ordering = ["-level", "skill__sort_name"]
        indexes = [models.Index(fields=["tenant", "skill", "level"], name="person_skill_level")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "skill"], condition=models.Q(deleted_at=None), name="person_skill_once"
            ),
            models.CheckConstraint(
                condition=models.Q(level__gte=1) & models.Q(level__lte=5), name="person_skill_level_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} ({self.get_level_display()})"


class Rate(EditableModel):
    """The price of a day of a person, or of all the persons of a profile, from a day on until the next one.

    A person's own rate comes before their profile's; without either, `Person.daily_rate` holds.
    """

    profile = models.ForeignKey(
        Profile, on_delete=models.CASCADE, null=True, blank=True, related_name="rates", verbose_name=_("profil")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="rates", verbose_name=_("personne")
    )
    valid_from = models.DateField(_("à partir du"))
    daily_rate = models.DecimalField(
        _("taux journalier"), max_digits=12, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    currency = models.CharField(_("devise"), max_length=3, default="EUR")

    class Meta(EditableModel.Meta):
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(profile=None, person__isnull=False) | models.Q(profile__isnull=False, person=None),
                name="rate_of_one",
            ),
            models.CheckConstraint(condition=models.Q(daily_rate__gte=0), name="rate_positive"),
            models.UniqueConstraint(
                fields=["tenant", "person", "valid_from"],
                condition=models.Q(deleted_at=None, person__isnull=False),
                name="rate_person_day",
            ),
            models.UniqueConstraint(
                fields=["tenant", "profile", "valid_from"],
                condition=models.Q(deleted_at=None, profile__isnull=False),
                name="rate_profile_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.profile} {self.valid_from:%d/%m/%Y}"


class AbsenceKind(models.TextChoices):
    LEAVE = "leave", _("Congé")
    SICKNESS = "sickness", _("Maladie")
    TRAINING = "training", _("Formation")
    OTHER = "other", _("Autre")


class Absence(EditableModel):
    """Whole days on which a person does not work."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    kind = models.CharField(_("motif"), max_length=10, choices=AbsenceKind, default=AbsenceKind.LEAVE)

    class Meta(EditableModel.Meta):
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="absence_order")
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.starts_on}"
