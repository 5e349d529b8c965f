"""What people are told of projects: status, phase and dates, milestones, their team."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from portfolio.projects import mentions
from portfolio.projects.concerned import (
    People,
    ProjectDirectory,
    changed,
    dates,
    day,
    of_projects,
    project_address,
)
from portfolio.projects.models import Milestone, Phase, ProjectMember, Weather
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import record
from tech4value.figures.formats import calendar_days
from tech4value.notifications.kinds import (
    Area,
    Concerned,
    Kind,
    Message,
    Reason,
    Told,
    register,
    register_directory,
    register_sweep,
)

# --- status


def _tell_status(events: Sequence[AuditEvent]) -> Iterable[Told]:
    people = People((event.project_id for event in events), team=True)
    for event in events:
        if event.verb == "statusreport.updated" and not changed(event, "weather", "trend", "comment"):
            continue
        facts = {
            "day": event.object_label,
            "weather": (event.changes.get("weather") or [None, ""])[1],
        }
        yield from people.told(event, people.everybody(event.project_id), facts)


def _status_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s point d’avancement publié", "%(n)s points d’avancement publiés", message.count)
        return of_projects(message, text % {"n": message.counted})
    facts = {"who": message.actor_label, "day": day(message.facts["day"])}
    weather = dict(Weather.choices).get(message.facts.get("weather", ""))
    if weather is None:
        return _("%(who)s a corrigé le point d’avancement du %(day)s") % facts
    return _("%(who)s a publié le point d’avancement du %(day)s, météo : %(weather)s") % {
        **facts,
        "weather": str(weather).lower(),
    }


# --- phase and dates


def _tell_changed(events: Sequence[AuditEvent]) -> Iterable[Told]:
    heard = [event for event in events if changed(event, "phase", "starts_on", "ends_on")]
    people = People((event.project_id for event in heard), team=True)
    for event in heard:
        facts = {"name": event.object_label, **changed(event, "phase", "starts_on", "ends_on")}
        yield from people.told(event, people.everybody(event.project_id), facts)


def _changed_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "%(n)s projet a changé de phase ou de dates",
            "%(n)s projets ont changé de phase ou de dates",
            message.count,
        )
        return text % {"n": message.counted}
    facts, said = message.facts, []
    if "phase" in facts:
        labels = {key: str(label) for key, label in Phase.choices}
        before, after = (labels.get(one, one or "") for one in facts["phase"])
        said.append(_("phase : %(before)s → %(after)s") % {"before": before, "after": after})
    if "starts_on" in facts:
        said.append(_("début : %(before)s → %(after)s") % dates(facts["starts_on"]))
    if "ends_on" in facts:
        said.append(_("fin : %(before)s → %(after)s") % dates(facts["ends_on"]))
    return _("%(who)s a modifié le projet (%(what)s)") % {"who": message.actor_label, "what": " ; ".join(said)}


# --- milestones


def _tell_milestones(events: Sequence[AuditEvent], what: str) -> Iterable[Told]:
    people = People(event.project_id for event in events)
    rows = Milestone.objects.filter(pk__in=[event.object_id for event in events])
    owners = dict(rows.values_list("pk", "owner__membership_id"))
    due = dict(rows.values_list("pk", "due_on"))
    for event in events:
        if event.object_id not in owners:
            continue
        facts: dict[str, Any] = {"name": event.object_label}
        if what == "moved":
            if "due_on" not in event.changes or None in event.changes["due_on"]:
                continue
            facts["due_on"] = event.changes["due_on"]
        elif what == "reached":
            if not (event.changes.get("actual_on") or [None, None])[1]:
                continue
            facts["on"] = event.changes["actual_on"][1]
        else:
            facts["due_on"] = str(due[event.object_id])
        owner = owners[event.object_id]
        own = (Concerned(owner, Reason.OWNER),) if owner else ()
        yield from people.told(event, (*own, *people.leaders(event.project_id)), facts)


def _moved(events: Sequence[AuditEvent]) -> Iterable[Told]:
    return _tell_milestones(events, "moved")


def _reached(events: Sequence[AuditEvent]) -> Iterable[Told]:
    return _tell_milestones(events, "reached")


def _late(events: Sequence[AuditEvent]) -> Iterable[Told]:
    return _tell_milestones(events, "late")


def _moved_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s jalon a changé de date", "%(n)s jalons ont changé de date", message.count)
        return of_projects(message, text % {"n": message.counted})
    before, after = (date.fromisoformat(one) for one in message.facts["due_on"])
    shift = (after - before).days
    moved = _("%(days)s plus tard") if shift > 0 else _("%(days)s plus tôt")
    return _("%(who)s a déplacé le jalon « %(name)s » du %(before)s au %(after)s : %(shift)s") % {
        "who": message.actor_label,
        "name": message.facts["name"],
        "shift": moved % {"days": calendar_days(abs(shift), get_language() or "fr")},
        **dates(message.facts["due_on"]),
    }


def _reached_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s jalon a été atteint", "%(n)s jalons ont été atteints", message.count)
        return of_projects(message, text % {"n": message.counted})
    return _("Le jalon « %(name)s » a été atteint le %(day)s") % {
        "name": message.facts["name"],
        "day": day(message.facts["on"]),
    }


def _late_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s jalon est en retard", "%(n)s jalons sont en retard", message.count)
        return of_projects(message, text % {"n": message.counted})
    return _("Le jalon « %(name)s », prévu le %(day)s, n’est pas atteint") % {
        "name": message.facts["name"],
        "day": day(message.facts["due_on"]),
    }


def tell_late_milestones(since: date, until: date) -> None:
    """Journal, as the system, the milestones that were due on those days and have not been met."""
    late = Milestone.objects.filter(due_on__gte=since, due_on__lt=until, actual_on=None, project__deleted_at=None)
    for milestone in late.exclude(project__phase=Phase.CLOSED):
        record(SYSTEM, "milestone.late", milestone)


# --- the team


def _tell_joined(events: Sequence[AuditEvent]) -> Iterable[Told]:
    people = People(event.project_id for event in events)
    rows = ProjectMember.objects.filter(pk__in=[event.object_id for event in events])
    members = dict(rows.filter(person__membership__isnull=False).values_list("pk", "person__membership_id"))
    for event in events:
        if event.object_id in members:
            yield from people.told(event, (Concerned(members[event.object_id], Reason.TEAM),), {})


def _joined_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "Vous êtes entré dans l’équipe de %(n)s projet",
            "Vous êtes entré dans l’équipe de %(n)s projets",
            message.count,
        )
        return text % {"n": message.counted}
    return _("%(who)s vous a fait entrer dans l’équipe du projet") % {"who": message.actor_label}


def _page(name: str) -> Callable[[Message], str]:
    return lambda message: project_address(message, name)


def declare() -> None:
    """The kinds of this room, its projects and what it finds late; called once, when the room is ready."""
    register_directory(ProjectDirectory())
    register_sweep(tell_late_milestones)
    register(mentions.KIND)
    view = Permission.PROJECT_VIEW
    register(
        Kind(
            "status.published",
            gettext_lazy("Point d’avancement publié"),
            Area.PROJECTS,
            ("statusreport.created", "statusreport.updated"),
            _tell_status,
            _status_sentence,
            _page("projects:status"),
            view,
            followed=True,
            teams=True,
            icon="megaphone",
            order=60,
        ),
        Kind(
            "project.changed",
            gettext_lazy("Phase ou dates d’un projet"),
            Area.PROJECTS,
            ("project.updated",),
            _tell_changed,
            _changed_sentence,
            _page("projects:detail"),
            view,
            important=True,
            followed=True,
            email=True,
            teams=True,
            icon="rectangle-stack",
            order=40,
        ),
        Kind(
            "project.joined",
            gettext_lazy("Entrée dans l’équipe d’un projet"),
            Area.PROJECTS,
            ("projectmember.created",),
            _tell_joined,
            _joined_sentence,
            _page("projects:detail"),
            view,
            email=True,
            icon="user-plus",
            order=50,
        ),
        Kind(
            "milestone.moved",
            gettext_lazy("Jalon déplacé"),
            Area.PROJECTS,
            ("milestone.updated",),
            _moved,
            _moved_sentence,
            _page("projects:milestones"),
            view,
            important=True,
            followed=True,
            email=True,
            teams=True,
            icon="flag",
            order=41,
        ),
        Kind(
            "milestone.reached",
            gettext_lazy("Jalon atteint"),
            Area.PROJECTS,
            ("milestone.reached", "milestone.updated"),
            _reached,
            _reached_sentence,
            _page("projects:milestones"),
            view,
            followed=True,
            teams=True,
            icon="check-circle",
            order=40,
        ),
        Kind(
            "milestone.late",
            gettext_lazy("Jalon en retard"),
            Area.PROJECTS,
            ("milestone.late",),
            _late,
            _late_sentence,
            _page("projects:milestones"),
            view,
            important=True,
            followed=True,
            email=True,
            teams=True,
            icon="exclamation-triangle",
            order=42,
        ),
    )
