"""What projects bring: benefits by fiscal year, and how the organisation discounts them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portfolio.people.models import Person
from portfolio.projects.models import Project
from tech4value.tenancy.models import EditableModel
from tech4value.tenancy.sort_keys import folded

FIRST_YEAR, LAST_YEAR = 2000, 2100
YEARS = [MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]


class BenefitKind(models.TextChoices):
    REVENUE = "revenue", _("Chiffre d’affaires")
    SAVING = "saving", _("Économie")
    AVOIDED = "avoided", _("Coût évité")
    OTHER = "other", _("Non financier")


class BenefitSource(models.TextChoices):
    TYPED = "typed", _("Montants saisis")
    CONTRACTS = "contracts", _("Contrats du projet avec ses clients")


class Benefit(EditableModel):
    """Something that a project brings. Money is in the organisation's currency; what is not money is counted in
    `unit` and enters no sum. With the source CONTRACTS its years are read from what the project sells."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="benefits", verbose_name=_("projet"))
    name = models.CharField(_("bénéfice"), max_length=160)
    kind = models.CharField(_("nature du bénéfice"), max_length=10, choices=BenefitKind, default=BenefitKind.SAVING)
    source = models.CharField(
        _("montants du bénéfice"), max_length=10, choices=BenefitSource, default=BenefitSource.TYPED
    )
    owner = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("responsable")
    )
    measure = models.TextField(_("mesure"), max_length=2000, blank=True)
    unit = models.CharField(_("unité"), max_length=40, blank=True)
    sort_name = folded("name")

    class Meta(EditableModel.Meta):
        ordering = ["kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "sort_name"], condition=models.Q(deleted_at=None), name="benefit_name"
            ),
            models.UniqueConstraint(
                fields=["tenant", "project"],
                condition=models.Q(deleted_at=None, source=BenefitSource.CONTRACTS.value),
                name="benefit_of_contracts_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_money(self) -> bool:
        """Whether it enters the sums."""
        return self.kind != BenefitKind.OTHER

    @property
    def is_sold(self) -> bool:
        """Whether somebody pays for it."""
        return self.kind == BenefitKind.REVENUE

    @property
    def is_typed(self) -> bool:
        """Whether people say how much it is."""
        return self.source == BenefitSource.TYPED


def _quantity(label: Any) -> models.DecimalField:
    return models.DecimalField(label, max_digits=14, decimal_places=2, null=True, blank=True)


class BenefitYear(EditableModel):
    """How much of a benefit a fiscal year (named by the calendar year in which it begins) is to bring, and has
    brought. None: nobody has said."""

    benefit = models.ForeignKey(Benefit, on_delete=models.CASCADE, related_name="years", verbose_name=_("bénéfice"))
    year = models.PositiveSmallIntegerField(_("exercice"), validators=YEARS)
    expected = _quantity(_("attendu"))
    realised = _quantity(_("réalisé"))

    class Meta(EditableModel.Meta):
        ordering = ["year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "benefit", "year"], condition=models.Q(deleted_at=None), name="benefit_year_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.benefit.name} {self.year}"

    @property
    def project_id(self) -> UUID:
        """The project that the journal files it under."""
        return self.benefit.project_id


class ReturnSettings(EditableModel):
    """How the organisation compares money of different years; at most one row, the defaults without it."""

    discount_rate = models.DecimalField(
        _("taux d’actualisation"),
        max_digits=5,
        decimal_places=4,
        default=Decimal("0.08"),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    base_year = models.PositiveSmallIntegerField(_("exercice de référence"), null=True, blank=True, validators=YEARS)

    class Meta(EditableModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(deleted_at=None), name="return_settings_once"
            )
        ]

    def __str__(self) -> str:
        return str(_("Réglages de rentabilité"))
