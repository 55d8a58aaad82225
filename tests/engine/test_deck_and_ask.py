"""Cards that are dealt and questions that are asked: what the script does with them, and what the log keeps."""

from __future__ import annotations

from typing import Any

import pytest

from drill.model.command import Refusal
from drill.score.debrief import debrief
from drill.session.chain import Log, LogHeader
from drill.session.session import replay
from drill.view.build import frame
from tests.engine.lab import Lab, level_file, tree

WEB = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"}


def message(text: str, **rule: Any) -> dict[str, Any]:
    return {**rule, "message": {"text": text}}


NIGHT = {
    "deal": 2,
    "apart": "90s",
    "of": [
        {"card": "rain", "suit": "sky"},
        {"card": "hail", "suit": "sky"},
        {"card": ["crowd", "noise"], "suit": "people"},
        {"card": "cable", "suit": "ground"},
    ],
}
CARDS = {
    "rain": message("rain"),
    "hail": message("hail", repeat="10s", unless={"draw": "night.2", "is": "hail"}),
    "crowd": {"demand": {"population": "users", "factor": 1.5}},
    "noise": message("noise", wait="5s"),
    "cable": message("cable"),
    "wet": message("wet", after="rain", wait="3s"),
    "loud": message("loud", when={"draw": "night", "is": "crowd"}),
}


def level(script: dict[str, Any], **more: Any) -> dict[str, Any]:
    users = {"users": {"enters": "web", "rate": "50/s", "classes": {"all": {"patience": "1s"}}}}
    return tree({"web": WEB}, users, script=script, length="5m", **more)


def night(seed: int) -> Lab:
    dealt = {"dealt": {"at": "60s", "deal": "night"}, **CARDS}
    return Lab(level(dealt, draws={"night": NIGHT}), seed)


def heard(it: Lab) -> list[tuple[float, str]]:
    return [(notice.at / 1000, notice.id) for notice in it.world.notices]


def test_cards_come_in_the_order_of_the_hand_and_apart() -> None:
    seen = set()
    for seed in range(12):
        it = night(seed).run(300)
        hand = it.world.draws["night"]
        assert {name: it.sim.script.fired[name] // 1000 for name in hand if name != "hail"} == {
            name: 60 + 90 * place for place, name in enumerate(hand) if name != "hail"
        }
        assert len({"rain", "hail"} & set(hand)) <= 1
        for name in ("rain", "hail", "crowd", "cable"):
            if name not in hand:
                assert name not in it.sim.script.fired
        seen.add(tuple(hand))
    assert len(seen) > 4


def test_a_card_may_be_several_rules_and_others_may_follow_it() -> None:
    for seed in range(12):
        it = night(seed).run(300)
        hand = it.world.draws["night"]
        texts = {name: at for at, name in heard(it)}
        assert ("wet" in texts) == ("rain" in hand) and ("loud" in texts) == ("crowd" in hand)
        if "rain" in hand:
            assert texts["wet"] == texts["rain"] + 3
        if "crowd" in hand:
            at = 60 + 90 * hand.index("crowd")
            assert texts["noise"] == at + 5
            assert it.world.traffic.populations["users"].factor == 1.5


def test_a_condition_can_ask_for_the_place_in_the_hand() -> None:
    for seed in range(24):
        it = night(seed).run(300)
        hand = it.world.draws["night"]
        came = [at for at, name in heard(it) if name == "hail"]
        assert bool(came) == (hand[0] == "hail")  # its `unless` skips it in second place


ASK: dict[str, Any] = {
    "who": {
        "at": "60s",
        "ask": {
            "from": "manager",
            "text": "Move everyone?",
            "choices": {"all": "Everyone, now.", "none": "Nobody."},
            "by": "45s",
        },
    },
    "moved": message("moved", when={"message": "who/all"}),
    "stayed": message("stayed", when={"all": [{"did": "Answer", "of": "who"}, {"message": "who/none"}]}),
    "silence": message("silence", when={"message": "who/unanswered"}, wait="2s"),
}
YES = "ops answer --question who --choice all"


@pytest.mark.parametrize(("choice", "follows"), [("all", "moved"), ("none", "stayed")])
def test_what_is_answered_decides_what_follows(choice: str, follows: str) -> None:
    it = Lab(level(ASK)).run(80)
    it.do(f"ops answer --question who --choice {choice}")
    it.run(300)
    assert heard(it) == [(60, "who"), (80, f"who/{choice}"), (80, follows)]


def test_no_answer_in_time_is_an_outcome_of_its_own() -> None:
    it = Lab(level(ASK)).run(300)
    assert heard(it) == [(60, "who"), (105, "who/unanswered"), (107, "silence")]
    assert any("nobody answered" in row.text for row in frame(it.session).feed)


def test_a_question_without_a_limit_stays_open() -> None:
    ask = {**ASK, "who": {"at": "60s", "ask": {k: v for k, v in ASK["who"]["ask"].items() if k != "by"}}}
    it = Lab(level({name: rule for name, rule in ask.items() if name != "silence"})).run(290)
    it.do(YES)
    assert heard(it.run(300))[-1] == (290, "moved")


@pytest.mark.parametrize(
    ("at", "line", "code"),
    [
        (30, YES, "NoQuestion"),
        (80, "ops answer --question whom --choice all", "NoQuestion"),
        (80, "ops answer --question who --choice most", "NoChoice"),
        (110, YES, "QuestionClosed"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_leaves_no_trace(at: int, line: str, code: str) -> None:
    it = Lab(level(ASK)).run(at)
    before = it.world.digest()
    refusal = it.do(line)
    assert isinstance(refusal, Refusal) and refusal.code == code
    assert it.world.digest() == before and not it.session.entries


def test_an_answer_stands() -> None:
    it = Lab(level(ASK)).run(80)
    it.do(YES)
    again = it.do("ops answer --question who --choice none")
    assert isinstance(again, Refusal) and again.code == "QuestionClosed"


def test_operators_read_the_question_and_how_to_answer_it() -> None:
    it = Lab(level(ASK))
    assert frame(it.session).guide == ""
    it.run(80)
    shown = frame(it.session)
    for text in (shown.guide, shown.feed[-1].text):
        assert text.startswith("Move everyone?") and "none: Nobody." in text
        assert "ops answer --question who" in text and "45 s" in text
    assert shown.feed[-1].source == "manager"
    it.do(YES)
    assert frame(it.session).guide == ""


def test_the_debrief_tells_what_was_asked_and_answered() -> None:
    it = Lab(level(ASK)).run(80)
    it.do(YES)
    it.session.finish()
    told = debrief(it.session.level, 1, it.session.history, it.session.scorecard())
    asked, given, heard = [moment for moment in told.timeline if moment.known or moment.action]
    assert asked.at == 60_000 and asked.known.startswith("manager: Move everyone?")
    assert given.at == heard.at == 80_000 and given.action == YES and heard.known.endswith("moved")


def test_an_answer_is_in_the_log_and_played_again() -> None:
    file = level_file(level(ASK))
    it = Lab(file).run(80)
    it.do(YES)
    it.session.finish()
    entries = it.session.entries
    assert [e.command["api"] for e in entries if e.note == "action"] == ["ops:Answer"]
    header = LogHeader(level=file.level.id, gameplay=file.gameplay_hash, seed=1, operator="", started="")
    again = replay(file, Log(header=header, entries=entries))
    assert again.world.digest() == it.world.digest()
