"""The plan of the project VPN of the sample workbook, as Microsoft Project would save it (MSPDI).

The dates are those of our own scheduling engine on the calendar of the file.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from integrations.imports.domain.mspdi_calendars import working_calendar
from integrations.imports.domain.mspdi_reader import LINK_TYPES, read_mspdi
from portfolio.people.domain.calendar import Calendar, HolidayRegion, public_holidays
from portfolio.planning.domain.network import Dependency, DependencyType, PlanTask
from portfolio.planning.domain.schedule import Schedule, schedule
from portfolio.planning.domain.wbs import codes_of_levels

NAMESPACE = "http://schemas.microsoft.com/project"
NAME = "Accès distant sécurisé"
DAY = 420  # minutes
WEEKS_BEFORE_ANCHOR = 8
# Day numbers of the format: 1 is Sunday.
WORKING_DAYS = (2, 3, 4, 5, 6)


class Line(NamedTuple):
    """A line of the plan. `links` reads like Project's own column: "3FS+2d;5SS"; `slip` is days over the baseline."""

    level: int
    name: str
    days: int = 0
    links: str = ""
    people: str = ""
    slip: int = 0
    note: str = ""
    not_before: int | None = None  # days after the start
    pinned: int | None = None  # days after the start: scheduled by hand
    deadline: int | None = None


PLAN = (
    Line(1, "Cadrage"),
    Line(2, "Recueillir les besoins des cinq sites", 5, "", "Karim Benali;Sophie Lemoine 50%"),
    Line(2, "Auditer les accès existants", 6, "2SS+1d", "Thomas Weber"),
    Line(2, "Rédiger la note de cadrage", 4, "2;3", "Karim Benali", note="Modèle de la PMO, version 3."),
    Line(2, "Faire valider par le sponsor", 1, "4FS+1d", "Hélène Garnier"),
    Line(2, "Cadrage validé", 0, "5"),
    Line(1, "Conception"),
    Line(2, "Dessiner l’architecture cible", 8, "6", "Thomas Weber;Sophie Lemoine"),
    Line(2, "Choisir la double authentification", 5, "8SS+3d", "Inès Caron"),
    Line(2, "Définir les règles d’accès", 6, "9", "Inès Caron"),
    Line(2, "Rédiger le dossier d’exploitation", 6, "8FF+4d", "Sophie Lemoine 50%"),
    Line(2, "Revue de sécurité", 1, "8;10", "Thomas Weber"),
    Line(2, "Conception validée", 0, "11;12"),
    Line(1, "Achats"),
    Line(2, "Consulter les fournisseurs", 10, "8SS+5d", "Karim Benali 50%"),
    Line(2, "Négocier et commander", 5, "15;12", "Karim Benali 50%;Hélène Garnier 20%"),
    Line(2, "Attendre la livraison des boîtiers", 30, "16", "", slip=10, note="Livraison annoncée avec retard."),
    Line(2, "Boîtiers reçus", 0, "17", deadline=110),
    Line(1, "Installation"),
    Line(2, "Préparer la salle du siège", 4, "13", "Sophie Lemoine"),
    Line(2, "Installer les boîtiers du siège", 5, "18;20", "Sophie Lemoine;Technicien"),
    Line(2, "Installer Rennes", 3, "21", "Technicien"),
    Line(2, "Installer Lyon", 3, "22FS+2d", "Technicien"),
    Line(2, "Raccorder l’annuaire", 5, "21SS+2d", "Inès Caron"),
    Line(2, "Installation terminée", 0, "23;24"),
    Line(1, "Pilote"),
    Line(2, "Choisir vingt utilisateurs", 3, "13FS+10d", "Karim Benali 50%"),
    Line(2, "Former le support", 4, "24", "Sophie Lemoine 50%;Inès Caron"),
    Line(2, "Ouvrir le pilote au siège", 15, "25;27;28", "Support"),
    Line(2, "Mesurer la satisfaction", 3, "29FF+2d", "Karim Benali"),
    Line(2, "Corriger les anomalies", 10, "29SS+5d", "Sophie Lemoine;Technicien 50%", slip=2),
    Line(2, "Comité de pilotage", 0, "30", pinned=171),
    Line(2, "Pilote accepté", 0, "30;31;32"),
    Line(1, "Généralisation"),
    Line(2, "Communiquer aux équipes", 5, "33SS-3d", "Karim Benali 50%"),
    Line(2, "Équiper le siège", 8, "33;35", "Support;Technicien"),
    Line(2, "Équiper Rennes", 5, "36SS+4d", "Support"),
    Line(2, "Équiper Lyon", 5, "37", "Support"),
    Line(2, "Assurer l’astreinte de démarrage", 12, "38SF+12d", "Technicien 50%"),
    Line(2, "Arrêter l’ancien accès", 1, "38FS+5d", "Sophie Lemoine", not_before=190),
    Line(2, "Généralisation terminée", 0, "39;40"),
    Line(1, "Clôture"),
    Line(2, "Dresser le bilan", 4, "41", "Karim Benali"),
    Line(2, "Bilan présenté", 0, "43"),
)

