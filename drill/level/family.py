"""Families: one file that holds several levels. ``variants`` names them, each a patch (RFC 7396) over the whole file.

A variant is a level of its own: its id is ``family/variant``, its path the file's with the variant's name behind it
(``levels/dr-ladder.yaml/pilot-light``), so that whatever takes a level's id or path takes a variant's too. Draws depend
on the seed and their own names alone: what a family draws, it draws alike in each of its levels.
"""

from __future__ import annotations

import re
from pathlib import Path

from drill.level.errors import LevelError, Problem, Problems, problem, show, suggest
from drill.level.yaml_tree import MAX_BYTES, Node, parse

MAX_VARIANTS = 16
_NAME = r"[a-z0-9][a-z0-9-]{0,62}"
_SUFFIXES = (".yaml", ".yml")

#: What the levels of a family have in common, whatever a patch says.
_SHARED = ("drill", "id", "variants", "includes")


def split(path: Path) -> tuple[Path, str]:
    """Return the file of a level's path, and which variant of it is meant ("": none)."""
    if path.suffix not in _SUFFIXES and path.parent.suffix in _SUFFIXES:
        return path.parent, path.name
    return path, ""


def id_of(path: Path) -> str:
    """Return the id that a level at ``path`` has by its place: ``eip-remap``, ``dr-ladder/pilot-light``."""
    file, variant = split(path)
    return f"{file.stem}/{variant}" if variant else file.stem


def levels_in(path: Path) -> list[Path]:
    """Return the paths of the levels that the file at ``path`` holds: its variants, or itself."""
    file, variant = split(path)
    if variant:
        return [path]
    try:
        data = file.read_bytes() if file.stat().st_size <= MAX_BYTES else b""
        named = parse(data, str(file)).root.get("variants") if b"variants" in data else None
    except (OSError, ValueError, LevelError):
        return [path]  # whoever loads it says what is wrong
    names = named.value if named is not None and isinstance(named.value, dict) else {}
    return [file / name for name in names if re.fullmatch(_NAME, name)] or [path]


def chosen(named: Node | None, variant: str, root: Node, file: Path) -> Node | None:
    """Return the patch that makes ``variant`` of the file's tree; None where it has no variants. Raises LevelError."""
    if named is None:
        if variant:
            fix = f"name {file.stem}, or give it `variants`"
            raise LevelError([problem(root.at, f"this level has no variants, so no {show(variant)}", fix)])
        return None
    problems = _wrong(named)
    if problems:
        raise LevelError(problems)
    ids = [f"{file.stem}/{name}" for name in named.value]
    if not variant:
        where = named.key or named.at
        raise LevelError([problem(where, "this file holds a family of levels", f"name one: {', '.join(ids)}")])
    patch: Node | None = named.get(variant)
    if patch is None:
        what = f"the family {file.stem} has no variant {show(variant)}"
        raise LevelError([problem(named.key or named.at, what, suggest(f"{file.stem}/{variant}", ids, "level"))])
    return patch


def named(root: Node, variant: str) -> Problems:
    """Give a variant's tree the id that it is found by; return what is wrong with the family's own."""
    own = root.get("id")
    bad = Problems()
    if own is not None and isinstance(own.value, str):
        parts = own.value.split("/")
        if len(parts) == 2 and all(re.fullmatch(_NAME, part) for part in parts):
            bad.append(problem(own.at, "a file's id has no /", "write the family's id; variants add their own names"))
        elif variant:
            root.value["id"] = Node(f"{own.value}/{variant}", own.at, own.key)
    return bad


def _wrong(named: Node) -> list[Problem]:
    bad = Problems()
    where = named.key or named.at
    if not isinstance(named.value, dict) or not named.value:
        return [problem(where, "`variants` must be a map of patches", "write for example {small: {}, large: {...}}")]
    if len(named.value) > MAX_VARIANTS:
        what = f"{len(named.value)} variants are more than {MAX_VARIANTS}"
        return [problem(where, what, "make it two families")]
    for name, patch in named.value.items():
        at = patch.key or patch.at
        if not re.fullmatch(_NAME, name):
            bad.append(problem(at, f"{show(name)} cannot name a variant", "use small letters, digits and -"))
        if not isinstance(patch.value, dict):
            bad.append(problem(at, f"the variant {show(name)} must be a map", "write {} for the file as it stands"))
            continue
        for key in _SHARED:
            if key in patch.value:
                spot = patch.value[key]
                what = f"the variant {show(name)} changes `{key}`"
                bad.append(problem(spot.key or spot.at, what, "leave it out: all levels of a family share it"))
    return bad
