"""The sample files that ship with the project: current, readable, and wrong in one place only."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from demo.make_samples import ANCHOR, SAMPLES, make_samples
from integrations.imports.domain.mspdi_calendars import working_calendar
from integrations.imports.domain.mspdi_reader import read_mspdi
from integrations.imports.domain.problem import ProblemCode
from integrations.imports.domain.references import Known, KnownPole
from integrations.imports.domain.workbook import read_workbook

KNOWN = Known(poles=tuple(KnownPole(code, code) for code in ("IT", "DEV", "DATA", "SEC", "RH", "FIN", "RSE", "PMO")))


def test_one_error_to_mend() -> None:
    faulty = read_workbook((SAMPLES / "portefeuille.xlsx").read_bytes(), KNOWN)
    [problem] = faulty.problems
    assert (problem.code, problem.where.cell, problem.params["value"]) == (
        ProblemCode.OUT_OF_RANGE,
        "Risques!E5",
        "7",
    )
    mended = read_workbook((SAMPLES / "portefeuille-corrige.xlsx").read_bytes(), KNOWN)
    assert mended.problems == ()
    assert (len(mended.projects), len(mended.milestones), len(mended.people)) == (6, 24, 9)
    assert len(mended.risks) == len(faulty.risks) + 1
    assert Counter(row.code for row in mended.projects).most_common(1)[0][1] == 1


def test_a_plan_of_forty_tasks_with_everything() -> None:
    plan = read_mspdi((SAMPLES / "plan-projet.xml").read_bytes())
    assert plan.problems == ()
    assert len(plan.tasks) >= 40
    assert {link.type.value for link in plan.links} == {"FS", "SS", "FF", "SF"}
    assert {link.lag_minutes // 420 for link in plan.links} >= {-3, 0, 2, 10, 12}
    assert all(task.baselines and task.start and task.finish for task in plan.tasks)
    assert any(task.baselines[0].finish != task.finish for task in plan.tasks)
    assert {task.percent_complete for task in plan.tasks} >= {0, 1}
    assert any(task.manual for task in plan.tasks) and any(task.deadline for task in plan.tasks)
    assert {resource.email for resource in plan.resources if resource.email} <= {
        row.email for row in read_workbook((SAMPLES / "portefeuille-corrige.xlsx").read_bytes(), KNOWN).people
    }
    calendar = working_calendar(plan)
    assert not calendar.is_working_day(date(ANCHOR.year, 11, 11))
    part_time = next(resource for resource in plan.resources if resource.name == "Sophie Lemoine")
    assert not working_calendar(plan, part_time.calendar_uid).is_working_day(date(ANCHOR.year, 11, 25))


@pytest.mark.parametrize("anchor", [ANCHOR, date(2027, 2, 28), date(2028, 12, 31)])
def test_any_anchor_gives_sound_files(tmp_path: Path, anchor: date) -> None:
    faulty, mended, plan = make_samples(tmp_path, anchor)
    assert len(read_workbook(faulty.read_bytes(), KNOWN).problems) == 1
    assert read_workbook(mended.read_bytes(), KNOWN).problems == ()
    read = read_mspdi(plan.read_bytes())
    assert read.ok and read.start is not None and read.start.date() < anchor


def test_the_files_are_those_that_the_script_makes(tmp_path: Path) -> None:
    for made in make_samples(tmp_path, ANCHOR):
        kept = (SAMPLES / made.name).read_bytes()
        if made.suffix == ".xml":
            assert made.read_bytes() == kept
        else:
            assert read_workbook(made.read_bytes(), KNOWN) == read_workbook(kept, KNOWN)
