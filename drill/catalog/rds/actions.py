"""RDS operations: fail over, promote, reboot, describe."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import msgspec

from drill.catalog.rds.instance import DbInstance
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.listing import Listing, Row
from drill.model.units import SECOND
from drill.model.world import World

REBOOT = 30 * SECOND  # the database process restarts (judgment; the documents give no figure)

DbName = Annotated[str, ref("rds.instance")]


class _OnDatabase(Action, kw_only=True):
    on = ("rds.instance",)
    subject = "db_instance_identifier"
    takes = 900

    db_instance_identifier: DbName = msgspec.field(name="DBInstanceIdentifier")

    def database(self, world: World) -> DbInstance | Refusal:
        """Return the database, or AWS's refusal."""
        found = world.find(
            self,
            DbInstance,
            self.db_instance_identifier,
            "DBInstanceNotFound",
            f"DBInstance {self.db_instance_identifier} not found.",
        )
        assert isinstance(found, DbInstance | Refusal)
        return found

    def check(self, world: World) -> Refusal | None:
        """Refuse an unknown database and one that is busy."""
        found = self.database(world)
        if isinstance(found, Refusal):
            return found
        if found.status != "available":
            return self.refuse(
                "InvalidDBInstanceState",
                f"DB Instance {found.name} is not in an available state: it is {found.status}.",
            )
        return self.check_database(world, found)

    def check_database(self, world: World, database: DbInstance) -> Refusal | None:
        """Refuse what depends on this operation."""
        return None


class PromoteReadReplica(_OnDatabase, kw_only=True, tag="rds:PromoteReadReplica"):
    """Make a read replica a database of its own. What has not reached it is lost. Source: RDS API reference."""

    summary = "Promote: it takes writes, and what it lacks is lost"
    usual = 10

    @classmethod
    def applies(cls, says: Mapping[str, str]) -> bool:
        """Only a replica can be promoted."""
        return says.get("role", "replica") == "replica"

    def check_database(self, world: World, database: DbInstance) -> Refusal | None:
        """Refuse what is no replica."""
        if database.role != "replica":
            return self.refuse("InvalidDBInstanceState", f"DB Instance {database.name} is not a read replica.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Replication stops now, the instance reboots, and then it takes writes."""
        database = self.database(world)
        assert isinstance(database, DbInstance)
        seconds, writes = database.cut(world)
        database.status = "modifying"
        clock.lost(database.replica_of, writes, seconds, f"promoted {database.name}")
        yield clock.wait(database.promotion, "promote", database.name, shown=True)
        database.role = "primary"
        database.status = "available"
        database.server.strand(world.traffic)


class RebootDBInstance(_OnDatabase, kw_only=True, tag="rds:RebootDBInstance"):
    """Reboot a database; with --force-failover, on its standby. Source: RDS API reference."""

    summary = "Reboot it, or force the failover to its standby"
    usual = 20

    force_failover: bool = False

    def check_database(self, world: World, database: DbInstance) -> Refusal | None:
        """Refuse a failover where there is no standby."""
        if self.force_failover and not database.standby:
            return self.refuse(
                "InvalidParameterCombination",
                "Cannot force failover: the DB instance is not configured for Multi-AZ.",
            )
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Connections are cut for as long as it takes."""
        database = self.database(world)
        assert isinstance(database, DbInstance)
        if self.force_failover:
            yield from database.fail_over(world, clock)
            return
        database.status = "rebooting"
        yield clock.wait(REBOOT, "reboot", database.name, shown=True)
        database.server.strand(world.traffic)
        database.status = "available"


class DescribeDBInstances(Listing, kw_only=True, tag="rds:DescribeDBInstances"):
    """Show databases: status, role, zone. Source: RDS API reference."""

    summary = "Show its status"
    on = ("rds.instance",)
    subject = "db_instance_identifier"
    columns: ClassVar[dict[str, str]] = {
        "DBInstanceIdentifier": "", "Status": "state", "Role": "role", "Zone": "zone", "ReplicaLag": "lag",
    }  # fmt: skip

    db_instance_identifier: DbName = msgspec.field(name="DBInstanceIdentifier", default="")

    def rows(self, name: str, seen: dict[str, Any], telemetry: Any) -> list[Row]:
        """Return the database's row, with the replica lag last reported."""
        lag = telemetry.last(f"{name}.ReplicaLag")
        return super().rows(name, {**seen, "lag": "" if lag is None else f"{lag:.1f} s"}, telemetry)
