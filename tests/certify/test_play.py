"""Real runs: the same on every core, fair over a few seeds, and told apart in their debriefs."""

from __future__ import annotations

from pathlib import Path

import pytest

from drill.certify.bots import BRUTE, PREPARED, bots, brute_force, runbook
from drill.certify.certify import certify
from drill.certify.play import Job, play_all, play_one
from drill.level.loader import bundled, find, load
from drill.level.runbooks import load_runbook
from drill.level.solutions import WRONG
from drill.score.debrief import debrief
from drill.session.runbook import Runner
from drill.session.session import Session


def test_runs_are_the_same_on_every_core_and_in_order() -> None:
    file = load(find("eip-remap"))
    jobs = [Job(bot=bot, seed=seed) for bot in ("reference", "idle") for seed in range(1, 8)]
    seen: list[tuple[int, int]] = []
    there = play_all(file, jobs, lambda done, total: seen.append((done, total)), workers=2)
    assert there == play_all(file, jobs, workers=1)
    assert [(run.bot, run.seed) for run in there] == [(job.bot, job.seed) for job in jobs]
    assert seen[-1] == (14, 14)
    assert not [run for run in there if run.error]


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_bundled_levels_are_fair(path: Path) -> None:
    found = certify(load(path), range(1, 5), workers=1)
    assert [f"{verdict.rule}: {verdict.text}" for verdict in found.verdicts if not verdict.ok] == []


def test_brute_force_does_all_that_costs() -> None:
    level = load(find("region-failover")).bind(1).level
    operations = [line.split()[2] for line in brute_force(level).rules["all"].do]
    assert {"update-auto-scaling-group", "promote-read-replica"} <= set(operations)
    assert play_one(load(find("region-failover")), Job(bot=BRUTE, seed=1)).refused == 0


def test_who_is_prepared_gives_the_references_commands_before_anything_is_wrong() -> None:
    file = load(find("region-failover"))
    session = Session.start(file, 1)
    notes = Runner(session, runbook(session.level, PREPARED), PREPARED).play()
    wanted = [line for rule in session.level.solutions.reference.rules.values() for line in rule.do]
    assert [(note.line, note.refused) for note in notes] == [(line, "") for line in wanted]
    assert notes[0].at == notes[1].at == 0  # the users are moved and the standby grows
    assert 0 < notes[2].at < 120_000  # the copy is promoted once DNS has moved everyone, as the reference does
    assert PREPARED in bots(file.level)


@pytest.mark.parametrize("name", ["eip-remap", "region-failover"])
def test_a_wrong_lesson_is_named_by_the_debrief_of_whoever_plays_it(name: str) -> None:
    file = load(find(name))
    for bot in [bot for bot in bots(file.level) if bot not in (BRUTE, PREPARED)]:
        session = Session.start(file, 3)
        Runner(session, runbook(session.level, bot)).play()
        told = debrief(session.level, 3, session.history, session.scorecard())
        wanted = bot.removeprefix(WRONG) if bot.startswith(WRONG) else None
        assert (told.lesson.name if told.lesson else None) == wanted, bot


def test_a_runbook_from_a_file_plays_like_the_levels_own(tmp_path: Path) -> None:
    file = load(find("eip-remap"))
    written = tmp_path / "mine.yaml"
    rules = [
        f"  to-{n}:\n    when: {{all: [{{alarm: shop-served, is: ALARM}}, {{state: web-{n}, is: running}},"
        f" {{measure: web-{n}.StatusCheckFailed, below: 1}}]}}\n"
        f'    do: ["aws ec2 associate-address --allocation-id web-ip --instance-id web-{n}"]\n'
        for n in (1, 2, 3)
    ]
    written.write_text(f"think: {file.level.solutions.reference.think // 1000}s\nrules:\n{''.join(rules)}")
    own = play_one(file, Job(bot="reference", seed=5))
    mine = play_one(file, Job(bot="mine", seed=5, rules=load_runbook(written)))
    assert (mine.figures, mine.points) == (own.figures, own.points)
