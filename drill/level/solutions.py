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
    """Return the name of the rule that holds the key action: the level's ``key``, or the reference's first."""
    return level.solutions.key or next(iter(level.solutions.reference.rules), "")


def key_rules(level: Level) -> dict[str, SolutionRule]:
    """Return the reference's rules that hold the key action: the key rule, and those that do the same on others.

    Where a draw decides which spare is the right one, a reference has one rule for each of them.
    """
    rules = level.solutions.reference.rules
    found = rules.get(key_rule(level))
    wanted = [_operation(line) for line in found.do] if found else []
    return {name: rule for name, rule in rules.items() if [_operation(line) for line in rule.do] == wanted}


def without_key(level: Level) -> Runbook:
    """Return the reference without its key action."""
    reference, key = level.solutions.reference, key_rules(level)
    return Runbook(think=reference.think, rules={n: rule for n, rule in reference.rules.items() if n not in key})


def _operation(line: str) -> list[str]:
    words = line.split()
    return words[: 3 if words[:1] == ["aws"] else 2]


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
