from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drill.console import ConsoleError, actions, actions_on, compose, fields, from_log, parse, prefill, render, to_log
from drill.console.shape import REQUIRED, FieldSpec, Shape
from drill.model.command import operation_of
from drill.model.text import one_line
from tests.console.lab import Check, Deep, Names, Poke, Shout, Sniff, Stretch, Target

BASE = "aws lab stretch-db-thing --db-thing-identifier web-1"


def stretch(**given) -> Stretch:
    return Stretch(thing="web-1", **given)


@pytest.mark.parametrize(
    ("line", "action"),
    [
        (BASE, stretch()),
        (f"{BASE} --mode fast --how-far=7 --ratio 1e-3", stretch(mode="fast", how_far=7, ratio=0.001)),
        (f"{BASE} --force --no-keep --no-maybe", stretch(force=True, keep=False, maybe=False)),
        (f"{BASE} --names a 'b c' \"d'e\" --zone z", stretch(names=["a", "b c", "d'e"], zone="z")),
        (f"""{BASE} --names '["a", "b"]'""", stretch(names=["a", "b"])),
        (f"{BASE} --numbers 1 -2", stretch(numbers=[1, -2])),
        (f"{BASE} --count 3", stretch(min_count=3, max_count=3)),
        (f"{BASE} --count 2:5", stretch(min_count=2, max_count=5)),
        (f"{BASE} --target Id=x,Port=80,Sticky=true", stretch(target=Target(id="x", port=80, sticky=True))),
        (f"{BASE} --target 'Id = x, Tags=a,b,Weight=2'", stretch(target=Target(id="x", tags=["a", "b"], weight=2.0))),
        (f"{BASE} --target Id=x,Tags=a", stretch(target=Target(id="x", tags=["a"]))),
        (f"{BASE} --target 'Id=\"a,b\",Tags=[c,d]'", stretch(target=Target(id="a,b", tags=["c", "d"]))),
        (f"""{BASE} --target '{{"Id": "x", "Port": 80}}'""", stretch(target=Target(id="x", port=80))),
        (f"{BASE} --targets Id=a Id=b,Port=1", stretch(targets=[Target(id="a"), Target(id="b", port=1)])),
        (f"""{BASE} --targets '[{{"Id": "a"}}]'""", stretch(targets=[Target(id="a")])),
        (f"{BASE} --deep 'Target={{Id=a,Port=2}},Others=[{{Id=b}},{{Id=c}}],Labels={{k=v}}'",
         stretch(deep=Deep(target=Target(id="a", port=2), others=[Target(id="b"), Target(id="c")], labels={"k": "v"}))),
        (f"{BASE} --labels k=v,other=w", stretch(labels={"k": "v", "other": "w"})),
        (f"{BASE} --region us-west-2", stretch(region="us-west-2")),
        ("aws --region us-west-2 lab stretch-db-thing --no-cli-pager --db-thing-identifier=web-1",
         stretch(region="us-west-2")),
        ("aws lab poke-things --targets Id=a \\\n  --group-arn g", Poke(targets=[Target(id="a")], group_arn="g")),
        ("sniff web-1", Sniff(name="web-1")),
        ("sniff --hard web-1", Sniff(name="web-1", hard=True)),
        ("ops sniff --name web-1", Sniff(name="web-1")),
        ("ops shout --text 'all hands' --severity 1", Shout(text="all hands", severity=1)),
        ("ops shout --text '\x1b[31mred\u202e'", Shout(text="red")),
    ],
)  # fmt: skip
def test_reads_what_the_aws_cli_reads(line, action):
    assert parse(line, Names()) == action


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "type a command, such as: aws ec2 describe-instances"),
        ("aws", "aws: error: the following arguments are required: command"),
        ("aws lab", "aws: error: the following arguments are required: operation"),
        ("aws lab stretch-db-thing", "aws: error: the following arguments are required: --db-thing-identifier"),
        ("aws lab poke-things", "aws: error: the following arguments are required: --targets, --group-arn"),
        ("aws lab poke-thing", "aws: error: argument operation: Found invalid choice 'poke-thing'"
                               " (did you mean: poke-things?)"),
        ("aws lab create-snapshot", "aws lab create-snapshot is not modeled in this drill"
                                    " (modeled: stretch-db-thing, poke-things, check-thing)"),
        ("aws lab xyzzy", "aws: error: argument operation: Found invalid choice 'xyzzy',"
                          " valid choices are: stretch-db-thing | poke-things | check-thing"),
        ("aws lba poke-things", "aws: error: argument command: Found invalid choice 'lba' (did you mean: lab?)"),
        ("aws s3 ls", "aws s3 is not modeled in this drill (modeled: "),
        ("lab poke-things", "lab: command not found (did you mean: aws lab?)"),
        ("snif web-1", "snif: command not found (did you mean: sniff?)"),
        ("aws ops shout --text x", "aws: error: argument command: Found invalid choice 'ops'"),
        (f"{BASE} --mod fast", "Unknown options: --mod (did you mean --mode?)"),
        (f"{BASE} --xyzzy 1", "Unknown options: --xyzzy (not an option that the drill models for stretch-db-thing)"),
        (f"{BASE} loose", "Unknown options: loose (not an option that the drill models for stretch-db-thing)"),
        (f"{BASE} --dry-run", "--dry-run is not modeled in this drill"),
        ("aws --profile x lab poke-things", "--profile is not modeled in this drill"),
        (f"{BASE} --min-count 1", "Unknown options: --min-count (did you mean --count?)"),
        (f"{BASE} --mode", "aws: error: argument --mode: expected one argument"),
        (f"{BASE} --names --force", "aws: error: argument --names: expected at least one argument"),
        (f"{BASE} --mode quick", "aws: error: argument --mode: Invalid choice 'quick', valid choices are: fast | slow"),
        (f"{BASE} --how-far 1.5", "aws: error: argument --how-far: '1.5' is not an integer"),
        (f"{BASE} --how-far 99999999999999999999", "aws: error: argument --how-far: '99999999999999999999' is not an"),
        (f"{BASE} --how-far -1", "Parameter validation failed: Expected `int` >= 0 - at `HowFar`"),
        (f"{BASE} --ratio nan", "aws: error: argument --ratio: 'nan' is not a number"),
        (f"{BASE} --count 1:2:3", "aws: error: argument --count: at most 2 numbers, by colons"),
        (f"{BASE} --force=yes", "aws: error: argument --force: ignored explicit argument 'yes'"),
        (f"{BASE} --target web-1", "Error parsing parameter '--target': Expected: '=', received: 'EOF' for input: we"),
        (f"{BASE} --target Id=a,Prt=1", "Parameter validation failed: Unknown parameter in Target: \"Prt\","
                                        " must be one of: Id, Port, Weight, Sticky, Tags"),
        (f"{BASE} --targets Port=1", 'Parameter validation failed: Missing required parameter in Targets[0]: "Id"'),
        (f"{BASE} --targets Id=a,Port=x", "Parameter validation failed: Targets[0].Port: 'x' is not an integer"),
        (f"""{BASE} --target '{{"Id": 5}}'""", "Parameter validation failed: Target.Id: 5 is not a string"),
        (f"{BASE} --target '{{'", "Error parsing parameter '--target': Invalid JSON: Input data was truncated"),
        (f"{BASE} --target file://x.json", "Error parsing parameter '--target': the drill reads no files"),
        (f"{BASE} --names 'a", "a quotation mark is not closed"),
        (f"{BASE} --region eu-west-9", 'Could not connect to the endpoint URL: "https://lab.eu-west-9.amazonaws.com/"'
                                       " (this drill has us-east-1, us-west-2)"),
        ("sniff", "sniff: error: the following arguments are required: name"),
        ("ops shout", "ops: error: the following arguments are required: --text"),
        ("sniff a b", "Unknown options: b (not an option that the drill models for sniff)"),
        ("ops shout --text x" + " " * 40_000, "the line is longer than 32768 characters"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_in_one_line(line, said):
    with pytest.raises(ConsoleError) as error:
        parse(line, Names())
    assert str(error.value).startswith(said) and "\n" not in str(error.value)


def test_writes_the_shortest_line():
    two = {"min_count": 2, "max_count": 2}
    full = stretch(names=["a", "b c"], targets=[Target(id="a", port=80)], force=True, keep=False, **two)
    assert render(full) == f"{BASE} --count 2 --force --no-keep --names a 'b c' --targets Id=a,Port=80"
    assert render(Sniff(name="web-1")) == "sniff web-1"
    assert render(Sniff(name="-x")) == "sniff --name=-x"
    assert render(stretch(target=Target(id="a b"))) == f"""{BASE} --target '{{"Id":"a b"}}'"""


TRAPS = ["", "-x", "--region", "[a", "{b}", "a,b", "k=v", "5", "true", "file://x", "it's", '"', "\\"]
WORDS = st.sampled_from(TRAPS) | st.text(st.characters(exclude_categories=("C",)), max_size=12).map(one_line)


def value_of(shape: Shape) -> st.SearchStrategy:
    """Return values of a shape, as a log keeps them."""
    if shape.choices:
        found = st.sampled_from(shape.choices)
    elif shape.type == "list":
        found = st.lists(value_of(shape.item), max_size=3)
    elif shape.type == "structure":
        needed = {k: value_of(m.shape) for k, m in shape.keys.items() if m.default is REQUIRED}
        found = st.fixed_dictionaries(
            needed, optional={k: value_of(m.shape) for k, m in shape.keys.items() if k not in needed}
        )
    elif shape.type == "map":
        found = st.dictionaries(WORDS, value_of(shape.item), max_size=3)
    else:
        found = {
            "string": WORDS,
            "integer": st.integers(0, 10**6),
            "float": st.floats(allow_nan=False, allow_infinity=False),
            "boolean": st.booleans(),
            "json": st.none() | WORDS | st.integers(-5, 5) | st.lists(WORDS, max_size=2),
        }[shape.type]
    return found | st.none() if shape.optional else found


def given_by(spec: FieldSpec) -> st.SearchStrategy:
    return value_of(msgspec.structs.replace(spec.shape, optional=spec.shape.optional and spec.default is None))


@st.composite
def any_action(draw):
    kind = draw(st.sampled_from(list(actions().values())))
    params = {"api": kind.__struct_config__.tag}
    for spec in fields(kind):
        if spec.required or draw(st.booleans()):
            names = [f.encode_name for f in msgspec.structs.fields(kind) if f.name in spec.attributes]
            params |= {name: draw(given_by(spec)) for name in names}
    try:
        return from_log(params)
    except ConsoleError:  # a constraint of that very action, such as a pattern
        return stretch()


@settings(max_examples=400, deadline=None)
@given(any_action())
def test_what_is_written_is_read_back(action):
    line = render(action)
    assert parse(line) == action
    assert render(parse(line)) == line
    assert from_log(to_log(action)) == action


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([BASE, "aws lab poke-things", "sniff", "ops shout", "aws", ""]),
    st.lists(WORDS | st.sampled_from(["--target", "--targets", "--deep", "--count", "--names", "--force"])),
)
def test_any_line_is_an_action_or_one_clear_line(start, words):
    try:
        action = parse(" ".join([start, *words]), Names())
    except ConsoleError as error:
        assert "\n" not in str(error)
    else:
        assert parse(render(action)) == action


