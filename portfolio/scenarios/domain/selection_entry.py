"""What it takes to let in a project that was left out: solved again, as exactly as the time lets it be.

Two questions, each a problem of the same kind. What would be lost: the best choice that holds the project against the
best of all. What would have to be found: with every project chosen kept (at another date if need be) and this one
beside them, the least money and people to add, in shares of what there is, then the fewest dates that change. A model
with slack, as those that restore feasibility (Chinneck, Feasibility and Infeasibility in Optimization, 2008).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from portfolio.scenarios.domain.selection import (
    Beside,
    Choice,
    Exclusion,
    Infeasible,
    Problem,
    Reason,
    ReasonKind,
    SelectionError,
    exclusion,
    fits,
    given_way,
)
from portfolio.scenarios.domain.selection_solver import forced, least_slack

LEAST_SECONDS: Final = 0.15
"""Less time than this answers nothing: what is known at once is told."""
WORTHWHILE_SECONDS: Final = 1.0
MONEY_AND_PEOPLE: Final = {ReasonKind.BUDGET, ReasonKind.CAPACITY}


@dataclass(frozen=True, slots=True)
class Raise:
    """Money and people to add (`reasons`; nothing when moving others is enough) for a project to begin at `start`
    beside all those chosen, of which `moved` begin at another date. `least`: no less would do, that is proved;
    otherwise so much is enough, and less might be."""

    reasons: tuple[Reason, ...]
    start: int
    moved: tuple[str, ...] = ()
    least: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Why a project is left out, and what letting it in takes.

    `loss` is by how much the best choice that holds it is worth less than the one that was found: exactly where
    `loss_proved`, at most otherwise; None where no choice was found that holds it. `clash` says that there is none.
    `more` is what would have to be found; None where rules are in the way, which nothing buys.
    """

    why: Exclusion
    loss: Decimal | None = None
    loss_proved: bool = False
    clash: Infeasible | None = None
    more: Raise | None = None


def entries(
    problem: Problem,
    choice: Choice,
    *,
    seconds: float,
    seed: int = 1,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Choice, tuple[Entry, ...]]:
    """What every project that is left out would take, those of most value first, in so many seconds for all of them.

    A search for one of them may come upon a better choice: it is then the answer, and what is told is of it.
    """
    until = time.monotonic() + seconds
    while True:
        found: dict[str, Entry] = {}
        better: Choice | None = None
        for key, share in _shares(problem, choice, until):
            one = exclusion(problem, choice.starts, key)
            found[key], best = _entry(problem, choice, one, share, seed, stopped)
            if best is not None and best.value > choice.value:
                better = best
                break
        if better is None:
            order = [one.key for one in problem.candidates if one.key in found]
            return choice, tuple(found[key] for key in order)
        choice = Choice(better.starts, better.value, max(choice.bound, better.value), proved=False)


def _shares(problem: Problem, choice: Choice, until: float) -> Iterator[tuple[str, float]]:
    """Those left out, and the seconds that each may take: an equal share, but enough for a search to be of use, so
    that those of least value may have none left."""
    left = [one for one in problem.candidates if one.key not in choice.starts]
    left.sort(key=lambda one: (-max(one.values), one.key))
    for rank, one in enumerate(left):
        rest = until - time.monotonic()
        yield one.key, max(rest / (len(left) - rank), min(WORTHWHILE_SECONDS, rest))


def _entry(
    problem: Problem, choice: Choice, why: Exclusion, seconds: float, seed: int, stopped: Callable[[], bool]
) -> tuple[Entry, Choice | None]:
    known = _as_it_is(problem, choice, why)
    if seconds < LEAST_SECONDS or stopped():
        return Entry(why, more=known), None
    begun = time.monotonic()
    more = least_raise(problem, choice.starts, why, seconds=seconds / 2, seed=seed)
    if known is not None and (more is None or not (more.least or _less(problem, more, known))):
        more = known
    left = max(seconds - (time.monotonic() - begun), LEAST_SECONDS / 2)
    try:
        best = forced(problem, why.key, seconds=left, seed=seed)
    except Infeasible as clash:
        return Entry(why, clash=clash, more=more), None
    except SelectionError:  # no answer in the time
        return Entry(why, more=more), None
    return Entry(why, choice.value - best.value, choice.proved and best.proved, more=more), best


def _less(problem: Problem, one: Raise, other: Raise) -> bool:
    """Whether one asks less than another, in shares of what there is."""
    beside = Beside(problem, {})
    return beside.weight(one.reasons) < beside.weight(other.reasons)


def _as_it_is(problem: Problem, choice: Choice, why: Exclusion) -> Raise | None:
    """What is missing with everybody at their own date: enough, though less might be."""
    if not {one.kind for one in why.reasons} <= MONEY_AND_PEOPLE:
        return None
    enough = fits(given_way(problem, why.reasons), {**choice.starts, why.key: why.start})
    return Raise(why.reasons, why.start) if enough else None


def least_raise(
    problem: Problem,
    chosen: Mapping[str, int],
    why: Exclusion,
    *,
    seconds: float,
    seed: int = 1,
    deterministic: float | None = None,
) -> Raise | None:
    """The least money and people to add for a project (`why` says why it is left out) to be done beside all those
    `chosen`. None where the rules between projects do not let it be, or when nothing was found in the time."""
    kept = {*chosen, why.key}
    if any(rule.candidate in kept and rule.needs not in kept for rule in problem.requirements):
        return None
    candidates = [replace(one, mandatory=True) for one in problem.candidates if one.key in kept]
    alone = replace(
        problem,
        candidates=tuple(candidates),
        exclusive=tuple(group & kept for group in problem.exclusive),
        requirements=tuple(rule for rule in problem.requirements if rule.candidate in kept),
    )
    found = least_slack(
        alone, near={**chosen, why.key: why.start}, seconds=seconds, seed=seed, deterministic=deterministic
    )
    if found is None:
        return None
    reasons, starts, least = found
    if not fits(given_way(alone, reasons), starts):
        return None
    moved = tuple(sorted(other for other, start in chosen.items() if starts[other] != start))
    return Raise(reasons, starts[why.key], moved, least)
