"""What may be chosen from: projects that have not begun, with what they cost and ask month by month, what is known of
their worth, and the free time of those who would do them. Read in a bounded number of statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from portfolio.capacity.domain.load import Grain
from portfolio.capacity.grid import Grouping as RowsBy
from portfolio.capacity.grid import grid
from portfolio.capacity.models import LoadMonth
from portfolio.capacity.queries import LoadFilters
from portfolio.capacity.rollup import allocation_load
from portfolio.finance.benefits_queries import returns_of
from portfolio.finance.models import BudgetLine
from portfolio.people.models import Person, PersonSkill, Pole, Profile, Skill
from portfolio.planning.project_graph import links_across
from portfolio.projects.models import Phase, Project
from portfolio.risks.queries import risks_of
from portfolio.scenarios.domain.scoring import Criteria
from portfolio.scenarios.optimisation.models import Grouping, OptimisationStudy
from portfolio.scenarios.optimisation.proposals import Proposal, proposals_for
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission

NOT_BEGUN: Final = (Phase.IDEA, Phase.FRAMING)
MOST_CANDIDATES: Final = 400
LONGEST: Final = 60
"""Months from the first start to the last end that are looked at: what comes after is not limited."""
MODELS: Final[Mapping[RowsBy, Any]] = {RowsBy.PROFILE: Profile, RowsBy.POLE: Pole, RowsBy.SKILL: Skill}
Demand = dict[str, dict[int, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate: a project, or the proposal of a scenario. Months are counted from its own start in `costs` and
    `demand` (minutes by group); `earliest` is the first month of the study in which it may begin."""

    key: str
    code: str
    name: str
    starts_on: date
    periods: int
    costs: tuple[Decimal, ...]
    demand: Mapping[str, tuple[int, ...]]
    criteria: Criteria
    earliest: int = 0
    mandatory: bool = False
    proposal: bool = False

    @property
    def cost(self) -> Decimal:
        """What it costs in all."""
        return sum(self.costs, Decimal(0))


@dataclass(frozen=True, slots=True)
class Waits:
    """A link between the plans of two candidates: `project` begins `months` after the other one has ended (negative:
    before)."""

    project: str
    other: str
    months: int


@dataclass(frozen=True, slots=True)
class Material:
    """All that a study is made of: `free` are the minutes of each group by month from the first one."""

    rows: tuple[Row, ...]
    free: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    waits: tuple[Waits, ...] = ()

    @property
    def by_key(self) -> dict[str, Row]:
        return {row.key: row for row in self.rows}


def month_index(first: date, day: date) -> int:
    """How many months `day` is after the month `first`."""
    return (day.year - first.year) * 12 + day.month - first.month


def candidates_for(member: Membership) -> Any:
    """The projects of which `member` may see the budget and that have not begun, by name."""
    seen = Project.objects.visible_to(member, Permission.BUDGET_VIEW).filter(phase__in=NOT_BEGUN)
    return seen.filter(pk__in=Project.objects.visible_to(member, Permission.PROJECT_VIEW).values("pk"))


def named_candidates(member: Membership) -> list[tuple[str, str]]:
    """Every candidate, by key: projects by name, then what scenarios propose."""
    projects = [(str(one.pk), f"{one.code} · {one.name}") for one in candidates_for(member)[:MOST_CANDIDATES]]
    proposed = [(one.key, f"{one.operation.code} · {one.operation.name}") for one in proposals_for(member)]
    return projects + proposed


def read_material(member: Membership, study: OptimisationStudy) -> Material:
    """What `study` chooses from, as it is now. Raises ValidationError when there are too many candidates."""
    said = study.projects
    found = list(candidates_for(member)[: MOST_CANDIDATES + 1])
    if len(found) > MOST_CANDIDATES:
        raise ValidationError(
            _(
                "Plus de %(count)s projets n’ont pas commencé : une étude n’en compare pas davantage. Clôturez ou "
                "faites avancer ceux qui ne sont plus à décider."
            )
            % {"count": MOST_CANDIDATES}
        )
    projects = [one for one in found if said.get(str(one.pk), {}).get("role") != "left_out"]
    proposed = [one for one in proposals_for(member) if said.get(one.key, {}).get("role") != "left_out"]
    keys = [one.pk for one in projects]
    costs, exposures, values = _costs(projects), _exposures(keys), _values(projects)
    by = Grouping(study.grouping)
    demand = _demand(projects, by)
    waits, earliest = _waits(projects, study.first_month)
    rows = tuple(
        Row(
            key=str(one.pk),
            code=one.code,
            name=one.name,
            starts_on=one.starts_on,
            periods=month_index(one.starts_on, one.ends_on) + 1,
            costs=costs.get(one.pk, ()),
            demand=demand.get(one.pk, {}),
            criteria=replace(
                _criteria(one, said.get(str(one.pk), {}), study.alignment_field, values.get(one.pk)),
                exposure=exposures.get(one.pk, 0),
            ),
            earliest=max(earliest.get(one.pk, 0), _not_before(said.get(str(one.pk), {}), study.first_month)),
            mandatory=said.get(str(one.pk), {}).get("role") == "mandatory",
        )
        for one in projects
    ) + tuple(_proposed(one, said.get(one.key, {}), by, study.first_month) for one in proposed)
    asked = {group for row in rows for group in row.demand}
    free, groups = _free(member, study, keys, rows, asked) if asked else ({}, {})
    return Material(_scaled(rows, study.alignment_field, said), free, groups, waits)


