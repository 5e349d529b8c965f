"""Scenarios: what might be done to the live plan, as a list of operations. The rows of the plan are never copied."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.scenarios.domain.operations import KINDS, Operation, from_json
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Scope
from tech4value.tenancy.managers import LiveManager, TenantManager
from tech4value.tenancy.models import EditableModel
from tech4value.tenancy.sort_keys import folded


class ScenarioStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("scénario", "Brouillon")
    SUBMITTED = "submitted", pgettext_lazy("scénario", "À approuver")
    APPROVED = "approved", pgettext_lazy("scénario", "Approuvé")
    REFUSED = "refused", pgettext_lazy("scénario", "Refusé")
    APPLIED = "applied", pgettext_lazy("scénario", "Appliqué")


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    """Look-ups are authorisation: views start from `visible_to`."""

    def visible_to(self, member: Membership, permission: Permission = Permission.SCENARIO_VIEW) -> Any:
        """All of them; for who proposes, their own and those that were applied."""
        scope = member.scope(permission)
        if scope is Scope.ALL:
            return self
        if scope is None:
            return self.none()
        return self.filter(models.Q(owner=member) | models.Q(status=ScenarioStatus.APPLIED))


class Scenario(EditableModel):
    """A branch of the live plan. `base_on` is the day of the plan that it was begun on; `batch` is that of the writes
    of its application, which is undone by it."""

    name = models.CharField(_("nom"), max_length=120)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    owner = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("scénario", "auteur"),
        editable=False,
    )
    status = models.CharField(_("état"), max_length=10, choices=ScenarioStatus, default=ScenarioStatus.DRAFT)
    base_on = models.DateField(_("plan du"))
    # Grows with each change of its operations: an approval of what has changed since it was read is refused.
    revision = models.PositiveIntegerField(_("révision"), default=0, editable=False)
    reason = models.CharField(_("motif"), max_length=500, blank=True)
    decided_by = models.CharField(_("décidé par"), max_length=200, blank=True, editable=False)
    decided_on = models.DateField(_("décidé le"), null=True, blank=True, editable=False)
    applied_on = models.DateField(_("appliqué le"), null=True, blank=True, editable=False)
    batch = models.UUIDField(null=True, blank=True, editable=False)
    sort_name = folded("name")

    objects: ClassVar[Any] = LiveManager.from_queryset(ScenarioQuerySet)()
    everything: ClassVar[Any] = TenantManager.from_queryset(ScenarioQuerySet)()

    class Meta(EditableModel.Meta):
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(deleted_at=None), name="scenario_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reader_id(self) -> UUID | None:
        """Whose it is to read, beside those who read all of them: its author's; everybody's (the organisation's key)
        once it is applied. As `visible_to` has it, for the search."""
        return self.tenant_id if self.status == ScenarioStatus.APPLIED else self.owner_id

    @property
    def is_open(self) -> bool:
        """Whether its operations may still change."""
        return self.status in {ScenarioStatus.DRAFT, ScenarioStatus.REFUSED}


class OperationResult(models.TextChoices):
    APPLIED = "applied", pgettext_lazy("opération", "Appliquée")
    KEPT = "kept", pgettext_lazy("opération", "Plan en cours conservé")
    NO_LIVE = "no_live", pgettext_lazy("opération", "Sans équivalent dans le plan")


class ScenarioOperation(EditableModel):
    """One change, at its place in the list. `before` are the live values that it touches, as they were when it was
    added: the base of the merge when the scenario is applied."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="operations")
    position = models.PositiveIntegerField(_("position"), default=0)
    kind = models.CharField(_("opération"), max_length=20, choices=[(kind, kind) for kind in KINDS])
    params = models.JSONField(_("paramètres"), default=dict)
    before = models.JSONField(default=dict, blank=True, editable=False)
    result = models.CharField(_("résultat"), max_length=10, choices=OperationResult, blank=True, editable=False)

    class Meta(EditableModel.Meta):
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["tenant", "scenario", "position"], name="scenario_operation_place")]

    def __str__(self) -> str:
        return self.kind

    @property
    def operation(self) -> Operation:
        """What it says. Raises ScenarioError for what no longer can be said."""
        return from_json(self.kind, self.params)
