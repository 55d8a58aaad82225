"""What a Frame says of silence and of questions, from real levels."""

from __future__ import annotations

from typing import Any

from drill.console import parse
from drill.desk import Desk
from drill.session.session import Session
from drill.tui.canvas.cards import details
from drill.view.build import frame, series
from drill.view.said import look


def session(level: str, seed: int, until: int) -> Any:
    file = Desk().load(level)
    made = Session.start(file, seed)
    made.advance(until)
    return made


def test_a_silent_region_is_as_old_as_its_last_answer() -> None:
    made = session("region-failover", 5982, 0)
    while made.world.region_up("eu-west-1"):
        made.advance(made.now + 1000)
    last = made.telemetry.observed_at
    made.advance(last + 135_000)
    card = next(card for card in frame(made).cards if card.id == "orders")
    assert card.state == "unknown" and card.seen == 135_000
    assert details(card)[0][0] == "seen 2m ago"


def test_a_question_waits_until_it_is_answered() -> None:
    for seed in range(1, 30):
        made = session("dr-ladder/warm-standby", seed, 240_000)
        asked = [known for known in made.history.known if known.subject == "marketing"]
        if asked:
            break
    assert asked, "some hand has the newsletter"
    again = session("dr-ladder/warm-standby", seed, asked[0].at + 15_000)
    (question,) = frame(again).asked
    assert (question.id, question.source, question.left) == ("newsletter", "marketing", 45_000)
    assert [choice for choice, _ in question.choices] == ["hold", "send"]
    again.submit(parse("ops answer --question newsletter --choice hold", again.world))
    again.advance(again.now + 1)
    assert not frame(again).asked and "newsletter" not in frame(again).guide


def test_cards_and_zones_say_what_needs_a_look_before_an_alarm_does() -> None:
    made = session("region-failover", 5982, 0)

    def card(name: str) -> Any:
        return next(card for card in frame(made).cards if card.id == name)

    def zone(name: str) -> Any:
        return next(zone for box in frame(made).regions for zone in box.zones if zone.name == name)

    assert card("central-web/euc1-az1").role == "standby"
    made.advance(128_000)
    assert card("orders-copy").state == "warn", "a copy that is far behind"
    made.advance(146_000)
    silent = card("west-web/euw1-az2")
    assert silent.phrase == "2 of 2 healthy", "which of the two numbers is which"
    assert (silent.word, silent.state, silent.lines[0]) == ("2 of 2", "warn", "no metrics"), "before its checks fail"
    assert (zone("euw1-az2").state, zone("euw1-az2").word) == ("warn", "no metrics"), "the zone says what its card says"
    made.advance(330_000)
    assert card("west-alb").state == "bad", "more than half of its requests fail"
    assert (zone("euw1-az2").state, zone("euw1-az2").word) == ("off", "not in use")
    made.submit(parse("aws route53 update-health-check --health-check-id shop/primary --inverted", made.world))
    made.advance(400_000)
    assert card("central-web/euc1-az1").role == "", "it serves now"


def test_figures_that_a_level_does_not_have_are_left_out() -> None:
    made = session("region-failover", 5982, 60_000)
    names = [row.name for row in series(made, "west-web/euw1-az1")]
    assert "CPUUtilization" in names and not any("percent" in name for name in names)


def test_what_one_turns_away_stays_visible_until_it_is_admitted_again() -> None:
    made = session("zone-power", 5, 20_000)
    balancer = next(card.id for card in frame(made).cards if card.kind == "elb.application-load-balancer")
    assert not any(card.sheds for card in frame(made).cards)
    made.submit(parse(f"ops shed-load --name {balancer} --percent 30 --importance 2", made.world))
    made.advance(30_000)
    card = next(card for card in frame(made).cards if card.id == balancer)
    assert (card.sheds, card.state) == ("sheds 30 % up to importance 2", "warn")
    made.submit(parse(f"ops shed-load --name {balancer} --percent 100", made.world))
    made.advance(40_000)
    shown = frame(made)
    assert f"{balancer} in us-east-1, " in (said := "\n".join(look(shown))) and "sheds 100 %" in said
    assert details(next(card for card in shown.cards if card.id == balancer))[0][0] == "sheds 100 %"
    made.submit(parse(f"ops shed-load --name {balancer} --percent 0", made.world))
    made.advance(50_000)
    assert not any(card.sheds for card in frame(made).cards) and "sheds" not in "\n".join(look(frame(made)))


def test_a_server_that_boots_is_on_its_way_not_broken() -> None:
    made = session("first-shift", 1, 60_000)
    made.submit(parse("aws ec2 start-instances --instance-ids web-1", made.world))
    words = []
    while made.now < 120_000:
        made.advance(made.now + 1000)
        card = next(card for card in frame(made).cards if card.id == "web-1")
        if not words or words[-1] != (card.word, card.state):
            words.append((card.word, card.state))
    assert words == [
        ("stopped", "bad"), ("pending", "busy"), ("no answer yet", "busy"), ("running", "ok"),
    ]  # fmt: skip
