"""The list of envelopes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from portfolio.finance.domain.budget import MEASURES, ZERO
from portfolio.finance.envelope_models import AllocationKey, Envelope, EnvelopeLine, EnvelopeShare, EnvelopeState
from portfolio.people.lists import choose
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, NumberRange, RowFilter
from tech4value.tables.pages import TableView
from tech4value.tables.table import ExtraFilter, Table

_AMOUNT = DecimalField(max_digits=16, decimal_places=2)


class SharedWith(RowFilter):
    """The envelopes that a project carries a part of."""

    def apply(self, rows: QuerySet[Any], name: str, given: Any) -> QuerySet[Any]:
        wanted = getattr(given[name], "pk", given[name])
        return rows.filter(pk__in=EnvelopeShare.objects.filter(project=wanted).values("envelope"))


class EnvelopeTable(Table):
    """Every shared budget, with what it adds up to."""

    key = "envelopes"
    label = gettext_lazy("Enveloppes")
    counted = ngettext_lazy("%(shown)s enveloppe", "%(shown)s enveloppes", "n")
    permission = Permission.BUDGET_VIEW
    search = ("sort_name",)
    search_label = gettext_lazy("Rechercher une enveloppe")
    default_sort = "name"
    filters = (
        ExtraFilter("project", gettext_lazy("Projet"), SharedWith(main=True, path="shares", field=choose(Project))),
    )

    def columns(self) -> Sequence[Column]:
        labels = {
            "planned": _("Prévu"),
            "committed": _("Engagé"),
            "actual": _("Réel"),
            "forecast": _("Prévision"),
        }
        return [
            Column(
                key="name",
                label=_("Enveloppe"),
                value="name",
                kind=CellKind.NAME,
                sort="sort_name",
                rank=1,
                fixed=True,
                url=lambda row: reverse("finance:envelope", args=[row.pk]),
            ),
            Column(
                key="state",
                label=_("État"),
                value=lambda row: row.get_state_display(),
                sort="state",
                filter=ChoiceFilter(main=True, choices=lambda: EnvelopeState.choices, path="state"),
            ),
            Column(
                key="key",
                label=_("Clé de répartition"),
                value=lambda row: row.get_key_display(),
                sort="key",
                filter=ChoiceFilter(main=True, choices=lambda: AllocationKey.choices, path="key"),
            ),
            Column(key="projects", label=_("Projets"), value="projects", kind=CellKind.NUMBER, sort="projects"),
            *(
                Column(
                    key=name,
                    label=labels[name],
                    value=name,
                    kind=CellKind.MONEY,
                    sort=name,
                    total=F(name),
                    filter=NumberRange(path=name),
                )
                for name in MEASURES
            ),
            Column(key="purpose", label=_("Objet"), value="purpose", shown=False, rank=3),
        ]

    def rows(self) -> QuerySet[Any]:
        return _with_sums(Envelope.objects.all())

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(_with_sums(Envelope.objects.filter(pk__in=keys)))

    def address(self) -> str:
        return reverse("finance:envelopes")


def _with_sums(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Envelopes with what their lines add up to, and how many projects carry them."""
    lines = EnvelopeLine.objects.filter(envelope=OuterRef("pk")).order_by().values("envelope")
    sums: dict[str, Any] = {
        name: Coalesce(Subquery(lines.annotate(sum=Sum(name)).values("sum"), output_field=_AMOUNT), ZERO)
        for name in MEASURES
    }
    live = Q(shares__deleted_at=None, shares__project__deleted_at=None)
    return rows.annotate(projects=Count("shares", filter=live), **sums)


class EnvelopesView(TableView):
    """Every envelope."""

    permission = Permission.BUDGET_VIEW
    table = EnvelopeTable
    template_name = "portfolio/finance/envelopes.html"

    def context(self, listed: Any) -> dict[str, Any]:
        return {"may_edit": self.request.member.can(Permission.BUDGET_APPROVE)}
