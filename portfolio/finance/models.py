"""Budgets: their lines, the versions that are approved, transfers between lines, purchase orders."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portfolio.projects.models import Project
from tech4value.tenancy.models import EditableModel
from tech4value.tenancy.sort_keys import folded


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

    `forecast` is the expected total of the month: what is spent plus what is still to come. `ordered` is the part of
    `committed` that comes from purchase orders, `invoiced` the part of `actual` that comes from their invoices: both
    follow the orders (see `orders`), what is left is typed. `planned` follows the approved version (see `freeze`).
    A line with an `envelope` is the project's part of a shared budget, beside its own line at the same place:
    `envelopes` alone writes it.

    Amounts are always in the organisation's currency. What was typed in another is kept beside: `typed_currency`, the
    amounts by measure in `typed`, and the `rate` (of `rate_on`) that they were converted at (see `foreign`).
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
    ordered = models.DecimalField(
        _("commandé, non facturé"), max_digits=14, decimal_places=2, default=0, db_default=0, editable=False
    )
    invoiced = models.DecimalField(
        _("facturé sur commande"), max_digits=14, decimal_places=2, default=0, db_default=0, editable=False
    )

    typed_currency = models.CharField(
        _("devise de saisie"), max_length=3, blank=True, default="", db_default="", editable=False
    )
    typed: Any = models.JSONField(_("montants saisis"), default=dict, db_default={}, blank=True, editable=False)
    rate = models.DecimalField(_("cours"), max_digits=14, decimal_places=4, null=True, blank=True, editable=False)
    rate_on = models.DateField(_("cours du"), null=True, blank=True, editable=False)
    envelope = models.ForeignKey(
        "portfolio_finance.Envelope",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="budget_lines",
        verbose_name=_("enveloppe"),
    )

    class Meta(EditableModel.Meta):
        ordering = ["month", "category", "nature"]
        indexes = [models.Index(fields=["tenant", "month"], name="budget_line_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "category", "nature", "month"],
                condition=models.Q(deleted_at=None, envelope=None),
                name="budget_line_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "envelope", "project", "category", "nature", "month"],
                condition=models.Q(deleted_at=None, envelope__isnull=False),
                name="budget_line_shared_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.month:%m/%Y}"


class VersionState(models.TextChoices):
    DRAFT = "draft", _("En préparation")
    PROPOSED = "proposed", _("Proposée")
    APPROVED = "approved", _("Approuvée")


OPEN_STATES = (VersionState.DRAFT.value, VersionState.PROPOSED.value)


class BudgetVersion(EditableModel):
    """What a project plans to spend, as it is proposed and approved: number 0 is the initial version.

    `amounts` holds one `[category, nature, "2026-03", "1000.10"]` for each place that is not zero (see
    `versions.read`), in the organisation's currency. The initial version in preparation holds nothing: the lines
    themselves say it until it is proposed. Once approved, a version no longer changes.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budget_versions")
    number = models.PositiveSmallIntegerField(_("numéro"))
    state = models.CharField(_("état"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    reason = models.TextField(_("motif"), blank=True)
    amounts: Any = models.JSONField(_("montants"), default=list, blank=True)
    proposed_by = models.CharField(_("proposée par"), max_length=200, blank=True)
    proposed_at = models.DateTimeField(_("proposée le"), null=True, blank=True)
    decided_by = models.CharField(_("décidée par"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decision = models.TextField(_("commentaire de la décision"), blank=True)

    class Meta(EditableModel.Meta):
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "number"],
                condition=models.Q(deleted_at=None),
                name="budget_version_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "project"],
                condition=models.Q(deleted_at=None, state__in=OPEN_STATES),
                name="budget_version_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """`Initiale`, `Révisée 2`."""
        return gettext("Révisée %(number)s") % {"number": self.number} if self.number else gettext("Initiale")

    @property
    def total(self) -> Decimal:
        """The sum of its amounts."""
        return sum((Decimal(one[3]) for one in self.amounts), Decimal("0.00"))


class BudgetTransfer(EditableModel):
    """Planned money moved from a line to another, of the same project or not; a deleted one was taken back."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budget_transfers")
    source = models.ForeignKey(
        BudgetLine, on_delete=models.CASCADE, related_name="transfers_out", verbose_name=_("de la ligne")
    )
    target = models.ForeignKey(
        BudgetLine, on_delete=models.CASCADE, related_name="transfers_in", verbose_name=_("vers la ligne")
    )
    target_project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="budget_transfers_in", verbose_name=_("vers le projet")
    )
    amount = models.DecimalField(_("montant"), max_digits=14, decimal_places=2)
    reason = models.TextField(_("motif"))
    made_by = models.CharField(_("fait par"), max_length=200)
    made_on = models.DateField(_("fait le"))
    undone_by = models.CharField(_("repris par"), max_length=200, blank=True)

    class Meta(EditableModel.Meta):
        ordering = ["-made_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="budget_transfer_positive"),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="budget_transfer_between_two_lines"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class EstimateMethod(models.TextChoices):
    LINES = "lines", _("Lignes du budget")
    EARNED_VALUE = "earned_value", _("Valeur acquise")
    MANAGER = "manager", _("Estimation du chef de projet")


class CompletionChoice(EditableModel):
    """The estimate at completion that a project uses from a day on; the last one counts, none means the lines."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="completion_choices")
    method = models.CharField(_("méthode"), max_length=12, choices=EstimateMethod)
    amount = models.DecimalField(_("estimation à l’achèvement"), max_digits=16, decimal_places=2)
    reason = models.TextField(_("motif"), blank=True)
    chosen_by = models.CharField(_("retenue par"), max_length=200)

    class Meta(EditableModel.Meta):
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["tenant", "project"], name="completion_choice_project")]

    def __str__(self) -> str:
        return str(self.get_method_display())


class OrderStatus(models.TextChoices):
    OPEN = "open", _("En cours")
    CLOSED = "closed", _("Soldée")
    CANCELLED = "cancelled", _("Annulée")


class PurchaseOrder(EditableModel):
    """What a project has ordered from a supplier. Its lines say on which categories and months it is committed; what
    is invoiced comes from the contracts that point at it. A closed order commits nothing more."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="purchase_orders", verbose_name=_("projet")
    )
    number = models.CharField(_("numéro"), max_length=40)
    supplier = models.CharField(_("fournisseur"), max_length=160)
    ordered_on = models.DateField(_("commandé le"))
    currency = models.CharField(_("devise"), max_length=3, default="EUR")
    status = models.CharField(_("état"), max_length=10, choices=OrderStatus, default=OrderStatus.OPEN)
    subject = models.CharField(_("objet"), max_length=160, blank=True)
    sort_number = folded("number")

    class Meta(EditableModel.Meta):
        ordering = ["-ordered_on", "number"]
        indexes = [models.Index(fields=["tenant", "project"], name="purchase_order_project")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "supplier", "number"],
                condition=models.Q(deleted_at=None),
                name="purchase_order_number",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.supplier}"