def _proposed(one: Proposal, said: Mapping[str, Any], by: Grouping, first: date) -> Row:
    """The proposal of a scenario as a candidate; it has no register of risks."""
    return Row(
        key=one.key,
        code=one.operation.code,
        name=one.operation.name,
        starts_on=one.operation.starts_on,
        periods=len(one.months),
        costs=one.costs,
        demand=one.demand(by),
        criteria=Criteria(_decimal(said.get("alignment")), _decimal(said.get("npv"))),
        earliest=_not_before(said, first),
        mandatory=said.get("role") == "mandatory",
        proposal=True,
    )


# --- money and risk


def _costs(projects: Sequence[Project]) -> dict[UUID, tuple[Decimal, ...]]:
    """What each project is expected to cost by month from its start (the forecast, else the plan); what is before its
    start is counted in its first month. One statement.

    Its parts of shared budgets are not counted: no choice moves or frees them, and a scenario leaves them in place.
    The value of a project stays the one of its page, which bears them.
    """
    lines = BudgetLine.objects.filter(project__in=[one.pk for one in projects], envelope=None).order_by()
    summed = lines.values("project_id", "month").annotate(plan=Sum("planned"), expected=Sum("forecast"))
    starts = {one.pk: one.starts_on for one in projects}
    found: dict[UUID, dict[int, dict[str, Decimal]]] = {}
    for line in summed:
        at = max(month_index(starts[line["project_id"]], line["month"]), 0)
        month = found.setdefault(line["project_id"], {}).setdefault(at, {"plan": Decimal(0), "expected": Decimal(0)})
        month["plan"] += line["plan"]
        month["expected"] += line["expected"]
    costs = {}
    for key, months in found.items():
        which = "expected" if any(one["expected"] for one in months.values()) else "plan"
        costs[key] = tuple(
            max(months[at][which], Decimal(0)) if at in months else Decimal(0) for at in range(max(months) + 1)
        )
    return costs


def _exposures(keys: Sequence[UUID]) -> dict[UUID, int]:
    """The sum of the scores of the active risks of each project. One statement."""
    rows = risks_of(Project.objects.filter(pk__in=keys)).active().order_by()
    summed = rows.values("project_id").annotate(exposure=Sum(F("probability") * F("impact")))
    return {row["project_id"]: int(row["exposure"]) for row in summed}


def _values(projects: Sequence[Project]) -> dict[UUID, Decimal]:
    """The net present value of each project that has benefits in money; without any, it is not known."""
    return {key: one.npv for key, one in returns_of(projects).items() if one.benefit}


# --- what is said of a project


def _criteria(project: Project, said: Mapping[str, Any], alignment_field: str, npv: Decimal | None) -> Criteria:
    """What the study says of a project, else what its custom field and its benefits say."""
    alignment = _decimal(said.get("alignment"))
    if alignment is None and alignment_field:
        alignment = _decimal(project.custom_fields.get(alignment_field))
    typed = _decimal(said.get("npv"))
    return Criteria(alignment, npv if typed is None else typed)


def _scaled(rows: tuple[Row, ...], alignment_field: str, said: Mapping[str, Any]) -> tuple[Row, ...]:
    """The rows, the alignment that comes from a field of the projects brought to tenths of its greatest value."""
    typed = {key for key, one in said.items() if _decimal(one.get("alignment")) is not None}
    read = [row.criteria.alignment for row in rows if row.key not in typed and row.criteria.alignment is not None]
    greatest = max(read, default=Decimal(0))
    if not alignment_field or greatest <= 0:
        return rows
    ten = Decimal(10)
    return tuple(
        row
        if row.key in typed or row.criteria.alignment is None
        else replace(
            row,
            criteria=replace(row.criteria, alignment=max(row.criteria.alignment, Decimal(0)) / greatest * ten),
        )
        for row in rows
    )


def _decimal(value: Any) -> Decimal | None:
    """A number of JSON; None for anything else."""
    if value is None or isinstance(value, bool | list | dict) or value == "":
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _not_before(said: Mapping[str, Any], first: date) -> int:
    text = said.get("not_before") or ""
    return max(month_index(first, date.fromisoformat(text)), 0) if text else 0


