"""Application Recovery Controller: zonal shift, and routing controls, which work while control planes do not."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Component, Process, ref
from drill.model.world import World
from drill.model.zonal import ZonalResource

_LENGTH = r"([1-9][0-9]*)(m|h)"
LONGEST = 72 * 3_600_000  # ms
CLUSTER = 2.5  # US dollars per hour (approximate list price)

Resource = Annotated[str, ref("elb.application-load-balancer", "elb.network-load-balancer")]
SHIFTED_KINDS = ("elb.application-load-balancer", "elb.network-load-balancer")


class StartZonalShift(Action, kw_only=True, rename="camel", tag="arc-zonal-shift:StartZonalShift"):
    """Move a load balancer's traffic out of one zone: DNS stops answering with it, its targets there get no more.

    It must have been enabled on the resource, and one zone can be left at a time. Clients keep the connections that
    they have. It is answered in the Region itself. Source: ARC developer guide, zonal shift.
    """

    summary = "Leave one zone: zonal shift"
    usual = 30
    on = SHIFTED_KINDS
    subject = "resource_identifier"
    bucket = (10.0, 1.0)

    resource_identifier: Resource
    away_from: Annotated[str, ref("zone")]
    expires_in: str
    comment: str

    def check(self, world: World) -> Refusal | None:
        """Refuse what is not enabled, is shifted already, has no such zone, or a wrong length."""
        found = world.components.get(self.resource_identifier)
        if not isinstance(found, ZonalResource) or not found.zonal_shift:
            text = f"Zonal shift is not enabled for the resource {self.resource_identifier}"
            return self.refuse("ResourceNotFoundException", text)
        if self.away_from not in found.in_zones():
            return self.refuse("ValidationException", f"The resource is not in the Availability Zone {self.away_from}")
        if found.shifted:
            text = "There's already an active zonal shift or autoshift for the specified resource"
            return self.refuse("ConflictException", text)
        if length(self.expires_in) is None:
            return self.refuse("ValidationException", "expiresIn must be between 1m and 72h, such as 120m or 20h")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It holds at once, and ends by itself."""
        found = world.components[self.resource_identifier]
        assert isinstance(found, ZonalResource)
        mine = found.start_shift(self.away_from)
        yield clock.wait(length(self.expires_in), "zonal shift", found.name)
        if found.shift_id == mine:
            found.end_shift()


class CancelZonalShift(Action, kw_only=True, rename="camel", tag="arc-zonal-shift:CancelZonalShift"):
    """End a zonal shift: the zone gets traffic again. The resource's name stands for the id of its active shift."""

    summary = "Come back to the zone: cancel the shift"
    usual = 31
    on = SHIFTED_KINDS
    subject = "zonal_shift_id"

    zonal_shift_id: str

    def check(self, world: World) -> Refusal | None:
        """Refuse when there is no such shift; AWS's own is not an operator's to cancel."""
        found = self._find(world)
        if found is None:
            return self.refuse("ResourceNotFoundException", f"No active zonal shift has the id {self.zonal_shift_id}")
        if found.shift_auto:
            return self.refuse("ConflictException", "A zonal autoshift is active, and it is ended by AWS")
        return None

    def _find(self, world: World) -> ZonalResource | None:
        for component in world.components.values():
            if isinstance(component, ZonalResource) and component.shifted:
                found = self.zonal_shift_id in (component.name, component.shift_id)
                if found:
                    return component
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It ends at once."""
        found = self._find(world)
        assert found is not None
        found.end_shift()
        yield from ()


class ListZonalShifts(Action, kw_only=True, rename="camel", tag="arc-zonal-shift:ListZonalShifts"):
    """Show active zonal shifts. Source: ARC developer guide, zonal shift."""

    summary = "Show active zonal shifts"
    reads = True

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row per shift."""
        rows = [
            (c.shift_id, name, c.shifted, "ACTIVE")
            for name, c in world.components.items()
            if isinstance(c, ZonalResource) and c.shifted and c.region in ("", self.region or c.region)
        ]
        return str(telemetry.table(("ZonalShiftId", "Resource", "AwayFrom", "Status"), rows))


def length(text: str) -> int | None:
    """Return how long ``120m`` or ``20h`` is, in ms; None: AWS would not take it."""
    found = re.fullmatch(_LENGTH, text)
    ms = int(found[1]) * (60_000 if found[2] == "m" else 3_600_000) if found else 0
    return ms if 0 < ms <= LONGEST else None


# ---- routing controls -----------------------------------------------------------------------------------------------


