"""Attributes of load balancers and target groups, and the zones that a balancer is enabled in."""

from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.elbv2.actions import KINDS, GroupArn
from drill.catalog.elbv2.balancer import LoadBalancer
from drill.catalog.elbv2.network import NetworkLoadBalancer
from drill.catalog.elbv2.targets import HealthCheck
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.units import Duration
from drill.model.world import World

ENABLE = 60_000  # ms until a node in a new zone works (judgment: one to a few minutes)
CROSS_ZONE = "load_balancing.cross_zone.enabled"
SLOW_START = "slow_start.duration_seconds"
KEEP_ALIVE = "client_keep_alive.seconds"
_RANGES = {
    "deregistration_delay.timeout_seconds": (0, 3600),
    "stickiness.lb_cookie.duration_seconds": (1, 604_800),
    KEEP_ALIVE: (60, 604_800),
}
#: What is so here anyway, or has nothing that it could change.
_TAKEN = {"stickiness.type": ("lb_cookie", "source_ip"), "load_balancing.algorithm.type": ("round_robin",),
          "deletion_protection.enabled": ("true", "false")}  # fmt: skip
#: Attributes, or first words of them, that AWS has and the drill does not model.
_UNMODELED = (
    "access_logs.", "capacity_units", "connection_logs.", "deregistration_delay.connection_termination.",
    "dns_record.", "health_check_logs.", "idle_timeout.", "ipv6.", "lambda.", "load_balancing.", "preserve_client_ip.",
    "proxy_protocol_v2.", "routing.", "secondary_ips.", "stickiness.", "target_failover.", "target_group_health.",
    "target_health_state.", "waf.",
)  # fmt: skip


