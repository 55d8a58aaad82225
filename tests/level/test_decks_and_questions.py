"""Decks and questions in a level file: every hand counted once, and what makes no sense refused where it stands."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.level.decks import hand, hands
from drill.level.level import CardSpec, DeckSpec
from drill.level.lint import lint
from drill.model.units import Duration
from tests.level.sample import LEVEL, loaded, place, refused, write

DECK = "  night: {deal: 2, apart: 40s, of: [{card: dark, suit: zone}, {card: [busy, told-so], suit: load},\n" + (
    "    {card: cut, suit: zone}]}\n"
)
SCRIPT = """\
  dealt: {after: stop, wait: 5s, deal: night}
  dark: {fault: "aws:ec2:stop-instances", target: side}
  busy: {wait: 10s, demand: {population: robots, factor: 2}}
  told-so: {message: {text: It is busy.}}
  cut: {fault: "aws:ec2:stop-instances", target: web-2, for: 30s}
  first: {when: {all: [{draw: night.1, is: busy}, {draw: night, is: dark}]}, message: {text: Both.}}
  move: {at: 2m, ask: {from: manager, text: Shall we move?, choices: {yes-all: Everyone., not-yet: Wait.}, by: 60s}}
  moved: {when: {message: move/yes-all}, message: {text: They know.}}
  late: {when: {message: move/unanswered}, message: {text: Nobody said a word.}}
  heard: {when: {did: Answer, of: move}, message: {text: Thanks.}}
"""
FULL = LEVEL.replace("  t0: {", DECK + "  t0: {", 1).replace("  surge: {", SCRIPT + "  surge: {", 1)


def swapped(old: str, new: str) -> str:
    assert FULL.count(old) == 1, old
    return FULL.replace(old, new)


def test_it_loads_and_passes_lint(tmp_path):
    assert lint(write(tmp_path, FULL)) == []


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(1, 3))
def test_every_hand_has_one_number(sizes, deal):
    deal = min(deal, len(sizes))
    names = [(f"{suit}{n}", str(suit)) for suit, size in enumerate(sizes) for n in range(size)]
    of = [CardSpec(card=name, suit=suit) for name, suit in names]
    deck = DeckSpec(deal=deal, apart=Duration(1000), of=of)
    wanted = [[n for n, _ in row] for row in permutations(names, deal) if len({s for _, s in row}) == deal]
    assert hands(sizes, deal) == len(wanted)
    assert sorted(hand(deck, number) for number in range(len(wanted))) == sorted(wanted)


def test_the_seed_alone_deals_and_every_card_comes_up(tmp_path):
    file = loaded(tmp_path, FULL)
    (tmp_path / "other").mkdir()
    again = loaded(tmp_path / "other", FULL.replace("id: sample", "id: other"))
    dealt = [file.bind(seed).draws["night"] for seed in range(60)]
    assert dealt == [again.bind(seed).draws["night"] for seed in range(60)]
    count = Counter(name for row in dealt for name in row)
    assert set(count) == {"dark", "busy", "cut"} and count["busy"] == 60
    assert all(len(row) == 2 for row in dealt)


def test_the_wording_of_a_question_is_prose_its_choices_are_not(tmp_path):
    same = swapped("Shall we move?", "Do we go?").replace("not-yet: Wait.", "not-yet: Hold on.")
    other = swapped("not-yet: Wait.", "not-now: Wait.")
    deck = swapped("deal: 2, apart: 40s", "deal: 2, apart: 41s")
    fingerprints = []
    for text in (FULL, same, other, deck):
        fingerprints.append(loaded(tmp_path, text).gameplay_hash)
    assert fingerprints[0] == fingerprints[1]
    assert len(set(fingerprints)) == 3


WRONG = [
    ("deal: 2, apart", "deal: 3, apart", "deal: 3", "deals 3 cards of 2 suits"),
    ("deal: 2, apart", "deal: two, apart", "two", "`deal` must be a whole number"),
    ("{card: dark, suit: zone}", "{card: dark}", "{card: dark}", "needs the field `suit`"),
    ("{card: dark, suit", "{card: bark, suit", "bark", "the script has no rule `bark`"),
    ("[busy, told-so]", "[busy, dark]", "[busy", "`dark` is in two cards"),
    ("dark: {fault", "dark: {at: 2m, fault", "at: 2m, fault", "comes when it is dealt"),
    ("deal: night}", "deal: day}", "day}", "there is no deck `day`"),
    ("wait: 5s, deal", "wait: 5s, repeat: 9s, deal", "deal: night}", "dealt more than once"),
    ("is: dark}]}", "is: told-so}]}", "told-so}]}", "has no card `told-so`"),
    ("draw: night.1", "draw: night.3", "night.3", "`night` deals 2 cards"),
    (", not-yet: Wait.}", "}", "choices: {yes-all: Everyone.}", "2 to 9 choices, not 1"),
    ("not-yet: Wait.", "unanswered: Wait.", "unanswered: Wait.", "is what no answer counts as"),
    ("by: 60s", "by: 100ms", "100ms", "nobody answers within a second"),
    ("message: move/yes-all", "message: move/yes", "move/yes}", "there is no message called `move/yes`"),
    ("of: move}", "of: moves}", "moves}", "moves"),
]


@pytest.mark.parametrize(("old", "new", "at", "says"), WRONG, ids=[row[1][:28] for row in WRONG])
def test_what_is_wrong_is_said_at_its_place(tmp_path, old, new, at, says):
    text = swapped(old, new)
    problems = refused(tmp_path, text)
    assert any(says in p.what for p in problems), problems
    found = next(p for p in problems if says in p.what)
    assert found.line == place(text, at)[0]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("deal: night}", "deal: night, unless: {draw: night, is: cut}}", None),
        ("deal: 2, apart: 40s", "deal: 2, apart: 7m", "deck.time"),
        ("  dealt: {after: stop, wait: 5s, deal: night}\n", "", "draw.unused"),
    ],
)
def test_what_lint_says_of_decks(tmp_path, old, new, rule):
    text = swapped(old, new)
    if rule == "draw.unused":
        asked = "when: {all: [{draw: night.1, is: busy}, {draw: night, is: dark}]}"
        text = text.replace(asked, "at: 9s")
    assert [p.rule for p in lint(write(tmp_path, text))] == ([rule] if rule else [])


def test_an_answer_from_which_nothing_follows_is_refused(tmp_path):
    keep = [line for line in FULL.splitlines(True) if not line.startswith(("  moved:", "  late:", "  heard:"))]
    assert [p.rule for p in lint(write(tmp_path, "".join(keep)))] == ["ask.answer"]


def test_a_question_must_not_say_what_to_type(tmp_path):
    text = swapped("Shall we move?", "aws ec2 associate-address --allocation-id web-ip --instance-id web-2")
    assert [p.rule for p in lint(write(tmp_path, text))] == ["fair.given-away"]


def test_a_deck_is_decoded_like_any_other_part():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"deal": 1, "apart": "1s"}, DeckSpec)
