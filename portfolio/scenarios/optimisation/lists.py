"""The list of studies."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy, pgettext
from django.utils.translation import gettext as _

from portfolio.scenarios.optimisation.models import AnswerState, Grouping, OptimisationStudy
from tech4value.accounts.permissions import Permission
from tech4value.figures import formats
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter
from tech4value.tables.table import Table


def state_of(row: OptimisationStudy) -> AnswerState:
    """How the last search ended."""
    answer = getattr(row, "answer", None)
    return AnswerState(answer.state) if answer is not None else AnswerState.NONE


def _kept(row: OptimisationStudy) -> str:
    answer = getattr(row, "answer", None)
    if answer is None or answer.made_at is None:
        return ""
    return _("%(chosen)s sur %(candidates)s") % {"chosen": answer.chosen, "candidates": answer.candidates}


def _month(row: OptimisationStudy) -> str:
    return formats.month(row.first_month, get_language() or "fr")


class StudyTable(Table):
    """Questions asked of the portfolio, and how each was answered."""

    key = "optimisations"
    label = gettext_lazy("Optimisations")
    counted = ngettext_lazy("%(shown)s étude", "%(shown)s études", "n")
    permission = Permission.SCENARIO_EDIT
    search = ("sort_name",)
    search_label = gettext_lazy("Rechercher une étude")
    default_sort = "name"

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="name",
                label=_("Étude"),
                value="name",
                kind=CellKind.NAME,
                sort="sort_name",
                rank=1,
                fixed=True,
                url=lambda row: reverse("optimisation:study", args=[row.pk]),
            ),
            Column(
                key="state",
                label=pgettext("optimisation", "Résultat"),
                value=lambda row: state_of(row).label,
                sort="answer__state",
                filter=ChoiceFilter(
                    main=True, choices=lambda: [one for one in AnswerState.choices if one[0] != "none"],
                    path="answer__state",
                ),
            ),
            Column(key="chosen", label=_("Retenus"), value=_kept, sort="answer__chosen"),
            Column(key="first", label=_("Premier mois"), value=_month, sort="first_month"),
            Column(
                key="months", label=_("Mois de départ possibles"), value="months", kind=CellKind.NUMBER, sort="months"
            ),
            Column(
                key="grouping",
                label=_("Capacité limitée par"),
                value=lambda row: row.get_grouping_display(),
                sort="grouping",
                filter=ChoiceFilter(main=True, several=False, choices=lambda: Grouping.choices, path="grouping"),
            ),
        ]  # fmt: skip

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = OptimisationStudy.objects.all()
        return rows

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(OptimisationStudy.objects.filter(pk__in=keys).select_related("answer"))

    def address(self) -> str:
        return reverse("optimisation:studies")
