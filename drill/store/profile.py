"""Profile: what an operator's saved runs say: what was played, which concepts are strong or weak, personal bests.

Pure. A concept (what a level ``teaches``) stands as the levels do that teach it; a level stands as its latest runs do,
because what somebody could do last year says little.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean

import msgspec

from drill.store.records import RunRecord

LATEST = 3  # so many runs say how a level stands
STRONG, WEAK = 0.75, 0.5  # shares of the points: two stars of three, and less than a win


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile needs to know of a level: what it teaches, and what each objective is worth (points of 1000)."""

    title: str
    teaches: tuple[str, ...]
    worth: dict[str, float]


class LevelLine(msgspec.Struct, frozen=True, kw_only=True):
    """One level that was played. ``points``: of every run, the oldest first."""

    id: str
    title: str
    runs: int
    won: int
    best: int
    stars: int
    points: tuple[int, ...]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a concept or an objective stands: the share of its points (0 to 1), from so many runs of these levels."""

    name: str
    share: float
    runs: int
    levels: tuple[str, ...]

    @property
    def word(self) -> str:
        """Return how it stands, in a word."""
        return "strong" if self.share >= STRONG else "weak" if self.share < WEAK else "so-so"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What saved runs say. ``concepts`` and ``objectives``: weakest first. ``unplayed``: concepts never met."""

    operator: str
    runs: int
    won: int
    levels: tuple[LevelLine, ...]
    concepts: tuple[Standing, ...]
    objectives: tuple[Standing, ...]
    unplayed: tuple[str, ...]


def profile(operator: str, runs: Sequence[RunRecord], known: Mapping[str, Known]) -> Profile:
    """Return the profile of an operator from their runs, newest first, and the levels that there are."""
    played: dict[str, list[RunRecord]] = {}
    for run in runs:
        played.setdefault(run.level, []).append(run)
    recent = {level: each[:LATEST] for level, each in played.items() if level in known}
    concepts: dict[str, list[tuple[str, RunRecord, float]]] = {}
    objectives: dict[str, list[tuple[str, RunRecord, float]]] = {}
    for level, latest in sorted(recent.items()):
        for run in latest:
            for concept in known[level].teaches:
                concepts.setdefault(concept, []).append((level, run, run.points / 1000))
            for row in run.rows:
                worth = known[level].worth.get(row.name, 0.0)
                if worth > 0:
                    objectives.setdefault(row.name, []).append((level, run, row.points / worth))
    met = {concept for level in recent for concept in known[level].teaches}
    return Profile(
        operator=operator, runs=len(runs), won=len([run for run in runs if run.won]),
        levels=tuple(_line(level, each, known) for level, each in sorted(played.items())),
        concepts=_standings(concepts), objectives=_standings(objectives),
        unplayed=tuple(sorted({concept for each in known.values() for concept in each.teaches} - met)),
    )  # fmt: skip


def _line(level: str, runs: list[RunRecord], known: Mapping[str, Known]) -> LevelLine:
    return LevelLine(
        id=level, title=known[level].title if level in known else level, runs=len(runs),
        won=len([run for run in runs if run.won]), best=max(run.points for run in runs),
        stars=max(run.stars for run in runs), points=tuple(run.points for run in reversed(runs)),
    )  # fmt: skip


def _standings(found: dict[str, list[tuple[str, RunRecord, float]]]) -> tuple[Standing, ...]:
    """Return how each stands, the weakest first. A level counts once, however often it was played."""
    standings = []
    for name, rows in found.items():
        levels = tuple(dict.fromkeys(level for level, _, _ in rows))
        means = [fmean(min(1.0, max(0.0, share)) for at, _, share in rows if at == level) for level in levels]
        standings.append(Standing(name=name, share=fmean(means), runs=len(rows), levels=levels))
    return tuple(sorted(standings, key=lambda each: (each.share, each.name)))
