"""What is wrong with a level: one line each, ``file:line:col: what; what to do``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from drill.model.text import one_line

#: A place in a file: (file, line, column), the latter two from 1.
Place = tuple[str, int, int]

#: No more problems than this are kept: a file that is wrong everywhere is told so in a screenful or two.
MOST = 100


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with a file. ``line`` 0: the file as such (it cannot be found or read)."""

    file: str
    line: int
    col: int
    what: str
    fix: str
    rule: str = ""  # id of the lint rule that found it

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.col}" if self.line else self.file
        return f"{where}: {self.what}; {self.fix}"


class LevelError(Exception):
    """A level cannot be used. ``problems`` holds at least one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = list(problems)[:MOST]
        super().__init__("\n".join(str(p) for p in self.problems))


def problem(at: Place, what: str, fix: str, rule: str = "") -> Problem:
    """Build a problem whose text is sure to stay on one line."""
    return Problem(one_line(at[0]), at[1], at[2], one_line(what), one_line(fix), rule)


def show(value: Any) -> str:
    """Show a value from a level inside a message: as YAML writes it, and short."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = one_line(str(value))
    text = text if len(text) <= 40 else text[:37] + "..."
    return f"`{text}`"


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of ``names`` that ``name`` was most likely meant to be, or None."""
    import difflib  # only needed once something is wrong

    pool = list(names)
    lowered = {n.lower(): n for n in reversed(pool)}
    if name.lower() in lowered:
        return lowered[name.lower()]
    found = difflib.get_close_matches(name[:60].lower(), list(lowered)[:1000], 1, 0.6)
    return lowered[found[0]] if found else None


def suggest(name: str, names: Iterable[str], noun: str = "one") -> str:
    """Return the second half of a message about an unknown name: the nearest one, or what there is."""
    pool = list(names)
    close = nearest(name, pool)
    if close is not None:
        return f"did you mean `{close}`?"
    if not pool:
        return f"this level has no {noun} to name"
    listed = ", ".join(pool[:8]) + (", ..." if len(pool) > 8 else "")
    return f"use one of: {listed}"
