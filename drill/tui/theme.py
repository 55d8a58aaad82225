"""The palette, dark and light, as Textual themes; and the palette that goes with any other theme.

Blue, amber, vermilion and violet (after Okabe and Ito) stay apart for color-blind eyes; gray is what is not known.
Color is never alone: every state has a glyph and a word.
"""

from __future__ import annotations

from textual.color import Color
from textual.theme import Theme

from drill.tui.canvas.look import Palette

DARK = Palette(
    name="drill-dark",
    dark=True,
    background="#0b1020",
    band="#121a2e",
    track="#26304a",
    tint="#27141a",
    pick="#1c2a4d",
    text="#c5cee0",
    strong="#f2f5fb",
    muted="#8f9ab3",
    line="#3b4764",
    ok="#62bdf2",
    calm="#549bd4",
    quiet="#3f71a0",
    warn="#f7c95c",
    bad="#ff8050",
    busy="#c6acff",
    off="#8793ab",
    warn_line="#a8863a",
    bad_line="#d9653a",
)

LIGHT = Palette(
    name="drill-light",
    dark=False,
    background="#fafbfd",
    band="#edf0f6",
    track="#d5dce8",
    tint="#fdeeee",
    pick="#dce8fa",
    text="#273248",
    strong="#0b1326",
    muted="#505c75",
    line="#b3bccd",
    ok="#00609f",
    calm="#1f669c",
    quiet="#5d8db5",
    warn="#8a5d00",
    bad="#a3162b",
    busy="#6a3fb8",
    off="#5a657c",
    warn_line="#c08a1c",
    bad_line="#c8384a",
)


def contrast(front: Color, back: Color) -> float:
    """Return the WCAG 2 contrast ratio of two colors, from 1 to 21."""
    high, low = sorted((_luminance(front), _luminance(back)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)


def textual_theme(palette: Palette) -> Theme:
    """Return ``palette`` as a Textual theme, for everything that is not drawn on a canvas."""
    return Theme(
        name=palette.name,
        primary=palette.ok,
        secondary=palette.busy,
        accent=palette.ok,
        warning=palette.warn,
        error=palette.bad,
        success=palette.ok,
        foreground=palette.text,
        background=palette.background,
        surface=palette.band,
        panel=palette.track,
        dark=palette.dark,
        variables={name: getattr(palette, color) for name, color in _VARIABLES.items()}
        | {"block-cursor-text-style": "bold"},
    )


_VARIABLES = {
    "border": "ok",
    "border-blurred": "line",
    "block-cursor-background": "pick",
    "block-cursor-foreground": "strong",
    "block-cursor-blurred-background": "pick",
    "block-cursor-blurred-foreground": "text",
    "footer-background": "background",
    "footer-foreground": "muted",
    "footer-key-foreground": "strong",
    "footer-key-background": "track",
    "footer-description-foreground": "muted",
    "footer-description-background": "background",
    "footer-item-background": "background",
    "input-cursor-background": "strong",
    "input-cursor-foreground": "background",
    "input-selection-background": "pick",
    "scrollbar": "track",
    "scrollbar-background": "background",
    "scrollbar-corner-color": "background",
    "scrollbar-hover": "line",
    "scrollbar-active": "muted",
    "scrollbar-background-hover": "background",
    "scrollbar-background-active": "background",
}

THEMES: tuple[Theme, ...] = (textual_theme(DARK), textual_theme(LIGHT))


def palette_for(theme: Theme) -> Palette:
    """Return the palette to draw canvases with under ``theme``: our own, or one mixed from any other theme's colors."""
    for own in (DARK, LIGHT):
        if theme.name == own.name:
            return own
    base = DARK if theme.dark else LIGHT
    found = theme.to_color_system().generate()
    back, text = _taken(found, "background", base.background), _taken(found, "foreground", base.text)
    ok, warn = _taken(found, "primary", base.ok), _taken(found, "warning", base.warn)
    bad, busy = _taken(found, "error", base.bad), _taken(found, "accent", base.busy)

    def readable(color: Color) -> str:
        return _readable(color, back, text)

    return Palette(
        name=theme.name,
        dark=theme.dark,
        background=back.hex6,
        band=_taken(found, "surface", base.band).hex6,
        track=back.blend(text, 0.18).hex6,
        tint=back.blend(bad, 0.12).hex6,
        pick=back.blend(ok, 0.22).hex6,
        text=text.hex6,
        strong=text.hex6,
        muted=readable(text.blend(back, 0.35)),
        line=back.blend(text, 0.25).hex6,
        ok=readable(ok),
        calm=readable(ok),
        quiet=ok.blend(back, 0.3).hex6,
        warn=readable(warn),
        bad=readable(bad),
        busy=readable(busy),
        off=readable(text.blend(back, 0.45)),
        warn_line=warn.hex6,
        bad_line=bad.hex6,
    )


def _taken(found: dict[str, str], name: str, fallback: str) -> Color:
    """Return a theme's color, or ``fallback`` where the theme leaves it to the terminal."""
    try:
        color = Color.parse(found.get(name, fallback))
    except ValueError:
        color = Color.parse(fallback)
    return color if color.ansi is None and color.a == 1.0 else Color.parse(fallback)


def _readable(color: Color, back: Color, text: Color) -> str:
    """Return ``color``, moved towards ``text`` until it can be read on ``back``."""
    mix = color
    for step in range(1, 10):
        if contrast(mix, back) >= 4.5:
            break
        mix = color.blend(text, step / 9)
    return mix.hex6
