"""Make a file of a plan; give and take back the secret address of a calendar."""

import secrets
from dataclasses import fields
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from integrations.exports.held import Outgoing, outgoing_plan
from integrations.exports.models import CalendarFeed, PlanExport, PlanFormat
from integrations.exports.table import plan_csv
from integrations.imports.certificates import to_json
from integrations.imports.domain.mspdi_attribute_writer import same_attribute
from integrations.imports.domain.mspdi_certificate import certify
from integrations.imports.domain.mspdi_held import HeldPlan, HeldTask
from integrations.imports.domain.mspdi_writer import write_mspdi
from integrations.imports.domain.problem import ImportRefused
from integrations.imports.messages import sentence
from integrations.imports.plan_held import read_origin
from portfolio.projects.access import demand, may
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, record
from tech4value.files.actions import store_file
from tech4value.jobs.actions import start_job
from tech4value.jobs.registry import JobError, RunningJob

JOB = "exports.plan"
MOST_FEEDS = 20
TYPES = {PlanFormat.MSPDI: ("xml", "text/xml"), PlanFormat.CSV: ("csv", "text/csv; charset=utf-8")}
# What a file read again is compared on; the numbers of baselines, GUIDs and decimals of progress are not the plan's.
_COMPARED = {one.name for one in fields(HeldTask)} - {"guid", "baselines", "percent_complete", "attributes"}
# A summary's dates are computed, by each program in its way.
_OF_SUMMARIES = {"level", "name", "summary", "deadline", "notes"}


def start_plan_export(*, actor: Actor, member: Membership, project: Project, file_format: str) -> PlanExport:
    """Queue the file of a plan that `member` may see. Raises PermissionDenied, or ValidationError for an unknown
    format."""
    demand(member, Permission.PLAN_VIEW, project)
    if file_format not in PlanFormat.values:
        raise ValidationError({"format": _("Choisissez l’un des formats proposés.")})
    row = PlanExport(project=project, format=file_format, created_by=member)
    label = _("Export du plan de %(project)s") % {"project": project.name}
    row.job = start_job(kind=JOB, label=label, member=member, params={"export": str(row.pk)})
    row.save(force_insert=True)
    record(actor, "plan.exported", row, {"project": [None, str(project.pk)], "format": [None, file_format]})
    return row


def make_plan_export(running: RunningJob) -> None:
    """Write the file, and its certificate. Raises JobError with a sentence when it cannot be done."""
    row = PlanExport.objects.select_related("project__manager", "project__sponsor").get(pk=running.params["export"])
    running.result_url = reverse("exports:detail", args=[row.pk])
    member, project = running.member, row.project
    if member is None or project.deleted_at is not None or not may(member, Permission.PLAN_VIEW, project):
        raise JobError(_("Ce projet n’existe plus, ou vous n’en voyez plus le plan : le fichier n’est pas fait."))
    suffix, content_type = TYPES[PlanFormat(row.format)]
    try:
        if row.format == PlanFormat.CSV:
            content, number = plan_csv(project, get_language() or "fr", member)
            row.facts = {"tasks": number}
        else:
            content = _mspdi(row, outgoing_plan(project, member), running)
    except ImportRefused as error:
        values = {"reason": sentence(error.problem)}
        raise JobError(
            _("Le fichier d’où vient ce plan ne se relit plus : %(reason)s Importez-le de nouveau.") % values
        ) from error
    row.file = running.file = store_file(
        actor=running.actor,
        name=f"{project.code} {project.name}"[:120].strip() + f".{suffix}",
        content=content,
        content_type=content_type,
        permission=Permission.PLAN_VIEW,
        owner=member,
        private=True,
    )
    row.save(update_fields=["file", "certificate", "facts", "notes"])
    running.message = ""


def _mspdi(row: PlanExport, outgoing: Outgoing, running: RunningJob) -> bytes:
    plan, origin = outgoing.plan, outgoing.origin
    running.progress(1, 3, _("Écriture du fichier"))
    content = write_mspdi(plan, origin, amounts=outgoing.amounts)
    running.progress(2, 3, _("Relecture et certificat"))
    if origin is not None:
        certificate = certify(origin.content, content, write_mspdi(plan), amounts=outgoing.amounts)
        row.certificate = to_json(certificate)
    row.notes = list(outgoing.notes)
    row.facts = _read_again(plan, content, row.project)
    return content


def _read_again(plan: HeldPlan, content: bytes, project: Project) -> dict[str, Any]:
    """What the file says once written, against the plan: the numbers, and the tasks that differ."""
    people = frozenset(one.uid for one in plan.resources)
    origin, file = read_origin(content, project.starts_on, people=people)
    read = {task.uid: task for task in origin.plan.tasks}
    said = {task.uid: dict(task.attributes) for task in file.tasks}
    different = [
        task.name
        for task in plan.tasks
        if task.uid not in read
        or _differ(task, read[task.uid])
        or not all(same_attribute(said[task.uid].get(key, ""), text) for key, text in task.attributes)
    ]
    return {
        "tasks": len(plan.tasks),
        "links": len(plan.links),
        "resources": len(plan.resources),
        "assignments": len(plan.assignments),
        "different": different[:20],
        "differences": len(different),
    }


def _differ(task: HeldTask, again: HeldTask) -> bool:
    names = _OF_SUMMARIES if task.summary else _COMPARED
    return any(getattr(task, name) != getattr(again, name) for name in names)


# --- calendars


def open_feed(*, actor: Actor, member: Membership, project: Project | None) -> tuple[CalendarFeed, str]:
    """A new calendar, and its secret, which is kept nowhere. Raises PermissionDenied, or ValidationError when the
    person has twenty already."""
    if project is not None:
        demand(member, Permission.PROJECT_VIEW, project)
    if CalendarFeed.objects.filter(member=member).count() >= MOST_FEEDS:
        raise ValidationError(
            _("Vous avez déjà %(n)d adresses d’agenda : supprimez-en une avant d’en créer une autre.")
            % {"n": MOST_FEEDS}
        )
    secret = secrets.token_urlsafe(32)
    return create(actor, CalendarFeed(member=member, project=project, hash=CalendarFeed.digest(secret))), secret


def close_feed(*, actor: Actor, feed: CalendarFeed) -> None:
    """Take the address back: whoever reads it finds nothing from now on."""
    delete(actor, feed)
