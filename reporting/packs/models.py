"""Copil packs: a frozen snapshot and the PDF made from it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.models import Membership
from tech4value.files.models import StoredFile
from tech4value.jobs.models import Job, JobState
from tech4value.tenancy.models import TenantModel


class Confidentiality(models.TextChoices):
    NONE = "", _("Sans mention")
    INTERNAL = "internal", _("Usage interne")
    CONFIDENTIAL = "confidential", _("Confidentiel")
    RESTRICTED = "restricted", _("Diffusion restreinte")


class PackState(models.TextChoices):
    """Where a pack is: its PDF is on its way, there, or could not be made."""

    RENDERING = "rendering", _("En préparation")
    READY = "ready", _("Prêt")
    FAILED = "failed", _("Échec")


class Pack(TenantModel):
    """`snapshot` holds every figure and text of the pack, so that it can be rendered again, the same."""

    title = models.CharField(_("titre"), max_length=160)
    meeting_on = models.DateField(_("date du comité"))
    language = models.CharField(_("langue"), max_length=5, default="fr", choices=settings.LANGUAGES)
    confidentiality = models.CharField(
        _("confidentialité"), max_length=60, blank=True, choices=Confidentiality.choices
    )
    filters = models.JSONField(default=dict, blank=True)
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(db_default=Now(), editable=False)
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> PackState:
        """From its file and its job."""
        if self.file_id is not None:
            return PackState.READY
        if self.job is None or self.job.state == JobState.FAILED:
            return PackState.FAILED
        return PackState.RENDERING
