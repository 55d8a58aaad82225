"""Lessons: which of a level's named wrong lessons, if any, the commands given come closest to."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from drill.console import ConsoleError, kebab, parse, to_log
from drill.engine.history import Given, History
from drill.level.level import Level, WrongLesson
from drill.level.solutions import key_rules, lesson_runbook
from drill.model.command import operation_of, service_of
from drill.score.figures import bounds
from drill.score.model import Scorecard

#: Below this likeness (0 to 1) nothing is named: no lesson was played, just something else.
LIKENESS = 0.4
SHEDS = "ops shed-load"  # what people do outside AWS and users feel at once
_READS = r"describe-|get-|list-|lookup-"
_VARIES = r"\{[\w-]+\.[\w-]+\}|^[\d.]+$"  # seen at play, or a number


class Call(NamedTuple):
    """One console line, taken apart: ``ec2 associate-address`` and its parameters, however they were spelled."""

    operation: str
    options: dict[str, str]


def call_of(line: str) -> Call:
    """Take a console line apart; one that is no command (any more) by its words."""
    try:
        action = parse(line)
    except ConsoleError:
        words = line.split()
        return Call(" ".join(words[1:3] if words[:1] == ["aws"] else words[:2]), {})
    options: dict[str, str] = {}
    _flatten("", to_log(action), options)
    del options["api"]
    return Call(f"{service_of(action)} {kebab(operation_of(action))}", options)


def _flatten(path: str, value: Any, into: dict[str, str]) -> None:
    """Write nested parameters out as ``Targets.0.Id`` -> ``web-1``; what is empty says nothing."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(f"{path}.{key}" if path else key, inner, into)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _flatten(f"{path}.{index}", inner, into)
    elif value not in (None, ""):
        into[path] = str(value)


def changes(call: Call) -> bool:
    """Tell whether a call changes anything: it is neither a reading one nor something said."""
    service, _, operation = call.operation.partition(" ")
    return call.operation == SHEDS or (service != "ops" and not re.match(_READS, operation))


def likeness(wanted: Call, given: Call) -> float:
    """Return how alike two calls are: 0 another operation, 0.5 the same on other things, 1 the same on the same."""
    if wanted.operation != given.operation:
        return 0.0
    named = [(option, value) for option, value in wanted.options.items() if not re.search(_VARIES, value)]
    if not named:
        return 1.0
    same = len([option for option, value in named if given.options.get(option) == value])
    return 0.5 + 0.5 * same / len(named)


def closeness(lines: list[str], given: list[Call]) -> float:
    """Return how well ``given`` matches a runbook's ``lines``, 0 to 1; both without what only looks."""
    wanted = [call for call in map(call_of, lines) if changes(call)]
    if not wanted or not given:
        return float(not wanted and not given)
    found = 0.0
    for call in wanted:
        found += max(likeness(call, other) for other in given)
    distinct = len({(other.operation, tuple(sorted(other.options.items()))) for other in given})
    return found / max(len(wanted), distinct)


def wrong_lesson(level: Level, history: History, card: Scorecard) -> WrongLesson | None:
    """Return the named wrong lesson that was played, or None: it was won, or none comes close.

    A lesson can be named only when what it loses was lost. Once the key action came in time, only one that has the key
    action too: then what was left out was wrong, or the order; not that it came late.
    """
    if card.won:
        return None
    given = [call for call in (call_of(one.line) for one in history.commands) if changes(call)]
    right = [line for rule in level.solutions.reference.rules.values() for line in rule.do]
    reference, key = closeness(right, given), [call_of(line) for line in right]
    timely = key_in_time(level, history)
    found: WrongLesson | None = None
    closest = max(LIKENESS, reference)
    for lesson in level.solutions.wrong:
        if any(row.name == lesson.loses and row.met for row in card.rows):
            continue
        lines = [line for rule in lesson_runbook(level, lesson).rules.values() for line in rule.do]
        if not _recognizable([call_of(line) for line in lines], key, given):
            continue
        close = closeness(lines, given)
        if timely and not _explains(level, lesson, [call_of(line) for line in lines], close > reference):
            continue
        if close > closest or (close == closest and found is None):
            found, closest = lesson, close
    return found


def _recognizable(lesson: list[Call], right: list[Call], given: list[Call]) -> bool:
    """Tell whether every operation that the lesson has and the reference has not was given."""
    known = {call.operation for call in right}
    done = {call.operation for call in given}
    return all(call.operation in done for call in lesson if changes(call) and call.operation not in known)


def _explains(level: Level, lesson: WrongLesson, calls: list[Call], closer: bool) -> bool:
    """Tell whether a lesson can be behind a loss although the key action came in time."""
    late = not closer and lesson.loses in level.objectives and level.objectives[lesson.loses].is_ == "rto"
    return _holds_key(level, calls) and not late


def key_in_time(level: Level, history: History) -> bool:
    """Tell whether the reference's key action was given, on the right things, before the outage was too long."""
    limit = history.until
    if history.impact >= 0:
        for objective in level.objectives.values():
            if objective.is_ == "rto":
                limit = min(limit, history.impact + int(bounds(objective)[1]))
    return _holds_key(level, [call_of(one.line) for one in history.commands if one.at <= limit and _went_through(one)])


def _holds_key(level: Level, given: list[Call]) -> bool:
    """Tell whether all lines of one of the reference's key rules are among ``given``."""
    for rule in key_rules(level).values():
        wanted = [call for call in map(call_of, rule.do) if changes(call)]
        if wanted and all(any(likeness(call, other) >= 1.0 for other in given) for call in wanted):
            return True
    return False


def _went_through(one: Given) -> bool:
    return one.state not in ("failed", "refused") and not one.error
