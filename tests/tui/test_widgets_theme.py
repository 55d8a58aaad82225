"""The palettes: readable, and told apart by color-blind eyes."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from drill.tui.canvas.look import Palette
from drill.tui.theme import DARK, LIGHT, THEMES, contrast, palette_for, textual_theme

TEXTS = ("text", "strong", "muted", "ok", "calm", "warn", "bad", "busy", "off")
PAPERS = ("background", "band", "tint", "pick")

# Viénot, Brettel and Mollon 1999: what remains of linear RGB without one kind of cones.
BLIND = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def lab(rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    r, g, b = rgb
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(color: str, eyes: str) -> tuple[float, float, float]:
    parsed = Color.parse(color)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parsed.normalized]
    if eyes != "normal":
        linear = [max(0.0, min(1.0, sum(w * c for w, c in zip(row, linear, strict=True)))) for row in BLIND[eyes]]
    return lab((linear[0], linear[1], linear[2]))


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda p: p.name)
def test_text_has_contrast_on_every_paper(palette: Palette) -> None:
    for text in TEXTS:
        for paper in PAPERS:
            ratio = contrast(Color.parse(getattr(palette, text)), Color.parse(getattr(palette, paper)))
            assert ratio >= 4.5, (palette.name, text, paper, round(ratio, 2))


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda p: p.name)
def test_bars_and_signs_stand_out_from_what_is_behind_them(palette: Palette) -> None:
    for sign in ("quiet", "warn_line", "bad_line"):
        assert contrast(Color.parse(getattr(palette, sign)), Color.parse(palette.background)) >= 2.4, sign
    for fill in ("calm", "warn", "bad", "busy"):
        assert contrast(Color.parse(getattr(palette, fill)), Color.parse(palette.track)) >= 3.0, fill


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda p: p.name)
@pytest.mark.parametrize("eyes", ["normal", "protanopia", "deuteranopia"])
def test_blue_amber_and_vermilion_stay_apart_for_every_eye(palette: Palette, eyes: str) -> None:
    for one, two in combinations((palette.calm, palette.warn, palette.bad), 2):
        a, b = seen(one, eyes), seen(two, eyes)
        distance = sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5
        assert distance >= 15, (one, two, round(distance, 1))


def test_any_theme_gives_a_palette() -> None:
    assert palette_for(THEMES[0]) is DARK and palette_for(THEMES[1]) is LIGHT
    for theme in BUILTIN_THEMES.values():
        found = palette_for(theme)
        for text in ("ok", "warn", "bad", "busy", "muted", "off"):
            assert contrast(Color.parse(getattr(found, text)), Color.parse(found.background)) >= 3, (theme.name, text)


def test_themes_carry_the_palette() -> None:
    theme = textual_theme(DARK)
    assert theme.background == DARK.background and theme.error == DARK.bad and theme.dark
