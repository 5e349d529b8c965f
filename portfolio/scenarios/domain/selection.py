"""Which projects to do and when: the most value under budgets, capacities and rules between projects.

A multi-dimensional knapsack over time (Kellerer, Pferschy and Pisinger, Knapsack Problems, 2004, chapter 9, with
start dates as in the project selection and scheduling problem of Chen and Askin, EJOR 193, 2009). Pure: no Django,
no clock. Periods are counted from 0, the first at which a project may begin; the caller says what they are (months).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

ZERO: Final = Decimal(0)
MOST_CHOICES: Final = 100_000  # candidates x starts
NEVER: Final = 10**9
CENTS: Final = 100


class SelectionError(ValueError):
    """A problem that says nothing that could be chosen from.

    `code` is one of: duplicate_candidate, unknown_candidate, no_start, negative_start, negative_cost,
    negative_demand, negative_budget, negative_capacity, bad_periods, requires_itself, too_large, no_answer (a search
    that was given no time to find one); Infeasible has its own. `names` are the keys concerned.
    """

    def __init__(self, code: str, *names: str) -> None:
        super().__init__(f"{code}: {', '.join(names)}" if names else code)
        self.code = code
        self.names = names


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project that may be chosen. It may begin at `first_start` and the periods that follow it, as many as there
    are `values`: what it is worth when it begins then.

    `costs` (money) and `demand` (working minutes by skill) are by period from its own start; it lasts `periods`.
    """

    key: str
    values: tuple[Decimal, ...]
    periods: int
    costs: tuple[Decimal, ...] = ()
    demand: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    first_start: int = 0
    mandatory: bool = False

    @property
    def starts(self) -> range:
        """The periods in which it may begin."""
        return range(self.first_start, self.first_start + len(self.values))

    def value_at(self, start: int) -> Decimal:
        """What it is worth when it begins at `start`."""
        return self.values[start - self.first_start]


@dataclass(frozen=True, slots=True)
class Budget:
    """Money for what is spent from period `first` to period `last`, both included (a fiscal year)."""

    name: str
    first: int
    last: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Requirement:
    """`candidate` is chosen only with `needs`, and begins at least `gap` periods after it has ended (negative: so
    many before, as when a task of the one waits for a task in the middle of the other)."""

    candidate: str
    needs: str
    gap: int = 0


@dataclass(frozen=True)
class Problem:
    """What there is to choose from. `capacities` are the free minutes of each skill by period; what no budget and no
    capacity speaks of (a period beyond them, another skill) is not limited. Of each set of `exclusive` keys at most
    one is chosen."""

    candidates: tuple[Candidate, ...]
    budgets: tuple[Budget, ...] = ()
    capacities: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    exclusive: tuple[frozenset[str], ...] = ()
    requirements: tuple[Requirement, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, Candidate]:
        return {one.key: one for one in self.candidates}

    @cached_property
    def limits(self) -> "Limits":
        """Its limits on money and people."""
        return Limits(self)

    def check(self) -> None:
        """Raise SelectionError when the problem says nothing."""
        if len(self.by_key) < len(self.candidates):
            keys = [one.key for one in self.candidates]
            raise SelectionError("duplicate_candidate", *sorted({key for key in keys if keys.count(key) > 1}))
        for one in self.candidates:
            _refuse(not one.values, "no_start", one.key)
            _refuse(one.first_start < 0, "negative_start", one.key)
            _refuse(one.periods < 0, "bad_periods", one.key)
            _refuse(any(cost < 0 for cost in one.costs), "negative_cost", one.key)
            for skill, minutes in one.demand.items():
                _refuse(any(amount < 0 for amount in minutes), "negative_demand", one.key, skill)
        for budget in self.budgets:
            _refuse(budget.amount < 0, "negative_budget", budget.name)
            _refuse(budget.last < budget.first, "bad_periods", budget.name)
        for skill, minutes in self.capacities.items():
            _refuse(any(amount < 0 for amount in minutes), "negative_capacity", skill)
        named = {key for group in self.exclusive for key in group}
        named |= {key for rule in self.requirements for key in (rule.candidate, rule.needs)}
        if named - self.by_key.keys():
            raise SelectionError("unknown_candidate", *sorted(named - self.by_key.keys()))
        for rule in self.requirements:
            _refuse(rule.candidate == rule.needs, "requires_itself", rule.candidate)
        _refuse(sum(len(one.values) for one in self.candidates) > MOST_CHOICES, "too_large")


