"""What levelling refuses, in data from which a sentence can be made."""

from dataclasses import dataclass
from enum import StrEnum


class LevellingError(ValueError):
    """A problem that says nothing that could be levelled, or a search that was stopped without an answer.

    `code` is one of: duplicate_activity, duplicate_resource, duplicate_project, unknown_activity, unknown_resource,
    unknown_project, no_mode, negative_duration, negative_demand, negative_weight, negative_date, bad_steps,
    bad_pauses, bad_lag, self_link, too_large, no_answer, infeasible. `names` are the keys concerned.
    """

    def __init__(self, code: str, *names: str) -> None:
        super().__init__(f"{code}: {', '.join(names)}" if names else code)
        self.code = code
        self.names = names


class ClashKind(StrEnum):
    """Why no dates can do."""

    CYCLE = "cycle"  # `activities` wait for one another; the first is repeated at the end
    DEMAND = "demand"  # `activities[0]` asks more of `resources` (one per mode) than there ever is
    NO_ROOM = "no_room"  # `resources` are never free for as long as `activities[0]` lasts, between its dates
    # A chain is in the order of time; round a maximum lag it may name an activity twice.
    DEADLINE = "deadline"  # the chain `activities` ends at `earliest`, its last one is due by `allowed`
    FIXED_DATE = "fixed_date"  # the chain lets its last one start from `earliest` on; it is fixed at `allowed`
    MAXIMUM_LAG = "maximum_lag"  # the links along `activities` ask for more time than a maximum lag of theirs allows
    TOGETHER = "together"  # each of `requirements` could be met, but not all of them


class RequirementKind(StrEnum):
    """What a person could give way on."""

    DEADLINE = "deadline"  # names: the activity
    FIXED_DATE = "fixed_date"  # names: the activity
    MAXIMUM_LAG = "maximum_lag"  # names: predecessor, successor
    CAPACITY = "capacity"  # names: the resource


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of the requirements that clash."""

    kind: RequirementKind
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Why a problem has no solution; see ClashKind for which fields each kind fills.

    `demand` and `most` are units, `earliest` and `allowed` instants of the problem's time line. `minimal` says that
    `requirements` can be met if any one of them is given up (else the search for fewer ran out of time).
    """

    kind: ClashKind
    activities: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    demand: int = 0
    most: int = 0
    earliest: int = 0
    allowed: int = 0
    minimal: bool = True


class Infeasible(LevellingError):
    """No dates satisfy the problem; `clash` says why."""

    def __init__(self, clash: Clash) -> None:
        super().__init__("infeasible", clash.kind.value, *clash.activities, *clash.resources)
        self.clash = clash
