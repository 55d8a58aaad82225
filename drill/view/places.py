"""Places of the map: Regions and zones, with what their cards together say."""

from __future__ import annotations

from drill.engine.telemetry import Telemetry
from drill.model.world import World
from drill.view.cards import NO_METRICS
from drill.view.frame import FULL, HOT, Card, RegionBox, State, ZoneBox

API_ERRORS = ("ServiceUnavailable", "InternalError", "RequestLimitExceeded")


def regions(world: World, telemetry: Telemetry, cards: list[Card]) -> list[RegionBox]:
    """Return Regions and zones as their ``cards`` say they are."""
    found = []
    for name, region in world.regions.items():
        heard = telemetry.reached.get(name, True)
        zones = tuple(_zone(zone, [c for c in cards if c.zone == zone], heard) for zone in region.zones)
        state: State = "ok" if heard else "unknown"
        note = "" if heard else "no answer from this Region"
        if heard and zones and all(z.state == "bad" for z in zones):
            state, note = "bad", "no zone is well"
        found.append(RegionBox(name=name, zones=zones, state=state, note=note or _apis(world, name)))
    return found


def _zone(name: str, cards: list[Card], heard: bool) -> ZoneBox:
    serving = [c for c in cards if c.state != "off"]
    if not heard:
        return ZoneBox(name=name, state="unknown", word="no data")
    bad = [c for c in serving if c.state == "bad"]
    drowning = any(c.load is not None and c.load >= FULL for c in bad)
    if bad and len(bad) == len(serving):
        return ZoneBox(name=name, state="bad", word="overloaded" if drowning else "no answer")
    if bad:
        return ZoneBox(name=name, state="warn", word="overloaded" if drowning else "impaired")
    if serving and all(c.state == "busy" for c in serving):
        return ZoneBox(name=name, state="busy", word="starting")
    if not serving:
        return ZoneBox(name=name, state="off", word="not in use")
    if any(NO_METRICS in c.lines for c in serving):
        return ZoneBox(name=name, state="warn", word=NO_METRICS)
    if any(c.state == "warn" and c.load is not None and c.load >= HOT for c in serving):
        return ZoneBox(name=name, state="warn", word="near its limit")
    return ZoneBox(name=name, state="ok", word="OK")


def _apis(world: World, region: str) -> str:
    """Say which APIs of a Region failed or were slow, as the last calls of this drill met them."""
    met = [r for r in world.receipts if r.error in API_ERRORS]
    names = []
    for receipt in met[-3:]:
        service = receipt.action.partition(":")[0]
        component = world.components.get(receipt.subject)
        if component is not None and component.region == region and service not in names:
            names.append(service)
    return f"{', '.join(n.upper() for n in names)} API failing" if names else ""
