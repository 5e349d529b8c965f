"""What people are told of the platform itself: their role, their account, members, jobs that fail."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tech4value.accounts.models import ApiToken, Membership
from tech4value.accounts.permissions import Permission, Role
from tech4value.audit.models import AuditEvent
from tech4value.jobs.models import Job
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register


def _role(key: Any) -> str:
    return str(Role(key).label) if key in Role.values else str(key or "")


def _administrators() -> tuple[Concerned, ...]:
    rows = Membership.objects.filter(role=Role.ADMINISTRATOR, is_active=True).values_list("pk", flat=True)
    return tuple(Concerned(member, Reason.ADMINISTRATOR) for member in rows)


def _tell_own_role(events: Sequence[AuditEvent]) -> Iterable[Told]:
    for event in events:
        if event.object_id is not None and "role" in event.changes:
            yield Told(event, (Concerned(event.object_id, Reason.ACCOUNT),), {"role": event.changes["role"]})


def _own_role_sentence(message: Message) -> str:
    before, after = (_role(key) for key in message.facts["role"])
    return _("%(who)s vous a donné le rôle « %(after)s » (avant : %(before)s)") % {
        "who": message.actor_label,
        "before": before,
        "after": after,
    }


def _tell_roles(events: Sequence[AuditEvent]) -> Iterable[Told]:
    heard = [event for event in events if "role" in event.changes]
    to = _administrators() if heard else ()
    for event in heard:
        others = tuple(one for one in to if one.member_id != event.object_id)
        yield Told(event, others, {"name": event.object_label, "role": event.changes["role"]})


def _roles_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s membre a changé de rôle", "%(n)s membres ont changé de rôle", message.count)
        return text % {"n": message.counted}
    before, after = (_role(key) for key in message.facts["role"])
    return _("%(name)s passe du rôle « %(before)s » au rôle « %(after)s »") % {
        "name": message.facts["name"],
        "before": before,
        "after": after,
    }


def _tell_accepted(events: Sequence[AuditEvent]) -> Iterable[Told]:
    to = _administrators()
    for event in events:
        yield Told(event, to, {"name": event.actor_label})


def _accepted_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s invitation a été acceptée", "%(n)s invitations ont été acceptées", message.count)
        return text % {"n": message.counted}
    return _("%(name)s a accepté l’invitation et fait partie des membres") % {"name": message.facts["name"]}


def _tell_token(events: Sequence[AuditEvent]) -> Iterable[Told]:
    rows = ApiToken.objects.filter(pk__in=[event.object_id for event in events])
    owners = dict(rows.values_list("pk", "membership_id"))
    for event in events:
        if event.object_id in owners:
            to = (Concerned(owners[event.object_id], Reason.ACCOUNT),)
            yield Told(event, to, {"name": event.object_label})


def _token_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "%(n)s jeton d’API a été créé sur votre compte", "%(n)s jetons d’API ont été créés sur votre compte",
            message.count,
        )  # fmt: skip
        return text % {"n": message.counted}
    return _("Le jeton d’API « %(name)s » a été créé sur votre compte") % {"name": message.facts["name"]}


def _tell_failed(events: Sequence[AuditEvent]) -> Iterable[Told]:
    rows = Job.objects.filter(pk__in=[event.object_id for event in events])
    found = {row.pk: row for row in rows}
    for event in events:
        row = found.get(event.object_id) if event.object_id else None
        if row is not None and row.started_by_id is not None:
            facts = {"name": row.label, "why": row.message, "url": row.result_url}
            yield Told(event, (Concerned(row.started_by_id, Reason.REQUESTER),), facts)


def _failed_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s traitement a échoué", "%(n)s traitements ont échoué", message.count)
        return text % {"n": message.counted}
    return _("« %(name)s » a échoué : %(why)s") % {"name": message.facts["name"], "why": message.facts["why"]}


def _to(name: str) -> Any:
    return lambda message: reverse(name)


def declare() -> None:
    """The kinds of the platform."""
    register(
        Kind(
            "account.role",
            gettext_lazy("Mon rôle a changé"),
            Area.ACCOUNT,
            ("membership.updated",),
            _tell_own_role,
            _own_role_sentence,
            _to("notifications:list"),
            important=True,
            email=True,
            icon="key",
            order=20,
        ),
        Kind(
            "account.token",
            gettext_lazy("Jeton d’API créé sur mon compte"),
            Area.ACCOUNT,
            ("apitoken.created",),
            _tell_token,
            _token_sentence,
            _to("console:tokens"),
            important=True,
            own=True,  # a mail of its own has gone already: accounts.security_mail
            icon="key",
            order=20,
        ),
        Kind(
            "member.accepted",
            gettext_lazy("Invitation acceptée"),
            Area.ACCOUNT,
            ("invitation.accepted",),
            _tell_accepted,
            _accepted_sentence,
            _to("console:members"),
            Permission.MEMBER_VIEW,
            icon="user-plus",
            order=60,
        ),
        Kind(
            "member.role",
            gettext_lazy("Rôle d’un membre"),
            Area.ACCOUNT,
            ("membership.updated",),
            _tell_roles,
            _roles_sentence,
            _to("console:members"),
            Permission.MEMBER_VIEW,
            icon="users",
            order=60,
        ),
        Kind(
            "job.failed",
            gettext_lazy("Traitement ou import échoué"),
            Area.DOCUMENTS,
            ("job.failed",),
            _tell_failed,
            _failed_sentence,
            _to("jobs:list"),
            Permission.JOB_VIEW,
            important=True,
            own=True,
            email=True,
            icon="exclamation-circle",
            order=30,
        ),
    )
