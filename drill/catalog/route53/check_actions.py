"""Operations on Route 53 health checks. All of them are control plane, in us-east-1; checking goes on without."""

from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.route53.checks import INTERVALS, Asked, CheckState, HealthCheck
from drill.catalog.route53.record import Check, Record
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.units import SECOND, Duration
from drill.model.world import World

PROPAGATES = 10_000  # ms until all checkers have a change (judgment)
KINDS = ("route53.record", "route53.health-check")


class HealthCheckConfig(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """What is checked and how. ``FullyQualifiedDomainName`` is the name of what takes requests here."""

    type: Asked
    fully_qualified_domain_name: Annotated[str, ref()]
    request_interval: int = 30  # s: 10 or 30
    failure_threshold: int = 3
    inverted: bool = False
    disabled: bool = False


class CreateHealthCheck(Action, kw_only=True, tag="route53:CreateHealthCheck"):
    """Check an endpoint from now on. The caller reference serves as the health check's id.

    A record uses it once a change names it (``HealthCheckId``). Source: Route 53 API reference.
    """

    summary = "Check this endpoint from outside"
    usual = 80
    on = ("ec2.elastic-ip", "elb.application-load-balancer", "elb.network-load-balancer")
    scope = "us-east-1"
    bucket = (5.0, 5.0)
    takes = 800

    caller_reference: str
    health_check_config: HealthCheckConfig

    def check(self, world: World) -> Refusal | None:
        """Refuse a reference that was used, unknown endpoints, and figures out of range."""
        wanted, name = self.health_check_config, self.caller_reference
        if name in world.components:
            return self.refuse("HealthCheckAlreadyExists", f"A health check with the caller reference {name} exists.")
        target = world.components.get(wanted.fully_qualified_domain_name)
        if not name or target is None or not target.stations():
            return self.refuse("InvalidInput", f"Invalid endpoint: {wanted.fully_qualified_domain_name}")
        if wanted.request_interval * SECOND not in INTERVALS or not 1 <= wanted.failure_threshold <= 10:
            return self.refuse("InvalidInput", "RequestInterval is 10 or 30, and FailureThreshold 1 to 10.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Checkers start a little later; until they have found out otherwise, it counts as healthy."""
        wanted = self.health_check_config
        made = HealthCheck(
            name=self.caller_reference, to=wanted.fully_qualified_domain_name, threshold=wanted.failure_threshold,
            interval=Duration(wanted.request_interval * SECOND), inverted=wanted.inverted, disabled=wanted.disabled,
        )  # fmt: skip
        world.components[made.name] = made
        clock.topology_changed = True
        yield clock.wait(PROPAGATES, "publish change", made.name, shown=True)
        for process in made.processes(world, clock):
            clock.start(process)


class _OnCheck(Action, kw_only=True):
    """What operations on one health check share: ``HealthCheckId`` is its name, or ``record/answer`` of a record's."""

    on = KINDS
    subject = "health_check_id"
    scope = "us-east-1"
    bucket = (5.0, 5.0)
    takes = 800
    suggest: ClassVar[str] = "{name}/primary"

    health_check_id: str

    def check(self, world: World) -> Refusal | None:
        """Refuse an unknown check."""
        if self.found(world) is None:
            text = f"No health check exists with the specified ID {self.health_check_id}"
            return self.refuse("NoSuchHealthCheck", text)
        return None

    def found(self, world: World) -> tuple[str, HealthCheck | Check, CheckState] | None:
        """Return the component that has the check, what is set of it and what it holds; None: there is none."""
        name, _, answer = self.health_check_id.partition("/")
        owner = world.components.get(name)
        if isinstance(owner, HealthCheck) and not owner.state.deleted and answer in ("", "primary"):
            return name, owner, owner.state
        if not isinstance(owner, Record):
            return None
        answer = answer or "primary"
        known = owner.answers.get(answer)
        if known is None or known.check is None or known.check.id or owner.checks[answer].deleted:
            return None
        return name, known.check, owner.checks[answer]


class UpdateHealthCheck(_OnCheck, kw_only=True, tag="route53:UpdateHealthCheck"):
    """Invert or disable a health check. An inverted one fails over on purpose; a disabled one counts as healthy.

    ``HealthCheckId`` is ``record/answer`` here, such as ``shop/primary``, or the name of one that stands alone.
    Source: Route 53 API reference.
    """

    summary = "Invert a health check: fail over on purpose"
    usual = 20

    inverted: bool | None = None
    disabled: bool | None = None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Checkers follow within the propagation time."""
        found = self.found(world)
        assert found is not None
        name, check, _ = found
        yield clock.wait(PROPAGATES, "publish change", name, shown=True)
        if self.inverted is not None:
            check.inverted = self.inverted
        if self.disabled is not None:
            check.disabled = self.disabled


class DeleteHealthCheck(_OnCheck, kw_only=True, tag="route53:DeleteHealthCheck"):
    """Delete a health check, used or not. AWS promises nothing of records that still name it: here they keep what it
    held last. Source: Route 53 API reference.
    """

    summary = "Delete a health check: its last word stays"
    usual = 70

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Nobody checks any more."""
        found = self.found(world)
        assert found is not None
        found[2].deleted = True
        yield from ()


class GetHealthCheckStatus(Action, kw_only=True, tag="route53:GetHealthCheckStatus"):
    """Show what Route 53's checkers report for a health check. Source: Route 53 API reference."""

    summary = "Show what the checkers report"
    on = KINDS
    subject = "health_check_id"
    scope = "us-east-1"
    reads = True
    suggest: ClassVar[str] = "{name}/primary"

    health_check_id: str

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row per check of the record."""
        name = self.health_check_id.partition("/")[0]
        rows = []
        for kind in KINDS:
            for _, seen in telemetry.describe(kind, [name], ""):
                checks = seen.get("checks", {}).items()
                rows += [(f"{name}/{n}" if n else name, "Success" if ok else "Failure") for n, ok in checks]
        return str(telemetry.table(("HealthCheckId", "Status"), rows))
