"""The debrief: what it says of a win and of a loss, which lesson it names, and what it never shows."""

from __future__ import annotations

import msgspec
import pytest

from drill.engine.history import Given, History, Known, Loss, Truth
from drill.score.debrief import Debrief, Extras, debrief
from drill.score.lessons import call_of, changes, wrong_lesson
from drill.score.report import report_json, report_md
from drill.score.scorecard import scorecard
from tests.score.conftest import history_of, level_of

REMAP = "aws ec2 associate-address --allocation-id web-ip --instance-id web-2"
REBOOT = "aws ec2 reboot-instances --instance-ids web-1"


def played(*lines: tuple[int, str], down: int = 300) -> History:
    """Return a run that goes down at 60 s for ``down`` seconds, with ``lines`` given at their seconds."""
    history = history_of(([1.0] * 60 + [0.0] * down + [1.0] * 360)[:360], impact=60_000)
    history.truths = [Truth(at=60_000, kind="fault", component="web-1", text="web-1 stopped: its host failed")]
    history.known = [Known(at=90_000, kind="alarm", subject="web-health", text="0.4 < 0.99", state="ALARM")]
    for n, (second, line) in enumerate(lines):
        given = Given(n=n, at=second * 1000, author="you", line=line, action={}, state="done", done=second * 1000)
        history.commands.append(given)
    return history


def told(history: History, **more: object) -> Debrief:
    level = level_of()
    return debrief(level, 7, history, scorecard(level, 7, history), Extras(**more))  # type: ignore[arg-type]


def test_win_and_loss_read_differently_and_speak_of_the_actions() -> None:
    won = told(played((120, REMAP), down=60))
    assert won.won
    assert won.headline.startswith("Won with")
    assert "At T+02:00 `ec2 associate-address` took good answers from 0 % to 100 %" in won.headline
    lost = told(played((120, REBOOT)))
    assert lost.headline.startswith("Lost: RTO came to 05:00, past its target of 02:00.")
    assert "The one action brought no good answers" in lost.headline
    assert "No action was taken" in told(played()).headline
    for text in (won.headline, lost.headline):
        assert " you" not in text.lower()


def test_what_failed_is_not_said_to_have_helped() -> None:
    history = played((120, REMAP), down=60)
    history.commands[0].state = "failed"
    assert "took good answers" not in told(history).headline


def test_each_action_stands_beside_what_was_known_and_what_it_did() -> None:
    found = told(played((80, REBOOT), (120, REMAP), down=60))
    early, late = found.actions
    assert (early.known, late.known) == ((), ("web-health ALARM: 0.4 < 0.99",))
    assert (late.before, late.after) == (0.0, 1.0)
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
    assert "RTO at 01:15 (it came to 01:59), +391" in second
    assert told(played((90, REMAP), down=30)).next_star == ""


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
