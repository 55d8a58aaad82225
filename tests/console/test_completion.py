from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drill.console import fields
from drill.console.completion import choices_for, complete
from drill.console.manual import help_for, usage
from tests.console.lab import Names, Shout, Stretch

BASE = "aws lab stretch-db-thing"
POKE = "aws lab poke-things"


def texts(line: str) -> list[str]:
    return [offer.text for offer in complete(line, Names())]


def labels(line: str) -> list[str]:
    return [offer.label for offer in complete(line, Names())]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("a", "aws "),
        ("sn", "sniff "),
        ("aws la", "aws lab "),
        ("aws lab str", f"{BASE} "),
        ("aws --region us-e", "aws --region us-east-1 "),
        ("aws --region us-east-1 lab po", "aws --region us-east-1 lab poke-things "),
        ("ops sho", "ops shout "),
        (f"{BASE} --db", f"{BASE} --db-thing-identifier "),
        (f"{BASE} --db-thing-identifier web-1", f"{BASE} --db-thing-identifier web-1 "),
        (f"{BASE} --db-thing-identifier=web-1", f"{BASE} --db-thing-identifier=web-1 "),
        (f"{BASE} --no-ke", f"{BASE} --no-keep "),
        (f"{BASE} --mode f", f"{BASE} --mode fast "),
        (f"{BASE} --zone usw", f"{BASE} --zone usw2-az1 "),
        (f"{BASE} --region us-w", f"{BASE} --region us-west-2 "),
        (f"{BASE} --names web-2 web", f"{BASE} --names web-2 web-1 "),
        (f"{BASE} --names 'web-1' \"web-2", f"{BASE} --names 'web-1' web-2 "),
        (f"{POKE} --targets I", f"{POKE} --targets Id="),
        (f"{POKE} --targets Id=web-1 Id=web-2", f"{POKE} --targets Id=web-1 Id=web-2 "),
        (f"{POKE} --targets Id=web-1,St", f"{POKE} --targets Id=web-1,Sticky="),
        (f"{POKE} --targets Id=web-1,Sticky=t", f"{POKE} --targets Id=web-1,Sticky=true "),
        ("aws lab check-thing --check-id web-2", "aws lab check-thing --check-id web-2/first "),
        (f"{BASE} --deep ", f"""{BASE} --deep '{{"Target":{{"Id":""}}}}' """),
        (f"{POKE} --group-arn 1", None),  # no group has a 1 in its name
        (f"{POKE} --group-arn ol", f"{POKE} --group-arn pool "),  # in the middle will do
        ("sniff web-2", "sniff web-2 "),
    ],
)  # fmt: skip
def test_completes_the_word_being_typed(line, text):
    assert texts(line) == ([] if text is None else [text])


def test_offers_what_may_come_next():
    assert {"aws", "ops", "sniff"} <= set(labels(""))
    assert "ops" not in labels("aws ") and "lab" in labels("aws ")
    assert labels("aws lab ") == ["check-thing", "poke-things", "stretch-db-thing"]
    assert labels(f"{POKE} ") == ["--targets", "--group-arn", "--region"]
    assert labels(f"{POKE} --targets Id=web-1 ") == ["Id=", "Port=", "Weight=", "Sticky=", "Tags=", "--group-arn",
                                                     "--region"]  # fmt: skip
    assert labels(f"{POKE} --group-arn pool --targets Id=web-1 --") == ["--region"]
    assert labels(f"{POKE} --group-arn ") == ["pool"]
    assert labels("sniff ") == ["web-1", "web-2", "pool", "--hard", "--no-hard"]
    assert labels("sniff web-1 ") == ["--hard", "--no-hard"]
    assert "--force" not in labels(f"{BASE} --no-force --")
    assert labels("aws nothing ") == labels("xyzzy foo ") == []
    assert [offer.help for offer in complete(f"{BASE} --names ", Names())] == ["Box · use1-az1", "Box · use1-az2"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.sampled_from([BASE, POKE, "sniff"]).flatmap(
    lambda start: st.text(" -='\",{}[]\\Idtargesnmo", max_size=30).map(lambda rest: f"{start} {rest}")))  # fmt: skip
def test_any_line_can_be_completed(line):
    for offer in complete(line, Names()):
        assert len(offer.text) > 0 and complete(offer.text, Names()) is not None


def test_a_form_knows_its_fields():
    known = {spec.name: spec for spec in fields(Stretch)}
    assert next(iter(known)) == "thing" and list(known)[-1] == "region"
    assert known["thing"].required and known["thing"].option == "--db-thing-identifier"
    assert known["count"].attributes == ("min_count", "max_count") and "min_count" not in known
    assert known["how_far"].help == "meters" and known["how_far"].default == 1
    assert known["names"].many and known["names"].refs == ("lab.box",)
    assert choices_for(known["names"], Names()) == ["web-1", "web-2"]
    assert choices_for(known["zone"], Names()) == ["use1-az1", "use1-az2", "usw2-az1"]
    assert choices_for(known["force"], Names()) == ["true", "false"]
    assert set(known["mode"].choices) == {"slow", "fast"}


def test_help_says_how_it_is_typed():
    text = usage(Stretch)
    assert text.startswith("aws lab stretch-db-thing --db-thing-identifier <db-thing-identifier> [--count <count>]")
    assert "Stretch a thing as far as it goes." in text and "not shown" not in text
    assert "default 0.5" in text and "one of fast, slow" in text and "keys Id, Port, Weight, Sticky, Tags" in text
    assert "the name of: lab.box" in text and "--force | --no-force (boolean)" in text
    assert help_for("ops shout help") == usage(Shout) and help_for("sniff --help").startswith("sniff <name>")
    assert "aws lab poke-things" in help_for("aws lab help") and "ops shout" in help_for("help")
    assert help_for("aws lab poke-things") is help_for("help me") is help_for("'") is help_for("xyzzy help") is None


def test_the_console_brings_no_screen_with_it():
    heavy = "rich textual botocore sqlite3 asyncio difflib yaml simpy"
    code = f"import sys, drill.console; print(*[m for m in '{heavy}'.split() if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
