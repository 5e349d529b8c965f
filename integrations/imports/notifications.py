"""What people are told of imports: that theirs is finished, or undone by somebody. A failure is told as a job's."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations.imports.models import Import
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, counted, register

COUNTED = ("created", "updated", "deleted")


def _tell(events: Sequence[AuditEvent]) -> Iterable[Told]:
    rows = Import.objects.filter(pk__in=[event.object_id for event in events]).select_related("file")
    found = {row.pk: row for row in rows}
    for event in events:
        row = found.get(event.object_id) if event.object_id else None
        if row is None or row.created_by_id is None:
            continue
        facts = {
            "name": row.file.name,
            "import": str(row.pk),
            "rows": sum(int(row.result.get(name, 0) or 0) for name in COUNTED),
        }
        yield Told(event, (Concerned(row.created_by_id, Reason.REQUESTER),), facts)


def _done_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s import est terminé", "%(n)s imports sont terminés", message.count)
        return text % {"n": message.counted}
    rows = message.facts["rows"]
    said = ngettext("%(n)s ligne écrite", "%(n)s lignes écrites", rows) % {"n": counted(rows)}
    return _("L’import de « %(name)s » est terminé : %(rows)s") % {"name": message.facts["name"], "rows": said}


def _undone_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s import a été annulé", "%(n)s imports ont été annulés", message.count)
        return text % {"n": message.counted}
    return _("%(who)s a annulé l’import de « %(name)s »") % {
        "who": message.actor_label,
        "name": message.facts["name"],
    }


def _address(message: Message) -> str:
    if message.count > 1:
        return reverse("imports:start")
    return reverse("imports:detail", args=[message.facts["import"]])


def declare() -> None:
    """The kinds of this room."""
    register(
        Kind(
            "import.done",
            gettext_lazy("Import terminé"),
            Area.DOCUMENTS,
            ("import.done",),
            _tell,
            _done_sentence,
            _address,
            Permission.IMPORT_RUN,
            own=True,
            icon="arrow-up-tray",
            order=50,
        ),
        Kind(
            "import.undone",
            gettext_lazy("Import annulé"),
            Area.DOCUMENTS,
            ("import.undone",),
            _tell,
            _undone_sentence,
            _address,
            Permission.IMPORT_RUN,
            important=True,
            email=True,
            icon="arrow-uturn-left",
            order=50,
        ),
    )
