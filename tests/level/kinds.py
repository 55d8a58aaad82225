"""Kinds, faults and actions that stand in for the catalogue, so that these tests are about levels alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.model.command import Action, Fault
from drill.model.component import STATE, Component, Metric, ref
from drill.model.units import Duration, Money, Rate, Share, Size


class Check(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A health check."""

    interval: Duration = Duration(30_000)
    threshold: int = 3


class TestServer(Component, kw_only=True, tag="test.server"):
    """A server."""

    metrics = (Metric("CPUUtilization", "percent", lambda it, w: 1.0),)

    capacity: Rate
    type: Literal["small", "large"] = "small"
    boot: Duration = Duration(30_000)
    disk: Size | None = None
    budget: Money | None = None
    state: Annotated[str, STATE] = "running"

    def serve(self, station: str, inbox: list[Any], flow: Any) -> None:
        """Take requests."""

    def problems(self, world: Any) -> Iterator[str]:
        """Yield what a level got wrong."""
        if not self.zone:
            yield "it stands in one zone; name it with `zone`"


class TestAddress(Component, kw_only=True, tag="test.address"):
    """An address that leads to a server."""

    scope = "regional"

    to: Annotated[str, ref("test.server")]
    checks: dict[str, Check] = {}

    def serve(self, station: str, inbox: list[Any], flow: Any) -> None:
        """Take requests."""

    def leads_to(self, components: dict[str, Any]) -> list[Any]:
        """It leads to its server."""
        return [self.to, *self.needs]


class TestName(Component, kw_only=True, tag="test.name"):
    """A name that clients remember."""

    scope = "global"
    metrics = (Metric("Healthy", "count", lambda it, w: 1.0, read_zone=lambda it, w, z: 1.0),)

    answers: Annotated[list[str], ref("test.server", "test.address")]
    ttl: Duration = Duration(60_000)

    def leads_to(self, components: dict[str, Any]) -> list[Any]:
        """It leads to all that it answers with."""
        return [*self.answers, *self.needs]

    def answer(self, world: Any) -> dict[str, float]:
        """Return its first answer."""
        return {self.answers[0]: 1.0}

    def ttl_seconds(self, world: Any) -> int:
        """Return the TTL."""
        return int(self.ttl) // 1000


class TestStop(Fault, kw_only=True, tag="test:stop"):
    """A server stops."""

    on = ("test.server",)
    share: Share = Share(1)
    also: Annotated[list[str], ref("test.server")] = []


class TestDark(Fault, kw_only=True, tag="test:dark"):
    """A zone loses power."""

    on = ("zone",)


class TestSlow(Fault, kw_only=True, tag="test:slow"):
    """A control plane answers late."""

    on = ("service",)
    latency: Duration


class DescribeServers(Action, kw_only=True, tag="test:DescribeServers"):
    """Look at servers."""

    reads = True


class MoveAddress(Action, kw_only=True, tag="test:MoveAddress"):
    """Lead an address to another server."""

    on = ("test.address",)
    subject = "address"
    address: Annotated[str, ref("test.address")]
    to: Annotated[str, ref("test.server")]


LEVEL = """\
drill: 1
id: small
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
    us-west-2: {zones: {usw2-az1: {pools: {small: 3}}}}
  links:
    coast: {between: [us-east-1, us-west-2], latency: 60ms, carries: 500/s}
  components:
    web-1: {kind: test.server, zone: use1-az1, capacity: 400/s, needs: [db, {to: cache, how: soft}]}
    web-2: {kind: test.server, zone: use1-az2, capacity: 400/s, needs: [db]}
    db: {kind: test.server, zone: use1-az1, capacity: 900/s, type: large, disk: 10GiB}
    cache: {kind: test.server, zone: use1-az2, capacity: 900/s}
    web-ip: {kind: test.address, region: us-east-1, to: web-1}
    shop: {kind: test.name, answers: [web-ip]}
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
    busy: {measure: web-1.CPUUtilization, above: 90}
  evidence:
    dead: {by: aws test describe-servers, takes: 15s, ready: {state: web-1, is: stopped}, says: "$bad.name is gone"}
phases:
  outage: {max: 4m, ends: {all: [{measure: shoppers.success, above: 99%, for: 30s}, {not: {alarm: busy, is: ALARM}}]}}
script:
  stop: {at: $t0, fault: "test:stop", target: $bad.name, with: {share: 50%}}
  slow: {after: stop, wait: 20s, fault: "test:slow", target: test/us-east-1, with: {latency: 4s}, for: 2m}
  surge: {at: outage+30s, demand: {population: shoppers, factor: 1.5}}
  told: {when: {draw: bad.zone, is: use1-az1}, message: {text: "Zone $bad.zone looks odd"}}
  over: {after: slow, wait: 1m, clear: stop, recover: [[10s, 50%], [30s, 100%]]}
objectives:
  rto: {is: rto, class: shoppers, floor: 99%, stable: 30s, par: 75s, target: 2m, zero: 5m, weight: 4, must: true}
  up: {is: availability, class: shoppers.buy, par: 99.9%, target: 99%, zero: 95%}
  spend: {is: spend, par: $0.20, target: $0.30, zero: $2}
hints:
  h1: {after: stop, wait: 45s, cost: 30, text: What still points at it?}
solutions:
  reference:
    think: 20s
    rules:
      look: {when: {alarm: unwell, is: ALARM}, do: [aws test describe-servers]}
      remap: {after: look, do: [aws test move-address --address web-ip --to web-2]}
  key: remap
  wrong:
    - {name: wait, why: It will come back, loses: rto, rules: {r: {at: end, do: [aws test describe-servers]}}}
    - {name: blind, why: Sooner is better, loses: up, from: reference, patch: {think: 90s, rules: {look: null}}}
debrief: {question: What did users hold on to?}
sources: [the EC2 user guide]
"""
