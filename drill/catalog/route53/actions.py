"""Route 53 operations. Changes are control plane (us-east-1) and take up to a minute to reach the name servers."""

from typing import Annotated, Any, Literal

import msgspec

from drill.catalog.route53.checks import CheckState, HealthCheck
from drill.catalog.route53.record import Check, Record, check_of, is_cdn
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.world import World

PROCESSES = 1_000  # ms until the zone takes the next change (judgment)
PUBLISH = 30_000  # ms until all name servers answer from a change ("generally within 60 seconds")

#: What an alias can lead to. Source: Route 53 Developer Guide, choosing between alias and non-alias records.
ALIASES = ("elb.application-load-balancer", "elb.network-load-balancer", "cloudfront.distribution", "s3.bucket")

RecordName = Annotated[str, ref("route53.record")]


class _Shape(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True, omit_defaults=True):
    """Base of the nested parameters."""


class AliasTarget(_Shape, kw_only=True):
    """What an alias record points at."""

    dns_name: Annotated[str, ref(*ALIASES)] = msgspec.field(name="DNSName")
    hosted_zone_id: str = ""
    evaluate_target_health: bool = False


class ResourceRecord(_Shape, kw_only=True):
    """What a CNAME points at."""

    value: Annotated[str, ref()]


class ResourceRecordSet(_Shape, kw_only=True):
    """One record: ``Name`` is the domain or the record's name here, ``SetIdentifier`` the answer."""

    name: str
    type: str = "A"
    set_identifier: str = ""
    failover: Literal["", "PRIMARY", "SECONDARY"] = ""
    weight: int | None = None
    ttl: int | None = msgspec.field(name="TTL", default=None)
    health_check_id: Annotated[str, ref("route53.health-check")] = ""
    alias_target: AliasTarget | None = None
    resource_records: list[ResourceRecord] = []

    def to(self) -> str:
        """Return what it points at."""
        if self.alias_target is not None:
            return self.alias_target.dns_name
        return self.resource_records[0].value if self.resource_records else ""


class Change(_Shape, kw_only=True):
    """One change of the batch."""

    action: Literal["UPSERT", "CREATE", "DELETE"] = "UPSERT"
    resource_record_set: ResourceRecordSet


class ChangeBatch(_Shape, kw_only=True):
    """Changes that are made together or not at all."""

    changes: list[Change]
    comment: str = ""


