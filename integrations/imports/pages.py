"""What the pages of an import show: problems and changes in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, ngettext

from integrations.imports.certificates import from_json
from integrations.imports.domain.mspdi_certificate import Certificate
from integrations.imports.domain.sheets import SHEETS, SheetSpec, ValueType
from integrations.imports.messages import place, sentence
from integrations.imports.models import Import, ImportKind
from integrations.imports.previews import problem_of
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant


def imports_of(member: Membership) -> QuerySet[Any]:
    """One's own imports; all of them for those who organise the portfolio."""
    rows: QuerySet[Any] = Import.objects.select_related("file", "project", "created_by__user", "job")
    everything = member.can(Permission.ORGANISATION_EDIT)
    return rows if everything else rows.filter(Q(created_by=member))


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem as a row: where, what was found, what to do."""

    place: str
    heading: str
    value: str
    text: str
    is_error: bool


def problem_lines(row: Import, *, sheet: str = "", severity: str = "") -> list[ProblemLine]:
    """The problems of a preview, filtered."""
    lines = []
    for found in row.preview.get("problems", []):
        if (sheet and found["sheet"] != sheet) or (severity and found["severity"] != severity):
            continue
        problem = problem_of(found)
        params = problem.params
        lines.append(
            ProblemLine(
                place(problem),
                params.get("heading", ""),
                params.get("value", ""),
                sentence(problem),
                problem.is_error,
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class FieldLine:
    """What a field was and would be."""

    heading: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One row that would change."""

    row: int
    label: str
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """The rows of a sheet that would change: the first ones, and how many more."""

    title: str
    lines: tuple[ChangeLine, ...]
    more: int


def sheet_changes(row: Import) -> list[SheetChanges]:
    """What would change, sheet by sheet."""
    language = get_language() or "fr"
    updates, more = row.preview.get("updates", {}), row.preview.get("updates_left_out", {})
    return [
        SheetChanges(
            spec.words.in_language(language),
            tuple(
                ChangeLine(one["row"], one["label"], tuple(_field(spec, field, language) for field in one["fields"]))
                for one in updates[spec.key]
            ),
            more.get(spec.key, 0),
        )
        for spec in SHEETS
        if spec.key in updates
    ]


def _field(spec: SheetSpec, field: dict[str, Any], language: str) -> FieldLine:
    heading = spec.column(field["key"]).words.in_language(language)
    before, after = (_shown(spec, field["key"], field[when], language) for when in ("before", "after"))
    return FieldLine(heading, before, after)


def _shown(spec: SheetSpec, key: str, value: Any, language: str) -> str:
    """A kept value in the reader's language."""
    if value is None or value == "":
        return formats.DASH
    column = spec.column(key)
    if column.choices:
        return next((one.words.in_language(language) for one in column.choices if one.key == value), str(value))
    match column.type:
        case ValueType.DATE:
            return formats.date_short(date.fromisoformat(value), language)
        case ValueType.MONEY:
            return formats.money(Decimal(value), current_tenant().currency, language)
        case ValueType.PERCENT:
            return formats.percent(Decimal(value), language)
    return str(value)


@dataclass(frozen=True, slots=True)
class SheetCount:
    """A line of the counts."""

    title: str
    rows: int
    create: int
    update: int
    same: int
    errors: int
    warnings: int


def sheet_counts(row: Import) -> list[SheetCount]:
    """The counts of each sheet, in the reader's language."""
    language = get_language() or "fr"
    words = {spec.key: spec.words.in_language(language) for spec in SHEETS}
    warnings = Counter(one["sheet"] for one in row.preview.get("problems", []) if one["severity"] == "warning")
    return [
        SheetCount(
            title=words[one["key"]],
            rows=one["rows"],
            create=one["create"],
            update=one["update"],
            same=one["same"],
            errors=one["errors"],
            warnings=warnings.get(one["title"], 0),
        )
        for one in row.preview.get("sheets", [])
    ]


def totals(row: Import) -> dict[str, int]:
    """How many errors and warnings a preview has, and how many of each outcome."""
    severities = Counter(one["severity"] for one in row.preview.get("problems", []))
    sheets: Iterable[dict[str, int]] = row.preview.get("sheets", [])
    found = {name: sum(one[name] for one in sheets) for name in ("rows", "create", "update", "same")}
    if row.kind == ImportKind.MSPDI:
        found = {"rows": 0, **row.preview.get("tasks", {})}
    return {**found, "errors": severities["error"], "warnings": severities["warning"]}


def certificate_of(row: Import) -> Certificate | None:
    """The certificate of a plan's file; None before it is read, and for imports of before there were any."""
    kept = row.preview.get("certificate")
    return from_json(kept) if kept else None


def converted_from(row: Import) -> str:
    """The format of a plan's file that was converted; empty for one that is read as it is."""
    return row.preview.get("format", "") if row.converted_id else ""


def left_out(row: Import) -> list[str]:
    """What a plan's file holds that is not taken over, in sentences."""
    say = {
        "external_tasks": lambda n: ngettext("%(n)s tâche d’un autre projet", "%(n)s tâches d’autres projets", n),
        "inactive_tasks": lambda n: ngettext("%(n)s tâche inactive", "%(n)s tâches inactives", n),
        "blank_lines": lambda n: ngettext("%(n)s ligne vide", "%(n)s lignes vides", n),
        "elapsed_durations": lambda n: ngettext(
            "%(n)s durée en temps calendaire, convertie en temps ouvré",
            "%(n)s durées en temps calendaire, converties en temps ouvré",
            n,
        ),
        "calendars": lambda n: ngettext(
            "%(n)s calendrier que ni le projet, ni une tâche, ni une personne ne suit",
            "%(n)s calendriers que ni le projet, ni une tâche, ni une personne ne suit",
            n,
        ),
        "resources": lambda n: ngettext(
            "%(n)s ressource matérielle, de coût ou sans nom", "%(n)s ressources matérielles, de coût ou sans nom", n
        ),
        "assignments": lambda n: ngettext("%(n)s affectation sans personne", "%(n)s affectations sans personne", n),
        "baselines": lambda n: ngettext(
            "%(n)s référence au-delà de la première", "%(n)s références au-delà de la première", n
        ),
        "rates": lambda n: ngettext("%(n)s taux de ressource", "%(n)s taux de ressources", n),
    }
    language = get_language() or "fr"
    return [
        say[what](number) % {"n": formats.number(number, language)}
        for what, number in row.preview.get("left_out", {}).items()
        if what in say
    ] + _fields_left_out(row, language)


def _fields_left_out(row: Import, language: str) -> list[str]:
    """The fields of the file that none of the organisation's is named like, and the values that are none."""
    fields = row.preview.get("fields", {})
    said = []
    if ignored := fields.get("ignored", []):
        words = ngettext(
            "%(n)s champ du fichier dont aucun champ personnalisé n’a le nom : %(names)s",
            "%(n)s champs du fichier dont aucun champ personnalisé n’a le nom : %(names)s",
            len(ignored),
        )
        said.append(words % {"n": formats.number(len(ignored), language), "names": ", ".join(ignored)})
    for name, number in fields.get("unread", {}).items():
        words = ngettext(
            "« %(name)s » : %(n)s valeur que ce champ n’accepte pas",
            "« %(name)s » : %(n)s valeurs que ce champ n’accepte pas",
            number,
        )
        said.append(words % {"name": name, "n": formats.number(number, language)})
    return said
