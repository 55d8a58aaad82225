"""How commands print: tables and one JSON document on standard output, progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any


def table(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Lay out ``rows`` (the first is the heading) in columns two spaces apart; ``right``: columns of numbers."""
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            " " * (wide - width(cell)) + cell if i in right else cell + " " * (wide - width(cell))
            for i, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def width(text: str) -> int:
    """Return how many columns ``text`` takes in a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def stars(count: int, ascii_only: bool = False) -> str:
    """Show 0 to 3 stars, three characters wide."""
    full, empty = ("*", "-") if ascii_only else ("★", "☆")
    return full * count + empty * (3 - count)


def print_json(document: Any) -> None:
    """Print one JSON document, its keys in the order given."""
    import msgspec

    from drill.model.units import plain

    raw = msgspec.json.encode(document, enc_hook=plain)
    sys.stdout.write(msgspec.json.format(raw, indent=2).decode() + "\n")


class Progress:
    """What long work says on standard error: one line that is rewritten in a terminal, few plain lines elsewhere."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.live = sys.stderr.isatty()
        self.quarter = 0

    def to(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` is done."""
        if self.live:
            print(f"\r{self.what} {done} of {total}\x1b[K", end="", file=sys.stderr, flush=True)
        elif total >= 8 and done * 4 // total > self.quarter:
            self.quarter = done * 4 // total
            print(f"{self.what} {done} of {total}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Leave the line clean for what follows."""
        if self.live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
