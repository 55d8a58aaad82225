"""Desk: what a front end asks for: levels with bests, a session started or resumed, a run filed, its debrief.

The app and the line-by-line front end are handed one; neither knows where files are or how runs are stored.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

TIERS = ("guided", "hinted", "blind")


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """One level as the list shows it. ``problem``: why it cannot be played, "" when it can."""

    id: str
    title: str
    tier: str
    length: int  # ms
    teaches: tuple[str, ...]
    path: Path
    brief: str = ""
    best: int | None = None
    stars: int = 0
    runs: int = 0
    problem: str = ""


class Desk:
    """Levels, sessions and saved runs, for whoever plays. Everything heavy is imported when it is first needed."""

    def __init__(self, operator: str = "") -> None:
        self.operator = operator

    def shelf(self) -> list[Shelf]:
        """Return the bundled levels, tutorial first, with this machine's bests."""
        raise NotImplementedError

    def load(self, name: str) -> Any:
        """Return the level file of an id or a path; LevelError says what is wrong."""
        raise NotImplementedError

    def draw_seed(self) -> int:
        """Return a seed, small enough to be told to someone."""
        import random

        return random.SystemRandom().randrange(1, 10_000)

    def start(self, file: Any, seed: int) -> Any:
        """Return a new session whose log is being written, or not (``saving`` tells) when there is no room for it."""
        raise NotImplementedError

    def resume(self, run: str) -> Any:
        """Return the session of a cut-off run (``""``: the last one), its log open for more."""
        raise NotImplementedError

    def open_run(self, run: str) -> Any:
        """Return the finished or cut-off run ``run`` as (level file, log)."""
        raise NotImplementedError

    def finish(self, session: Any) -> Any:
        """Run what is left hands-off, score, file the run, and return its Debrief without the study."""
        raise NotImplementedError

    def study(self, session: Any, debrief: Any, told: Callable[[str], None] | None = None) -> Any:
        """Play the level's own solutions on the same seed and return the Debrief with what they show."""
        raise NotImplementedError
