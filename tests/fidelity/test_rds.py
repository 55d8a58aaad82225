"""RDS: Multi-AZ failover, read replicas and their promotion, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented
from tests.fidelity.test_ec2 import until

MULTI_AZ = "RDS User Guide: Multi-AZ DB instance deployments"
REPLICAS = "RDS User Guide: working with read replicas"
PROMOTE = "RDS User Guide: promoting a read replica"
API = "RDS API reference"
FAIL_OVER = "aws rds reboot-db-instance --db-instance-identifier db --force-failover"
REBOOT = "aws rds reboot-db-instance --db-instance-identifier db"
PROMOTION = "aws rds promote-read-replica --db-instance-identifier copy"


def world(writes: float = 1.0, zone: str = "usw2-az1", copy: dict[str, Any] | None = None, **db: Any) -> dict[str, Any]:
    parts = {
        "web": {"kind": "ec2.instance", "zone": "use1-az3", "capacity": "1000/s", "needs": ["db"]},
        "db": {"kind": "rds.instance", "zone": "use1-az1", **db},
        "copy": {"kind": "rds.instance", "zone": zone, "replica_of": "db", **(copy or {})},
        "far": {"kind": "ec2.instance", "zone": "usw2-az2", "capacity": "1000/s", "needs": ["copy"]},
    }
    classes = {"all": {"patience": "2s", "reads": 1.0, "writes": writes}}
    reads = {"all": {"patience": "2s", "reads": 1.0, "writes": 0.0}}
    traffic = {
        "users": {"enters": "web", "rate": "50/s", "classes": classes},
        "readers": {"enters": "far", "rate": "20/s", "classes": reads},
    }
    links = {"sea": {"between": ["us-east-1", "us-west-2"]}}
    return tree(parts, traffic, regions=TWO_REGIONS, world={"links": links}, length="30m")


def lab(*args: Any, **more: Any) -> Lab:
    return Lab(world(*args, **more)).run(10)


def down(it: Lab, since: int) -> int:
    """Return the seconds from ``since`` to the end of the outage."""
    track = it.session.history.classes["users.all"]
    return max(s for s in range(since, len(track.asks) - 5) if track.good[s] < 0.99 * track.asks[s]) + 1 - since


@pytest.mark.parametrize("seed", range(5))
@documented("RDS: a Multi-AZ instance fails over in 60 to 120 s when its zone is gone", source=MULTI_AZ)
def test_multi_az_failover(seed: int) -> None:
    it = Lab(world(standby="use1-az2"), seed).run(10)
    it.break_("drill:az:power-interruption", "use1-az1")
    it.run(300)
    assert 60 - 1 <= down(it, 10) <= 120 + 3
    assert (it["db"].zone, it["db"].status) == ("use1-az2", "available")
    assert it.session.history.losses == [], "the standby is written in step: nothing acknowledged is lost"


@pytest.mark.parametrize("seed", range(5))
@documented("RDS: a forced failover takes 60 to 120 s too", source=MULTI_AZ)
def test_forced_failover(seed: int) -> None:
    it = Lab(world(standby="use1-az2"), seed).run(10)
    it.do(FAIL_OVER)
    until(it, 5, lambda: it["db"].status == "failing-over")
    assert 60 - 1 <= until(it, 300, lambda: it["db"].status == "available") <= 120 + 1
    assert it["db"].zone == "use1-az2"


@documented("RDS: without a standby, the loss of the zone lasts until the zone is back", source=MULTI_AZ)
def test_single_az() -> None:
    it = lab()
    fault = it.break_("drill:az:power-interruption", "use1-az1")
    assert it.run(600).good("users.all", 20, 590) == 0.0
    it.mend(fault)
    assert it.run(700).good("users.all", 620, 690) == 1.0


@documented("RDS: forcing a failover without Multi-AZ is refused", source=API)
def test_no_failover_without_a_standby() -> None:
    refused = lab().do(FAIL_OVER)
    assert isinstance(refused, Refusal) and refused.code == "InvalidParameterCombination"


@documented("RDS: an instance that is not available takes no changes", source=API)
def test_a_busy_instance_refuses() -> None:
    it = lab(standby="use1-az2")
    it.now(REBOOT)
    refused = it.do(FAIL_OVER)
    assert isinstance(refused, Refusal) and refused.code == "InvalidDBInstanceState"


@documented("RDS: a reboot cuts connections for as long as it takes", source=API)
def test_a_reboot_is_an_outage() -> None:
    it = lab()
    it.do(REBOOT)
    it.run(200)
    assert 10 <= down(it, 10) <= 120 and it.good("users.all", 150, 190) == 1.0


@documented("RDS: the standby of a Multi-AZ instance serves nothing, and costs as much again", source=MULTI_AZ)
def test_a_standby_adds_no_capacity() -> None:
    alone, pair = lab(capacity="80/s"), lab(capacity="80/s", standby="use1-az2")
    for it in (alone, pair):
        it.run(100)
    assert alone["db"].server.done == pair["db"].server.done == pytest.approx(80)
    assert pair["db"].hourly(pair.world) == 2 * alone["db"].hourly(alone.world)


@documented("RDS: a read replica serves reads and refuses writes", source=REPLICAS)
def test_a_replica_is_read_only() -> None:
    it = lab()
    assert it.run(30).good("readers.all", 0, 25) == 1.0
    level = world()
    level["traffic"]["readers"]["classes"]["all"]["writes"] = 1.0
    it = Lab(level).run(30)
    assert it.good("readers.all", 0, 25) == 0.0
    it.now(PROMOTION)
    assert it.run(300).good("readers.all", 200, 290) == 1.0


@documented(
    "RDS: replication to a replica is asynchronous; lag grows while the link carries less than is written",
    source=REPLICAS,
)
def test_lag_follows_the_link() -> None:
    it = lab()
    assert it["copy"].lag(it.world) < 1.5
    fault = it.break_("drill:network:link-degraded", "sea", carries="25/s")
    it.run(110)
    assert it["copy"].lag(it.world) == pytest.approx(50, abs=3), "half of what 100 s wrote"
    it.mend(fault)
    assert it.run(120)["copy"].lag(it.world) < 1.5


@documented("RDS: promotion takes minutes and reboots the instance", source=PROMOTE)
def test_promotion_takes_its_time() -> None:
    it = lab()
    it.now(PROMOTION)
    assert it["copy"].status == "modifying"
    assert it.good("readers.all", 0, 8) == 1.0
    assert 60 <= until(it, 600, lambda: it["copy"].status == "available") <= 600
    assert it.run(400).good("readers.all", 15, 100) == 0.0 and it.good("readers.all", 350, 390) == 1.0


@documented("RDS: promotion loses what had not arrived", source=PROMOTE)
def test_promotion_counts_what_is_lost() -> None:
    it = lab()
    it.break_("drill:network:link-degraded", "sea", carries="25/s")
    it.run(110)
    it.break_("aws:network:route-table-disrupt-cross-region-connectivity", "us-east-1")
    it.run(400).now(PROMOTION)
    (loss,) = it.session.history.losses
    assert loss.store == "db" and loss.writes == pytest.approx(50 * 100 / 2, rel=0.03)
    assert loss.seconds == pytest.approx(50, abs=3), "seconds of writes, not the time that passed since the last"


@documented("RDS: a promoted replica and a source that goes on taking writes diverge", source=PROMOTE)
def test_two_writable_copies_diverge() -> None:
    it = lab()
    it.now(PROMOTION)
    acked = it["db"].acked
    it.run(400)
    it.sim.before_command()
    assert it["db"].orphaned == pytest.approx(it["db"].acked - acked, abs=50) and it["db"].orphaned > 50 * 300
    assert it["copy"].role == it["db"].role == "primary"


@documented("RDS: only a replica can be promoted", source=API)
def test_a_primary_cannot_be_promoted() -> None:
    refused = lab().do("aws rds promote-read-replica --db-instance-identifier db")
    assert isinstance(refused, Refusal) and refused.code == "InvalidDBInstanceState"


@documented(
    "RDS: a replica in the same Region goes on replicating when the Region is cut off",
    source="AWS fault isolation boundaries: Regions",
    confidence="typical",
)
def test_replication_inside_a_cut_off_region() -> None:
    inside, outside = lab(zone="use1-az2"), lab()
    for it in (inside, outside):
        it.break_(
            "aws:network:route-table-disrupt-cross-region-connectivity", "us-west-2" if it is outside else "us-east-1"
        )
        it["db"].stream.running = True
        it.run(60)
    assert inside["copy"].lag(inside.world) < 1.5
    assert outside["copy"].lag(outside.world) > 45


@documented(
    "RDS: it serves on while its control plane is down; failing over by hand does not work then",
    source="AWS fault isolation boundaries: data planes",
)
def test_control_plane_and_data_plane() -> None:
    it = lab(standby="use1-az2")
    it.break_("aws:fis:inject-api-internal-error", "rds/us-east-1", down=True)
    assert it.now(FAIL_OVER).error == "ServiceUnavailable"
    assert it.run(100).good("users.all", 0, 90) == 1.0


@documented("DatabaseConnections: client connections in use; a call holds one while it waits and while it is worked on",
            source="RDS User Guide: Amazon CloudWatch metrics for Amazon RDS")  # fmt: skip
def test_connections_in_use_are_calls_in_work_and_those_that_wait() -> None:
    parts = {
        "db": {"kind": "rds.instance", "zone": "use1-az1", "capacity": "100/s", "latency": "20ms", "connections": 50},
        "web": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "500/s", "needs": ["db"]},
    }
    lab = Lab(tree(parts, {"users": {"enters": "web", "rate": "50/s"}})).run(30)

    def used() -> float:
        return next(m.read(lab["db"], lab.world) for m in type(lab["db"]).metrics if m.name == "DatabaseConnections")

    assert used() == pytest.approx(50 * 0.020, rel=0.05)  # Little's law: 50 calls a second, 20 ms each
    lab.rate("users", 300.0)
    lab.run(60)
    assert 50 <= used() <= 50 + 100 * 0.100 + 1
