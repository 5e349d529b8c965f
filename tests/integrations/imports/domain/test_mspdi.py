"""Plans of our own in MSPDI: calendars, odd values, and files that are refused with a reason."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.imports.domain.mspdi import ConstraintType, MspdiProject
from integrations.imports.domain.mspdi_calendars import Recurrence, occurrences, working_calendar
from integrations.imports.domain.mspdi_reader import MspdiLimits, read_mspdi
from integrations.imports.domain.problem import ImportRefused, ProblemCode, Where

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<Project xmlns="http://schemas.microsoft.com/project">'


def project(body: str) -> MspdiProject:
    return read_mspdi(f"{HEAD}{body}</Project>".encode())


def tasks(*bodies: str) -> MspdiProject:
    lines = "".join(f"<Task><UID>{uid}</UID>{body}</Task>" for uid, body in enumerate(bodies, start=1))
    return project(f"<Tasks>{lines}</Tasks>")


def codes(read: MspdiProject) -> list[str]:
    return [problem.code.value for problem in read.problems]


def refusal(content: bytes, limits: MspdiLimits | None = None) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        read_mspdi(content, limits)
    return caught.value


def test_a_task_with_everything() -> None:
    [task] = tasks(
        """<Name>Installer</Name><ID>4</ID><OutlineNumber>1</OutlineNumber><OutlineLevel>1</OutlineLevel>
        <Manual>1</Manual><Start>2026-03-02T09:00:00</Start><Finish>2026-03-04T17:00:00</Finish>
        <Duration>PT21H0M0S</Duration><DurationFormat>7</DurationFormat><Work>PT42H30M0S</Work>
        <PercentComplete>35</PercentComplete><ConstraintType>7</ConstraintType>
        <ConstraintDate>2026-03-06T17:00:00</ConstraintDate><Deadline>2026-03-10T17:00:00</Deadline>
        <Priority>800</Priority><Notes>À revoir</Notes><CalendarUID>-1</CalendarUID>
        <Baseline><Number>0</Number><Start>2026-02-02T09:00:00</Start><Duration>PT14H0M0S</Duration></Baseline>
        <Baseline><Number>3</Number><Start>NA</Start></Baseline>"""
    ).tasks
    assert (task.name, task.id, task.manual, task.priority, task.notes) == (
        "Installer",
        4,
        True,
        800,
        "À revoir",
    )
    assert (task.duration_minutes, task.work_minutes, task.percent_complete) == (1260, 2550, Decimal("0.35"))
    assert (task.constraint, task.deadline) == (
        ConstraintType.FINISH_NO_LATER_THAN,
        datetime(2026, 3, 10, 17),
    )
    assert task.calendar_uid is None
    assert [(one.number, one.start) for one in task.baselines] == [(0, datetime(2026, 2, 2, 9)), (3, None)]


def test_missing_elements_have_plain_defaults() -> None:
    read = project("<Tasks><Task><UID>1</UID><Name>A</Name></Task></Tasks>")
    [task] = read.tasks
    assert (task.start, task.duration_minutes, task.percent_complete, task.priority) == (None, None, 0, 500)
    assert (read.minutes_per_day, read.minutes_per_week, read.start) == (480, 2400, None)
    assert read.ok and codes(read) == []
    assert working_calendar(read).minutes_on(date(2026, 3, 2)) == 480
    assert read_mspdi(b"<Project></Project>").tasks == ()


@pytest.mark.parametrize(
    ("text", "found", "problems"),
    [
        ("NA", None, []),
        ("", None, []),
        ("1980-01-01T00:00:00", None, ["date_out_of_range"]),
        ("2026-02-31T08:00:00", None, ["bad_value"]),
        ("demain", None, ["bad_value"]),
        ("2026-03-02", datetime(2026, 3, 2), []),
        ("2026-03-02T08:30:00+02:00", datetime(2026, 3, 2, 8, 30), []),
    ],
)
def test_dates(text: str, found: datetime | None, problems: list[str]) -> None:
    read = tasks(f"<Name>A</Name><Start>{text}</Start>")
    assert read.tasks[0].start == found
    assert codes(read) == problems


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PT8H0M0S", 480),
        ("PT0H0M30S", 1),
        ("PT57H8M24S", 3428),
        ("P1DT2H", 1560),
        ("-PT1H", -60),
        ("PT1.5H", 90),
        ("P", None),
        ("8 h", None),
    ],
)
def test_durations(text: str, found: int | None) -> None:
    read = tasks(f"<Name>A</Name><Duration>{text}</Duration>")
    assert read.tasks[0].duration_minutes == found
    assert read.ok == (found is not None)


def test_lags_in_percent_and_elapsed_time() -> None:
    link = (
        "<PredecessorLink><PredecessorUID>1</PredecessorUID><Type>1</Type>"
        "<LinkLag>{}</LinkLag><LagFormat>{}</LagFormat></PredecessorLink>"
    )
    read = tasks(
        "<Name>A</Name><Duration>PT16H0M0S</Duration>",
        f"<Name>B</Name>{link.format(50, 19)}",
        f"<Name>C</Name>{link.format(100800, 8)}",
        f"<Name>D</Name>{link.format(-25, 51)}",
    )
    assert [one.lag_minutes for one in read.links] == [480, 2400, -240]
    assert [one.lag_elapsed for one in read.links] == [False, True, False]
    assert codes(read) == ["elapsed_lag"]


def test_references_that_lead_nowhere_are_reported_with_their_place() -> None:
    read = project(
        """<CalendarUID>9</CalendarUID><Tasks>
        <Task><UID>1</UID><Name>A</Name>
          <PredecessorLink><PredecessorUID>7</PredecessorUID></PredecessorLink>
          <PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink>
          <PredecessorLink><CrossProject>1</CrossProject></PredecessorLink></Task>
        <Task><UID>1</UID><Name>Double</Name></Task><Task><Name>Sans</Name></Task></Tasks>
        <Assignments><Assignment><UID>5</UID><TaskUID>44</TaskUID></Assignment>
        <Assignment><UID>6</UID><TaskUID>1</TaskUID><ResourceUID>3</ResourceUID></Assignment></Assignments>"""
    )
    assert sorted(codes(read)) == [
        "cross_project_link",
        "duplicate_uid",
        "missing_uid",
        "self_link",
        "unknown_calendar",
        "unknown_predecessor",
        "unknown_resource_in_assignment",
        "unknown_task_in_assignment",
    ]
    places = {problem.code.value: problem.where.element for problem in read.problems}
    assert places["unknown_predecessor"] == "Task 1 “A”"
    assert places["missing_uid"] == "Task “Sans”"
    assert places["unknown_task_in_assignment"] == "Assignment 5"
    assert not read.ok


CALENDARS = """<CalendarUID>1</CalendarUID><Calendars>
<Calendar><UID>1</UID><Name>Usine</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>
 <WeekDays>
  <WeekDay><DayType>1</DayType><DayWorking>0</DayWorking></WeekDay>
  <WeekDay><DayType>2</DayType><DayWorking>1</DayWorking><WorkingTimes>
    <WorkingTime><FromTime>20:00:00</FromTime><ToTime>00:00:00</ToTime></WorkingTime>
    <WorkingTime><FromTime>06:00:00</FromTime><ToTime>10:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>
  <WeekDay><DayType>7</DayType><DayWorking>1</DayWorking></WeekDay>
 </WeekDays>
 <Exceptions>
  <Exception><EnteredByOccurrences>0</EnteredByOccurrences>
   <TimePeriod><FromDate>2026-08-03T00:00:00</FromDate><ToDate>2026-08-14T23:59:00</ToDate></TimePeriod>
   <Occurrences>12</Occurrences><Name>Fermeture</Name><Type>1</Type><DayWorking>0</DayWorking></Exception>
  <Exception><EnteredByOccurrences>1</EnteredByOccurrences>
   <TimePeriod><FromDate>2026-01-01T00:00:00</FromDate><ToDate>2028-01-01T23:59:00</ToDate></TimePeriod>
   <Occurrences>3</Occurrences><Name>An</Name><Type>2</Type><Month>0</Month><MonthDay>1</MonthDay>
   <DayWorking>0</DayWorking></Exception>
 </Exceptions>
 <WorkWeeks><WorkWeek>
   <TimePeriod><FromDate>2026-06-01T00:00:00</FromDate><ToDate>2026-06-14T23:59:00</ToDate></TimePeriod>
   <Name>Été</Name><WeekDays><WeekDay><DayType>3</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays>
 </WorkWeek></WorkWeeks></Calendar>
