"""What people are told of packs: that one is ready."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reporting.packs.models import Pack
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role
from tech4value.audit.models import AuditEvent
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register


def _tell(events: Sequence[AuditEvent]) -> Iterable[Told]:
    makers = dict(
        Pack.objects.filter(pk__in=[event.object_id for event in events]).values_list("pk", "created_by_id")
    )
    readers = Membership.objects.filter(role=Role.READER, is_active=True).values_list("pk", flat=True)
    reading = tuple(Concerned(member, Reason.READER) for member in readers)
    for event in events:
        if event.object_id not in makers:
            continue
        maker = makers[event.object_id]
        to = ((Concerned(maker, Reason.REQUESTER),) if maker else ()) + reading
        yield Told(event, to, {"name": event.object_label, "pack": str(event.object_id)})


def _sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s dossier de Copil est prêt", "%(n)s dossiers de Copil sont prêts", message.count)
        return text % {"n": message.counted}
    return _("Le dossier de Copil « %(name)s » est prêt") % {"name": message.facts["name"]}


def _address(message: Message) -> str:
    if message.count > 1:
        return reverse("packs:list")
    return reverse("packs:detail", args=[message.facts["pack"]])


def declare() -> None:
    """The kinds of this room."""
    register(
        Kind(
            "pack.ready",
            gettext_lazy("Dossier de Copil prêt"),
            Area.DOCUMENTS,
            ("pack.done",),
            _tell,
            _sentence,
            _address,
            Permission.PACK_VIEW,
            own=True,
            email=True,
            teams=True,
            icon="document-text",
            order=50,
        )
    )
