"""What a level is refused for although it could be played."""

from __future__ import annotations

import pytest

from drill.level.lint import lint
from tests.level.sample import LEVEL, changed, write

#: (what is written, what is written instead, the rule that objects, what it says)
UNFIT = [
    ("  spend: {is: spend, par: $0.20, target: $0.30, zero: $2}\n", "", "fair.measured", "no objective measures spend"),
    ("share: 0.5%, for: 5m", "share: 2%, for: 5m", "fair.late-clients", "cannot be met by moving users"),
    ("target: 2m, zero: 5m", "target: 6m, zero: 9m", "fair.target", "nobody can miss it"),
    ("brief: One server",
     "brief: Type AWS EC2  associate-address --allocation-id web-ip --instance-id web-2. One server",
     "fair.given-away", "this tells players the solution"),
    ("looks odd", "aws ec2 describe-instances", "fair.given-away", "this tells players the solution"),
    ("t0: {between", "idle: {one_of: [1, 2]}\n  t0: {between", "draw.unused", "nothing reads the draw `idle`"),
    ("name: web-2}]", "name: shop}]", "rule.effect", "`shop` is of kind route53.record"),
    ("id: sample", "id: other", "level.id", "the level `other` is in a file called `sample.yaml`"),
    ("max: 4m", "max: 7m", "phase.end", "may last until 07:00, after the level's end"),
    ("tier: hinted", "tier: blind", "hint.time", "a blind level has no hints"),
    ("wait: 45s, cost", "wait: 9m, cost", "hint.time", "comes after the end"),
    ("{when: {alarm: unwell, is: ALARM, as: z}", "{at: 90s", "solution.warned",
     "waits for nothing that an operator can see"),
    ("look: {when: {alarm: unwell, is: ALARM, as: z}, do: [aws ec2 describe-instances]}",
     "look: {when: {alarm: unwell}, do: [aws ec2 describe-addresses]}", "solution.earned",
     "acts on the evidence `dead`"),
    ("--instance-id web-2]", "--instanse-id web-2]", "solution.typed", "is no command"),
    ("[aws ec2 associate-address --allocation-id web-ip --instance-id web-2]",
     '["aws ec2 start-instances --instance-ids {y.zone}"]', "solution.typed",
     "nothing is seen as `y`; use one of: z, b"),
    ("by: aws ec2 describe-instances", "by: aws ec2 look-around", "solution.earned", "acts on the evidence"),
    ("by: aws ec2 describe-instances", "by: aws ec2 look-around", "solution.typed", "is no command"),
    ("capacity: 100/s}", "capacity: 100/s, tracking: null}", "patch.nothing", "nothing of this name to delete"),
    ("rules: {grow: null}}", "rules: {grown: null}}", "solution.lessons", "nothing to delete; did you mean `grow`?"),
    (", rules: {r: {at: end, do: [aws ec2 describe-instances]}}", "", "solution.lessons", "does nothing of its own"),
    ("place: Ohio", "place: no", "yaml.trap", "`no` is text here"),
    ("place: Ohio", 'place: "Ohi\\u202Eo"', "yaml.trap", "invisible characters"),
    ("desired: 2", "desired: 02", "yaml.trap", "`02` is decimal here"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule", "says"), UNFIT, ids=lambda value: value[:24])
def test_what_is_unfit_is_refused(tmp_path, old, new, rule, says):
    found = lint(write(tmp_path, changed(old, new)))
    assert any(p.rule == rule and says in str(p) for p in found), [(p.rule, str(p)) for p in found]
    assert all(p.line and "\n" not in str(p) for p in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("share: 0.5%, for: 5m", "share: 2%, for: 1m"),  # they come round before the target
        ("tier: hinted", "tier: guided"),
        ("zero: 5m, weight: 4", "zero: 8m, weight: 4"),
        ("place: Ohio", 'place: "no"'),
        ("--instance-id web-2]", "--instance-id web-2, 'ops post-status --text \"moved to {z.zone}\"']"),
    ],
)
def test_what_is_fit_is_not(tmp_path, old, new):
    assert [str(p) for p in lint(write(tmp_path, changed(old, new)))] == []


def test_the_sample_is_fit(tmp_path):
    assert [str(p) for p in lint(write(tmp_path, LEVEL))] == []


def test_neither_rto_nor_availability(tmp_path):
    text = LEVEL.replace("is: rto, class: shoppers, floor: 99%, stable: 30s", "is: latency").replace(
        "is: availability, class: shoppers.buy, par: 99.9%, target: 99%, zero: 95%",
        "is: lost, par: 1, target: 2, zero: 3",
    )
    assert [p.rule for p in lint(write(tmp_path, text))] == ["fair.measured"]


def test_a_scored_class_without_traffic(tmp_path):
    text = changed("rate: 5/s}", "rate: 0/s}").replace("class: shoppers.buy", "class: robots")
    (only,) = lint(write(tmp_path, text))
    assert only.rule == "fair.traffic" and "`robots.all`, which has no traffic" in only.what


def test_only_one_draw_is_wrong_on_one_of_its_values(tmp_path):
    text = changed("name: web-2}]", "name: web-3}]")
    problems = [str(p) for p in lint(write(tmp_path, text))]
    assert len(problems) == 1 and "called `web-3`" in problems[0] and "(when $bad is a map)" in problems[0]


def test_a_level_that_does_not_load_is_told_why(tmp_path):
    assert "not valid YAML" in str(lint(write(tmp_path, "a: ["))[0])
