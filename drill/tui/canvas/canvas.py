"""Canvas: a grid of cells that pure painters draw on, and how it becomes Textual strips, changed lines only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from drill.tui.canvas.ink import Ink, Paper
from drill.tui.canvas.look import Look
from drill.tui.canvas.text import cells, clip, plain, width_of

_RUN = re.compile(rb"(.)\1*", re.DOTALL)
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SHADE = "░"  # the empty part of a bar: a paper where there is color, this glyph where there is none


class Rect(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """The first column beyond it."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """The first line beyond it."""
        return self.y + self.h

    def contains(self, x: int, y: int) -> bool:
        """Tell whether the cell is inside."""
        return self.x <= x < self.x + self.w and self.y <= y < self.y + self.h


class Canvas:
    """``width`` x ``height`` cells. Whatever is drawn outside is cut off, never an error."""

    __slots__ = ("chars", "height", "inks", "papers", "width")

    def __init__(self, width: int, height: int, paper: Paper = Paper.PLAIN) -> None:
        self.width = width
        self.height = height
        self.chars: list[list[str]] = [[" "] * width for _ in range(height)]
        self.inks = [bytearray(width) for _ in range(height)]
        self.papers = [bytearray([paper]) * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, ink: Ink, paper: Paper | None = None, width: int | None = None) -> int:
        """Write ``text`` at (x, y), clipped to ``width``; the paper beneath stays unless given. Return the end's x."""
        if not 0 <= y < self.height or not text:
            return x
        if width is not None:
            text = clip(text, width)
        found = cells(text)
        end = x + len(found)
        left, right = max(x, 0), min(end, self.width)
        if right > left:
            self.chars[y][left:right] = found[left - x : right - x]
            count = right - left
            self.inks[y][left:right] = bytes((ink,)) * count
            if paper is not None:
                self.papers[y][left:right] = bytes((paper,)) * count
        return end

    def put_right(self, right: int, y: int, text: str, ink: Ink, paper: Paper | None = None) -> int:
        """Write ``text`` so that it ends before column ``right``. Return its first column."""
        x = right - width_of(text)
        self.put(x, y, text, ink, paper)
        return x

    def put_runs(self, x: int, y: int, runs: Sequence[tuple[str, Ink]], right: int) -> int:
        """Write several pieces one after another, clipped at column ``right``. Return the end's x."""
        for text, ink in runs:
            if x >= right:
                break
            x = self.put(x, y, text, ink, width=right - x)
        return x

    def fill(self, rect: Rect, paper: Paper) -> None:
        """Lay ``paper`` under a rectangle."""
        left, right = max(rect.x, 0), min(rect.right, self.width)
        if right > left:
            run = bytes((paper,)) * (right - left)
            for y in range(max(rect.y, 0), min(rect.bottom, self.height)):
                self.papers[y][left:right] = run

    def tone(self, rect: Rect, ink: Ink) -> None:
        """Give every cell of a rectangle the same ink."""
        left, right = max(rect.x, 0), min(rect.right, self.width)
        if right > left:
            run = bytes((ink,)) * (right - left)
            for y in range(max(rect.y, 0), min(rect.bottom, self.height)):
                self.inks[y][left:right] = run

    def column(self, x: int, top: int, bottom: int, glyph: str, ink: Ink) -> None:
        """Draw a vertical line of one glyph from ``top`` to ``bottom``, the latter not included."""
        if 0 <= x < self.width:
            for y in range(max(top, 0), min(bottom, self.height)):
                self.chars[y][x] = glyph
                self.inks[y][x] = ink

    def box(self, rect: Rect, ink: Ink) -> None:
        """Draw a box with round corners."""
        if rect.w < 2 or rect.h < 2:
            return
        rule = "─" * (rect.w - 2)
        self.put(rect.x, rect.y, f"╭{rule}╮", ink)
        self.put(rect.x, rect.bottom - 1, f"╰{rule}╯", ink)
        self.column(rect.x, rect.y + 1, rect.bottom - 1, "│", ink)
        self.column(rect.right - 1, rect.y + 1, rect.bottom - 1, "│", ink)

    def bar(self, x: int, y: int, width: int, share: float, ink: Ink) -> None:
        """Draw a bar of ``width`` cells, ``share`` of it full (0 to 1), to an eighth of a cell."""
        if width <= 0:
            return
        share = min(1.0, max(0.0, share))
        eighths = int(share * width * 8 + 0.5)
        if share > 0.0 and eighths == 0:
            eighths = 1
        full, part = divmod(eighths, 8)
        text = "█" * full + (_EIGHTHS[part] if part else "")
        self.put(x, y, _SHADE * width, Ink.LINE, Paper.TRACK)
        self.put(x, y, text, ink, Paper.TRACK)

    def gauge(self, x: int, y: int, width: int, share: float, ink: Ink) -> None:
        """Draw a thin bar, ``share`` of it full: for what is left of something, and how far something is."""
        halves = int(min(1.0, max(0.0, share)) * width * 2 + 0.5)
        full, half = divmod(halves, 2)
        self.put(x, y, "─" * width, Ink.LINE)
        self.put(x, y, "━" * full + ("╸" if half else ""), ink)

    def looks(self, y: int) -> bytes:
        """Return one byte per cell of line ``y``: ink | paper."""
        inks, papers = self.inks[y], self.papers[y]
        both = int.from_bytes(inks, "big") | int.from_bytes(papers, "big")
        return both.to_bytes(self.width, "big")

    def strip(self, y: int, look: Look) -> Strip:
        """Return line ``y`` as a strip."""
        chars, looks, segments = self.chars[y], self.looks(y), []
        for match in _RUN.finditer(looks):
            start, end = match.span()
            text = "".join(chars[start:end])
            if look.ascii:
                text = plain(text)
            elif look.color and _SHADE in text:
                text = text.replace(_SHADE, " ")
            if text:
                segments.append(Segment(text, look.style(looks[start])))
        return Strip(segments, self.width)

    def difference(self, other: Canvas, y: int) -> tuple[int, int] | None:
        """Return the columns (first, end) in which line ``y`` differs from that of a canvas of the same size."""
        chars, others = self.chars[y], other.chars[y]
        same = self.inks[y] == other.inks[y] and self.papers[y] == other.papers[y]
        if same and chars == others:
            return None
        looks, older = self.looks(y), other.looks(y)
        first, last = 0, self.width - 1
        while first < last and chars[first] == others[first] and looks[first] == older[first]:
            first += 1
        while last > first and chars[last] == others[last] and looks[last] == older[last]:
            last -= 1
        return first, last + 1

    def text(self, y: int) -> str:
        """Return line ``y`` as text (for tests and for looking at it)."""
        return "".join(self.chars[y])


def paint_strips(canvas: Canvas, look: Look) -> list[Strip]:
    """Return the whole canvas as strips."""
    return [canvas.strip(y, look) for y in range(canvas.height)]
