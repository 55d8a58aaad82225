"""AMIs and what they need at boot, instance types, instance store, zone names: as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.errors import LevelError
from drill.model.command import Refusal
from drill.model.places import zone_names
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented

IMAGES = "EC2 User Guide: Amazon Machine Images"
ERRORS = "EC2 API reference: error codes"
RESIZE = "EC2 User Guide: change the instance type"
STORE = "EC2 User Guide: instance store data persistence"
NOW = "aws ec2 run-instances --image-id now --placement AvailabilityZone=use1-az2 --count 1"

WORLD: dict[str, Any] = {
    "web-1": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s", "image": "now"},
    "mirror": {"kind": "ec2.instance", "zone": "use1-az3", "image": "mirror-ami"},
    "now": {"kind": "ec2.image", "region": "us-east-1", "like": "web-1", "ami": "bootstrapped", "downloads": "mirror"},
    "old": {"kind": "ec2.image", "region": "us-east-1", "like": "web-1", "speed": "80%"},
}


def lab(rate: int = 10, regions: dict[str, Any] | None = None, **more: dict[str, Any]) -> Lab:
    world = {name: {**spec, **more.pop(name, {})} for name, spec in WORLD.items()} | more
    users = {"users": {"enters": "web-1", "rate": f"{rate}/s", "classes": {"all": {"writes": 1}}}}
    return Lab(tree(world, users, regions=regions or TWO_REGIONS, length="30m")).run(5)


def settle(it: Lab, seconds: float) -> Lab:
    return it.run(it.session.now / 1000 + seconds)


@documented("AMI: a bootstrapped image is never ready while what it downloads from is away; EC2 calls it running",
            source="EC2 User Guide: run commands at launch with user data", confidence="typical")  # fmt: skip
def test_a_bootstrap_waits_for_its_mirror() -> None:
    it = lab()
    broken = it.break_("drill:ec2:host-failure", "mirror")
    it.now(NOW)
    settle(it, 600)
    new = it["web-2"].machine
    assert (new.state, new.ready) == ("running", False)
    it.mend(broken)
    settle(it, 245)
    assert new.ready


@documented("AMI: a baked image needs nothing at boot", source=IMAGES, confidence="typical")
def test_a_baked_image_needs_nothing() -> None:
    it = lab()
    it.break_("drill:ec2:host-failure", "mirror")
    it.now(NOW.replace("now", "old"))
    settle(it, 60)
    assert it["web-2"].machine.ready
    assert it["web-2"].speed() == pytest.approx(80), "an older release may be slower"


@documented(
    "AMI: a stopped bootstrapped instance downloads again when it is started", source=IMAGES, confidence="judgment"
)
def test_a_start_bootstraps_again() -> None:
    it = lab(**{"web-1": {"downloads": "mirror", "ami": "bootstrapped"}})
    it.now("aws ec2 stop-instances --instance-ids web-1 mirror")
    settle(it, 30)
    it.now("aws ec2 start-instances --instance-ids web-1")
    settle(it, 400)
    assert (it["web-1"].machine.state, it["web-1"].machine.ready) == ("running", False)


@documented("AMI: an image id is unknown in another Region (InvalidAMIID.NotFound)", source=ERRORS)
def test_an_image_is_of_its_region() -> None:
    refused = lab().do("aws ec2 run-instances --image-id old --placement AvailabilityZone=usw2-az1 --count 1")
    assert isinstance(refused, Refusal) and refused.code == "InvalidAMIID.NotFound"


@documented("AMI: CopyImage is called in the Region that it copies to; the copy launches there once it is available",
            source="EC2 API reference: CopyImage")  # fmt: skip
def test_copy_image() -> None:
    it = lab()
    copy = "aws ec2 copy-image --name old-west --source-image-id old --source-region us-east-1 --region us-west-2"
    it.now(copy)
    run = "aws ec2 run-instances --image-id old-west --placement AvailabilityZone=usw2-az1 --count 1"
    early = it.do(run)
    assert isinstance(early, Refusal) and early.code == "InvalidAMIID.Unavailable"
    settle(it, 310)
    it.now(run)
    settle(it, 60)
    new = it["web-2"]
    assert (new.region, new.zone, new.machine.ready) == ("us-west-2", "usw2-az1", True)


@documented("AMI: an image that is disabled launches nothing (InvalidAMIID.Unavailable)", source=ERRORS)
def test_a_disabled_image() -> None:
    refused = lab(old={"starts": "disabled"}).do(NOW.replace("now", "old"))
    assert isinstance(refused, Refusal) and refused.code == "InvalidAMIID.Unavailable"


@documented(
    "AMI: an image made of a running instance has baked in what was installed", source="EC2 API reference: CreateImage"
)
def test_create_image() -> None:
    it = lab()
    it.now("aws ec2 create-image --instance-id web-1 --name baked-now")
    settle(it, 185)
    it.break_("drill:ec2:host-failure", "mirror")
    it.now(NOW.replace("now", "baked-now"))
    settle(it, 60)
    assert it["web-2"].machine.ready


@documented("AMI: of a dead host no image is completed", source="EC2 API reference: CreateImage", confidence="judgment")
def test_no_image_of_the_dead() -> None:
    it = lab()
    it.break_("drill:ec2:host-failure", "web-1")
    it.now("aws ec2 create-image --instance-id web-1 --name late")
    assert settle(it, 900)["late"].status == "pending"


@documented("AMI: a level with a baked image that downloads is refused", source=IMAGES, confidence="judgment")
def test_lint_refuses_a_baked_image_that_downloads() -> None:
    with pytest.raises(LevelError, match="downloads nothing"):
        lab(now={"ami": "baked"})


@documented(
    "EC2: an image that is launched starts an instance of each request, in the zone that was asked for", source=ERRORS
)
def test_a_launch_in_a_chosen_zone() -> None:
    it = lab()
    it.now("aws ec2 run-instances --image-id old --placement AvailabilityZone=use1-az3 --count 3")
    assert [it[f"web-{n}"].zone for n in (2, 3, 4)] == ["use1-az3"] * 3


# ---- vertical scaling ----


BIGGER = "aws ec2 modify-instance-attribute --instance-id web-1 --instance-type Value=m5.2xlarge"


@documented("EC2: the type can only be changed while the instance is stopped (IncorrectInstanceState)", source=RESIZE)
def test_only_a_stopped_instance_changes_its_type() -> None:
    refused = lab().do(BIGGER)
    assert isinstance(refused, Refusal) and refused.code == "IncorrectInstanceState"


@documented(
    "EC2: stop, modify, start: the same instance with the capacity and the price of the new type", source=RESIZE
)
def test_vertical_scaling() -> None:
    it = lab(rate=150)
    assert it.run(60).good("users.all", 50, 55) < 0.9
    it.now("aws ec2 stop-instances --instance-ids web-1")
    settle(it, 25)
    it.now(BIGGER)
    it.now("aws ec2 start-instances --instance-ids web-1")
    settle(it, 60)
    now = it.session.now // 1000
    assert it.good("users.all", now - 10, now - 5) == 1.0
    assert it["web-1"].speed() == 400 and it["web-1"].hourly(it.world) == 0.384


@documented("EC2: bigger means away for as long as a stop and a start take, a minute or more", source=RESIZE)
def test_vertical_scaling_interrupts() -> None:
    it = lab()
    it.now("aws ec2 stop-instances --instance-ids web-1")
    settle(it, 21)
    it.now(BIGGER)
    it.now("aws ec2 start-instances --instance-ids web-1")
    settle(it, 90)
    down = [s for s in range(5, 110) if it.good("users.all", s) < 0.5]
    assert 55 <= len(down) <= 75


@documented("EC2: the start needs capacity of the new type; without it the instance stays stopped", source=ERRORS)
def test_no_capacity_of_the_new_type() -> None:
    regions = {"us-east-1": {"zones": {"use1-az1": {"pools": {"m5.2xlarge": 0}}, "use1-az2": {}, "use1-az3": {}}}}
    it = lab(regions=regions)
    it.now("aws ec2 stop-instances --instance-ids web-1")
    settle(it, 25)
    it.now(BIGGER)
    refused = it.do("aws ec2 start-instances --instance-ids web-1")
    assert isinstance(refused, Refusal) and refused.code == "InsufficientInstanceCapacity"
    assert it["web-1"].machine.state == "stopped"


@documented("EC2: a type that does not exist is refused (InvalidParameterValue)", source=ERRORS)
def test_no_such_type() -> None:
    refused = lab().do(BIGGER.replace("m5.2xlarge", "m5.huge"))
    assert isinstance(refused, Refusal) and refused.code == "InvalidParameterValue"


# ---- instance store ----


@pytest.mark.parametrize(
    ("end", "gone"),
    [
        pytest.param("aws ec2 stop-instances --instance-ids web-1", True, id="stop"),
        pytest.param("aws ec2 terminate-instances --instance-ids web-1", True, id="terminate"),
        pytest.param("aws ec2 reboot-instances --instance-ids web-1", False, id="reboot"),
    ],
)
@documented("EC2: a stop or a termination wipes the instance store, a reboot does not", source=STORE)
def test_instance_store(end: str, gone: bool) -> None:
    it = lab(**{"web-1": {"instance_store": True}}).run(60)
    it.now(end)
    settle(it, 90)
    writes = [loss.writes for loss in it.session.history.losses]
    assert writes == ([pytest.approx(600, rel=0.05)] if gone else [])


@documented("EC2: the instance store is gone with the host under it", source=STORE)
def test_instance_store_dies_with_its_host() -> None:
    it = lab(**{"web-1": {"instance_store": True}}).run(60)
    it.break_("drill:ec2:host-failure", "web-1")
    settle(it, 5)
    assert [loss.writes for loss in it.session.history.losses] == [pytest.approx(600, rel=0.05)]


# ---- automatic recovery ----


RECOVER = "EC2 User Guide: automatic instance recovery"


@documented("EC2: automatic recovery moves an instance off a dead host in its zone: same id, nothing to attach again",
            source=RECOVER)  # fmt: skip
def test_automatic_recovery() -> None:
    it = lab(**{"web-1": {"auto_recovery": True}})
    it.break_("drill:ec2:host-failure", "web-1")
    settle(it, 150)
    assert it["web-1"].machine.state == "running" and not it["web-1"].responds(it.world, 5_000)
    settle(it, 120)
    assert it["web-1"].responds(it.world, 5_000) and it["web-1"].zone == "use1-az1"


@documented("EC2: automatic recovery stays in the zone: it does nothing while the zone is dark", source=RECOVER)
def test_no_recovery_out_of_a_dark_zone() -> None:
    it = lab(**{"web-1": {"auto_recovery": True}})
    it.break_("drill:az:power-interruption", "use1-az1")
    settle(it, 900)
    assert not it["web-1"].responds(it.world, 5_000)


@documented("EC2: automatic recovery does not bring back what was on the instance store", source=RECOVER)
def test_recovery_loses_the_instance_store() -> None:
    it = lab(**{"web-1": {"auto_recovery": True, "instance_store": True}}).run(60)
    it.break_("drill:ec2:host-failure", "web-1")
    settle(it, 400)
    assert it["web-1"].responds(it.world, 5_000)
    assert [loss.writes for loss in it.session.history.losses] == [pytest.approx(600, rel=0.05)]


# ---- zone names ----


@documented("EC2: an account's zone names (us-east-1a) are a mapping of its own to AZ ids, which are everyone's",
            source="EC2 User Guide: Regions and Zones, AZ IDs")  # fmt: skip
def test_zone_names_differ_by_account() -> None:
    file = tree(WORLD, {"users": {"enters": "web-1", "rate": "10/s"}})
    seen = set()
    for seed in range(1, 9):
        it = Lab(file, seed)
        names = zone_names(it.world, "us-east-1")
        assert sorted(names) == ["us-east-1a", "us-east-1b", "us-east-1c"]
        assert sorted(names.values()) == ["use1-az1", "use1-az2", "use1-az3"]
        seen.add(names["us-east-1a"])
    assert len(seen) > 1


@documented("EC2: a launch takes a zone by the account's name for it, and lands in the AZ id behind it",
            source="EC2 User Guide: Regions and Zones, AZ IDs")  # fmt: skip
def test_a_launch_by_zone_name() -> None:
    it = lab()
    it.now("aws ec2 run-instances --image-id old --placement AvailabilityZone=us-east-1b --count 1")
    where = zone_names(it.world, "us-east-1")["us-east-1b"]
    assert it["web-2"].zone == where
    assert f"us-east-1b  {where}" in it.output("aws ec2 describe-availability-zones")
