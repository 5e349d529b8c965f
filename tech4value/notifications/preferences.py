"""What a member chose, and how it is changed. A new member chooses nothing: the kinds' defaults hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, update
from tech4value.notifications import schedule
from tech4value.notifications.kinds import Kind, all_kinds, directory, kind_of
from tech4value.notifications.models import Level, MessageSettings, ProjectLevel, Rhythm
from tech4value.notifications.schedule import Wishes
from tech4value.tenancy.context import current_tenant

RHYTHMS: Final[dict[str, schedule.Rhythm]] = {
    Rhythm.AT_ONCE: "at_once",
    Rhythm.DAILY: "daily",
    Rhythm.WEEKLY: "weekly",
}
FIELDS = ("rhythm", "digest_hour", "digest_weekday", "time_zone", "quiet_from", "quiet_until")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The channels by which a message goes."""

    app: bool
    email: bool


NOWHERE = Chosen(app=False, email=False)


def default_settings(member: Membership) -> MessageSettings:
    """What holds for a member who has chosen nothing; not saved."""
    return MessageSettings(member=member, tenant=current_tenant())


def settings_of(member: Membership) -> MessageSettings:
    """What the member chose, else the defaults."""
    row: MessageSettings | None = MessageSettings.objects.select_related("tenant").filter(member=member).first()
    return row or default_settings(member)


def chosen(settings: MessageSettings, kind: Kind, level: str = "") -> Chosen:
    """The channels of a kind, for a member and how much they want to hear of the project."""
    if level == Level.MUTED or (level == Level.IMPORTANT and not kind.important):
        return NOWHERE
    own = settings.channels.get(kind.key, {})
    return Chosen(app=bool(own.get("app", kind.app)), email=bool(own.get("email", kind.email)))


def wishes(settings: MessageSettings) -> Wishes:
    """When the member's e-mails may go."""
    return Wishes(
        zone=settings.zone,
        rhythm=RHYTHMS[Rhythm(settings.rhythm)],
        hour=settings.digest_hour,
        weekday=settings.digest_weekday,
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
    )


def change_settings(
    *, actor: Actor, member: Membership, values: Mapping[str, Any], version: int | None = None
) -> MessageSettings:
    """Set some of FIELDS, and `channels` ({kind: {"app": bool, "email": bool}}, kinds not named stay as they are).

    Raises ValidationError by field; StaleVersionError when `version` is no longer the row's.
    """
    row = settings_of(member)
    unknown = set(values) - {*FIELDS, "channels"}
    if unknown:
        raise ValidationError({name: _("Cette préférence n’existe pas.") for name in unknown})
    wanted = {name: values[name] for name in FIELDS if name in values}
    if "channels" in values:
        wanted["channels"] = _merged(row, values["channels"])
    _check(row, wanted)
    if row._state.adding:
        for name, value in wanted.items():
            setattr(row, name, value)
        return create(actor, row)
    update(actor, row, wanted, version=version)
    return row


def _merged(row: MessageSettings, given: Mapping[str, Mapping[str, bool]]) -> dict[str, dict[str, bool]]:
    """What differs from the defaults, after `given`."""
    merged: dict[str, dict[str, bool]] = {}
    for key in given:
        if kind_of(key) is None:
            raise ValidationError({"channels": _("« %(kind)s » n’est pas une sorte de message.") % {"kind": key}})
    for kind in all_kinds():
        now = chosen(row, kind)
        new = {"app": now.app, "email": now.email} | dict(given.get(kind.key, {}))
        if new != {"app": kind.app, "email": kind.email}:
            merged[kind.key] = new
    return merged


def _check(row: MessageSettings, wanted: Mapping[str, Any]) -> None:
    candidate = MessageSettings(
        member=row.member, **{name: getattr(row, name) for name in (*FIELDS, "channels")} | dict(wanted)
    )
    errors: dict[str, Any] = {}
    try:
        candidate.clean_fields(exclude=["tenant", "member"])
    except ValidationError as error:
        errors.update(error.error_dict)
    if candidate.time_zone and candidate.time_zone not in available_timezones():
        errors["time_zone"] = _("« %(zone)s » n’est pas un fuseau horaire.") % {"zone": candidate.time_zone}
    if (candidate.quiet_from is None) != (candidate.quiet_until is None):
        missing = "quiet_from" if candidate.quiet_from is None else "quiet_until"
        errors[missing] = _("Donnez les deux heures, ou aucune.")
    elif candidate.quiet_from is not None and candidate.quiet_from == candidate.quiet_until:
        errors["quiet_until"] = _("Donnez une autre heure que celle du début : ces heures n’ont aucune durée.")
    if errors:
        raise ValidationError(errors)
    ZoneInfo(candidate.time_zone or "UTC")


def levels_of(member: Membership) -> dict[UUID, str]:
    """The projects of which the member wants more or less than what concerns them."""
    rows = ProjectLevel.objects.filter(member=member).exclude(level=Level.CONCERNED)
    return {row.project_id: row.level for row in rows}


def set_level(*, actor: Actor, member: Membership, project_id: UUID, level: str) -> bool:
    """How much the member wants to hear of a project that they see; returns whether it differed.

    Raises ValidationError for a project that they do not see, or a level that does not exist.
    """
    if level not in Level.values:
        raise ValidationError({"level": _("« %(level)s » n’est pas un suivi.") % {"level": level}})
    if project_id not in directory().names(member):
        raise ValidationError({"project": _("Ce projet n’existe pas, ou n’est pas visible pour vous.")})
    row = ProjectLevel.objects.filter(member=member, project_id=project_id).first()
    if row is not None:
        return update(actor, row, {"level": level})
    if level == Level.CONCERNED:
        return False
    create(actor, ProjectLevel(member=member, project_id=project_id, level=level))
    return True
