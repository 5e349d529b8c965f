"""What the pages of a table's import show: its report in words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from integrations.imports.custom_columns import PREFIX, CustomColumns
from integrations.imports.domain.sheets import ColumnSpec, ValueType
from integrations.imports.models import Import, ImportState
from integrations.imports.pages import ChangeLine, FieldLine
from integrations.imports.table_settings import TableSettings
from portfolio.people.queries import working_calendar
from portfolio.planning.domain.durations import day_minutes, in_days
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant


@dataclass(frozen=True, slots=True)
class SumLine:
    """A column of amounts: in the file, in the rows taken, as written."""

    heading: str
    in_file: str
    taken: str
    refused: str
    written: str
    unread: int
    equal: bool | None


class TablePage:
    """The preview or the report of a table, in the reader's language."""

    def __init__(self, row: Import) -> None:
        self.row = row
        self.settings = TableSettings.from_json(row.settings)
        self.language = get_language() or "fr"
        custom = CustomColumns(self.settings.spec)
        self.fields = custom.fields
        self.specs = {column.key: column for column in (*self.settings.spec.sheet.columns, *custom.columns)}
        self.undone = row.state == ImportState.UNDONE
        # Once it is undone, the table is what it was before its run: what an import would do.
        self.report: dict[str, Any] = row.preview if self.undone else row.result.get("report") or row.preview
        self.day = day_minutes(working_calendar(None))

    @property
    def target(self) -> str:
        return self.settings.spec.words.in_language(self.language)

    @property
    def link(self) -> tuple[str, str]:
        """Where the rows that were imported are shown: the address, and its words."""
        words = {
            "projects": ("projects:list", _("Voir les projets")),
            "people": ("people:list", _("Voir les personnes")),
            "tasks": ("planning:tasks", _("Voir les tâches")),
            "milestones": ("planning:list", _("Voir la feuille de route")),
            "risks": ("risks:register", _("Voir les risques")),
            "budget": ("finance:lines", _("Voir les lignes de budget")),
            "assignments": ("planning:tasks", _("Voir les tâches et leurs affectations")),
        }
        name, text = words[self.settings.target]
        return reverse(name), text

    @property
    def counts(self) -> dict[str, int]:
        return self.report["counts"]

    def skipped(self) -> str:
        """Why rows were left aside on purpose."""
        words = {
            "hidden": lambda n: ngettext("%(n)s masquée", "%(n)s masquées", n),
            "totals": lambda n: ngettext("%(n)s de total", "%(n)s de total", n),
            "envelopes": lambda n: ngettext("%(n)s part d’enveloppe", "%(n)s parts d’enveloppes", n),
            "blank": lambda n: ngettext("%(n)s sans valeur", "%(n)s sans valeur", n),
        }
        found = self.report["skipped"]
        return ", ".join(words[key](found[key]) % {"n": found[key]} for key in words if found.get(key))

    def sums(self) -> list[SumLine]:
        """Sums in the file beside sums written."""
        return [
            SumLine(
                one["heading"],
                self._amount(one, "in_file"),
                self._amount(one, "taken"),
                self._amount(one, "refused"),
                self._amount(one, "written"),
                one["unread"],
                None if self.undone else one["equal"],
            )
            for one in self.report["sums"]
        ]

    def _amount(self, one: dict[str, Any], name: str) -> str:
        if one[name] is None or (name == "written" and self.undone):
            return formats.DASH
        value = Decimal(one[name])
        if one["type"] == ValueType.MONEY:
            return formats.money(value, current_tenant().currency, self.language)
        if one["type"] == ValueType.DURATION:
            return _("%(n)s h") % {"n": formats.quantity(round(float(value) / 60, 2), self.language)}
        return formats.quantity(float(value), self.language)

    def fields_changed(self) -> list[tuple[str, int]]:
        """How many rows change, field by field."""
        return sorted(
            ((self._heading(key), count) for key, count in self.report["fields"].items()), key=lambda one: -one[1]
        )

    def _heading(self, key: str) -> str:
        return self.specs[key].words.in_language(self.language) if key in self.specs else key

    def samples(self, which: str) -> list[ChangeLine]:
        """The first rows that would be created, or changed."""
        return [
            ChangeLine(
                one["row"],
                one["label"],
                tuple(
                    FieldLine(self._heading(field["key"]), self._shown(field, "before"), self._shown(field, "after"))
                    for field in one["fields"]
                    if field["key"] in self.specs
                ),
            )
            for one in self.report["samples"][which]
        ]

    def created(self) -> tuple[list[str], list[tuple[ChangeLine, list[str]]]]:
        """The first rows that would be made, as a table: its headings, and each row's values under them."""
        lines = self.samples("create")
        filled = {field.heading for line in lines for field in line.fields}
        headings = [name for name in dict.fromkeys(map(self._heading, self.specs)) if name in filled]
        by_heading = [({field.heading: field.after for field in line.fields}, line) for line in lines]
        return headings, [(line, [values.get(name, "") for name in headings]) for values, line in by_heading]

    def _shown(self, field: dict[str, Any], when: str) -> str:
        value, column = field[when], self.specs[field["key"]]
        if value is None or value == "" or value == []:
            return formats.DASH
        if field["key"].startswith(PREFIX):
            return self._custom(field["key"], value)
        if column.choices:
            return next(
                (one.words.in_language(self.language) for one in column.choices if one.key == value), str(value)
            )
        return self._plain(column, value)

    def _custom(self, key: str, value: Any) -> str:
        options = {option.key: option.name(self.language) for option in self.fields[key].choices}
        values = value if isinstance(value, list) else [value]
        if isinstance(value, bool):
            return _("oui") if value else _("non")
        return ", ".join(options.get(str(one), str(one)) for one in values)

    def _plain(self, column: ColumnSpec, value: Any) -> str:
        match column.type:
            case ValueType.DATE:
                return formats.date_short(date.fromisoformat(value), self.language)
            case ValueType.MONTH:
                return formats.month(date.fromisoformat(value), self.language)
            case ValueType.MONEY:
                return formats.money(Decimal(value), current_tenant().currency, self.language)
            case ValueType.PERCENT:
                return formats.percent(Decimal(str(value)), self.language)
            case ValueType.BOOLEAN:
                return _("oui") if value else _("non")
            case ValueType.DURATION:
                days = formats.quantity(in_days(int(value), self.day), self.language)
                return _("%(n)s j") % {"n": days}
        return str(value)

    def made(self) -> list[tuple[str, list[str]]]:
        """Poles, programmes and persons who are made because the file names them."""
        words = {
            "poles": _("Pôles à créer"),
            "programmes": _("Programmes à créer"),
            "people": _("Personnes à créer"),
        }
        if self.row.state == ImportState.DONE:
            words = {"poles": _("Pôles créés"), "programmes": _("Programmes créés"), "people": _("Personnes créées")}
        return [(words[kind], names) for kind, names in self.report["made"].items() if names]
