"""The Gantt's drawing, drawn again as text where that is clearer than numbers."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.gantt import (
    GanttDrawing,
    GanttLink,
    GanttTask,
    OutsideTask,
    Sizes,
    Unit,
    Zoom,
    layout,
)
from portfolio.planning.domain.network import DependencyType

TODAY = date(2026, 3, 4)


def task(key: str, start: str, finish: str, **more: object) -> GanttTask:
    return GanttTask(key, datetime.fromisoformat(start), datetime.fromisoformat(finish), **more)  # type: ignore[arg-type]


def text(drawing: GanttDrawing) -> str:
    """One letter a day: `=` bar, `#` done, `*` milestone, `-` baseline where there is no bar."""
    lines = []
    for row in drawing.rows:
        marks = [" "] * round(drawing.width)
        for box, mark in ((row.baseline, "-"), (row.bar, "="), (row.progress, "#")):
            if box is not None:
                for x in range(round(box.x - 0.3), round(box.x + box.width + 0.3)):
                    marks[x] = mark
        if row.milestone is not None:
            marks[int(row.milestone.x)] = "*"
        lines.append(f"{row.key} |{''.join(marks)}".rstrip())
    return "\n".join(lines)


DAYS = Sizes(day=1.0)


def test_bars_progress_baseline_and_milestone() -> None:
    drawing = layout(
        [
            task("S", "2026-03-02 09:00", "2026-03-11 17:00", summary=True),
            task("A", "2026-03-02 09:00", "2026-03-05 17:00", depth=1, percent_complete=0.5),
            task(
                "B",
                "2026-03-06 09:00",
                "2026-03-11 17:00",
                depth=1,
                baseline_start=datetime(2026, 3, 4, 9),
                baseline_finish=datetime(2026, 3, 9, 17),
            ),
            task("M", "2026-03-11 17:00", "2026-03-11 17:00", milestone=True),
            GanttTask("?", None, None),
        ],
        today=TODAY,
        zoom=Zoom.DAY,
        sizes=DAYS,
    )
    assert drawing.first_day == date(2026, 3, 1)
    assert text(drawing) == "\n".join(
        [
            "S | ==========",
            "A | ##==",
            "B |   --======",
            "M |          *",
            "? |",
        ]
    )
    assert drawing.today == 3.0
    assert [row.depth for row in drawing.rows] == [0, 1, 1, 0, 0]
    assert drawing.rows[0].bar and drawing.rows[1].bar
    assert drawing.rows[0].bar.height < drawing.rows[1].bar.height


def test_ticks_by_zoom() -> None:
    one = [task("A", "2026-01-20 09:00", "2026-03-10 17:00")]
    weeks = layout(one, today=TODAY, zoom=Zoom.WEEK)
    assert {tick.unit for tick in weeks.major} == {Unit.MONTH}
    assert [tick.day for tick in weeks.major] == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert weeks.minor[0].day == date(2026, 1, 12)
    assert all(tick.day.weekday() == 0 for tick in weeks.minor)
    assert sum(tick.width for tick in weeks.major) == pytest.approx(weeks.width)
    assert len(weeks.rests) == len(weeks.minor)
    months = layout(one, today=TODAY, zoom=Zoom.MONTH)
    assert [tick.day.month for tick in months.minor] == [1, 2, 3]
    assert [tick.unit for tick in months.major] == [Unit.QUARTER]
    assert months.rests == ()


@pytest.mark.parametrize(("days", "zoom"), [(10, Zoom.DAY), (90, Zoom.WEEK), (300, Zoom.MONTH), (900, Zoom.QUARTER)])
def test_the_zoom_follows_the_length_of_the_plan(days: int, zoom: Zoom) -> None:
    start = datetime(2026, 1, 5, 9)
    drawing = layout([GanttTask("A", start, start + timedelta(days=days))], today=TODAY)
    assert drawing.zoom is zoom
    assert drawing.width < 1500


@pytest.mark.parametrize("kind", list(DependencyType))
def test_links_turn_at_right_angles_from_the_right_end_to_the_right_end(kind: DependencyType) -> None:
    tasks = [
        task("A", "2026-03-02 09:00", "2026-03-05 17:00", critical=True),
        task("B", "2026-03-10 09:00", "2026-03-12 17:00", critical=True),
        task("C", "2026-03-03 09:00", "2026-03-04 17:00"),
    ]
    links = [GanttLink("A", "B", kind), GanttLink("B", "C", kind), GanttLink("A", "hidden", kind)]
    drawing = layout(tasks, links, today=TODAY, zoom=Zoom.DAY)
    assert [(link.predecessor, link.successor, link.critical) for link in drawing.links] == [
        ("A", "B", True),
        ("B", "C", False),
    ]
    rows = {row.key: row for row in drawing.rows}
    for link in drawing.links:
        for (x1, y1), (x2, y2) in zip(link.points, link.points[1:], strict=False):
            assert (x1 == x2) != (y1 == y2)
        one, two = rows[link.predecessor].bar, rows[link.successor].bar
        assert one and two
        assert link.points[0][0] == pytest.approx(one.x + one.width if kind in ("FS", "FF") else one.x, abs=0.02)
        assert link.points[-1][0] == pytest.approx(two.x if kind in ("FS", "SS") else two.x + two.width, abs=0.02)


def test_a_link_to_what_begins_next_drops_onto_it() -> None:
    tasks = [
        task("A", "2026-03-02 09:00", "2026-03-05 17:00"),
        task("B", "2026-03-06 09:00", "2026-03-10 17:00"),
        task("M", "2026-03-10 17:00", "2026-03-10 17:00", milestone=True),
    ]
    drawing = layout(tasks, [GanttLink("A", "B"), GanttLink("B", "M")], today=TODAY, zoom=Zoom.WEEK)
    onto_bar, onto_milestone = drawing.links
    bar, milestone = drawing.rows[1].bar, drawing.rows[2].milestone
    assert bar and milestone
    assert onto_bar.points[-1] == (bar.x + 4, bar.y)
    assert len(onto_bar.points) == 3
    assert onto_milestone.points[-1] == (milestone.x, milestone.y - milestone.radius)


def test_an_empty_plan_and_bad_dates() -> None:
    empty = layout([], today=TODAY)
    assert (empty.rows, empty.height) == ((), 0)
    assert empty.today is not None
    assert layout([task("A", "2020-03-02 09:00", "2020-03-05 17:00")], today=TODAY).today is None
    with pytest.raises(PlanningError, match="bad_dates"):
        layout([task("A", "2026-03-05 09:00", "2026-03-02 17:00")], today=TODAY)
    with pytest.raises(PlanningError, match="too_wide"):
        layout([task("A", "1984-01-01 00:00", "2149-12-31 17:00")], today=TODAY)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))


@given(st.lists(st.tuples(moments, moments, st.booleans()), max_size=15), st.sampled_from([None, *Zoom]))
def test_all_is_inside_the_chart(spans: list[tuple[datetime, datetime, bool]], zoom: Zoom | None) -> None:
    tasks = [
        GanttTask(str(index), min(one, two), max(one, two), milestone=point)
        for index, (one, two, point) in enumerate(spans)
    ]
    drawing = layout(tasks, today=TODAY, zoom=zoom)
    assert len(drawing.rows) == len(tasks)
    for row in drawing.rows:
        if row.bar is not None:
            assert 0 <= row.bar.x < row.bar.x + row.bar.width <= drawing.width
        if row.milestone is not None:
            assert 0 < row.milestone.x < drawing.width
    edges = [tick.x for tick in drawing.minor]
    assert edges == sorted(edges)
    assert sum(tick.width for tick in drawing.minor) == pytest.approx(drawing.width, abs=0.5)


def test_a_split_task_is_drawn_in_two_parts_the_first_of_them_done() -> None:
    begun = task(
        "A", "2026-03-02 09:00", "2026-03-11 17:00", percent_complete=0.4,
        stop=datetime(2026, 3, 3, 17), resume=datetime(2026, 3, 9, 9),
    )  # fmt: skip
    one = layout([begun], today=TODAY, zoom=Zoom.DAY, sizes=Sizes(day=30.0)).rows[0]
    assert one.bar is not None and one.progress is not None and one.parts is not None
    first, last = one.parts
    assert (first.x, round(last.x + last.width, 2)) == (one.bar.x, round(one.bar.x + one.bar.width, 2))
    assert (first.width, last.x - first.x) == (40.0, 210.0)
    assert one.progress == first
    whole = task("B", "2026-03-02 09:00", "2026-03-11 17:00", stop=datetime(2026, 3, 3, 17))
    assert layout([whole], today=TODAY, zoom=Zoom.DAY, sizes=DAYS).rows[0].parts is None


def test_a_task_of_another_project_stands_over_the_line_that_waits_for_it() -> None:
    def other(successor: str, start: str, finish: str, kind: DependencyType) -> OutsideTask:
        return OutsideTask(
            "PAIE · Paie", successor, kind, datetime.fromisoformat(start), datetime.fromisoformat(finish)
        )

    drawing = layout(
        [task("a", "2026-03-02 08:00", "2026-03-04 17:00"), task("b", "2026-03-09 00:00", "2026-03-11 00:00")],
        today=TODAY,
        sizes=Sizes(row=20, bar=10, day=10),
        outside=[
            other("b", "2026-03-05 00:00", "2026-03-08 00:00", DependencyType.FINISH_START),
            other("b", "2026-03-06 00:00", "2026-03-08 00:00", DependencyType.START_FINISH),
            other("absent", "2026-03-05 00:00", "2026-03-08 00:00", DependencyType.FINISH_START),
            other("b", "2020-01-06 00:00", "2020-01-08 00:00", DependencyType.FINISH_START),
        ],
    )
    row = drawing.rows[1]
    assert row.bar is not None
    first, second = drawing.outside  # the others: of no line that is shown, out of the period
    assert (first.bar.width, second.bar.width) == (30, 20)
    assert row.band.y < first.bar.y < first.bar.y + first.bar.height < row.bar.y
    assert first.points[0][0] == first.bar.x + 30 and first.points[-1] == (row.bar.x, row.bar.y)
    assert second.points[0][0] == second.bar.x and second.points[-1] == (row.bar.x + row.bar.width, row.bar.y)
