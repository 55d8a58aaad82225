"""Text in cells: cleaning, clipping, wrapping, plain-ASCII stand-ins, and how figures are written."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rich.cells import cell_len

#: One stand-in for each glyph that this program draws, for terminals without them.
ASCII = str.maketrans(
    {
        "●": "o", "▲": "!", "✖": "X", "◐": "%", "○": ".", "◌": ".", "◆": "*", "◎": "@", "■": "#", "▣": "#", "▤": "=",
        "─": "-", "━": "=", "│": "|", "┃": "|", "╌": "-", "╍": "=", "╎": ":", "╏": ":", "╽": "|", "╿": "|",
        "╼": "=", "╾": "=", "┌": "+", "┐": "+", "└": "+", "┘": "+", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "├": "+",
        "┤": "+", "┬": "+", "┴": "+", "┼": "+", "╷": "|", "╵": "|", "╴": "-", "╶": "-", "╳": "X",
        "▶": ">", "▷": ">", "◀": "<", "◁": "<", "▼": "v", "▽": "v", "△": "^", "→": ">", "←": "<", "↑": "^", "↓": "v",
        "▸": ">", "▹": ">", "›": ">", "‹": "<", "»": ">", "▌": "|", "▐": "|", "▎": "|", "▏": "|", "▍": "|",
        "▁": "_", "▂": ".", "▃": "-", "▄": "=", "▅": "+", "▆": "*", "▇": "%", "█": "#", "▊": "#", "▋": "=", "▉": "#",
        "░": ".", "▒": ":", "▓": "#", "·": "-", "…": "~", "×": "x", "–": "-", "—": "-", "“": '"', "”": '"',
        "‘": "'", "’": "'", "✔": "+", "⏸": "=", "‖": "=", "≥": ">", "≤": "<", "¬": "-", "⇄": "=", "≋": "~", "▥": "=",
        "▭": "-", "±": "~", "╸": "-", "╹": "|", "▔": "-", "▕": "|", "≣": "=", "µ": "u", "°": "o", "⇢": ">", "⇠": "<",
    }
)  # fmt: skip


@lru_cache(maxsize=4096)
def cells(text: str) -> tuple[str, ...]:
    """Return ``text`` as one entry per cell: a wide character takes two, the second empty.

    Whatever could act on a terminal instead of being shown (control, escape, bidi, zero-width) is left out.
    """
    if text.isascii() and text.isprintable():
        return tuple(text)
    out: list[str] = []
    for char in text:
        if unicodedata.category(char)[0] == "C" or unicodedata.category(char) in ("Zl", "Zp"):
            continue
        width = cell_len(char)
        if width == 1:
            out.append(char)
        elif width == 2:
            out += (char, "")
    return tuple(out)


def width_of(text: str) -> int:
    """Return how many cells ``text`` takes."""
    return len(text) if text.isascii() and text.isprintable() else len(cells(text))


def plain(text: str) -> str:
    """Return ``text`` in ASCII: this program's glyphs by their stand-ins, anything else as ``?``, wide ones as two."""
    if text.isascii():
        return text
    text = text.translate(ASCII)
    return text if text.isascii() else "".join(c if c.isascii() else "?" * max(1, cell_len(c)) for c in text)


def clip(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells, with an ellipsis where something was left out."""
    if width <= 0:
        return ""
    found = cells(text)
    if len(found) <= width:
        return text
    kept = list(found[: width - 1])
    if kept and found[width - 1] == "":  # half of a wide character
        kept.pop()
    return "".join(kept).rstrip() + "…"


def clip_name(name: str, width: int) -> str:
    """Return a name in at most ``width`` cells that keeps what tells it from its neighbors: ``ch…12``."""
    if width_of(name) <= width:
        return name
    tail = name.rpartition("-")[2]
    if not name.isascii() or tail == name or not 0 < len(tail) <= width - 1:
        return clip(name, width)
    return f"{name[: width - 1 - len(tail)]}…{tail}"


def wrap(text: str, width: int, lines: int) -> list[str]:
    """Return ``text`` in at most ``lines`` lines of ``width`` cells, broken between words; the last one clipped."""
    if width < 1 or lines < 1:
        return []
    out: list[str] = [""]
    for word in text.split():
        joined = f"{out[-1]} {word}" if out[-1] else word
        if width_of(joined) <= width:
            out[-1] = joined
        elif len(out) == lines:  # no room for the rest: end with a whole word, if there is one
            while " " in out[-1] and width_of(out[-1]) + 2 > width:
                out[-1] = out[-1].rpartition(" ")[0]
            out[-1] = f"{out[-1]} …" if out[-1] and width_of(out[-1]) + 2 <= width else clip(f"{out[-1]}{word}", width)
            return out
        elif not out[-1]:
            out[-1] = clip(word, width)
        else:
            out.append(word if width_of(word) <= width else clip(word, width))
    return out


def clock(ms: int) -> str:
    """Return a time as mm:ss, or h:mm:ss from an hour on."""
    seconds = max(0, ms) // 1000
    hours, minutes = seconds // 3600, seconds // 60
    return f"{hours}:{minutes % 60:02d}:{seconds % 60:02d}" if hours else f"{minutes:02d}:{seconds % 60:02d}"


def span(ms: int) -> str:
    """Return a length of time as a person says it: ``41 s``, ``2 m 05 s``, ``1 h 10 m``."""
    seconds = max(0, ms + 999) // 1000
    if seconds < 100:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds // 60 % 60:02d} m"


def short_span(ms: int) -> str:
    """Return a length of time in little room: ``41 s``, ``2:20``."""
    return span(ms) if ms < 100_000 else clock(ms + 999).lstrip("0")


def age(ms: int) -> str:
    """Return how long ago something was, as coarsely as it matters: ``81s``, ``5m``, ``1h``."""
    seconds = max(0, ms) // 1000
    return f"{seconds}s" if seconds < 100 else f"{seconds // 60}m" if seconds < 5400 else f"{seconds // 3600}h"


def number(value: float) -> str:
    """Return a figure in at most five characters or so: ``0.4``, ``38``, ``1,204``, ``18.2k``, ``3.1M``."""
    size = abs(value)
    if size >= 1_000_000:
        return f"{value / 1_000_000:.1f}M"
    if size >= 10_000:
        return f"{value / 1000:.1f}k"
    if size >= 10 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}"


def rate(value: float) -> str:
    """Return a rate: ``1,130/s``."""
    return f"{number(value)}/s"


def percent(share: float, digits: int = 0) -> str:
    """Return a share of one in percent: ``131 %``."""
    return f"{share * 100:.{digits}f} %"


_LEVELS = "▁▂▃▄▅▆▇"  # never full, so that lines below each other stay apart


def sparkline(values: Sequence[float | None], width: int, top: float | None = None, floor: float = 0.0) -> str:
    """Return the last ``width`` values as one column each, from ``floor`` to ``top``; a dot where no data came."""
    shown = values[-width:] if width > 0 else ()
    known = [v for v in shown if v is not None]
    high = top if top is not None else max(known, default=1.0)
    reach = (high - floor) or 1.0
    return "".join("·" if v is None else _LEVELS[min(6, max(0, int((v - floor) / reach * 6.999)))] for v in shown)
