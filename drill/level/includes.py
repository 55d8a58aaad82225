"""A level's files as one tree: read it, and merge it over the world files that it includes (RFC 7396).

A world file may hold a world, traffic and telemetry, but neither a script nor objectives, and includes nothing
itself. Its path stays inside the folder of the level.
"""

from __future__ import annotations

import stat
from pathlib import Path, PurePosixPath

from drill.level.errors import LevelError, Problem, Problems, problem, show, suggest
from drill.level.family import chosen, named, split
from drill.level.yaml_tree import MAX_BYTES, Node, Tree, parse
from drill.model.text import one_line

MAX_INCLUDES = 8
WORLD_FIELDS = ("drill", "world", "traffic", "telemetry", "draws", "sources")


def read_tree(path: Path) -> Tree:
    """Read a level and all that it includes into one tree without nulls. Raises LevelError.

    The path of a variant (``dr-ladder.yaml/pilot-light``) is read as its file with that variant's patch over it.
    """
    file, variant = split(path)
    own = _read(file)
    patch = chosen(own.root.value.pop("variants", None), variant, own.root, file)
    listed = own.root.value.pop("includes", None)
    notes = list(own.notes)
    base = Node({}, own.root.at)
    if listed is not None:
        budget = MAX_BYTES
        for each in _paths(listed, file):
            world = _world(each, budget)
            budget -= each.stat().st_size
            notes += world.notes
            base = _merge(base, world.root, notes)
    root = _merge(base, own.root, notes)
    idle = Problems()  # nulls of a variant that delete nothing: it is not what its author thinks it is
    if patch is not None:
        root = _merge(root, patch, idle)
    bad = Problems([*idle, *named(root, variant)])
    if bad:
        raise LevelError(bad)
    return Tree(root, notes)


def merge(base: Node | None, patch: Node) -> Node:
    """Return ``patch`` merged over ``base``: maps field by field, null deletes, anything else replaces."""
    return _merge(base, patch, [])


def _merge(base: Node | None, patch: Node, notes: list[Problem]) -> Node:
    if not isinstance(patch.value, dict):
        return patch
    fields: dict[str, Node] = dict(base.value) if base is not None and isinstance(base.value, dict) else {}
    for key, child in patch.value.items():
        if child.value is not None:
            fields[key] = _merge(fields.get(key), child, notes)
        elif fields.pop(key, None) is None:
            what = f"{show(key)} is empty: there is nothing of this name to delete"
            notes.append(problem(child.key or child.at, what, "fill it in, or leave it out", "patch.nothing"))
    holes = any(n.holes for n in fields.values()) or any("$" in key for key in fields)
    return Node(fields, patch.at, patch.key, holes)


def _read(path: Path, limit: int = MAX_BYTES) -> Tree:
    name = str(path)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise LevelError([problem((name, 0, 0), "not a file", "name a level's id, or the path of its YAML file")])
        if found.st_size > limit:
            raise LevelError([problem((name, 1, 1), "larger than 1 MiB in all", "make the level smaller")])
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        why = one_line(getattr(error, "strerror", None) or str(error))
        raise LevelError([problem((name, 0, 0), f"cannot be read: {why}", "check the path")]) from None
    return parse(data, name)


def _world(path: Path, budget: int) -> Tree:
    tree = _read(path, budget)
    bad = [
        problem(node.key or node.at, f"{show(key)} in a file that a level includes", _why_not(key))
        for key, node in tree.root.value.items()
        if key not in WORLD_FIELDS
    ]
    if bad:
        raise LevelError(bad)
    return tree


def _why_not(key: str) -> str:
    if key == "includes":
        return "list all files in the level itself"
    if key in ("script", "objectives", "phases", "hints", "solutions", "debrief", "variants"):
        return "it belongs in the level itself"
    return suggest(key, WORLD_FIELDS)


def _paths(named: Node, level: Path) -> list[Path]:
    if not isinstance(named.value, list) or len(named.value) > MAX_INCLUDES:
        what = f"`includes` must be a list of at most {MAX_INCLUDES} files"
        raise LevelError([problem(named.at, what, "write for example [worlds/two-regions.yaml]")])
    pack = level.parent
    found: list[Path] = []
    bad = Problems()
    for item in named.value:
        why = _outside(item.value, pack)
        if why:
            what = f"cannot include {show(item.value)}: {why}"
            bad.append(problem(item.at, what, "name a file in or below the level's folder"))
        else:
            found.append(pack / item.value)
    if bad:
        raise LevelError(bad)
    return found


def _outside(name: object, pack: Path) -> str:
    """Return why a level in ``pack`` may not include ``name``, or ""."""
    if not isinstance(name, str) or not name.strip():
        return "not a path"
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        return "it leads out of the level's folder"
    try:
        real = (pack / name).resolve(strict=True)
        if not real.is_relative_to(pack.resolve()):
            return "it leads out of the level's folder"
        return "" if real.is_file() else "it is not a file"
    except (OSError, ValueError, RuntimeError):
        return "there is no such file"
