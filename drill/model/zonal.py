"""Zonal resources: what can be told to leave one of its zones (zonal shift), and does so by itself (autoshift)."""

from typing import Annotated, Any

from drill.model.component import STATE, Component, Process
from drill.model.units import MINUTE
from drill.model.world import World

AUTOSHIFT = 5 * MINUTE  # from the impairment to AWS's own shift (FIS user guide: about 5 minutes)


class _ZonalResource(Component, kw_only=True):
    """Something with a part in each of several zones. At most one zone is left at a time."""

    zonal_shift: bool = False  # zonal_shift.config.enabled: it can be told to leave a zone
    autoshift: bool = False  # AWS may shift it when it sees a zone impaired
    shifted: Annotated[str, STATE] = ""  # the zone that it has been told to leave
    shift_id: Annotated[str, STATE] = ""  # of the shift that is active
    shift_auto: Annotated[bool, STATE] = False  # whether AWS started it
    shifts: Annotated[int, STATE] = 0  # ever started

    def in_zones(self) -> list[str]:
        """Return the zones that it has parts in."""
        return list(getattr(self, "zones", []))

    def can_leave(self, world: World, zone: str) -> bool:
        """Tell whether its other zones could take over now: where they are not healthy, a shift moves nothing."""
        return True

    def away(self, world: World) -> str:
        """Return the zone that it keeps traffic away from now, or ""."""
        return self.shifted if self.shifted and self.can_leave(world, self.shifted) else ""

    def start_shift(self, zone: str, by_aws: bool = False) -> str:
        """Leave ``zone`` from now on; return the shift's id."""
        self.shifts += 1
        self.shifted, self.shift_auto = zone, by_aws
        self.shift_id = f"{self.name}-{'autoshift' if by_aws else 'shift'}-{self.shifts}"
        return self.shift_id

    def end_shift(self) -> None:
        """Come back to all zones."""
        self.shifted = self.shift_id = ""
        self.shift_auto = False


def keep_autoshift(it: _ZonalResource, world: World, clock: Any) -> Process:
    """AWS's own shift: some minutes after one of its zones lost power or network, until that zone works again."""

    def lost() -> str:
        return next((zone for zone in it.in_zones() if not world.zone_up(zone)), "")

    while it.autoshift:
        yield clock.until(lambda: bool(lost()), "zonal autoshift", it.name)
        zone = lost()
        yield clock.wait(AUTOSHIFT, "zonal autoshift", it.name)
        if world.zone_up(zone):
            continue
        if not it.shifted:
            it.start_shift(zone, by_aws=True)
        yield clock.until(lambda z=zone: world.zone_up(z), "zonal autoshift", it.name)
        if it.shift_auto and it.shifted == zone:
            it.end_shift()


ZonalResource = _ZonalResource
