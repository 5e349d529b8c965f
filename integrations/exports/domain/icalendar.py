"""Calendars of days as iCalendar texts (RFC 5545)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75  # octets, RFC 5545 section 3.1
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class DayEvent:
    """One day that something is due. `uid` never changes, `revision` grows with each change; `changed_at` is UTC."""

    uid: str
    day: date
    summary: str
    changed_at: datetime
    revision: int = 0
    description: str = ""
    url: str = ""


def write_calendar(name: str, events: Iterable[DayEvent], *, refresh: timedelta = timedelta(hours=1)) -> bytes:
    """A whole calendar. `refresh` is how often a reader is asked to read it again (RFC 7986)."""
    hours = f"PT{int(refresh.total_seconds() // 3600)}H"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tech4Value//Jalons//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{hours}",
        f"X-PUBLISHED-TTL:{hours}",
    ]
    for event in events:
        stamp = event.changed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{stamp}",
            f"LAST-MODIFIED:{stamp}",
            f"SEQUENCE:{event.revision}",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        ]
        if event.day < date.max:  # without an end, an event of a date lasts that day (RFC 5545 section 3.6.1)
            lines.append(f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}")
        lines.append(f"SUMMARY:{escaped(event.summary)}")
        if event.description:
            lines.append(f"DESCRIPTION:{escaped(event.description)}")
        if event.url:
            lines.append(f"URL:{event.url}")
        lines += ["TRANSP:TRANSPARENT", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def escaped(text: str) -> str:
    """A TEXT value, RFC 5545 section 3.3.11; characters that no calendar shows are left out."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A content line of at most 75 octets, continued on lines that begin with a space; no character is cut."""
    parts: list[bytes] = []
    current, room = b"", LONGEST_LINE
    for character in line:
        octets = character.encode()
        if len(current) + len(octets) > room:
            parts.append(current)
            current, room = b"", LONGEST_LINE - 1
        current += octets
    parts.append(current)
    return b"\r\n ".join(parts) + b"\r\n"
