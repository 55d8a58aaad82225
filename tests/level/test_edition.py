"""A level as a text that travels: the same drill, and nothing in it that a player must not know before the end."""

from __future__ import annotations

import pickle

import pytest

from drill.level.bundle import bundled
from drill.level.edition import edition, hint_texts, read, whole
from drill.level.loader import LevelFile, load
from drill.session.session import Session

LEVELS = [load(path) for path in bundled()]
BY_ID = {file.level.id: file for file in LEVELS}


def ids(file: LevelFile) -> str:
    return file.level.id


@pytest.mark.parametrize("file", LEVELS, ids=ids)
def test_the_whole_level_comes_back_as_it_was(file: LevelFile) -> None:
    again = read(whole(file))
    assert again.gameplay_hash == file.gameplay_hash
    assert again.level == file.level


@pytest.mark.parametrize("file", LEVELS, ids=ids)
def test_an_edition_decides_every_drill_as_its_level_does(file: LevelFile) -> None:
    digests = []
    for played in (file, pickle.loads(pickle.dumps(read(edition(file, price=7))))):
        session = Session.start(played, 5)
        session.advance(min(session.length, 100_000))
        digests.append(session.world.digest())
    assert digests[0] == digests[1]


@pytest.mark.parametrize("file", LEVELS, ids=ids)
def test_an_edition_gives_neither_solutions_nor_pars_nor_texts_for_sale_away(file: LevelFile) -> None:
    text = edition(file).decode()
    player = read(text.encode())
    assert not player.level.solutions.reference.rules and not player.level.solutions.wrong
    level = file.level
    secrets = [level.debrief.question, level.debrief.won, level.debrief.lost, *level.debrief.chain, *level.sources]
    secrets += [lesson.why for lesson in level.solutions.wrong]
    secrets += [*hint_texts(file).values()]
    assert not [secret for secret in secrets if secret and secret in text]
    for name, objective in level.objectives.items():
        theirs = player.level.objectives[name]
        assert theirs.par in (0, "100%") and (theirs.target, theirs.zero) == (objective.target, objective.zero)


def test_hints_can_be_left_out_or_have_another_price() -> None:
    file = BY_ID["zone-power"]
    sold = list(hint_texts(file))
    assert sold
    assert all(read(edition(file, price=5)).level.hints[name].cost == 5 for name in sold)
    assert not any(name in read(edition(file, hints=False)).level.hints for name in sold)


@pytest.mark.parametrize("file", LEVELS, ids=ids)
def test_money_is_no_worry_before_any_of_it_was_spent_only_because_an_edition_has_no_par(file: LevelFile) -> None:
    session = Session.start(read(edition(file)), 5)
    assert {row.state for row in session.scorecard().rows if row.measure == "spend"} <= {"ok"}
