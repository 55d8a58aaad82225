"""AsciiFilter: with ``--ascii``, whatever any widget draws reaches the terminal in ASCII, cell by cell."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from drill.tui.canvas.text import plain


class AsciiFilter(LineFilter):
    """Replaces glyphs by their stand-ins of the same width, after everything is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in ASCII; control sequences stay as they are."""
        return [s if s.control or s.text.isascii() else Segment(plain(s.text), s.style) for s in segments]
