"""`schedule_file FILE [--data-date D] [--format json]`: the dates of a plan file, without any company or database."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.imports.domain.mspdi import MspdiProject
from integrations.imports.domain.mspdi_reader import read_mspdi
from integrations.imports.domain.plan_network import plan_network
from integrations.imports.domain.problem import ImportRefused
from integrations.imports.messages import place, sentence
from portfolio.people.domain.calendar import CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.schedule import Schedule, ScheduledTask, schedule
from tech4value.embedded.messages import told

UNREADABLE, REFUSED = 1, 2
# Where Project counts from, for a file that has no date at all.
NO_DATE = date(1984, 1, 1)


class Command(BaseCommand):
    help = (
        "Schedules a Microsoft Project file (XML) and prints each task's dates. Exit codes: 1, the file cannot be "
        "read; 2, its plan cannot be scheduled (a cycle, with its path)."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the plan, in Microsoft Project's XML format")
        parser.add_argument(
            "--data-date", metavar="D", help="2026-03-10 or 2026-03-10T14:00: what is not done lies after it"
        )
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, *args: Any, file: Path, data_date: str | None, **options: Any) -> None:
        moment = _moment(data_date)
        project = _read(file)
        try:
            result = _schedule(project, moment)
        except CalendarError as error:
            why = told("un calendrier du fichier est inutilisable", "a calendar of the file cannot be used")
            raise _refused(why, str(error)) from error
        except PlanningError as error:
            raise _unscheduled(error, project) from error
        names = {str(task.uid): task.name for task in project.tasks}
        rows = [described(task, names) for task in result.tasks.values()]
        if options["format"] == "json":
            found = [{"code": one.code, "uid": int(one.task), "other": _uid(one.other)} for one in result.conflicts]
            whole = {"start": _text(result.start), "finish": _text(result.finish), "tasks": rows, "conflicts": found}
            self.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2))
            return
        shown = [name for name in (rows[0] if rows else {}) if name != "parts"]
        for values in [dict(zip(shown, shown, strict=True)), *rows] if rows else []:
            self.stdout.write("\t".join("" if values[name] is None else str(values[name]) for name in shown))


def described(task: ScheduledTask, names: Mapping[str, str]) -> dict[str, Any]:
    """One task as printed: instants in ISO 8601, floats in minutes of working time."""
    return {
        "uid": int(task.key),
        "name": names[task.key],
        "early_start": _text(task.early_start),
        "early_finish": _text(task.early_finish),
        "late_start": _text(task.late_start),
        "late_finish": _text(task.late_finish),
        "start": _text(task.start),
        "finish": _text(task.finish),
        "total_float": task.total_float,
        "free_float": task.free_float,
        "critical": task.critical,
        "near_critical": task.near_critical,
        "driving_predecessor": None if task.driving is None else int(task.driving.predecessor),
        "driver": task.driver,
        "parts": [[_text(start), _text(finish)] for start, finish in task.parts],
    }


def _moment(text: str | None) -> datetime | None:
    """A day is its first minute."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-03-10"):
            return datetime.combine(date.fromisoformat(text), time())
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise CommandError(
            told(
                f"« {text} » n’est pas une date : écrivez 2026-03-10 ou 2026-03-10T14:00.",
                f"“{text}” is not a date: write 2026-03-10 or 2026-03-10T14:00.",
            ),
            returncode=UNREADABLE,
        ) from error


def _read(file: Path) -> MspdiProject:
    try:
        project = read_mspdi(file.read_bytes())
    except OSError as error:
        raise CommandError(
            told(f"{file} ne peut pas être lu : {error.strerror}.", f"{file} cannot be read: {error.strerror}."),
            returncode=UNREADABLE,
        ) from error
    except ImportRefused as error:
        raise CommandError(f"{file} : {sentence(error.problem)}", returncode=UNREADABLE) from error
    serious = [problem for problem in project.problems if problem.is_error]
    if serious:
        lines = [f"{file} : {place(problem)} {sentence(problem)}" for problem in serious]
        raise CommandError("\n".join(lines), returncode=UNREADABLE)
    return project


def _schedule(project: MspdiProject, data_date: datetime | None) -> Schedule:
    network = plan_network(project)
    return schedule(
        network.tasks,
        network.links,
        calendar=network.calendar,
        project_start=network.start or data_date or datetime.combine(NO_DATE, time()),
        data_date=data_date,
        near_critical=day_minutes(network.calendar),
    )


def _unscheduled(error: PlanningError, project: MspdiProject) -> CommandError:
    names = {str(task.uid): f"{task.uid} « {task.name} »" for task in project.tasks}
    path = " → ".join(names.get(key, key) for key in error.path)
    if error.code in {"cycle", "parent_cycle"}:
        return _refused(told("ces tâches s’attendent les unes les autres", "these tasks wait for one another"), path)
    return _refused(told("le plan ne peut pas être daté", "the plan cannot be scheduled"), f"{error.code} {path}")


def _refused(why: str, what: str) -> CommandError:
    return CommandError(f"{why} : {what}", returncode=REFUSED)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")


def _uid(key: str) -> int | None:
    return int(key) if key else None
