"""Faults at the edge: a cache that has lost what it held."""

from collections.abc import Iterator
from typing import Any

from drill.model.command import Fault
from drill.model.units import Share
from drill.model.world import World


class CacheLoss(Fault, kw_only=True, tag="drill:cloudfront:cache-loss"):
    """A distribution's cache loses what it holds: a changed cache key, a purge by somebody else. The origin gets it."""

    summary = "the edge cache is empty"
    on = ("cloudfront.distribution",)
    sources = ("CloudFront developer guide: increase the proportion of requests served from caches",)

    share: Share = Share(1)  # of what it holds

    def problems(self, world: World) -> Iterator[str]:
        """Yield what is wrong with the target."""
        if not hasattr(world.components.get(self.target), "lose"):
            yield f"the target of a cache loss is a distribution; {self.target!r} is none"

    def strike(self, world: World) -> None:
        """It is gone."""
        found: Any = world.components[self.target]
        found.lose(float(self.share))
