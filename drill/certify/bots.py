"""Bots: who plays a level to find out whether it is fair."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from drill.catalog.autoscaling.group import Group
from drill.catalog.ec2.address import ElasticIp
from drill.catalog.ec2.instance import Instance
from drill.catalog.elbv2.balancer import LoadBalancer
from drill.catalog.rds.instance import DbInstance
from drill.catalog.route53.record import Record
from drill.level import solutions
from drill.level.level import Condition, Level, Runbook, SolutionRule
from drill.model.component import Component
from drill.model.units import Duration

BRUTE = "brute-force"
WITHOUT = "without:"
PREPARED = "prepared"
_HASTE = Duration(5_000)  # it does not think, it types
_FLEET = 10  # instances that it launches beside each one there is


def bots(level: Level) -> list[str]:
    """Return every bot that certify lets play.

    Reference, idle, wrong lessons, brute force, the reference without its key action, and the reference at T+0:00.
    """
    return [*solutions.names(level), BRUTE, f"{WITHOUT}{solutions.key_rule(level)}", PREPARED]


def runbook(level: Level, bot: str) -> Runbook:
    """Return what ``bot`` plays on a bound level; KeyError when there is no such bot."""
    if bot == BRUTE:
        return brute_force(level)
    if bot.startswith(WITHOUT):
        return solutions.without_key(level)
    if bot == PREPARED:
        return prepared(level)
    return solutions.runbook(level, bot)


def brute_force(level: Level) -> Runbook:
    """Return a runbook that does everything expensive at once, as soon as anything looks wrong."""
    lines = [line for component in level.world.components.values() for line in _everything(component, level)]
    rules: dict[str, SolutionRule] = {}
    alarms = [Condition(alarm=name, is_="ALARM") for name in level.telemetry.alarms]
    populations = [Condition(measure=f"{name}.success", below="95%") for name in level.traffic]
    if lines:
        rules["all"] = SolutionRule(when=Condition(any=alarms or populations), do=lines)
    return Runbook(think=_HASTE, rules=rules)


def prepared(level: Level) -> Runbook:
    """Return the reference's commands as who knows what will come gives them: at T+0:00, each as soon as it can be.

    A rule waits for no sign of trouble, only for the states and for the deeds that it builds on.
    """
    rules = {}
    for name, rule in level.solutions.reference.rules.items():
        when = _builds_on(rule.when)
        rules[name] = msgspec.structs.replace(
            rule, when=when, at=None if when or rule.after else "0s", wait=Duration(0),
            while_=None, unless=_builds_on(rule.unless), repeat=None,
        )  # fmt: skip
    return Runbook(think=Duration(0), rules=rules)


def _builds_on(condition: Condition | None) -> Condition | None:
    """Return the part of a condition that is about states and deeds; None when it waits for neither."""
    if condition is None or condition.state is not None or condition.did is not None:
        return condition
    if condition.not_ is not None:
        inner = _builds_on(condition.not_)
        return msgspec.structs.replace(condition, not_=inner) if inner else None
    parts = [_builds_on(part) for part in condition.all or condition.any or []]
    kept = [part for part in parts if part is not None]
    if condition.all is not None:
        return msgspec.structs.replace(condition, all=kept) if kept else None
    return msgspec.structs.replace(condition, any=kept) if kept and len(kept) == len(parts) else None


def _everything(component: Component, level: Level) -> Iterator[str]:
    name = component.name
    where = f"--region {component.region}" if component.region else ""
    if isinstance(component, Group):
        most = 3 * component.max
        sizes = f"--min-size {component.max} --max-size {most} --desired-capacity {most}"
        yield f"aws autoscaling update-auto-scaling-group --auto-scaling-group-name {name} {sizes}"
    elif isinstance(component, Instance):
        yield f"aws ec2 start-instances --instance-ids {name}"
        for zone in level.world.regions[component.region].zones:
            placement = f"--placement AvailabilityZone={zone} --count {_FLEET}"
            yield f"aws ec2 run-instances --image-id {component.image} {placement} {where}"
    elif isinstance(component, ElasticIp):
        for other in _others(component, level, Instance):
            if other != component.instance:
                yield f"aws ec2 associate-address --allocation-id {name} --instance-id {other}"
                break
    elif isinstance(component, LoadBalancer):
        targets = " ".join(f"Id={other}" for other in _others(component, level, Instance))
        if targets:
            yield f"aws elbv2 register-targets --target-group-arn {name} --targets {targets}"
    elif isinstance(component, DbInstance):
        if component.replica_of:
            yield f"aws rds promote-read-replica --db-instance-identifier {name}"
        elif component.standby:
            yield f"aws rds reboot-db-instance --db-instance-identifier {name} --force-failover"
    elif isinstance(component, Record) and component.policy == "failover":
        yield f"aws route53 update-health-check --health-check-id {name}/primary --inverted"


def _others(component: Component, level: Level, kind: type[Component]) -> list[str]:
    found = level.world.components.values()
    return [other.name for other in found if isinstance(other, kind) and other.region == component.region]
