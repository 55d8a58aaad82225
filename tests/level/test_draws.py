"""Draws: the seed alone decides, and what is drawn keeps its type."""

from __future__ import annotations

import pytest

from drill.level.amounts import Steps
from tests.level.sample import LEVEL, changed, loaded, refused


def test_the_seed_alone_decides(tmp_path):
    file, again = loaded(tmp_path), loaded(tmp_path, changed("id: sample", "id: other"))
    drawn = [file.bind(seed).draws for seed in range(6)]
    assert drawn == [again.bind(seed).draws for seed in range(6)]
    assert [(row["bad"]["name"], row["t0"]) for row in drawn] == [
        ("web-1", "90s"), ("web-1", "60s"), ("web-2", "70s"), ("web-2", "70s"), ("web-2", "60s"), ("web-1", "70s"),
    ]  # fmt: skip


def test_a_drawn_row_states_facts_that_agree(tmp_path):
    file = loaded(tmp_path)
    for seed in range(20):
        bound = file.bind(seed)
        zone, name = bound.draws["bad"]["zone"], bound.draws["bad"]["name"]
        assert bound.level.world.components[name].zone == zone
        assert bound.faults["stop"].target == bound.level.script["stop"].target == name
        assert bound.level.script["stop"].at == bound.draws["t0"]
        assert bound.level.script["told"].message.text == f"Zone {zone} looks odd"
        assert bound.level.telemetry.evidence["dead"].says == f"{name} is gone"


def test_a_whole_value_keeps_its_type_and_a_text_is_filled_in(tmp_path):
    text = changed("  t0: {", "  n: {one_of: [2]}\n  rate: {one_of: [120/s]}\n  t0: {")
    text = text.replace("desired: 2", "desired: $n").replace("fleet: {kind", "fleet: {price: $$1/h, kind", 1)
    text = text.replace("price: $$1/h, ", "").replace("robots: {enters: web-ip, rate: 5/s}",
                                                      "robots: {enters: web-ip, rate: $rate}")  # fmt: skip
    text = text.replace("Zone $bad.zone looks odd", "${n}x $n.5 costs $$3")
    level = loaded(tmp_path, text).level
    assert level.world.components["fleet"].desired == 2
    assert level.traffic["robots"].rate.calm == 120.0
    assert level.script["told"].message.text == "2x 2.5 costs $3"


def test_keys_can_be_drawn(tmp_path):
    text = changed("{zones: {usw2-az1: {pools", "{zones: {$far: {pools").replace("zone: usw2-az1", "zone: $far")
    text = text.replace("draws:\n", "draws:\n  far: {one_of: [usw2-az1, usw2-az2]}\n")
    file = loaded(tmp_path, text)
    seen = {next(iter(file.bind(seed).level.world.regions["us-west-2"].zones)) for seed in range(20)}
    assert seen == {"usw2-az1", "usw2-az2"}
    assert loaded(tmp_path, text).bind(1).level.world.components["db-west"].region == "us-west-2"


def test_keys_that_are_drawn_alike_are_refused(tmp_path):
    text = changed("  side: {", "  $twin: {").replace("draws:\n", "draws:\n  twin: {one_of: [db]}\n")
    problems = refused(tmp_path, text.replace("to: side", "to: db"))
    assert "`db` is here twice once the draws are filled in" in str(problems[0])


@pytest.mark.parametrize(
    ("low", "high", "step", "values"),
    [
        ("90s", "2m", "15s", ["90s", "105s", "120s"]),
        ("1500ms", "2s", "250ms", ["1500ms", "1750ms", "2s"]),
        ("1.5s", "2s", "0.5s", ["1500ms", "2s"]),
        ("1s", "3s", None, ["1s", "2s", "3s"]),
        (2, 4, None, [2, 3, 4]),
        ("100/s", "200/s", "50/s", ["100/s", "150/s", "200/s"]),
        ("0.1%", "0.35%", "0.1%", ["0.10%", "0.20%", "0.30%"]),
        ("$1", "$2", "$0.50", ["$1.00", "$1.50", "$2.00"]),
        (0.1, 0.3, 0.1, [0.1, 0.2, 0.3]),
    ],
)
def test_between_takes_amounts_of_any_unit(low, high, step, values):
    steps = Steps(low, high, step)
    assert [steps.write(i) for i in range(steps.count)] == values


@pytest.mark.parametrize(
    "ends",
    [("90s", "3/s", "1s"), ("2s", "1s", "1s"), ("1s", "2s", "0s"), ("a", "b", None), (True, 3, 1), ("9%", "20%", None)],
)
def test_amounts_that_do_not_go_together_are_refused(ends):
    with pytest.raises(ValueError, match=r"write|give"):
        Steps(*ends)


def test_draws_cannot_make_a_level_explode(tmp_path):
    long = "x" * 200_000
    text = LEVEL.replace("draws:\n", f"draws:\n  big: {{one_of: [{long}]}}\n").replace("Zone $bad", "$big $big $bad")
    assert "draws make this level too large" in str(refused(tmp_path, text)[0])
    row = "[" + ", ".join(["1"] * 12_000) + "]"
    text = LEVEL.replace("draws:\n", f"draws:\n  big: {{one_of: [{row}]}}\n").replace("desired: 2", "desired: $big")
    assert "draws make this level too large" in str(refused(tmp_path, text)[0])