class ControlPanel(Component, kw_only=True, tag="arc.control-panel"):
    """Routing controls: switches that Route 53 health checks follow. A cluster in five Regions keeps their state.

    Switching is data plane: it needs no record to be changed, and goes on while the API in us-east-1 does not. A
    safety rule keeps at least so many of them On.
    """

    title = "Routing controls"
    glyph = "◎"
    ascii = "o"
    tier = 5
    scope = "global"
    figures = {
        "switch": "seconds until health checks follow; no control plane of Route 53 involved (typical)",
        "cluster": "five endpoints in five Regions; any one of them takes the change (documented)",
        "price": "$2.50/h for the cluster (approximate list price)",
    }
    sources = (
        "ARC developer guide: routing control",
        "ARC developer guide: safety rules",
    )

    controls: dict[str, Literal["On", "Off"]]  # the switches, and how they stand at T+0
    at_least: int = 0  # safety rule: so many must be On

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if self.count(self.controls) < self.at_least:
            yield f"the safety rule wants {self.at_least} controls On; {self.count(self.controls)} are"

    @staticmethod
    def count(controls: dict[str, Any]) -> int:
        """Return how many are On."""
        return len([state for state in controls.values() if state == "On"])

    def observed(self, world: World) -> dict[str, Any]:
        """Return how the switches stand."""
        rule = f"at least {self.at_least} On" if self.at_least else ""
        return {"state": ", ".join(f"{name} {state}" for name, state in self.controls.items()), "note": rule}

    def hourly(self, world: World) -> float:
        """Return the cluster's price."""
        return float(self.price) if self.price is not None else CLUSTER


class Entry(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """One switch to set."""

    routing_control_arn: Annotated[str, ref()]
    routing_control_state: Literal["On", "Off"]


class _Switches(Action, kw_only=True):
    on = ("arc.control-panel",)
    bucket = (20.0, 2.0)

    safety_rules_to_override: list[str] = msgspec.field(default_factory=list)

    def wanted(self) -> dict[str, str]:
        """Return switch -> state, switches as ``panel/control``."""
        raise NotImplementedError

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown switches, and what a safety rule forbids unless it is overridden."""
        after: dict[str, dict[str, Any]] = {}
        for arn, state in self.wanted().items():
            name, _, control = arn.partition("/")
            panel = world.components.get(name)
            if not isinstance(panel, ControlPanel) or control not in panel.controls:
                return self.refuse("ResourceNotFoundException", f"There is no routing control {arn}")
            after.setdefault(name, dict(panel.controls))[control] = state
        for name, controls in after.items():
            panel = world.components[name]
            assert isinstance(panel, ControlPanel)
            if panel.count(controls) < panel.at_least and name not in self.safety_rules_to_override:
                text = f"The safety rule {name} requires that at least {panel.at_least} routing controls are On"
                return self.refuse("ConflictException", text)
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The cluster agrees, and health checks follow."""
        for arn, state in self.wanted().items():
            name, _, control = arn.partition("/")
            panel = world.components[name]
            assert isinstance(panel, ControlPanel)
            panel.controls[control] = "On" if state == "On" else "Off"
        yield from ()


class UpdateRoutingControlState(_Switches, kw_only=True, tag="route53-recovery-cluster:UpdateRoutingControlState"):
    """Set one routing control On or Off; ``--region`` picks one of the cluster's five endpoints.

    ``RoutingControlArn`` is ``panel/control`` here. Source: ARC developer guide, routing control.
    """

    summary = "Switch a routing control"
    subject = "routing_control_arn"
    suggest = "{name}/"

    routing_control_arn: str
    routing_control_state: Literal["On", "Off"]

    def wanted(self) -> dict[str, str]:
        """Return the one switch."""
        return {self.routing_control_arn: self.routing_control_state}


class UpdateRoutingControlStates(_Switches, kw_only=True, tag="route53-recovery-cluster:UpdateRoutingControlStates"):
    """Set several routing controls together or not at all: what a safety rule sees is the outcome."""

    summary = "Switch routing controls together"

    update_routing_control_state_entries: list[Entry]

    def wanted(self) -> dict[str, str]:
        """Return all of them."""
        return {e.routing_control_arn: e.routing_control_state for e in self.update_routing_control_state_entries}


class ListRoutingControls(Action, kw_only=True, tag="route53-recovery-cluster:ListRoutingControls"):
    """Show every routing control and how it stands, from the cluster. Source: ARC developer guide, routing control."""

    summary = "Show the routing controls"
    on = ("arc.control-panel",)
    subject = "control_panel_arn"
    reads = True

    control_panel_arn: Annotated[str, ref("arc.control-panel")] = ""

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row per switch."""
        rows = [
            (f"{name}/{control}", state)
            for name, panel in world.components.items()
            if isinstance(panel, ControlPanel) and self.control_panel_arn in ("", name)
            for control, state in panel.controls.items()
        ]
        return str(telemetry.table(("RoutingControlArn", "RoutingControlState"), rows))
