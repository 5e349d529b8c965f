"""Projects beyond the plan's limit: read-only, never lost (see billing.surplus)."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from portfolio.projects.models import Phase, Project
from tech4value.audit.actor import SYSTEM, Actor
from tech4value.audit.models import AuditEvent
from tech4value.billing.queries import entitlements
from tech4value.billing.surplus import PLAN_CHANGES, hold_plan, refuse_too_many, share_places
from tech4value.tenancy.context import before_commit

_CHANGES: Final = PLAN_CHANGES | {"project.created", "project.deleted", "project.restored"}


def follow_projects(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: which projects can be changed is settled when the plan or their number changes."""
    if any(event.verb in _CHANGES for event in events):
        before_commit("projects.surplus", partial(settle_projects, actor=SYSTEM))


def settle_projects(*, actor: Actor, keep: Collection[UUID] | None = None) -> None:
    """Share the plan's places among the projects: first those that were editable so far (or `keep`, what an
    administrator chose), of those the ones in progress before the closed ones, then the oldest."""
    hold_plan()
    places = entitlements().projects
    if places is None or Project.objects.count() <= places:
        share_places(actor, list(Project.objects.filter(read_only=True).select_for_update()), None)
        return
    projects = list(Project.objects.select_for_update().order_by("pk"))
    projects.sort(
        key=lambda project: (
            project.read_only if keep is None else project.pk not in keep,
            project.phase == Phase.CLOSED,
        )
    )
    share_places(actor, projects, places)


def choose_projects(*, actor: Actor, keep: Collection[UUID]) -> None:
    """Keep these projects editable; places that the choice leaves go to the oldest others."""
    places = entitlements().projects
    if places is not None:
        refuse_too_many(len(keep), places)
    settle_projects(actor=actor, keep=keep)
