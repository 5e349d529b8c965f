"""Files written by Project 2002 to 2019, read and compared with an independent reading of the same XML.

They belong to others and are not part of this repository: MSPDI_SAMPLES names the folder that has them.
"""

import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from integrations.imports.domain.mspdi import LinkType, MspdiProject, ResourceType
from integrations.imports.domain.mspdi_calendars import working_calendar
from integrations.imports.domain.mspdi_reader import read_mspdi
from portfolio.planning.domain.network import Dependency, DependencyType, PlanTask
from portfolio.planning.domain.schedule import schedule

REPOSITORY = Path(__file__).parents[4]
SAMPLES = Path(os.environ.get("MSPDI_SAMPLES", REPOSITORY.parent / "shared" / "data" / "mspdi"))
FILES = sorted(SAMPLES.glob("*.xml"))
NAMESPACE = "{http://schemas.microsoft.com/project}"

pytestmark = pytest.mark.skipif(
    not FILES, reason="sample files of Microsoft Project not found: name their folder in MSPDI_SAMPLES"
)


def sample(name: str) -> MspdiProject:
    return read_mspdi((SAMPLES / f"{name}.xml").read_bytes())


def tree(path: Path) -> ElementTree.Element:
    """The XML without its namespace, so that paths read well."""
    root = ElementTree.parse(path).getroot()
    for element in root.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
    return root


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_lost(path: Path) -> None:
    project, root = read_mspdi(path.read_bytes()), tree(path)
    real = [t for t in root.findall("Tasks/Task") if t.findtext("IsNull") != "1" and t.findtext("UID") != "0"]
    assert [task.uid for task in project.tasks] == [int(t.findtext("UID", "")) for t in real]
    assert [task.name for task in project.tasks] == [t.findtext("Name", "").strip() for t in real]
    assert [task.outline_number for task in project.tasks] == [t.findtext("OutlineNumber", "") for t in real]
    assert [task.start and task.start.isoformat() for task in project.tasks] == [t.findtext("Start") for t in real]
    assert [task.finish and task.finish.isoformat() for task in project.tasks] == [t.findtext("Finish") for t in real]
    assert sum(task.manual for task in project.tasks) == len([t for t in real if t.findtext("Manual") == "1"])
    assert project.blank_lines == len(root.findall("Tasks/Task[IsNull='1']"))
    assert project.summary is not None
    assert len(project.links) == len(root.findall("Tasks/Task/PredecessorLink"))
    assert len(project.calendars) == len(root.findall("Calendars/Calendar"))
    assert len(project.resources) == len(root.findall("Resources/Resource")) - len(
        root.findall("Resources/Resource[UID='0']")
    )
    assert len(project.assignments) == len(root.findall("Assignments/Assignment"))
    assert sum(a.resource_uid is None for a in project.assignments) == len(
        root.findall("Assignments/Assignment[ResourceUID='-65535']")
    )
    assert sum(len(task.baselines) for task in project.tasks) == len([b for t in real for b in t.findall("Baseline")])
    assert project.start and project.start.isoformat() == root.findtext("StartDate")
    assert project.minutes_per_day == int(root.findtext("MinutesPerDay", ""))
    assert project.ok, project.problems


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_durations_and_work_to_the_minute(path: Path) -> None:
    project, root = read_mspdi(path.read_bytes()), tree(path)

    def minutes(text: str | None) -> int | None:
        if not text:
            return None
        hours, _, rest = text.removeprefix("PT").partition("H")
        mins, _, secs = rest.partition("M")
        return (int(hours) * 3600 + int(mins) * 60 + int(secs.rstrip("S")) + 30) // 60

    real = [t for t in root.findall("Tasks/Task") if t.findtext("IsNull") != "1" and t.findtext("UID") != "0"]
    assert [task.duration_minutes for task in project.tasks] == [minutes(t.findtext("Duration")) for t in real]
    assert [a.work_minutes for a in project.assignments] == [
        minutes(a.findtext("Work")) for a in root.findall("Assignments/Assignment")
    ]


def test_links_of_every_type_with_their_lags() -> None:
    links = sample("task-links-project2019-mspdi").links
    assert [(link.type.value, link.lag_minutes, link.lag_format) for link in links] == [
        ("FS", 0, 7),
        ("FS", 480, 7),
        ("FS", 960, 7),
        ("FS", 2400, 9),
        ("FS", 4800, 9),
        ("SF", 960, 7),
        ("SS", 960, 7),
        ("FF", 960, 7),
    ]
    by_type = {link.type for link in sample("sample").links}
    assert by_type == set(LinkType)
    assert [link.lag_minutes for link in sample("sample").links] == [0, 480, -480, 0, 0, 0]


