"""Files made of a plan, and the secret addresses of calendars."""

import hashlib

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.files.models import StoredFile
from tech4value.jobs.models import Job
from tech4value.tenancy.models import TenantModel


class PlanFormat(models.TextChoices):
    MSPDI = "mspdi", _("Microsoft Project (XML)")
    CSV = "csv", _("Tableur (CSV)")


class PlanExport(TenantModel):
    """A file of a plan, made for one person: what it holds follows from what they may see.

    `certificate` is that of the file which the plan came from, `notes` what the format cannot carry.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    format = models.CharField(max_length=10, choices=PlanFormat)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    certificate = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    created_by = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.project} ({self.get_format_display()})"


class CalendarFeed(TenantModel):
    """A calendar of milestones at a secret address, read with its owner's rights. Only the address's hash is kept.

    `project` None: the milestones of the projects that its owner leads, sponsors or works on.
    """

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "hash"], name="calendar_feed_hash")]

    def __str__(self) -> str:
        return str(self.project) if self.project else str(_("Mes jalons"))

    @staticmethod
    def digest(secret: str) -> str:
        """What is kept of a secret."""
        return hashlib.sha256(secret.encode()).hexdigest()
