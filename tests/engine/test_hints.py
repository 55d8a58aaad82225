"""Hints: when they are offered, to whom they are not sold, and what the guide says meanwhile."""

from __future__ import annotations

from typing import Any

from drill.model.command import Receipt, Refusal
from drill.session.chain import Log, LogHeader
from drill.session.session import replay
from drill.view.build import frame
from drill.view.said import look
from tests.engine.lab import Lab, tree

WEB = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s", "boot": "10s"}
USERS = {"users": {"enters": "web", "rate": "50/s", "classes": {"all": {"patience": "1s"}}}}
STOP = {"stop": {"at": "30s", "fault": "aws:ec2:stop-instances", "target": "web"}}
STARTED = {"did": "StartInstances", "of": "web"}


def lab(hints: dict[str, Any]) -> Lab:
    return Lab(tree({"web": WEB}, USERS, STOP, "5m", tier="hinted", hints=hints))


def sold(it: Lab) -> str | None:
    offer = frame(it.session).next_hint
    return offer.id if offer else None


def test_what_is_done_is_not_sold_and_the_next_hint_that_still_helps_is() -> None:
    it = lab({
        "start": {"after": "stop", "wait": "10s", "cost": 40, "unless": STARTED, "text": "It can be started."},
        "wait": {"after": "stop", "wait": "20s", "cost": 60, "text": "A start takes its time."},
    }).run(55)  # fmt: skip
    assert sold(it) == "start"
    it.now("aws ec2 start-instances --instance-ids web")
    assert sold(it) == "wait"
    refused = it.do("ops buy-hint --hint-id start")
    assert isinstance(refused, Refusal) and "would help nobody" in refused.message
    assert isinstance(it.do("ops buy-hint --hint-id wait"), Receipt)
    assert sold(it) is None and it.session.scorecard().hints == 60


def test_a_hint_reads_what_can_be_known_and_its_log_verifies() -> None:
    it = lab({"dark": {"at": "0s", "cost": 5, "unless": {"measure": "users.success", "above": "99%"}, "text": "Look."}})
    seen = [(second, sold(it.run(second))) for second in range(1, 60)]
    (first, *_) = [second for second, offer in seen if offer]
    assert it.session.history.impact < 1000 * first, "the truth alone sells nothing"
    assert first == 45  # nothing was served any more from the 40th second on; published 5 s later
    assert isinstance(it.do("ops buy-hint --hint-id dark"), Receipt)
    it.session.finish()
    header = LogHeader(level="bench", gameplay=it.file.gameplay_hash, seed=1)
    again = replay(it.file, Log(header=header, entries=it.session.entries))
    assert again.scorecard() == it.session.scorecard()


def test_the_guide_says_what_is_still_to_do_in_the_words_of_each_front_end() -> None:
    it = lab({
        "calm": {"at": "0s", "text": "All is well."},
        "act": {
            "after": "stop", "wait": "10s", "unless": STARTED, "text": "Press Enter.", "plain": "Type actions web.",
        },
    })  # fmt: skip
    said = {}
    for second in (5, 45):
        shown = frame(it.run(second).session)
        said[second] = (shown.guide, next(line for line in look(shown) if line.startswith("Guide")))
    assert said == {
        5: ("All is well.", "Guide: All is well."), 45: ("Press Enter.", "Guide: Type actions web."),
    }  # fmt: skip
    it.now("aws ec2 start-instances --instance-ids web")
    assert frame(it.session).guide == "All is well."