class ChangeResourceRecordSets(Action, kw_only=True, tag="route53:ChangeResourceRecordSets"):
    """Change what a name answers. The whole batch is taken or refused. Source: Route 53 API reference.

    ``HostedZoneId`` is the record's name here; each change upserts one answer of it.
    """

    summary = "Change what the name answers"
    usual = 10
    on = ("route53.record",)
    subject = "hosted_zone_id"
    scope = "us-east-1"
    bucket = (5.0, 5.0)
    takes = 800

    hosted_zone_id: RecordName
    change_batch: ChangeBatch

    @classmethod
    def drafts(cls, component: Any) -> dict[str, str]:
        """Return the record's first answer as it is now: what it points at is what to change."""
        if not isinstance(component, Record) or not component.answers:
            return {}
        name, answer = next(iter(component.answers.items()))
        row = f"Name={component.domain},Type=A,AliasTarget={{DNSName={answer.to}}}"
        if component.policy != "simple":
            row += f",SetIdentifier={name}"
        if component.policy == "failover":
            row += f",Failover={name.upper()}"
        return {"change_batch": f"Changes=[{{Action=UPSERT,ResourceRecordSet={{{row}}}}}]"}

    def check(self, world: World) -> Refusal | None:
        """Refuse an unknown zone, a name that is not in it, and targets that do not exist."""
        record = world.components.get(self.hosted_zone_id)
        if not isinstance(record, Record):
            return self.refuse("NoSuchHostedZone", f"No hosted zone found with ID: {self.hosted_zone_id}")
        if world.now < record.busy_until:
            text = "The request was rejected because Route 53 was still processing a prior request."
            return self.refuse("PriorRequestNotComplete", text)
        for change in self.change_batch.changes:
            row = change.resource_record_set
            if row.name.rstrip(".") not in (record.domain, record.name):
                return self.refuse(
                    "InvalidChangeBatch",
                    f"[RRSet with DNS name {row.name} is not permitted in zone {record.domain}.]",
                )
            if change.action != "UPSERT":
                return self.refuse("InvalidInput", "The drill models the action UPSERT; use it to change an answer.")
            if not row.to():
                return self.refuse(
                    "InvalidInput", "Invalid request: Expected exactly one of [AliasTarget, ResourceRecords]"
                )
            if row.alias_target is not None and row.alias_target.evaluate_target_health and is_cdn(row.to(), world):
                return self.refuse(
                    "InvalidInput", "Invalid request: EvaluateTargetHealth must be false for a CloudFront distribution"
                )
            if not self._leads_on(world, record, row.to()):
                return self.refuse(
                    "InvalidChangeBatch",
                    f"[Tried to create an alias that targets {row.to()}, but the alias target name "
                    "does not lie within the target zone]",
                )
            known = world.components.get(row.health_check_id)
            if row.health_check_id and (not isinstance(known, HealthCheck) or known.state.deleted):
                text = f"No health check exists with the specified ID {row.health_check_id}"
                return self.refuse("NoSuchHealthCheck", text)
            if self._answer(record, row) is None:
                return self.refuse(
                    "InvalidChangeBatch",
                    f"[Tried to change resource record set {row.name} with SetIdentifier '{row.set_identifier}', "
                    "but it was not found]",
                )
        return None

    def _leads_on(self, world: World, record: Record, to: str) -> bool:
        """Tell whether a name can point there: at what takes requests, or at what it was made to point at."""
        target = world.components.get(to)
        if target is None or (isinstance(target, Record) and to not in [a.to for a in record.answers.values()]):
            return False
        return to in target.stations() or target.answer(world) is not None

    def _answer(self, record: Record, row: ResourceRecordSet) -> str | None:
        if row.set_identifier in record.answers:
            return row.set_identifier
        if row.failover.lower() in record.answers:
            return row.failover.lower()
        if record.policy == "simple" and not row.set_identifier:
            return next(iter(record.answers))
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """The change is PENDING until all name servers have it (INSYNC)."""
        record = world.components[self.hosted_zone_id]
        assert isinstance(record, Record)
        record.busy_until = clock.now + PROCESSES + world.plane("route53", self.scope).latency
        for change in self.change_batch.changes:
            row = change.resource_record_set
            name = self._answer(record, row)
            assert name is not None
            old = record.answers[name]
            weight = old.weight if row.weight is None else row.weight
            record.answers[name] = msgspec.structs.replace(old, to=row.to(), weight=weight)
            if row.alias_target is not None:
                record.answers[name].evaluate = row.alias_target.evaluate_target_health or old.evaluate
            if row.health_check_id:
                self._use(record, name, row.health_check_id, world, clock)
            if row.ttl is not None:
                record.ttl = type(record.ttl)(row.ttl * 1000)
        yield clock.wait(PUBLISH, "publish change", record.name, shown=True)
        record.published = dict(record.answers)
        record.published_ttl = int(record.ttl)

    def _use(self, record: Record, name: str, check: str, world: World, clock: Any) -> None:
        """Let an answer follow a health check that stands on its own, instead of what it had."""
        if name in record.checks:
            record.checks[name].deleted = True
        record.answers[name].check = Check(id=check)
        record.checks[name] = CheckState()
        clock.start(check_of(record, name, world, clock))


class ListResourceRecordSets(Action, kw_only=True, tag="route53:ListResourceRecordSets"):
    """Show what a name answers and from which records. Source: Route 53 API reference."""

    summary = "Show its records"
    on = ("route53.record",)
    subject = "hosted_zone_id"
    scope = "us-east-1"
    reads = True

    hosted_zone_id: RecordName

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row per answer."""
        record = world.components.get(self.hosted_zone_id)
        if not isinstance(record, Record):
            return "No hosted zone found"
        rows = [
            (record.domain, name, str(record.ttl // 1000), answer.to, "yes" if answer.check else "no")
            for name, answer in record.answers.items()
        ]
        return str(telemetry.table(("Name", "SetIdentifier", "TTL", "Target", "HealthCheck"), rows))


class GetChange(Action, kw_only=True, tag="route53:GetChange"):
    """Show whether all name servers have a record's last change: PENDING or INSYNC. Source: Route 53 API reference.

    ``Id`` is the record's name here.
    """

    summary = "Show whether its last change is in sync"
    on = ("route53.record",)
    subject = "id"
    scope = "us-east-1"
    reads = True

    id: RecordName

    def check(self, world: World) -> Refusal | None:
        """Refuse what is no record."""
        if isinstance(world.components.get(self.id), Record):
            return None
        return self.refuse("NoSuchChange", f"A change with the specified change ID does not exist: {self.id}")

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row."""
        record = world.components[self.id]
        assert isinstance(record, Record)
        status = "INSYNC" if record.published == record.answers else "PENDING"
        return str(telemetry.table(("Id", "Status"), [(self.id, status)]))
