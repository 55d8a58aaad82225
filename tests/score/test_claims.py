"""What was said of impact and recovery stands beside what was true."""

from __future__ import annotations

import pytest

from drill.console import parse
from drill.model.command import Refusal
from drill.model.units import MINUTE
from drill.score.claims import Said, named_eta, named_impact, said
from drill.session.session import Session
from tests.engine.lab import level_file, tree

FIX = "aws ec2 associate-address --allocation-id ip --instance-id web-2"


@pytest.mark.parametrize(
    ("text", "impact", "eta"),
    [
        ("40 % of requests fail, back in 10 minutes", 0.4, 10 * MINUTE),
        ("about 12.5% of users; ETA: 90 s", 0.125, 90_000),
        ("we know of it", None, -1),
        ("fixed by noon", None, -1),
    ],
)
def test_a_text_names_impact_and_time(text: str, impact: float | None, eta: int) -> None:
    assert (named_impact(text), named_eta(text)) == (impact, eta)


def shop() -> Session:
    """Return a shop whose server stops at T+01:00; another one is warm."""
    web = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "300/s"}
    parts = {"web-1": web, "web-2": web, "ip": {"kind": "ec2.elastic-ip", "region": "us-east-1", "instance": "web-1"}}
    users = {"users": {"enters": "ip", "rate": "100/s"}}
    dead = {"dead": {"at": "1m", "fault": "aws:ec2:stop-instances", "target": "web-1"}}
    return Session.start(level_file(tree(parts, users, dead, "6m")), 1)


def told(*lines: tuple[int, str]) -> tuple[Said, ...]:
    session = shop()
    for at, line in lines:
        session.advance(at)
        answer = session.submit(parse(line, session.world), "eve")
        assert not isinstance(answer, Refusal), answer
    session.finish()
    return said(session.level, session.history)


def test_posts_are_compared_with_what_users_really_got() -> None:
    first, second, third, last = told(
        (100_000, "ops post-status --text 'The shop is down' --impact 100% --eta 10s"),
        (101_000, "ops post-status --text '5 % of requests fail, back in 5 minutes'"),
        (102_000, "ops post-status --text 'It is resolved'"),
        (130_000, FIX),
    )[:3] + told((70_000, FIX), (250_000, "ops post-status --text 'All clear'"))
    assert (first.author, first.impact, first.eta - first.at) == ("eve", 1.0, 10_000)
    assert first.true_impact == pytest.approx(1.0, abs=0.01) and first.well > first.eta and not first.right
    assert second.impact == 0.05 and second.eta >= second.well > 0 and "said 5% fail; it was 100 %" in second.verdict
    assert third.over and not third.right and "users were still hurt" in third.verdict
    assert last.over and last.right and last.verdict == "said it was over; it was"


def test_what_is_no_share_and_no_time_is_refused() -> None:
    session = shop()
    for option in ("--impact many", "--impact 140%", "--eta soon", "--eta 30h"):
        answer = session.submit(parse(f"ops post-status --text x {option}", session.world))
        assert isinstance(answer, Refusal) and answer.code == "ValidationError"
