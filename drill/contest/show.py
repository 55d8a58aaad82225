"""Show: a board as lines of text, as comma-separated values, and as one HTML page that needs nothing else."""

from __future__ import annotations

import csv
import html
import io

from drill.contest.board import Board, Cell, Column, Line
from drill.contest.event import time_text
from drill.model.units import DAY, duration_text

MANY_DAYS = 99  # beyond them a date says more than how many days are left
TIES = {"earliest": "equal points: who had them earlier", "shared": "equal points share a rank"}


def points_text(thousandths: int) -> str:
    """Return points as people read them: ``742``, ``742.5``; cut, never rounded up."""
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest // 100}" if rest >= 100 else str(whole)


def cell_text(cell: Cell) -> str:
    """Return what a team has on a level: ``742``, a star behind it for who restored it first; ``-`` not played."""
    if not cell.played:
        return "-"
    return points_text(cell.mean) + ("*" if cell.first else "")


def spread_text(cell: Cell) -> str:
    """Return the points of the worst and the best seed: ``510-890``; "" where there is but one."""
    return f"{cell.low}-{cell.high}" if cell.played > 1 else ""


def moved_text(line: Line) -> str:
    """Return how many ranks a team has gained or lost."""
    return f"+{line.moved}" if line.moved > 0 else str(line.moved) if line.moved else ""


def notes(line: Line) -> str:
    """Return what of a team does not rank: ``2 waiting, 1 late``."""
    rows = [(line.waiting, "waiting"), (line.held, "held"), (line.late, "late")]
    return ", ".join(f"{count} {word}" for count, word in rows if count)


def left_text(shown: Board, now: int) -> str:
    """Return how much time is left at ``now``, or what the event waits for."""
    if now < shown.opens:
        soon = shown.opens - now < 2 * DAY
        return f"opens in {duration_text(shown.opens - now)}" if soon else f"opens {time_text(shown.opens)}"
    left = shown.closes - now
    if left <= 0:
        return "ended"
    if left > MANY_DAYS * DAY:
        return f"open until {time_text(shown.closes)}"
    return f"{left // DAY} days left" if left >= 2 * DAY else f"{duration_text(left)} left"


def headline(shown: Board, now: int) -> str:
    """Return the line over a board: its title, the time left, and whether it stands still."""
    parts = [shown.title, *([shown.bracket] if shown.bracket else []), left_text(shown, now)]
    if shown.frozen:
        parts.append(f"FROZEN at {time_text(shown.at)}")
    return " · ".join(parts)


def head_of(column: Column) -> str:
    """Return what stands over a level's points."""
    notes = [f"x{column.weight}"] if column.weight > 1 else []
    notes += [f"{column.seeds} seeds"] if column.seeds > 1 else []
    return f"{column.level} ({', '.join(notes)})" if notes else column.level


def page_lines(shown: Board, now: int) -> list[str]:
    """Return the board as lines of text."""
    rows = [["rank", "", "team", "points", *(head_of(column) for column in shown.columns), ""]]
    for line in shown.lines:
        cells = [f"{cell_text(cell)} {spread_text(cell)}".rstrip() for cell in line.cells]
        rows.append([str(line.rank), moved_text(line), line.team, points_text(line.total), *cells, notes(line)])
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    right = (0, 1, 3)
    lines = [headline(shown, now), ""]
    for row in rows:
        parts = [
            text.rjust(w) if n in right else text.ljust(w) for n, (text, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
    return [*lines, "", f"* first to restore it. {TIES[shown.tie].capitalize()}."]


def csv_text(shown: Board) -> str:
    """Return the board for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = [
        f"{column.level} {part}" for column in shown.columns for part in ("points", "low", "high", "played", "first")
    ]
    writer.writerow(["rank", "moved", "team", "bracket", "points", "waiting", "held", "late", *heads])
    for line in shown.lines:
        row: list[object] = [line.rank, line.moved, _plain(line.team), _plain(line.bracket), points_text(line.total)]
        row += [line.waiting, line.held, line.late]
        for cell in line.cells:
            row += [points_text(cell.mean), cell.low, cell.high, cell.played, "yes" if cell.first else "no"]
        writer.writerow(row)
    return out.getvalue()


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


_STYLE = """
body{font:16px/1.4 system-ui,sans-serif;margin:2rem;background:#111827;color:#e5e7eb}
h1{font-size:1.6rem;margin:0}p{color:#9ca3af;margin:.3rem 0 1rem}
table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;text-align:right;white-space:nowrap}
th{color:#9ca3af;font-weight:500;border-bottom:1px solid #374151;vertical-align:bottom}
td.t,th.t{text-align:left}tr:nth-child(even) td{background:#1a2332}
td.p{font-weight:700}small{color:#9ca3af;margin-left:.4em}.f{color:#fbbf24}.u{color:#60a5fa}.d{color:#f97316}
@media print{body{background:#fff;color:#000}tr:nth-child(even) td{background:#eee}}
"""


def html_page(shown: Board) -> str:
    """Return the board as one self-contained page: no script, nothing to fetch, every name escaped."""
    heads = "".join(f'<th scope="col">{_cell_head(column)}</th>' for column in shown.columns)
    rows = "".join(_row(line) for line in shown.lines)
    state = "frozen at" if shown.frozen else "as of"
    title = html.escape(shown.title)
    more = f" · {html.escape(shown.bracket)}" if shown.bracket else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>{title}{more}</h1><p>{state} {time_text(shown.at)} · closes {time_text(shown.closes)} · "
        f'<span class="f">★</span> first to restore · {TIES[shown.tie]}</p>\n'
        f'<table><thead><tr><th scope="col">#</th><th></th><th scope="col" class="t">team</th>'
        f'<th scope="col">points</th>{heads}<th></th></tr></thead>\n<tbody>{rows}</tbody></table></body></html>\n'
    )


def _cell_head(column: Column) -> str:
    return html.escape(head_of(column))


def _row(line: Line) -> str:
    kind = "u" if line.moved > 0 else "d"
    moved = f'<span class="{kind}">{"▲" if line.moved > 0 else "▼"}{abs(line.moved)}</span>' if line.moved else ""
    cells = ""
    for cell in line.cells:
        star = ' <span class="f" title="first to restore">★</span>' if cell.first else ""
        spread = f"<small>{spread_text(cell)}</small>" if spread_text(cell) else ""
        cells += f"<td>{points_text(cell.mean) if cell.played else '·'}{star}{spread}</td>"
    bracket = f"<small>{html.escape(line.bracket)}</small>" if line.bracket else ""
    return (
        f'<tr><td>{line.rank}</td><td>{moved}</td><td class="t">{html.escape(line.team)}{bracket}</td>'
        f'<td class="p">{points_text(line.total)}</td>{cells}<td class="t"><small>{notes(line)}</small></td></tr>\n'
    )
