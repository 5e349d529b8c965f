"""Every write on imports: bring a file, choose, run (undo: `undoing`). The writes of a run are the rooms' own."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from integrations.imports.certificates import certificate_of_import, to_json
from integrations.imports.changes import Outcome
from integrations.imports.conversion import foreign_format, refuse_unreadable
from integrations.imports.domain.problem import ImportRefused, ProblemCode
from integrations.imports.domain.xlsx_package import PackageLimits, check_package
from integrations.imports.messages import sentence
from integrations.imports.models import Import, ImportKind, ImportState
from integrations.imports.plan_changes import MAX_BYTES, NEW, SKIP, examine_plan
from integrations.imports.plan_reading import read_kept_plan, read_plan
from integrations.imports.plan_run import STEPS, PlanChoices, write_plan
from integrations.imports.previews import plan_preview, workbook_preview
from integrations.imports.refusals import ImportNoLongerValidError
from integrations.imports.table_job import read_kept_table, run_table
from integrations.imports.workbook_changes import examine
from integrations.imports.workbook_run import Writer
from portfolio.people.models import Person, Pole
from portfolio.projects.access import demand, may
from portfolio.projects.actions import create_project, project_usage
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.audit.writing import record
from tech4value.billing.queries import refuse_over_limit
from tech4value.files.actions import read_file, store_file
from tech4value.jobs.actions import start_job
from tech4value.tenancy.models import uuid7

LARGE_ROWS = 2_000
LARGE_PLAN = 600_000  # bytes of a plan that are read in more than a moment
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Progress = Callable[[int, int, str], None]


def quiet(done: int, total: int, message: str) -> None:
    """A progress that nobody follows."""


# --- bring a file


def bring_workbook(
    *, actor: Actor, member: Membership, name: str, content: bytes, row: Import | None = None
) -> Import:
    """Keep a workbook and preview it, at once or, when it is large, by a job. `row`: the import whose file it mends.

    Raises ValidationError on `file` when it is not a workbook that can be read: nothing is kept.
    """
    try:
        facts = check_package(content, PackageLimits(bytes=MAX_BYTES))
        large = facts.rows > LARGE_ROWS
        preview = {} if large else workbook_preview(examine(content, member))
    except ImportRefused as error:
        raise ValidationError({"file": sentence(error.problem)}) from error
    return keep(actor, member, ImportKind.WORKBOOK, name, content, XLSX, preview, row or Import(), large=large)


def bring_plan(
    *,
    actor: Actor,
    member: Membership,
    name: str,
    content: bytes,
    project: Project | None = None,
    new_project: Mapping[str, str] | None = None,
    row: Import | None = None,
) -> Import:
    """Keep a plan's file and preview it, into `project` or a project to be created: `new_project`
    holds its code, its name ("" takes the file's) and its pole's key. A file that is not Microsoft Project's XML is
    converted to it, by a job. Raises ValidationError as `bring_workbook`.
    """
    row = row or Import()
    foreign = foreign_format(name, content)
    if project is not None:
        demand(member, Permission.PLAN_EDIT, project)
    elif not new_project and not row.preview.get("new_project"):
        raise ValidationError({"project": _("Choisissez un projet, ou donnez le code et le pôle d’un nouveau.")})
    elif new_project:
        _check_new_project(member, new_project)
    row.project = project or row.project
    wanted = new_project or row.preview.get("new_project", {})
    large = len(content) > LARGE_PLAN or foreign is not None
    row.converted = None
    try:
        if len(content) > MAX_BYTES:
            raise ImportRefused(ProblemCode.TOO_LARGE, size=len(content), limit=MAX_BYTES)
        if foreign is not None:
            refuse_unreadable(content, foreign)
    except ImportRefused as error:
        raise ValidationError({"file": sentence(error.problem)}) from error
    if large:  # read by a job; what was chosen waits in the preview
        chosen = {name: row.preview[name] for name in ("people", "reschedule") if name in row.preview}
        preview = chosen | {"new_project": dict(wanted)}
    else:
        try:
            preview = read_plan(content, member, row, wanted)
        except ImportRefused as error:
            raise ValidationError({"file": sentence(error.problem)}) from error
    content_type = "text/xml" if foreign is None else "application/octet-stream"
    return keep(actor, member, ImportKind.MSPDI, name, content, content_type, preview, row, large=large)


def _check_new_project(member: Membership, values: Mapping[str, str]) -> None:
    if not member.can(Permission.PROJECT_CREATE):
        raise PermissionDenied
    refuse_over_limit(project_usage(), _("projets"))
    if Project.objects.filter(code__iexact=values["code"]).exists():
        message = _("Le code %(code)s est déjà celui d’un projet : changez-le, ou choisissez ce projet.")
        raise ValidationError({"code": message % {"code": values["code"]}})


def keep(
    actor: Actor,
    member: Membership,
    kind: ImportKind,
    name: str,
    content: bytes,
    content_type: str,
    preview: dict[str, Any],
    row: Import,
    *,
    large: bool,
) -> Import:
    """Keep a file and what is known of it; a large one is read by a job. Raises ValidationError on `file`."""
    mended = not row._state.adding
    if mended and row.state not in {ImportState.PREPARING, ImportState.PREVIEWED, ImportState.FAILED}:
        raise ValidationError({"file": _("Cet import a été lancé : commencez-en un nouveau.")})
    row.kind, row.preview, row.created_by = kind, preview, row.created_by or member
    row.state = ImportState.READING if large else ImportState.PREVIEWED
    row.file = store_file(
        actor=actor,
        name=name,
        content=content,
        content_type=content_type,
        permission=Permission.IMPORT_RUN,
        owner=member,
        private=True,
    )
    row.save()
    record(actor, "import.file_replaced" if mended else "import.previewed", row)
    if large:
        start_reading(member=member, row=row)
    return row


def start_reading(*, member: Membership, row: Import) -> None:
    """Have a file read by a job."""
    label = _("Lecture de %(file)s") % {"file": row.file.name}
    row.state = ImportState.READING
    row.job = start_job(kind="imports.preview", label=label, member=member, params={"import": str(row.pk)})
    row.save(update_fields=["state", "job"])


def read_kept(*, member: Membership, row: Import, progress: Progress = quiet) -> None:
    """Preview a file that was too large to be read at once. Raises ImportRefused."""
    content = read_file(row.file)
    if row.kind == ImportKind.TABLE:
        read_kept_table(member=member, row=row, content=content, progress=progress)
        return
    if row.kind == ImportKind.WORKBOOK:
        row.preview = workbook_preview(examine(content, member))
    else:
        row.preview = read_kept_plan(content, member, row, progress)
    row.state = ImportState.PREVIEWED
    row.save(update_fields=["preview", "state", "converted"])


# --- choose and run


def choose(*, actor: Actor, member: Membership, row: Import, people: Mapping[str, str], reschedule: bool) -> None:
    """Say who the resources of a plan are (a person's key, "new" or "skip") and whether its dates are computed again.

    Raises ValidationError for a resource that the file does not have, or a person whom nobody knows.
    """
    known = row.preview.get("people", {})
    if unknown := set(people) - set(known):
        raise ValidationError(_("Ce fichier n’a pas de ressource %(uid)s.") % {"uid": ", ".join(sorted(unknown))})
    named = {value for value in people.values() if value not in {NEW, SKIP}}
    if NEW in people.values() and not member.can(Permission.PEOPLE_EDIT):
        raise ValidationError(_("Votre rôle ne permet pas de créer des personnes : rattachez chaque ressource."))
    if Person.objects.filter(pk__in=[_key(value) for value in named]).count() != len(named):
        raise ValidationError(_("Une ressource est rattachée à une personne qui n’existe plus : choisissez-en une."))
    row.preview = {**row.preview, "people": {**known, **people}, "reschedule": reschedule}
    row.save(update_fields=["preview"])


def _key(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise ValidationError(_("« %(value)s » n’est pas une personne.") % {"value": value}) from error


def start_import(*, actor: Actor, member: Membership, row: Import) -> Import:
    """Queue the run of an import that was previewed, has failed or was undone. Raises ValidationError otherwise."""
    row = begin(actor=actor, row=row)
    label = _("Import de %(file)s") % {"file": row.file.name}
    row.job = start_job(kind=f"imports.{row.kind}", label=label, member=member, params={"import": str(row.pk)})
    row.save(update_fields=["job"])
    return row


def begin(*, actor: Actor, row: Import) -> Import:
    """Take an import for its run, with a batch of its own. Raises ValidationError when it may not run."""
    row = locked(row.pk)
    if row.state not in {ImportState.PREVIEWED, ImportState.FAILED, ImportState.UNDONE}:
        raise ValidationError(_("Cet import est déjà lancé ou terminé."))
    if not row.preview.get("ok") and not (row.settings.get("skip_faulty") and row.preview.get("may_skip")):
        raise ValidationError(_("Corrigez d’abord les erreurs du fichier : rien n’est importé tant qu’il en reste."))
    row.state, row.batch_id, row.result, row.undone_at = ImportState.RUNNING, uuid7(), {}, None
    row.save(update_fields=["state", "batch_id", "result", "undone_at"])
    record(actor, "import.started", row)
    return row


def locked(pk: Any) -> Import:
    """The import, which nobody else changes before the end of the transaction."""
    found: Import = Import.objects.select_for_update(of=("self",)).select_related("file", "project").get(pk=pk)
    return found


def run_import(*, actor: Actor, member: Membership, row: Import, progress: Progress = quiet) -> None:
    """Write an import that has begun; one that is done already is left. All or nothing, in the caller's transaction.

    Raises ImportNoLongerValidError when the data have changed since the preview, so that the file has errors now.
    """
    if row.state == ImportState.DONE:
        return
    try:
        if row.kind == ImportKind.WORKBOOK:
            _run_workbook(actor, member, row, progress)
        elif row.kind == ImportKind.TABLE:
            run_table(actor, member, row, progress)
        else:
            _run_plan(actor, member, row, progress)
    except ImportRefused as error:  # the rules have moved since the preview, or the file has
        raise ValidationError(sentence(error.problem)) from error
    dry = row.kind == ImportKind.TABLE and row.settings.get("dry", False)
    row.state = ImportState.PREVIEWED if dry else ImportState.DONE
    row.save(update_fields=["state", "result", "preview", "project"])
    record(actor, "import.tried" if dry else "import.done", row)


def _run_workbook(actor: Actor, member: Membership, row: Import, progress: Progress) -> None:
    progress(0, 0, _("Lecture du classeur"))
    changes = examine(read_file(row.file), member, lock=True)
    preview = workbook_preview(changes)
    if not changes.ok:
        raise ImportNoLongerValidError(preview)
    total = sum(len(rows) for rows in changes.rows.values())
    writer = Writer(changes.holdings, actor, member, row.file.name, row.batch_id)
    before = writer.write(changes, lambda done, message: progress(done, total, message))
    outcomes = [one.outcome for rows in changes.rows.values() for one in rows]
    row.preview = preview
    row.result = {
        "created": outcomes.count(Outcome.CREATE) + len(changes.new_poles) + len(changes.new_programmes),
        "updated": outcomes.count(Outcome.UPDATE),
        "same": outcomes.count(Outcome.SAME),
        "sources": before,
    }


def _run_plan(actor: Actor, member: Membership, row: Import, progress: Progress) -> None:
    progress(0, STEPS, _("Lecture du plan"))
    content = read_file(row.plan_file)
    new_project = row.preview.get("new_project")
    project = None if new_project else row.project
    if project is not None:
        if not may(member, Permission.PLAN_EDIT, project) or project.deleted_at is not None:
            raise ValidationError(_("Le projet n’existe plus, ou n’est plus le vôtre : choisissez-en un autre."))
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    changes = examine_plan(content, project)
    may_add = member.can(Permission.PEOPLE_EDIT)
    preview = plan_preview(changes, may_add_people=may_add, former=row.preview.get("people", {}))
    kept = {name: row.preview.get(name) for name in ("new_project", "reschedule", "format")}
    taken = frozenset(int(uid) for uid, chosen in preview["people"].items() if chosen != SKIP)
    preview["certificate"] = to_json(certificate_of_import(content, changes, taken))
    if not preview["ok"]:
        raise ImportNoLongerValidError(preview | kept)
    if project is None:
        days = {"starts_on": changes.starts_on, "ends_on": changes.ends_on}
        project = _new_project(actor, member, row, new_project or {}, days)
    outcome = write_plan(
        changes,
        actor=actor,
        project=project,
        choices=PlanChoices(preview["people"], bool(row.preview.get("reschedule"))),
        file_name=row.file.name,
        batch_id=row.batch_id,
        progress=lambda done, message: progress(done, STEPS, message),
    )
    row.project = project
    row.preview = preview | kept
    row.result = {
        "created": outcome.created,
        "updated": outcome.updated,
        "deleted": outcome.deleted,
        "links": outcome.links,
        "assignments": outcome.assignments,
        "people": outcome.people,
        "sources": outcome.before,
    }


def _new_project(
    actor: Actor, member: Membership, row: Import, values: Mapping[str, str], days: Mapping[str, date]
) -> Project:
    pole = Pole.objects.filter(pk=values["pole"]).first()
    if pole is None:
        raise ValidationError(_("Le pôle choisi n’existe plus : choisissez-en un autre."))
    name = values.get("name") or row.preview.get("name") or row.file.name
    return create_project(
        actor=actor.within(row.batch_id),
        code=values["code"],
        name=name[:160],
        pole=pole,
        manager=Person.objects.filter(membership=member).first(),
        **days,
    )


def fail_import(*, row: Import, message: str, preview: dict[str, Any] | None = None) -> None:
    """A job has failed for good: the import can be mended and run again, or the undo asked again."""
    if row.state == ImportState.READING or row.state == ImportState.RUNNING:
        row.state = ImportState.FAILED
        row.preview = preview or row.preview
        row.result = {**row.result, "message": message}
    elif row.state == ImportState.UNDOING:
        row.state = ImportState.DONE
        row.result = {**row.result, "undo_message": message}
    row.save(update_fields=["state", "preview", "result"])
