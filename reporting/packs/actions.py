"""Make a pack: freeze the portfolio in the request's transaction, then let a job draw the PDF from that alone."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from reporting.dashboards.queries import visible_projects
from reporting.packs.models import Confidentiality, Pack, PackState
from reporting.packs.pdf import pdf_of
from reporting.packs.snapshot import Selection, Snapshot, digest, take
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.audit.writing import record, update
from tech4value.files.actions import store_file
from tech4value.files.models import StoredFile
from tech4value.jobs.actions import start_job
from tech4value.jobs.models import Job
from tech4value.jobs.registry import JobError
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.models import uuid7

RENDER = "packs.render"


def default_title(language: str, selection: Selection) -> str:
    """`Comité de pilotage – Système d’information`: the filters' names, else the company's."""
    names = selection.names()
    scope = ", ".join(name for name in (names.pole, names.programme, names.sponsor) if name)
    with translation.override(language):
        title = _("Comité de pilotage – %(scope)s") % {"scope": scope or current_tenant().name}
    return title[:160]


def create_pack(
    *,
    actor: Actor,
    member: Membership,
    selection: Selection | None = None,
    title: str = "",
    meeting_on: date | None = None,
    language: str = "",
    confidentiality: str = Confidentiality.CONFIDENTIAL,
    with_cash: bool = False,
) -> Pack:
    """Freeze what `member` steers, as selected, and queue the job that draws it.

    What is not given has a default: a title made from the filters, today, the member's language. Raises
    ValidationError for a chosen project that the member does not steer, for a cash that they may not read or that is
    not there, or for a value that does not hold.
    """
    selection = selection or Selection()
    language = language or member.user.language
    pack = Pack(
        pk=uuid7(),
        title=title.strip() or default_title(language, selection),
        meeting_on=meeting_on or today(),
        language=language,
        confidentiality=confidentiality,
        filters=selection.to_json(),
        created_by=member,
    )
    pack.clean_fields(exclude=["snapshot", "snapshot_sha256", "tenant"])
    _check_chosen(member, selection)
    if with_cash and not member.can(Permission.CASH_VIEW):
        raise ValidationError({"with_cash": _("Votre rôle ne permet pas de lire la trésorerie.")})
    snapshot = take(
        member,
        selection,
        title=pack.title,
        meeting_on=pack.meeting_on,
        language=language,
        confidentiality=confidentiality,
        with_cash=with_cash,
    )
    if with_cash and snapshot.cash is None:
        raise ValidationError(
            {"with_cash": _("Aucun compte bancaire n’est saisi : il n’y a pas encore de trésorerie à joindre.")}
        )
    frozen = snapshot.to_json()
    pack.snapshot, pack.snapshot_sha256 = frozen, digest(frozen)
    pack.job = _start(pack, member)
    # Not `create`: the journal says that there is a pack, the snapshot is not copied into it.
    pack.save(force_insert=True)
    record(
        actor,
        "pack.created",
        pack,
        {
            "title": [None, pack.title],
            "meeting_on": [None, pack.meeting_on.isoformat()],
            "language": [None, pack.language],
            "confidentiality": [None, pack.confidentiality],
            "snapshot_sha256": [None, pack.snapshot_sha256],
        },
    )
    return pack


def _check_chosen(member: Membership, selection: Selection) -> None:
    wanted: set[UUID] = set(selection.projects)
    if wanted and visible_projects(member, selection).count() != len(wanted):
        raise ValidationError(
            {
                "projects": _(
                    "Un des projets choisis n’existe plus ou ne répond pas aux filtres : rouvrez le formulaire et "
                    "choisissez de nouveau."
                )
            }
        )


def _start(pack: Pack, member: Membership | None) -> Job:
    label = _("Dossier de Copil : %(title)s") % {"title": pack.title}
    return start_job(kind=RENDER, label=label, member=member, params={"pack": str(pack.pk)})


def retry_pack(*, actor: Actor, member: Membership, pack: Pack) -> None:
    """Queue the job again after a failure: the same snapshot, hence the same figures.

    Raises ValidationError when the PDF is there or on its way.
    """
    if pack.state is not PackState.FAILED:
        raise ValidationError(_("Ce dossier est déjà prêt ou en préparation."))
    update(actor, pack, {"job": _start(pack, member)}, verb="pack.started")


def render_pack(*, actor: Actor, pack: Pack) -> StoredFile:
    """Draw the PDF from the snapshot and keep it. Raises JobError with a sentence when it cannot be done."""
    if digest(pack.snapshot) != pack.snapshot_sha256:
        raise JobError(_("Les données figées de ce dossier ont été altérées : produisez un nouveau dossier."))
    content = pdf_of(Snapshot.from_json(pack.snapshot))
    file = store_file(
        actor=actor,
        name=file_name(pack),
        content=content,
        content_type="application/pdf",
        permission=Permission.PACK_VIEW,
        owner=pack.created_by,
    )
    update(actor, pack, {"file": file}, verb="pack.done")
    return file


def file_name(pack: Pack) -> str:
    """`2026-11-26 Comité de pilotage.pdf`: packs sort by date in a folder."""
    return f"{pack.meeting_on.isoformat()} {pack.title[:100].strip()}.pdf"
