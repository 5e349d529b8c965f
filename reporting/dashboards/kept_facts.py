"""The dashboard's facts, kept between two changes of the organisation: most pages are opened when nothing moved.

They are kept under all that they follow from: the organisation's version (bumped after each commit) and the last
event of its journal, the projects in sight, the filters, the day and the language. Any change is another key; so is
another shape of the facts, for two releases run side by side during an upgrade.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import is_dataclass
from datetime import date
from functools import cache as once
from typing import Any, Final, TypeVar, get_args, get_type_hints

import redis
from django.core.cache import cache
from django.utils.translation import get_language

from reporting.dashboards.cash import cash_facts
from reporting.dashboards.domain.cash import CashFacts
from reporting.dashboards.domain.facts import PortfolioFacts
from reporting.dashboards.filters import Filters
from reporting.dashboards.queries import portfolio_facts, visible_projects
from tech4value.accounts.models import Membership
from tech4value.audit.models import AuditEvent
from tech4value.tenancy.context import current_tenant
from tech4value.web import live

# Bounds what a version that could not be bumped (Redis away) may leave behind.
KEPT_SECONDS: Final = 300
Made = TypeVar("Made")


def kept_facts(member: Membership, filters: Filters, today: date) -> PortfolioFacts:
    """`portfolio_facts`, from Redis when they were made since the last change; two queries then."""

    def key() -> list[Any]:
        # Read before the facts: a change that comes between the two is kept under the former version, and never read.
        state = _state(today)
        sight = hashlib.sha256()
        for project in visible_projects(member, filters).order_by("id").values_list("id", flat=True):
            sight.update(project.bytes)
        return ["kept-facts", shape_of(PortfolioFacts), *state, filters.query or "-", sight.hexdigest()]

    return _kept(key, lambda: portfolio_facts(member, filters, today))


def kept_cash(today: date) -> CashFacts | None:
    """`cash_facts`, from Redis when nothing has changed since; one query then."""
    return _kept(lambda: ["kept-cash", shape_of(CashFacts), *_state(today)], cash_facts)


def _kept(key: Callable[[], list[Any]], make: Callable[[], Made]) -> Made:
    """What `make` gives, or gave under the same key. A Redis that is away costs time, never the page."""
    name = ""
    with suppress(redis.RedisError):
        name = ":".join(map(str, key()))
        # In a tuple, since nothing (None) is an answer too.
        found: tuple[Made] | None = cache.get(name)
        if found is not None:
            return found[0]
    made = make()
    if name:
        with suppress(redis.RedisError):
            cache.set(name, (made,), KEPT_SECONDS)
    return made


def _state(today: date) -> list[Any]:
    """What every figure of the organisation follows from, and the language that it is told in. One query."""
    tenant = current_tenant()
    version = live.version(tenant.pk)
    event = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first()
    return [tenant.pk, version, event, get_language(), today]


@once
def shape_of(kind: type) -> str:
    """A digest of a dataclass's fields and of those of the dataclasses in it, in their order."""
    return hashlib.sha256("\n".join(_fields_of(kind, set())).encode()).hexdigest()[:16]


def _fields_of(kind: Any, seen: set[Any]) -> Iterator[str]:
    for part in get_args(kind):
        yield from _fields_of(part, seen)
    if is_dataclass(kind) and kind not in seen:
        seen.add(kind)
        for name, hint in get_type_hints(kind).items():
            yield f"{kind}.{name}: {hint}"
            yield from _fields_of(hint, seen)
