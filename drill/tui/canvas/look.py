"""Look: how inks and papers come out on this terminal: in color, without color (NO_COLOR), in plain ASCII."""

from __future__ import annotations

import msgspec
from rich.style import Style

from drill.tui.canvas.ink import Ink, Paper


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """Colors by meaning, as ``#rrggbb``. Text colors keep a contrast of at least 4.5 on every paper they stand on."""

    name: str
    dark: bool
    background: str
    band: str
    track: str
    tint: str
    pick: str
    text: str
    strong: str
    muted: str
    line: str
    ok: str
    calm: str
    quiet: str
    warn: str
    bad: str
    busy: str
    off: str
    warn_line: str
    bad_line: str


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a widget draws with. ``color`` False: bold, dim and reverse only."""

    palette: Palette
    color: bool = True
    ascii: bool = False

    def style(self, key: int) -> Style:
        """Return the style of one cell byte: ink | paper."""
        memo = _STYLES.get((self.palette, self.color))
        if memo is None:
            memo = _STYLES[self.palette, self.color] = {}
        style = memo.get(key)
        if style is None:
            ink, paper = Ink(key & 31), Paper(key & 0xE0)
            style = memo[key] = colored(self.palette, ink, paper) if self.color else bare(ink, paper)
        return style


_STYLES: dict[tuple[Palette, bool], dict[int, Style]] = {}

_BOLD = (Ink.STRONG, Ink.OK_STRONG, Ink.WARN_STRONG, Ink.BAD_STRONG, Ink.BUSY_STRONG, Ink.OFF_STRONG, Ink.KEY)
_NAMES: dict[Ink, str] = {
    Ink.TEXT: "text",
    Ink.STRONG: "strong",
    Ink.MUTED: "muted",
    Ink.LINE: "line",
    Ink.OK: "ok",
    Ink.WARN: "warn",
    Ink.BAD: "bad",
    Ink.BUSY: "busy",
    Ink.OFF: "off",
    Ink.OK_STRONG: "ok",
    Ink.WARN_STRONG: "warn",
    Ink.BAD_STRONG: "bad",
    Ink.BUSY_STRONG: "busy",
    Ink.OFF_STRONG: "off",
    Ink.WARN_LINE: "warn_line",
    Ink.BAD_LINE: "bad_line",
    Ink.CALM: "calm",
    Ink.KEY: "strong",
    Ink.QUIET: "quiet",
}
_PAPERS: dict[Paper, str] = {
    Paper.PLAIN: "background",
    Paper.TRACK: "track",
    Paper.TINT: "tint",
    Paper.PICK: "pick",
    Paper.FLASH: "background",
    Paper.BAND: "band",
    Paper.FOUND: "background",
}


def colored(palette: Palette, ink: Ink, paper: Paper) -> Style:
    """Return the style of ``ink`` on ``paper`` in colors."""
    front, back = getattr(palette, _NAMES[ink]), getattr(palette, _PAPERS[paper])
    bold = ink in _BOLD
    if paper is Paper.FLASH:  # the eye is drawn by turning the cell over, whatever its color
        front, back, bold = back, palette.text if ink in (Ink.LINE, Ink.MUTED) else front, True
    elif paper is Paper.FOUND:
        front, back = back, palette.warn
    return Style(color=front, bgcolor=back, bold=bold or None)


def bare(ink: Ink, paper: Paper) -> Style:
    """Return the style of ``ink`` on ``paper`` without any color."""
    turned = paper in (Paper.FLASH, Paper.FOUND) or (paper is Paper.PICK and ink in _BOLD)
    dim = ink in (Ink.LINE, Ink.MUTED, Ink.OFF, Ink.QUIET) and not turned
    bold = ink in _BOLD or ink in (Ink.BAD, Ink.BAD_LINE)
    return Style(bold=bold or None, dim=dim or None, reverse=turned or None)
