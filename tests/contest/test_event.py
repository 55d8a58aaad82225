"""Event files: read whole, or refused in one line each with the place and what to do."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import msgspec
import pytest

from drill.contest.commitment import commit, draw
from drill.contest.event import EventFile, read_event
from drill.contest.event_schema import event_schema
from drill.level.errors import LevelError
from drill.level.yaml_tree import parse

GOOD = """\
event: 1
name: spring-cup
title: Spring cup
levels:
  - {level: eip-remap, seeds: 3}
  - {level: zone-power, seeds: [11, 12], weight: 2}
brackets: [students, professionals]
teams:
  - {name: Pager Pals, bracket: students}
  - {name: The Quorum, bracket: professionals}
opens: 2027-03-06T18:00:00Z
closes: 2027-03-06T21:00:00+01:00
freeze: 30m
attempts: {allowed: 2, counts: last}
hints: {allowed: 1, price: 40}
pause: 45s
"""


def written(folder: Path, text: str) -> EventFile:
    path = folder / "event.yaml"
    path.write_text(text, encoding="utf-8")
    return read_event(path)


def test_what_an_event_file_says_is_what_everybody_gets_to_know_but_its_seeds(tmp_path: Path) -> None:
    rules = written(tmp_path, GOOD).rules()
    assert [(each.level, each.seeds, each.weight) for each in rules.levels] == [
        ("eip-remap", 3, 1),
        ("zone-power", 2, 2),
    ]
    assert rules.closes - rules.opens == 2 * 3_600_000 and rules.closes - rules.freeze == 1_800_000
    assert (rules.attempts.allowed, rules.attempts.counts, rules.hints.price) == (2, "last", 40)
    assert (rules.tie, rules.pause, rules.speed) == ("earliest", 45_000, 1)
    assert "11" not in repr(rules)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("event: 1", "event: 2", "1:8: `event` must be one of 1, not `2`"),
        ("event: 1\n", "", "1:1: an event needs the field `event`"),
        ("name: spring-cup", "name: Spring Cup", "2:7: `Spring Cup` cannot name an event; use small letters"),
        (
            "level: eip-remap",
            "level: eip-remp",
            "5:13: the level `eip-remp`: no level has this id; did you mean `eip-re",
        ),
        ("seeds: 3}", "seeds: 0}", "5:31: 0 is no number for levels.seeds; write one from 1 to 20"),
        ("[11, 12]", "[11, 11]", "6:32: a seed is here twice"),
        ("[11, 12]", "[11, -2]", "6:37: -2 is no number for levels.seeds"),
        ("zone-power", "eip-remap", "6:13: the level `eip-remap` is here twice"),
        ("weight: 2", "wieght: 2", "6:42: a level entry has no field `wieght`; did you mean `weight`?"),
        ("bracket: students}", "bracket: student}", "9:33: there is no bracket `student`; did you mean `students`?"),
        (", bracket: students}", "}", "9:5: the team `Pager Pals` is in no bracket"),
        ("The Quorum", "PAGER pals", "10:12: two teams are called `PAGER pals`"),
        ("The Quorum", '"\\e[2J\\u202e"', "10:12: control, escape or invisible characters"),
        ("The Quorum", '""', "10:12: `` cannot name a team"),
        ("2027-03-06T18:00:00Z", "tomorrow", "11:8: `tomorrow` is no time with its offset from UTC; write for"),
        ("2027-03-06T18:00:00Z", "2027-03-06T18:00:00", "11:8: `2027-03-06T18:00:00` is no time with its offset"),
        ("2027-03-06T21:00:00+01:00", "2027-03-06T17:00:00Z", "12:9: the event closes before it opens"),
        ("freeze: 30m", "freeze: 9h", "13:9: the board would freeze before"),
        ("counts: last", "counts: lats", "14:32: `counts` must be one of best, last, first, not `lats`; did you me"),
        ("allowed: 2", "allowed: 0", "14:21: 0 is no number for attempts.allowed; write one from 1 to 100"),
        ("price: 40", "price: 0", "15:28: 0 is no number for hints.price"),
        ("pause: 45s", "pause: 0:45", "16:8: `pause` must be a duration, not `0:45`; write for example 90s"),
        ("pause: 45s", "pause: 2h", "16:8: a run may stand still for an hour at most"),
        ("event: 1", "event: &a 1", "1:8: an anchor (&a); events know no anchors"),
        (GOOD, "- a\n", "1:1: an event is a map of fields; start it with `event: 1`"),
        (GOOD, "", "1:1: the file is empty; start it with `event: 1`"),
    ],
)
def test_a_wrong_event_file_is_one_line_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(LevelError) as refused:
        written(tmp_path, GOOD.replace(old, new, 1))
    lines = str(refused.value).split("\n")
    assert any(line.startswith(f"{tmp_path / 'event.yaml'}:{says}") for line in lines), lines
    assert all(line.isprintable() for line in lines)


def test_a_level_beside_the_event_file_is_found_there(tmp_path: Path) -> None:
    from drill.level.bundle import find

    (tmp_path / "mine.yaml").write_text(find("eip-remap").read_text().replace("id: eip-remap", "id: mine"))
    assert written(tmp_path, GOOD.replace("level: eip-remap", "level: mine.yaml")).files[0].level.id == "mine"


def test_a_commitment_binds_seeds_and_levels_and_gives_neither_away(tmp_path: Path) -> None:
    event = written(tmp_path, GOOD)
    secrets = draw(event)
    assert secrets.seeds["zone-power"] == [11, 12] and len(secrets.seeds["eip-remap"]) == 3
    made = commit(event.event.name, secrets)
    assert commit(event.event.name, secrets) == made and len(made) == 64
    others = draw(event)
    assert others.seeds["eip-remap"] != secrets.seeds["eip-remap"] and commit(event.event.name, others) != made
    for changed in (
        {"salt": others.salt},
        {"seeds": {**secrets.seeds, "zone-power": [11, 13]}},
        {"gameplay": {**secrets.gameplay, "zone-power": "0"}},
    ):
        assert commit(event.event.name, msgspec.structs.replace(secrets, **changed)) != made


def test_the_schema_accepts_what_loads_and_nothing_else() -> None:
    schema = event_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    def problems(text: str) -> list[str]:
        return [error.message for error in validator.iter_errors(parse(text.encode(), "f").root.plain())]

    assert problems(GOOD) == []
    for old, new in (("event: 1", "event: 2"), ("seeds: 3", "seeds: many"), ("counts: last", "counts: lats"),
                     ("pause: 45s", "pause: 45"), ("weight: 2", "wieght: 2"), ("name: spring-cup\n", "")):  # fmt: skip
        assert problems(GOOD.replace(old, new, 1)), new
    assert "Draw" not in str(schema)
