"""What makes a template whole: its outline, its links, its roles. Each problem says its place."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from portfolio.governance.domain.errors import Problem, TemplateError
from portfolio.governance.domain.scheduling import scheduled
from portfolio.governance.domain.template import LineKind, Template
from portfolio.people.domain.calendar import standard_calendar
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import DependencyType
from portfolio.planning.domain.schedule import Schedule

FINISH_LINKS = {DependencyType.FINISH_FINISH, DependencyType.START_FINISH}
# Any Monday: only durations are read from the schedule that is made from it.
SOME_MONDAY = date(2024, 1, 1)


def check(template: Template) -> Schedule:
    """The schedule of the template on an ordinary week. Raises TemplateError with what is wrong."""
    problems = [*_keys(template), *_outline(template)]
    if problems:
        raise TemplateError(problems)
    problems = [*_links(template), *_roles(template)]
    if problems:
        raise TemplateError(problems)
    try:
        return scheduled(template, standard_calendar(), SOME_MONDAY)
    except PlanningError as error:
        names = {line.key: line.name for line in template.lines}
        path = tuple(names.get(key, key) for key in error.path)
        code = "cycle" if error.code in {"cycle", "parent_cycle"} else "calendar"
        raise TemplateError([Problem(code, ("lines",), {"path": path})]) from error


def _keys(template: Template) -> Iterator[Problem]:
    for section, rows in _sections(template):
        seen: set[str] = set()
        for index, row in enumerate(rows):
            if row.key in seen:
                yield Problem("repeated_key", (section, index), {"value": row.key})
            seen.add(row.key)
    for section, rows, names in (
        ("lines", template.lines, [one.name if one.kind is LineKind.MILESTONE else "" for one in template.lines]),
        ("roles", template.roles, [one.name for one in template.roles]),
    ):
        held: set[str] = set()
        for index, (_row, name) in enumerate(zip(rows, names, strict=True)):
            if name and name in held:
                yield Problem("repeated_name", (section, index), {"name": name})
            held.add(name)


def _sections(template: Template) -> Iterable[tuple[str, tuple[Any, ...]]]:
    return (
        ("lines", template.lines),
        ("risks", template.risks),
        ("roles", template.roles),
        ("budget", template.budget),
    )


def _outline(template: Template) -> Iterator[Problem]:
    above = 0
    for index, line in enumerate(template.lines):
        if line.level > above + 1:
            yield Problem("bad_level", ("lines", index), {"name": line.name})
        if line.kind is LineKind.PHASE and line.level > 1:
            yield Problem("phase_inside", ("lines", index), {"name": line.name})
        if line.kind is LineKind.MILESTONE and line.key in template.holders:
            yield Problem("milestone_holds", ("lines", index), {"name": line.name})
        above = line.level


def _links(template: Template) -> Iterator[Problem]:
    names = {line.key: line.name for line in template.lines}
    for index, line in enumerate(template.lines):
        seen: set[str] = set()
        for rank, link in enumerate(line.links):
            place = ("lines", index, "links", rank)
            if link.predecessor not in names:
                yield Problem("unknown_line", place, {"name": line.name, "value": link.predecessor})
            elif link.predecessor == line.key:
                yield Problem("own_predecessor", place, {"name": line.name})
            elif link.predecessor in seen:
                yield Problem("repeated_link", place, {"name": line.name, "other": names[link.predecessor]})
            elif line.key in template.holders and link.type in FINISH_LINKS:
                yield Problem("finish_into_summary", place, {"name": line.name})
            seen.add(link.predecessor)


def _roles(template: Template) -> Iterator[Problem]:
    roles = {role.key for role in template.roles}
    names = {line.key: line.name for line in template.lines}
    follows: tuple[tuple[str, tuple[Any, ...]], ...] = (("lines", template.lines), ("risks", template.risks))
    for section, rows in follows:
        for index, row in enumerate(rows):
            if row.role and row.role not in roles:
                yield Problem("unknown_role", (section, index), {"value": row.role})
    accountable: dict[str, str] = {}
    for index, role in enumerate(template.roles):
        for key, letter in role.raci.items():
            if key not in names:
                yield Problem("unknown_line", ("roles", index, "raci"), {"name": role.name, "value": key})
            elif letter == "A" and key in accountable:
                values = {"name": names[key], "one": accountable[key], "other": role.name}
                yield Problem("two_accountable", ("roles", index, "raci"), values)
            elif letter == "A":
                accountable[key] = role.name


def working_days(schedule: Schedule) -> int:
    """The length of a schedule made on an ordinary week."""
    if schedule.start is None or schedule.finish is None:
        return 0
    return standard_calendar().working_days_between(schedule.start.date(), schedule.finish.date())
