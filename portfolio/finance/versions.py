"""What the versions of a budget hold, how they compare, and which one a project follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portfolio.finance.domain.budget import ZERO
from portfolio.finance.domain.versions import Comparison, Place, Plan, compared, from_rows
from portfolio.finance.models import BudgetLine, BudgetVersion, VersionState
from portfolio.finance.queries import place_of
from portfolio.projects.models import Project
from tech4value.audit.models import AuditEvent

FREEZING = (VersionState.PROPOSED, VersionState.APPROVED)


def lines_plan(project: Project) -> dict[Place, Decimal]:
    """What the lines of a project plan today, its parts of envelopes aside; places of zero are left out. One
    statement."""
    rows = BudgetLine.objects.filter(project=project, envelope=None).exclude(planned=0).order_by()
    return {
        (category, nature, month): planned
        for category, nature, month, planned in rows.values_list("category", "nature", "month", "planned")
    }


def plan_of(version: BudgetVersion) -> dict[Place, Decimal]:
    """What a version plans; the initial one in preparation is what the lines say."""
    if version.number == 0 and version.state == VersionState.DRAFT:
        return lines_plan(version.project)
    return from_rows(version.amounts)


def comparison(before: Plan, after: Plan) -> Comparison:
    """Two plans by category and month, capex first, in the order of the categories."""
    return compared(before, after, place_of)


@dataclass(frozen=True, slots=True)
class Followed:
    """The versions of a project that matter today: the approved one, the one in preparation or proposed."""

    approved: BudgetVersion | None = None
    open: BudgetVersion | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether the planned amounts of lines are no longer typed."""
        return self.approved is not None or (self.open is not None and self.open.state == VersionState.PROPOSED)


def followed(project: Project) -> Followed:
    """What `project` follows. One statement."""
    approved = current = None
    for version in BudgetVersion.objects.filter(project=project).order_by("number"):
        if version.state == VersionState.APPROVED:
            approved = version
        else:
            current = version
    return Followed(approved, current)


def proposer_of(version: BudgetVersion) -> UUID | None:
    """The user who proposed a version last, by the journal; None for what a program proposed. One statement."""
    events = AuditEvent.objects.filter(object_id=version.pk, verb="budgetversion.proposed")
    found: UUID | None = events.order_by("-id").values_list("actor_id", flat=True).first()
    return found


def freezing(projects: Iterable[UUID]) -> dict[UUID, BudgetVersion]:
    """The version that freezes the planned amounts of each of these projects: the last approved, or the initial one
    while it is proposed; a project whose amounts are free is absent. One statement."""
    rows = BudgetVersion.objects.filter(project__in=list(projects), state__in=FREEZING).order_by("number")
    found: dict[UUID, BudgetVersion] = {}
    for row in rows.defer("amounts"):
        if row.state == VersionState.APPROVED or row.project_id not in found:
            found[row.project_id] = row
    return found


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of the list: its total, and by how much it differs from the one before (None for the first)."""

    version: BudgetVersion
    total: Decimal
    difference: Decimal | None


def version_rows(versions: Iterable[BudgetVersion]) -> list[VersionRow]:
    """The versions of one project, the last first, each against the one before."""
    rows: list[VersionRow] = []
    before: Decimal | None = None
    for version in versions:
        amount = sum(plan_of(version).values(), ZERO)
        rows.append(VersionRow(version, amount, None if before is None else amount - before))
        before = amount
    return rows[::-1]
