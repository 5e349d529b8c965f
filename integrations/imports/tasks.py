"""Bodies of the imports' jobs. Each runs in one transaction with its job's end: all or nothing, safe to run again."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from integrations.imports.actions import (
    fail_import,
    locked,
    read_kept,
    run_import,
)
from integrations.imports.domain.problem import ImportRefused
from integrations.imports.messages import sentence
from integrations.imports.models import Import, ImportState
from integrations.imports.refusals import ImportNoLongerValidError
from integrations.imports.undoing import conflicts_of, undo_import
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.undo import UndoRefusedError
from tech4value.jobs.registry import JobError, RunningJob, job


def _row(running: RunningJob) -> Import:
    return locked(UUID(running.params["import"]))


def _member(running: RunningJob) -> Membership:
    member = running.member
    if member is None or not member.can(Permission.IMPORT_RUN):
        raise JobError(_("La personne qui a lancé ce traitement n’a plus le droit d’importer."))
    return member


def _failed(running: RunningJob, message: str) -> None:
    fail_import(row=_row(running), message=message, preview=running.result.get("preview"))
    if "conflicts" in running.result:
        row = _row(running)
        row.result = {**row.result, "conflicts": running.result["conflicts"]}
        row.save(update_fields=["result"])


@job("imports.preview", after_failure=_failed)
def preview(running: RunningJob) -> None:
    """Read a large file."""
    row = _row(running)
    running.result_url = reverse("imports:detail", args=[row.pk])
    if row.state != ImportState.READING:
        return
    running.progress(0, 0, _("Lecture du fichier"))
    try:
        read_kept(member=_member(running), row=row, progress=running.progress)
    except ImportRefused as error:
        raise JobError(sentence(error.problem)) from error


def _run(running: RunningJob) -> None:
    row = _row(running)
    running.result_url = reverse("imports:detail", args=[row.pk])
    try:
        run_import(actor=running.actor, member=_member(running), row=row, progress=running.progress)
    except ImportNoLongerValidError as error:
        running.result = {"preview": error.preview}
        raise JobError(
            _(
                "Les données ont changé depuis l’aperçu et le fichier contient maintenant des erreurs. Rien n’a été "
                "importé : corrigez-les, puis relancez l’import."
            )
        ) from error


@job("imports.workbook", after_failure=_failed)
def workbook(running: RunningJob) -> None:
    """Import a workbook."""
    _run(running)


@job("imports.table", after_failure=_failed)
def table(running: RunningJob) -> None:
    """Import a table, or try it without keeping anything."""
    _run(running)


@job("imports.mspdi", after_failure=_failed)
def mspdi(running: RunningJob) -> None:
    """Import a Microsoft Project file."""
    _run(running)


@job("imports.undo", after_failure=_failed)
def undo(running: RunningJob) -> None:
    """Undo an import."""
    row = _row(running)
    running.result_url = reverse("imports:detail", args=[row.pk])
    running.progress(0, 0, _("Annulation de l’import"))
    try:
        undo_import(actor=running.actor, row=row, rest=bool(running.params.get("rest")))
    except UndoRefusedError as error:
        running.result = {"conflicts": conflicts_of(error.conflicts)}
        raise JobError(
            _("Des personnes ont travaillé sur ces données depuis l’import : rien n’a été annulé.")
        ) from error
