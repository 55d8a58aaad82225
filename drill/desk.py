"""Desk: what a front end asks for: levels with bests, a session started or resumed, a run filed, its debrief.

The app and the line-by-line front end are handed one; neither knows where files are or how runs are stored.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from drill.view.frame import Frame, Series


class NoRun(Exception):
    """There is no run to go on with, or none of that name: one line."""


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

    # ---- levels ---------------------------------------------------------------------------------------------------

    def shelf(self) -> list[Shelf]:
        """Return the bundled levels, tutorial first, with this machine's bests."""
        raise NotImplementedError

    def load(self, name: str) -> Any:
        """Return the level file of an id or a path; LevelError says what is wrong."""
        raise NotImplementedError

    def after(self, level_id: str) -> str:
        """Return the path of the level that follows on the list, "" after the last."""
        rows = [row for row in self.shelf() if not row.problem]
        at = next((n for n, row in enumerate(rows) if row.id == level_id), -1)
        return str(rows[at + 1].path) if 0 <= at < len(rows) - 1 else ""

    def draw_seed(self) -> int:
        """Return a seed, small enough to be told to someone."""
        import random

        return random.SystemRandom().randrange(1, 10_000)

    # ---- play -----------------------------------------------------------------------------------------------------

    def start(self, file: Any, seed: int) -> Any:
        """Return a new session whose log is being written, or not (``saving`` tells) when there is no room for it."""
        raise NotImplementedError

    def resume(self, run: str) -> Any:
        """Return the session of a cut-off run (``""``: the last one), its log open for more; NoRun without one."""
        raise NotImplementedError

    def frame(self, session: Any) -> Frame:
        """Return what an operator can know now."""
        from drill.view.build import frame

        return frame(session)

    def series(self, session: Any, component: str) -> tuple[Series, ...]:
        """Return the metrics of one component."""
        from drill.view.build import series

        return series(session, component)

    # ---- after it -------------------------------------------------------------------------------------------------

    def finish(self, session: Any) -> tuple[Any, str]:
        """Run what is left hands-off, score and file the run; return its Debrief and where it is kept ("": nowhere)."""
        raise NotImplementedError

    def reference_points(self, session: Any) -> int | None:
        """Play the reference solution on the same seed and return its points; None when it cannot be played."""
        raise NotImplementedError

    def open_run(self, run: str) -> Any:
        """Return a saved run as (level file, log); NoRun, LogError or LevelError."""
        raise NotImplementedError