class PurchaseOrderLine(EditableModel):
    """A part of an order, before tax, in the order's currency: what it is for, and the month it is expected in."""

    order = models.ForeignKey(
        PurchaseOrder, on_delete=models.CASCADE, related_name="lines", verbose_name=_("commande")
    )
    category = models.CharField(_("catégorie"), max_length=15, choices=Category)
    nature = models.CharField(_("nature"), max_length=5, choices=Nature)
    month = models.DateField(_("mois"))
    amount = models.DecimalField(_("montant HT"), max_digits=14, decimal_places=2)

    class Meta(EditableModel.Meta):
        ordering = ["month", "category", "nature", "id"]
        indexes = [models.Index(fields=["tenant", "order"], name="purchase_order_line_order")]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="purchase_order_line_positive")]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.month:%m/%Y}"

    @property
    def project_id(self) -> UUID:
        """Its order's, for the journal."""
        return self.order.project_id

    @property
    def place(self) -> tuple[str, str, date]:
        """Where it counts in the budget."""
        return self.category, self.nature, self.month


# The tables of benefits and of shared budgets are this room's too: Django reads them here.
from portfolio.finance.benefits_models import Benefit, BenefitYear, ReturnSettings  # noqa: E402, F401 - see above
from portfolio.finance.envelope_models import Envelope, EnvelopeLine, EnvelopeShare  # noqa: E402, F401 - see above
