"""Opening: the first frame of ``drill play``: which level, which seed, while the level is read."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static


class Opening(Screen[None]):
    """Shown for as long as reading a level takes, which is not long."""

    DEFAULT_CSS = "Opening #what { padding: 1 3; }"

    def __init__(self, level: str, seed: int) -> None:
        super().__init__()
        self.what = f"{level}   seed {seed}"

    def compose(self) -> ComposeResult:
        yield Static(self.what, markup=False, id="what")
