"""Origins: where a distribution fetches what it has not, alone or in groups."""

from typing import Annotated, Any, Literal

import msgspec

from drill.model.component import Tally, ref
from drill.model.units import Duration, Share
from drill.model.world import World

FAILS_OVER = ("GET", "HEAD", "OPTIONS")
CODES = (400, 403, 404, 416, 429, 500, 502, 503, 504)  # on which an origin group can fail over


class Caching(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is cached of one class of requests."""

    hit: Share = Share(0)  # answered from the cache when it is warm
    method: Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] = "GET"


class Origin(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where CloudFront fetches what it has not."""

    to: Annotated[str, ref()]
    connection_timeout: Duration = Duration(10_000)  # 1 to 10 s
    connection_attempts: int = 3  # 1 to 3


class OriginGroup(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Two origins: what the primary answers with one of these status codes, or not at all, the secondary is asked."""

    primary: str
    secondary: str
    status_codes: list[int] = msgspec.field(default_factory=lambda: [500, 502, 503, 504])


def tallies_of(origin: Any) -> list[Tally]:
    """Return what an origin counts of how requests ended."""
    tally = getattr(origin, "tally", None)
    return [tally] if isinstance(tally, Tally) else list(getattr(origin, "tallies", {}).values())


def stations_of(world: World, name: str) -> dict[str, float]:
    """Return where requests to an origin arrive: CloudFront asks DNS anew all the time."""
    component = world.components[name]
    own = component.answer(world)
    if own is None:
        return {name: 1.0}
    found: dict[str, float] = {}
    for target, share in own.items():
        if target in component.stations():
            alike = component.entrance(world, target)
            found[alike] = found.get(alike, 0.0) + share
        else:
            for station, part in stations_of(world, target).items():
                found[station] = found.get(station, 0.0) + share * part
    return found
