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
