"""One level that uses every part of the format, and how to break it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drill.level.loader import LevelError, LevelFile, Problem, load

LEVEL = """\
drill: 1
id: sample
title: The spare is warm
tier: hinted
teaches: [elastic-ip, warm-spare]
length: 6m
brief: One server serves everyone.
draws:
  bad: {one_of: [{zone: use1-az1, name: web-1}, {zone: use1-az2, name: web-2}]}
  t0: {between: [60s, 90s], step: 10s}
world:
  regions:
    us-east-1: {zones: [use1-az1, use1-az2]}
    us-west-2: {zones: {usw2-az1: {pools: {m5.large: 3}}}}
  links:
    coast: {between: [us-east-1, us-west-2], latency: 60ms, carries: 500/s}
  components:
    web-1: {kind: ec2.instance, zone: use1-az1, capacity: 400/s, needs: [db, {to: side, how: soft}]}
    web-2: {kind: ec2.instance, zone: use1-az2, capacity: 400/s, needs: [db]}
    side: {kind: ec2.instance, zone: use1-az2, capacity: 900/s}
    db: {kind: rds.instance, zone: use1-az1, standby: use1-az2, capacity: 900/s}
    db-west: {kind: rds.instance, zone: usw2-az1, replica_of: db}
    web-ip: {kind: ec2.elastic-ip, region: us-east-1, instance: web-1}
    shop:
      kind: route53.record
      domain: shop.example.com
      ttl: 30s
      answers: {web: {to: web-ip, check: {interval: 10s}}}
    fleet: {kind: autoscaling.group, zones: [use1-az1, use1-az2], desired: 2, max: 4, capacity: 100/s}
    door: {kind: elb.application-load-balancer, zones: [use1-az1, use1-az2], targets: [fleet]}
  people: {hands: 1, per_command: 5s}
traffic:
  shoppers:
    place: Ohio
    enters: shop
    rate: {calm: 250/s, curve: [[2m, 300/s], [4m, 250/s]]}
    dns: {honours_ttl: 99%, late: {share: 0.5%, for: 5m}}
    classes:
      buy: {share: 30%, importance: 3, writes: 1, patience: 3s, retries: {tries: 1, gap: 2s}}
      look: {share: 70%, staleness: 1m}
  robots: {enters: web-ip, rate: 5/s}
telemetry:
  alarms:
    unwell: {measure: shoppers.success, below: 99%, period: 10s, datapoints: 2 of 3}
    busy: {measure: fleet.CPUUtilization, above: 90, per: zone}
  evidence:
    dead: {by: aws ec2 describe-instances, takes: 15s, ready: {state: web-1, is: stopped}, says: "$bad.name is gone"}
phases:
  outage: {max: 4m, ends: {all: [{measure: shoppers.success, above: 99%, for: 30s}, {not: {alarm: busy, is: ALARM}}]}}
script:
  stop: {at: $t0, fault: "aws:ec2:stop-instances", target: $bad.name, with: {share: 100%}}
  slow: {after: stop, wait: 20s, fault: "aws:fis:inject-api-internal-error", target: ec2/us-east-1, with: {latency: 4s},
    for: 2m}
  surge: {at: outage+30s, demand: {population: shoppers, factor: 1.5}}
  told: {when: {draw: bad.zone, is: use1-az1}, message: {text: "Zone $bad.zone looks odd"}}
  over: {after: slow, wait: 1m, clear: stop, recover: [[10s, 50%], [30s, 100%]]}
objectives:
  rto: {is: rto, class: shoppers, floor: 99%, stable: 30s, par: 75s, target: 2m, zero: 5m, weight: 4, must: true}
  up: {is: availability, class: shoppers.buy, par: 99.9%, target: 99%, zero: 95%}
  spend: {is: spend, par: $0.20, target: $0.30, zero: $2}
hints:
  h1: {after: stop, wait: 45s, cost: 30, text: "What still points at it?"}
solutions:
  reference:
    think: 20s
    rules:
      look: {when: {alarm: unwell, is: ALARM, as: z}, do: [aws ec2 describe-instances]}
      remap: {after: look, do: [aws ec2 associate-address --allocation-id web-ip --instance-id web-2]}
      grow:
        when: {all: [{knows: dead}, {alarm: busy, as: b}]}
        do: ["aws autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity 4"]
  key: remap
  wrong:
    - {name: wait, why: It will come back, loses: rto, rules: {r: {at: end, do: [aws ec2 describe-instances]}}}
    - {name: blind, why: Sooner is better, loses: up, from: reference, patch: {think: 90s, rules: {grow: null}}}
debrief: {question: "What did users hold on to?"}
sources: [the EC2 user guide]
"""


def write(folder: Path, text: str, name: str = "sample.yaml") -> Path:
    """Write a level file and return its path."""
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


def changed(old: str, new: str) -> str:
    """Return the sample with one passage replaced."""
    assert LEVEL.count(old) == 1, f"{old!r} is {LEVEL.count(old)} times in the sample"
    return LEVEL.replace(old, new)


def loaded(folder: Path, text: str = LEVEL) -> LevelFile:
    """Write and load a level."""
    return load(write(folder, text))


def refused(folder: Path, text: str) -> list[Problem]:
    """Return the problems for which a level is refused."""
    with pytest.raises(LevelError) as caught:
        loaded(folder, text)
    return caught.value.problems


def place(text: str, passage: str) -> tuple[int, int]:
    """Return (line, column) at which ``passage`` first stands in ``text``."""
    before = text[: text.index(passage)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")