# Name, address, hourly rate, calendar: the base one, or one's own with Wednesdays off.
RESOURCES: tuple[tuple[str, str, str, bool], ...] = (
    ("Hélène Garnier", "helene.garnier@tech4value.example", "102.86", False),
    ("Karim Benali", "karim.benali@tech4value.example", "77.14", False),
    ("Sophie Lemoine", "sophie.lemoine@tech4value.example", "68.57", True),
    ("Thomas Weber", "thomas.weber@tech4value.example", "87.14", False),
    ("Inès Caron", "ines.caron@tech4value.example", "61.43", False),
    ("Technicien", "", "52", False),
    ("Support", "", "45", False),
)


def plan_file(anchor: date) -> bytes:
    """The file, with a plan that began eight weeks before `anchor` and is done up to it."""
    monday = anchor - timedelta(days=anchor.weekday(), weeks=WEEKS_BEFORE_ANCHOR)
    start = datetime.combine(monday, time(9))
    root = _project(start, anchor)
    _calendars(root, start)
    calendar = working_calendar(read_mspdi(ElementTree.tostring(root)))
    now, baseline = _scheduled(calendar, start, late=True), _scheduled(calendar, start, late=False)
    finish = root.find("FinishDate")
    if finish is not None and now.finish is not None:
        finish.text = now.finish.isoformat()
    assignments = _tasks(root, calendar, anchor, now, baseline)
    _resources(root)
    _assignments(root, assignments)
    ElementTree.indent(root, "\t")
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _scheduled(calendar: Calendar, start: datetime, *, late: bool) -> Schedule:
    tasks, links, above = [], [], [(0, "")]
    for uid, line in enumerate(PLAN, start=1):
        while above[-1][0] >= line.level:
            above.pop()
        tasks.append(
            PlanTask(
                key=str(uid),
                parent=above[-1][1] or None,
                duration_minutes=(line.days + (line.slip if late else 0)) * DAY,
                manual=line.pinned is not None,
                start=_after(start, line.pinned),
                start_no_earlier_than=_after(start, line.not_before),
            )
        )
        above.append((line.level, str(uid)))
        links += [Dependency(one, str(uid), kind, lag * DAY) for one, kind, lag in _links(line)]
    return schedule(tasks, links, calendar=calendar, project_start=start)


def _after(start: datetime, days: int | None) -> datetime | None:
    return None if days is None else start + timedelta(days=days)


def _links(line: Line) -> Iterator[tuple[str, DependencyType, int]]:
    """Predecessor, type and lag in days."""
    for uid, kind, lag in re.findall(r"(\d+)(FS|SS|FF|SF)?([+-]\d+)?d?", line.links):
        yield uid, DependencyType(kind or "FS"), int(lag or 0)


def _people(line: Line) -> Iterator[tuple[int, int]]:
    """Resource number from 1, and percentage of their time."""
    names = [name for name, *_ in RESOURCES]
    for one in filter(None, line.people.split(";")):
        name, percent = re.fullmatch(r"(.*?)(?: (\d+)%)?", one).groups()  # type: ignore[union-attr]
        yield names.index(name) + 1, int(percent or 100)


