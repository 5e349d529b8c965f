"""Operations on projects that are added, people who come, rates and budgets. Pure.

The cost of staff follows the rate and the work: what an operation changes of either is added to what the project is
still to cost, in the current month, where the rates may be seen.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from portfolio.capacity.domain.booking import Booking
from portfolio.finance.domain.budget import (
    ZERO,
    Amounts,
    add_months,
    first_of_month,
    month_range,
    split,
    to_cents,
)
from portfolio.people.domain.calendar import Calendar, CalendarException
from portfolio.scenarios.domain.cash_changes import HIRED, STAFF, contract_of, payrolls_of, with_contract
from portfolio.scenarios.domain.dating import later_day
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import AddProject, ChangeBudget, ChangeRate, Hire
from portfolio.scenarios.domain.work_left import day_of, slices_of
from portfolio.scenarios.domain.world import WEEK, Booked, PersonFacts, Place, ProjectFacts, World
from portfolio.treasury.domain.cash import horizon

OPEX = "opex"
FAR = date(2100, 12, 31)
MONTH = Decimal("30.4375")
"""Mean length in days: a quarter of a day more each year, over twelve."""


def add_project(operation: AddProject, world: World) -> World:
    """Raises ScenarioError: duplicate_key, unknown_subject."""
    if operation.key in world.projects or operation.key in world.added:
        raise ScenarioError("duplicate_key", "key")
    if any(one.code == operation.code for one in world.projects.values()):
        raise ScenarioError("code_taken", "code", what=operation.code)
    return with_added(operation, world)


def with_added(operation: AddProject, world: World) -> World:
    """The world with a new project, in the place of what it was before."""
    if operation.pole and operation.pole not in world.names.poles:
        raise ScenarioError("unknown_subject", "pole")
    for one in operation.demand:
        if one.profile not in world.names.profiles:
            raise ScenarioError("unknown_subject", "demand")
    key = operation.key
    booking = Booking(operation.starts_on, operation.ends_on)
    bookings = {name: row for name, row in world.bookings.items() if row.project != key}
    for one in operation.demand:
        name = f"{key}+{one.profile}"
        bookings[name] = Booked(name, key, replace(booking, share=one.fte), profile=one.profile, pole=operation.pole)
    months = month_range(operation.starts_on, operation.ends_on)
    lines = {place: amounts for place, amounts in world.lines.items() if place.project != key}
    for share in operation.budget:
        for month, part in zip(months, split(share.amount, [Decimal(1)] * len(months)), strict=True):
            lines[Place(key, share.category, share.nature, month)] = Amounts(planned=part, forecast=part)
    facts = ProjectFacts(
        key, operation.code, operation.name, operation.pole, operation.starts_on, operation.ends_on, added=True
    )
    return world.with_(
        projects={**world.projects, key: facts},
        detailed=world.detailed | {key},
        bookings=bookings,
        lines=lines,
        books=with_contract(world.books, contract_of(operation), key),
        added={**world.added, key: operation},
    )


def hire(operation: Hire, world: World) -> World:
    """Somebody more in a profile (and a pole). Raises ScenarioError: unknown_subject."""
    if operation.profile not in world.names.profiles:
        raise ScenarioError("unknown_subject", "profile")
    if operation.pole and operation.pole not in world.names.poles:
        raise ScenarioError("unknown_subject", "pole")
    key = f"{HIRED}{len(world.hires) + 1}"
    calendar = _present(world.calendar, operation.starts_on, operation.ends_on, world)
    person = PersonFacts(
        key,
        operation.name,
        operation.pole,
        operation.profile,
        {},
        operation.share,
        calendar,
        tuple(_share_of(_worked(calendar, week), operation.share) for week in world.weeks),
        operation.starts_on,
        operation.ends_on,
        hired=True,
    )
    changed = world.with_(people={**world.people, key: person}, hires={**world.hires, key: operation})
    rate = changed.rate_of(key, operation.starts_on)
    if changed.books is None or not rate:
        return changed
    payrolls = payrolls_of(key, operation, rate, world.calendar, horizon(world.today))
    return changed.with_(books=replace(changed.books, payrolls=(*changed.books.payrolls, *payrolls)))


def hire_cost(world: World) -> Decimal:
    """What those who are hired cost within the weeks of the world: their days at the rate of their profile. Zero
    where rates may not be seen."""
    total = ZERO
    for key, operation in world.hires.items():
        rate = world.rate_of(key, operation.starts_on)
        minutes = sum(world.people[key].capacity)
        total += to_cents((rate or ZERO) * minutes / day_of(world, key))
    return total


def change_rate(operation: ChangeRate, world: World) -> World:
    """Raises ScenarioError: no_rates (they may not be seen), unknown_subject."""
    if not world.rates_known:
        raise ScenarioError("no_rates", "daily_rate")
    if operation.person:
        facts = world.person(operation.person)
        rates = _with_step(facts.rates, operation.from_on, operation.daily_rate)
        changed = world.with_(people={**world.people, facts.key: replace(facts, rates=rates)})
        concerned = {facts.key}
    else:
        if operation.profile not in world.names.profiles:
            raise ScenarioError("unknown_subject", "profile")
        steps = _with_step(world.profile_rates.get(operation.profile, ()), operation.from_on, operation.daily_rate)
        changed = world.with_(profile_rates={**world.profile_rates, operation.profile: steps})
        concerned = {key for key, one in world.people.items() if one.profile == operation.profile}
    return with_staff_cost(world, changed, concerned)


def with_staff_cost(before: World, after: World, persons: Iterable[str] | None = None) -> World:
    """`after`, where each project costs more or less by what the rates and the work of some people (None: everybody)
    have become since `before`."""
    if not after.rates_known:
        return after
    chosen = None if persons is None else set(persons)
    was, now = _staff_costs(before, chosen), _staff_costs(after, chosen)
    month = first_of_month(after.today)
    lines = dict(after.lines)
    for project in sorted(was.keys() | now.keys()):
        gap = to_cents(now.get(project, ZERO) - was.get(project, ZERO))
        if gap:
            place = Place(project, STAFF, OPEX, month)
            line = lines.get(place, Amounts())
            lines[place] = replace(line, forecast=line.forecast + gap)
    return after.with_(lines=lines)


def _staff_costs(world: World, persons: set[str] | None) -> dict[str, Decimal]:
    """What the work that is to come of people costs each project: in each slice from this week's on, their days at
    the rate of its first day."""
    found: dict[str, Decimal] = {}
    since = world.today - timedelta(days=world.today.weekday())
    for one in world.works.values():
        if persons is not None and one.person not in persons:
            continue
        minutes_of_day = day_of(world, one.person)
        for day, minutes in slices_of(one, world).items():
            if day < since:
                continue
            rate = world.rate_of(one.person, max(day, world.today))
            if rate:
                found[one.project] = found.get(one.project, ZERO) + rate * minutes / minutes_of_day
    return found


def change_budget(operation: ChangeBudget, world: World) -> World:
    """Raises ScenarioError of `World.project`."""
    project = world.project(operation.project)
    place = Place(project.key, operation.category, operation.nature, operation.month)
    line = world.lines.get(place, Amounts())
    return world.with_(lines={**world.lines, place: replace(line, forecast=to_cents(operation.forecast))})


def later_lines(before: World, after: World, project: str, days: int) -> World:
    """`after`, where what `project` is still to spend comes as many months later (earlier) as so many working days
    are, in the nearest whole number of months.

    Of each line from the current month on, what is neither spent nor committed moves; what was planned stays with
    its month, nothing goes before the current month, and its parts of shared budgets stay where they are.
    """
    months = months_of(days, before, project)
    if not months:
        return after
    this_month = first_of_month(before.today)
    lines = dict(after.lines)
    for place in sorted(after.lines):
        amounts = after.lines[place]
        left = amounts.forecast - max(after.engaged.get(place, ZERO), ZERO)
        if place.project != project or place.envelope or place.month < this_month or left <= 0:
            continue
        to = replace(place, month=max(add_months(place.month, months), this_month))
        lines[place] = replace(lines[place], forecast=lines[place].forecast - left)
        there = lines.get(to, Amounts())
        lines[to] = replace(there, forecast=there.forecast + left)
    return after.with_(lines=lines)


def months_of(days: int, world: World, project: str) -> int:
    """So many working days of a project, from today, in months: the nearest whole number (halves away from zero)."""
    calendar = world.calendars.get(project, world.calendar)
    gap = (later_day(world.today, days, calendar) - later_day(world.today, 0, calendar)).days
    return int((Decimal(gap) / MONTH).to_integral_value(rounding=ROUND_HALF_UP))


def _with_step(
    steps: tuple[tuple[date, Decimal], ...], since: date, rate: Decimal
) -> tuple[tuple[date, Decimal], ...]:
    return tuple(sorted({**dict(steps), since: rate}.items()))


def _present(calendar: Calendar, first: date, last: date | None, world: World) -> Calendar:
    """The default calendar, without the days before somebody comes and after they go."""
    off = []
    if first > world.weeks[0]:
        off.append(CalendarException(world.weeks[0], first - timedelta(days=1)))
    if last is not None and last < FAR:
        off.append(CalendarException(last + timedelta(days=1), FAR))
    return calendar.with_exceptions(*off) if off else calendar


def _worked(calendar: Calendar, week: date) -> int:
    return calendar.working_minutes_between(datetime.combine(week, time()), datetime.combine(week + WEEK, time()))


def _share_of(minutes: int, share: Decimal) -> int:
    return int((Decimal(minutes) * share).quantize(Decimal(1), rounding=ROUND_HALF_UP))
