"""AlarmRule: the expression by which a composite alarm follows from the states of others, in CloudWatch's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
_MOST = 10_240  # characters, as CloudWatch has it
_DEEP = 50
_ONE = r"(OK|ALARM|INSUFFICIENT_DATA)\s*\(\s*\"?([^()\"\s]+)\"?\s*\)"
_WORD = rf"\s*(?:{_ONE}|(AND|OR|NOT|TRUE|FALSE)\b|([()]))"

#: ``("is", state, alarm)``, ``("not", rule)``, ``("and", left, right)``, ``("or", left, right)`` or ``("just", bool)``.
AlarmRule = tuple[Any, ...]


def parse_rule(text: str) -> AlarmRule:
    """Return what a rule says; NOT binds closer than AND, AND closer than OR. ValueError says what to write."""
    words = _words(text)
    found, rest = _either(words, 0, 0)
    if rest < len(words):
        raise ValueError(_FIX)
    return found


def alarms_in(rule: AlarmRule) -> list[str]:
    """Return the alarms that a rule asks about, each once, in its order."""
    found: list[str] = []
    if rule[0] == "is":
        return [str(rule[2])]
    for part in rule[1:]:
        if isinstance(part, tuple):
            found += [name for name in alarms_in(part) if name not in found]
    return found


def true(rule: AlarmRule, is_in: Callable[[str, str], bool]) -> bool:
    """Tell whether a rule holds; ``is_in(alarm, state)`` answers for one alarm."""
    kind = rule[0]
    if kind == "is":
        return is_in(rule[2], rule[1])
    if kind == "just":
        return bool(rule[1])
    if kind == "not":
        return not true(rule[1], is_in)
    if kind == "and":
        return true(rule[1], is_in) and true(rule[2], is_in)
    return true(rule[1], is_in) or true(rule[2], is_in)


_FIX = "write for example ALARM(slow) AND NOT ALARM(deploying)"


def _words(text: str) -> list[tuple[str, str]]:
    if len(text) > _MOST:
        raise ValueError(f"a rule has at most {_MOST} characters")
    found: list[tuple[str, str]] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        match = re.compile(_WORD).match(text, at)
        if match is None:
            raise ValueError(_FIX)
        state, name, word, paren = match.groups()
        found.append((state, name) if state else (word or paren, ""))
        at = match.end()
    return found


def _either(words: list[tuple[str, str]], at: int, deep: int) -> tuple[AlarmRule, int]:
    left, at = _both(words, at, deep)
    while at < len(words) and words[at][0] == "OR":
        right, at = _both(words, at + 1, deep)
        left = ("or", left, right)
    return left, at


def _both(words: list[tuple[str, str]], at: int, deep: int) -> tuple[AlarmRule, int]:
    left, at = _one(words, at, deep)
    while at < len(words) and words[at][0] == "AND":
        right, at = _one(words, at + 1, deep)
        left = ("and", left, right)
    return left, at


def _one(words: list[tuple[str, str]], at: int, deep: int) -> tuple[AlarmRule, int]:
    if at >= len(words) or deep > _DEEP:
        raise ValueError(_FIX)
    word, name = words[at]
    if word in STATES:
        return ("is", word, name), at + 1
    if word in ("TRUE", "FALSE"):
        return ("just", word == "TRUE"), at + 1
    if word == "NOT":
        found, at = _one(words, at + 1, deep + 1)
        return ("not", found), at
    if word == "(":
        found, at = _either(words, at + 1, deep + 1)
        if at < len(words) and words[at][0] == ")":
            return found, at + 1
    raise ValueError(_FIX)