def test_outline_and_constraints() -> None:
    project = sample("sample")
    parents = {task.name: task.parent_uid for task in project.tasks}
    assert parents["Second Task"] == 1
    assert parents["Related Task 6b"] == 19
    assert parents["First Task"] is None
    constrained = [task for task in project.tasks if task.constraint == "snet"]
    assert {task.constraint_date for task in constrained} >= {
        datetime(2003, 2, 1, 8),
        datetime(2003, 3, 1, 8),
    }
    assert {task.name for task in project.tasks if task.milestone} == {"Third task"}


def test_blank_lines_do_not_break_the_outline() -> None:
    project = sample("mspdinulltasks")
    assert project.blank_lines == 3
    assert [(task.name, task.parent_uid) for task in project.tasks] == [
        ("Task 1", None),
        ("Task 2", 1),
        ("Task 3", 1),
        ("Task 4", None),
        ("Task 5", 6),
    ]


def test_elapsed_durations_are_told_apart() -> None:
    durations = {task.name: (task.duration_minutes, task.duration_elapsed) for task in sample("mspdiduration").tasks}
    assert durations["Task 3"] == (480, False)
    assert [elapsed for _, elapsed in durations.values()].count(True) == 5


def test_resources_rates_and_a_calendar_derived_from_another() -> None:
    project = sample("mspdiresource")
    by_name = {resource.name: resource for resource in project.resources}
    assert by_name["Brian Leach"].standard_rate == Decimal(100)
    assert by_name["Concrete"].type is ResourceType.MATERIAL
    assert sum(bool(resource.email) for resource in project.resources) == 1
    night = working_calendar(project, by_name["Brian Leach"].calendar_uid)
    day = working_calendar(project, by_name["Wade Golden"].calendar_uid)
    assert night.week != day.week
    assert night.minutes_on(date(2010, 3, 10)) == 480
    assert night.intervals_on(date(2010, 3, 10)) == ((0, 180), (240, 480), (1380, 1440))


def test_a_baseline() -> None:
    project = sample("mspdiassignmentfields")
    assert project.summary is not None
    [baseline] = [one for task in (project.summary, *project.tasks) for one in task.baselines]
    assert (baseline.number, baseline.finish) == (0, datetime(2011, 7, 11, 17))
    assert [one.units for one in project.assignments] == [1, 1, None, Decimal("0.25")]


def test_exceptions_of_calendars_in_the_old_form() -> None:
    project = sample("mspditimephasedsegments")
    exceptions = {c.name: c.exceptions for c in project.calendars if c.exceptions}
    assert sum(len(found) for found in exceptions.values()) == 6
    by_name = {resource.name: resource.calendar_uid for resource in project.resources}
    assert {c.uid for c in project.calendars if c.exceptions} - {6, 1} <= set(by_name.values())
    closed = [e for found in exceptions.values() for e in found if not e.intervals]
    assert {e.start for e in closed} == {date(2011, 2, 8), date(2011, 2, 9), date(2011, 2, 10)}
    worked = next(e for found in exceptions.values() for e in found if e.finish == date(2011, 2, 13))
    assert worked.intervals == ((480, 720), (780, 1020))


def test_automatic_tasks_fall_where_microsoft_project_put_them() -> None:
    project = sample("sample")
    tasks = [
        PlanTask(
            key=str(task.uid),
            duration_minutes=task.duration_minutes or 0,
            parent=str(task.parent_uid) if task.parent_uid is not None else None,
            start_no_earlier_than=task.constraint_date if task.constraint == "snet" else None,
        )
        for task in project.tasks
    ]
    links = [
        Dependency(
            str(link.predecessor_uid),
            str(link.successor_uid),
            DependencyType(link.type.value),
            link.lag_minutes,
        )
        for link in project.links
    ]
    assert project.start is not None
    result = schedule(tasks, links, calendar=working_calendar(project), project_start=project.start)
    alike = [
        task.name
        for task in project.tasks
        if not task.summary and result.tasks[str(task.uid)].early_start == task.start
    ]
    related = [task.name for task in project.tasks if task.name.startswith("Related")]
    assert set(related) - set(alike) == set()
