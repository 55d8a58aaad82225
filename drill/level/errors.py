"""What is wrong with a level: one line each, ``file:line:col: what; what to do``."""

from collections.abc import Iterable
from itertools import islice
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


class Problems(list[Problem]):
    """What was found so far. With ``MOST`` of them it is enough: the search ends there, with a LevelError."""

    def append(self, one: Problem) -> None:
        super().append(one)
        if len(self) >= MOST:
            raise LevelError(self)

    def extend(self, more: Iterable[Problem]) -> None:
        for one in more:
            self.append(one)


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

    wanted = name[:60].lower()
    letters = set(wanted)
    pool: dict[str, str] = {}
    for each in islice(names, 1000):
        if abs(len(each) - len(wanted)) <= 3 + len(wanted) // 4:
            pool.setdefault(each.lower(), each)
    if wanted in pool:
        return pool[wanted]
    # Comparing letter by letter is slow: only with those that share most letters, and start alike if possible.
    likely = sorted(pool, key=lambda each: (len(letters.symmetric_difference(each)), each[:2] != wanted[:2]))
    found = difflib.get_close_matches(wanted, likely[:12], 1, 0.6)
    return pool[found[0]] if found else None


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
