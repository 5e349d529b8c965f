"""Scheduling instances in Patterson's format, read and levelled from the terminal. No company and no database."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from integrations.imports.domain.patterson import PattersonError, read_patterson
from portfolio.capacity.domain.levelling.problem import Activity, Link, Mode, Resource

# Four activities, one machine of two units: 1 begins, 2 (3 long, 2 units) and 3 (2 long, 1 unit) then 4 ends.
SMALL = """4 1
2
0 0 2 2 3
3 2 1 4
2 1 1
4
0 0 0
"""


@pytest.fixture(autouse=True)
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")


def code_of(content: bytes) -> tuple[str, int]:
    with pytest.raises(PattersonError) as caught:
        read_patterson(content)
    return caught.value.code, caught.value.line


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "petit.rcp"
    path.write_text(SMALL)
    return path


def told_of(path: Path, content: bytes, *options: str) -> str:
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("level_file", str(path), *options)
    assert caught.value.returncode == 2
    return str(caught.value)


def test_an_instance_is_read_whatever_its_line_breaks() -> None:
    read = read_patterson(SMALL.encode())
    problem = read.problem
    assert problem.resources == (Resource("R1", ((0, 2),)),)
    assert problem.activities[1] == Activity("2", (Mode(3, (("R1", 2),)),))
    assert problem.links == (Link("1", "2"), Link("1", "3"), Link("2", "4"), Link("3", "4"))
    assert read.lines == {"1": 3, "2": 4, "3": 5, "4": 7}
    assert read_patterson(("\ufeff" + " ".join(SMALL.split())).encode()).problem == problem


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "empty", 0),
        (b" \n \n", "empty", 0),
        (b"\xff\xfe\x00", "not_text", 0),
        (b"4\x00", "not_text", 0),
        (b"<Project/>", "not_a_number", 1),
        (b"1 1\n2\n0 0.5 0", "not_a_number", 3),
        (b"1 1\n2\n-3 1 0", "out_of_range", 3),
        (b"0 1\n2", "out_of_range", 1),
        (b"99999999999999 1\n2", "out_of_range", 1),
        (b"1 1\n9999999999\n0 0 0", "out_of_range", 2),
        (b"2 1\n2\n0 0 1 3\n0 0 0", "out_of_range", 3),
        (b"2 1\n2\n0 0 1 1\n0 0 0", "follows_itself", 3),
        (b"2 1\n2\n0 0 1 2\n", "ends_early", 3),
        (b"1 1\n2\n0 0 0\n7", "left_over", 4),
    ],
)
def test_a_bad_file_says_where_it_is_wrong(content: bytes, code: str, line: int) -> None:
    assert code_of(content) == (code, line)


@pytest.mark.parametrize(("method", "bound"), [("heuristic", 4), ("exact", 5)])
def test_a_file_is_levelled_without_any_company(
    small: Path, capsys: pytest.CaptureFixture[str], method: str, bound: int
) -> None:
    call_command("level_file", str(small), "--method", method, "--seconds", "20", "--format", "json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    starts = found.pop("start_times")
    assert found == {"method": method, "makespan": 5, "lower_bound": bound, "proved": bound == 5}
    assert (starts["1"], starts["4"]) == (0, 5)
    assert {starts["2"], starts["3"]} in ({0, 2}, {0, 3})


def test_a_proved_makespan_is_told_as_such(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("level_file", str(small), "--method", "exact", "--seconds", "60")
    assert capsys.readouterr().out.splitlines()[:2] == ["makespan\t5\tprouvé", "lower_bound\t5"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr_FR.UTF-8", "ligne 3 : « x » n’est pas un nombre entier."),
        ("en_GB.UTF-8", "line 3: “x” is not a whole number."),
    ],
)
def test_a_bad_file_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    assert words in told_of(tmp_path / "x.rcp", b"1 1\n2\nx 0 0")


def test_activities_in_a_circle_are_named_with_their_line(tmp_path: Path) -> None:
    said = told_of(tmp_path / "x.rcp", b"3 1\n2\n0 0 0\n1 1 1 3\n1 1 1 2")
    assert "2 → 3 → 2" in said or "3 → 2 → 3" in said
    assert "ligne" in said


def test_a_demand_above_the_capacity_is_told_with_both_figures(tmp_path: Path) -> None:
    said = told_of(tmp_path / "x.rcp", b"1 2\n2 3\n4 1 5 0")
    assert "ligne 3" in said
    assert "l’activité 1 demande 5 unités de R2, qui n’en a que 3" in said


def test_a_missing_file_and_bad_seconds_are_told(tmp_path: Path, small: Path) -> None:
    for options in ([str(tmp_path / "absent.rcp")], [str(small), "--seconds", "0"], [str(small), "--seconds", "dix"]):
        with pytest.raises(CommandError):
            call_command("level_file", *options)
