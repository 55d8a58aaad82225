"""Without: what each command did, by playing the drill again without it."""

from __future__ import annotations

from drill.console import parse
from drill.model.command import Refusal
from drill.score.debrief import Debrief, Extras, debrief
from drill.score.effects import Effect, Measured
from drill.score.hotwash import hot_wash
from drill.score.report import report_md
from drill.session.orders import Rewind
from drill.session.session import Session
from drill.session.without import measured
from tests.engine.lab import level_file, tree

START = "aws ec2 start-instances --instance-ids web-1"
REBOOT = "aws ec2 reboot-instances --instance-ids web-1"
STOP = "aws ec2 stop-instances --instance-ids web-2"
SHED, ADMIT = (f"ops shed-load --name web-alb --percent {percent}" for percent in (50, 0))


def shop(*lines: tuple[int, str], rewind: bool = False) -> Session:
    """Play eight minutes of two servers behind a balancer, of which web-1 stops at T+01:00. Lines: second, line."""
    web = {"kind": "ec2.instance", "capacity": "120/s", "backlog": "2s", "boot": "40s"}
    parts = {
        "web-alb": {"kind": "elb.application-load-balancer", "zones": ["use1-az1", "use1-az2"],
                    "targets": ["web-1", "web-2"],
                    "health_check": {"interval": "5s", "timeout": "4s", "healthy": 2, "unhealthy": 6}},
        "web-1": {**web, "zone": "use1-az1"},
        "web-2": {**web, "zone": "use1-az2"},
    }  # fmt: skip
    goals = {
        "rto": {"is": "rto", "par": "90s", "target": "2m30s", "zero": "6m", "stable": "30s", "must": True},
        "served": {"is": "availability", "par": "85%", "target": "70%", "zero": "20%"},
    }
    dead = {"dead": {"at": "1m", "fault": "aws:ec2:stop-instances", "target": "web-1"}}
    level = tree(parts, {"users": {"enters": "web-alb", "rate": "150/s"}}, dead, "8m", objectives=goals)
    session = Session.start(level_file(level), 1)
    for second, line in lines:
        session.advance(second * 1000)
        answer = session.submit(parse(line, session.world), "ada")
        assert not isinstance(answer, Refusal), answer
    if rewind:
        assert not session.order(Rewind(to=61_000), "fay")
        session.advance(80_000)
        session.submit(parse(START, session.world), "ada")
    session.finish()
    return session


def told(session: Session, found: Measured) -> Debrief:
    extras = Extras(measured=found)
    return debrief(session.level, session.seed, session.history, session.scorecard(), extras)


def effects(session: Session) -> list[Effect]:
    return list(measured(session).effects.values())


def asked(session: Session) -> str:
    return " ".join(hot_wash(session.level, session.history, told(session, measured(session))).questions)


def test_an_action_is_told_by_what_it_brought_when_it_could_be_there() -> None:
    session = shop((80, START))
    (found,) = effects(session)
    assert session.scorecard().won and not found.won, "it decided the drill"
    assert found.since - 80_000 >= 40_000, "a boot and health checks come first: longer than any fixed look after it"
    assert found.share is not None and found.without is not None and found.share > 0.99 > 0.85 > found.without
    assert found.good and found.more > 0
    page = told(session, measured(session))
    assert "`ec2 start-instances` of T+01:20 took effect at T+02:" in page.headline
    texts = [cause.text.partition(" ")[0] for cause in page.happened]
    assert texts.index("ec2") < texts.index("users", texts.index("users") + 1), "first the effect, then all is well"
    assert "made no difference" not in asked(session) + report_md(page)


def test_what_did_nothing_or_harm_is_said_to_have_done_that() -> None:
    session = shop((80, "aws ec2 describe-instances"), (90, STOP), (260, START))
    stop, start = effects(session)
    assert stop.bad and 90_000 <= stop.since < 110_000, "the last server that serves was taken away"
    assert start.good
    page = told(session, measured(session))
    assert "`ec2 stop-instances` of T+01:30 cost users from T+01:" in page.headline
    assert "ec2 stop-instances at T+01:30 cost users from T+01:" in asked(session)
    idle = shop((80, "aws ec2 stop-instances --instance-ids web-1"))
    assert "ec2 stop-instances at T+01:20 made no difference that users felt" in asked(idle)


def test_of_two_that_do_the_same_neither_is_called_vain() -> None:
    session = shop((20, ADMIT), (80, START), (81, START))
    nothing, first, second = effects(session)
    assert not nothing.good and not nothing.spare
    assert first.spare and not first.good, "without the first, the second does it, some seconds later"
    assert first.alone > 5_000
    assert not second.good and not second.spare
    assert "start-instances at T+01:20" not in asked(session)
    assert "s in the end: a later command would have done as much" in report_md(told(session, measured(session)))


def test_load_that_was_shed_is_counted_and_named() -> None:
    session = shop((80, SHED), (90, START), (200, ADMIT))
    (spell,) = measured(session).sheds
    (shed_reason,) = [track.reasons["shed"] for track in session.history.classes.values()]
    assert (spell.name, spell.share, spell.open, spell.end - spell.start) == ("web-alb", 0.5, False, 120_000)
    assert spell.turned == shed_reason > 0, "all that was turned away in the drill was turned away then"
    assert spell.won and spell.at_best < 200_000, "it would have been better to take it back sooner"
    left = shop((80, SHED), (90, START))
    found = measured(left)
    (spell,) = found.sheds
    assert spell.open and spell.won and spell.better > left.scorecard().total
    page = told(left, found)
    assert not page.won and "`ops shed-load` stayed on: web-alb turned" in page.headline
    assert found.effects[1].bad, "its line carries figures"
    assert found.effects[2].since < 0, "started again, and half of all is turned away all the same"
    assert "nobody took it back. Taken back at T+" in asked(left)


def test_of_several_alike_given_together_none_is_called_vain() -> None:
    other = "aws ec2 start-instances --instance-ids web-2"  # it runs, and start-instances does nothing then
    session = shop((79, other), (80, START))
    vain, start = effects(session)
    assert start.good and not vain.good and not vain.spare
    assert "start-instances" not in asked(session)
    assert "start-instances at T+01:19 made no difference that users felt" in asked(shop((79, other)))


def test_looking_changes_nothing_and_follows_what_was_left_of_a_rewound_drill() -> None:
    session = shop((62, REBOOT), rewind=True)
    digest, entries = session.world.digest(), len(session.entries)
    found = measured(session)
    assert [session.history.commands[n - 1].line for n in found.effects] == [START]
    assert found.effects[1].good
    assert (session.world.digest(), len(session.entries)) == (digest, entries)
