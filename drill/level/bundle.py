"""Where levels are: those that come with the drill, and any other by its path."""

from __future__ import annotations

from pathlib import Path

from drill.level.errors import LevelError, problem, suggest
from drill.level.family import id_of, levels_in, split
from drill.model.text import one_line

_NOT_LEVELS = ("concepts.yaml",)


def folder() -> Path:
    """Return the folder of the levels that come with the drill: inside a wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "data" / "levels"
    return installed if installed.is_dir() else package.parent / "levels"


def bundled() -> list[Path]:
    """Return the paths of the levels that come with the drill, by id; of a family, each of its variants.

    What they include stands in folders below.
    """
    return [level for file in files() for level in levels_in(file)]


def files() -> list[Path]:
    """Return the level files that come with the drill."""
    return sorted(p for p in folder().glob("*.yaml") if p.name not in _NOT_LEVELS)


def find(name: str) -> Path:
    """Return the path of a level given its id or its path; of a family, that of its file.

    Raises LevelError naming the nearest id.
    """
    text = one_line(name)
    family, _, variant = name.partition("/")
    for path in files():
        if path.stem == family and id_of(path / variant if variant else path) == name:
            return path / variant if variant else path
    given = Path(name)
    if "\0" not in name and split(given)[0].suffix in (".yaml", ".yml"):
        return given
    if "/" in name or "\\" in name:
        raise LevelError([problem((text, 0, 0), "not a level", "name a level's id, or the path of its YAML file")])
    ids = [id_of(path) for path in bundled()]
    raise LevelError([problem((text or "''", 0, 0), "no level has this id", suggest(text, ids, "level"))])
