"""The JSON Schema accepts what loads, refuses what does not, and describes every kind and fault."""

from __future__ import annotations

import jsonschema
import pytest

from drill.level.bundle import files
from drill.level.schema import level_schema
from drill.level.shapes import faults, kinds, settable
from drill.level.yaml_tree import parse
from tests.level.sample import LEVEL, changed
from tests.level.test_decks_and_questions import FULL


@pytest.fixture(scope="module")
def schema():
    return level_schema()


@pytest.fixture(scope="module")
def check(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    return lambda text: [e.message for e in validator.iter_errors(parse(text.encode(), "f").root.plain())]


def test_what_loads_is_valid(check):
    assert check(LEVEL) == []
    assert check(FULL) == []
    assert check(LEVEL + "variants: {small: {}, large: {traffic: {robots: null}}}\n") == []
    assert check(LEVEL + "variants: {}\n") and check(LEVEL + "variants: {Large: {}}\n")
    for path in files():
        assert check(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tier: hinted", "tier: hint"), ("length: 6m", "length: 5:00"), ("title: The", "titel: The"),
        ("kind: ec2.elastic-ip", "kind: ec2.elastic"), ("instance: web-1}", "points_at: web-1}"),
        ("capacity: 100/s}", "capacity: 100}"), ("with: {share: 100%}", "with: {shares: 1}"), ("hands: 1",
         "hands: one"),
        ("t0: {between", "t0: {among"), ("t0: {between", "t0: {deal: 1, between"), ("t0: {", "0t: {"),
        ("aws:ec2:stop-instances", "aws:ec2:stop"), ("desired: 2", "desired: $2"), ("domain: shop.example.com\n", "\n"),
    ],
)  # fmt: skip
def test_what_does_not_load_is_not(check, old, new):
    assert check(changed(old, new))


def test_every_kind_and_fault_is_described(schema):
    for tag, cls in kinds().items():
        shown = schema["$defs"][tag]
        assert set(shown["properties"]) == {"kind", *settable(cls)} and shown["description"]
    effects = schema["$defs"]["ScriptRule"]["properties"]["fault"]["anyOf"]
    assert {row["const"]: bool(row["description"]) for row in effects[:-1]} == dict.fromkeys(faults(), True)
