"""Variants of a family: logs, processes and scores keep them apart."""

from __future__ import annotations

import pytest

from drill.certify.play import Job, play_all
from drill.console import parse
from drill.level.bundle import find
from drill.level.family import levels_in
from drill.level.loader import load
from drill.session.log import LogFile, LogHeader, read
from drill.session.session import Divergence, Session, replay


@pytest.fixture(scope="module")
def family():
    return [load(path) for path in levels_in(find("dr-ladder"))]


def test_a_log_belongs_to_one_variant(family, tmp_path):
    warm, light, _ = family
    header = LogHeader(level=light.level.id, gameplay=light.gameplay_hash, seed=3, operator="me")
    with LogFile.create(tmp_path / "run.jsonl", header) as log:
        session = Session.start(light, 3, "me", log)
        session.advance(60_000)
        session.submit(parse("ops declare-incident --severity 1", session.world))
        session.finish()
    kept = read(tmp_path / "run.jsonl")
    assert kept.header.level == "dr-ladder/pilot-light"
    assert replay(load(find(kept.header.level)), kept).world.digest() == session.world.digest()
    with pytest.raises(Divergence, match="dr-ladder/warm-standby"):
        replay(warm, kept)


def test_processes_play_the_variant_that_was_meant(family):
    light = family[1]
    jobs = [Job(bot="idle", seed=seed) for seed in range(1, 13)]
    assert play_all(light, jobs, workers=2) == play_all(light, jobs, workers=1)


def test_one_seed_is_the_same_night_on_every_rung(family):
    nights = [Session.start(file, 5).world.draws for file in family]
    assert nights[0] == nights[1] == nights[2] and len(nights[0]["evening"]) == 2
    assert len({Session.start(family[0], seed).world.draws["evening"][0] for seed in range(20)}) == 5
