"""The three proposals for an overload: whose it is, in which weeks, what would do, and what each would change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.shortcuts import get_object_or_404

from portfolio.capacity.domain.load import Grain, weeks_from
from portfolio.capacity.domain.overloads import first_run
from portfolio.capacity.forms import asked_period
from portfolio.capacity.models import LoadWeek, OverloadAlert
from portfolio.capacity.overload_rule import rule_in_force
from portfolio.people.models import Person, Pole, Skill
from portfolio.planning.models import Task
from portfolio.projects.models import Phase, Project
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.evaluation import Outcome, applied, evaluate
from portfolio.scenarios.domain.loads import load_of
from portfolio.scenarios.domain.operations import Operation
from portfolio.scenarios.domain.proposals import Board, Loads, Nature, Proposal, Target, Trial, Why, live_target
from portfolio.scenarios.domain.proposals_relief import relieve
from portfolio.scenarios.domain.proposals_shift import shift
from portfolio.scenarios.domain.proposals_swap import swap
from portfolio.scenarios.domain.world import World
from portfolio.scenarios.live import Live, cash_of, read_live
from portfolio.treasury.queries import CashPlan
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today

MOST_WEEKS: Final = 8
FIRST_WEEKS: Final = 4
"""Of an overload that nobody dated, as many weeks as this are looked at."""
HORIZON: Final = 26
HEAVIEST: Final = 10
"""What a delay of the most expensive project weighs; others in proportion, 1 at least."""
MAKERS: Final[tuple[tuple[Nature, Callable[[Board], Proposal]], ...]] = (
    (Nature.SHIFT, shift),
    (Nature.SWAP, swap),
    (Nature.RELIEF, relieve),
)


class Subject(StrEnum):
    """Whose an overload is."""

    PERSON = "person"
    POLE = "pole"
    SKILL = "skill"


MODELS: Final[dict[Subject, Any]] = {Subject.PERSON: Person, Subject.POLE: Pole, Subject.SKILL: Skill}


@dataclass(frozen=True)
class Overload:
    """What proposals are asked for. `period` is as in the addresses of the heatmap (`2026-03`, `2026-W12`); empty,
    it is the alert of the person, or the first weeks that are too much."""

    subject: Subject
    row: Any
    persons: tuple[UUID, ...]
    weeks: tuple[date, ...]
    period: str = ""

    @property
    def name(self) -> str:
        return str(self.row)


@dataclass(frozen=True)
class Way:
    """A proposal, what comes of the live plan with it (None when there is none), and the cash of that."""

    proposal: Proposal
    outcome: Outcome | None = None
    cash: CashPlan | None = None


@dataclass(frozen=True)
class Answer:
    """The live plan, the weeks that are too much, and the three ways out. `cash` is None where it may not be seen."""

    overload: Overload
    live: Live
    board: Board
    base: Outcome
    cash: CashPlan | None
    ways: tuple[Way, ...]

    @property
    def is_over(self) -> bool:
        """Whether there is an overload that may still be planned otherwise."""
        return bool(self.board.target.weeks)


def overload_of(subject: Subject, key: UUID, period: str = "") -> Overload:
    """The overload of a person, a pole or a skill. 404 for one that is not there. Five statements."""
    row: Any = get_object_or_404(MODELS[subject], pk=key)
    persons = tuple(_persons(subject, row))
    weeks = weeks_of(period) if period else _alerted(key) if subject is Subject.PERSON else ()
    weeks = weeks or weeks_from(today(), HORIZON)
    return Overload(subject, row, persons, weeks, period)


def _persons(subject: Subject, row: Any) -> Sequence[UUID]:
    if subject is Subject.PERSON:
        return [row.pk]
    people = Person.objects.filter(pole=row) if subject is Subject.POLE else Person.objects.filter(skills__skill=row)
    if subject is Subject.SKILL:
        people = people.filter(skills__deleted_at=None)
    return list(people.order_by("pk").values_list("pk", flat=True).distinct())


def weeks_of(period: str) -> tuple[date, ...]:
    """The Mondays of a period: a week, or a month, whose weeks are those that have their Thursday in it."""
    grain = Grain.WEEK if "W" in period else Grain.MONTH
    first = asked_period(period, grain, today())
    if grain is Grain.WEEK:
        return (first,)
    last = grain.last(first)
    return tuple(week for week in weeks_from(first, 6) if first <= week + timedelta(days=3) <= last)


def _alerted(person: UUID) -> tuple[date, ...]:
    alert = OverloadAlert.objects.filter(person=person, closed_on=None).first()
    if alert is None:
        return ()
    return weeks_from(alert.first_week, (alert.last_week - alert.first_week).days // 7 + 1)[:MOST_WEEKS]


def projects_behind(overload: Overload) -> set[UUID]:
    """The projects that ask something of these people in these weeks."""
    rows = LoadWeek.objects.filter(person__in=overload.persons, week__in=overload.weeks, minutes__gt=0)
    return set(rows.order_by().values_list("project_id", flat=True).distinct())


def answer(
    member: Membership,
    overload: Overload,
    told: Callable[[int, int], None] | None = None,
    *,
    known: Sequence[Proposal] | None = None,
) -> Answer:
    """The three proposals, as `member` sees the plan; `told(done, of)` follows the search. `known` were found by a
    search before: only what they change is worked out, and what has become impossible since is left out."""
    visible = Project.objects.visible_to(member, Permission.PLAN_VIEW).exclude(phase=Phase.CLOSED)
    projects = set(visible.filter(pk__in=projects_behind(overload)).values_list("pk", flat=True))
    live = read_live(member, projects)
    base = evaluate(live.world)
    board = board_of(live.world, overload, base)
    ways = []
    for number, (nature, make) in enumerate(MAKERS):
        if told is not None:
            told(number, len(MAKERS))
        found = next((one for one in known or () if one.nature is nature), None)
        if not board.target.weeks:
            found = Proposal(nature, why=Why.OVER)
        ways.append(_way(live, found or make(board)))
    return Answer(overload, live, board, base, cash_of(live, base), tuple(ways))


def _way(live: Live, found: Proposal) -> Way:
    if not found.operations:
        return Way(found)
    try:
        outcome = evaluate(live.world, found.operations)
    except ScenarioError:  # the plan has moved since it was found
        return Way(Proposal(found.nature, why=Why.GONE))
    return Way(found, outcome, cash_of(live, outcome))


def board_of(world: World, overload: Overload, base: Outcome) -> Board:
    """The overload within the plan: of its weeks, those that have not begun and are beyond the threshold."""
    rule = rule_in_force()
    persons = frozenset(str(key) for key in overload.persons if str(key) in world.people)
    whole = live_target(Target(persons, overload.weeks, rule.threshold), world.today)
    loads = loads_by_week(base.load.by_person, world.weeks)
    board = Board(world, whole, trial_of(world, loads), loads)
    over = tuple(week for week in whole.weeks if week in board.excess(board.base))
    if not overload.period and len(over) > FIRST_WEEKS and overload.subject is not Subject.PERSON:
        over = _first_weeks(board, over, rule.min_weeks)
    board.target = replace(whole, weeks=over)
    board.weights = weights_of(world)
    board.floats, board.deadlines = _slack(world)
    return board


def _slack(world: World) -> tuple[dict[str, int], dict[str, datetime]]:
    """The float of each task within its own project, and the deadlines, as the plans say them. One statement."""
    rows = Task.objects.filter(project__in=[UUID(key) for key in world.detailed]).order_by()
    found = rows.values_list("pk", "total_float_minutes", "deadline_at")
    known = [(str(key), spare, deadline) for key, spare, deadline in found if str(key) in world.tasks]
    return (
        {key: spare for key, spare, _deadline in known if spare is not None},
        {key: deadline for key, _spare, deadline in known if deadline is not None},
    )


def _first_weeks(board: Board, over: tuple[date, ...], least: int) -> tuple[date, ...]:
    """The first run of weeks beyond the threshold, FIRST_WEEKS of them at most."""
    persons = board.target.persons
    cells = [
        (board.total(board.base, week), sum(board.capacity(one, week) for one in persons))
        for week in board.target.weeks
    ]
    run = first_run(cells, board.target.threshold, least)
    weeks = board.target.weeks[run.first : run.last + 1] if run is not None else over
    return tuple(week for week in weeks if week in over)[:FIRST_WEEKS]


def trial_of(world: World, live: Loads) -> Trial:
    """The load after some operations, as scenarios are evaluated; `live` is that of the world as it is."""

    base = load_of(world).by_person
    worlds: dict[tuple[Operation, ...], World] = {(): world}

    def after_all(operations: tuple[Operation, ...]) -> World:
        # A search adds to what it has: what came before is not done again.
        found = worlds.get(operations)
        if found is None:
            found = worlds[operations] = applied(after_all(operations[:-1]), operations[-1:])
        return found

    def trial(operations: tuple[Operation, ...]) -> tuple[Loads, dict[str, datetime]]:
        after = after_all(operations)
        ends = {key: one.ends_at for key, one in after.tasks.items()}
        rows = load_of(after).by_person
        changed = {person: row for person, row in rows.items() if row is not base.get(person)}
        return {**live, **loads_by_week(changed, world.weeks)}, ends

    return trial


def loads_by_week(rows: Any, weeks: Sequence[date]) -> Loads:
    """Minutes by person and week."""
    return {person: dict(zip(weeks, minutes, strict=True)) for person, minutes in rows.items()}


def weights_of(world: World) -> dict[str, int]:
    """What a delay of each project weighs: in proportion of what it costs, as long as nobody gives projects a
    priority."""
    costs = {key: amounts.forecast for key, amounts in world.totals.items()}
    most = max(costs.values(), default=Decimal(0))
    if most <= 0:
        return {}
    return {key: max(1, int(cost * HEAVIEST / most)) for key, cost in costs.items()}


def size_of(overload: Overload) -> int:
    """How many tasks the plans behind an overload have: what a search costs. Two statements."""
    return Task.objects.filter(project__in=projects_behind(overload)).count()
