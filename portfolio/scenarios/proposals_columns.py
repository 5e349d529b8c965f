"""The three proposals ready to be shown: what each does, what it changes, why it cannot be, who may apply it."""

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.scenarios.applying import may_apply
from portfolio.scenarios.domain.proposals import Proposal
from portfolio.scenarios.naming import naming_of
from portfolio.scenarios.proposals import Answer
from portfolio.scenarios.proposals_actions import stamp_of, written
from portfolio.scenarios.proposals_effect import Effect, effect_of
from portfolio.scenarios.proposals_words import (
    HINTS,
    ICONS,
    TITLES,
    cash_lines,
    cost_line,
    date_lines,
    milestone_lines,
    operation_lines,
    why_not,
)
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission


@dataclass(frozen=True)
class Told:
    """An effect, with its sentences."""

    effect: Effect

    @property
    def dates(self) -> list[str]:
        return date_lines(self.effect)

    @property
    def milestones(self) -> list[str]:
        return milestone_lines(self.effect)

    @property
    def cost(self) -> str:
        return cost_line(self.effect.cost)

    @property
    def cash(self) -> list[str]:
        return cash_lines(self.effect.cash)


@dataclass(frozen=True)
class Column:
    """A proposal as it is shown. `operations` and `stamp` are what is sent back to apply it."""

    proposal: Proposal
    title: str
    hint: str
    icon: str
    lines: Sequence[str]
    why: str
    effect: Told | None
    operations: str
    stamp: str
    may_apply: bool


def columns_of(member: Membership, found: Answer) -> list[Column]:
    """The three, in words and figures."""
    sees_cost = member.can(Permission.BUDGET_VIEW) and found.live.world.rates_known
    names = naming_of(one for way in found.ways for one in way.proposal.operations)
    columns = []
    for way in found.ways:
        proposal, operations = way.proposal, way.proposal.operations
        effect = effect_of(found, way, sees_cost=sees_cost)
        columns.append(
            Column(
                proposal,
                str(TITLES[proposal.nature]),
                str(HINTS[proposal.nature]),
                ICONS[proposal.nature],
                operation_lines(found, operations, names),
                why_not(found, proposal) if proposal.why is not None else "",
                None if effect is None else Told(effect),
                written(operations),
                stamp_of(operations, found.live.world),
                bool(operations) and may_apply(member, operations),
            )
        )
    return columns
