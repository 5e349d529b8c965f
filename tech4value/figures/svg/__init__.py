"""Charts drawn as accessible SVG: `render(chart, language)` for screens, with `palette=PRINT` for paper."""

from tech4value.figures.chart import (
    AreaBand,
    BarChart,
    BulletChart,
    Chart,
    Donut,
    Heatmap,
    LineChart,
    MilestoneTimeline,
    Sparkline,
    Waterfall,
)
from tech4value.figures.svg.areas import donut, heatmap, milestone_timeline
from tech4value.figures.svg.bars import bar_chart, bullet_chart
from tech4value.figures.svg.drawing import Drawing
from tech4value.figures.svg.lines import area_band, line_chart, sparkline
from tech4value.figures.svg.numbered import keys
from tech4value.figures.svg.palette import PRINT, SCREEN, Palette
from tech4value.figures.svg.steps import waterfall

__all__ = ["PRINT", "SCREEN", "Palette", "height_of", "keys", "render"]

ROW = 30


def height_of(chart: Chart) -> float:
    """The height that suits a chart: its rows when it has some."""
    match chart:
        case Sparkline():
            return 24
        case Heatmap():
            return 24 + ROW * max(len(chart.rows), 1)
        case BulletChart():
            return 4 + (ROW + 4) * max(len(chart.bullets), 1)
        case Waterfall():
            return 8 + ROW * max(len(chart.steps), 1)
        case MilestoneTimeline():
            return 28 + ROW * max(len(chart.milestones), 1)
        case BarChart() if chart.horizontal:
            slots = 1 if chart.stacked else max(len(chart.series), 1)
            return 28 + max(ROW, 16 * slots + 10) * max(len(chart.categories), 1)
        case Donut():
            return 180
        case _:
            return 240


def render(
    chart: Chart,
    language: str,
    *,
    width: float = 640,
    height: float | None = None,
    palette: Palette = SCREEN,
    numbered: bool = False,
) -> str:
    """The SVG markup. Any values are drawn: None leaves a gap, what is not finite is none. `numbered`: the lines of a
    line chart have numbers, which `keys` names."""
    if isinstance(chart, Sparkline):
        width = 88 if width == 640 else width
    drawing = Drawing(width, height_of(chart) if height is None else height, palette)
    match chart:
        case BarChart():
            bar_chart(chart, drawing, language)
        case LineChart():
            line_chart(chart, drawing, language, numbered=numbered)
        case AreaBand():
            area_band(chart, drawing, language)
        case Donut():
            donut(chart, drawing, language)
        case Heatmap():
            heatmap(chart, drawing, language)
        case BulletChart():
            bullet_chart(chart, drawing, language)
        case Waterfall():
            waterfall(chart, drawing, language)
        case MilestoneTimeline():
            milestone_timeline(chart, drawing, language)
        case Sparkline():
            sparkline(chart, drawing, language)
    css = "sparkline" if isinstance(chart, Sparkline) else _size(width)
    return drawing.markup(chart.title, chart.description, css)


def _size(width: float) -> str:
    """The class that keeps a drawing's words legible on a narrow screen, where it scrolls rather than shrinks."""
    if width <= 400:
        return "svg-chart-small"
    return "svg-chart" if width <= 700 else "svg-chart svg-chart-wide"