def _fill(parent: Element, values: Mapping[str, object]) -> None:
    """Children in the order given, which is that of the schema; None is left out."""
    for name, value in values.items():
        if value is not None:
            text = value.isoformat() if isinstance(value, datetime) else str(value)
            SubElement(parent, name).text = text


def _duration(minutes: int) -> str:
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _project(start: datetime, anchor: date) -> Element:
    root = Element("Project", xmlns=NAMESPACE)
    _fill(
        root,
        {
            "SaveVersion": 14, "Name": "plan-projet.xml", "Title": NAME, "Company": "Tech4Value",
            "Author": "Karim Benali", "CreationDate": start,
            "LastSaved": datetime.combine(anchor, time(9)), "ScheduleFromStart": 1, "StartDate": start,
            "FinishDate": start, "FYStartDate": 1, "CriticalSlackLimit": 0, "CurrencyDigits": 2,
            "CurrencySymbol": "€", "CurrencyCode": "EUR", "CurrencySymbolPosition": 3, "CalendarUID": 1,
            "DefaultStartTime": "09:00:00", "DefaultFinishTime": "17:00:00", "MinutesPerDay": DAY,
            "MinutesPerWeek": 5 * DAY, "DaysPerMonth": 20, "DurationFormat": 7, "WorkFormat": 2,
            "WeekStartDay": 1, "CurrentDate": datetime.combine(anchor, time(9)), "NewTasksAreManual": 0,
        },
    )  # fmt: skip
    return root


def _calendars(root: Element, start: datetime) -> None:
    calendars = SubElement(root, "Calendars")
    base = SubElement(calendars, "Calendar")
    _fill(base, {"UID": 1, "Name": "Tech4Value", "IsBaseCalendar": 1, "BaseCalendarUID": -1})
    days = SubElement(base, "WeekDays")
    for number in range(1, 8):
        _week_day(days, number, working=number in WORKING_DAYS)
    exceptions = SubElement(base, "Exceptions")
    years = range(start.year, start.year + 2)
    fixed = {"Jour de l’an": (1, 1), "Fête du Travail": (5, 1), "Armistice": (11, 11)}
    for name, (month, day) in fixed.items():
        first, last = date(years[0], month, day), date(years[-1], month, day)
        recurrence = {"Type": 2, "Month": month - 1, "MonthDay": day}
        _exception(exceptions, name, first, last, len(years), recurrence)
    for year in years:
        for off, name in public_holidays(HolidayRegion("FR"), year).items():
            if (off.month, off.day) not in fixed.values() and off.weekday() < 5:
                _exception(exceptions, name, off, off, 1, {"Type": 1})
    closure = date(start.year, 12, 28), date(start.year, 12, 31)
    _exception(exceptions, "Fermeture de fin d’année", *closure, 4, {"Type": 1})
    for number, (name, _, _, wednesdays_off) in enumerate(RESOURCES, start=1):
        calendar = SubElement(calendars, "Calendar")
        _fill(calendar, {"UID": 10 + number, "Name": name, "IsBaseCalendar": 0, "BaseCalendarUID": 1})
        if wednesdays_off:
            _week_day(SubElement(calendar, "WeekDays"), 4, working=False)


def _week_day(parent: Element, number: int, *, working: bool) -> None:
    day = SubElement(parent, "WeekDay")
    _fill(day, {"DayType": number, "DayWorking": int(working)})
    if working:
        times = SubElement(day, "WorkingTimes")
        for begin, end in (("09:00:00", "12:00:00"), ("13:00:00", "17:00:00")):
            _fill(SubElement(times, "WorkingTime"), {"FromTime": begin, "ToTime": end})


def _exception(
    parent: Element, name: str, first: date, last: date, count: int, recurrence: Mapping[str, int]
) -> None:
    exception = SubElement(parent, "Exception")
    _fill(exception, {"EnteredByOccurrences": 0})
    period = {"FromDate": f"{first}T00:00:00", "ToDate": f"{last}T23:59:00"}
    _fill(SubElement(exception, "TimePeriod"), period)
    _fill(exception, {"Occurrences": count, "Name": name, **recurrence, "DayWorking": 0})