def _refuse(wrong: bool, code: str, *names: str) -> None:
    if wrong:
        raise SelectionError(code, *names)


@dataclass(frozen=True, slots=True)
class Limit:
    """One budget, or one skill in one period, and what it has: money, or minutes."""

    has: Decimal
    budget: str = ""
    skill: str = ""
    period: int = 0


def whole(amount: Decimal, limit: Limit) -> int:
    """An amount of a limit in the whole numbers that solvers know: minutes as they are, money in cents."""
    return int((amount * (1 if limit.skill else CENTS)).to_integral_value(rounding=ROUND_HALF_UP))


def whole_limit(limit: Limit) -> int:
    """What a limit has, in whole numbers."""
    return whole(limit.has, limit)


class Limits:
    """Every limit of a problem on money and people, and what each project takes of them."""

    def __init__(self, problem: Problem) -> None:
        self.all = [Limit(one.amount, budget=one.name) for one in problem.budgets]
        self._spans = [(one.first, one.last) for one in problem.budgets]
        self._first: dict[str, int] = {}
        for skill, minutes in problem.capacities.items():
            self._first[skill] = len(self.all)
            self.all += [Limit(Decimal(free), skill=skill, period=at) for at, free in enumerate(minutes)]
        self._lengths = {skill: len(minutes) for skill, minutes in problem.capacities.items()}
        self._taken: dict[tuple[str, int], dict[int, Decimal]] = {}

    def taken(self, one: Candidate, start: int) -> dict[int, Decimal]:
        """What it takes, begun at `start`, by number of the limits it touches."""
        known = self._taken.get((one.key, start))
        if known is not None:
            return known
        found = self._taken[one.key, start] = {}
        for number, (first, last) in enumerate(self._spans):
            spent = sum(one.costs[max(first - start, 0) : max(last - start + 1, 0)], ZERO)
            if spent:
                found[number] = spent
        for skill, minutes in one.demand.items():
            begin, length = self._first.get(skill, 0), self._lengths.get(skill, 0)
            for period, asked in enumerate(minutes[: max(length - start, 0)], start):
                if asked:
                    found[begin + period] = Decimal(asked)
        return found

    def left(self, problem: Problem, chosen: Mapping[str, int]) -> list[Decimal]:
        """What those chosen leave of each."""
        rest = [limit.has for limit in self.all]
        for key, start in chosen.items():
            for number, amount in self.taken(problem.by_key[key], start).items():
                rest[number] -= amount
        return rest


class ReasonKind(StrEnum):
    """Why a project is not in the choice."""

    NO_VALUE = "no_value"  # it fits, and is worth nothing
    EXCLUSIVE = "exclusive"  # `others` exclude it
    NEEDS = "needs"  # it needs `others`, which are not chosen
    TOO_LATE = "too_late"  # `others`, which it needs, end after the last period in which it may begin
    NEEDED_BY = "needed_by"  # it would have to end before `others`, which have begun by then
    BUDGET = "budget"  # `missing` money in `budget`
    CAPACITY = "capacity"  # `missing` minutes of `skill` in all, `by_period` in each that is short


@dataclass(frozen=True, slots=True)
class Reason:
    """A limit that a project does not fit within beside those chosen; see ReasonKind for which fields are filled."""

    kind: ReasonKind
    others: tuple[str, ...] = ()
    budget: str = ""
    skill: str = ""
    missing: Decimal = ZERO
    by_period: tuple[tuple[int, Decimal], ...] = ()

    @staticmethod
    def short_of(skill: str, by_period: Mapping[int, Decimal]) -> "Reason":
        """That a skill is short of minutes in some periods."""
        ordered = tuple(sorted(by_period.items()))
        return Reason(ReasonKind.CAPACITY, skill=skill, missing=sum(by_period.values(), ZERO), by_period=ordered)


