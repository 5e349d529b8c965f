"""What the search finds of this room: scenarios that one may see, and studies."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portfolio.scenarios.models import Scenario
from portfolio.scenarios.optimisation.models import OptimisationStudy
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.search.registry import Searchable, register
from tech4value.search.words import Words
from tech4value.tenancy.context import current_tenant


def scenario_words(row: Scenario) -> Words:
    return Words(title=row.name, detail=row.description[:300])


def study_words(row: OptimisationStudy) -> Words:
    return Words(title=row.name)


def _scenario(key: UUID, _reader: UUID | None) -> str:
    return reverse("scenarios:detail", args=[key])


def _study(key: UUID, _reader: UUID | None) -> str:
    return reverse("optimisation:study", args=[key])


def _readers(member: Membership) -> Sequence[UUID]:
    """Who proposes sees their own, and what is everybody's (`Scenario.reader_id`)."""
    return member.pk, current_tenant().pk


def register_searchables() -> None:
    """Called when the room is ready."""
    register(
        Searchable(
            kind="scenario",
            label=_("Scénario"),
            plural=_("Scénarios"),
            icon="beaker",
            model=Scenario,
            permission=Permission.SCENARIO_VIEW,
            rows=lambda: Scenario.objects.all(),
            words=scenario_words,
            address=_scenario,
            fields=frozenset({"name", "description", "status", "owner"}),
            project="reader_id",
            readers=_readers,
            weight=57,
        ),
        Searchable(
            kind="study",
            label=_("Étude"),
            plural=_("Études"),
            icon="scale",
            model=OptimisationStudy,
            permission=Permission.SCENARIO_EDIT,
            rows=lambda: OptimisationStudy.objects.all(),
            words=study_words,
            address=_study,
            fields=frozenset({"name"}),
            project="tenant_id",
            readers=_readers,
            weight=58,
        ),
    )
