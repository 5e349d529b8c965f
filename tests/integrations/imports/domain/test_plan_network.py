"""Files of Microsoft Project scheduled by our engine: by the command, and against the dates that Project stored.

The files belong to others and are not part of this repository: MSPDI_SAMPLES names the folder that has them.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from demo.sample_plan import plan_file
from integrations.imports.domain.mspdi_reader import read_mspdi
from integrations.imports.domain.plan_network import plan_network
from portfolio.planning.domain.schedule import schedule

REPOSITORY = Path(__file__).parents[4]
SAMPLES = Path(os.environ.get("MSPDI_SAMPLES", REPOSITORY.parent / "shared" / "data" / "mspdi"))
FILES = sorted(SAMPLES.glob("*.xml"))
NAMESPACE = "{http://schemas.microsoft.com/project}"
FIELDS = {
    "EarlyStart": "early_start",
    "EarlyFinish": "early_finish",
    "LateStart": "late_start",
    "LateFinish": "late_finish",
    "Start": "start",
    "Finish": "finish",
}
LATE = {"LateStart", "LateFinish", "TotalSlack", "FreeSlack"}
EVERYTHING = {*FIELDS, "TotalSlack", "FreeSlack"}
# What differs and why, by file and task (docs/algorithms/scheduling.md): Project kept late dates from before the
# project's end moved ("stale"), or shaped the work of an assignment by a contour, a delay or an availability that the
# file gives day by day only ("shaped").
STALE: dict[str, set[str]] = {
    "mspdiduration": {"1", "2", "3", "4"},
    "mspditimephasedsegments": {str(uid) for uid in range(2, 20)},
}
SHAPED: dict[str, set[str]] = {
    "mspdiassignmentfields": {"1"},
    "mspdiresource": {"3"},
    "mspditimephasedsegments": {str(uid) for uid in range(10, 19)},
}


def stored(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The uid and the texts of each task of a file."""
    for task in ElementTree.parse(path).getroot().iter(f"{NAMESPACE}Task"):
        texts = {child.tag.removeprefix(NAMESPACE): child.text or "" for child in task}
        yield texts["UID"], texts


@pytest.mark.skipif(
    not FILES, reason="sample files of Microsoft Project not found: name their folder in MSPDI_SAMPLES"
)
def test_the_dates_and_slack_that_microsoft_project_stored() -> None:
    compared = 0
    for path in FILES:
        network = plan_network(read_mspdi(path.read_bytes()))
        if not network.tasks or network.start is None:
            continue
        result = schedule(network.tasks, network.links, calendar=network.calendar, project_start=network.start)
        calendars = {task.key: task.calendar or network.calendar for task in network.tasks}
        for uid, texts in stored(path):
            if uid not in result.tasks:
                continue
            known: set[str] = set()
            if uid in STALE.get(path.stem, ()):
                known |= LATE
            if uid in SHAPED.get(path.stem, ()):
                known |= EVERYTHING
            mine = result.tasks[uid]
            differ = set()
            for name, field in FIELDS.items():
                one, other = getattr(mine, field), datetime.fromisoformat(texts[name]).replace(second=0)
                # Project stores an evening for one task and the next morning for another: no work lies between.
                if one != other and calendars[uid].working_minutes_between(one, other):
                    differ.add(name)
            for name, minutes in (("TotalSlack", mine.total_float), ("FreeSlack", mine.free_float)):
                if abs(minutes - int(texts[name]) / 10) > 1:
                    differ.add(name)
            assert differ <= known, (path.stem, uid, texts["Name"], differ)
            compared += not known
    assert compared >= 60


# --- the command