@dataclass(frozen=True, slots=True)
class Choice:
    """What to do: the start of each project chosen, by key. `bound` is what no choice is worth more than: the choice
    is `proved` best when it is its `value`."""

    starts: Mapping[str, int]
    value: Decimal
    bound: Decimal
    proved: bool

    @property
    def gap(self) -> Decimal | None:
        """How far the value may be from the best, as a share of the bound; None where nothing has any value."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else None


class ClashKind(StrEnum):
    """Why the mandatory projects cannot all be done."""

    SHORT = "short"  # `reasons` say what is missing at least
    TOGETHER = "together"  # the rules between projects never allow `keys` together; any one of them left out would do
    LATE = "late"  # `keys` can only begin after the last period


Rule = frozenset[str] | Requirement
"""Keys that exclude each other, or one that needs another."""


class Infeasible(SelectionError):
    """The mandatory projects cannot all be done. `rules` are those that do not allow `keys` together."""

    def __init__(
        self,
        kind: ClashKind,
        keys: tuple[str, ...] = (),
        reasons: tuple["Reason", ...] = (),
        rules: tuple[Rule, ...] = (),
    ) -> None:
        super().__init__(f"infeasible_{kind}", *keys)
        self.kind, self.keys, self.reasons, self.rules = kind, keys, reasons, rules


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a project is left out: begun at `start`, where least is in its way, all of `reasons` would have to give way
    for it to fit beside every project chosen, each at its own date."""

    key: str
    start: int
    reasons: tuple[Reason, ...]


def exclusion(problem: Problem, chosen: Mapping[str, int], key: str) -> Exclusion:
    """Why `key` is not among `chosen` (starts by key), and what would let it in.

    The start is the one with the fewest rules against it, then with the least share of what there is missing.
    """
    one, beside = problem.by_key[key], Beside(problem, chosen)
    found = [(beside.reasons(one, start), start) for start in one.starts]
    reasons, start = min(found, key=lambda pair: (beside.weight(pair[0]), -one.value_at(pair[1]), pair[1]))
    return Exclusion(key, start, reasons or (Reason(ReasonKind.NO_VALUE),))


def fits(problem: Problem, chosen: Mapping[str, int]) -> bool:
    """Whether a choice (starts by key) holds all that is mandatory and keeps within every limit and every rule, to
    the cent and the minute."""
    if any(one.mandatory and one.key not in chosen for one in problem.candidates):
        return False
    if any(len(group & chosen.keys()) > 1 for group in problem.exclusive):
        return False
    for rule in problem.requirements:
        if rule.candidate not in chosen:
            continue
        if rule.needs not in chosen:
            return False
        if chosen[rule.needs] + problem.by_key[rule.needs].periods + rule.gap > chosen[rule.candidate]:
            return False
    return all(left >= 0 for left in problem.limits.left(problem, chosen))


def worth(problem: Problem, chosen: Mapping[str, int]) -> Decimal:
    """What a choice is worth."""
    return sum((problem.by_key[key].value_at(start) for key, start in chosen.items()), ZERO)


def given_way(problem: Problem, reasons: tuple["Reason", ...]) -> Problem:
    """The problem with as much more money and people as `reasons` say is missing; rules stay as they are."""
    more: dict[str, Decimal] = {}
    free = {skill: list(minutes) for skill, minutes in problem.capacities.items()}
    for reason in reasons:
        if reason.kind == ReasonKind.BUDGET:
            more[reason.budget] = more.get(reason.budget, ZERO) + reason.missing
        for period, missing in reason.by_period:
            free[reason.skill][period] += int(missing.to_integral_value(rounding=ROUND_CEILING))
    return replace(
        problem,
        budgets=tuple(replace(one, amount=one.amount + more.get(one.name, ZERO)) for one in problem.budgets),
        capacities={skill: tuple(minutes) for skill, minutes in free.items()},
    )


