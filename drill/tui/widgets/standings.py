"""Standings: an event's board, made to be projected: large tables page by themselves, only what is seen is drawn."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from drill.contest.board import Board, Cell, Line
from drill.contest.show import head_of, notes, points_text, spread_text
from drill.tui.canvas.text import width_of

_HEAD = 2  # lines over the teams
_TEAM = 26  # columns of a team's name at most
_POINTS, _SPREAD = 6, 9  # columns of 1000.5, of 1000-1000
_PARTS = ("text", "strong", "muted", "first", "up", "down", "leader")


class Standings(ScrollView, can_focus=True):
    """The table. ``show`` gives it a board; the lines of teams scroll, the heading stays."""

    DEFAULT_CSS = """
    Standings { height: 1fr; padding: 0 2; scrollbar-size-vertical: 1; }
    Standings > .standings--text { color: $foreground; }
    Standings > .standings--strong { color: $foreground; text-style: bold; }
    Standings > .standings--muted { color: $footer-foreground; }
    Standings > .standings--first { color: $warning; text-style: bold; }
    Standings > .standings--up { color: $primary; }
    Standings > .standings--down { color: $error; }
    Standings > .standings--leader { color: $success; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"standings--{part}" for part in _PARTS}

    def __init__(self, board: Board, plain: bool = False) -> None:
        """``plain``: ASCII signs only."""
        super().__init__()
        self.board, self.plain = board, plain
        self.left = 0  # levels that are scrolled past
        self._styles: dict[str, Style] = {}
        self._strips: dict[int, Strip] = {}
        self._widths: list[int] = []

    def show(self, board: Board) -> None:
        """Draw another board."""
        self.board = board
        self._again()

    def _again(self) -> None:
        self._strips.clear()
        self._styles.clear()
        self._widths = self._columns()
        self.virtual_size = Size(self.size.width, _HEAD + len(self.board.lines))
        self.refresh()

    def on_resize(self) -> None:
        """Fit as many levels as there is room for."""
        self._again()

    def on_mount(self) -> None:
        """Draw the first board."""
        self._again()

    def turn_page(self) -> None:
        """Show the next screenful of teams, from the first again after the last."""
        rows = max(1, self.size.height - _HEAD)
        at = int(self.scroll_offset.y) + rows
        self.scroll_to(y=0 if at >= len(self.board.lines) else at, animate=False)

    def move(self, by: int) -> None:
        """Show levels further right or left."""
        self.left = min(max(0, self.left + by), max(0, len(self.board.columns) - 1))
        self._again()

    # ---- drawing ----------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one line of the widget: the heading stays, the teams scroll."""
        row = y if y < _HEAD else y + int(self.scroll_offset.y)
        strip = self._strips.get(row)
        if strip is None:
            strip = self._strips[row] = self._draw(row).adjust_cell_length(self.size.width)
        return strip.apply_style(self.rich_style)

    def _draw(self, row: int) -> Strip:
        if row == 0:
            return self._heading()
        if row == 1:
            return Strip([Segment(("-" if self.plain else "─") * self.size.width, self._of("muted"))])
        if row - _HEAD >= len(self.board.lines):
            return Strip([])
        return self._team(self.board.lines[row - _HEAD])

    def _of(self, part: str) -> Style:
        if part not in self._styles:
            self._styles[part] = self.get_component_rich_style(f"standings--{part}", partial=True)
        return self._styles[part]

    def _heading(self) -> Strip:
        name, *levels = self._widths
        parts = [Segment(f"{'#':>4}     {_fit('team', name)} {'points':>8}  ", self._of("muted"))]
        for column, width in zip(self.board.columns[self.left :], levels, strict=False):
            parts.append(Segment(f"{_fit(head_of(column), width)}  ", self._of("muted")))
        hidden = len(self.board.columns) - self.left - len(levels)
        if hidden > 0 or self.left:
            parts.append(Segment(f"{'<' if self.left else ''}{f'+{hidden}>' if hidden > 0 else ''}", self._of("muted")))
        return Strip(parts)

    def _team(self, line: Line) -> Strip:
        name, *levels = self._widths
        top = "leader" if line.rank == 1 and line.total else "strong"
        parts = [Segment(f"{line.rank:>4} ", self._of(top)), self._moved(line)]
        parts.append(Segment(f"{_fit(line.team, name)} {points_text(line.total):>8}  ", self._of(top)))
        for cell, width in zip(line.cells[self.left :], levels, strict=False):
            parts += self._cell(cell, width)
        parts.append(Segment(notes(line), self._of("muted")))
        return Strip(parts)

    def _moved(self, line: Line) -> Segment:
        signs = ("+", "-") if self.plain else ("▲", "▼")
        if not line.moved:
            return Segment("    ", self._of("muted"))
        up = line.moved > 0
        return Segment(f"{signs[0] if up else signs[1]}{abs(line.moved):<3}", self._of("up" if up else "down"))

    def _cell(self, cell: Cell, width: int) -> list[Segment]:
        star = "*" if self.plain else "★"
        if not cell.played:
            return [Segment(_fit(("." if self.plain else "·").rjust(_POINTS), width) + "  ", self._of("muted"))]
        points, spread = points_text(cell.mean).rjust(_POINTS), spread_text(cell).rjust(_SPREAD)
        mark = star if cell.first else " "
        rest = width - len(points) - 1
        shown = f" {spread}" if len(spread) < rest else ""
        return [
            Segment(points, self._of("text")),
            Segment(mark, self._of("first")),
            Segment(shown.ljust(rest)[:rest] + "  ", self._of("muted")),
        ]

    def _columns(self) -> list[int]:
        """Return the width of the names, then of each level for which there is room."""
        names = [width_of(line.team) for line in self.board.lines]
        name = min(_TEAM, max([4, *names]))
        room = self.size.width - (9 + name + 11) - 12
        found = [name]
        for column in self.board.columns[self.left :]:
            width = max(len(head_of(column)), _POINTS + 1 + (1 + _SPREAD if column.seeds > 1 else 0))
            if room < width + 2 and len(found) > 1:
                break
            found.append(width)
            room -= width + 2
        return found


def _fit(text: str, width: int) -> str:
    """Return a text on exactly so many columns, whatever its letters are wide."""
    if width_of(text) <= width:
        return text + " " * (width - width_of(text))
    while width_of(text) > width - 1:
        text = text[:-1]
    return f"{text}…" + " " * (width - 1 - width_of(text))
