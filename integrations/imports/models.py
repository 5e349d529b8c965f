"""Imports of files: what was read, what was wrong, what it wrote, how to undo it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.files.models import StoredFile
from tech4value.jobs.models import Job
from tech4value.tenancy.models import TenantModel, uuid7


class ImportKind(models.TextChoices):
    WORKBOOK = "workbook", _("Classeur")
    MSPDI = "mspdi", _("Microsoft Project")
    TABLE = "table", _("Tableau")


class ImportState(models.TextChoices):
    READING = "reading", _("Lecture en cours")
    PREPARING = "preparing", _("À préparer")
    PREVIEWED = "previewed", _("À vérifier")
    RUNNING = "running", _("En cours")
    DONE = "done", _("Terminé")
    FAILED = "failed", _("Échoué")
    UNDOING = "undoing", _("Annulation en cours")
    UNDONE = "undone", _("Annulé")


def state_words(state: str, left: int | None) -> str:
    """A state in words; `left` rows were kept by its undo."""
    if state == ImportState.UNDONE and left:
        return gettext("Annulé en partie")
    return str(ImportState(state).label)


class Import(TenantModel):
    """One file on its way in. `batch_id` ties its writes; `preview` holds counts and every error found,
    `settings` how a table is read and what its columns are."""

    kind = models.CharField(max_length=10, choices=ImportKind)
    state = models.CharField(_("état"), max_length=10, choices=ImportState, default=ImportState.PREVIEWED)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    # A plan in another format than MSPDI, once converted.
    converted = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    # The project that an MSPDI file goes into.
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    batch_id = models.UUIDField(default=uuid7)
    settings = models.JSONField(default=dict, blank=True)
    preview = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.file)

    @property
    def state_label(self) -> str:
        """Its state in words: an undo that kept rows says so."""
        return state_words(self.state, self.result.get("left_count"))

    @property
    def plan_file(self) -> StoredFile:
        """The Microsoft Project file (XML) that a plan is read from."""
        return self.converted or self.file


class ImportMapping(TenantModel):
    """What the columns of a table were, remembered for the next file with the same headings; the tenant shares it.

    `headings` are folded, in the file's order; `settings` are those of `table_settings.TableSettings`.
    """

    target = models.CharField(max_length=20)
    name = models.CharField(_("nom"), max_length=120)
    headings = models.JSONField(default=list)
    settings = models.JSONField(default=dict)
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "target", "name"], name="import_mapping_name")]

    def __str__(self) -> str:
        return self.name
