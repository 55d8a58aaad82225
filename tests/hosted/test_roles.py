"""What each role may do and see; what is refused says whom to ask."""

from __future__ import annotations

import msgspec

from drill.console import parse
from drill.hosted.roles import DUTY, may, seen_by, sees_metrics
from drill.level.bundle import find
from drill.level.loader import load
from drill.session.orders import ROLES
from drill.session.session import Session
from drill.view.build import frame
from drill.view.frame import NOT_TOLD

SEATS = {"ada": "commander", "bob": "operator", "cleo": "operator", "eve": "communications"}
LINES = {
    "ops declare-incident --severity 1": "commander",
    "ops assign --to bob --task 'look at the balancer'": "commander",
    "ops buy-hint --hint-id where": "commander",
    "ops post-status --text 'We know.'": "communications",
    "aws autoscaling set-desired-capacity --auto-scaling-group-name web --desired-capacity 4": "operator",
    "aws ec2 describe-instances": "operator",
}


def test_each_role_does_its_part_and_is_told_whom_to_ask_for_the_rest() -> None:
    assert set(DUTY) == set(ROLES)
    for line, wanted in LINES.items():
        action = parse(line)
        for name, role in SEATS.items():
            refused = may(name, action, SEATS)
            assert (refused == "") == (role == wanted), (name, line)
            if refused:
                assert all(other in refused for other, has in SEATS.items() if has == wanted)
        assert may("fay", action, SEATS) == "", "whoever has no seat leads, and may do anything"
    for line in ("ops ask --question 'who is on call'", "curl web-alb"):
        assert all(may(name, parse(line), SEATS) == "" for name in SEATS)


def test_a_role_that_nobody_has_falls_to_the_commander_and_then_to_everybody() -> None:
    post = parse("ops post-status --text 'We know.'")
    assert may("ada", post, {"ada": "commander", "bob": "operator"}) == ""
    assert "ask ada" in may("bob", post, {"ada": "commander", "bob": "operator"})
    assert may("bob", post, {"bob": "operator"}) == ""


def test_each_role_sees_its_part() -> None:
    session = Session.start(load(find("zone-power")), 7)
    session.advance(100_000)
    for author, line in (("bob", "aws autoscaling describe-auto-scaling-groups"), ("ada", "ops declare-incident")):
        session.submit(parse(line, session.world), author)
    session.advance(140_000)
    whole = frame(session)
    before = session.world.digest()
    acts = seen_by(whole, "operator", "bob")
    assert (acts.operator, acts.seed) == ("bob", NOT_TOLD) and whole.echoes[0].text
    assert msgspec.structs.replace(acts, operator=whole.operator, seed=whole.seed) == whole
    leads = seen_by(whole, "commander", "ada")
    assert [c.word for c in leads.cards] == [c.word for c in whole.cards] and any(c.load for c in whole.cards)
    assert all(c.load is None and not c.lines for c in leads.cards) and leads.echoes[0].text == ""
    tells = seen_by(whole, "communications", "eve")
    assert tells.cards == tells.alarms == tells.echoes == () and tells.users == whole.users
    said = {row.source for row in tells.feed}
    assert "support" in said and "ada" in said and not said & {"alarm", "web-alb", "bob"}
    assert "power-interruption" not in msgspec.json.encode(tells).decode()
    assert sees_metrics("operator") and not sees_metrics("commander") and not sees_metrics("communications")
    assert session.world.digest() == before
