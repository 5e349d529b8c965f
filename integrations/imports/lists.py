"""The list of the imports there have been."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import IntegerField, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from integrations.imports.models import ImportKind, ImportState, state_words
from integrations.imports.pages import imports_of
from portfolio.people.lists import choose
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, RowFilter
from tech4value.tables.table import Table
from tech4value.tenancy.sort_keys import Fold
from tech4value.web.tags import display

# What the result of an import counts, as its list shows it.
COUNTS = {"created": "created", "updated": "updated", "left": "left_count"}
TONES = {
    ImportState.DONE: "good",
    ImportState.FAILED: "bad",
    ImportState.PREVIEWED: "accent",
    ImportState.UNDONE: "neutral",
}


class ImportTable(Table):
    """One's own imports, or everybody's for those who organise the portfolio; the last first."""

    key = "imports"
    label = gettext_lazy("Imports précédents")
    permission = Permission.IMPORT_RUN
    search = (Fold("file__name"),)
    search_label = gettext_lazy("Rechercher un fichier")
    default_sort = "-when"

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="file",
                label=_("Fichier"),
                value="file__name",
                kind=CellKind.NAME,
                sort=Fold("file__name"),
                rank=1,
                fixed=True,
                url=lambda row: reverse("imports:detail", args=[row.pk]),
            ),
            Column(
                key="kind",
                label=pgettext("import", "Nature"),
                value=lambda row: row.get_kind_display(),
                sort="kind",
                filter=ChoiceFilter(
                    main=True, several=False, any_label=_("Toutes"), choices=lambda: ImportKind.choices, path="kind"
                ),
            ),
            # Not `project`: in this page's address it says which project the next file is for.
            Column(
                key="into",
                label=_("Projet"),
                value="project__code",
                sort="project__sort_name",
                title=lambda row: row.project.name if row.project else "",
                filter=RowFilter(path="project", field=self._projects),
            ),
            Column(
                key="state",
                label=_("État"),
                value=_words,
                sort="state",
                html=_state,
                filter=ChoiceFilter(main=True, several=False, choices=lambda: ImportState.choices, path="state"),
            ),
            Column(key="created", label=_("Créés"), value="created_rows", kind=CellKind.NUMBER, sort="created_rows"),
            Column(
                key="updated", label=_("Modifiés"), value="updated_rows", kind=CellKind.NUMBER, sort="updated_rows"
            ),
            Column(
                key="by",
                label=_("Par"),
                value="created_by",
                kind=CellKind.PERSON,
                sort=Fold("created_by__user__name"),
            ),
            Column(
                key="when",
                label=_("Quand"),
                value="created_at",
                kind=CellKind.INSTANT,
                sort="created_at",
                filter=DateRange(path="created_at", instant="utc"),
            ),
        ]

    def _projects(self) -> forms.Field:
        field: Any = choose(Project)()
        field.queryset = Project.objects.visible_to(self.member)
        return field

    def rows(self) -> QuerySet[Any]:
        rows = imports_of(self.member).defer("preview", "result", "settings")
        counts = {f"{name}_rows": Cast(KT(f"result__{key}"), IntegerField()) for name, key in COUNTS.items()}
        return rows.annotate(**counts)

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(self.rows().filter(pk__in=keys).select_related("created_by__user"))

    def address(self) -> str:
        return reverse("imports:start")


def _words(row: Any) -> str:
    return state_words(row.state, row.left_rows)


def _state(row: Any) -> Any:
    mark = display.badge(_words(row), TONES.get(ImportState(row.state), "outline"))
    if row.state != ImportState.DONE:
        return mark
    undo = pgettext("défaire", "Annuler")
    return format_html('{} <a class="small" href="{}">{}</a>', mark, reverse("imports:detail", args=[row.pk]), undo)
