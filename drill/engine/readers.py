"""Conditions, and the two who answer them: the truth (the level's script) and telemetry (alarms, runbooks, people)."""

from __future__ import annotations

from typing import Any, Protocol

from drill.level.figures import threshold
from drill.level.level import Condition

#: What an observation showed: ``{"z": {"zone": "use1-az1"}}``.
Bindings = dict[str, dict[str, Any]]


class Facts(Protocol):
    """What a condition may ask of its reader."""

    @property
    def now(self) -> int: ...
    def measure(self, name: str) -> list[tuple[float | None, dict[str, Any]]]: ...
    def state(self, name: str) -> str: ...
    def alarm(self, name: str) -> list[tuple[str, dict[str, Any]]]: ...
    def did(self, operation: str, of: str | None) -> bool: ...
    def knows(self, evidence: str) -> bool: ...
    def message(self, name: str) -> bool: ...
    def phase(self) -> str: ...
    def objective(self, name: str) -> str: ...
    def draw(self, name: str) -> Any: ...


def holds(condition: Condition, facts: Facts, since: dict[str, int], path: str = "") -> tuple[bool, Bindings]:
    """Tell whether ``condition`` holds now, and what its ``as`` names saw.

    ``since`` is the caller's memory: since when a condition with ``for`` has held without a break, by its place.
    """
    held, seen = _now(condition, facts, since, path)
    if condition.for_ is not None:
        if not held:
            since.pop(path, None)
            return False, {}
        began = since.setdefault(path, facts.now)
        if facts.now - began < condition.for_:
            return False, {}
    if held and condition.as_ and condition.as_ not in seen:
        seen[condition.as_] = seen.get("", {})
    seen.pop("", None) if condition.as_ else None
    return held, seen


def _now(condition: Condition, facts: Facts, since: dict[str, int], path: str) -> tuple[bool, Bindings]:
    if condition.all is not None:
        return _all(condition.all, facts, since, path)
    if condition.any is not None:
        rows = [holds(each, facts, since, f"{path}.any{i}") for i, each in enumerate(condition.any)]
        return next(((True, seen) for held, seen in rows if held), (False, {}))
    if condition.not_ is not None:
        return not holds(condition.not_, facts, since, f"{path}.not")[0], {}
    if condition.measure is not None:
        return _measure(condition, facts)
    if condition.alarm is not None:
        wanted = condition.is_ or "ALARM"
        for state, about in facts.alarm(condition.alarm):
            if state == wanted:
                return True, {"": about}
        return False, {}
    return _simple(condition, facts), {}


def _all(parts: list[Condition], facts: Facts, since: dict[str, int], path: str) -> tuple[bool, Bindings]:
    together: Bindings = {}
    every = True
    for i, part in enumerate(parts):  # every part is looked at: each has its own memory
        held, seen = holds(part, facts, since, f"{path}.all{i}")
        every = every and held
        together.update(seen)
    return every, together if every else {}


def _measure(condition: Condition, facts: Facts) -> tuple[bool, Bindings]:
    assert condition.measure is not None
    for value, about in facts.measure(condition.measure):
        if value is None:
            continue
        if condition.above is not None and value <= threshold(condition.above):
            continue
        if condition.below is not None and value >= threshold(condition.below):
            continue
        return True, {"": about}
    return False, {}


def _simple(condition: Condition, facts: Facts) -> bool:
    if condition.state is not None:
        return facts.state(condition.state) == str(condition.is_)
    if condition.did is not None:
        return facts.did(condition.did, condition.of)
    if condition.knows is not None:
        return facts.knows(condition.knows)
    if condition.message is not None:
        return facts.message(condition.message)
    if condition.phase is not None:
        return facts.phase() == condition.phase
    if condition.objective is not None:
        return facts.objective(condition.objective) == str(condition.is_)
    if condition.draw is not None:
        drawn = facts.draw(condition.draw)
        return bool(drawn == condition.is_) or (isinstance(drawn, list) and condition.is_ in drawn)
    return False