<Calendar><UID>2</UID><Name>Léa</Name><IsBaseCalendar>0</IsBaseCalendar><BaseCalendarUID>1</BaseCalendarUID>
 <WeekDays><WeekDay><DayType>4</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays></Calendar>
</Calendars>"""


def test_calendars_with_their_base_exceptions_and_alternative_weeks() -> None:
    read = project(CALENDARS)
    plant, lea = working_calendar(read), working_calendar(read, 2)
    assert plant.intervals_on(date(2026, 3, 2)) == ((360, 600), (1200, 1440))
    assert plant.minutes_on(date(2026, 3, 7)) == 480
    assert plant.working_days_between(date(2026, 8, 1), date(2026, 8, 15)) == 2
    assert [plant.is_working_day(date(year, 1, 1)) for year in (2026, 2027, 2028, 2029)] == [
        False,
        False,
        False,
        True,
    ]
    assert [plant.is_working_day(date(2026, 6, day)) for day in (2, 3, 9, 16)] == [False, True, False, True]
    assert plant.is_working_day(date(2026, 3, 4))
    assert not lea.is_working_day(date(2026, 3, 4))
    assert lea.intervals_on(date(2026, 3, 2)) == plant.intervals_on(date(2026, 3, 2))
    assert not lea.is_working_day(date(2026, 8, 10))


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        (Recurrence(1, date(2026, 1, 1), date(2026, 1, 7), period=3), "2026-01-01 2026-01-04 2026-01-07"),
        # Mondays and Fridays, every other week; weeks begin on Sunday.
        (
            Recurrence(6, date(2026, 1, 7), date(2026, 1, 31), period=2, days_of_week=0b0100010),
            "2026-01-09 2026-01-19 2026-01-23",
        ),
        (Recurrence(4, date(2026, 1, 15), date(2026, 5, 1), month_day=31), "2026-01-31 2026-03-31"),
        # The last working day of every other month.
        (
            Recurrence(5, date(2026, 1, 1), date(2026, 5, 31), period=2, month_item=1, month_position=4),
            "2026-01-30 2026-03-31 2026-05-29",
        ),
        (Recurrence(2, date(2026, 6, 1), date(2028, 12, 31), month=1, month_day=29), "2028-02-29"),
        # The fourth Thursday of November.
        (
            Recurrence(3, date(2026, 1, 1), date(2027, 12, 31), month=10, month_item=7, month_position=3),
            "2026-11-26 2027-11-25",
        ),
    ],
)
def test_recurrences(recurrence: Recurrence, expected: str) -> None:
    assert " ".join(day.isoformat() for day in occurrences(recurrence)) == expected


def test_a_calendar_that_derives_from_itself_is_read() -> None:
    read = project("<Calendars><Calendar><UID>1</UID><BaseCalendarUID>1</BaseCalendarUID></Calendar></Calendars>")
    assert working_calendar(read, 1).minutes_on(date(2026, 3, 2)) == 480


ENTITIES = '<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Project><Name>&b;</Name></Project>'
OUTSIDE = '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><Project><Name>&x;</Name></Project>'


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", ProblemCode.EMPTY_FILE, None),
        (b" \n\t ", ProblemCode.EMPTY_FILE, None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", ProblemCode.PROJECT_BINARY_FILE, None),
        (b"PK\x03\x04", ProblemCode.NOT_XML, 1),
        (b"Nom;Date\nA;1", ProblemCode.NOT_XML, 1),
        (b"<html><body/></html>", ProblemCode.NOT_MSPDI, None),
        (b"<Project>\n<Tasks>\n<Task><UID>1</UID>", ProblemCode.TRUNCATED_XML, 3),
        (b"<Project>\n<Tasks></Project>", ProblemCode.NOT_XML, 2),
        (b"<Project>\n<Name>&nbsp;</Name></Project>", ProblemCode.NOT_XML, 2),
        (b'<?xml version="1.0" encoding="klingon"?><Project/>', ProblemCode.NOT_XML, None),
        (ENTITIES.encode(), ProblemCode.HOSTILE_XML, None),
        (OUTSIDE.encode(), ProblemCode.HOSTILE_XML, None),
        (ENTITIES.encode("utf-16"), ProblemCode.HOSTILE_XML, None),
        (b"<!DOCTYPE Project><Project/>", ProblemCode.HOSTILE_XML, None),
        (b"<Project>" + b"<a>" * 100 + b"</a>" * 100 + b"</Project>", ProblemCode.TOO_DEEP, None),
    ],
)
def test_files_that_are_refused(content: bytes, code: ProblemCode, line: int | None) -> None:
    error = refusal(content)
    assert error.problem.code is code
    if line is not None:
        assert error.problem.where == Where(line=line)


def test_sizes_are_bounded() -> None:
    content = b"<Project><Tasks>" + b"<Task><UID>1</UID></Task>" * 20 + b"</Tasks></Project>"
    assert refusal(content, MspdiLimits(bytes=100)).problem.code is ProblemCode.TOO_LARGE
    assert refusal(content, MspdiLimits(elements=10)).problem.code is ProblemCode.TOO_MANY_ITEMS
    assert refusal(content, MspdiLimits(items=10)).problem.code is ProblemCode.TOO_MANY_ITEMS


def test_other_encodings_and_prefixes() -> None:
    text = '<?xml version="1.0" encoding="{}"?><p:Project xmlns:p="urn:x"><p:Name>Été</p:Name></p:Project>'
    for encoding in ("utf-8", "utf-16", "iso-8859-1"):
        assert read_mspdi(text.format(encoding).encode(encoding)).name == "Été"


@settings(max_examples=200)
@given(st.data())
def test_whatever_the_bytes_only_a_refusal_is_raised(data: st.DataObject) -> None:
    content = bytearray(f"{HEAD}{CALENDARS}<Tasks><Task><UID>1</UID></Task></Tasks></Project>".encode())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    try:
        read = read_mspdi(bytes(content[cut:]) if data.draw(st.booleans()) else bytes(content))
        working_calendar(read)
    except ImportRefused:
        pass


@settings(max_examples=200)
@given(
    st.sampled_from(
        [
            "Start",
            "Duration",
            "OutlineLevel",
            "PercentComplete",
            "ConstraintType",
            "Priority",
            "DurationFormat",
            "Manual",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="<&"), max_size=20)
    | st.integers().map(str)
    | st.floats().map(str),
)
def test_whatever_the_value_only_problems_come_of_it(name: str, value: str) -> None:
    tasks(f"<Name>A</Name><{name}>{value}</{name}>")
