"""Runbooks and scripts: when a rule fires, what it types, and what becomes of a refused line."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from drill.console import ConsoleError
from drill.engine.history import History, Spell
from drill.level.level import Condition, Runbook
from drill.model.command import Receipt, Refusal
from drill.model.units import decode
from drill.session import runbook as module
from drill.session.runbook import Runner, fill
from drill.session.script import ScriptError, parse_script, play_script


class Session:
    """Stands in for a session: conditions hold from given seconds on, lines are refused until given seconds."""

    def __init__(self, holds: dict[str, tuple[int, int]] | None = None, refused: dict[str, int] | None = None) -> None:
        self.now, self.length, self.world, self.telemetry = 0, 120_000, None, self
        self.history = History(phases=[Spell(name="outage", start=40_000, max=60_000)])
        self.facts = {name: (start * 1000, end * 1000) for name, (start, end) in (holds or {}).items()}
        self.refused = {line: until * 1000 for line, until in (refused or {}).items()}
        self.typed: list[tuple[int, str]] = []
        self.receipts: list[Receipt] = []
        self.takes = 0

    def holds(self, condition: Condition, since: dict[str, int]) -> tuple[bool, dict[str, dict[str, Any]]]:
        start, end = self.facts.get(condition.alarm or "", (0, -1))
        seen = {condition.as_: {"zone": f"zone-{condition.alarm}"}} if condition.as_ else {}
        return start <= self.now < end, seen

    def advance(self, to_ms: int) -> None:
        assert to_ms > self.now
        self.now = to_ms
        for receipt in self.receipts:
            if receipt.done < 0 and receipt.at + self.takes * 1000 <= self.now:
                receipt.done, receipt.state = self.now, "done"

    def submit(self, action: Any, author: str = "you") -> Refusal | Receipt:
        if self.now < self.refused.get(action, 0):
            return Refusal("Busy", "not now", "Op")
        self.typed.append((self.now // 1000, action))
        self.receipts.append(Receipt(n=len(self.receipts), at=self.now, author=author, action="x"))
        return self.receipts[-1]

    def finish(self) -> None:
        self.now = self.length


@pytest.fixture(autouse=True)
def _lines_are_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(line: str, lookup: Any) -> Any:
        if line.startswith("?"):
            raise ConsoleError("no such command")
        return line

    monkeypatch.setattr(module, "parse", parse)


def play(session: Session, think: str = "0s", **rules: Any) -> list[tuple[int, str]]:
    raw = {"think": think, "rules": rules}
    Runner(session, msgspec.convert(raw, Runbook, dec_hook=decode)).play()  # type: ignore[arg-type]
    assert session.now == session.length
    return session.typed


def test_a_rule_fires_once_after_thinking_and_waiting() -> None:
    session = Session({"down": (30, 120)})
    rule = {"when": {"alarm": "down"}, "wait": "5s", "do": ["one", "two"]}
    assert play(session, think="20s", r=rule) == [(55, "one"), (55, "two")]


def test_what_was_seen_is_acted_on_though_it_passes() -> None:
    assert play(Session({"down": (30, 31)}), think="20s", r={"when": {"alarm": "down"}, "do": ["x"]}) == [(50, "x")]


def test_while_ends_a_repeated_rule_and_unless_skips_a_turn() -> None:
    rule = {"when": {"alarm": "down"}, "repeat": "10s", "do": ["x"]}
    session = Session({"down": (10, 11), "going": (0, 35)})
    assert play(session, r={**rule, "while": {"alarm": "going"}}) == [(10, "x"), (20, "x"), (30, "x")]
    session = Session({"down": (10, 11), "enough": (15, 95)})
    assert play(session, r={**rule, "unless": {"alarm": "enough"}}) == [(10, "x"), (100, "x"), (110, "x")]


def test_a_refused_line_is_tried_again_only_with_repeat() -> None:
    session = Session({"down": (10, 12), "done": (45, 120)}, refused={"two": 35})
    rule = {"when": {"alarm": "down"}, "do": ["one", "two", "three"]}
    again = {**rule, "repeat": "10s", "unless": {"alarm": "done"}}
    assert play(session, r=again) == [(10, "one"), (10, "three"), (40, "two")]
    session = Session({"down": (10, 12)}, refused={"two": 35})
    assert play(session, r=rule) == [(10, "one"), (10, "three")]


def test_after_waits_for_the_end_and_started_does_not() -> None:
    session = Session()
    session.takes = 7
    typed = play(
        session, a={"at": "10s", "do": ["a"]}, b={"after": "a", "do": ["b"]}, c={"after": "a.started", "do": ["c"]}
    )
    assert typed == [(10, "a"), (10, "c"), (17, "b")]


def test_instants_may_follow_a_phase() -> None:
    typed = play(Session(), a={"at": "outage+30s", "do": ["a"]}, b={"at": "end", "do": ["b"]})
    assert typed == [(70, "a")]


def test_what_was_seen_fills_the_line_and_json_does_not() -> None:
    rule = {"when": {"alarm": "down", "as": "z"}, "do": ["zone {z.zone} {y.zone}", 'json {"a": {"b.c": 1}} {z.zone}']}
    session = Session({"down": (5, 120)})
    assert play(session, r=rule) == [(5, 'json {"a": {"b.c": 1}} zone-down')]
    assert fill("{z.zone}", {}) == ("{z.zone}", "nothing was seen for {z.zone}")


def test_a_script_gives_each_line_at_its_time() -> None:
    text = "# first\n\nT+00:40 late\n  T+5s early\nT+1:00:00 never\nT+00:50 ?what\n"
    session = Session(refused={"late": 100})
    notes = play_script(session, parse_script(text))  # type: ignore[arg-type]
    assert session.typed == [(5, "early")]
    assert [(n.rule, n.refused.split(":")[0][:18]) for n in notes] == [
        ("line 4", ""), ("line 3", "An error occurred "), ("line 6", "no such command"),
        ("line 5", "the drill is over "),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["T+0240 aws", "aws ec2 x", "T+02:99 x", "T+02:40", "T+\x1b[31m02:40"])
def test_a_bad_script_line_is_named(line: str) -> None:
    with pytest.raises(ScriptError, match=r"^run\.txt:2:1: no time and command.*; write T\+MM:SS and a command$"):
        parse_script(f"# x\n{line}\n", "run.txt")
