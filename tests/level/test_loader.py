"""Loading and binding: fresh objects for each run, cheap, and known by what is played."""

from __future__ import annotations

import pickle
import time

import pytest

from drill.level.bundle import bundled, find
from drill.level.errors import LevelError
from drill.level.loader import load
from tests.level.sample import LEVEL, changed, loaded, write


def test_a_level_is_what_its_file_says(tmp_path):
    level = loaded(tmp_path).level
    web = level.world.components["web-1"]
    assert (web.name, web.zone, web.region, web.capacity) == ("web-1", "use1-az1", "us-east-1", 400.0)
    assert (level.length, level.traffic["shoppers"].rate.calm) == (360_000, 250.0)
    assert level.traffic["robots"].rate.calm == 5.0
    assert level.world.regions["us-west-2"].zones["usw2-az1"].pools == {"m5.large": 3}
    assert level.phases["outage"].ends.all[1].not_.alarm == "busy"
    assert level.world.components["door"].region == "us-east-1"  # from its zones
    assert level.world.components["shop"].region == ""  # global


def test_each_bind_is_a_world_of_its_own(tmp_path):
    file = loaded(tmp_path)
    one, two = file.bind(7), file.bind(7)
    assert one.level == two.level and one.draws == two.draws
    mine, yours = one.level.world.components["fleet"], two.level.world.components["fleet"]
    assert mine is not yours and mine is not file.level.world.components["fleet"]
    mine.zones.append("x")
    one.level.script["stop"].with_["share"] = "1%"
    assert file.bind(7).level == two.level


def test_binding_is_cheap(tmp_path):
    file = loaded(tmp_path)
    began = time.process_time()
    for seed in range(50):
        file.bind(seed)
    assert (time.process_time() - began) / 50 < 0.010


def test_a_level_travels_to_another_process(tmp_path):
    file = loaded(tmp_path)
    there = pickle.loads(pickle.dumps(file))
    assert there.bind(3).level == file.bind(3).level


PROSE = [
    ("title: The spare is warm", "title: Other"), ("brief: One server serves everyone.", "brief: Other"),
    ('text: "What still points at it?"', "text: Other"), ("looks odd", "looks fine"), ("is gone", "is away"),
    ("[the EC2 user guide]", "[other]"), ("teaches: [elastic-ip, warm-spare]", "teaches: [x]"), ("think: 20s",
     "think: 5s"),
    ("tier: hinted", "tier: guided"), ("drill: 1\n", "# a comment\ndrill: 1\n"), ('"What did users hold on to?"', "x"),
    ("domain: shop.example.com\n      ttl: 30s", "ttl: 30s\n      domain: shop.example.com"), ("hands: 1",
     "hands:   1"),
    ("rate: 5/s", "rate: {calm: 5/s}"), ("id: sample", "id: other"), ("weight: 4", "weight: 4.0"),
]  # fmt: skip
PLAY = [
    ("length: 6m", "length: 7m"), ("ttl: 30s", "ttl: 31s"), ("wait: 45s, cost: 30", "wait: 45s, cost: 31"),
    ("share: 0.5%", "share: 0.6%"), ("name: web-2}]", "name: side}]"), ("above: 90", "above: 91"),
    ("takes: 15s", "takes: 16s"), ("max: 4m", "max: 3m"), ("hands: 1", "hands: 2"), ("zero: 5m", "zero: 6m"),
    ("step: 10s", "step: 5s"), ("factor: 1.5", "factor: 1.6"), ("pools: {m5.large: 3}", "pools: {m5.large: 4}"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), PROSE)
def test_prose_does_not_change_the_fingerprint(tmp_path, old, new):
    assert loaded(tmp_path, changed(old, new)).gameplay_hash == loaded(tmp_path).gameplay_hash


@pytest.mark.parametrize(("old", "new"), PLAY)
def test_gameplay_does(tmp_path, old, new):
    assert loaded(tmp_path, changed(old, new)).gameplay_hash != loaded(tmp_path).gameplay_hash


def test_the_order_of_components_counts(tmp_path):
    lines = LEVEL.splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if line.startswith("    web-1: {"))
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    assert loaded(tmp_path, "".join(lines)).gameplay_hash != loaded(tmp_path).gameplay_hash


def test_levels_are_found_by_id_and_by_path(tmp_path, monkeypatch):
    write(tmp_path, LEVEL)
    write(tmp_path, "concepts: {}\n", "concepts.yaml")
    monkeypatch.setattr("drill.level.bundle.folder", lambda: tmp_path)
    assert [p.name for p in bundled()] == ["sample.yaml"]
    assert find("sample") == tmp_path / "sample.yaml"
    assert find(str(tmp_path / "sample.yaml")) == tmp_path / "sample.yaml"
    for name in ("sampel", "nothing/like/it", "\x1b[31m", "", "a\0b.yaml", "x" * 5000):
        with pytest.raises(LevelError) as caught:
            find(name)
        (only,) = caught.value.problems
        assert str(only).isprintable()
    with pytest.raises(LevelError, match="did you mean `sample`"):
        find("sampel")


def test_what_cannot_be_read_is_one_line(tmp_path):
    for path in (tmp_path, tmp_path / "none.yaml", tmp_path / ("x" * 300 + ".yaml"), tmp_path / "a\0b.yaml"):
        with pytest.raises(LevelError) as caught:
            load(path)
        assert str(caught.value).isprintable()
