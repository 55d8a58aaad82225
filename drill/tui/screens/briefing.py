"""Briefing: the story, what is at stake, and the keys. Any key starts the drill."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click, Key
from textual.widgets import Static

from drill.level.level import Level
from drill.model.units import duration_text
from drill.tui.screens.base import DIM, KEY_CAP, TIER_COLOR, HostScreen, key_line
from drill.view.said import carried

SCROLL_KEYS = {"up", "down", "j", "k", "pageup", "pagedown", "home", "end", "tab", "shift+tab"}
TIER_MEANS = {
    "guided": "The guide says where to look and what to do. Time stands still while you read a form or this page.",
    "hinted": "Hints are for sale once things have gone on for a while. H says the price first.",
    "blind": "No hints. Telemetry, tools and judgment.",
}
#: How the table of objectives is written, the roomiest first: columns apart, headings, and what a win needs.
TABLES = (
    (3, ("full points", "target", "nothing at", "worth"), "needed to win"),
    (2, ("full", "target", "nothing", "worth"), "needed"),
    (1, ("full", "target", "zero", "of"), "needed"),
)
KEYS = (
    ("Enter", "act on the selected component"),
    (":", "type a command; Tab completes"),
    ("Space", "pause"),
    ("+ -", "speed"),
    ("H", "hint"),
    ("?", "help"),
    ("q", "quit"),
)


class Briefing(HostScreen[None]):
    """Shown before a drill. Dismissed by starting it, or by Esc."""

    CSS_PATH = "briefing.tcss"
    BINDINGS = [
        Binding("enter", "start", "start", key_display="any key"),
        Binding("escape", "back", "levels", priority=True),
        Binding("question_mark", "app.help", "help", key_display="?"),
    ]

    def __init__(self, file: Any, level: Level, seed: int) -> None:
        """``level``: as bound to ``seed``."""
        super().__init__()
        self.file, self.level, self.seed = file, level, seed

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Static(self.text(), id="text")
        yield Static(key_line(("any key", "starts the clock"), ("Esc", "levels"), ("?", "help")), id="keys")

    def text(self) -> Content:
        """Return the whole page."""
        level = self.level
        dim = DIM
        wide = self.app.size.width - 8  # the page's padding, and a scroll bar
        who = f" · {self.host.desk.operator}" if self.host.desk.operator else ""
        return Content.assemble(
            (level.title, "bold"),
            (f"   seed {self.seed} · {duration_text(int(level.length))}{who}", dim),
            "\n",
            (level.tier, f"bold {TIER_COLOR[level.tier]}"),
            (f"  {TIER_MEANS[level.tier]}", dim),
            "\n\n",
            (level.brief or level.title).strip(),
            "\n\n",
            ("What counts", "bold"),
            "\n",
            *stakes(level, self.seed, wide),
            "\n\n",
            ("Keys", "bold"),
            "\n",
            *[part for key, does in KEYS for part in ((f"{key:>6} ", KEY_CAP), f"  {does}\n")],
        )

    def on_resize(self) -> None:
        """Lay the table out for the new width."""
        for page in self.query("#text").results(Static):
            page.update(self.text())

    def on_key(self, event: Key) -> None:
        """Start on any key that does not scroll the page."""
        if event.key not in SCROLL_KEYS and event.key not in {"escape", "question_mark", "ctrl+c", "ctrl+p", "ctrl+q"}:
            event.stop()
            self.action_start()

    def on_click(self, event: Click) -> None:
        """Start on a click, too."""
        self.action_start()

    def action_start(self) -> None:
        """Start the clock."""
        if self.leave_once():
            self.host.open_drill(self.file, self.seed)

    def action_back(self) -> None:
        """Go to the level list."""
        if self.leave_once():
            self.host.back_to_list()


def stakes(level: Level, seed: int, wide: int) -> list[Any]:
    """Return the objectives with par, target and where they earn nothing, as a table of ``wide`` columns at most."""
    from drill.engine.history import History
    from drill.score.scorecard import scorecard

    rows = scorecard(level, seed, History()).rows
    for gap, heads, needed in TABLES:
        cells = [("", *heads, "")]
        cells += [
            (r.label, r.par_text, r.target_text, r.zero_text, str(r.whole), needed if r.must else "") for r in rows
        ]
        widths = [max(len(row[i]) for row in cells) + gap for i in range(6)]
        widths[-1] -= gap
        if sum(widths) <= wide:
            break
    parts: list[Any] = []
    for n, row in enumerate(cells):
        parts.append((("\n" if n else "") + row[0].ljust(widths[0]), "bold"))
        parts += [(cell.ljust(w), DIM if n == 0 else "") for cell, w in zip(row[1:], widths[1:], strict=True)]
    parts += [(f"\n{text}", DIM) for text in carried(level)]
    return parts
