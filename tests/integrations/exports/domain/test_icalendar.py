"""Calendars as RFC 5545 wants them: lines, escapes, days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from integrations.exports.domain.icalendar import DayEvent, escaped, folded, write_calendar

EVENT = DayEvent(
    uid="1@tech4value",
    day=date(2026, 12, 31),
    summary="VPN · Livrer; vite, \\bien",
    changed_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    revision=3,
    description="Accès\nPromis pour le 01/12/2026",
    url="https://exemple.fr/t/atelier/projects/1/",
)


def unfolded(content: bytes) -> list[str]:
    """The oracle: content lines as a reader puts them together again."""
    lines = content.decode().split("\r\n")
    assert lines.pop() == ""
    found: list[str] = []
    for line in lines:
        if line.startswith((" ", "\t")):
            found[-1] += line[1:]
        else:
            found.append(line)
    return found


def unescaped(text: str) -> str:
    """The oracle: a TEXT value as a reader shows it."""
    shown, rest = "", iter(text)
    for letter in rest:
        shown += {"n": "\n", "N": "\n"}.get(following := next(rest), following) if letter == "\\" else letter
    return shown


def test_an_event_is_a_whole_day() -> None:
    lines = unfolded(write_calendar("Jalons · VPN", [EVENT]))
    assert lines[:4] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tech4Value//Jalons//FR", "CALSCALE:GREGORIAN"]
    assert "X-WR-CALNAME:Jalons · VPN" in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    begin, end = lines.index("BEGIN:VEVENT"), lines.index("END:VEVENT")
    assert lines[begin + 1 : end] == [
        "UID:1@tech4value",
        "DTSTAMP:20260302T083000Z",
        "LAST-MODIFIED:20260302T083000Z",
        "SEQUENCE:3",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:VPN · Livrer\\; vite\\, \\\\bien",
        "DESCRIPTION:Accès\\nPromis pour le 01/12/2026",
        "URL:https://exemple.fr/t/atelier/projects/1/",
        "TRANSP:TRANSPARENT",
    ]
    assert lines[-1] == "END:VCALENDAR"


def test_the_last_day_of_all_has_no_day_after() -> None:
    lines = unfolded(write_calendar("Jalons", [replace(EVENT, day=date.max)]))
    assert "DTSTART;VALUE=DATE:99991231" in lines
    assert not any(line.startswith("DTEND") for line in lines)


def test_a_text_cannot_begin_a_line_of_its_own() -> None:
    hostile = "Fin\r\nEND:VEVENT\r\nBEGIN:VEVENT\rATTACH:http://mal.example\x00\x0b"
    content = write_calendar(hostile, [DayEvent("1@t", date(2026, 1, 1), hostile, datetime(2026, 1, 1, tzinfo=UTC))])
    assert [line for line in unfolded(content) if line.startswith("ATTACH")] == []
    assert unfolded(content).count("BEGIN:VEVENT") == 1


def test_refresh_is_in_hours() -> None:
    assert b"PT6H" in write_calendar("a", [], refresh=timedelta(hours=6))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_lines_are_at_most_75_octets_and_come_back_whole(text: str) -> None:
    line = folded(f"SUMMARY:{escaped(text)}")
    assert all(len(part) <= 75 for part in line.split(b"\r\n"))
    assert unescaped(unfolded(line)[0].removeprefix("SUMMARY:")) == text
