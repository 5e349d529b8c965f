"""Whatever the values, a chart is well-formed, accessible, and within its box."""

import json
import math
import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tech4value.figures import svg
from tech4value.figures.chart import (
    AreaBand,
    BarChart,
    Bullet,
    BulletChart,
    Chart,
    Donut,
    Heatmap,
    LineChart,
    Milestone,
    MilestoneTimeline,
    Series,
    Sparkline,
    Step,
    Waterfall,
)
from tech4value.figures.plotly_spec import plotly_spec
from tech4value.figures.svg.drawing import cut, text_width
from tech4value.figures.svg.spreading import spread
from tech4value.figures.table import table

SVG = "{http://www.w3.org/2000/svg}"

value: st.SearchStrategy[Any] = st.none() | st.integers(-(10**30), 10**30) | st.floats() | st.decimals()
values = st.lists(value, max_size=14).map(tuple)
text = st.text(max_size=60)
role = st.sampled_from(["plan", "actual", "forecast", "baseline", "other"])
unit = st.sampled_from(["money:EUR", "percent", "count", "days", "fte"])
series = st.lists(st.builds(Series, text, values, role), max_size=4).map(tuple)
names = st.lists(text, max_size=14).map(tuple)
milestone = st.builds(
    Milestone, text, st.dates(), st.none() | st.dates(), st.sampled_from(["on_track", "closed", "not_started"])
)
charts: st.SearchStrategy[Chart] = st.one_of(
    st.builds(BarChart, text, names, series, unit, st.booleans(), st.booleans(), text),
    st.builds(LineChart, text, names, series, unit, series, st.none() | st.integers(-2, 20), st.booleans()),
    st.builds(AreaBand, text, names, values, values, st.builds(Series, text, values, role), text, unit),
    st.builds(Donut, text, st.lists(st.tuples(text, value), max_size=6).map(tuple), unit),
    st.builds(Heatmap, text, names, names, st.lists(values, max_size=5).map(tuple), unit, value),
    st.builds(BulletChart, text, st.lists(st.builds(Bullet, text, value, value, value), max_size=5).map(tuple), unit),
    st.builds(Waterfall, text, st.lists(st.builds(Step, text, value, st.none() | role), max_size=8).map(tuple), unit),
    st.builds(Sparkline, text, values, unit),
    st.builds(MilestoneTimeline, text, st.lists(milestone, max_size=6).map(tuple), st.dates()),
)  # fmt: skip


