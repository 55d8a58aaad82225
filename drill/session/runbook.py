"""Runbook: rules played against a session as an operator would play them, from telemetry only.

The Runner looks once a second. A rule whose trigger holds is thought about for ``think``, waits its ``wait``, and then
types its lines, one after another. It never sees the World; what it asks goes through ``session.telemetry``.
"""

import re
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from drill.console import ConsoleError, Lookup, parse
from drill.engine.history import History
from drill.level.figures import moment
from drill.level.level import Condition, Runbook, SolutionRule
from drill.model.command import Action, Receipt, Refusal

STEP = 1000  # ms between looks
_SEEN = r"\{([A-Za-z_][\w-]*)\.([\w-]+)\}"

#: What an observation showed: ``{"z": {"zone": "use1-az1"}}``.
Bindings = dict[str, dict[str, Any]]


class Reader(Protocol):
    """What answers a condition from what an operator can know."""

    def holds(self, condition: Condition, since: dict[str, int]) -> tuple[bool, Bindings]:
        """Tell whether ``condition`` holds now, and what its ``as`` names saw. ``since`` is the caller's memory."""


class Playable(Protocol):
    """What the Runner needs of a Session."""

    @property
    def now(self) -> int: ...
    @property
    def history(self) -> History: ...
    @property
    def length(self) -> int: ...
    @property
    def world(self) -> Lookup: ...
    @property
    def telemetry(self) -> Reader: ...
    def advance(self, to_ms: int) -> None: ...
    def submit(self, action: Action, author: str = "you") -> Refusal | Receipt: ...
    def finish(self) -> None: ...


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One line that a runbook or script typed, and what was said to it ("" when it was taken)."""

    at: int
    rule: str
    line: str
    refused: str = ""


class _Armed:
    """One rule at play: what it waits for, and what it has done."""

    def __init__(self, name: str, rule: SolutionRule) -> None:
        self.name = name
        self.rule = rule
        self.since: dict[str, dict[str, int]] = {}  # per condition of the rule, for its ``for``
        self.due = -1  # ms at which it types, -1: not triggered
        self.fired = -1  # ms at which it first typed
        self.spent = False
        self.again: list[str] = []  # lines that were refused
        self.given: list[tuple[str, Receipt]] = []  # lines that were taken, of the last time

    def done(self) -> bool:
        """Tell whether it has typed, and everything that it typed has come to its end."""
        tries_again = bool(self.again) and not self.spent
        return self.fired >= 0 and not tries_again and all(receipt.done >= 0 for _, receipt in self.given)

    def retries(self) -> list[str]:
        """Return the lines of the last time that were refused, or that failed since."""
        failed = [line for line, receipt in self.given if receipt.state == "failed"]
        return [line for line in self.rule.do if line in self.again or line in failed]


class Runner:
    """Plays one Runbook against one Session."""

    def __init__(self, session: Playable, runbook: Runbook, author: str = "runbook") -> None:
        self.session = session
        self.author = author
        self.think = int(runbook.think)
        self.notes: list[Note] = []
        self._seen: Bindings = {}
        self._rules = {name: _Armed(name, rule) for name, rule in runbook.rules.items()}

    def play(self, watch: Callable[[Playable], None] | None = None) -> list[Note]:
        """Play to the horizon and return every line typed.

        Once no rule is left the rest runs hands-off; with ``watch``, which is called after each look, second by second.
        """
        session = self.session
        self.look()
        while session.now < session.length and (watch or not all(armed.spent for armed in self._rules.values())):
            session.advance(min(session.length, session.now + STEP))
            if session.now < session.length:
                self.look()
            if watch:
                watch(session)
        session.finish()
        return self.notes

    def look(self) -> None:
        """Look once, now, and type what is due. ``play`` does so every second; a front end that shows a run may too."""
        now = self.session.now
        for armed in self._rules.values():
            if armed.spent:
                continue
            if armed.due < 0 and self._triggered(armed):
                armed.due = now + self.think + int(armed.rule.wait)
            if 0 <= armed.due <= now:
                self._fire(armed)

    def _fire(self, armed: _Armed) -> None:
        """Type what is due. As in the level's script: ``while`` ends a rule, ``unless`` skips one turn of it."""
        rule, now = armed.rule, self.session.now
        goes_on = rule.while_ is None or self._holds(armed, "while", rule.while_)
        skips = rule.unless is not None and self._holds(armed, "unless", rule.unless)
        if goes_on and not skips:
            self._type(armed, armed.retries() or rule.do)
        if rule.repeat is None or not goes_on:
            armed.spent = True
        else:
            armed.due = now + max(STEP, int(rule.repeat))

    def _holds(self, armed: _Armed, part: str, condition: Condition) -> bool:
        held, seen = self.session.telemetry.holds(condition, armed.since.setdefault(part, {}))
        if held:
            self._seen.update(seen)
        return held

    def _triggered(self, armed: _Armed) -> bool:
        rule = armed.rule
        if rule.at is not None:
            at = self._instant(rule.at)
            return 0 <= at <= self.session.now
        if rule.after is not None:
            return self._after(rule.after)
        return rule.when is None or self._holds(armed, "when", rule.when)

    def _after(self, what: str) -> bool:
        name, _, part = what.partition(".")
        other = self._rules.get(name)
        if other is None:
            return self._started(name) >= 0
        return other.fired >= 0 if part == "started" else other.done()

    def _instant(self, text: str) -> int:
        """Return the ms that ``2m``, ``outage+90s`` or ``end`` means, -1 while that is not known."""
        anchor, offset = moment(text)
        if anchor == "end":
            return self.session.length
        start = self._started(anchor) if anchor else 0
        return -1 if start < 0 else start + offset

    def _started(self, name: str) -> int:
        """Return when a rule of this runbook first acted, or when a phase began; -1: not yet."""
        if name in self._rules:
            return self._rules[name].fired
        for spell in self.session.history.phases:
            if spell.name == name:
                return spell.start
        return -1

    def _type(self, armed: _Armed, lines: list[str]) -> None:
        armed.fired = self.session.now if armed.fired < 0 else armed.fired
        armed.again, armed.given = [], []
        for line in lines:
            filled, missing = fill(line, self._seen)
            taken = missing or submit_line(self.session, filled, self.author)
            refused = taken if isinstance(taken, str) else ""
            self.notes.append(Note(at=self.session.now, rule=armed.name, line=filled, refused=refused))
            if isinstance(taken, str):
                armed.again.append(line)
            else:
                armed.given.append((line, taken))


def fill(line: str, seen: Bindings) -> tuple[str, str]:
    """Return ``line`` with each ``{z.zone}`` filled in, and what could not be ("" when all could)."""
    missing: list[str] = []

    def value(found: re.Match[str]) -> str:
        known = seen.get(found[1], {}).get(found[2])
        if known is None:
            missing.append(found[0])
            return found[0]
        return str(known)

    filled = re.sub(_SEEN, value, line)
    return filled, f"nothing was seen for {', '.join(missing)}" if missing else ""


def submit_line(session: Playable, line: str, author: str) -> Receipt | str:
    """Type ``line``: return its receipt, or in one line why it was not taken."""
    try:
        action = parse(line, session.world)
    except ConsoleError as error:
        return str(error)
    taken = session.submit(action, author)
    return str(taken) if isinstance(taken, Refusal) else taken
