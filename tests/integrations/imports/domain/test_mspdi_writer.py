"""What is written of a plan, read again: whole, over its own file, and value by value against the original."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from integrations.imports.domain.mspdi import ConstraintType, EffortKind, LinkType
from integrations.imports.domain.mspdi_certificate import Fate, certify, same_value
from integrations.imports.domain.mspdi_held import (
    HeldAssignment,
    HeldBaseline,
    HeldCalendar,
    HeldLink,
    HeldPlan,
    HeldResource,
    HeldTask,
    Origin,
)
from integrations.imports.domain.mspdi_reader import read_mspdi
from integrations.imports.domain.mspdi_schema import ORDER
from integrations.imports.domain.mspdi_values import outline_numbers
from integrations.imports.domain.mspdi_writer import write_mspdi
from integrations.imports.domain.problem import ImportRefused
from portfolio.people.domain.calendar import CalendarException
from tests.integrations.imports.files import MSPDI, SAMPLES

FILES = [SAMPLES / "plan-projet.xml", *sorted(MSPDI.glob("*.xml"))]
DAY = 480


@pytest.fixture
def read() -> Callable[[bytes], Origin]:
    """A file with what it becomes: in the mapping of the import, which needs no database."""
    from integrations.imports.plan_held import read_origin

    return lambda content: read_origin(content, date(2026, 1, 5))[0]


def leaves(element: Element) -> list[tuple[str, str]]:
    """The oracle: every value of a file, in order, by a parser and a walk of its own."""
    return [(one.tag.rpartition("}")[2], (one.text or "").strip()) for one in element.iter() if not len(one)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestRoundTrip:
    def test_what_has_not_changed_is_written_back_word_for_word(self, path: Path, read: Any) -> None:
        content = path.read_bytes()
        origin = read(content)
        assert leaves(fromstring(write_mspdi(origin.plan, origin))) == leaves(fromstring(content))

    def test_what_the_plan_holds_survives_alone(self, path: Path, read: Any) -> None:
        held = read(path.read_bytes()).plan
        again = read(write_mspdi(held)).plan
        for name in ("tasks", "links", "resources", "assignments", "calendars", "calendar_uid", "start", "finish"):
            assert getattr(again, name) == getattr(held, name), name

    def test_the_certificate_counts_every_value_once(self, path: Path, read: Any) -> None:
        content = path.read_bytes()
        origin = read(content)
        certificate = certify(content, write_mspdi(origin.plan, origin), write_mspdi(origin.plan))
        counted = Counter(dict.fromkeys((), 0))
        for line in certificate.lines:
            counted[line.path.rpartition("/")[2]] += line.total
        assert counted == Counter(name for name, _text in leaves(fromstring(content)))
        assert set(certificate.totals) <= {Fate.HELD, Fate.ASIDE}

    def test_elements_are_in_the_schemas_order(self, path: Path, read: Any) -> None:
        for element in fromstring(write_mspdi(read(path.read_bytes()).plan)).iter():
            ranks = ORDER.get(element.tag.rpartition("}")[2])
            if ranks and len(element):
                names = [one.tag.rpartition("}")[2] for one in element]
                assert names == sorted(names, key=ranks.__getitem__)


# --- changes


def plan(*tasks: HeldTask, **more: Any) -> HeldPlan:
    return HeldPlan("Accès", 1, tasks, calendars=(STANDARD,), **more)


def task(uid: int, name: str, day: int = 0, days: int = 1, level: int = 1, **more: Any) -> HeldTask:
    start = datetime(2026, 3, 2, 8) + timedelta(days=day)
    finish = start.replace(hour=17) + timedelta(days=days - 1)
    return HeldTask(uid, level, name, start, finish, days * DAY, days * DAY, **more)


HOURS = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
STANDARD = HeldCalendar(1, "Standard", (HOURS,) * 5 + ((), ()))
PEOPLE = (HeldResource(1, "Ada", "ada@exemple.fr"), HeldResource(2, "Blaise"))


@pytest.fixture
def original() -> Origin:
    """Three tasks in a row, the second under a summary, with all that the product does not hold."""
    held = plan(
        replace(task(10, "Lot", days=2), summary=True),
        task(11, "Poser", level=2),
        task(12, "Tirer", day=1, level=2),
        task(13, "Livrer", day=2),
        links={(11, 12): HeldLink(11, 12, LinkType.FINISH_START), (12, 13): HeldLink(12, 13, LinkType.FINISH_START)},
        resources=PEOPLE,
        assignments={
            (11, 1): HeldAssignment(11, 1, Decimal(1), DAY),
            (12, 2): HeldAssignment(12, 2, Decimal(1), DAY),
        },
    )
    text = write_mspdi(held).decode()
    for name in ("Poser", "Tirer", "Livrer"):
        text = text.replace(
            f"<Name>{name}</Name>", f"<Name>{name}</Name><Contact>{name} & Cie</Contact>".replace("&", "&amp;")
        )
    text = text.replace("<PercentComplete>", "<TotalSlack>4800</TotalSlack><Cost>1200</Cost><PercentComplete>")
    text = text.replace("</Tasks>", "<Task><UID>90</UID><ID>5</ID><IsNull>1</IsNull></Task></Tasks>")
    text = text.replace("<StandardRate>", "<StandardRate>").replace("</Title>", "</Title><Subject>Réseau</Subject>")
    return Origin(text.encode(), held)


def elements(content: bytes, name: str) -> dict[str, dict[str, str]]:
    """Tasks or assignments by number, each with its texts."""
    found = {}
    for one in fromstring(content).iter():
        if one.tag.rpartition("}")[2] == name:
            values = {child.tag.rpartition("}")[2]: (child.text or "") for child in one}
            found[values["UID"]] = values
    return found


def fates(origin: Origin, now: HeldPlan, **more: Any) -> dict[str, Counter[Fate]]:
    certificate = certify(origin.content, write_mspdi(now, origin, **more), write_mspdi(now), **more)
    found: dict[str, Counter[Fate]] = {}
    for line in certificate.lines:
        found.setdefault(f"{line.owner}/{line.path}", Counter()).update(line.counts)
    return found


def test_a_task_that_moves_is_written_and_the_rest_stays(original: Origin) -> None:
    moved = replace(
        original.plan.tasks[3], start=datetime(2026, 3, 9, 8), finish=datetime(2026, 3, 9, 17), name="Livrer enfin"
    )
    now = replace(original.plan, tasks=(*original.plan.tasks[:3], moved))
    tasks = elements(write_mspdi(now, original), "Task")
    assert tasks["13"]["Start"] == "2026-03-09T08:00:00"
    assert tasks["13"]["Name"] == "Livrer enfin"
    assert tasks["13"]["Contact"] == "Livrer & Cie"
    assert "Cost" not in tasks["13"]
    assert tasks["11"]["Cost"] == "1200"
    assert "TotalSlack" not in tasks["11"]  # the whole network is to be computed again
    found = fates(original, now)
    assert found["Task/Start"][Fate.CHANGED] == 1
    assert found["Task/TotalSlack"] == {Fate.STALE: 4}
    assert found["Task/Cost"] == {Fate.ASIDE: 3, Fate.STALE: 1}
    assert found["Project/FinishDate"] == {Fate.CHANGED: 1}


def test_a_change_of_name_leaves_the_computed_values(original: Origin) -> None:
    now = replace(original.plan, tasks=(*original.plan.tasks[:3], replace(original.plan.tasks[3], name="Remettre")))
    found = fates(original, now)
    changed = {path for path, counts in found.items() if counts[Fate.CHANGED]}
    assert changed == {"Task/Name"}
    assert not any(counts[Fate.STALE] for counts in found.values())


def test_a_summary_follows_what_is_under_it(original: Origin) -> None:
    lot, pose, pull, last = original.plan.tasks
    now = replace(
        original.plan,
        tasks=(
            replace(lot, finish=datetime(2026, 3, 4, 17), duration_minutes=3 * DAY),
            pose,
            replace(pull, finish=datetime(2026, 3, 4, 17), duration_minutes=2 * DAY),
            last,
        ),
    )
    assert elements(write_mspdi(now, original), "Task")["10"]["Finish"] == "2026-03-04T17:00:00"
    # A summary that differs while nothing under it does is computed otherwise here: the file's stays.
    alone = replace(original.plan, tasks=(replace(lot, finish=datetime(2026, 3, 20, 17)), pose, pull, last))
    assert elements(write_mspdi(alone, original), "Task")["10"]["Finish"] == "2026-03-03T17:00:00"


def test_a_deleted_task_goes_with_its_links_and_people(original: Origin) -> None:
    kept = tuple(one for one in original.plan.tasks if one.uid != 12)
    now = replace(original.plan, tasks=kept, links={}, assignments={(11, 1): original.plan.assignments[11, 1]})
    content = write_mspdi(now, original)
    tasks = elements(content, "Task")
    assert list(tasks) == ["10", "11", "13", "90"]
    assert [one["ID"] for one in tasks.values()] == ["1", "2", "3", "4"]
    assert tasks["13"]["OutlineNumber"] == "2"
    assert not any("PredecessorLink" in one for one in tasks.values())
    assert len(elements(content, "Assignment")) == 1
    assert fates(original, now)["Task/Contact"] == {Fate.ASIDE: 2, Fate.REMOVED: 1}


def test_a_new_task_and_a_new_person_are_added(original: Origin) -> None:
    new = task(91, "Former", day=3, guid="0190a000-0000-7000-8000-00000000abcd")
    now = replace(
        original.plan,
        tasks=(original.plan.tasks[0], new, *original.plan.tasks[1:]),
        links={**original.plan.links, (13, 91): HeldLink(13, 91, LinkType.START_START, -DAY, elapsed=True)},
        resources=(*PEOPLE, HeldResource(3, "Zoé", daily_rate=Decimal(800))),
        assignments={**original.plan.assignments, (91, 3): HeldAssignment(91, 3, Decimal("0.5"), 240)},
    )
    content = write_mspdi(now, original)
    tasks = elements(content, "Task")
    assert tasks["91"]["GUID"] == "0190A000-0000-7000-8000-00000000ABCD"
    assert [tasks[uid]["ID"] for uid in ("10", "91", "11")] == ["1", "2", "3"]
    read = read_mspdi(content)
    link = next(link for link in read.links if link.successor_uid == 91)
    assert (link.predecessor_uid, link.type, link.lag_value, link.lag_elapsed) == (
        13,
        LinkType.START_START,
        -4800,
        True,
    )
    assert read.resources[2].standard_rate == Decimal(100)
    assert read.assignments[-1].units == Decimal("0.5")
    assert not [problem for problem in read.problems if problem.is_error]


SEVEN = HeldCalendar(1, "Trente-cinq heures", (((540, 720), (780, 1020)),) * 5 + ((), ()))


def test_a_day_of_seven_hours_is_a_day_for_who_opens_the_plan() -> None:
    ada = HeldResource(1, "Ada", daily_rate=Decimal(700))
    made = replace(plan(replace(task(1, "Poser"), duration_minutes=420), resources=(ada,)), calendars=(SEVEN,))
    content = write_mspdi(made)
    read = read_mspdi(content)
    assert (read.minutes_per_day, read.minutes_per_week) == (420, 2100)
    assert read.tasks[0].duration_minutes == 420
    assert read.resources[0].standard_rate == 100
    # Over a file, a day is what that file says.
    zoe = HeldResource(2, "Zoé", daily_rate=Decimal(700))
    text = content.replace(b"<MinutesPerDay>420<", b"<MinutesPerDay>600<")
    again = read_mspdi(write_mspdi(replace(made, resources=(ada, zoe)), Origin(text, made)))
    assert (again.minutes_per_day, again.resources[1].standard_rate) == (600, 70)
    # Without a calendar, or one on which nobody works, Project's own day.
    for calendars in ((), (replace(SEVEN, week=((),) * 7),)):
        bare = read_mspdi(write_mspdi(replace(made, calendars=calendars)))
        assert (bare.minutes_per_day, bare.minutes_per_week) == (480, 2400)
        assert bare.resources[0].standard_rate == Decimal("87.5")


def test_one_who_may_not_see_amounts_gets_none(original: Origin) -> None:
    found = fates(original, original.plan, amounts=False)
    assert found["Task/Cost"] == {Fate.HIDDEN: 4}
    assert b"<Cost>" not in write_mspdi(original.plan, original, amounts=False)


def test_a_calendar_that_has_changed_is_written_anew(original: Origin) -> None:
    closed = CalendarException(date(2026, 5, 1), date(2026, 5, 1), (), "Fête du travail")
    now = replace(original.plan, calendars=(replace(STANDARD, exceptions=frozenset({closed})),))
    read = read_mspdi(write_mspdi(now, original))
    assert read.calendars[0].exceptions == (closed,)
    assert read.calendars[0].week == STANDARD.week


def test_baselines_come_change_and_go(original: Origin) -> None:
    first = HeldBaseline(0, datetime(2026, 3, 1, 8), datetime(2026, 3, 1, 17), DAY, DAY)
    framed = tuple(replace(one, baselines=(first, replace(first, number=1))) for one in original.plan.tasks)
    content = write_mspdi(replace(original.plan, tasks=framed), original)
    assert [one.number for one in read_mspdi(content).tasks[0].baselines] == [0, 1]
    origin = Origin(content, replace(original.plan, tasks=framed))
    later = tuple(replace(one, baselines=(replace(first, work_minutes=60),)) for one in framed)
    frozen = read_mspdi(write_mspdi(replace(original.plan, tasks=later), origin)).tasks[1].baselines
    assert [(one.number, one.work_minutes) for one in frozen] == [(0, 60)]


def test_what_xml_cannot_hold_is_left_out() -> None:
    named = plan(task(1, "Poser\x00 \x1b le\ud800 câble"))
    assert read_mspdi(write_mspdi(named)).tasks[0].name == "Poser  le câble"


def test_outline_numbers_of_levels() -> None:
    assert len(outline_numbers([10**9])[0]) < 200
    assert outline_numbers([1, 2, 2, 1, 3, 2]) == ["1", "1.1", "1.2", "2", "2.1.1", "2.2"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("PT8H", "PT8H0M0S", True),
        ("PT480M", "PT8H0M0S", True),
        ("1", "1.00", True),
        ("1", "2", False),
        ("PT8H", "-PT8H", False),
        ("a\r\nb", "a\nb", True),
        ("P", "", False),
    ],
)
def test_what_is_the_same_value(one: str, other: str, same: bool) -> None:
    assert same_value(one, other) is same


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)).map(
    lambda one: one.replace(second=0, microsecond=0)
)
MINUTES = st.integers(0, 600_000)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(
    lambda text: text == text.strip() and text.isprintable()
)


@st.composite
def plans(draw: Any) -> HeldPlan:
    """Any plan that the product can hold."""
    number = draw(st.integers(1, 6))
    tasks, level = [], 1
    for uid in range(1, number + 1):
        level = draw(st.integers(1, min(level + 1, 5))) if uid > 1 else 1
        kind = draw(st.sampled_from(ConstraintType))
        dated = kind not in {ConstraintType.AS_SOON_AS_POSSIBLE, ConstraintType.AS_LATE_AS_POSSIBLE}
        tasks.append(
            HeldTask(
                uid,
                level,
                draw(NAMES),
                draw(MOMENTS),
                draw(MOMENTS),
                draw(MINUTES),
                draw(MINUTES),
                Decimal(draw(st.integers(0, 100))) / 100,
                manual=draw(st.booleans()),
                constraint=kind,
                constraint_date=draw(MOMENTS) if dated else None,
                deadline=draw(st.none() | MOMENTS),
                actual_start=draw(st.none() | MOMENTS),
                notes=draw(st.just("") | NAMES),
                effort=draw(st.sampled_from(EffortKind)),
                calendar_uid=draw(st.none() | st.just(1)),
            )
        )
    pairs = draw(st.lists(st.tuples(st.integers(1, number), st.integers(1, number)), max_size=6, unique=True))
    links = {
        (one, other): HeldLink(one, other, draw(st.sampled_from(LinkType)), draw(st.integers(-10_000, 10_000)))
        for one, other in pairs
        if one != other
    }
    return HeldPlan(draw(NAMES), 1, tuple(tasks), links, PEOPLE, {}, (STANDARD,))


@settings(max_examples=25)
@given(plans())
def test_any_plan_comes_back_as_it_was_written(written: HeldPlan) -> None:
    read = read_mspdi(write_mspdi(written))
    assert not [problem for problem in read.problems if problem.is_error]
    for one, other in zip(written.tasks, read.tasks, strict=True):
        for name in ("uid", "name", "start", "finish", "duration_minutes", "work_minutes", "percent_complete"):
            assert getattr(one, name) == getattr(other, name)
        for name in (
            "manual",
            "constraint",
            "constraint_date",
            "deadline",
            "actual_start",
            "notes",
            "effort",
            "calendar_uid",
        ):
            assert getattr(one, name) == getattr(other, name)
        assert one.level == other.outline_level
    found = {(link.predecessor_uid, link.successor_uid): (link.type, link.lag_minutes) for link in read.links}
    assert found == {pair: (link.type, link.lag) for pair, link in written.links.items()}
    # Over itself, nothing changes.
    content = write_mspdi(written)
    assert write_mspdi(written, Origin(content, written)) == content


JUNK = (
    "",
    "-1",
    "999999999999",
    "abc",
    "PT",
    "2026-13-45T99:00:00",
    "1984-01-01T00:00:00",
    "é&<>",
    "1e9",
    "NaN",
)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(JUNK)), min_size=1, max_size=8), st.booleans())
def test_a_file_of_nonsense_is_refused_or_accounted_for(changes: list[tuple[int, str]], amounts: bool) -> None:
    """Whatever values a file holds: no error but the refusal, and every value in one count."""
    from integrations.imports.plan_held import read_origin

    root = etree.fromstring((SAMPLES / "plan-projet.xml").read_bytes())
    values = [one for one in root.iter() if not len(one)]
    for index, text in changes:
        values[index % len(values)].text = text
    content = etree.tostring(root)
    try:
        origin, _source = read_origin(content, date(2026, 1, 5))
    except ImportRefused:
        return
    written = write_mspdi(origin.plan, origin, amounts=amounts)
    totals = certify(content, written, write_mspdi(origin.plan), amounts=amounts).totals
    assert sum(totals.values()) == len(values)
    # What was sound stays so; what was not may be left out, and was counted.
    assert read_mspdi(written).ok or not read_mspdi(content).ok