def _tasks(
    root: Element, calendar: Calendar, anchor: date, now: Schedule, baseline: Schedule
) -> list[dict[str, object]]:
    """The tasks; returns their assignments."""
    tasks = SubElement(root, "Tasks")
    assignments: list[dict[str, object]] = []
    today = datetime.combine(anchor, time(9))
    _fill(
        SubElement(tasks, "Task"),
        {"UID": 0, "ID": 0, "Name": NAME, "Type": 1, "IsNull": 0, "WBS": 0, "OutlineNumber": 0, "OutlineLevel": 0,
         "Start": now.start, "Finish": now.finish, "Summary": 1},
    )  # fmt: skip
    codes = codes_of_levels([line.level for line in PLAN])
    start = now.start
    for uid, (line, code) in enumerate(zip(PLAN, codes, strict=True), start=1):
        task, planned = now.tasks[str(uid)], baseline.tasks[str(uid)]
        worked = calendar.working_minutes_between(task.early_start, today)
        done = 1.0 if task.early_finish <= today else worked / task.duration_minutes if task.duration_minutes else 0
        percent = max(0, min(100, round(100 * done)))
        people = [] if task.summary else list(_people(line))
        work = sum(task.duration_minutes * share // 100 for _, share in people)
        element = SubElement(tasks, "Task")
        _fill(
            element,
            {
                "UID": uid, "ID": uid, "Name": line.name, "Active": 1, "Manual": int(line.pinned is not None),
                "Type": 1 if task.summary else 0, "IsNull": 0, "WBS": code, "OutlineNumber": code,
                "OutlineLevel": line.level, "Priority": 500, "Start": task.early_start,
                "Finish": task.early_finish, "Duration": _duration(task.duration_minutes), "DurationFormat": 7,
                "Work": _duration(work), "EffortDriven": 0, "Estimated": 0, "Milestone": int(task.milestone),
                "Summary": int(task.summary), "Critical": int(task.critical), "PercentComplete": percent,
                "ActualStart": task.early_start if percent else None,
                "ActualFinish": task.early_finish if percent == 100 else None,
                "ConstraintType": 4 if line.not_before is not None else 0, "CalendarUID": -1,
                "ConstraintDate": _after(start, line.not_before) if start else None,
                "Deadline": _after(start, line.deadline) if start else None, "Notes": line.note or None,
            },
        )  # fmt: skip
        for one, kind, lag in _links(line):
            code_of_type = [known.value for known in LINK_TYPES].index(kind.value)
            _fill(
                SubElement(element, "PredecessorLink"),
                {"PredecessorUID": one, "Type": code_of_type, "CrossProject": 0, "LinkLag": lag * DAY * 10,
                 "LagFormat": 7},
            )  # fmt: skip
        _fill(
            SubElement(element, "Baseline"),
            {"Number": 0, "Start": planned.early_start, "Finish": planned.early_finish,
             "Duration": _duration(planned.duration_minutes), "DurationFormat": 7},
        )  # fmt: skip
        for resource, share in people:
            minutes = task.duration_minutes * share // 100
            assignments.append(
                {"UID": len(assignments) + 1, "TaskUID": uid, "ResourceUID": resource, "PercentWorkComplete": percent,
                 "Finish": task.early_finish, "Start": task.early_start, "Units": share / 100,
                 "Work": _duration(minutes)}
            )  # fmt: skip
    return assignments


def _resources(root: Element) -> None:
    resources = SubElement(root, "Resources")
    for number, (name, email, rate, _) in enumerate(RESOURCES, start=1):
        _fill(
            SubElement(resources, "Resource"),
            {
                "UID": number, "ID": number, "Name": name, "Type": 1, "IsNull": 0,
                "Initials": "".join(word[0] for word in name.split()), "EmailAddress": email or None,
                "MaxUnits": "1.00", "StandardRate": rate, "StandardRateFormat": 2, "CalendarUID": 10 + number,
                "IsGeneric": int(not email),
            },
        )  # fmt: skip


def _assignments(root: Element, assignments: list[dict[str, object]]) -> None:
    parent = SubElement(root, "Assignments")
    for assignment in assignments:
        _fill(SubElement(parent, "Assignment"), assignment)
