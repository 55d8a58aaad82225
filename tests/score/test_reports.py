"""Hot wash and after-action report: what happened decides what they ask and list; they hold nothing that acts."""

from __future__ import annotations

import re
from functools import partial
from xml.etree import ElementTree

import msgspec
import pytest

from drill.cli.runs import due_date
from drill.console import parse
from drill.model.command import Refusal
from drill.score.afteraction import AfterAction, after_action, after_action_page
from drill.score.debrief import Debrief, Extras, debrief
from drill.score.hotwash import ROWS, HotWash, hot_wash, hot_wash_page
from drill.score.page import Page, page_html, page_md
from drill.score.report import FORMATS, debrief_page, written
from drill.session.orders import Message
from drill.session.session import Session
from drill.session.without import measured
from tests.engine.lab import level_file, tree

FIX = "aws ec2 associate-address --allocation-id ip --instance-id web-2"
SEATS = {"ada": "commander", "bob": "operator", "eve": "communications"}


def shop(*lines: tuple[int, str, str]) -> Session:
    """Play six minutes of a shop whose server stops at T+01:00; another one is warm. Lines: second, author, line."""
    web = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "300/s"}
    parts = {"web-1": web, "web-2": web, "ip": {"kind": "ec2.elastic-ip", "region": "us-east-1", "instance": "web-1"}}
    goals = {
        "rto": {"is": "rto", "par": "60s", "target": "2m", "zero": "5m", "stable": "30s", "must": True},
        "updates": {"is": "updates", "par": "30s", "target": "1m", "zero": "4m"},
    }
    alarms = {"served": {"measure": "users.success", "below": "90%", "datapoints": "1 of 1"}}
    dead = {"dead": {"at": "1m", "fault": "aws:ec2:stop-instances", "target": "web-1"}}
    level = tree(parts, {"users": {"enters": "ip", "rate": "100/s"}}, dead, "6m", objectives=goals,
                 telemetry={"alarms": alarms}, title="The <b>shop</b> | down")  # fmt: skip
    session = Session.start(level_file(level), 1)
    for second, author, line in lines:
        session.advance(second * 1000)
        answer = session.submit(parse(line, session.world), author)
        assert not isinstance(answer, Refusal), answer
    session.order(Message(text="<script>alert(1)</script> |`x`| ![a](http://x)"), "fay")
    session.finish()
    return session


def told(session: Session) -> Debrief:
    extras = Extras(measured=measured(session))
    return debrief(session.level, session.seed, session.history, session.scorecard(), extras)


def wash(session: Session) -> HotWash:
    return hot_wash(session.level, session.history, told(session))


def report(session: Session) -> AfterAction:
    started = "2026-11-21T05:00:00Z"
    due = partial(due_date, started)
    return after_action(session.level, session.history, told(session), started, "fay", SEATS, due)


LATE = ((200, "bob", "aws ec2 reboot-instances --instance-ids web-2"),
        (210, "eve", "ops post-status --text 'Back in 10 s' --impact 5%"), (260, "bob", FIX))  # fmt: skip
WELL = ((70, "ada", "ops declare-incident --severity 1"), (75, "eve", "ops post-status --text 'All is down'"),
        (80, "bob", FIX))  # fmt: skip


def test_three_questions_ask_what_made_it_hard_where_it_was() -> None:
    late, well, idle = (wash(shop(*lines)).questions for lines in (LATE, WELL, ()))
    for asked in (late, well, idle):
        assert len(asked) == 3 == len(set(asked))
        assert all(text.endswith("?") and " you" not in f" {text.lower()}" for text in asked)
    assert any("Between the first sign at T+01:15 and the first change lay 02:05" in text for text in late)
    assert any("a post said 5% fail; it was 100 %" in text for text in late)
    assert any("nothing was changed" in text for text in idle)
    ready = wash(shop((30, "bob", FIX))).questions  # what breaks then, nobody uses any more
    assert not any("nothing was changed" in text for text in ready)
    assert not any("first sign" in text or "refused" in text or "declared" in text for text in well)


def test_strengths_and_improvements_follow_from_what_happened() -> None:
    late, well = report(shop(*LATE)), report(shop(*WELL))
    issues = {row.issue: row for row in late.improvements}
    assert issues["RTO misses its target"].owner == "Operators (bob)"
    assert issues["RTO misses its target"].due == "2026-12-05", "what decides the drill is due in two weeks"
    assert issues["Users hear nothing for too long"].owner == "Communications (eve)"
    assert issues["What users are told is not so"].basis.startswith("T+03:30: said 5% fail; it was 100 %")
    assert issues["No incident is declared"].owner == "Incident commander (ada)"
    assert issues["No incident is declared"].due == "2026-12-21"
    assert [row.issue for row in well.improvements] == []
    effect = r"associate-address at T.01:20 .bob. took effect at T.01:2\d: users from .* to 100 % .0 % without it."
    assert any(re.search(effect, text) for text in well.strengths)
    assert (well.story.impact, well.story.noticed, well.story.acted) == (60_000, 75_000, 80_000)
    assert due_date("", 14) == due_date("yesterday", 14) == ""


def pages() -> list[tuple[str, object, Page]]:
    session = shop(*LATE)
    one, two, three = told(session), wash(session), report(session)
    return [("debrief", one, debrief_page(one)), ("hot-wash", two, hot_wash_page(two)),
            ("after-action", three, after_action_page(three))]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "page"), pages(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_page_needs_nothing_else_and_nothing_in_it_acts(kind: str, data: object, page: Page) -> None:
    html = page_html(page)
    assert "<script" not in html and "&lt;script&gt;alert(1)" in html and "<b>shop" not in html
    assert not re.search(r"(?:src|href)\s*=|url\(|@import", html)
    body = re.sub(r"^<!doctype html>|<meta[^>]*>", "", html)
    ElementTree.fromstring(body)  # well-formed: every text is escaped, every element closed
    markdown = page_md(page)
    assert "\\<script\\>" in markdown and "![a](http" not in markdown
    for table in re.findall(r"(?:^\|.*\n)+", markdown, re.M):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.strip().split("\n")}) == 1
    if kind != "debrief":
        assert html.count("<svg") == 2 and markdown.count("```text") == 2
    assert {form for form in FORMATS if written(data, page, form)} == set(FORMATS)


def test_the_hot_wash_is_one_page_and_json_holds_it_all() -> None:
    found = wash(shop(*LATE))
    assert len(found.timeline) <= ROWS
    assert hot_wash_page(found).sheet
    assert msgspec.json.decode(written(found, hot_wash_page(found), "json"), type=HotWash) == found
    aar = report(shop(*LATE))
    assert msgspec.json.decode(written(aar, after_action_page(aar), "json"), type=AfterAction) == aar
