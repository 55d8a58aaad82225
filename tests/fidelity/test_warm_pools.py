"""Warm pools, and instance refreshes that wait at checkpoints."""

from __future__ import annotations

import pytest

from tests.engine.lab import Lab
from tests.fidelity.documented import documented
from tests.fidelity.fleets import REFRESH, asg, at, fleet, later, names, refused, serving, until

WARM = "EC2 Auto Scaling User Guide: warm pools"
MIRROR = {"mirror": {"kind": "ec2.instance", "zone": "use1-az1"}}


def grown(it: Lab, to: int) -> float:
    """Return the seconds until so many instances answer, asked for now."""
    asg(it, "set-desired-capacity", f"--desired-capacity {to}")
    return until(it, lambda: len([m for m in it["fleet"].machines if m.works(it.world)]) >= to)


def warm(**group: object) -> Lab:
    return fleet(parts=MIRROR, ami="bootstrapped", boot="240s", **group).run(10)


@documented("Auto Scaling: an instance out of a warm pool takes a start's time, not an installation's", source=WARM)
def test_a_warm_pool_is_quicker() -> None:
    assert grown(warm(), 8) > 240
    assert grown(warm(warm_pool=2), 8) < 60


@documented("Auto Scaling: what comes out of a warm pool was installed before: no mirror is needed",
            source=WARM)  # fmt: skip
def test_a_warm_pool_downloads_nothing_at_start() -> None:
    it = warm(warm_pool=2, downloads="mirror")
    it.break_("drill:ec2:host-failure", "mirror")
    assert grown(it, 8) < 60


@documented("Auto Scaling: an instance of a warm pool needs capacity to start, like any stopped one", source=WARM)
def test_a_warm_pool_is_no_reservation() -> None:
    it = warm(warm_pool=3)
    for zone in ("use1-az1", "use1-az2", "use1-az3"):
        it.break_("aws:ec2:api-insufficient-instance-capacity-error", zone)
    asg(it, "set-desired-capacity", "--desired-capacity 8")
    assert len(names(later(it, 200))) == 6
    assert "InsufficientInstanceCapacity" in it.output("aws autoscaling describe-scaling-activities")


@documented("Auto Scaling: a warm pool that was drawn from fills up again, at installation's pace", source=WARM)
def test_a_warm_pool_fills_up_again() -> None:
    it = warm(warm_pool=2)
    asg(it, "set-desired-capacity", "--desired-capacity 8")
    later(it, 20)
    assert sum(it["fleet"].warmed.values()) == 0 and it["fleet"].preparing == 1
    assert 240 < until(it, lambda: sum(it["fleet"].warmed.values()) == 1) < 320
    until(it, lambda: sum(it["fleet"].warmed.values()) == 2)


@documented("Auto Scaling: a warm pool is put beside a group that runs, and given up again", source=WARM)
def test_putting_a_warm_pool() -> None:
    it = warm()
    asg(it, "put-warm-pool", "--min-size 1 --pool-state Stopped")
    until(it, lambda: sum(it["fleet"].warmed.values()) == 1)
    later(it, 20)
    shown = it.output("aws autoscaling describe-warm-pool --auto-scaling-group-name fleet")
    assert shown.splitlines()[-1].split()[-1] in ("0", "1")
    asg(it, "delete-warm-pool", "--force-delete")
    assert grown(it, 7) > 240


@documented("Auto Scaling: a zone that goes dark takes what its part of the warm pool holds", source=WARM,
            confidence="judgment")  # fmt: skip
def test_a_dark_zone_and_its_warm_instances() -> None:
    it = warm(warm_pool=3, desired=3, min=3)
    it.break_("drill:az:power-interruption", "use1-az1")
    asg(it, "set-desired-capacity", "--desired-capacity 4")
    assert until(it, lambda: serving(it) == 3) < 60, "another zone's instance starts"
    assert it["fleet"].warmed["use1-az1"] == 1


START = "--preferences MinHealthyPercentage=50,CheckpointPercentages=50,CheckpointDelay={}"


@documented("Auto Scaling: an instance refresh waits at its checkpoints, and then goes on", source=REFRESH)
def test_checkpoints() -> None:
    it = fleet().run(10)
    asg(it, "start-instance-refresh", START.format(300))
    took = until(it, lambda: it["fleet"].refreshes[0].done() == 50)
    halfway = at(it)
    later(it, 290)
    assert took < 200 and it["fleet"].refreshes[0].done() == 50
    until(it, lambda: it["fleet"].refreshes[0].status == "Successful")
    assert at(it) - halfway > 300


@pytest.mark.parametrize("wrong", ["CheckpointPercentages=80,50", "CheckpointPercentages=120", "CheckpointDelay=60"])
@documented("Auto Scaling: checkpoints rise from 1 to 100 percent, and their delay goes with them", source=REFRESH)
def test_wrong_checkpoints(wrong: str) -> None:
    assert refused(fleet().run(10), "start-instance-refresh", f"--preferences {wrong}") == "ValidationError"
