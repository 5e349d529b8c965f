"""Taking an import back: as a whole or, when others have worked on its rows since, but for those."""

from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from integrations.imports.actions import locked
from integrations.imports.models import Import, ImportKind, ImportState
from integrations.imports.plan_run import plans_of, settle_plans
from integrations.imports.sources import forget
from portfolio.planning.scheduling import lock_plans
from portfolio.projects.access import CHANGING, demand_all
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import PERMISSION_LABELS, Permission
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.audit.undo import UndoConflict, Undone, undo_batch, undo_rest
from tech4value.audit.writing import record
from tech4value.jobs.actions import start_job

# An undo of more writes than this is a job.
LARGE_BATCH: Final = 300
CONFLICTS_KEPT: Final = 200
# What one must hold to take back writes on a table, or on the others of its room.
_RIGHTS: Final = {
    "portfolio_people.person": Permission.PEOPLE_EDIT,
    "portfolio_people.absence": Permission.PEOPLE_EDIT,
    # Those of a plan's file, brought in by whoever may change the plan.
    "portfolio_people.workcalendar": Permission.PLAN_EDIT,
    "portfolio_people.calendarexception": Permission.PLAN_EDIT,
    "portfolio_people": Permission.ORGANISATION_EDIT,
    "portfolio_projects.programme": Permission.ORGANISATION_EDIT,
    "portfolio_projects": Permission.PROJECT_EDIT,
    "portfolio_planning": Permission.PLAN_EDIT,
    "portfolio_finance": Permission.BUDGET_EDIT,
    "portfolio_risks": Permission.RISK_EDIT,
}


def writes_of(row: Import) -> int:
    """How many writes of the journal an undo would take back."""
    return AuditEvent.objects.filter(batch_id=row.batch_id).exclude(object_id=None).count()


def demand_rights(member: Membership, row: Import) -> None:
    """Raise PermissionDenied, saying what is lacking, unless `member` (through the token that calls, if any) may
    change every kind of row that the import wrote, in each project where it did; those that it made are its own."""
    events = AuditEvent.objects.filter(batch_id=row.batch_id).exclude(object_id=None).order_by()
    made = events.filter(verb="project.created").values("object_id")
    places = events.values_list("object_type", "project_id").distinct()
    wanted: dict[Permission, set[UUID | None]] = {}
    for table, project_id in sorted(places, key=str):
        if needed := _needed(row, table):
            wanted.setdefault(needed, set()).add(project_id)
    for needed, keys in wanted.items():
        if not member.can(needed):
            raise PermissionDenied(_refusal(member, needed))
        if needed in CHANGING:
            try:
                demand_all(member, needed, Project.objects.filter(pk__in=keys).exclude(pk__in=made).order_by("pk"))
            except PermissionDenied as error:
                raise PermissionDenied(str(error) or _refusal(member, needed)) from error


def _needed(row: Import, table: str) -> Permission | None:
    """What importing this row of the table demanded."""
    if row.kind == ImportKind.MSPDI and table == "portfolio_projects.project":
        return Permission.PLAN_EDIT  # its calendar, or what follows from its plan
    return _RIGHTS.get(table) or _RIGHTS.get(table.partition(".")[0])


def _refusal(member: Membership, needed: Permission) -> str:
    lacking = "" if member.granted is None else member.granted.lacking(needed, unsafe=True)
    return (
        lacking
        or member.refusal(needed)
        or _(
            "Cet import a écrit des données que votre rôle ne permet pas de changer (« %(right)s ») : demandez "
            "son annulation à un administrateur."
        )
        % {"right": PERMISSION_LABELS[needed]}
    )


def start_undo(*, actor: Actor, member: Membership, row: Import, rest: bool = False) -> Import:
    """Undo an import: at once, or by a job when it wrote much. `rest`: but for what others have changed since.

    Raises ValidationError when it is not done, PermissionDenied when the member may not change what it wrote,
    UndoRefusedError when others have worked on its rows since and `rest` does not leave these.
    """
    row = locked(row.pk)
    if row.state != ImportState.DONE:
        raise ValidationError(_("Seul un import terminé peut être annulé."))
    demand_rights(member, row)
    if writes_of(row) <= LARGE_BATCH:
        undo_import(actor=actor, row=row, rest=rest)
        return row
    label = _("Annulation de l’import de %(file)s") % {"file": row.file.name}
    row.state = ImportState.UNDOING
    row.job = start_job(kind="imports.undo", label=label, member=member, params={"import": str(row.pk), "rest": rest})
    row.result = {name: value for name, value in row.result.items() if name not in {"conflicts", "undo_message"}}
    row.save(update_fields=["state", "job", "result"])
    return row


def undo_import(*, actor: Actor, row: Import, rest: bool = False) -> None:
    """Put the rows of the import back as they were. Raises UndoRefusedError with the conflicts: nothing is written;
    with `rest` these rows are left as they are, and the result says which."""
    if row.state == ImportState.UNDONE:
        return
    batch: UUID = row.batch_id
    plans = plans_of(batch)
    lock_plans(plans)
    undone = undo_rest(actor, batch) if rest else Undone(undo_batch(actor, batch))
    forget(batch, row.result.get("sources", []), undone.kept)
    settle_plans(actor, plans)
    row.state, row.undone_at = ImportState.UNDONE, timezone.now()
    kept = ("created", "updated", "same", "deleted", "report", "refused_files")
    row.result = {name: row.result[name] for name in kept if name in row.result}
    row.result["undone"] = undone.count
    if undone.kept:
        row.result["left"] = conflicts_of(undone.conflicts)
        row.result["left_count"] = len(undone.kept)
        row.result["left_labels"] = list(undone.kept_labels[:CONFLICTS_KEPT])
    row.save(update_fields=["state", "undone_at", "result"])
    record(actor, "import.undone", row)


def conflicts_of(conflicts: "list[UndoConflict] | tuple[UndoConflict, ...]") -> list[dict[str, Any]]:
    """What stands in the way of an undo, as JSON: the row, who changed it, by which import, which fields."""
    found = conflicts[:CONFLICTS_KEPT]
    batches = {one.batch_id for one in found} - {None}
    imports = {one.batch_id: one for one in Import.objects.select_related("file").filter(batch_id__in=batches)}
    return [
        {
            "label": one.label,
            "by": one.by,
            "fields": list(dict.fromkeys(filter(None, (_words(one.object_type, name) for name in one.fields)))),
            "import": imports[one.batch_id].file.name if one.batch_id in imports else "",
            "import_id": str(imports[one.batch_id].pk) if one.batch_id in imports else "",
        }
        for one in found
    ]


def _words(object_type: str, name: str) -> str:
    """A field as people call it; empty for one that they never see, which has no name for them."""
    try:
        field = apps.get_model(object_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return ""
    words = getattr(field, "verbose_name", "")
    return str(words) if isinstance(words, Promise) else ""
