"""The levels that newcomers meet first: the guide is right at every second, and readiness costs what it costs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from drill.certify.bots import PREPARED
from drill.certify.play import Job, play_one
from drill.console import parse
from drill.level.family import levels_in
from drill.level.loader import bundled, find, load
from drill.session.session import Session
from drill.view.build import frame

KEYS = r"(?i)\b(press|enter shows|arrow|esc|cards?|select)\b|(^|[ ;,])[+:] "
REMAP = "aws ec2 associate-address --allocation-id web-ip --instance-id {}"


def guided(level: str, seed: int, line: str, at: int) -> list[tuple[int, str, float]]:
    """Play a level with one command; return what the guide said from when on, and how many were then seen served."""
    session = Session.start(load(find(level)), seed)
    said: list[tuple[int, str, float]] = []
    while session.now < session.length:
        session.advance(session.now + 1000)
        if session.now == at * 1000:
            session.submit(parse(line, session.world))
        shown = frame(session)
        if not said or shown.guide != said[-1][1]:
            said.append((session.now // 1000, shown.guide, shown.users.success or 0.0))
    return said


def cast(session: Any) -> tuple[str, str]:
    """Return the server that answers for the shop, and the spare that runs."""
    live = session.world.components["web-ip"].instance
    names = [name for name in ("web-1", "web-2", "web-3") if name != live]
    return live, next(name for name in names if session.world.components[name].machine.state == "running")


def test_the_first_shift_is_told_what_can_be_seen_and_until_it_is_done() -> None:
    said = guided("first-shift", 1, "aws ec2 start-instances --instance-ids web-1", 70)
    assert [(text.split(":")[0].split(".")[0], round(seen, 2)) for _, text, seen in said] == [
        ("All is well", 1.0), ("Top line", 1.0), ("An alarm", 1.0), ("Customers are failing", 0.75),
        ("web-1 boots", 0.75), ("Served again", 1.0),
    ]  # fmt: skip
    assert said[4][0] == 70, "a step ends when it is done"


@pytest.mark.parametrize("seed", range(1, 7))
def test_the_guide_speaks_of_the_dead_server_while_it_is_seen_to_be_dead(seed: int) -> None:
    _, spare = cast(Session.start(load(find("eip-remap")), seed))
    said = guided("eip-remap", seed, REMAP.format(spare), 130)
    starts = ("Three servers", "The shop is silent", "Type : and", "Answered again")
    assert len(said) == 4 and all(row[1].startswith(text) for row, text in zip(said, starts, strict=True))
    assert said[1][2] < 0.9, "what it speaks of can be seen"
    assert 130 < said[3][0] <= 142


@pytest.mark.parametrize("seed", range(1, 7))
def test_whoever_answers_for_the_shop_is_hit_also_a_spare_that_took_over_in_the_calm(seed: int) -> None:
    session = Session.start(load(find("eip-remap")), seed)
    world: Any = session.world
    live, spare = cast(session)
    session.submit(parse(REMAP.format(spare), world))
    session.advance(100_000)
    assert not world.components[spare].responds(world, 5_000) and world.components[live].responds(world, 5_000)
    session.submit(parse(REMAP.format(live), world))
    session.finish()
    assert session.scorecard().won, "it can be won all the same"


READY = {
    "zone-power": 700, "region-failover": 750, "eip-remap": 499,
    "api-day": 750, "dr-ladder/warm-standby": 750, "dr-ladder/pilot-light": 750, "dead-nat": 499,
}  # fmt: skip


@pytest.mark.parametrize(("name", "most"), READY.items())
def test_who_is_prepared_pays_for_what_is_held_ready(name: str, most: int) -> None:
    file = load(find(name))
    for seed in range(1, 9):
        assert play_one(file, Job(bot=PREPARED, seed=seed)).points <= most, f"seed {seed}"


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_every_level_opens_with_half_a_minute_of_calm_at_least(path: Path) -> None:
    for seed in range(1, 13):
        session = Session.start(load(levels_in(path)[0]), seed)
        session.advance(30_000)
        struck = [truth for truth in session.history.truths if truth.kind == "fault" and truth.at > 0]
        assert not struck and session.history.impact < 0, f"seed {seed}"


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_what_is_said_line_by_line_names_no_key_of_the_screen(path: Path) -> None:
    hints = load(levels_in(path)[0]).level.hints
    for name, hint in hints.items():
        words = hint.plain or hint.text
        assert not re.search(KEYS, words), f"{name}: {words}"
