"""Solutions: a level's own runbooks by name. What they hold never reaches a player."""

from __future__ import annotations

import copy
from typing import Any

import msgspec

from drill.level.level import Level, Runbook, SolutionRule, WrongLesson
from drill.model.units import Duration, decode, plain

REFERENCE = "reference"
IDLE = "idle"
WRONG = "wrong:"


def names(level: Level) -> list[str]:
    """Return the names that ``runbook`` takes: reference, idle, and wrong:NAME for each wrong lesson."""
    return [REFERENCE, IDLE, *(f"{WRONG}{lesson.name}" for lesson in level.solutions.wrong)]


def runbook(level: Level, name: str) -> Runbook:
    """Return the runbook ``name`` of ``level``; KeyError lists the names there are."""
    if name == REFERENCE:
        return level.solutions.reference
    if name == IDLE:
        return Runbook()
    for lesson in level.solutions.wrong:
        if name == f"{WRONG}{lesson.name}":
            return lesson_runbook(level, lesson)
    raise KeyError(f"{level.id} has no solution {name!r}; it has {', '.join(names(level))}")


def lesson_runbook(level: Level, lesson: WrongLesson) -> Runbook:
    """Return what a wrong lesson plays: its own rules, or the reference with its patch."""
    if lesson.from_ is None:
        think = level.solutions.reference.think if lesson.think is None else lesson.think
        return Runbook(think=think, rules=lesson.rules)
    base = msgspec.to_builtins(runbook(level, lesson.from_), enc_hook=_written)
    patched = merge(base, lesson.patch)
    if lesson.think is not None:
        patched["think"] = _written(lesson.think)
    found: Runbook = msgspec.convert(patched, Runbook, dec_hook=decode)
    found.rules.update(lesson.rules)
    return found


def key_rule(level: Level) -> str:
    """Return the name of the reference's rule without which it must lose: the level's ``key``, or the first."""
    return level.solutions.key or next(iter(level.solutions.reference.rules), "")


def key_lines(level: Level) -> list[str]:
    """Return the console lines of the key rule."""
    found: SolutionRule | None = level.solutions.reference.rules.get(key_rule(level))
    return list(found.do) if found else []


def without_key(level: Level) -> Runbook:
    """Return the reference without its key rule."""
    reference, key = level.solutions.reference, key_rule(level)
    return Runbook(think=reference.think, rules={n: rule for n, rule in reference.rules.items() if n != key})


def merge(base: Any, patch: Any) -> Any:
    """Return ``base`` with ``patch`` merged in (RFC 7396): maps merge by key, null deletes, all else replaces."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def _written(value: Any) -> Any:
    """Return a quantity as a level file would write it, so that it can be read back."""
    return f"{int(value)}ms" if isinstance(value, Duration) else plain(value)
