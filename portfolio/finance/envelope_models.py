"""Shared budgets: an envelope, its lines, and the projects that its key shares it between."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portfolio.finance.models import Category, Nature
from portfolio.projects.models import Project
from tech4value.tenancy.models import EditableModel
from tech4value.tenancy.sort_keys import folded


class AllocationKey(models.TextChoices):
    FIXED = "fixed", _("Parts fixes")
    EQUAL = "equal", _("Parts égales")
    HOURS = "hours", _("Heures prévues")
    BUDGET = "budget", _("Budget initial")
    PEOPLE = "people", _("Effectif")


class EnvelopeState(models.TextChoices):
    DRAFT = "draft", _("En préparation")
    SHARED = "shared", _("Répartie")


class Envelope(EditableModel):
    """A budget that several projects carry together (licences, a programme office).

    `periods` is what the key measured each time the envelope was shared: `{"since": "2026-01", "key": "hours",
    "weights": [[project, "120.00"], …]}`, from a month on (see `envelopes.read_periods`). Nothing of an envelope
    reaches the projects before it is shared; while it is prepared again they keep what they had.
    """

    name = models.CharField(_("nom"), max_length=120)
    purpose = models.TextField(_("objet"), max_length=2000, blank=True)
    key = models.CharField(_("clé de répartition"), max_length=10, choices=AllocationKey, default=AllocationKey.EQUAL)
    state = models.CharField(_("état"), max_length=10, choices=EnvelopeState, default=EnvelopeState.DRAFT)
    periods: Any = models.JSONField(_("parts mesurées"), default=list, blank=True, editable=False)
    shared_by = models.CharField(_("répartie par"), max_length=200, blank=True, editable=False)
    shared_at = models.DateTimeField(_("répartie le"), null=True, blank=True, editable=False)
    sort_name = folded("name")

    class Meta(EditableModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "sort_name"], condition=models.Q(deleted_at=None), name="envelope_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class EnvelopeLine(EditableModel):
    """What an envelope plans, commits, spends and expects in a category, a nature and a month (its first day), in the
    organisation's currency; the forecast is the month's expected total."""

    envelope = models.ForeignKey(
        Envelope, on_delete=models.CASCADE, related_name="lines", verbose_name=_("enveloppe")
    )
    category = models.CharField(_("catégorie"), max_length=15, choices=Category)
    nature = models.CharField(_("nature"), max_length=5, choices=Nature)
    month = models.DateField(_("mois"))
    planned = models.DecimalField(_("prévu"), max_digits=14, decimal_places=2, default=0)
    committed = models.DecimalField(_("engagé"), max_digits=14, decimal_places=2, default=0)
    actual = models.DecimalField(_("réel"), max_digits=14, decimal_places=2, default=0)
    forecast = models.DecimalField(_("prévision"), max_digits=14, decimal_places=2, default=0)

    class Meta(EditableModel.Meta):
        ordering = ["month", "category", "nature"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "envelope", "category", "nature", "month"],
                condition=models.Q(deleted_at=None),
                name="envelope_line_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.month:%m/%Y}"

    @property
    def place(self) -> tuple[str, str, date]:
        """Where it counts in a budget."""
        return self.category, self.nature, self.month


class EnvelopeShare(EditableModel):
    """A project that carries a part of an envelope; `percent` (0 to 100) counts with the key of fixed parts only."""

    envelope = models.ForeignKey(
        Envelope, on_delete=models.CASCADE, related_name="shares", verbose_name=_("enveloppe")
    )
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="envelope_shares", verbose_name=_("projet")
    )
    percent = models.DecimalField(
        _("part (%)"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )

    class Meta(EditableModel.Meta):
        ordering = ["project__sort_name", "id"]
        indexes = [models.Index(fields=["tenant", "project"], name="envelope_share_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "envelope", "project"],
                condition=models.Q(deleted_at=None),
                name="envelope_share_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.envelope} · {self.project}"
