"""What a pack freezes: every figure and text that its PDF shows, as plain data."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation

from reporting.dashboards.cash import cash_facts
from reporting.dashboards.domain import frozen
from reporting.dashboards.domain.cash import CashFacts
from reporting.dashboards.domain.facts import PortfolioFacts
from reporting.dashboards.filters import Filters
from reporting.dashboards.queries import portfolio_facts
from tech4value.accounts.models import Membership
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`confidentiality` and the facts' codes are put into words when the document is drawn, in `language`."""

    company: str
    time_zone: str
    title: str
    meeting_on: date
    language: str
    confidentiality: str
    author: str
    facts: PortfolioFacts
    shape: int = 1
    cash: CashFacts | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, from which `from_json` makes an equal object."""
        data: dict[str, Any] = frozen.to_json(self)
        return data

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Snapshot":
        """Raises frozen.FrozenDataError when `data` is not a frozen pack."""
        return frozen.from_json(Snapshot, data)


@dataclass(frozen=True, slots=True)
class Selection(Filters):
    """The dashboard's filters, and chosen projects among those that they keep (none chosen: all)."""

    projects: tuple[UUID, ...] = ()

    def apply(self, projects: QuerySet[Any]) -> QuerySet[Any]:
        kept = Filters.apply(self, projects)
        return kept.filter(pk__in=self.projects) if self.projects else kept

    @classmethod
    def of(cls, filters: Filters, projects: Collection[UUID] = ()) -> "Selection":
        """The same filters, with projects chosen."""
        return cls(filters.pole, filters.programme, filters.sponsor, tuple(projects))

    def to_json(self) -> dict[str, Any]:
        """As the pack keeps it."""
        chosen = {"projects": [str(key) for key in self.projects]} if self.projects else {}
        return {**self.as_dict(), **chosen}


def take(
    member: Membership,
    selection: Selection,
    *,
    title: str,
    meeting_on: date,
    language: str,
    confidentiality: str,
    with_cash: bool = False,
) -> Snapshot:
    """The portfolio as `member` sees it now, and the organisation's cash when asked for. A number of queries that
    does not depend on the number of projects."""
    tenant = current_tenant()
    with translation.override(language):
        facts = portfolio_facts(member, selection, today(tenant), details=True)
        cash = cash_facts() if with_cash else None
    return Snapshot(
        company=tenant.name,
        time_zone=tenant.time_zone,
        title=title,
        meeting_on=meeting_on,
        language=language,
        confidentiality=confidentiality,
        author=member.person_name,
        facts=facts,
        cash=cash,
    )


def digest(data: dict[str, Any]) -> str:
    """The SHA-256 of a snapshot's JSON (hex), whatever the order of its keys."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
