"""Colours and sizes come from tokens.css, can be read in light and dark, and by those who see colours otherwise."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from tech4value.figures.svg.palette import PRINT
from tech4value.web.assets import PACKAGE_FILES, package_file

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
PAIRS = (
    dict(re.findall(r"--([\w-]+): light-dark\((#\w+), (?:#\w+)\)", TOKENS)),
    dict(re.findall(r"--([\w-]+): light-dark\(#\w+, (#\w+)\)", TOKENS)),
)
THEMES = {"light": PAIRS[0], "dark": PAIRS[1]}

GROUNDS = ("page", "surface", "raised", "sunken", "hover", "pressed")
TEXT_ON = [
    *[(text, ground) for text in ("text", "text-muted") for ground in GROUNDS],
    *[("text-faint", ground) for ground in ("page", "surface", "raised", "neutral-3")],
    ("accent-text", "page"), ("accent-text", "surface"), ("accent-text", "accent-soft"),
    ("on-accent", "accent"), ("on-accent", "accent-hover"), ("text", "accent-soft"), ("text", "accent-line"),
    *[(f"{hue}-text", ground) for hue in ("good", "warning", "bad") for ground in ("surface", "page", f"{hue}-soft")],
    ("on-status", "bad"), ("text-muted", "neutral-4"), ("neutral-11", "neutral-4"), ("neutral-12", "neutral-6"),
    ("neutral-1", "neutral-12"), ("chart-axis", "surface"),
]  # fmt: skip
# What is not text but must be seen: shapes of status, edges of controls, focus.
SHAPE_ON = [
    *[(name, "surface") for name in ("good", "warning", "bad", "neutral-9", "control-line", "accent")],
    ("accent", "page"), ("chart-actual", "surface"),
]  # fmt: skip


def channels(colour: str) -> tuple[float, float, float]:
    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[index : index + 2], 16)) for index in (1, 3, 5))
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""
    light = sorted(
        (0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (channels(one), channels(other))), reverse=True
    )
    return (light[0] + 0.05) / (light[1] + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON)
def test_shapes_can_be_seen(theme: str, shape: str, ground: str) -> None:
    assert contrast(THEMES[theme][shape], THEMES[theme][ground]) >= 3


def seen(colour: str, kind: str) -> tuple[float, float, float]:
    """How a person of that vision sees a colour (Machado, Oliveira and Fernandes 2009, severity 1), in CIE Lab."""
    matrices = {
        "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        "protanopia": (
            (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
        ),
        "deuteranopia": (
            (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881),
        ),
    }  # fmt: skip
    rgb = channels(colour)
    r, g, b = (min(max(sum(k * c for k, c in zip(row, rgb, strict=True)), 0), 1) for row in matrices[kind])
    x, y, z = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["normal", "protanopia", "deuteranopia"])
def test_series_can_be_told_apart(theme: str, kind: str) -> None:
    palette = [THEMES[theme][f"chart-{index}"] for index in range(1, 7)]
    for one, other in combinations(palette, 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen(one, kind), seen(other, kind), strict=True)) ** 0.5
        assert distance >= 15, f"{one} and {other} look alike ({kind}): {distance:.0f}"


def test_paper_has_the_light_theme_s_colours() -> None:
    light = THEMES["light"]
    assert PRINT.plan == light["chart-plan"]
    assert PRINT.actual == light["chart-actual"]
    assert PRINT.baseline == light["chart-baseline"]
    assert PRINT.others == tuple(light[f"chart-{index}"] for index in range(1, 7))
    assert PRINT.axis == light["chart-axis"]
    assert PRINT.status["at_risk"] == light["warning"]


SHEETS = [path for path in sorted(CSS.rglob("*.css")) if path.name != "tokens.css"]
RAW = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab)\(|(?<![\w-])\d*\.?\d+(?:px|rem|em|pt|ch|mm|ms|s)\b"
)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_raw_colours_and_sizes_are_in_the_tokens_file_only(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    # Custom properties cannot be used in a media query.
    text = re.sub(r"@media[^{]*\{", "{", text)
    assert RAW.findall(text) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_token_used_exists(sheet: Path) -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", sheet.read_text()))
    assert used <= set(re.findall(r"--([\w-]+):", TOKENS))


def test_served_files_of_packages_exist() -> None:
    assert all(package_file(name).stat().st_size > 1000 for name in PACKAGE_FILES)


@pytest.mark.parametrize("name", [name for name in PACKAGE_FILES if name.endswith(".ttf")])
def test_the_typeface_has_figures_of_one_width_and_the_signs_that_we_write(name: str) -> None:
    font = TTFont(package_file(name))
    glyphs = font.getBestCmap()
    assert len({font["hmtx"][glyphs[ord(digit)]][0] for digit in "0123456789"}) == 1
    assert all(ord(sign) in glyphs for sign in "\u202f\u00a0\u2212€’…–↑→")
