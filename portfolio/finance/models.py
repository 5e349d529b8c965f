"""Budgets."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portfolio.projects.models import Project
from tech4value.tenancy.models import EditableModel


class Category(models.TextChoices):
    STAFF = "staff", _("Personnel")
    SERVICES = "services", _("Prestations")
    LICENCES = "licences", _("Licences")
    INFRASTRUCTURE = "infrastructure", _("Infrastructure")
    HARDWARE = "hardware", _("Matériel")
    TRAINING = "training", _("Formation")
    OTHER = "other", _("Autre")


class Nature(models.TextChoices):
    CAPEX = "capex", _("Capex")
    OPEX = "opex", _("Opex")


class BudgetLine(EditableModel):
    """Amounts of one project, category, nature and month (its first day), in `currency`.

    `forecast` is the expected total of the month: what is spent plus what is still to come.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budget_lines")
    category = models.CharField(_("catégorie"), max_length=15, choices=Category)
    nature = models.CharField(_("nature"), max_length=5, choices=Nature)
    month = models.DateField(_("mois"))
    currency = models.CharField(_("devise"), max_length=3, default="EUR")
    planned = models.DecimalField(_("prévu"), max_digits=14, decimal_places=2, default=0)
    committed = models.DecimalField(_("engagé"), max_digits=14, decimal_places=2, default=0)
    actual = models.DecimalField(_("réel"), max_digits=14, decimal_places=2, default=0)
    forecast = models.DecimalField(_("prévision"), max_digits=14, decimal_places=2, default=0)

    class Meta(EditableModel.Meta):
        ordering = ["month", "category", "nature"]
        indexes = [models.Index(fields=["tenant", "month"], name="budget_line_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "category", "nature", "month"],
                condition=models.Q(deleted_at=None),
                name="budget_line_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.month:%m/%Y}"


# The tables of benefits are this room's too: Django reads them here.
from portfolio.finance.benefits_models import Benefit, BenefitYear, ReturnSettings  # noqa: E402, F401 - see above
