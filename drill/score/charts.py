"""Charts: what users got over time, and who knew and did what when; as SVG and in characters. No library, no fetch."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from drill.model.units import clock_text
from drill.score.page import Picture

WIDE, LEFT = 760, 92  # px of a chart, and of the names at its left
BLOCKS = "▁▂▃▄▅▆▇█"
COLUMNS = 60  # of a chart in characters
#: Lanes of the timeline: name and color variable, from what was true down to what was said.
LANES = {"true": "--bad", "known": "--warn", "done": "--ok", "said": "--busy", "by hand": "--soft"}

#: One mark: ms, lane, text.
Mark = tuple[int, str, str]


def served_chart(shares: Sequence[float | None], length: int, down: Sequence[tuple[int, int]], floor: float) -> Picture:
    """Return the share of good answers over ``length`` ms, in equal steps; ``down``: when users were down (ms)."""
    high, top = 130, 12
    span = max(1, length)

    def x(at: float) -> float:
        return round(LEFT + (WIDE - LEFT - 10) * at / span, 1)

    def y(share: float) -> float:
        return round(top + high * (1.0 - share), 1)

    parts = []
    for a, b in down:
        size = f'y="{top}" width="{max(1.0, x(b) - x(a)):.1f}" height="{high}"'
        parts.append(f'<rect x="{x(a)}" {size} fill="var(--bad)" opacity=".14"/>')
    for level in (0.0, 0.5, 1.0):
        parts.append(f'<path d="M{LEFT} {y(level)}H{WIDE - 10}" stroke="var(--line)"/>')
        parts.append(_word(LEFT - 8, y(level) + 4, f"{level:.0%}", "end"))
    parts.append(f'<path d="M{LEFT} {y(floor)}H{WIDE - 10}" stroke="var(--warn)" stroke-dasharray="4 3"/>')
    step = span / max(1, len(shares))
    line, pen = [], "M"
    for n, share in enumerate(shares):
        if share is None:
            pen = "M"
            continue
        line.append(f"{pen}{x((n + 0.5) * step)} {y(share)}")
        pen = "L"
    parts.append(f'<path d="{"".join(line)}" fill="none" stroke="var(--ok)" stroke-width="2"/>')
    parts += _hours(span, top + high + 16)
    worst = min((share for share in shares if share is not None), default=1.0)
    title = f"Share of requests answered well over the drill, at worst {worst:.0%}; shaded: users were down"
    return Picture(_svg(top + high + 24, parts, title), _spark(shares, length, floor))


def timeline_chart(marks: Sequence[Mark], length: int) -> Picture:
    """Return what was true, known, done and said as ticks in lanes, one below the other."""
    span, gap, top = max(1, length), 24, 8
    lanes = [lane for lane in LANES if any(mark[1] == lane for mark in marks)]
    parts: list[str] = []
    for n, lane in enumerate(lanes):
        middle = top + gap * n + gap / 2
        parts.append(_word(LEFT - 8, middle + 4, lane, "end"))
        parts.append(f'<path d="M{LEFT} {middle}H{WIDE - 10}" stroke="var(--line)"/>')
        for at, of, text in marks:
            if of == lane:
                x = round(LEFT + (WIDE - LEFT - 10) * min(at, span) / span, 1)
                tip = f"<title>{escape(f'T+{clock_text(at)} {text}')}</title>"
                size = f'x="{x - 2}" y="{middle - 8}" width="4" height="16" rx="1"'
                parts.append(f'<rect {size} fill="var({LANES[lane]})">{tip}</rect>')
    parts += _hours(span, top + gap * len(lanes) + 14)
    words = [f"{lane:>8} {_ticks([at for at, of, _ in marks if of == lane], span)}" for lane in lanes]
    return Picture(
        _svg(top + gap * len(lanes) + 22, parts, "What was true, known, done and said, over the drill"),
        "\n".join([*words, _scale(length, 9)]),
    )  # fmt: skip


def _svg(height: float, parts: list[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDE} {height:.0f}" role="img" font-family="system-ui,sans-serif" font-size="12">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _word(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="var(--soft)">{escape(text)}</text>'


def _hours(span: int, y: float) -> list[str]:
    """Return the times under a chart."""
    return [
        _word(round(LEFT + (WIDE - LEFT - 10) * n / 5, 1), y, clock_text(span * n // 5), "middle" if n < 5 else "end")
        for n in range(6)
    ]


def _spark(shares: Sequence[float | None], length: int, floor: float) -> str:
    """Return the curve in characters: a full block is everybody served, ``·`` is nobody asking."""
    cells = []
    for n in range(COLUMNS):
        part = shares[n * len(shares) // COLUMNS : max(1, (n + 1) * len(shares) // COLUMNS)]
        known = [share for share in part if share is not None]
        low = min(known, default=None)
        cells.append("·" if low is None else BLOCKS[-1] if low >= floor else BLOCKS[min(6, int(low * 7))])
    return f"  served {''.join(cells)}\n{_scale(length, 9)}"


def _ticks(times: list[int], span: int) -> str:
    cells = ["·"] * COLUMNS
    for at in times:
        cells[min(COLUMNS - 1, at * COLUMNS // span)] = "|"
    return "".join(cells)


def _scale(length: int, left: int) -> str:
    end = clock_text(length)
    return f"{'':{left}}00:00{end:>{COLUMNS - 5}}"
