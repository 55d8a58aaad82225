"""Bots: who plays a level to find out whether it is fair."""

from __future__ import annotations

from collections.abc import Iterator

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
_HASTE = Duration(5_000)  # it does not think, it types
_FLEET = 10  # instances that it launches beside each one there is


def bots(level: Level) -> list[str]:
    """Return every bot that certify lets play: reference, idle, wrong lessons, brute force, reference without key."""
    return [*solutions.names(level), BRUTE, f"{WITHOUT}{solutions.key_rule(level)}"]


def runbook(level: Level, bot: str) -> Runbook:
    """Return what ``bot`` plays on a bound level; KeyError when there is no such bot."""
    if bot == BRUTE:
        return brute_force(level)
    if bot.startswith(WITHOUT):
        return solutions.without_key(level)
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
