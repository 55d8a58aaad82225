"""What is wrong with a level is said in one line, at its place, with what to do."""

from __future__ import annotations

import re
import time

import pytest

from tests.level.sample import LEVEL, changed, loaded, place, refused

#: (what is written, what is written instead, where the problem stands, what it says)
WRONG = [
    # fields and types
    ("title: The", "titel: The", "titel", "a level has no field `titel`; did you mean `title`?"),
    ("title: The spare is warm\n", "", "drill", "a level needs the field `title`; add title:"),
    ("length: 6m", "length: 5:00", "5:00", "`length` must be a duration, not `5:00`; write for example 90s"),
    ("length: 6m", "length: [6m]", "[6m]", "`length` must be a duration, not a list"),
    ("tier: hinted", "tier: hint", "hint\n",
     "`tier` must be one of guided, hinted, blind, not `hint`; did you mean `hinted`?"),
    ("capacity: 400/s, needs: [db, {", "capacity: 400, needs: [db, {", "400,", "`capacity` must be a rate, not `400`"),
    ("kind: rds.instance, zone: use1", "kind: rds.instanc, zone: use1", "rds.instanc,",
     "no kind of component is called `rds.instanc`"),
    ("standby: use1-az2", "stand_by: use1-az2", "stand_by", "`rds.instance` has no field `stand_by`; did you mean"),
    ("targets: [fleet]", "targets: [fleet], tallies: {}", "tallies", "`tallies` is for the drill to set"),
    ("how: soft", "how: often", "often", "`how` must be one of hard, soft, hidden, reads, writer"),
    ("answers: {web:", "answer: {web:", "answer:", "`route53.record` has no field `answer`; did you mean `answers`?"),
    ("desired: 2", "desired: two", "two,", "`desired` must be a whole number, not `two`"),
    ("side: {kind: ec2.instance, ", "side: {", "side: {", "the component `side` has no `kind`"),
    ("between: [us-east-1, us-west-2]", "between: [us-east-1]", "[us-east-1]", "`between` takes 2 values here, not 1"),
    ("hands: 1", "hands: yes", "yes", "`hands` must be a whole number, not `yes`"),
    ("with: {share: 100%}", "with: {shares: 100%}", "shares", "`aws:ec2:stop-instances` has no field `shares`"),
    ("with: {share: 100%}", "with: {share: 200%}", "200%", "`share` must be a share, not `200%`"),
    ("with: {share: 100%}", "with: {target: db}", "target: db", "names its fault or its target in `with`"),
    ("aws:ec2:stop-instances", "aws:ec2:stop-instance", '"aws:ec2:stop-instance"', "no fault is called"),
    ("drill: 1", "drill: 2", "2", "`drill` must be one of 1, not `2`"),
    ("id: sample", "id: ../etc", "../etc", "cannot be a level's id"),
    ("  fleet: {kind", "  a b: {kind", "a b:", "`a b` cannot name a component"),
    ("brief: One", "variants: {}\nbrief: One", "variants", "`variants` must be a map of patches"),
    ("message: {text:", "ask: {text:", "ask:", "an ask needs the field `choices`"),
    # composite alarms
    ("measure: fleet.CPUUtilization, above: 90, per: zone", "rule: ALARM(unwel)", "ALARM(unwel)",
     "there is no alarm called `unwel`; did you mean `unwell`?"),
    ("measure: fleet.CPUUtilization, above: 90, per: zone", "rule: ALARM(busy)", "ALARM(busy)",
     "these alarms follow from each other: busy -> busy"),
    ("measure: fleet.CPUUtilization, above: 90, per: zone", "rule: unwell OR", "unwell OR", "is no rule; write for"),
    ("measure: fleet.CPUUtilization, above: 90, per: zone", "rule: OK(unwell), above: 90", "90}",
     "an alarm with a rule has no `above`"),
    ("datapoints: 2 of 3}", "datapoints: 2 of 3, actions: [{recover: web-1, notify: x}]}", "{recover",
     "an action does recover and notify; give one of policy,"),
    ("datapoints: 2 of 3}", "datapoints: 2 of 3, actions: [{reboot: fleet}]}", "fleet}]", "not ec2.instance"),
    ("datapoints: 2 of 3}", "datapoints: 2 of 3, actions: [{policy: more, of: fleet}]}", "more, of",
     "`fleet` has no policy `more`"),
    ("measure: fleet.CPUUtilization, above: 90, per: zone", "rule: OK(unwell), actions: [{stop: web-1}]", "web-1}]",
     "a composite alarm cannot stop"),
    # canaries
    ("telemetry:\n", "telemetry:\n  canaries: {c: {hits: web-1, every: 90s}}\n", "90s}}",
     "a canary runs each minute"),
    ("telemetry:\n", "telemetry:\n  canaries: {c: {hits: web-1, from: us-east-1}}\n", "us-east-1}",
     "`web-1` is in us-east-1 itself"),
    ("measure: fleet.CPUUtilization, above: 90, per: zone}",
     "measure: c.Passed, above: 9}\n  canaries: {c: {hits: db}}", "c.Passed", "a canary has no metric `Passed`"),
    # names
    ("instance: web-1}", "instance: web-3}", "web-3", "there is no ec2.instance called `web-3`; did you mean `web-"),
    ("instance: web-1}", "instance: db-west}", "db-west}", "`db-west` is of kind rds.instance, not ec2.instance"),
    ("needs: [db]}", "needs: [dbb]}", "dbb", "there is no component called `dbb`; did you mean `db`?"),
    ("{to: side, how", "{to: sied, how", "sied", "there is no component called `sied`; did you mean `side`?"),
    ("zones: [use1-az1, use1-az2], desired", "zones: [use1-az1, use1-az3], desired", "use1-az3",
     "there is no zone called"),
    ("enters: shop", "enters: shopp", "shopp\n", "there is no component called `shopp`; did you mean `shop`?"),
    ("side: {kind: ec2.instance, zone", "side: {kind: ec2.instance, region: us-west-2, zone", "us-west-2, zone",
     "`side` is in us-west-2, but its zone use1-az2 is in us-east-1"),
    ("zones: {usw2-az1:", "zones: {use1-az2:", "zones: {use1-az2", "the zone `use1-az2` is named more than once"),
    ("  robots: {", "  door: {", "door: {enters", "`door` is the name of a component too"),
    ("measure: shoppers.success, below: 99%, period", "measure: shoppers.sucess, below: 99%, period", "shoppers.sucess",
     "users have no measure `sucess`; did you mean `success`?"),
    ("fleet.CPUUtilization", "fleet.Cpu", "fleet.Cpu", "autoscaling.group has no metric `Cpu`"),
    ("measure: fleet.CPUUtilization", "measure: fleet.QueueLength", "fleet.QueueLength", "is not published per zone"),
    ("below: 99%, period", "period", "unwell: {", "it needs one of `above` and `below`"),
    ("above: 90, per", "above: plenty, per", "plenty", "`plenty` is no threshold"),
    ("datapoints: 2 of 3", "datapoints: 4 of 3", "4 of 3", "is no number of datapoints"),
    ("target: $bad.name", "target: use1-az1", "use1-az1, with", "there is no ec2.instance or autoscaling.group called"),
    ("target: ec2/us-east-1", "target: ec2/us-east-9", "ec2/us-east-9", "there is no region called `us-east-9`"),
    ("needs: [db]}", "needs: [db, web-2]}", "web-2: {kind", "these call each other: web-2 -> web-2"),
    ("instance: web-1}", "instance: web-1, price: $1}", "$1}", "`price` must be a price per hour, not `$1`"),
    # rules
    ("after: slow, wait", "after: slov, wait", "slov",
     "there is nothing called `slov` to come after; did you mean `slow`?"),
    ("after: slow, wait", "at: 1m, after: slow, wait", "over:", "`over` has 2 triggers"),
    ("after: slow, wait", "wait", "over:", "`over` has no trigger; give it one of at, after, when"),
    ("after: slow, wait", "after: over, wait", "over, wait", "these wait for each other: over -> over"),
    ("at: outage+30s", "at: outrage+30s", "outrage",
     "there is no phase or rule called `outrage`; did you mean `outage`?"),
    ("at: outage+30s", "at: 30", "30,", "`at` must be a text, not `30`; write for example 2m"),
    ("at: outage+30s", "at: 7m", "7m", "`7m` is after the level's end at 06:00"),
    ("clear: stop", "clear: surge", "surge, recover", "there is no fault by the id `surge` to clear"),
    ("[30s, 100%]]", "[30s, 40%]]", "recover", "the recovery does not go forward"),
    ("message: {text: \"Zone", "clear: stop, message: {text: \"Zone", "told:", "`told` has 2 effects"),
    ("factor: 1.5}", "factor: 1.5, rate: 3/s}", "demand: {population: sh", "demand needs one of `rate` and `factor`"),
    ("demand: {population: shoppers, ", "demand: {population: shopers, ", "shopers",
     "there is no population called `shopers`"),
    ("draw: bad.zone", "draw: worse.zone", "worse.zone", "there is no draw called `worse`"),
    ("{when: {alarm: unwell, is: ALARM, as", "{when: {alarm: unwel, is: ALARM, as", "unwel,",
     "there is no alarm called `unwel`"),
    ("{when: {alarm: unwell, is: ALARM, as", "{when: {alarm: unwell, is: RED, as", "RED",
     "`RED` is no state of an alarm"),
    ("{when: {alarm: unwell, is: ALARM, as", "{when: {draw: bad.zone, is: x, as", "bad.zone, is: x",
     "only the level's script"),
    ("{when: {alarm: unwell, is: ALARM, as", "{when: {did: Reboot, as", "Reboot", "there is no operation `Reboot`"),
    ("{not: {alarm: busy, is: ALARM}}", "{not: {any: [{not: {alarm: busy}}]}}", "{not: {alarm: busy",
     "nested more than two deep"),
    ("{not: {alarm: busy, is: ALARM}}", "{alarm: busy, phase: outage}", "{alarm: busy, ph",
     "a condition asks alarm and phase"),
    # objectives, hints, solutions
    ("par: 75s", "par: 3m", "2m, zero", "par, target and zero of `rto` do not go from better to worse"),
    ("par: 99.9%", "par: 98%", "99%, zero", "par, target and zero of `up` do not go from better to worse"),
    ("target: $0.30", "target: 3h", "3h", "`3h` is no figure for spend; write an amount of money"),
    ("class: shoppers.buy", "class: shoppers.bye", "shoppers.bye", "there is no class or population called"),
    ("{after: stop, wait: 45s", "{wait: 45s", "h1", "the hint `h1` needs one of `at` and `after`"),
    ("cost: 30, text", "cost: 30, plain: Type look, text", "Type look", "is for sale, and has words for line-by-line"),
    ("cost: 30, text", "cost: 30, unless: {alarm: unwel}, text", "unwel}", "there is no alarm called `unwel`"),
    ("cost: 30, text", "cost: 30, unless: {alarm: unwell, for: 3s}, text", "3s}, text", "nothing is timed"),
    ("key: remap", "key: remapp", "remapp", "the reference has no rule `remapp`; did you mean `remap`?"),
    ("{is: availability, class", "{is: availability, calm: true, class", "true, class", "`calm` is for spend"),
    ("loses: rto", "loses: rpo", "rpo", "there is no objective called `rpo`; did you mean `rto`?"),
    ("rules: {grow: null}}", "rules: {grow: {dont: 1}}}", "patch: {think",
     "the reference with this patch is no runbook"),
    ("look: {share: 70%", "look: {share: 60%", "classes", "the shares of the classes of `shoppers` add up to 90 %"),
    # draws
    ("target: $bad.name", "target: $bed.name", "$bed.name", "there is no draw `bed`; did you mean `bad`?"),
    ("target: $bad.name", "target: $bad.nam", "$bad.nam,", "the draw `bad` has no fact `nam`; did you mean `name`?"),
    ("brief: One server", "brief: The server $bad.name", "The server", "`brief` reads the draw `$bad.name`"),
    ("text: \"What still", "text: \"$bad.name: what still", "\"$bad.name: what", "`hints` reads the draw `$bad.name`"),
    ("--instance-id web-2]", "--instance-id $bad.name]", "aws ec2 associate", "`solutions` reads the draw `$bad.name`"),
    ("between: [60s, 90s]", "between: [90s, 60s]", "[90s, 60s]", "the draw `t0` has no amounts to take"),
    ("between: [60s, 90s]", "between: [60s, 9/s]", "[60s, 9/s]", "the draw `t0` has no amounts to take"),
    ("{zone: use1-az2, name: web-2}", "{zone: use1-az2}", "[{zone", "do not state the same facts"),
    ("t0: {between", "t0: {among", "{among", "must be one_of, between or a deck"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "says"), WRONG, ids=lambda value: value[:24])
