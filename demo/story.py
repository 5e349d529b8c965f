"""The shape of a company's story. Weeks and months are counted from the day of loading, which is week and month 0:
-12 is twelve weeks ago, 8 is in eight weeks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portfolio.finance.domain.budget import add_months
from portfolio.people.domain.calendar import CalendarException, HolidayRegion, standard_calendar

THURSDAY = 3
# The days between Christmas and the New Year, when every site is closed (month and day).
CLOSURE = ((12, 26), (12, 31))
WORKING = standard_calendar(HolidayRegion("FR")).with_exceptions(
    *(CalendarException(date(year, *CLOSURE[0]), date(year, *CLOSURE[1])) for year in range(2020, 2100))
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day of loading, from which every date of a story is counted."""

    day: date

    def week(self, number: int, weekday: int = 0) -> date:
        """A day of a week; weekday 0 is Monday."""
        return self.day + timedelta(days=weekday - self.day.weekday(), weeks=number)

    def past_week(self, number: int, weekday: int = 0) -> date:
        """The same, but never later than the day of loading: what has happened."""
        return min(self.week(number, weekday), self.day)

    def promised(self, week: int) -> date:
        """The day of a milestone due in a week: the Thursday, or the last day before it on which people work."""
        day = self.week(week, THURSDAY)
        while not WORKING.is_working_day(day):
            day -= timedelta(days=1)
        return day

    def month(self, number: int) -> date:
        """The first day of a month."""
        return add_months(self.day, number)

    def months_until(self, week: int) -> int:
        """The number of the month in which a week ends."""
        end = self.week(week, 4)
        return (end.year - self.day.year) * 12 + end.month - self.day.month


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody with a name of their own; everybody else's is made up. The e-mail follows from the name."""

    name: str
    group: str
    pole: str
    profile: str
    role: str = ""
    capacity: str = ""
    """Share of a full time; that of the group when empty."""
    email: str = ""


@dataclass(frozen=True, slots=True)
class PoleStory:
    """A pole: the load to show this month, and its people by group (team members, project managers)."""

    code: str
    name: str
    load_percent: int
    team: int
    managers: int
    part_timers: int
    profiles: tuple[str, ...]
    daily_rate: int


@dataclass(frozen=True, slots=True)
class PhaseStory:
    """A part of a plan, ending on the Friday of a week; `lines` are tasks, one a line: track, then name.

    A track is a pole's code, with a digit when several teams of the pole work side by side; its tasks follow one
    another. `pressure` multiplies the work asked of people.
    """

    name: str
    baseline_end: int
    end: int
    lines: str
    pressure: str = "1"

    @property
    def tasks(self) -> tuple[tuple[str, str], ...]:
        """Track and name of each task."""
        rows = (line.split(maxsplit=1) for line in self.lines.strip().splitlines())
        return tuple((track, name.strip()) for track, name in rows)


@dataclass(frozen=True, slots=True)
class MilestoneStory:
    """A promise: baseline week, week due as seen today, and whether it was met in that week.

    `slips`: in which week people learnt that it would be due in another.
    """

    name: str
    baseline: int
    due: int
    criterion: str
    met: bool = False
    slips: tuple[tuple[int, int], ...] = ()
    held: bool = False
    """Whether its baseline is a date that must hold (a deadline of the plan)."""

    @property
    def moves(self) -> tuple[tuple[int, int], ...]:
        """`slips`, or the one that explains why it is not due in its baseline week."""
        if self.slips or self.due == self.baseline:
            return self.slips
        return ((min(self.due, self.baseline) - 3, self.due),)


@dataclass(frozen=True, slots=True)
class RiskStory:
    """A risk since a week; `changes` are (week, fields)."""

    title: str
    probability: int
    impact: int
    since: int
    due: int
    mitigation: str
    status: str = "open"
    changes: tuple[tuple[int, Mapping[str, int | str]], ...] = ()


@dataclass(frozen=True, slots=True)
class ReportStory:
    """What was said from a week on; repeated in substance every fortnight until the next."""

    week: int
    weather: str
    trend: str
    comment: str


@dataclass(frozen=True, slots=True)
class BudgetStory:
    """The budget: `shares` of the total by (category, nature), in percent; what the end is expected to cost in excess
    of it (`overrun`, 0.03 is 3 %); `overrun_on` is the category that carries it, from month `known` on."""

    total: int
    shares: Mapping[tuple[str, str], int]
    overrun: str
    overrun_on: tuple[str, str]
    known: int
    pace: str = "1"


@dataclass(frozen=True, slots=True)
class ProjectStory:
    """A project: who, when, and what happened. `staff` is the number of full-time equivalents by pole, roughly; their
    sum is `fte`. `progress` is how far tasks under way are, against the time that has passed (1 is on time)."""

    code: str
    name: str
    goal: str
    pole: str
    programme: str
    sponsor: str
    manager: str
    method: str
    phase: str
    fte: int
    staff: Mapping[str, float]
    starts: int
    phases: tuple[PhaseStory, ...]
    milestones: tuple[MilestoneStory, ...]
    risks: tuple[RiskStory, ...]
    reports: tuple[ReportStory, ...]
    budget: BudgetStory
    progress: str = "1"
    by_files: bool = False
    """Whether its plan and its latest budget come in files, through the imports."""

    @property
    def ends(self) -> int:
        """The week in which it ends, as seen today."""
        return self.phases[-1].end

    @property
    def pace(self) -> Decimal:
        return Decimal(self.progress)