class Beside:
    """What is left for other projects beside those chosen, each at its own date."""

    def __init__(self, problem: Problem, chosen: Mapping[str, int]) -> None:
        self.problem, self.chosen = problem, dict(chosen)
        self.limits = problem.limits
        self.left = self.limits.left(problem, chosen)

    def room(self, one: Candidate) -> int | None:
        """The start, of the greatest value and the earliest, at which it fits; None when there is none."""
        fitting = [start for start in one.starts if not self.reasons(one, start)]
        return max(fitting, key=lambda start: (one.value_at(start), -start), default=None)

    def add(self, one: Candidate, start: int) -> None:
        """Choose it as well."""
        self.chosen[one.key] = start
        for number, amount in self.limits.taken(one, start).items():
            self.left[number] -= amount

    def reasons(self, one: Candidate, start: int) -> tuple[Reason, ...]:
        """What is in the way of `one`, begun at `start`; nothing when it fits."""
        found = list(self._rules(one, start))
        short: dict[str, dict[int, Decimal]] = {}
        for number, asked in self.limits.taken(one, start).items():
            limit, missing = self.limits.all[number], asked - self.left[number]
            if missing > 0 and limit.skill:
                short.setdefault(limit.skill, {})[limit.period] = missing
            elif missing > 0:
                found.append(Reason(ReasonKind.BUDGET, budget=limit.budget, missing=missing))
        return (*found, *(Reason.short_of(skill, by_period) for skill, by_period in short.items()))

    def weight(self, reasons: tuple[Reason, ...]) -> tuple[int, Decimal]:
        """Rules first: money and people can be found, a project that excludes another cannot be argued with."""
        hard = sum(1 for one in reasons if one.kind not in (ReasonKind.BUDGET, ReasonKind.CAPACITY))
        amounts = {budget.name: budget.amount for budget in self.problem.budgets}
        share = ZERO
        for one in reasons:
            if one.kind == ReasonKind.BUDGET:
                share += one.missing / max(amounts[one.budget], Decimal(1))
            elif one.kind == ReasonKind.CAPACITY:
                share += one.missing / max(Decimal(sum(self.problem.capacities[one.skill])), Decimal(1))
        return hard, share

    def _rules(self, one: Candidate, start: int) -> Iterator[Reason]:
        problem, chosen = self.problem, self.chosen
        rivals = {key for group in problem.exclusive if one.key in group for key in group if key in chosen}
        if rivals:
            yield Reason(ReasonKind.EXCLUSIVE, others=tuple(sorted(rivals)))
        absent, late, begun = [], [], []
        for rule in problem.requirements:
            if rule.candidate == one.key:
                if rule.needs not in chosen:
                    absent.append(rule.needs)
                elif chosen[rule.needs] + problem.by_key[rule.needs].periods + rule.gap > start:
                    late.append(rule.needs)
            elif rule.needs == one.key and start + one.periods + rule.gap > chosen.get(rule.candidate, NEVER):
                begun.append(rule.candidate)
        for kind, others in ((ReasonKind.NEEDS, absent), (ReasonKind.TOO_LATE, late), (ReasonKind.NEEDED_BY, begun)):
            if others:
                yield Reason(kind, others=tuple(sorted(others)))


def greedy(problem: Problem, chosen: Mapping[str, int] | None = None) -> dict[str, int]:
    """`chosen`, with what still fits beside it and is worth something: what is mandatory first, then by value over
    cost, as a spreadsheet would. It may leave out what is mandatory."""
    beside = Beside(problem, chosen or {})
    worth = {one.key: max(one.values) / (1 + sum(one.costs, ZERO)) for one in problem.candidates}
    ranked = sorted(problem.candidates, key=lambda one: (not one.mandatory, -worth[one.key], one.key))
    found = True
    while found:  # again while something came: what needs it may have been refused before
        found = False
        for one in ranked:
            start = None if one.key in beside.chosen else beside.room(one)
            if start is not None and (one.mandatory or one.value_at(start) > 0):
                beside.add(one, start)
                found = True
    return beside.chosen
