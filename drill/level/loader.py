"""Loader: a level file -> a LevelFile, and for each seed a BoundLevel. Everything wrong is a LevelError."""

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from drill.level.bundle import bundled, find
from drill.level.checks import View, run
from drill.level.draws import Draw, read_draws, substitute
from drill.level.errors import LevelError, Problem
from drill.level.gameplay import gameplay_hash
from drill.level.includes import read_tree
from drill.level.level import Level
from drill.level.sound_play import PLAY
from drill.level.sound_world import NAMES, WIRING
from drill.level.typed import build, write_rates_out
from drill.level.yaml_tree import Node
from drill.model.command import Fault

__all__ = ["BoundLevel", "LevelError", "LevelFile", "Problem", "bundled", "find", "load"]


class BoundLevel(msgspec.Struct, frozen=True, kw_only=True):
    """A level on one seed: every draw replaced, every component and fault an object. Fresh for each ``bind``.

    ``faults``: by the id of the script rule that strikes. ``draws``: name -> what was drawn.
    """

    level: Level
    seed: int
    draws: dict[str, Any]
    faults: dict[str, Fault]


class LevelFile:
    """A level as its file has it. The tree is read once; each bind makes objects of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        tree = read_tree(path)
        write_rates_out(tree.root)
        self.root: Node = tree.root
        self.notes: list[Problem] = tree.notes
        self.draws: dict[str, Draw] = read_draws(tree.root.get("draws"))
        self.level: Level = self.bind(0).level

    @cached_property
    def gameplay_hash(self) -> str:
        """The fingerprint of what decides the drill; prose does not change it."""
        return gameplay_hash(self.root.plain())

    def bind(self, seed: int) -> BoundLevel:
        """Return the level as it is on ``seed``. Raises LevelError."""
        return self.bind_to({name: draw.pick(seed) for name, draw in self.draws.items()}, seed)

    def bind_to(self, drawn: dict[str, Any], seed: int = 0) -> BoundLevel:
        """Return the level with these values drawn, whatever the seed would have drawn. Raises LevelError."""
        root = substitute(self.root, drawn)
        level, faults = build(root)
        problems = check(View(level, faults, self.draws), root)
        if problems:
            raise LevelError(problems)
        return BoundLevel(level=level, seed=seed, draws=drawn, faults=faults)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as a path, and be read again there."""
        return (load, (self.path,))


def load(path: Path) -> LevelFile:
    """Read, check and bind (to seed 0) the level at ``path``. Raises LevelError with every problem found."""
    return LevelFile(Path(path))


def check(view: View, root: Node) -> list[Problem]:
    """Return why a typed level cannot be played. What relies on names is looked at once those are right."""
    problems = run(NAMES, view, root) + run(PLAY, view, root)
    return problems or run(WIRING, view, root)