def run(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    call_command("schedule_file", *options, "--format", "json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "plan.xml"
    path.write_bytes(plan_file(datetime(2026, 3, 2).date()))
    return path


def test_a_file_is_scheduled_without_any_company(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, str(sample))
    linked = next(task for task in found["tasks"] if task["uid"] == 21)
    assert set(linked) == {
        "uid", "name", "early_start", "early_finish", "late_start", "late_finish", "start", "finish", "total_float",
        "free_float", "critical", "near_critical", "driving_predecessor", "driver", "parts",
    }  # fmt: skip
    assert linked["driving_predecessor"] in {18, 20}
    assert found["finish"] == max(task["finish"] for task in found["tasks"])


def test_a_data_date_moves_what_is_not_done(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {task["uid"]: task for task in run(capsys, str(sample))["tasks"]}
    after = {task["uid"]: task for task in run(capsys, str(sample), "--data-date", "2026-12-01")["tasks"]}
    done = {task.uid for task in read_mspdi(sample.read_bytes()).tasks if task.actual_start or task.manual}
    for uid, task in after.items():
        if uid in done or task["driver"] == "summary":
            continue
        assert task["early_start"] >= "2026-12-01"
    assert max(task["finish"] for task in after.values()) > max(task["finish"] for task in before.values())


def test_a_cycle_ends_with_its_path(sample: Path) -> None:
    text = sample.read_text("utf-8")
    # Task 4 waits for 2 and 3; make 2 wait for 4.
    begin = text.index("<UID>2</UID>", text.index("<Tasks>"))
    end = text.index("</Task>", begin)
    link = "<PredecessorLink><PredecessorUID>4</PredecessorUID><Type>1</Type></PredecessorLink>"
    sample.write_text(text[:end] + link + text[end:], "utf-8")
    with pytest.raises(CommandError) as caught:
        call_command("schedule_file", str(sample))
    assert caught.value.returncode == 2
    assert "4 « Rédiger la note de cadrage »" in str(caught.value)
    assert "→" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"<Project", b"PK\x03\x04", b"<html></html>"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "plan.xml"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("schedule_file", str(path))
    assert caught.value.returncode == 1


def test_a_missing_file_and_a_mistyped_date_are_told(tmp_path: Path, sample: Path) -> None:
    for options in ([str(tmp_path / "absent.xml")], [str(sample), "--data-date", "demain"]):
        with pytest.raises(CommandError) as caught:
            call_command("schedule_file", *options)
        assert caught.value.returncode == 1


# --- what a file says that cannot be taken as it is

HEAD = "<Project xmlns='http://schemas.microsoft.com/project'><Name>P</Name>"


def plan(tmp_path: Path, head: str, *tasks: str) -> str:
    """A file of tasks « A », « B »… of two days each; `tasks` are what each says beside."""
    rows = [
        f"<Task><UID>{uid}</UID><Name>{chr(64 + uid)}</Name><OutlineLevel>1</OutlineLevel>"
        f"<Duration>PT16H0M0S</Duration>{more}</Task>"
        for uid, more in enumerate(tasks, start=1)
    ]
    path = tmp_path / "plan.xml"
    path.write_text(f"{HEAD}{head}<Tasks>{''.join(rows)}</Tasks></Project>", "utf-8")
    return str(path)


def link(predecessor: int, kind: int = 1) -> str:
    return f"<PredecessorLink><PredecessorUID>{predecessor}</PredecessorUID><Type>{kind}</Type></PredecessorLink>"


START = "<StartDate>2026-03-02T08:00:00</StartDate>"


@pytest.mark.parametrize(
    ("head", "task", "said"),
    [
        (START, link(2), "Tâche 2 « B » : La tâche s’attend elle-même"),
        (START, link(1, 9), "Tâche 2 « B » : Le type de lien 9 n’existe pas"),
        ("", link(1), "n’a de date de début"),
        (
            START,
            link(1).replace("</Type>", "</Type><LinkLag>99999999999</LinkLag>"),
            "mène à une date hors de portée",
        ),
    ],
)
def test_a_plan_that_cannot_be_scheduled_truthfully_is_refused(
    tmp_path: Path, head: str, task: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("schedule_file", plan(tmp_path, head, "", task), "--format", "json")
    assert caught.value.returncode == 2
    assert said in str(caught.value).replace("\xa0", " ")
    assert not capsys.readouterr().out


def test_what_is_taken_otherwise_is_told_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A link from a task that is not there, a constraint without its date, no date of the project."""
    first = "<Start>2026-03-02T08:00:00</Start>"
    path = plan(tmp_path, "", first, link(77) + "<ConstraintType>4</ConstraintType>")
    call_command("schedule_file", path, "--format", "json")
    said = capsys.readouterr()
    warnings = json.loads(said.out)["warnings"]
    assert [one["code"] for one in warnings] == ["no_start_date", "undated_constraint", "unknown_predecessor"]
    assert warnings[2]["place"].replace("\xa0", " ") == "Tâche 2 « B »"
    assert all(one["message"] in said.err for one in warnings)
    assert "02/03/2026" in warnings[0]["message"]


def test_a_plan_scheduled_from_its_end_ends_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As Project does: late dates count back from the finish, the start follows; what is done as late as possible
    is planned there, what has room and is not, as soon as the start allows."""
    finish = "<ScheduleFromStart>0</ScheduleFromStart><StartDate>2026-01-01T08:00:00</StartDate>"
    finish += "<FinishDate>2026-03-31T17:00:00</FinishDate>"
    late = "<ConstraintType>1</ConstraintType>"
    path = plan(tmp_path, finish, late, late + link(1), late, "")
    found = {task["name"]: task for task in run(capsys, path)["tasks"]}
    assert (found["B"]["start"], found["B"]["finish"]) == ("2026-03-30T08:00", "2026-03-31T17:00")
    assert (found["A"]["start"], found["A"]["finish"]) == ("2026-03-26T08:00", "2026-03-27T17:00")
    assert found["C"]["finish"] == "2026-03-31T17:00"
    assert found["D"]["start"] == "2026-03-26T08:00"
    assert found["D"]["total_float"] == 960
