"""The invariants on the levels that come with the drill, with anything that their solutions say given at any time."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from drill.level.bundle import bundled
from drill.level.loader import load
from drill.session.session import Session
from drill.view.build import frame
from tests.reliability.test_invariants import balanced, play


def lines(session: Session) -> list[str]:
    """Return every line that any solution of the level gives, where it names what is there."""
    solutions = session.level.solutions
    books = [solutions.reference.rules, *(lesson.rules for lesson in solutions.wrong)]
    return [line for rules in books for rule in rules.values() for line in rule.do if "{" not in line or "'{" in line]


def schedule(session: Session, dice: random.Random) -> list[tuple[int, str]]:
    """Return up to ten of those lines, at any time of the level."""
    found = [(int(dice.random() * session.length), line) for line in lines(session) for _ in range(2)]
    return sorted(found, key=lambda row: dice.random())[:10]


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_every_level_keeps_its_books_and_plays_again_to_the_same_end(path: Path) -> None:
    file = load(path)
    dice = random.Random(path.stem)
    seed = int(dice.random() * 1000)
    watched = Session.start(file, seed)
    rows = sorted(schedule(watched, dice))
    step = max(10_000, watched.length // 60)
    for at in range(0, watched.length, step):
        play(watched, [row for row in rows if at - step < row[0] <= at])
        watched.advance(at)
        before = watched.world.digest()
        hidden(watched, msgspec.json.encode(frame(watched)).decode())
        assert watched.world.digest() == before
        balanced(watched.world)
    watched.finish()
    again = Session.start(file, seed)
    assert len(list(again.follow(watched.entries))) == len(watched.entries)
    assert again.world.digest() == watched.world.digest()


def hidden(session: Session, shown: str) -> None:
    """Nothing of the debrief, of a lesson or of a hint that was not bought stands in a frame."""
    level, debrief = session.level, session.level.debrief
    bought = {row.hint for row in session.history.hints}
    texts = [debrief.question, debrief.concept, *debrief.chain, *(lesson.why for lesson in level.solutions.wrong)]
    texts += [hint.text for name, hint in level.hints.items() if hint.cost > 0 and name not in bought]
    for text in texts:
        assert len(text) < 12 or msgspec.json.encode(text).decode()[1:-1] not in shown, text
