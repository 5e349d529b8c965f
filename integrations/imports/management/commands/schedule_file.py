"""`schedule_file FILE [--data-date D] [--format json]`: the dates of a plan file, without any company or database."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from integrations.imports.domain.mspdi import MspdiProject
from integrations.imports.domain.mspdi_reader import read_mspdi
from integrations.imports.domain.plan_network import PlanNetwork, plan_network
from integrations.imports.domain.problem import ImportProblem, ImportRefused, ProblemCode
from integrations.imports.messages import place, sentence
from portfolio.people.domain.calendar import CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.schedule import Planner, Schedule, ScheduledTask
from tech4value.embedded.messages import speaks_english, told

UNREADABLE, REFUSED = 1, 2
# What makes every date that would be printed a guess.
UNTRUTHFUL = {ProblemCode.SELF_LINK, ProblemCode.UNKNOWN_LINK_TYPE}


class Command(BaseCommand):
    help = (
        "Schedules a Microsoft Project file (XML) and prints each task's dates. Exit codes: 1, the file cannot be "
        "read; 2, its plan cannot be scheduled (a cycle, with its path; a link of an unknown type; no date at all). "
        "What is taken otherwise than the file says is told on the error stream, and among the JSON's warnings."
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
        with translation.override("en" if speaks_english() else "fr"):
            self._print(file, _moment(data_date), str(options["format"]))

    def _print(self, file: Path, data_date: datetime | None, form: str) -> None:
        project = _read(file)
        try:
            network = plan_network(project)
            _refuse_untruthful(network.problems)
            result = _schedule(network, data_date)
        except CalendarError as error:
            raise _refused(_of_calendar(error.code)) from error
        except PlanningError as error:
            raise _unscheduled(error, project) from error
        for problem in network.problems:
            self.stderr.write(_said(problem))
        names = {str(task.uid): task.name for task in project.tasks}
        rows = [described(task, names) for task in result.tasks.values()]
        if form == "json":
            warnings = [
                {"code": str(one.code), "place": place(one), "message": sentence(one)} for one in network.problems
            ]
            found = [{"code": one.code, "uid": int(one.task), "other": _uid(one.other)} for one in result.conflicts]
            whole = {
                "start": _text(result.start),
                "finish": _text(result.finish),
                "tasks": rows,
                "conflicts": found,
                "warnings": warnings,
            }
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
        raise CommandError(_beside(str(file), sentence(error.problem)), returncode=UNREADABLE) from error
    serious = [problem for problem in project.problems if problem.is_error]
    if serious:
        lines = [_beside(str(file), _said(problem)) for problem in serious]
        raise CommandError("\n".join(lines), returncode=UNREADABLE)
    return project


def _schedule(network: PlanNetwork, data_date: datetime | None) -> Schedule:
    start = network.start or data_date
    if network.finish is not None:
        start = _begins_by(network, network.finish, data_date)
    if start is None:
        why = told(
            "ni le projet ni aucune de ses tâches n’a de date de début : donnez-en une au projet, ou --data-date",
            "neither the project nor any of its tasks has a start date: give the project one, or --data-date",
        )
        raise _refused(why)
    return _planner(network, start, data_date).schedule()


def _planner(network: PlanNetwork, start: datetime, data_date: datetime | None) -> Planner:
    return Planner(
        network.tasks,
        network.links,
        calendar=network.calendar,
        project_start=start,
        data_date=data_date,
        near_critical=day_minutes(network.calendar),
        finish=network.finish,
    )


def _begins_by(network: PlanNetwork, finish: datetime, data_date: datetime | None) -> datetime | None:
    """When a plan that is scheduled from its end must begin: the first of the late starts counted back from it."""
    late = _planner(network, network.start or finish, data_date).schedule().tasks.values()
    return min((task.late_start for task in late if not task.summary), default=network.start)


def _refuse_untruthful(problems: Sequence[ImportProblem]) -> None:
    if wrong := [_said(one) for one in problems if one.code in UNTRUTHFUL]:
        raise CommandError("\n".join(wrong), returncode=REFUSED)


def _unscheduled(error: PlanningError, project: MspdiProject) -> CommandError:
    names = {str(task.uid): f"{task.uid} « {task.name} »" for task in project.tasks}
    path = " → ".join(names.get(key, key) for key in error.path)
    match error.code:
        case "cycle" | "parent_cycle":
            return _refused(
                told("ces tâches s’attendent les unes les autres", "these tasks wait for one another"), path
            )
        case "calendar":
            name, code = (*error.path, "")[:2]
            return _refused(_of_calendar(code, name))
        case "bad_dates":
            return _refused(told("la fin précède le début", "the finish comes before the start"), path)
        case "negative_duration" | "bad_progress":
            return _refused(told("la durée ou l’avancement est illisible", "the duration or progress is wrong"), path)
        case "bad_assignment":
            return _refused(told("une affectation est illisible", "an assignment is wrong"), path)
    return _refused(told("le plan ne peut pas être daté", "the plan cannot be scheduled"), path)


def _of_calendar(code: str, name: str = "") -> str:
    """Why a calendar answers nothing."""
    french, english = (
        (f"le calendrier « {name} »", f"the calendar “{name}”") if name else ("un calendrier", "a calendar")
    )
    if code == "no_working_time":
        return told(
            f"{french} n’a aucune heure de travail : donnez-lui des horaires",
            f"{english} has no working hours: give it some",
        )
    return told(
        f"{french} mène à une date hors de portée : vérifiez les durées, les décalages et les exceptions",
        f"{english} leads to a date out of reach: check durations, lags and exceptions",
    )


def _said(problem: ImportProblem) -> str:
    """Where and what."""
    where = place(problem)
    return _beside(where, sentence(problem)) if where else sentence(problem)


def _beside(where: str, what: str) -> str:
    return told(f"{where} : {what}", f"{where}: {what}")


def _refused(why: str, what: str = "") -> CommandError:
    text = _beside(why, what) if what else why
    return CommandError(f"{text[0].upper()}{text[1:]}", returncode=REFUSED)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")


def _uid(key: str) -> int | None:
    return int(key) if key else None
