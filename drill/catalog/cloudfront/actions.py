"""CloudFront operations. All of them are control plane, in us-east-1; edges follow minutes later."""

from typing import Annotated, Any

import msgspec

from drill.catalog.cloudfront.distribution import Distribution
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.world import World

INVALIDATES = 15_000  # ms until edges have forgotten (seconds to a minute; typical)
DEPLOYS = 240_000  # ms until all edges have a changed configuration ("a few minutes")

Id = Annotated[str, ref("cloudfront.distribution")]


class _Shape(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True, omit_defaults=True):
    """Base of the nested parameters."""


class Paths(_Shape, kw_only=True):
    """Paths to invalidate; ``/*`` is everything."""

    quantity: int
    items: list[str] = []


class InvalidationBatch(_Shape, kw_only=True):
    """What to invalidate."""

    paths: Paths
    caller_reference: str


class _OnDistribution(Action, kw_only=True):
    on = ("cloudfront.distribution",)
    scope = "us-east-1"
    bucket = (5.0, 1.0)
    takes = 900

    def of(self, world: World, name: str) -> Distribution | Refusal:
        """Return the distribution, or AWS's refusal."""
        found = world.components.get(name)
        if isinstance(found, Distribution):
            return found
        return self.refuse("NoSuchDistribution", "The specified distribution does not exist.")


class CreateInvalidation(_OnDistribution, kw_only=True, tag="cloudfront:CreateInvalidation"):
    """Make edges forget what they hold of some paths. The next request for each goes to the origin.

    Source: CloudFront API reference.
    """

    summary = "Make the edge forget paths"
    subject = "distribution_id"

    distribution_id: Id
    invalidation_batch: InvalidationBatch

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown distributions, and paths that do not start with a slash."""
        found = self.of(world, self.distribution_id)
        if isinstance(found, Refusal):
            return found
        items = self.invalidation_batch.paths.items
        if self.invalidation_batch.paths.quantity != len(items):
            return self.refuse("InconsistentQuantities", "The value of Quantity and the size of Items do not match.")
        if not items or any(not path.startswith("/") for path in items):
            return self.refuse("InvalidArgument", "Your request contains one or more invalid invalidation paths.")
        if len(items) > 3000:
            return self.refuse(
                "TooManyInvalidationsInProgress", "Processing your request will exceed the limit of invalidations."
            )
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """A little later the edges have forgotten."""
        found = self.of(world, self.distribution_id)
        assert isinstance(found, Distribution)
        yield clock.wait(INVALIDATES, "invalidation", found.name, shown=True)
        for path in self.invalidation_batch.paths.items:
            one = 1.0 / found.objects
            found.lose(1.0 if path == "/*" else float(found.paths.get(path, one)))


class OriginItem(_Shape, kw_only=True):
    """One origin."""

    id: str
    domain_name: Annotated[str, ref()]


class Origins(_Shape, kw_only=True):
    """All origins."""

    quantity: int
    items: list[OriginItem]


class DefaultCacheBehavior(_Shape, kw_only=True):
    """Where requests go: the id of an origin or of an origin group."""

    target_origin_id: str
    viewer_protocol_policy: str = "redirect-to-https"


class DistributionConfig(_Shape, kw_only=True):
    """A distribution's configuration, of which the drill models its target."""

    caller_reference: str = ""
    comment: str = ""
    enabled: bool = True
    origins: Origins | None = None
    default_cache_behavior: DefaultCacheBehavior


class UpdateDistribution(_OnDistribution, kw_only=True, tag="cloudfront:UpdateDistribution"):
    """Change where a distribution fetches: another origin, or an origin group that it has. Edges follow in minutes.

    In a drill only ``DefaultCacheBehavior`` need be given. Source: CloudFront API reference.
    """

    summary = "Fetch from another origin"
    usual = 20
    subject = "id"

    id: Id
    distribution_config: DistributionConfig
    if_match: str = ""  # the ETag of the configuration that it replaces; left out, the newest is meant

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown distributions and origins."""
        found = self.of(world, self.id)
        if isinstance(found, Refusal):
            return found
        if self.if_match not in ("", found.etag()):
            text = "The precondition in one or more of the request fields evaluated to false."
            return self.refuse("PreconditionFailed", text)
        wanted = self.distribution_config.default_cache_behavior.target_origin_id
        if wanted not in found.origins and wanted not in found.groups:
            return self.refuse("NoSuchOrigin", "One or more of your origins or origin groups do not exist.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It is InProgress until all edges have it."""
        found = self.of(world, self.id)
        assert isinstance(found, Distribution)
        found.status = "InProgress"
        found.changes += 1
        yield clock.wait(DEPLOYS, "deploy configuration", found.name, shown=True)
        found.target = self.distribution_config.default_cache_behavior.target_origin_id
        found.status = "Deployed"


class GetDistribution(_OnDistribution, kw_only=True, tag="cloudfront:GetDistribution"):
    """Show a distribution: status, target and how much comes from its cache. Source: CloudFront API reference."""

    summary = "Show it: status, target, hits"
    subject = "id"
    reads = True

    id: Id

    def check(self, world: World) -> Refusal | None:
        """Refuse unknown distributions."""
        found = self.of(world, self.id)
        return found if isinstance(found, Refusal) else None

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row."""
        rows = [
            (name, seen.get("state", ""), ", ".join(seen.get("answers", [])), seen.get("note", ""))
            for name, seen in telemetry.describe("cloudfront.distribution", [self.id], "")
        ]
        return str(telemetry.table(("Id", "Status", "Origin", "Cache"), rows))


class GetDistributionConfig(GetDistribution, kw_only=True, tag="cloudfront:GetDistributionConfig"):
    """Show a distribution's configuration: its ETag, which a change names, and where it fetches.

    Source: CloudFront API reference.
    """

    summary = "Show its configuration and ETag"

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row."""
        found = self.of(world, self.id)
        assert isinstance(found, Distribution)
        return str(telemetry.table(("Id", "ETag", "TargetOriginId"), [(self.id, found.etag(), found.target)]))
