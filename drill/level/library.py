"""Where levels are: those that come with the drill, and any other by its path."""

from __future__ import annotations

from pathlib import Path

from drill.level.errors import LevelError, problem, suggest
from drill.model.text import one_line

_NOT_LEVELS = ("concepts.yaml",)


def folder() -> Path:
    """Return the folder of the levels that come with the drill: inside a wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "data" / "levels"
    return installed if installed.is_dir() else package.parent / "levels"


def bundled() -> list[Path]:
    """Return the levels that come with the drill, by id. What they include stands in folders below."""
    return sorted(p for p in folder().glob("*.yaml") if p.name not in _NOT_LEVELS)


def find(name: str) -> Path:
    """Return the path of a level given its id or its path. Raises LevelError naming the nearest id."""
    text = one_line(name)
    for path in bundled():
        if path.stem == name:
            return path
    given = Path(name)
    if "\0" not in name and given.suffix in (".yaml", ".yml"):
        return given
    if "/" in name or "\\" in name:
        raise LevelError([problem((text, 0, 0), "not a level", "name a level's id, or the path of its YAML file")])
    ids = [path.stem for path in bundled()]
    raise LevelError([problem((text or "''", 0, 0), "no level has this id", suggest(text, ids, "level"))])