# --- people


def _groups_of(by: Grouping, persons: Collection[UUID]) -> dict[UUID, list[str]]:
    """The rows of the heatmap that each person is counted in. One statement."""
    if by is Grouping.SKILL:
        held = PersonSkill.objects.filter(person__in=persons).order_by().values_list("person_id", "skill_id")
        found: dict[UUID, list[str]] = {}
        for person, skill in held:
            found.setdefault(person, []).append(str(skill))
        return found
    path = "profile_id" if by is Grouping.PROFILE else "pole_id"
    rows = Person.objects.filter(pk__in=persons).order_by().values_list("pk", path)
    return {person: [str(group)] for person, group in rows if group is not None}


def _demand(projects: Sequence[Project], by: Grouping) -> dict[UUID, dict[str, tuple[int, ...]]]:
    """The minutes that each project asks of each group, by month from its start: the load of its persons, and what is
    booked for a profile (or a skill) that nobody fills yet."""
    if by is Grouping.NONE or not projects:
        return {}
    starts = {one.pk: one.starts_on for one in projects}
    found: dict[UUID, Demand] = {}

    def add(project: UUID, group: str, day: date, minutes: int) -> None:
        at = max(month_index(starts[project], day), 0)
        mine = found.setdefault(project, {}).setdefault(group, {})
        mine[at] = mine.get(at, 0) + minutes

    load = list(
        LoadMonth.objects.filter(project__in=list(starts))
        .order_by()
        .values_list("project_id", "person_id", "month", "minutes")
    )
    groups = _groups_of(by, {person for _project, person, _month, _minutes in load})
    for project, person, month, minutes in load:
        for group in groups.get(person, ()):
            add(project, group, month, minutes)
    if by is not Grouping.POLE:
        for row, slices in allocation_load(Q(person=None, project__in=list(starts))):
            key = row.profile_id if by is Grouping.PROFILE else row.skill_id
            for day, minutes in slices.items() if key is not None else ():
                add(row.project_id, str(key), day, minutes)
    return {
        project: {group: tuple(months.get(at, 0) for at in range(max(months) + 1)) for group, months in asked.items()}
        for project, asked in found.items()
    }


def _free(
    member: Membership, study: OptimisationStudy, keys: Sequence[UUID], rows: Iterable[Row], asked: Collection[str]
) -> tuple[dict[str, tuple[int, ...]], dict[str, str]]:
    """The minutes of each group asked for that the other projects leave, by month, and the groups' names."""
    longest = max((len(months) for row in rows for months in row.demand.values()), default=1)
    count = min(study.months + longest - 1, LONGEST)
    others = LoadFilters(projects=Project.objects.exclude(pk__in=keys).values("pk"))
    by = RowsBy(study.grouping)
    free: dict[str, tuple[int, ...]] = {}
    names: dict[str, str] = {}
    page, pages = 1, 1
    while page <= pages:
        found = grid(member, by, Grain.MONTH, study.first_month, count, others, page=page)
        for row in found.rows:
            if row.key in asked:
                names[row.key] = row.name
                free[row.key] = tuple(
                    max(int(cell.capacity * study.capacity_share) - cell.load, 0) for cell in row.cells
                )
        page, pages = page + 1, found.pages
    empty = asked - free.keys()  # nobody is in it
    names |= {str(key): name for key, name in MODELS[by].objects.filter(pk__in=empty).values_list("pk", "name")}
    return free | dict.fromkeys(empty, (0,) * count), names


# --- plans that wait for plans


def _waits(projects: Sequence[Project], first: date) -> tuple[tuple[Waits, ...], dict[UUID, int]]:
    """What the links between plans ask: of two candidates, how long one begins after the other; of a candidate and a
    project that is under way, the month before which it cannot begin. One statement."""
    by_key = {one.pk: one for one in projects}
    links = links_across().filter(project__in=list(by_key), successor__deleted_at=None).order_by()
    between: dict[tuple[UUID, UUID], int] = {}
    earliest: dict[UUID, int] = {}
    for waiting, awaited, starts_at, ends_at in links.values_list(
        "project_id", "predecessor_project_id", "successor__starts_at", "predecessor__ends_at"
    ):
        one, other = by_key[waiting], by_key.get(awaited)
        begins = month_index(one.starts_on, starts_at.date())
        if other is None:
            earliest[waiting] = max(earliest.get(waiting, 0), month_index(first, ends_at.date()) - begins)
            continue
        # The task that waits begins in the month in which the other has ended, or later.
        months = month_index(other.starts_on, ends_at.date()) - begins - (
            month_index(other.starts_on, other.ends_on) + 1
        )  # fmt: skip
        between[waiting, awaited] = max(between.get((waiting, awaited), months), months)
    return tuple(Waits(str(one), str(other), months) for (one, other), months in between.items()), earliest
