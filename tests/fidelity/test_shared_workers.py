"""One pool of workers for all zones: how a dead zone takes a control plane away from the others, and how that ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drill.certify.play import Job, play_one
from drill.level.loader import find, load
from drill.model.command import Receipt
from tests.engine.lab import Lab, tree
from tests.fidelity.documented import documented

STORY = "AWS post-event summary: EC2 and RDS service disruption in the US East Region, April 2011"
ISOLATION = "Amazon Builders' Library: dependency isolation"
ALIVE = "aws ec2 stop-instances --instance-ids b"  # b stands in a zone that is well
SHARED = {"workers": 300, "queue": 300, "calls": "60/s", "takes": "400ms", "stuck": "60s"}


def lab(shared: dict[str, Any] | None = None, dark: bool = True) -> Lab:
    """Return a lab in its first minute: an instance in each of two zones, a group over three, and ``a`` in the dark."""
    zones = ["use1-az1", "use1-az2", "use1-az3"]
    parts: dict[str, Any] = {
        "a": {"kind": "ec2.instance", "zone": "use1-az1"},
        "b": {"kind": "ec2.instance", "zone": "use1-az2"},
        "fleet": {"kind": "autoscaling.group", "zones": zones, "min": 0, "desired": 3, "max": 9, "boot": "30s"},
        "alb": {"kind": "elb.application-load-balancer", "zones": zones, "targets": ["b"]},
    }
    it = Lab(tree(parts, {"users": {"enters": "alb", "rate": "10/s"}}, length="40m"))
    if shared is not None:
        it.break_("drill:api:shared-workers", "ec2/us-east-1", **shared)
    it.run(10)
    if dark:
        it.break_("drill:az:power-interruption", "use1-az1")
    return it


def seconds(receipt: Receipt) -> float:
    return (receipt.done - receipt.at) / 1000


@documented("Control planes: a pool of workers that all zones share is felt by nobody on a calm day", source=ISOLATION)
def test_calm() -> None:
    it = lab(SHARED, dark=False).run(200)
    assert seconds(it.now(ALIVE)) < 1
    assert it.world.planes["ec2/us-east-1"].workers.held == 0


@documented("Control planes: calls about a dead zone wait until they time out, and end with an error", source=STORY)
def test_a_call_about_the_dead_zone_hangs() -> None:
    it = lab(SHARED)
    receipt = it.now("aws ec2 stop-instances --instance-ids a")
    assert (receipt.state, receipt.error) == ("failed", "InternalError")
    assert 60 <= seconds(receipt) <= 62
    assert it["a"].machine.state == "running"


@documented(
    "Control planes: calls about a dead zone take the workers of a whole Region: calls about healthy zones wait in "
    "line, and are refused where it is full",
    source=STORY,
)
def test_the_pool_runs_dry() -> None:
    it = lab(SHARED)
    assert seconds(it.now(ALIVE)) < 1  # it takes a while: a third of 60/s, until 300 workers are gone
    it.run(28)
    waits = it.do(ALIVE)
    it.run(40)
    pool = it.world.planes["ec2/us-east-1"].workers
    assert pool.held > 280 and pool.refused > 0.5
    ends = [it.run(41 + 2 * i).do(ALIVE) for i in range(12)]
    it.run(140)
    assert len([r for r in ends if isinstance(r, Receipt) and r.error == "ServiceUnavailable"]) >= 6
    assert isinstance(waits, Receipt) and seconds(waits) > 10


@documented("Control planes: how many calls get through is the workers over what a stuck call costs", source=STORY)
def test_how_much_gets_through() -> None:
    """300 workers, a third of the calls stuck for 60 s: 15 calls a second in the long run."""
    it = lab({**SHARED, "queue": 0}).run(600)
    pool = it.world.planes["ec2/us-east-1"].workers
    before = pool.passed
    it.run(1_800)
    assert 14 <= (pool.passed - before) / 1_200 <= 16


@documented("Control planes: each service has workers of its own: ELB's calls go on while EC2's wait", source=ISOLATION)
def test_other_services_go_on() -> None:
    it = lab(SHARED).run(60)
    receipt = it.now("aws elbv2 register-targets --target-group-arn alb --targets Id=fleet")
    assert receipt.state == "done" and seconds(receipt) < 1


@documented("Control planes: a group's launches stand in the same line as everybody's", source=STORY)
def test_groups_launch_late() -> None:
    def launched(shared: dict[str, Any] | None) -> float:
        it = lab(shared).run(60)
        it.now("aws autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity 6")
        for second in range(61, 900):
            it.run(second)
            alive = [m for m in it["fleet"].machines if m.works(it.world) and not m.leaving]
            if len(alive) >= 5:
                return second - 60
        return 900.0

    assert launched(None) < 120
    assert launched(SHARED) > launched(None) + 20


@documented("Control planes: when the zone answers again, the line is worked off and calls are prompt", source=STORY)
def test_the_zone_comes_back() -> None:
    it = lab(SHARED).run(120)
    zone = it.world.zones["use1-az1"]
    it.sim.before_command()
    zone.power = True
    it.touch()
    it.run(125)
    assert seconds(it.now(ALIVE)) < 1


@documented(
    "Control planes: turning calls about a dead zone away at once gives everybody else their workers back", source=STORY
)
def test_failing_fast_ends_it() -> None:
    it = lab(None)
    fault = it.break_("drill:api:shared-workers", "ec2/us-east-1", **SHARED)
    it.run(120)
    late = it.do(ALIVE)
    it.mend(fault)
    it.run(122)
    assert isinstance(late, Receipt) and late.state in ("done", "failed")
    assert seconds(it.now(ALIVE)) < 1
    assert not it.world.zones["use1-az1"].power


@documented(
    "Control planes: one pool for each zone (a bulkhead) keeps a dead zone to itself", source=ISOLATION,
    confidence="judgment",
)  # fmt: skip
def test_without_sharing_nobody_waits() -> None:
    it = lab(None).run(120)
    assert seconds(it.now(ALIVE)) < 1


@pytest.mark.parametrize(("workers", "waits"), [("400", True), ("400000", False)])
def test_it_decides_a_level(tmp_path: Path, workers: str, waits: bool) -> None:
    """Launching where capacity is would do, if it were not for the line before the API."""
    text = find("one-line").read_text(encoding="utf-8")
    assert "workers: 400," in text
    path = tmp_path / "one-line.yaml"
    path.write_text(text.replace("workers: 400,", f"workers: {workers},"), encoding="utf-8")
    bot = "wrong:launch in the zones that are well"
    for seed in range(1, 4):
        found = play_one(load(path), Job(bot=bot, seed=seed))
        assert not found.error
        assert (found.figures["rto"] > 130_000) is waits
