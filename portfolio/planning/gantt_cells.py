"""What people type in a cell of the plan, as values of a task: dates, durations, shares, predecessors, persons."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.people.fields import DateField
from portfolio.people.models import Person
from portfolio.planning.domain.predecessors import PredecessorError, read_predecessors
from portfolio.planning.link_actions import Link
from portfolio.planning.models import ConstraintKind, Task
from portfolio.planning.outside_lines import links_of
from portfolio.planning.predecessor_words import predecessor_sentence
from tech4value.accounts.models import Membership
from tech4value.tenancy.folding import fold

MOST_PEOPLE: Final = 50
_DURATION: Final = re.compile(
    r"(\d{1,6}(?:[.,]\d{1,2})?)\s*(mins?|h|hrs?|j|jours?|d|days?|s|sem|semaines?|w|wks?|weeks?)?\.?"
)
_MINUTES: Final = {"h": 60, "m": 1}
_DAYS: Final = {"j": 1, "d": 1, "s": 5, "w": 5}
_PERSON: Final = re.compile(r"(?P<name>.*?)\s*[\[(]?\s*(?P<units>\d{1,4}(?:[.,]\d{1,2})?)\s*%\s*[\])]?")
# Short forms of the constraints: « début non antérieur », « fin non postérieure », « doit commencer le »…
CONSTRAINT_CODES: Final = {
    ConstraintKind.ASAP: "DQP",
    ConstraintKind.ALAP: "PTP",
    ConstraintKind.SNET: "DNA",
    ConstraintKind.SNLT: "DNP",
    ConstraintKind.FNET: "FNA",
    ConstraintKind.FNLT: "FNP",
    ConstraintKind.MSO: "DCL",
    ConstraintKind.MFO: "DFL",
}
FINISH_CONSTRAINTS: Final = frozenset({ConstraintKind.FNET, ConstraintKind.FNLT, ConstraintKind.MFO})
_SLASHED: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})")


def read_duration(text: str, day: int) -> int:
    """Working minutes of `3j`, `2,5 d`, `4h`, `1 s`; days when no unit is said. `day` is a working day in minutes."""
    match = _DURATION.fullmatch(text.replace("\u00a0", " ").replace("\u202f", " ").strip().lower().rstrip("?"))
    if match is None:
        raise ValidationError(
            _("« %(text)s » n’est pas une durée : écrivez par exemple 3 (jours), 2,5j, 4h ou 1s (semaine).")
            % {"text": text}
        )
    amount, unit = Decimal(match[1].replace(",", ".")), (match[2] or "j")[0]
    each = _MINUTES.get(unit) or _DAYS[unit] * day
    return int((amount * each).to_integral_value(ROUND_HALF_UP))


def read_percent(text: str) -> Decimal:
    """A share, 0-1, of `50`, `50 %`."""
    typed = text.replace("\u00a0", "").replace("\u202f", "").replace("%", "").replace(",", ".").strip()
    try:
        share = Decimal(typed) / 100
    except ArithmeticError:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise ValidationError(
            _("« %(text)s » n’est pas un avancement : écrivez un nombre de 0 à 100.") % {"text": text}
        )
    return share.quantize(Decimal("0.0001"))


def read_moment(text: str, calendar: Calendar, *, end: bool) -> datetime:
    """When work begins on a typed day (or ends, for `end`); an ISO instant, which a drag gives, is taken as it is."""
    if "T" in text:
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is not None:
            return moment.replace(tzinfo=None, second=0, microsecond=0)
    day = _day(text)
    try:
        if end:
            return calendar.previous_working_instant(datetime.combine(day, time()) + timedelta(days=1))
        return calendar.next_working_instant(datetime.combine(day, time()))
    except (CalendarError, OverflowError):
        return datetime.combine(day, time(23, 59) if end else time())


def read_constraint(text: str, calendar: Calendar) -> tuple[ConstraintKind, datetime | None]:
    """The constraint of `DNA 18/01/2027`, `Début au plus tôt le 18/01/2027`, `MSO 18 Jan 2027`; a date alone is a
    start no earlier, nothing is as soon as possible. The instant is None where none was typed."""
    typed = " ".join(text.replace("\u00a0", " ").split())
    if not typed:
        return ConstraintKind.ASAP, None
    folded = fold(typed)
    found = max(
        (
            (len(name), kind)
            for kind in ConstraintKind
            for name in _constraint_names(kind)
            if folded == name or folded.startswith(f"{name} ")
        ),
        default=None,
    )
    if found is None and not typed[0].isdigit():
        raise ValidationError(
            _(
                "« %(text)s » n’est pas une contrainte : choisissez-la dans la liste, ou écrivez par exemple "
                "« DNA 18/01/2027 » (début au plus tôt le)."
            )
            % {"text": text}
        )
    length, kind = found or (0, ConstraintKind.SNET)
    rest = typed[length:].strip()
    if not rest or kind in {ConstraintKind.ASAP, ConstraintKind.ALAP}:
        return kind, None
    return kind, read_moment(rest, calendar, end=kind in FINISH_CONSTRAINTS)


def _constraint_names(kind: ConstraintKind) -> set[str]:
    """What people may write for a kind, folded: its short forms, and its label in both languages."""
    names = {CONSTRAINT_CODES[kind], kind.value}
    for language in ("fr", "en"):
        with override(language):
            names.add(str(kind.label))
    return {fold(name) for name in names}


def _day(text: str) -> date:
    slashed = _SLASHED.fullmatch(text.strip())
    try:
        if slashed is not None:
            year = int(slashed[3]) + (2000 if len(slashed[3]) == 2 else 0)
            return date(year, int(slashed[2]), int(slashed[1]))
        found = DateField(input_formats=["%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y"]).clean(
            " ".join(text.replace("\u00a0", " ").split())
        )
    except (ValidationError, ValueError):
        raise ValidationError(
            _("« %(text)s » n’est pas une date : écrivez le jour, le mois et l’année, par exemple 12/03/2026.")
            % {"text": text}
        ) from None
    day: date = found
    return day


def read_links(
    parts: Sequence[Any],
    task: Task,
    order: Sequence[Task],
    day: int,
    member: Membership | None,
    known: Mapping[str, str],
) -> list[Link]:
    """The predecessors of a task from pairs [key, type and lag as typed], so that lines which others have moved since
    are not mistaken; a key that is empty stands for a text that names no line here: that of another project, as
    `PAIE:12FD`. `order` are the plan's tasks, `known` the places of other projects' tasks that it waits for."""
    lines = {str(one.pk): str(number) for number, one in enumerate(order, start=1)} | dict(known)
    written = []
    for key, text in parts:
        number = lines.get(str(key)) if key else None
        if key and number is None:
            raise ValidationError(_("Une tâche que vous avez nommée a été supprimée : relisez les prédécesseurs."))
        written.append(f"{number or ''}{text}")
    own = next((number for number, one in enumerate(order, start=1) if one.pk == task.pk), None)
    try:
        found = read_predecessors("; ".join(written), day=day, own_line=own, lines=len(order))
    except PredecessorError as error:
        raise ValidationError(predecessor_sentence(error, len(order))) from error
    return links_of(found, order, task.project, member)


def read_people(text: str) -> dict[Person, Decimal]:
    """Persons and their units (1 is full time) of `Chloé Martin; Mehdi Alaoui 50 %`."""
    typed: list[tuple[str, str, Decimal]] = []
    for part in (piece.strip() for piece in text.replace("\u00a0", " ").replace("\u202f", " ").split(";")):
        match = _PERSON.fullmatch(part)
        name = match["name"].strip() if match else part
        units = Decimal(match["units"].replace(",", ".")) / 100 if match else Decimal(1)
        if part:
            typed.append((name, fold(name), units))
    if len(typed) > MOST_PEOPLE:
        raise ValidationError(_("Au plus %(n)s personnes par tâche.") % {"n": MOST_PEOPLE})
    rows: dict[str, list[Person]] = {}
    for person in Person.objects.filter(sort_name__in=[key for _name, key, _units in typed]):
        rows.setdefault(person.sort_name, []).append(person)
    found: dict[Person, Decimal] = {}
    for name, key, units in typed:
        same = rows.get(key, [])
        if not same:
            raise ValidationError(
                _("Personne ne s’appelle « %(name)s » : écrivez son nom complet, comme dans la liste des personnes.")
                % {"name": name}
            )
        if len(same) > 1:
            raise ValidationError(
                _("Plusieurs personnes s’appellent « %(name)s » : choisissez la bonne dans la fiche de la tâche.")
                % {"name": name}
            )
        if not 0 < units <= 10:
            raise ValidationError(
                _("L’affectation de %(name)s doit être comprise entre 1 %% et 1 000 %%.") % {"name": name}
            )
        found[same[0]] = units
    return found
