"""Forms of a table's import: the file, how it is read, what its columns are."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from integrations.imports.custom_columns import CustomColumns
from integrations.imports.domain.conventions import UNITS, Conventions, DateOrder, Unit
from integrations.imports.domain.delimited import ENCODINGS
from integrations.imports.domain.mapping import month_of
from integrations.imports.domain.sheets import ColumnSpec
from integrations.imports.domain.table_targets import AMOUNTS, MONTHLY, TARGETS
from integrations.imports.domain.tables import CSV, ReadingChoices
from integrations.imports.forms import ImportFileField
from integrations.imports.models import Import
from integrations.imports.table_settings import ColumnChoice, TableSettings
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.search.fields import RowField

UNIT_WORDS = {
    Unit.ONE: gettext_lazy("unités"),
    Unit.THOUSAND: gettext_lazy("milliers (k)"),
    Unit.MILLION: gettext_lazy("millions (M)"),
    Unit.DAY: gettext_lazy("jours"),
    Unit.HOUR: gettext_lazy("heures"),
    Unit.WEEK: gettext_lazy("semaines"),
    Unit.MINUTE: gettext_lazy("minutes"),
    Unit.PERCENT: gettext_lazy("pour cent (80 = 80 %)"),
    Unit.SHARE: gettext_lazy("parts (0,8 = 80 %)"),
}
ENCODING_WORDS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "windows-1252": gettext_lazy("Windows-1252 (Excel en Europe de l’Ouest)"),
    "iso-8859-15": "ISO-8859-15 (Latin-9)",
}
SEPARATOR_WORDS = [
    (";", gettext_lazy("Point-virgule ( ; )")),
    (",", gettext_lazy("Virgule ( , )")),
    ("\t", gettext_lazy("Tabulation")),
    ("|", gettext_lazy("Barre ( | )")),
]


class TableForm(forms.Form):
    file = ImportFileField(
        label=gettext_lazy("Tableau à importer"),
        accept=".xlsx,.xlsm,.csv,.txt,.tsv",
        help_text=gettext_lazy("Un fichier .xlsx ou .csv de 20 Mo et de 50 000 lignes au plus, tel qu’il est."),
    )


def target_choices() -> list[tuple[str, str]]:
    """What a table can be, in the reader's language."""
    language = get_language() or "fr"
    return [(target.key, target.words.in_language(language)) for target in TARGETS]


class ReadingForm(forms.Form):
    """How the file is read, and what it holds."""

    target = forms.ChoiceField(label=gettext_lazy("Ce que contient le tableau"))
    sheet = forms.ChoiceField(label=gettext_lazy("Feuille"), required=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("Ligne des titres"),
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("Le numéro de la ligne qui porte les titres de colonnes."),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encodage"), choices=[(one, ENCODING_WORDS[one]) for one in ENCODINGS]
    )
    separator = forms.ChoiceField(
        label=pgettext_lazy("fichier texte", "Séparateur"),
        choices=SEPARATOR_WORDS,
    )
    skip_totals = forms.BooleanField(required=False)
    skip_hidden = forms.BooleanField(required=False)

    def __init__(self, *args: Any, row: Import, **kwargs: Any) -> None:
        settings = TableSettings.from_json(row.settings)
        kwargs.setdefault("initial", {"target": settings.target, **row.settings["reading"]})
        super().__init__(*args, **kwargs)
        facts = row.settings["facts"]
        self.fields["target"] = forms.ChoiceField(label=self.fields["target"].label, choices=target_choices())
        if facts["kind"] == CSV:
            del self.fields["sheet"]
        else:
            del self.fields["encoding"], self.fields["separator"]
            choices = [(title, title) for title in facts["sheets"]]
            self.fields["sheet"] = forms.ChoiceField(label=_("Feuille"), choices=choices)
        self.fields["skip_totals"].label = _("Laisser de côté les lignes de total")
        self.fields["skip_hidden"].label = _("Laisser de côté les lignes masquées")
        if not facts["totals_count"]:
            self.fields["skip_totals"].widget = forms.HiddenInput()
        if not facts["hidden"]:
            self.fields["skip_hidden"].widget = forms.HiddenInput()

    @property
    def reading(self) -> ReadingChoices:
        data = self.cleaned_data
        return ReadingChoices(
            sheet=data.get("sheet", ""),
            header_row=data["header_row"],
            encoding=data.get("encoding", ""),
            separator=data.get("separator", ""),
            skip_hidden=data["skip_hidden"],
            skip_totals=data["skip_totals"],
        )


