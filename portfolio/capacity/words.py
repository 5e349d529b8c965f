"""What allocations, requests and overloads say of themselves."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.capacity.domain.booking import FIRST_DAY, LAST_DAY, Reason, Refusal
from portfolio.capacity.models import Allocation, StaffingRequest
from portfolio.people.models import Person
from tech4value.figures.formats import date_short, days, percent

FIELDS = {
    Reason.DISORDER: "ends_on",
    Reason.OUT_OF_RANGE: "starts_on",
    Reason.BEFORE_ARRIVAL: "starts_on",
    Reason.AFTER_DEPARTURE: "ends_on",
    Reason.OVER_SHARE: "share",
    Reason.NO_TIME: "starts_on",
    Reason.OVER_DAYS: "days",
}


def language() -> str:
    """The language of the reader."""
    return get_language() or "fr"


def day(value: date | None) -> str:
    """A date, short."""
    return date_short(value, language())


def refused(found: Iterable[Refusal], *, by_share: bool, person: Person | None = None) -> dict[str, list[str]]:
    """The refusals of an allocation, by field, in sentences."""
    said: dict[str, list[str]] = {}
    for one in found:
        field = FIELDS.get(one.reason, "share" if by_share else "days")
        said.setdefault(field, []).append(_sentence(one, person))
    return said


def _sentence(one: Refusal, person: Person | None) -> str:
    name = person.name if person is not None else ""
    match one.reason:
        case Reason.DISORDER:
            return _("La fin précède le début : corrigez l’une des deux dates.")
        case Reason.OUT_OF_RANGE:
            return _("Choisissez des dates entre le %(first)s et le %(last)s.") % {
                "first": day(FIRST_DAY),
                "last": day(LAST_DAY),
            }
        case Reason.BEFORE_ARRIVAL:
            return _(
                "%(name)s arrive le %(day)s : la période commence %(gap)s plus tôt. Commencez à son arrivée."
            ) % {"name": name, "day": day(person.joined_on if person is not None else None), "gap": _days(one.gap)}
        case Reason.AFTER_DEPARTURE:
            return _("%(name)s part le %(day)s : la période finit %(gap)s plus tard. Finissez à son départ.") % {
                "name": name,
                "day": day(person.left_on if person is not None else None),
                "gap": _days(one.gap),
            }
        case Reason.OVER_SHARE:
            return _("%(name)s travaille à %(limit)s d’un temps plein : %(asked)s en demande %(gap)s de trop.") % {
                "name": name,
                "limit": _share(one.limit),
                "asked": _share(one.asked),
                "gap": _share(one.gap),
            }
        case Reason.NO_TIME:
            return _(
                "%(name)s ne travaille aucun jour de cette période (absences, jours fériés ou calendrier) : "
                "changez les dates."
            ) % {"name": name}
        case Reason.OVER_DAYS:
            return _("%(name)s travaille %(limit)s dans cette période : %(asked)s en demandent %(gap)s de trop.") % {
                "name": name,
                "limit": _days(one.limit),
                "asked": _days(one.asked),
                "gap": _days(one.gap),
            }
    return _(
        "Forfait jours : %(name)s serait à %(asked)s alloués en %(year)s, %(gap)s de plus que les %(limit)s du "
        "forfait. Posez ses absences, ou réduisez l’allocation."
    ) % {
        "name": name,
        "asked": _days(one.asked),
        "year": one.year,
        "gap": _days(one.gap),
        "limit": _days(one.limit),
    }


def _days(value: Decimal) -> str:
    return days(value, language(), decimals=0 if value == value.to_integral_value() else 1)


def _share(value: Decimal) -> str:
    return percent(value, language())


def amount(row: Allocation | StaffingRequest) -> str:
    """How much: `50 %`, or `12 j`."""
    return _share(row.share) if row.share is not None else _days(Decimal(getattr(row, "days", 0)))


def period(row: Allocation | StaffingRequest) -> str:
    """When: `du 02/03/2026 au 30/04/2026`."""
    return _("du %(first)s au %(last)s") % {"first": day(row.starts_on), "last": day(row.ends_on)}


def wanted(row: StaffingRequest) -> str:
    """What is looked for: `SQL, confirmé · Analyste`."""
    parts = []
    if row.skill is not None:
        parts.append(
            _("%(skill)s (%(level)s ou plus)") % {"skill": row.skill.name, "level": row.get_level_display().lower()}
        )
    if row.profile is not None:
        parts.append(row.profile.name)
    return " · ".join(parts)