def test_what_is_wrong_is_said_at_its_place(tmp_path, old, new, at, says):
    text = changed(old, new)
    problems = refused(tmp_path, text)
    line, col = place(text, at)
    lines = [str(p) for p in problems]
    expected = f"{tmp_path / 'sample.yaml'}:{line}:{col}: "
    assert any(one.startswith(expected) and says in one for one in lines), "\n".join(lines)
    assert all("\n" not in one and "; " in one for one in lines)


def test_the_sample_is_right(tmp_path):
    assert loaded(tmp_path).level.id == "sample"


def test_as_many_problems_as_there_are_are_told_at_once(tmp_path):
    text = LEVEL.replace("length: 6m", "length: 6").replace("how: soft", "how: so").replace("weight: 4", "weight: four")
    text = text.replace("share: 30%", "shares: 30%").replace("capacity: 900/s}\n    db:", "capacity: no}\n    db:")
    problems = refused(tmp_path, text)
    assert len(problems) == 5
    assert [p.line for p in problems] == sorted(p.line for p in problems)


def test_text_in_messages_is_short_clean_and_on_one_line(tmp_path):
    text = changed("tier: hinted", 'tier: "\\e[31mred\\u202E\\n' + "x" * 500 + '"')
    (only,) = refused(tmp_path, text)
    assert str(only).isprintable() and len(str(only)) < 250