@settings(max_examples=400)
@given(charts, st.sampled_from(["fr", "en"]), st.sampled_from([svg.SCREEN, svg.PRINT]))
def test_any_chart_is_well_formed_and_within_its_box(chart: Chart, language: str, palette: svg.Palette) -> None:
    root = ElementTree.fromstring(svg.render(chart, language, palette=palette))
    assert root.tag == f"{SVG}svg"
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.attrib["width"]) >= 0
        assert -1 <= float(rect.attrib["x"]) <= width + 1
        assert -1 <= float(rect.attrib["y"]) <= height + 1
        assert float(rect.attrib["height"]) >= 0
    for node in root.iter():
        for name in {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r"} & set(node.attrib):
            assert math.isfinite(float(node.attrib[name]))
        assert not re.search("nan|inf", node.get("d", ""))


@settings(max_examples=200)
@given(charts)
def test_any_chart_has_its_table_and_its_plotly_description(chart: Chart) -> None:
    grid = table(chart, "fr")
    assert all(len(row) == len(grid.header) for row in grid.rows)
    json.dumps(plotly_spec(chart, "fr"), allow_nan=False)


def bars(*rows: Series, **more: Any) -> BarChart:
    return BarChart("Budget : 82 % engagé", ("janv.", "févr."), rows, "money:EUR", **more)


def test_a_chart_names_itself_to_those_who_do_not_see_it() -> None:
    root = ElementTree.fromstring(svg.render(bars(Series("Réel", (1, 2), "actual"), description="Par mois"), "fr"))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "Budget : 82 % engagé"
    assert root.findtext(f"{SVG}title") == "Budget : 82 % engagé"
    assert root.findtext(f"{SVG}desc") == "Par mois"


def test_bars_begin_at_zero() -> None:
    root = ElementTree.fromstring(svg.render(bars(Series("Réel", (1000, 1010), "actual")), "fr"))
    low, high = [float(rect.attrib["height"]) for rect in root.iter(f"{SVG}rect")]
    assert low / high == pytest.approx(1000 / 1010, rel=1e-3)


def test_bars_that_go_both_ways_say_where_each_end_is() -> None:
    """A tornado: the sum of both sides would say neither."""
    chart = BarChart(
        "T", ("Lot", "Risque"), (Series("Court", (-7.4, -0.2)), Series("Long", (9.5, 0.1))), "days", True, True
    )
    said = [one.text for one in ElementTree.fromstring(svg.render(chart, "fr")).iter() if one.text]
    for word in ("\u22127,4 j", "+9,5 j", "\u22120,2 j", "+0,1 j"):
        assert word.replace(" ", "\xa0") in said
    assert "2,1\xa0j" not in said


def test_a_waterfall_goes_on_from_where_it_was() -> None:
    steps = (
        Step("Référence", 100, "plan"),
        Step("Périmètre", 30),
        Step("Taux", -10),
        Step("Date", 0),
        Step("Prévision", 120, "forecast"),
    )
    drawn = svg.render(Waterfall("T", steps, "days"), "fr")
    bars = [
        (float(one.attrib["x"]), float(one.attrib["width"]))
        for one in ElementTree.fromstring(drawn).iter(f"{SVG}rect")
    ]
    start, unit = bars[0][0], bars[0][1] / 100
    assert [round((x - start) / unit) for x, _width in bars] == [0, 100, 120, 120, 0]
    assert [round(width / unit) for _x, width in (*bars[:3], bars[4])] == [100, 30, 10, 120]
    assert bars[3][1] == 2, "what is nothing is still seen"
    assert 'fill="var(--chart-plan)"' in drawn and 'stroke-dasharray="3 2"' in drawn
    assert table(Waterfall("T", steps, "days"), "fr").rows[1] == ("Périmètre", "+30\xa0j")


def test_roles_have_the_same_look_everywhere() -> None:
    rows = [Series(role, (3, 4), role) for role in ("plan", "actual", "forecast", "baseline")]  # type: ignore[arg-type]  # literals
    drawn = svg.render(bars(*rows), "fr")
    assert {"var(--chart-plan)", "var(--chart-actual)", "var(--chart-baseline)"} <= set(
        re.findall(r'fill="([^"]+)"', drawn)
    )
    assert 'stroke-dasharray="3 2"' in drawn
    lines = svg.render(LineChart("t", ("a", "b"), (Series("p", (1, 2), "forecast"),)), "fr")
    assert 'stroke-dasharray="5 4"' in lines


def test_paper_has_literal_colours() -> None:
    drawn = svg.render(bars(Series("Réel", (1, 2), "actual")), "fr", palette=svg.PRINT)
    assert "var(" not in drawn
    assert svg.PRINT.actual in drawn


def test_a_long_name_is_cut_and_whole_on_hover() -> None:
    name = "Usine connectée : supervision des lignes, maintenance prédictive et traçabilité"
    chart = BarChart("t", (name,), (Series("Réel", (3,), "actual"),), horizontal=True)
    root = ElementTree.fromstring(svg.render(chart, "fr"))
    label = next(node for node in root.iter(f"{SVG}text") if (node.findtext(f"{SVG}title") or "") == name)
    assert "".join(label.itertext()).endswith("…")


@pytest.mark.parametrize("count", [1, 4, 12, 24, 60])
@pytest.mark.parametrize("width", [320.0, 640.0, 1200.0])
def test_labels_under_the_axis_do_not_overlap(count: int, width: float) -> None:
    names = tuple(f"sept. {2020 + index}" for index in range(count))
    root = ElementTree.fromstring(
        svg.render(BarChart("t", names, (Series("Réel", (1,) * count, "actual"),)), "fr", width=width)
    )
    spans = []
    for node in root.iter(f"{SVG}text"):
        if node.attrib["text-anchor"] == "middle" and (node.text or "").startswith("s"):
            half = text_width(node.text or "") / 2
            spans.append((float(node.attrib["x"]) - half, float(node.attrib["x"]) + half))
    assert spans
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@given(st.lists(st.floats(0, 300), max_size=8))
def test_names_at_the_ends_of_lines_keep_their_distance(wanted: list[float]) -> None:
    placed = sorted(spread(wanted, 0, 300))
    assert all(later - earlier >= 14.99 for earlier, later in pairwise(placed))


@given(st.text(max_size=80), st.floats(20, 400))
def test_a_cut_text_has_room(words: str, room: float) -> None:
    assert text_width(cut(words, room)) <= room or cut(words, room) == "…"


def test_a_milestone_stands_right_of_its_baseline_when_it_slips() -> None:
    start = date(2026, 1, 10)
    late = Milestone("Recette", start + timedelta(days=30), start, "off_track")
    drawn = svg.render(MilestoneTimeline("t", (late,), start), "fr", palette=svg.PRINT)
    line = re.search(r'<line x1="([\d.]+)"[^>]*x2="([\d.]+)"[^>]*stroke-width="2"', drawn)
    assert line
    assert float(line[1]) < float(line[2])


def test_the_table_says_the_values_in_full() -> None:
    grid = table(bars(Series("Réel", (Decimal("1234.5"), None), "actual")), "fr")
    assert grid.rows == (("janv.", "1\u202f234,50\u00a0€"), ("févr.", "–"))


@given(
    names=st.lists(text, min_size=1, max_size=9),
    ends=st.lists(st.integers(0, 9), min_size=9, max_size=9),
    heights=st.lists(st.integers(0, 40), min_size=9, max_size=9),
)
@settings(max_examples=200, deadline=None)
def test_on_a_narrow_chart_lines_are_numbered_and_no_number_hides_another(
    names: list[str], ends: list[int], heights: list[int]
) -> None:
    rows = tuple(
        Series(name, tuple(739_000 + height if place <= end else None for place in range(10)))
        for name, end, height in zip(names, ends, heights, strict=False)
    )
    chart = LineChart("t", tuple(f"{day:02}/03/2026" for day in range(1, 11)), rows, unit="date", from_zero=False)
    root = ElementTree.fromstring(svg.render(chart, "fr", width=340, height=300, numbered=True))
    discs = [
        (float(node.attrib["cx"]), float(node.attrib["cy"]))
        for node in root.iter(f"{SVG}circle")
        if node.attrib["r"] == "8"
    ]
    assert len(discs) == len(rows)
    for place, (x, y) in enumerate(discs):
        assert 8 <= x <= 332 and 8 <= y <= 292
        assert all(abs(x - right) >= 16 or abs(y - under) >= 16 for right, under in discs[place + 1 :])
    keys = svg.keys(chart)
    assert [name for _mark, name in keys] == names
    for number, (mark, _name) in enumerate(keys, start=1):
        assert "".join(ElementTree.fromstring(mark).itertext()) == str(number)
