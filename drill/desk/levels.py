"""The levels that a desk has: the list with bests, each by its id or path, and what comes next."""

import math
from pathlib import Path
from typing import Any

import msgspec

from drill.level.errors import LevelError

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


class Levels:
    """Finds and loads levels, and says how they were played."""

    operator: str
    store: Any  # of saved runs

    def shelf(self) -> list[Shelf]:
        """Return the levels that come with the drill, tutorial first. Nothing is opened for it: bests come later."""
        from drill.level.bundle import bundled

        rows = [self._row(path) for path in bundled()]
        return sorted(rows, key=lambda row: (bool(row.problem), _rank(row.tier), row.length, row.id))

    def with_bests(self, rows: list[Shelf]) -> list[Shelf]:
        """Return the rows with this operator's bests; may be called from a thread of its own."""
        played: dict[str, list[Any]] = {}
        for run in self.store.scores(operator=self.operator):
            played.setdefault(run.level, []).append(run)
        known = [(row, played.get(row.id, [])) for row in rows]
        return [
            msgspec.structs.replace(row, best=runs[0].points, stars=max(run.stars for run in runs), runs=len(runs))
            if runs else row
            for row, runs in known
        ]  # fmt: skip

    def profile(self) -> Any:
        """Return this operator's profile (drill.store.profile.Profile). It reads every level."""
        from drill.store.profile import Known, profile

        known = {}
        for row in self.shelf():
            if not row.problem:
                level = self.load(str(row.path)).level
                weights = {name: max(0.0, each.weight) for name, each in level.objectives.items()}
                whole = math.fsum(weights.values()) or 1.0
                worth = {name: 1000 * weight / whole for name, weight in weights.items()}
                known[row.id] = Known(title=row.title, teaches=row.teaches, worth=worth)
        return profile(self.operator, self.store.runs(operator=self.operator), known)

    def _row(self, path: Path) -> Shelf:
        try:
            level = self.load(str(path)).level
        except LevelError as error:
            from drill.level.family import id_of

            id_ = id_of(path)
            return Shelf(id=id_, title=id_, tier="?", length=0, teaches=(), path=path, problem=str(error))
        return Shelf(
            id=level.id, title=level.title, tier=level.tier, length=int(level.length), teaches=tuple(level.teaches),
            path=path, brief=level.brief,
        )  # fmt: skip

    def find(self, name: str) -> Path:
        """Return the path of a level's id or path; LevelError when there is none of that id."""
        from drill.level.bundle import find

        return find(name)

    def load(self, name: str) -> Any:
        """Return the level file of an id or a path; LevelError says what is wrong."""
        from drill.level.loader import find, load

        return load(find(name))

    def after(self, level_id: str) -> str:
        """Return the path of the level that follows on the list, "" after the last."""
        rows = [row for row in self.shelf() if not row.problem]
        at = next((n for n, row in enumerate(rows) if row.id == level_id), -1)
        return str(rows[at + 1].path) if 0 <= at < len(rows) - 1 else ""

    def draw_seed(self) -> int:
        """Return a seed, small enough to be told to someone."""
        import random

        return random.SystemRandom().randrange(1, 10_000)


def _rank(tier: str) -> int:
    return TIERS.index(tier) if tier in TIERS else len(TIERS)