def test_a_level_that_is_wrong_everywhere_is_refused_in_no_time(tmp_path):
    def world(row):
        rows = "\n".join(row(i) for i in range(500))
        return re.sub(r"  components:\n(    .*\n)+  people", f"  components:\n{rows}\n  people", LEVEL)

    names = ", ".join(f"componant-{i}" for i in range(20))
    fields = ", ".join(f"capacityy{i}: 1" for i in range(30))
    server = "kind: ec2.instance, zone: use1-az1"
    for text in (
        world(lambda i: f"    component-{i}: {{{server}, needs: [{names}]}}"),
        world(lambda i: f"    component-{i}: {{{server}, {fields}}}"),
        world(lambda i: f"    component-{i}: {{kind: ec2.instanse{i}}}"),
        LEVEL + "\n".join(f"titel{i}: 1" for i in range(15_000)),
        changed("script:\n", "script:\n" + "".join(f"  r{i}: {{after: rr{i}, clear: x}}\n" for i in range(3000))),
        changed("script:\n", "script:\n" + "".join(f"  r{i}: {{after: r{i + 1}, clear: x}}\n" for i in range(3000))),
        changed("sources: [", "debrief_: [" + "$x, " * 30_000 + "$x]\nsources: ["),
        changed("ends: {all: [", "ends: {all: [" + "{alarm: nope}, " * 9_000),
        changed("enters: shop\n", "enters: " + "shop" * 100_000 + "\n"),
    ):
        refused(tmp_path, LEVEL.replace("6m", "6"))  # everything is imported before the clock starts
        began = time.process_time()
        assert 0 < len(refused(tmp_path, text)) <= 100
        assert time.process_time() - began < 0.4


@pytest.mark.parametrize("parts", [60, 499])
def test_a_long_cycle_is_named_quickly(tmp_path, parts):
    rows = [
        f"    n{i}: {{kind: ec2.instance, zone: use1-az1, capacity: 1/s, needs: [n{(i + 1) % parts}]}}"
        for i in range(parts)
    ]
    text = re.sub(r"  components:\n(    .*\n)+  people", "  components:\n" + "\n".join(rows) + "\n  people", LEVEL)
    text = re.sub(r"enters: [\w-]+", "enters: n0", text).replace("$bad.name", "n0")
    text = re.sub(r"fleet\.CPU\w+, above: 90, per: zone", "n0.CPUUtilization, above: 90", text)
    text = text.replace("state: web-1", "state: n0")
    began = time.process_time()
    problems = refused(tmp_path, text)
    assert time.process_time() - began < 1.0
    assert "these call each other: n0 -> n1" in str(problems[0])
