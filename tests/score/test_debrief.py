"""The debrief: what it says of a win and of a loss, which lesson it names, and what it never shows."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from drill.engine.history import Given, History, Known, Loss, Truth
from drill.score.debrief import Debrief, Extras, debrief
from drill.score.effects import Effect, Measured, Otherwise, Shed
from drill.score.lessons import call_of, changes, wrong_lesson
from drill.score.report import report_json, report_md
from drill.score.scorecard import scorecard
from tests.score.conftest import RAW, history_of, level_of

REMAP = "aws ec2 associate-address --allocation-id web-ip --instance-id web-2"
REBOOT = "aws ec2 reboot-instances --instance-ids web-1"
SHED = "ops shed-load --name web --percent 30"


def played(*lines: tuple[int, str], down: int = 300) -> History:
    """Return a run that goes down at 60 s for ``down`` seconds, with ``lines`` given at their seconds."""
    history = history_of(([1.0] * 60 + [0.0] * down + [1.0] * 360)[:360], impact=60_000)
    history.truths = [Truth(at=60_000, kind="fault", component="web-1", text="web-1 stopped: its host failed")]
    history.known = [Known(at=90_000, kind="alarm", subject="web-health", text="0.4 < 0.99", state="ALARM")]
    for n, (second, line) in enumerate(lines):
        given = Given(n=n, at=second * 1000, author="you", line=line, action={}, state="done", done=second * 1000)
        history.commands.append(given)
    return history


def worked(**more: Any) -> Measured:
    """Return what running it again would have found: users felt the only command from T+02:40 on."""
    found = Effect(since=160_000, until=300_000, share=1.0, without=0.0, more=14_000, asks=36_000, points=200)
    return Measured(effects={0: msgspec.structs.replace(found, **more)})


def told(history: History, **more: object) -> Debrief:
    level = level_of()
    return debrief(level, 7, history, scorecard(level, 7, history), Extras(**more))  # type: ignore[arg-type]


def test_win_and_loss_read_differently_and_speak_of_the_actions() -> None:
    won = told(played((120, REMAP), down=60), measured=worked())
    assert won.won
    effect = "`ec2 associate-address` of T+02:00 took effect at T+02:40: users from 0 % to 100 % (0 % without it)."
    assert won.headline == f"Won with 1000 points. {effect}"
    late = told(played((200, REMAP), down=200), measured=worked())
    assert late.headline.startswith("Lost: RTO came to 03:20, past its target of 02:00. `ec2 associate-address` of T+")
    assert late.headline.endswith("; too late, or not enough, for the target.")
    vain = worked(since=-1, until=-1, share=None, without=None, more=0.0)
    lost = told(played((120, REBOOT)), measured=vain)
    assert lost.headline.startswith("Lost: RTO came to 05:00, past its target of 02:00.")
    assert "The one action made no difference that users felt" in lost.headline
    assert "made no difference" not in told(played((120, REBOOT))).headline, "nobody has looked"
    assert "No action was taken" in told(played()).headline
    for text in (won.headline, late.headline, lost.headline):
        assert " you" not in text.lower()


def test_what_lost_it_is_blamed_and_what_came_too_late_is_not() -> None:
    harm = worked(share=0.4, without=1.0, more=-9_000, won=True, points=900)
    found = told(played((30, REBOOT)), measured=harm)
    cost = "cost users from T+02:40 on: from 100 % to 40 % (100 % without it); without it: won with 900 points."
    assert found.headline.endswith(cost)
    shed = Shed(n=0, name="web", share=0.3, start=60_000, end=360_000, open=True, turned=9000.4, better=800, won=True,
                at_best=120_000)  # fmt: skip
    left = told(played((60, SHED)), measured=Measured(effects=worked(more=100.0).effects, sheds=(shed,)))
    assert "`ops shed-load` stayed on: web turned 9,000 requests away. Taken back at T+02:00, " in left.headline
    assert any("web turned 30 % of requests away from T+01:00 to the end" in cause.text for cause in left.happened)


def test_each_action_stands_beside_what_was_known_and_what_it_did() -> None:
    found = told(played((80, REBOOT), (120, REMAP), down=60))
    early, late = found.actions
    assert (early.known, late.known) == ((), ("web-health ALARM: 0.4 < 0.99",))
    assert (late.before, late.name, late.changing) == (0.0, "ec2 associate-address", True)
    kinds = [(bool(row.true), bool(row.known), bool(row.action)) for row in found.timeline]
    assert kinds == [(True, False, False), (False, False, True), (False, True, False), (False, False, True)]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ([(120, REBOOT)], "reboot it"),
        ([(120, REMAP)], None),
        ([(120, REBOOT), (150, REMAP)], None),  # the key action came in time
        ([(250, REMAP)], "remap late"),
        ([(100, REBOOT), (300, REBOOT)], "reboot it"),
        ([], None),
        ([(100, "aws ec2 describe-instances"), (110, "dig web")], None),
        ([(100, "aws ec2 terminate-instances --instance-ids web-1")], None),
    ],
)
def test_the_wrong_lesson_that_was_played_is_named(lines: list[tuple[int, str]], name: str | None) -> None:
    level, history = level_of(), played(*lines)
    found = wrong_lesson(level, history, scorecard(level, 1, history))
    assert (found.name if found else None) == name


def test_a_line_is_taken_apart_however_it_is_spelled() -> None:
    call = call_of("aws elbv2 register-targets --target-group-arn web --targets Id=web-1 Id=web-2")
    assert call.operation == "elbv2 register-targets"
    assert call == call_of(
        """aws elbv2 register-targets --targets '[{"Id":"web-1"},{"Id":"web-2"}]' --target-group-arn=web"""
    )
    assert not changes(call_of("ops declare-incident --severity 1"))
    assert call_of("dig www 'unclosed").operation == "dig www"


def test_what_kept_the_next_star_away() -> None:
    assert told(played()).next_star == "First star: RTO at 02:00 (it came to 05:00)."
    second = told(played((150, REMAP), down=119)).next_star
    assert second.startswith("Second star at 750 points,")
    assert second == "Second star at 750 points, 142 more: RTO at 01:15 (it came to 01:59), +392."
    assert told(played((90, REMAP), down=30)).next_star == ""


def test_what_a_loss_of_money_hangs_on_is_named_and_not_what_came_too_late() -> None:
    level = level_of(objectives={**RAW["objectives"], "spend": {**RAW["objectives"]["spend"], "must": True}})
    history = played((120, REMAP), down=60)
    history.spend = [(0, 0.0, 30.0)]
    card = scorecard(level, 7, history)
    row = Otherwise(name="spend", label="Spend", here="$3.00", there="$0.10", better=True)
    found = debrief(level, 7, history, card, Extras(measured=worked(rows=(row,))))
    assert found.headline == (
        "Lost: Spend came to $3.00, past its target of $0.30. "
        "Without `ec2 associate-address` of T+02:00 it would have been $0.10."
    )
    other = debrief(level, 7, history, card, Extras(measured=worked()))
    assert "took effect" in other.headline and "too late" not in other.headline


def test_a_message_that_a_command_itself_brought_was_not_known_before_it() -> None:
    history = played((120, REMAP))
    history.known += [Known(at=120_000, kind="notice", subject="guide", text="Accepted."),
                      Known(at=120_000, kind="alarm", subject="served", text="0 < 1", state="ALARM")]  # fmt: skip
    found = told(history)
    assert found.actions[0].known == ("web-health ALARM: 0.4 < 0.99", "served ALARM: 0 < 1")
    rows = [(row.known, row.action) for row in found.timeline if row.at == 120_000]
    assert rows == [("served ALARM: 0 < 1", REMAP), ("guide: Accepted.", "")], "the answer comes after it"


def test_the_first_sign_is_no_answer_to_a_command() -> None:
    history = played((70, REMAP))
    history.known.insert(0, Known(at=70_000, kind="notice", subject="guide", text="Accepted."))
    assert "the first sign of it: web-health in ALARM" in [cause.text for cause in told(history).happened]


def test_an_error_is_told_once() -> None:
    history = played((120, REMAP))
    given = history.commands[0]
    given.state, given.error, given.message = "failed", "Busy", "An error occurred (Busy) when calling it: wait"
    deed = told(history).actions[0]
    assert (deed.code, deed.error) == ("Busy", given.message)
    given.message = "wait"
    assert told(history).actions[0].error == "Busy: wait"


def test_what_led_to_what_is_of_this_run_and_what_holds_in_general_stands_apart() -> None:
    hurt = told(played((120, REMAP), down=60), measured=worked())
    assert hurt.general == ("The address stayed with the dead server.",)
    assert [(cause.at, cause.text) for cause in hurt.happened] == [
        (60_000, "web-1 stopped: its host failed"),
        (60_000, "users began to get errors, or no answer in time"),
        (90_000, "the first sign of it: web-health in ALARM"),
        (120_000, "users were served well again, to the end"),
        (160_000, "ec2 associate-address of T+02:00 took effect: users from 0 % to 100 % (0 % without it)"),
    ]
    history = played((10, REMAP), down=0)
    history.impact, history.known = -1, []
    ready = told(history, measured=worked(since=60_000))
    assert [(cause.at, cause.text) for cause in ready.happened] == [
        (10_000, "ec2 associate-address, before anything broke: it spared users from T+01:00 on: 100 % instead of 0 %"),
        (60_000, "web-1 stopped: its host failed"),
        (360_000, "the end: users were not hurt"),
    ]


def test_a_debrief_is_of_a_finished_drill() -> None:
    level, history = level_of(), history_of([1.0] * 100)
    with pytest.raises(ValueError, match="finished"):
        debrief(level, 7, history, scorecard(level, 7, history))


def test_the_report_holds_it_all_and_none_of_it_is_markup() -> None:
    history = played((120, REBOOT))
    history.losses = [Loss(at=200_000, store="db", writes=38.2, seconds=4.1, why="promoted | <b>early</b>")]
    found = told(history, reference=912, best=480, concept="An address can move.", source="https://example.com/a_b")
    text = report_md(found)
    for part in ("912 points", "480 points", "reboot it", "Its host is dead.", "a_b", "An address can move."):
        assert part in text
    assert "promoted \\| \\<b\\>early" in text
    assert "associate" not in text  # the solution
    again = msgspec.json.decode(report_json(found), type=Debrief)
    assert again == found
