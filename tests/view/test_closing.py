"""Ending early is offered where it can no longer be won, or all is well again; and what is said of it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from drill.desk import Desk
from drill.level.loader import load
from drill.plain import Plain
from drill.session.log import read
from drill.session.session import Session
from drill.view.build import frame
from drill.view.closing import Closings
from tests.golden.make import FOLDER, LEVELS

LOGS = sorted(FOLDER.glob("*.jsonl"))


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_what_is_said_to_be_lost_is_not_won(path: Path) -> None:
    log = read(path)
    session = Session.start(load(LEVELS / f"{log.header.level}.yaml"), log.header.seed)
    said = []
    for _ in session.follow(log.entries):  # a mark every 10 s among them
        found = frame(session).closing
        if found is not None and found.kind not in said:
            said.append(found.kind)
    won = session.scorecard().won
    assert not (won and "lost" in said)
    if path.stem.endswith("-reference"):
        assert won and session.history.impact >= 0


@pytest.mark.parametrize("level", ["zone-power", "eip-remap", "region-failover"])
def test_idle_play_is_told_once_when_it_is_lost(level: str) -> None:
    session = Session.start(Desk().load(level), 3)
    closings, texts, first = Closings("`e` ends it."), [], -1
    while session.now < session.length - 10_000:
        session.advance(session.now + 10_000)
        shown = closings.told(frame(session))
        texts = [row.text for row in shown.feed if row.source == "drill" and "can no longer be won" in row.text]
        if shown.closing is not None and shown.closing.kind == "lost" and first < 0:
            first = session.now
            missed = [row for row in session.scorecard().rows if row.must and not row.met]
            assert missed and missed[0].label in texts[0]
    assert 0 < first < session.length - 60_000 and len(texts) == 1
    session.finish()
    assert not session.scorecard().won


def test_what_only_later_asks_can_mend_is_not_called_lost(tmp_path: Path) -> None:
    text = (LEVELS / "zone-power.yaml").read_text(encoding="utf-8")
    for old, new in (("must: true", "must: false"), ("is: availability,", "is: availability, must: true,")):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "zone-power.yaml"
    path.write_text(text, encoding="utf-8")
    session = Session.start(load(path), 7)
    missed = 0
    while session.now < session.length - 10_000:
        session.advance(session.now + 10_000)
        shown = frame(session)
        missed += any(gauge.must and gauge.state == "bad" for gauge in shown.gauges)
        assert shown.closing is None or shown.closing.kind == "well"
    assert missed, "the figure stood past its target for a while"


def test_when_all_is_well_again_it_is_said_and_where_more_is_lost_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path))
    desk, said = Desk(), []
    plain = Plain(desk, desk.start(desk.load("eip-remap"), 3), said.append)
    lines = ["wait 2m30s", "aws ec2 associate-address --allocation-id web-ip --instance-id web-2", "wait 30s"]
    plain.play(iter([*lines, "leave"]))
    assert not any("More may come" in text for text in said)
    plain.play(iter(["wait 2m", "wait 20s", "leave"]))
    told = [text for text in said if "Users have been served well since" in text]
    assert len(told) == 1 and told[0].endswith("More may come. `quit` ends it.")