@dataclass(frozen=True, slots=True)
class FieldStory:
    """A custom field. `values` are as people write them, by a project's code or by (its code, a task's name)."""

    target: str
    label: str
    label_en: str
    kind: str
    values: Mapping[Any, str]
    options: tuple[tuple[str, str], ...] = ()
    """French and English."""
    in_packs: bool = False


@dataclass(frozen=True, slots=True)
class ViewStory:
    """A view of a list that somebody shares; `query` is that of the list's address."""

    table: str
    name: str
    owner: str
    query: str


@dataclass(frozen=True, slots=True)
class FromTemplateStory:
    """A project made from the company's copy of a shipped template; `staff` says who holds which of its roles, the
    others are to be staffed. It starts in a week to come."""

    template: str
    code: str
    name: str
    goal: str
    pole: str
    programme: str
    sponsor: str
    manager: str
    starts: int
    staff: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AccountStory:
    """A bank account: what it held three months ago, and its part of the alert threshold."""

    name: str
    balance: str
    threshold: str


@dataclass(frozen=True, slots=True)
class InstalmentStory:
    """What a contract invoices: an amount each period from a month on, or a share of it at a milestone, or at the end
    of a task."""

    name: str
    amount: str = ""
    share: str = ""
    milestone: str = ""
    task: str = ""
    every: str = ""
    month: int = 0
    in_arrears: bool = False


@dataclass(frozen=True, slots=True)
class ContractStory:
    """A contract, before tax; its terms and VAT as the product names them."""

    name: str
    direction: str
    counterparty: str
    instalments: tuple[InstalmentStory, ...]
    project: str = ""
    net: str = ""
    days: int = 30
    terms: str = "net"
    vat: str = "standard"
    basis: str = "cash"
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class PayrollStory:
    """Net pay and charges of a month, and the days on which they leave."""

    name: str
    net: str
    charges: str
    pay_day: int
    charges_day: int


@dataclass(frozen=True, slots=True)
class CashStory:
    """The cash that `keeper` keeps. `rates`: what one unit of the company's currency buys of others.

    `slips` (project, milestone, weeks): the threshold is set so that the balance holds it, and no longer does when
    the milestone slips by so many weeks.
    """

    keeper: str
    accounts: tuple[AccountStory, ...]
    payrolls: tuple[PayrollStory, ...]
    contracts: tuple[ContractStory, ...]
    slips: tuple[str, str, int]
    rates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BenefitStory:
    """What a project is to bring. `expected` and `realised` are by fiscal year, counted from that of the day of
    loading (0); a benefit that follows the contracts of its project has none."""

    project: str
    name: str
    kind: str
    owner: str
    measure: str
    expected: tuple[tuple[int, str], ...] = ()
    realised: tuple[tuple[int, str], ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class BookingStory:
    """Time booked on a project, from a week to another: of somebody by name, of those who work on it most in a pole,
    one after the other (`rank` from 0), or of a profile that nobody fills yet."""

    project: str
    share: str
    first: int
    last: int
    person: str = ""
    pole: str = ""
    rank: int = 0
    profile: str = ""
    skill: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RequestStory:
    """Somebody that a project looks for since a week. `given`: the pole of who was given, the one with the most time
    left; `refused`: why nobody was."""

    project: str
    share: str
    first: int
    last: int
    since: int
    skill: str = ""
    level: int = 3
    profile: str = ""
    comment: str = ""
    given: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class StaffStory:
    """What people know, by profile (« SQL 4 ; Réseau 3 »), what they are booked for, and whom projects look for."""

    skills: Mapping[str, str]
    bookings: tuple[BookingStory, ...] = ()
    requests: tuple[RequestStory, ...] = ()


@dataclass(frozen=True, slots=True)
class CompanyStory:
    """A tenant and all that is in it."""

    slug: str
    name: str
    domain: str
    plan: str
    poles: tuple[PoleStory, ...]
    sites: tuple[tuple[str, str], ...]
    """Name of each site and its hours (« 9:00-12:00 13:00-17:00 »); the first is the default."""
    programmes: tuple[tuple[str, str, str], ...]
    """Code, name, manager."""
    people: tuple[Named, ...]
    end_users: int
    projects: tuple[ProjectStory, ...]
    controller: str = ""
    """Who closes the accounts of each month."""
    administrator: str = ""
    fields: tuple[FieldStory, ...] = ()
    """Those of projects have their values imported from a table, by the controller."""
    views: tuple[ViewStory, ...] = ()
    from_template: FromTemplateStory | None = None
    channel: str = ""
    """The name of the company's Teams channel."""
    benefits: tuple[BenefitStory, ...] = ()
    across: tuple[tuple[str, str, str, str], ...] = ()
    """A task that waits for one of another project: code and name of the one, code and name of the other."""
    cash: CashStory | None = None
    staff: StaffStory | None = None