class ColumnsForm(forms.Form):
    """The field of each column and its unit, values for what no column says, and the conventions."""

    project: Any = RowField(
        None,  # those that the member sees, read within the tenant
        permission=Permission.PROJECT_VIEW,
        label=gettext_lazy("Projet de toutes les lignes"),
        required=False,
        empty_label=gettext_lazy("Celui que nomme une colonne"),
    )
    key = forms.ChoiceField(
        label=gettext_lazy("Retrouver les lignes existantes par"),
        help_text=gettext_lazy("Une ligne retrouvée est mise à jour ; les autres sont créées."),
    )
    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates écrites avec des chiffres"),
        choices=[
            (DateOrder.DAY_FIRST, gettext_lazy("jour, mois, année (31/12/2026)")),
            (DateOrder.MONTH_FIRST, gettext_lazy("mois, jour, année (12/31/2026)")),
            (DateOrder.YEAR_FIRST, gettext_lazy("année, mois, jour (26/12/31)")),
        ],
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Nombres"),
        choices=[(",", gettext_lazy("virgule décimale (1 234,56)")), (".", gettext_lazy("point décimal (1,234.56)"))],
    )
    clear_empty = forms.ChoiceField(
        label=gettext_lazy("Une cellule vide"),
        choices=[("keep", gettext_lazy("laisse la valeur actuelle")), ("clear", gettext_lazy("vide le champ"))],
    )
    create_unknown = forms.ChoiceField(
        label=gettext_lazy("Un pôle, un programme ou une personne inconnus"),
        choices=[("refuse", gettext_lazy("sont des erreurs")), ("create", gettext_lazy("sont créés"))],
    )
    remember_as = forms.CharField(
        label=gettext_lazy("Retenir cette correspondance sous le nom"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "Elle servira à toute l’organisation pour le prochain fichier aux mêmes titres. Vide : ne rien retenir."
        ),
    )

    def __init__(self, *args: Any, row: Import, member: Membership, remembered: str = "", **kwargs: Any) -> None:
        self.row, self.settings = row, TableSettings.from_json(row.settings)
        self.language = get_language() or "fr"
        settings, spec = self.settings, self.settings.spec
        stem = row.file.name.rpartition(".")[0] or row.file.name
        initial = {
            "project": settings.project,
            "key": "+".join(settings.key),
            "date_order": settings.date_order,
            "decimal": settings.decimal,
            "clear_empty": "clear" if settings.clear_empty else "keep",
            "create_unknown": "create" if settings.create_unknown else "refuse",
            "remember_as": remembered or stem[:120],
        }
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        custom = CustomColumns(spec)
        self.specs: Mapping[str, ColumnSpec] = {
            column.key: column for column in (*spec.sheet.columns, *custom.columns)
        }
        self.headings = row.settings["facts"]["headings"]
        by = Conventions(DateOrder(settings.date_order), settings.decimal)
        own = [(key, self._words(key)) for key in self.specs if not key.startswith("custom_")]
        more = [(key, self._words(key)) for key in self.specs if key.startswith("custom_")]
        base: list[Any] = [("", _("Ne pas importer")), (_("Champs"), own)]
        base += [(_("Champs personnalisés"), more)] if more else []
        monthly = [(f"{key}{MONTHLY}", self._monthly(key)) for key in AMOUNTS]
        for one in self.headings:
            index = one["index"]
            chosen = settings.columns.get(index, ColumnChoice(""))
            choices = base
            if spec.key == "budget" and month_of(one["text"], by):
                choices = [*base, (_("Montants du mois nommé par le titre"), monthly)]
            self._column_field(index, one["text"], choices, chosen)
        for key in self._may_be_fixed():
            self._fixed_field(key)
        keys = [("+".join(key), self._names(key)) for key in spec.keys]
        self.fields["key"] = forms.ChoiceField(
            label=self.fields["key"].label, help_text=self.fields["key"].help_text, choices=keys
        )
        if spec.of_project:
            visible = Project.objects.visible_to(member, Permission.PROJECT_VIEW)
            self.fields["project"].queryset = visible  # type: ignore[attr-defined]  # a RowChoice
        else:
            del self.fields["project"]

    def _words(self, key: str) -> str:
        column = self.specs[key]
        words = column.words.in_language(self.language)
        return f"{words} *" if column.required else words

    def _monthly(self, key: str) -> str:
        words = self.specs[key].words.in_language(self.language) if key in self.specs else key
        return _("%(amount)s du mois") % {"amount": words}

    def _names(self, key: Iterable[str]) -> str:
        return ", ".join(self.specs[one].words.in_language(self.language) for one in key)

    def _column_field(self, index: int, heading: str, choices: list[Any], chosen: ColumnChoice) -> None:
        label = _("Champ de la colonne %(heading)s") % {"heading": heading}
        widget = forms.Select(attrs={"class": "input", "aria-label": label})
        self.fields[f"column_{index}"] = forms.ChoiceField(
            label=label, choices=choices, required=False, initial=chosen.field, widget=widget
        )
        kinds = {one.type for one in self.specs.values() if one.type in UNITS}
        units: list[Any] = [("", _("selon les valeurs"))]
        units += [(str(unit), UNIT_WORDS[unit]) for kind, found in UNITS.items() if kind in kinds for unit in found]
        label = _("Unité de la colonne %(heading)s") % {"heading": heading}
        self.fields[f"unit_{index}"] = forms.ChoiceField(
            label=label,
            choices=units,
            required=False,
            initial=chosen.unit,
            widget=forms.Select(attrs={"class": "input", "aria-label": label}),
        )

    def _may_be_fixed(self) -> list[str]:
        """Fields that a file often does not have, because they are the same for all its rows."""
        usual = {"pole", "category", "nature", "month", "starts_on", "ends_on", "method", "phase", "due_on", "status"}
        usual |= {"probability", "impact", "programme", "manager", "owner"}
        return [key for key, column in self.specs.items() if key in usual or (column.required and key != "name")]

    def _fixed_field(self, key: str) -> None:
        column = self.specs[key]
        name, initial = f"fixed_{key}", self.settings.fixed.get(key, "")
        label = column.words.in_language(self.language)
        if column.choices:
            choices = [("", "–"), *((one.key, one.words.in_language(self.language)) for one in column.choices)]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False, initial=initial)
        else:
            self.fields[name] = forms.CharField(label=label, max_length=200, required=False, initial=initial)

    def columns(self) -> list[dict[str, Any]]:
        """Each column of the file with its lists."""
        return [
            {**one, "field": self[f"column_{one['index']}"], "unit": self[f"unit_{one['index']}"]}
            for one in self.headings
        ]

    def fixed(self) -> list[forms.BoundField]:
        """The values that serve where no column does."""
        return [self[name] for name in self.fields if name.startswith("fixed_")]

    @property
    def has_units(self) -> bool:
        return any(column.type in UNITS for column in self.specs.values())

    @property
    def chosen(self) -> TableSettings:
        """The settings as they were chosen; a unit that is none of its field's is the usual one."""
        data = self.cleaned_data
        columns = {}
        for one in self.headings:
            field, unit = data[f"column_{one['index']}"], data[f"unit_{one['index']}"]
            if not field:
                continue
            spec = self.specs[field.removesuffix(MONTHLY)]
            fits = unit and Unit(unit) in UNITS.get(spec.type, ())
            columns[one["index"]] = ColumnChoice(field, unit if fits else "")
        fixed = {
            name.removeprefix("fixed_"): value for name, value in data.items() if name.startswith("fixed_") and value
        }
        project = data.get("project")
        return TableSettings(
            reading=self.settings.reading,
            target=self.settings.target,
            project=str(project.pk) if project else "",
            columns=columns,
            fixed=fixed,
            key=tuple(data["key"].split("+")),
            date_order=data["date_order"],
            decimal=data["decimal"],
            clear_empty=data["clear_empty"] == "clear",
            create_unknown=data["create_unknown"] == "create",
        )


class ModeForm(forms.Form):
    """What is done of faulty rows."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Lignes en erreur"),
        choices=[
            ("all", gettext_lazy("Tout ou rien : ne rien importer tant qu’il en reste")),
            ("skip", gettext_lazy("Les laisser de côté et importer les autres")),
        ],
        widget=forms.RadioSelect,
        initial="all",
    )