class Attribute(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """One attribute, as AWS names it."""

    key: str
    value: str


class _Modify(Action, kw_only=True):
    on = KINDS
    known: ClassVar[tuple[str, ...]] = ()

    attributes: list[Attribute]

    def owner(self, world: World) -> LoadBalancer | Refusal:
        """Return the balancer, or AWS's refusal."""
        raise NotImplementedError

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown balancers, keys and values."""
        found = self.owner(world)
        if isinstance(found, Refusal):
            return found
        for item in self.attributes:
            words = self._wrong(item)
            if words:
                return self.refuse("InvalidConfigurationRequest", words)
        return None

    def _wrong(self, item: Attribute) -> str:
        """Return what is wrong with one attribute, or ""."""
        key, value = item.key, item.value
        if value in _TAKEN.get(key, ()):
            return ""
        if key not in self.known:
            unmodeled = key in _TAKEN or key.startswith(_UNMODELED)
            said = f"'{key}={value}' is not modeled in this drill"
            return said if unmodeled else f"Attribute key '{key}' is not recognized"
        low, high = _RANGES.get(key, (0, 900))
        fits = value.isdecimal() and low <= int(value) <= high
        if key == SLOW_START:
            fits = value == "0" or (value.isdecimal() and 30 <= int(value) <= 900)
        if (key.endswith("seconds") and not fits) or (key.endswith("enabled") and not self._switch(item)):
            return f"The value '{value}' is not valid for the attribute '{key}'"
        return ""

    def _switch(self, item: Attribute) -> bool:
        return item.value in ("true", "false") or (
            item.key == CROSS_ZONE and item.value == "use_load_balancer_configuration"
        )

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It holds at once."""
        found = self.owner(world)
        assert isinstance(found, LoadBalancer)
        for item in self.attributes:
            self.put(found, item)
        yield from ()

    def put(self, balancer: LoadBalancer, item: Attribute) -> None:
        """Set one attribute."""


class ModifyLoadBalancerAttributes(_Modify, kw_only=True, tag="elbv2:ModifyLoadBalancerAttributes"):
    """Enable zonal shift, or cross-zone load balancing of a Network Load Balancer. Source: ELB API reference.

    Application Load Balancers have cross-zone on; it can be turned off for a target group only.
    """

    summary = "Change its attributes: zonal shift, cross-zone"
    subject = "load_balancer_arn"
    known: ClassVar[tuple[str, ...]] = ("zonal_shift.config.enabled", CROSS_ZONE, KEEP_ALIVE)

    load_balancer_arn: GroupArn

    def owner(self, world: World) -> LoadBalancer | Refusal:
        """Return the balancer, or AWS's refusal."""
        found = world.find(
            self, LoadBalancer, self.load_balancer_arn, "LoadBalancerNotFound", "One or more load balancers not found"
        )
        assert isinstance(found, LoadBalancer | Refusal)
        if isinstance(found, LoadBalancer) and not isinstance(found, NetworkLoadBalancer):
            for item in self.attributes:
                if item.key == CROSS_ZONE and item.value == "false":
                    text = "Cross-zone load balancing cannot be turned off for an application load balancer"
                    return self.refuse("InvalidConfigurationRequest", text)
        elif isinstance(found, NetworkLoadBalancer) and any(item.key == KEEP_ALIVE for item in self.attributes):
            text = f"Attribute key '{KEEP_ALIVE}' is not supported for load balancers with type 'network'"
            return self.refuse("InvalidConfigurationRequest", text)
        return found

    def put(self, balancer: LoadBalancer, item: Attribute) -> None:
        """Set one attribute."""
        if item.key == CROSS_ZONE:
            balancer.cross_zone = item.value == "true"
        elif item.key == "zonal_shift.config.enabled":
            balancer.zonal_shift = item.value == "true"
        elif item.key == KEEP_ALIVE:
            balancer.client_keep_alive = Duration(int(item.value) * 1000)


class ModifyTargetGroupAttributes(_Modify, kw_only=True, tag="elbv2:ModifyTargetGroupAttributes"):
    """Change deregistration delay, stickiness or cross-zone of a target group. Source: ELB API reference."""

    summary = "Change its target group: cross-zone, stickiness, delay"
    subject = "target_group_arn"
    known: ClassVar[tuple[str, ...]] = (
        "deregistration_delay.timeout_seconds",
        "stickiness.enabled",
        "stickiness.lb_cookie.duration_seconds",
        SLOW_START,
        CROSS_ZONE,
    )

    target_group_arn: GroupArn

    def owner(self, world: World) -> LoadBalancer | Refusal:
        """Return the balancer, or AWS's refusal."""
        found = world.find(
            self, LoadBalancer, self.target_group_arn, "TargetGroupNotFound", "One or more target groups not found"
        )
        assert isinstance(found, LoadBalancer | Refusal)
        if isinstance(found, NetworkLoadBalancer) and any(item.key == SLOW_START for item in self.attributes):
            text = f"Attribute key '{SLOW_START}' is not supported for target groups with the TCP protocol"
            return self.refuse("InvalidConfigurationRequest", text)
        return found

    def put(self, balancer: LoadBalancer, item: Attribute) -> None:
        """Set one attribute."""
        if item.key == CROSS_ZONE:
            inherited = not isinstance(balancer, NetworkLoadBalancer)
            balancer.cross_zone = item.value == "true" or (item.value != "false" and inherited)
        elif item.key == "deregistration_delay.timeout_seconds":
            balancer.deregistration_delay = Duration(int(item.value) * 1000)
        elif item.key == SLOW_START:
            balancer.slow_start = Duration(int(item.value) * 1000)
        elif item.key == "stickiness.lb_cookie.duration_seconds":
            balancer.sticky = Duration(int(item.value) * 1000)
        elif item.key == "stickiness.enabled":
            on = balancer.sticky or Duration(86_400_000)
            balancer.sticky = on if item.value == "true" else Duration(0)


class ModifyTargetGroup(Action, kw_only=True, tag="elbv2:ModifyTargetGroup"):
    """Change how targets are checked: interval, timeout and thresholds. Source: ELB API reference."""

    summary = "Change how its targets are checked"
    on = KINDS
    subject = "target_group_arn"

    target_group_arn: GroupArn
    health_check_interval_seconds: int | None = None
    health_check_timeout_seconds: int | None = None
    healthy_threshold_count: int | None = None
    unhealthy_threshold_count: int | None = None

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown groups, figures out of range, and a timeout that is no shorter than the interval."""
        found = world.find(
            self, LoadBalancer, self.target_group_arn, "TargetGroupNotFound", "One or more target groups not found"
        )
        if isinstance(found, Refusal):
            return found
        assert isinstance(found, LoadBalancer)
        rule = self._rule(found)
        fits = 5_000 <= rule.interval <= 300_000 and 2_000 <= rule.timeout <= 120_000
        if not fits or not 2 <= rule.healthy <= 10 or not 2 <= rule.unhealthy <= 10:
            text = "Health checks run every 5 to 300 seconds, time out after 2 to 120, with thresholds of 2 to 10"
            return self.refuse("InvalidConfigurationRequest", text)
        if rule.timeout >= rule.interval:
            text = "Health check timeout must be smaller than the health check interval"
            return self.refuse("InvalidConfigurationRequest", text)
        return None

    def _rule(self, balancer: LoadBalancer) -> HealthCheck:
        old = balancer.health_check
        interval, timeout = self.health_check_interval_seconds, self.health_check_timeout_seconds
        return HealthCheck(
            interval=old.interval if interval is None else Duration(interval * 1000),
            timeout=old.timeout if timeout is None else Duration(timeout * 1000),
            healthy=old.healthy if self.healthy_threshold_count is None else self.healthy_threshold_count,
            unhealthy=old.unhealthy if self.unhealthy_threshold_count is None else self.unhealthy_threshold_count,
        )

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Checks to come follow it."""
        found = world.components[self.target_group_arn]
        assert isinstance(found, LoadBalancer)
        found.health_check = self._rule(found)
        yield from ()


class SetSubnets(Action, kw_only=True, tag="elbv2:SetSubnets"):
    """Enable a balancer in the zones of these subnets, and in no others. A zone's id stands for its default subnet.

    Targets in a zone that is not enabled get no requests. Source: ELB API reference.
    """

    summary = "Choose the zones that it is enabled in"
    on = KINDS
    subject = "load_balancer_arn"

    load_balancer_arn: GroupArn
    subnets: list[Annotated[str, ref("zone", "vpc.subnet")]]

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown balancers and subnets, zones of other Regions, and too few of them."""
        found = world.find(
            self, LoadBalancer, self.load_balancer_arn, "LoadBalancerNotFound", "One or more load balancers not found"
        )
        if isinstance(found, Refusal):
            return found
        zones = self.zones(world)
        for zone, name in zip(zones, self.subnets, strict=True):
            if zone not in world.zones or world.zones[zone].region != found.region:
                return self.refuse("SubnetNotFound", f"The subnet ID '{name}' does not exist")
        if len(dict.fromkeys(zones)) < (1 if isinstance(found, NetworkLoadBalancer) else 2):
            text = "At least two subnets in two different Availability Zones must be specified"
            return self.refuse("InvalidConfigurationRequest", text)
        return None

    def zones(self, world: World) -> list[str]:
        """Return the zone of each subnet."""
        return [
            name if name in world.zones else getattr(world.components.get(name), "zone", "") for name in self.subnets
        ]

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Nodes in new zones take a while; zones that are left go at once."""
        balancer = world.components[self.load_balancer_arn]
        assert isinstance(balancer, LoadBalancer)
        zones = list(dict.fromkeys(self.zones(world)))
        if any(zone not in balancer.zones for zone in zones):
            yield clock.wait(ENABLE, "enable zone", balancer.name, shown=True)
        balancer.enable(zones)
        clock.topology_changed = True
