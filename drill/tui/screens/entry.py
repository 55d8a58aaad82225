"""Entry: what a team member sees before a run of an event: the level, the event's rules, and what counts."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from drill.tui.screens.base import DIM, key_line
from drill.tui.screens.briefing import KEYS, Briefing


class Entry(Briefing):
    """A briefing whose seed nobody here knows yet. Starting it starts the server's clock."""

    CSS_PATH = "briefing.tcss"

    def __init__(self, file: Any, said: list[str]) -> None:
        """``said``: the event's own words about this run."""
        super().__init__(file, file.level, 0)
        self.said = said

    def compose(self) -> ComposeResult:
        for part in super().compose():
            if part.id == "keys":
                part = Static(key_line(("any key", "starts the clock"), ("Esc", "not now"), ("?", "help")), id="keys")
            yield part

    def text(self) -> Content:
        """Return the whole page. Pars are the referee's, and not here."""
        level = self.level
        return Content.assemble(
            (level.title, "bold"), "\n",
            *[(f"{line}\n", DIM) for line in self.said], "\n",
            (level.brief or level.title).strip(), "\n\n",
            ("What counts", "bold"), "\n",
            *_stakes(level), "\n\n",
            ("Keys", "bold"), "\n",
            *[(f"{key:>6}  {does}\n", "") for key, does in KEYS],
        )  # fmt: skip


def _stakes(level: Any) -> list[Any]:
    """Return each objective with its target, and where it earns nothing."""
    from drill.engine.history import History
    from drill.score.scorecard import scorecard

    rows = scorecard(level, 0, History()).rows
    cells = [("", "target", "nothing at", "worth", "")]
    cells += [(r.label, r.target_text, r.zero_text, str(r.whole), "needed to win" if r.must else "") for r in rows]
    widths = [max(len(row[n]) for row in cells) + 3 for n in range(5)]
    lines = ["".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return [(f"{line}\n", DIM if n == 0 else "") for n, line in enumerate(lines)]