@pytest.mark.parametrize("depth", [30, 100_000])
@pytest.mark.parametrize("opening", ["A={", "[", '{"a":'])
def test_deep_nesting_is_refused(depth, opening):
    with pytest.raises(ConsoleError):
        parse(f"{BASE} --deep '{opening * min(depth, 9_000)}'")


def test_a_form_gives_the_same_action_as_the_line():
    box, pool = Names.components["web-1"], Names.components["pool"]
    assert prefill(Stretch, box) == {"thing": "web-1"}
    assert prefill(Poke, pool) == {"group_arn": "pool"}
    assert prefill(Check, box) == {"check_id": "web-1/first"} and prefill(Check, pool) == {}
    assert prefill(Poke, box) == {"targets": "Id=web-1"}
    filled = {"thing": "web-1", "force": "true", "names": "a b", "count": "2", "target": "Id=x", "mode": ""}
    line = compose(Stretch, filled)
    assert parse(line) == stretch(force=True, names=["a", "b"], min_count=2, max_count=2, target=Target(id="x"))
    assert compose(Stretch, {"mode": "fast"}) == "aws lab stretch-db-thing --mode fast"
    assert parse(compose(Shout, {"text": "it's -- 'down'"})) == Shout(text="it's -- 'down'")
    assert parse(compose(Sniff, {"name": "web-1"})) == Sniff(name="web-1")


def test_a_log_cannot_hold_an_action_that_is_none():
    for command in ({}, {"api": 5}, {"api": "lab:No"}, {"api": "lab:PokeThings"}, {**to_log(stretch()), "X": 1}):
        with pytest.raises(ConsoleError):
            from_log(command)


def test_actions_are_offered_in_the_order_of_their_use() -> None:
    def names(kind: str, **says: str) -> list[str]:
        return [operation_of(action) for action in actions_on(kind, says)]

    running, stopped = names("ec2.instance", state="running"), names("ec2.instance", state="stopped")
    assert running[:2] == ["RebootInstances", "StopInstances"] and stopped[0] == "StartInstances"
    changing = [name for name in running if not name.startswith("Describe") and name != "Curl"]
    assert changing == running[: len(changing)] and changing[-1] == "StartInstances", "what cannot apply comes last"
    assert running.index("TerminateInstances") > running.index("AssociateAddress")
    assert names("autoscaling.group")[:2] == ["SetDesiredCapacity", "UpdateAutoScalingGroup"]
    assert names("rds.instance", role="primary")[0] == "RebootDBInstance"
    assert names("rds.instance", role="replica")[0] == "PromoteReadReplica"
    assert names("route53.record")[0] == "ChangeResourceRecordSets"
