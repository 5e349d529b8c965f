"""The subscription of a tenant."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tech4value.billing.entitlements import ENTITLEMENTS, Entitlements, PlanCode
from tech4value.tenancy.models import EditableModel


class Plan(models.TextChoices):
    STARTER = PlanCode.STARTER.value, _("Starter")
    PROFESSIONAL = PlanCode.PROFESSIONAL.value, _("Professional")
    ENTERPRISE = PlanCode.ENTERPRISE.value, _("Enterprise")


class Subscription(EditableModel):
    """The plan in force; a tenant has one."""

    plan = models.CharField(_("formule"), max_length=20, choices=Plan, default=Plan.STARTER)
    started_on = models.DateField(_("depuis le"))

    class Meta(EditableModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="subscription_once")]

    def __str__(self) -> str:
        return str(Plan(self.plan).label)

    @property
    def entitlements(self) -> Entitlements:
        return ENTITLEMENTS[PlanCode(self.plan)]
