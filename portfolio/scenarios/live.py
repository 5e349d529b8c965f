"""The live plan as scenarios are evaluated on it: read once, in a bounded number of statements, and never written."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, Sum

from portfolio.capacity.domain.load import monday_of, weeks_from
from portfolio.capacity.models import Allocation, LoadWeek
from portfolio.capacity.rollup import booking_of
from portfolio.finance.benefits_queries import cases_of
from portfolio.finance.domain.budget import ZERO, Amounts, engaged
from portfolio.finance.models import BudgetLine
from portfolio.finance.queries import amounts_of, totals
from portfolio.people.models import Person, PersonSkill, Pole, Profile, Rate, Skill
from portfolio.people.queries import calendars_by_id, capacities, personal_calendars
from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.planning.portfolio_network import PortfolioPlan, read_portfolio
from portfolio.planning.project_graph import downstream, edges
from portfolio.projects.models import Milestone, Phase, Project
from portfolio.risks.domain import SEVERITY_SCORES, Severity
from portfolio.risks.models import ACTIVE, Risk
from portfolio.scenarios.domain.cash_changes import NEW
from portfolio.scenarios.domain.evaluation import Outcome
from portfolio.scenarios.domain.operations import (
    Allocate,
    ChangeBudget,
    ChangeRate,
    MoveMilestone,
    Operation,
    Reassign,
    ReduceTask,
    ResizeProject,
    ShiftProject,
    ShiftTask,
    SplitTask,
    StopProject,
)
from portfolio.scenarios.domain.world import (
    WEEK,
    WEEKS,
    Benefits,
    Booked,
    MilestoneFacts,
    Names,
    PersonFacts,
    Place,
    ProjectFacts,
    RiskFacts,
    TaskFacts,
    Work,
    World,
)
from portfolio.treasury.ledger import Ledger, load_ledger
from portfolio.treasury.models import Contract, ContractInstalment, PayrollRule
from portfolio.treasury.queries import CashPlan
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today as clock_today

Steps = tuple[tuple[date, Decimal], ...]
OF_PROJECT = (ShiftProject, StopProject, ResizeProject, Allocate, ChangeBudget)
OF_TASK = (ShiftTask, Reassign, SplitTask, ReduceTask)


@dataclass(frozen=True)
class Live:
    """The live plan, and the rows that the keys of its books name (None where the cash may not be seen)."""

    world: World
    ledger: Ledger | None


def read_live(member: Membership, projects: Collection[UUID] | None = None, weeks: int = WEEKS) -> Live:
    """The live plan as `member` sees it. `projects` are those that operations may touch (None: all that are open),
    with those that wait for them; of the others only sums are read. Some fifty statements, whatever the numbers.
    """
    day = clock_today()
    visible = list(Project.objects.visible_to(member, Permission.PROJECT_VIEW).exclude(phase=Phase.CLOSED))
    keys = {row.pk for row in visible}
    detailed = keys if projects is None else downstream(projects, edges()) & keys
    plan = read_portfolio(detailed)
    spans = weeks_from(day, weeks)
    tasks = _tasks(detailed, plan)
    works = _works(detailed, tasks)
    bookings = _bookings(detailed)
    rates_known = member.can(Permission.RATE_VIEW)
    own_rates, profile_rates = _rates() if rates_known else ({}, {})
    lines, spoken_for = _lines(detailed)
    ledger = load_ledger() if member.can(Permission.CASH_VIEW) else None
    calendars = calendars_by_id()
    world = World(
        today=day,
        weeks=spans,
        calendar=calendars[None],
        projects={str(row.pk): _project(row) for row in visible},
        detailed=frozenset(str(key) for key in detailed),
        calendars={str(key): frame.calendar for key, frame in plan.frames.items()},
        tasks=tasks,
        plan=plan.tasks,
        links=tuple(plan.links),
        works=works,
        bookings=bookings,
        people=_people(spans, tasks, bookings, own_rates, rates_known),
        names=_names(),
        profile_rates=profile_rates,
        rates_known=rates_known,
        elsewhere=_elsewhere(detailed, spans),
        milestones=_milestones(detailed),
        lines=lines,
        engaged=spoken_for,
        totals={str(key): amounts for key, amounts in totals(visible).items()},
        spans=_spans(keys - detailed),
        books=None if ledger is None else ledger.books,
        risks=_risks(keys),
        benefits=_benefits(visible),
    )
    return Live(world, ledger)


def projects_of(operations: Iterable[Operation]) -> set[UUID]:
    """The projects that some operations touch, those that only follow left out. Three statements at most; what is no
    key is left to the evaluation, which refuses it."""
    found: set[UUID] = set()
    tasks: set[UUID] = set()
    milestones: set[UUID] = set()
    persons, profiles = set(), set()
    for one in operations:
        if isinstance(one, OF_PROJECT):
            found |= _keys(one.project)
        elif isinstance(one, OF_TASK):
            tasks |= _keys(one.task.partition("/")[0])
        elif isinstance(one, MoveMilestone):
            milestones |= _keys(one.milestone)
        elif isinstance(one, ChangeRate):
            persons |= _keys(one.person)
            profiles |= _keys(one.profile)
    if tasks:
        found |= set(Task.objects.filter(pk__in=tasks).values_list("project_id", flat=True))
    if milestones:
        found |= set(Milestone.objects.filter(pk__in=milestones).values_list("project_id", flat=True))
    if persons or profiles:
        rows = Assignment.objects.filter(
            Q(person__in=persons) | Q(person__profile__in=profiles), task__deleted_at=None, work_minutes__gt=0
        )
        found |= set(rows.filter(task__ends_at__date__gte=clock_today()).values_list("project_id", flat=True))
    return found


def cash_of(live: Live, outcome: Outcome) -> CashPlan | None:
    """The cash of an outcome, as the screens of the treasury read it: what the scenario adds has a name there too."""
    if live.ledger is None or outcome.cash is None or outcome.books is None:
        return None
    contracts: dict[str, Contract] = {}
    instalments: dict[str, ContractInstalment] = {}
    payrolls: dict[str, PayrollRule] = {}
    for one in outcome.books.contracts:
        added = outcome.world.added.get(one.key.removeprefix(NEW)) if one.key.startswith(NEW) else None
        if added is not None:
            contracts[one.key] = Contract(name=f"{added.code} {added.name}")
            instalments |= {
                part.key: ContractInstalment(name=f"{part.on:%m/%Y}") for part in one.instalments if part.on
            }
    for key, hired in outcome.world.hires.items():
        payrolls |= {
            one.key: PayrollRule(name=hired.name) for one in outcome.books.payrolls if one.key.startswith(f"{key}:")
        }
    ledger = replace(
        live.ledger,
        books=outcome.books,
        contracts={**live.ledger.contracts, **contracts},
        instalments={**live.ledger.instalments, **instalments},
        payrolls={**live.ledger.payrolls, **payrolls},
    )
    return CashPlan(ledger, outcome.cash)


def _keys(text: str) -> set[UUID]:
    try:
        return {UUID(text)}
    except ValueError:
        return set()


def _project(row: Project) -> ProjectFacts:
    return ProjectFacts(
        str(row.pk),
        row.code,
        row.name,
        str(row.pole_id),
        row.starts_on,
        row.ends_on,
        row.phase,
        row.read_only or row.phase == Phase.CLOSED,
    )


def _tasks(projects: Collection[UUID], plan: PortfolioPlan) -> dict[str, TaskFacts]:
    rows = Task.objects.filter(project__in=projects).order_by("project_id", "position", "id")
    parents = {one.parent for one in plan.tasks.values()}
    found = {}
    for row in rows.values_list(
        "pk", "project_id", "name", "starts_at", "ends_at", "work_minutes", "percent_complete", "kind",
        "actual_start_at", "milestone_id", named=True,
    ):  # fmt: skip
        key = str(row.pk)
        if key not in plan.tasks:  # written since the plan was read
            continue
        found[key] = TaskFacts(
            key,
            str(row.project_id),
            row.name,
            row.starts_at,
            row.ends_at,
            row.work_minutes,
            row.percent_complete,
            summary=key in parents,
            point=row.kind == TaskKind.MILESTONE,
            begun=row.actual_start_at is not None or row.percent_complete > 0,
            milestone=str(row.milestone_id or ""),
        )
    return found


def _spans(projects: Collection[UUID]) -> dict[str, tuple[date, date]]:
    """From the first day of each plan to its last."""
    rows = Task.objects.filter(project__in=projects).order_by().values_list("project_id")
    return {
        str(key): (first.date(), last.date())
        for key, first, last in rows.annotate(first=Min("starts_at"), last=Max("ends_at"))
    }


def _works(projects: Collection[UUID], tasks: dict[str, TaskFacts]) -> dict[str, Work]:
    """In the order in which the engine takes the people of a task."""
    rows = Assignment.objects.filter(project__in=projects, person__deleted_at=None).order_by("id")
    found = {}
    for pk, task, project, person, minutes, units in rows.values_list(
        "pk", "task_id", "project_id", "person_id", "work_minutes", "units"
    ):
        if str(task) in tasks:
            found[str(pk)] = Work(str(pk), str(task), str(project), str(person), minutes, units)
    return found


def _bookings(projects: Collection[UUID]) -> dict[str, Booked]:
    """Those of the projects, and of every profile that nobody fills."""
    rows = Allocation.objects.filter(Q(project__in=projects) | Q(person=None), project__deleted_at=None)
    rows = rows.exclude(person__isnull=False, person__deleted_at__isnull=False)
    return {
        str(row.pk): Booked(
            str(row.pk),
            str(row.project_id),
            booking_of(row),
            str(row.person_id or ""),
            str(row.profile_id or ""),
            str(row.skill_id or ""),
        )
        for row in rows
    }


def _people(
    weeks: Sequence[date],
    tasks: dict[str, TaskFacts],
    bookings: dict[str, Booked],
    rates: dict[str, Steps],
    rates_known: bool,
) -> dict[str, PersonFacts]:
    persons = list(Person.objects.all())
    firsts = [one.starts_at.date() for one in tasks.values()] + [one.booking.first for one in bookings.values()]
    lasts = [one.ends_at.date() for one in tasks.values()] + [one.booking.last for one in bookings.values()]
    last_week = weeks[-1] + WEEK - timedelta(days=1)
    calendars = personal_calendars(persons, min([*firsts, weeks[0]]), max([*lasts, last_week]))
    capacity = capacities(persons, [(week, week + WEEK - timedelta(days=1)) for week in weeks])
    skills: dict[str, dict[str, int]] = defaultdict(dict)
    for person, skill, level in PersonSkill.objects.order_by().values_list("person_id", "skill_id", "level"):
        skills[str(person)][str(skill)] = level
    return {
        str(row.pk): PersonFacts(
            str(row.pk),
            row.name,
            str(row.pole_id or ""),
            str(row.profile_id or ""),
            skills.get(str(row.pk), {}),
            Decimal(row.capacity),
            calendars[row.pk],
            capacity[row.pk],
            row.joined_on,
            row.left_on,
            rates.get(str(row.pk), ()),
            row.daily_rate if rates_known else None,
        )
        for row in persons
    }


def _rates() -> tuple[dict[str, Steps], dict[str, Steps]]:
    """The dated rates of persons, and of profiles, by day."""
    persons: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    profiles: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    rows = Rate.objects.order_by("valid_from")
    for person, profile, since, rate in rows.values_list("person_id", "profile_id", "valid_from", "daily_rate"):
        steps = persons[str(person)] if person else profiles[str(profile)]
        steps.append((since, rate))
    return {key: tuple(one) for key, one in persons.items()}, {key: tuple(one) for key, one in profiles.items()}


def _names() -> Names:
    def of(model: Any) -> dict[str, str]:
        return {str(key): name for key, name in model.objects.values_list("pk", "name")}

    return Names(of(Pole), of(Profile), of(Skill))


def _elsewhere(detailed: Collection[UUID], weeks: Sequence[date]) -> dict[tuple[str, date], int]:
    """What other projects ask of people, closed ones too, as the heatmap rolled it up."""
    rows = LoadWeek.objects.filter(week__gte=monday_of(weeks[0]), week__lte=weeks[-1]).exclude(project__in=detailed)
    summed = rows.order_by().values_list("person_id", "week").annotate(minutes=Sum("minutes"))
    return {(str(person), week): minutes for person, week, minutes in summed}


def _milestones(projects: Collection[UUID]) -> dict[str, MilestoneFacts]:
    rows = Milestone.objects.filter(project__in=projects).order_by("due_on", "sort_name")
    return {
        str(pk): MilestoneFacts(str(pk), str(project), name, due_on, actual_on)
        for pk, project, name, due_on, actual_on in rows.values_list(
            "pk", "project_id", "name", "due_on", "actual_on"
        )
    }


def _lines(projects: Collection[UUID]) -> tuple[dict[Place, Amounts], dict[Place, Decimal]]:
    """The lines, and what of them is spent or committed."""
    lines, spoken_for = {}, {}
    for row in BudgetLine.objects.filter(project__in=projects).order_by("month"):
        envelope = str(row.envelope_id or "")
        place = Place(str(row.project_id), row.category, row.nature, row.month, envelope)
        lines[place] = amounts_of(row)
        if amount := engaged(row.committed, row.actual, row.ordered, row.invoiced):
            spoken_for[place] = amount
    return lines, spoken_for


def _benefits(projects: Sequence[Project]) -> dict[str, Benefits]:
    """What the projects that have benefits in money bring."""
    return {
        str(key): Benefits(found.benefit if found is not None else ZERO, case.realised)
        for key, case in cases_of(projects).items()
        if case.money
        for found in [case.current]
    }


def _risks(projects: Collection[UUID]) -> dict[str, RiskFacts]:
    low, high = SEVERITY_SCORES[Severity.CRITICAL]
    rows = Risk.objects.filter(project__in=projects, status__in=ACTIVE).order_by().scored().values("project_id")
    counted = rows.annotate(
        many=Count("pk"),
        exposure=Sum(F("probability") * F("impact")),
        critical=Count("pk", filter=Q(score_value__gte=low, score_value__lte=high)),
    )
    return {
        str(row["project_id"]): RiskFacts(row["many"], row["exposure"], row["critical"])
        for row in counted.values("project_id", "many", "exposure", "critical")
    }
