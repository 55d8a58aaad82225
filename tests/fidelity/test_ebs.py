"""EBS volumes and snapshots, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.errors import LevelError
from drill.model.command import Refusal
from tests.engine.lab import TWO_REGIONS, Lab, tree
from tests.fidelity.documented import documented

VOLUMES = "EBS User Guide: volumes"
SNAPSHOTS = "EBS User Guide: create snapshots"
ERRORS = "EC2 API reference: error codes"
DETACH = "EC2 API reference: DetachVolume"
ATTACH = "aws ec2 attach-volume --device /dev/sdf --volume-id"

WORLD: dict[str, Any] = {
    "books": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "400/s", "stores": True},
    "spare": {"kind": "ec2.instance", "zone": "use1-az2", "capacity": "400/s", "stores": True},
    "near": {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "400/s", "stores": True},
    "data": {"kind": "ebs.volume", "zone": "use1-az1", "attached_to": "books", "size": "10GiB", "iops": "1000/s"},
    "old": {"kind": "ebs.snapshot", "region": "us-east-1", "volume": "data", "age": "1h"},
}


def lab(length: str = "30m", rate: int = 50, **more: dict[str, Any]) -> Lab:
    """Return a server with its data on a volume, 50 requests a second of one read and one write each."""
    world = {name: {**spec, **more.pop(name, {})} for name, spec in WORLD.items()} | more
    users = {"users": {"enters": "books", "rate": f"{rate}/s", "classes": {"all": {"reads": 1, "writes": 1}}}}
    return Lab(tree(world, users, regions=TWO_REGIONS, length=length)).run(10)


def lost(it: Lab) -> list[tuple[float, float]]:
    """Return (writes, seconds) of each loss."""
    return [(loss.writes, loss.seconds) for loss in it.session.history.losses]


def settle(it: Lab, seconds: float) -> Lab:
    return it.run(it.session.now / 1000 + seconds)


def restored(it: Lab, snapshot: str, zone: str = "use1-az2", more: str = "") -> Any:
    """Make a volume from a snapshot and return it, available."""
    before = set(it.world.components)
    it.now(f"aws ec2 create-volume --snapshot-id {snapshot} --availability-zone {zone} {more}")
    new = next(name for name in it.world.components if name not in before)
    settle(it, 20)
    assert it[new].status == "available"
    return it[new]


@documented(
    "EBS: a volume can only be attached to an instance of its own zone (InvalidVolume.ZoneMismatch)", source=ERRORS
)
def test_a_volume_stays_in_its_zone() -> None:
    it = lab()
    it.now("aws ec2 detach-volume --volume-id data --force")
    settle(it, 15)
    refused = it.do(f"{ATTACH} data --instance-id spare")
    assert isinstance(refused, Refusal) and refused.code == "InvalidVolume.ZoneMismatch"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"data": {"size": "1MiB"}}, "at least 1 GiB"),
        ({"data": {"snapshots": {"every": "5s"}}}, "15 s apart"),
        ({"more": {"kind": "ebs.volume", "zone": "use1-az1", "attached_to": "books"}}, "one data volume"),
    ],
)
def test_lint_refuses_impossible_volumes(more: dict[str, Any], words: str) -> None:
    with pytest.raises(LevelError, match=words):
        lab(**more)


@documented("EBS: a level that attaches a volume across zones is refused", source=VOLUMES)
def test_lint_refuses_a_volume_across_zones() -> None:
    with pytest.raises(LevelError, match="attached within its zone"):
        lab(data={"zone": "use1-az2"})


@documented(
    "EBS: a volume outlives its instance, and goes on where it is attached next with nothing lost", source=VOLUMES
)
def test_a_volume_moves_within_its_zone() -> None:
    it = lab()
    it.now("aws ec2 stop-instances --instance-ids books")
    settle(it, 30)
    it.now("aws ec2 detach-volume --volume-id data")
    settle(it, 15)
    assert it["data"].status == "available"
    it.now(f"{ATTACH} data --instance-id near")
    settle(it, 10)
    assert (it["data"].status, it["near"].volume, it["books"].volume) == ("in-use", "data", "")
    assert lost(it) == []


@documented(
    "EBS: what is on a volume survives the stop and start of its instance", source="EC2 User Guide: stop and start"
)
def test_a_stop_keeps_the_volume() -> None:
    it = lab()
    held = it["data"].held(it.world)[0]
    it.now("aws ec2 stop-instances --instance-ids books")
    settle(it, 30)
    it.now("aws ec2 start-instances --instance-ids books")
    settle(it, 60)
    assert lost(it) == [] and it["data"].held(it.world)[0] > held
    assert it.good("users.all", it.session.now // 1000 - 8, it.session.now // 1000 - 4) == 1.0


@documented("EBS: a second attach of a volume in use is refused (VolumeInUse)", source=ERRORS)
def test_one_instance_at_a_time() -> None:
    refused = lab().do(f"{ATTACH} data --instance-id near")
    assert isinstance(refused, Refusal) and refused.code == "VolumeInUse"


@documented("EBS: a volume that is still being created cannot be attached (IncorrectState)", source=ERRORS)
def test_no_attach_while_creating() -> None:
    it = lab()
    it.now("aws ec2 create-volume --snapshot-id old --availability-zone use1-az1")
    refused = it.do(f"{ATTACH} data-1 --instance-id near")
    assert isinstance(refused, Refusal) and refused.code == "IncorrectState"


@documented("EBS: a detach stays busy while the instance has the volume mounted; force ends that", source=DETACH)
def test_a_detach_waits_for_its_instance() -> None:
    it = lab()
    it.now("aws ec2 detach-volume --volume-id data")
    settle(it, 300)
    assert (it["data"].attachment, it["data"].status) == ("busy", "in-use")
    it.now("aws ec2 detach-volume --volume-id data --force")
    settle(it, 15)
    assert it["data"].status == "available"


@documented("EBS: a detach by force may lose what was not flushed", source=DETACH)
def test_force_tears_the_last_writes() -> None:
    it = lab()
    it.now("aws ec2 detach-volume --volume-id data --force")
    settle(it, 15)
    assert lost(it) == [(pytest.approx(50, rel=0.1), 1.0)]


@documented("EBS: a volume in a dark zone stays there, still called in-use; not even force detaches it", source=VOLUMES)
def test_a_volume_is_stuck_in_a_dark_zone() -> None:
    it = lab()
    dark = it.break_("drill:az:power-interruption", "use1-az1")
    it.now("aws ec2 detach-volume --volume-id data --force")
    settle(it, 600)
    assert it["data"].status == "in-use" and it["data"].attached_to == "books"
    it.mend(dark)
    settle(it, 5)
    assert it["data"].status == "available"


@documented("EBS: a volume and what is on it are there again when the zone is", source=VOLUMES)
def test_the_zone_comes_back() -> None:
    it = lab()
    dark = it.break_("drill:az:power-interruption", "use1-az1")
    settle(it, 60)
    it.mend(dark)
    settle(it, 30)
    now = it.session.now // 1000
    assert lost(it) == [] and it.good("users.all", now - 10, now - 5) == 1.0


@documented("EBS: no volume can be made in a dark zone (InsufficientVolumeCapacity)", source=ERRORS)
def test_no_volume_in_a_dark_zone() -> None:
    it = lab()
    it.break_("drill:az:power-interruption", "use1-az2")
    refused = it.do("aws ec2 create-volume --snapshot-id old --availability-zone use1-az2")
    assert isinstance(refused, Refusal) and refused.code == "InsufficientVolumeCapacity"


@documented("EBS: a snapshot holds the moment at which it was asked for, whatever is written until it is completed",
            source=SNAPSHOTS)  # fmt: skip
def test_a_snapshot_is_a_moment() -> None:
    it = lab()
    it.now("aws ec2 create-snapshot --volume-id data")
    held = it["data"].held(it.world)[0]
    taken = it["data-snap-1"]
    assert taken.status == "pending"
    settle(it, 60)
    assert taken.status == "completed" and taken.position == pytest.approx(held, abs=60)
    assert it["data"].held(it.world)[0] > held + 2500


@documented(
    "EBS: a snapshot does not hold what applications and the operating system still have in memory", source=SNAPSHOTS
)
def test_a_snapshot_is_crash_consistent() -> None:
    it = lab()
    it.now("aws ec2 create-snapshot --volume-id data")
    assert it["data-snap-1"].position < it["data"].held(it.world)[0] - 40
    settle(it, 20)
    it.now("aws ec2 stop-instances --instance-ids books")
    settle(it, 30)
    it.now("aws ec2 create-snapshot --volume-id data")
    assert it["data-snap-2"].position == it["data"].held(it.world)[0], "a stopped instance has written everything"


@documented("EBS: describe-volume-status says impaired while I/O hangs",
            source="EC2 API reference: DescribeVolumeStatus")  # fmt: skip
def test_volume_status() -> None:
    it = lab()
    assert "ok" in it.output("aws ec2 describe-volume-status --volume-ids data")
    it.break_("aws:ebs:pause-volume-io", "data")
    it.run(40)
    assert "impaired" in it.output("aws ec2 describe-volume-status --volume-ids data")


@documented("EBS: commands as the documentation shows them are taken", source="AWS CLI reference: ec2")
@pytest.mark.parametrize("line", [
    "aws ec2 create-volume --size 80 --iops 4000 --availability-zone us-east-1a",
    "aws ec2 create-volume --availability-zone us-east-1a --snapshot-id old --region us-east-1",
    "aws ec2 create-snapshot --volume-id data --description 'This is my data volume snapshot'",
    "aws ec2 detach-volume --volume-id data",
    "aws ec2 describe-volumes --region us-east-1",
    "aws ec2 describe-snapshots --snapshot-ids old",
    "aws ec2 describe-volume-status --volume-ids data",
    "aws ec2 delete-snapshot --snapshot-id old",
    "aws ec2 copy-snapshot --region us-west-2 --source-region us-east-1 --source-snapshot-id old",
    "aws ec2 enable-fast-snapshot-restores --availability-zones us-east-1a us-east-1b --source-snapshot-ids old",
    "aws ec2 create-capacity-reservation --availability-zone us-east-1a --instance-type m5.large "
    "--instance-platform Linux/UNIX --instance-count 3",
    "aws ec2 describe-capacity-reservations",
    "aws ec2 describe-availability-zones --region us-east-1",
    "aws ec2 create-image --instance-id books --name 'My-server' --no-reboot",
])  # fmt: skip
def test_documented_commands(line: str) -> None:
    assert not isinstance(lab().do(line), Refusal)


@documented("EBS: the volume can be used while its snapshot is pending", source=SNAPSHOTS)
def test_a_snapshot_does_not_stop_the_volume() -> None:
    it = lab()
    it.now("aws ec2 create-snapshot --volume-id data")
    settle(it, 20)
    assert it["data-snap-1"].status == "pending" and it.good("users.all", 11, 25) == 1.0


@documented("EBS: nothing can be made from a snapshot that is not completed (IncorrectState)", source=ERRORS)
@pytest.mark.parametrize("state", ["pending", "error"])
def test_only_completed_snapshots(state: str) -> None:
    refused = lab(old={"starts": state}).do("aws ec2 create-volume --snapshot-id old --availability-zone use1-az2")
    assert isinstance(refused, Refusal) and refused.code == "IncorrectState"


@documented(
    "EBS: two snapshots of a volume within 15 s are refused (SnapshotCreationPerVolumeRateExceeded)", source=ERRORS
)
def test_fifteen_seconds_between_snapshots() -> None:
    it = lab()
    it.now("aws ec2 create-snapshot --volume-id data")
    settle(it, 13)
    refused = it.do("aws ec2 create-snapshot --volume-id data")
    assert isinstance(refused, Refusal) and refused.code == "SnapshotCreationPerVolumeRateExceeded"
    settle(it, 3)
    assert not isinstance(it.do("aws ec2 create-snapshot --volume-id data"), Refusal)


@documented("EBS: at most 5 snapshots of a volume are pending (ConcurrentSnapshotLimitExceeded)", source=SNAPSHOTS)
def test_five_pending_snapshots() -> None:
    it = lab()
    it.break_("drill:az:power-interruption", "use1-az1")  # none of them ends
    for _ in range(5):
        it.now("aws ec2 create-snapshot --volume-id data")
        settle(it, 16)
    refused = it.do("aws ec2 create-snapshot --volume-id data")
    assert isinstance(refused, Refusal) and refused.code == "ConcurrentSnapshotLimitExceeded"


@documented("EBS: a snapshot is of the Region: a volume can be made from it in another zone while its own is dark",
            source=SNAPSHOTS)  # fmt: skip
def test_a_snapshot_leads_out_of_a_dark_zone() -> None:
    it = lab()
    it.break_("drill:az:power-interruption", "use1-az1")
    assert restored(it, "old").zone == "use1-az2"


@documented(
    "EBS: a snapshot is unknown in another Region until it is copied there (InvalidSnapshot.NotFound)", source=ERRORS
)
def test_a_snapshot_is_copied_to_another_region() -> None:
    it = lab()
    line = "aws ec2 create-volume --snapshot-id {} --availability-zone usw2-az1"
    refused = it.do(line.format("old"))
    assert isinstance(refused, Refusal) and refused.code == "InvalidSnapshot.NotFound"
    it.now("aws ec2 copy-snapshot --source-region us-east-1 --source-snapshot-id old --region us-west-2")
    assert it["old-copy-1"].region == "us-west-2" and it["old-copy-1"].status == "pending"
    settle(it, 300)
    assert not isinstance(it.do(line.format("old-copy-1")), Refusal)


@documented("EBS: going on from a snapshot loses what was written after it", source=SNAPSHOTS)
def test_what_a_restore_loses() -> None:
    it = lab()
    it.now("aws ec2 create-snapshot --volume-id data")
    settle(it, 89.6)  # T+100 s
    it.break_("drill:az:power-interruption", "use1-az1")
    new = restored(it, "data-snap-1")
    assert lost(it) == []
    it.now(f"{ATTACH} {new.name} --instance-id spare")
    settle(it, 10)
    [(writes, seconds)] = lost(it)
    assert seconds == pytest.approx(90, abs=1.5) and writes == pytest.approx(90 * 50, rel=0.03)


@documented("EBS: a snapshot from before the drill loses as much more as it is older", source=SNAPSHOTS)
def test_what_an_old_snapshot_loses() -> None:
    it = lab()
    it.break_("drill:az:power-interruption", "use1-az1")
    new = restored(it, "old")
    it.now(f"{ATTACH} {new.name} --instance-id spare")
    settle(it, 10)
    [(writes, seconds)] = lost(it)
    assert seconds == pytest.approx(3610, abs=2) and writes == pytest.approx(3610 * 50, rel=0.03)


@documented("EBS: a restored volume is available at once, and slow until its blocks have come in",
            source="EBS User Guide: initialize volumes")  # fmt: skip
def test_lazy_loading() -> None:
    new = restored(it := lab(), "old")
    assert new.rate() < 0.5 * new.iops
    settle(it, 120)  # 10 GiB at 100 MiB/s
    assert new.rate() == new.iops


@documented(
    "EBS: a volume initialization rate of up to 300 MiB/s shortens that", source="EC2 API reference: CreateVolume"
)
def test_initialization_rate() -> None:
    it = lab()
    new = restored(it, "old", more="--volume-initialization-rate 300")
    settle(it, 40)
    assert new.rate() == new.iops
    line = "aws ec2 create-volume --snapshot-id old --availability-zone use1-az2 --volume-initialization-rate 500"
    refused = it.do(line)
    assert isinstance(refused, Refusal) and refused.code == "InvalidParameterValue"


@documented("EBS: fast snapshot restore takes 60 minutes per TiB until it helps, in its zones only",
            source="EBS User Guide: fast snapshot restore")  # fmt: skip
def test_fast_snapshot_restore() -> None:
    it = lab(data={"size": "100GiB"})
    it.now("aws ec2 enable-fast-snapshot-restores --availability-zones use1-az2 --source-snapshot-ids old")
    assert restored(it, "old").loaded < 1.0
    it.run(3600 * 100 / 1024 + 12)
    assert it["old"].fast == {"use1-az2": "enabled"}
    it.run(3600 * 100 / 1024 + 12 + 380)
    assert restored(it, "old").loaded == 1.0
    assert restored(it, "old", "use1-az3").loaded < 1.0


@documented("EBS: fast restore is good for 1024/GiB volumes an hour, 10 at most, and for none at first",
            source="EBS User Guide: fast snapshot restore")  # fmt: skip
def test_credits_of_fast_restore() -> None:
    it = lab(length="3h", data={"size": "256GiB"})
    it.now("aws ec2 enable-fast-snapshot-restores --availability-zones use1-az2 --source-snapshot-ids old")
    it.run(3600 * 256 / 1024 + 12)
    assert it["old"].fast == {"use1-az2": "enabled"}
    assert restored(it, "old").loaded < 1.0, "no credit yet"
    settle(it, 3600)
    assert [restored(it, "old").loaded == 1.0 for _ in range(5)] == [True] * 4 + [False]


@documented("EBS: fast snapshot restore costs $0.75 an hour for each snapshot and zone",
            source="EBS User Guide: fast snapshot restore")  # fmt: skip
def test_price_of_fast_restore() -> None:
    it = lab()
    before = it.world.hourly()
    it.now("aws ec2 enable-fast-snapshot-restores --availability-zones use1-az2 use1-az3 --source-snapshot-ids old")
    assert it.world.hourly() - before == pytest.approx(1.5)


@documented("EBS: paused I/O hangs: no answer, no error, and the instance is still running",
            source="AWS FIS actions reference: aws:ebs:pause-volume-io")  # fmt: skip
def test_paused_io() -> None:
    it = lab()
    pause = it.break_("aws:ebs:pause-volume-io", "data")
    it.run(40)
    assert it.good("users.all", 15, 30) == 0.0
    assert it.world.traffic.classes[0].failed.keys() == {"timeout"}
    assert it["books"].machine.state == "running" and it["data"].status == "in-use"
    assert it.sim.telemetry.last("data.VolumeStalledIOCheck") == 1.0
    assert it.sim.telemetry.last("books.StatusCheckFailed") == 1.0
    it.mend(pause)
    assert it.run(120).good("users.all", 110, 115) == 1.0


@documented(
    "EBS: added I/O latency is felt by each request", source="AWS FIS actions reference: aws:ebs:volume-io-latency"
)
def test_slow_io() -> None:
    it = lab()
    before = it.session.history.classes["users.all"].p95(9)
    it.break_("aws:ebs:volume-io-latency", "data", latency="200ms")
    it.run(20)
    assert it.session.history.classes["users.all"].p95(19) - before == pytest.approx(200, rel=0.05)


@documented("EBS: a volume does no more I/O than it is provisioned for; the rest waits", source=VOLUMES)
def test_iops_are_a_limit() -> None:
    it = lab(data={"iops": "80/s"})
    assert it.run(60)["data"].server.done == pytest.approx(80, rel=0.01)
    assert it["data"].server.waiting > 0


@documented("EBS: what is provisioned is paid, attached or not", source="EBS pricing", confidence="typical")
def test_price_of_a_volume() -> None:
    it = lab()
    before = it["data"].hourly(it.world)
    it.now("aws ec2 detach-volume --volume-id data --force")
    settle(it, 15)
    assert it["data"].hourly(it.world) == before == pytest.approx(10 * 0.08 / 730)


@documented("EBS: snapshots on a schedule, the oldest beyond the retention deleted",
            source="EBS User Guide: Amazon Data Lifecycle Manager")  # fmt: skip
def test_scheduled_snapshots() -> None:
    it = lab(data={"snapshots": {"every": "2m", "first": "1m", "keep": 2}}).run(8 * 60)
    mine = [c for n, c in it.world.components.items() if n.startswith("data-snap")]
    assert [s.taken // 1000 for s in mine] == [60, 180, 300, 420]
    shown = it.output("aws ec2 describe-snapshots")
    assert "T+01:00" not in shown and "T+05:00" in shown


@documented("EBS: a volume in use cannot be deleted (VolumeInUse); snapshots outlive a deleted volume", source=ERRORS)
def test_delete_volume() -> None:
    it = lab()
    refused = it.do("aws ec2 delete-volume --volume-id data")
    assert isinstance(refused, Refusal) and refused.code == "VolumeInUse"
    new = restored(it, "old")
    it.now(f"aws ec2 delete-volume --volume-id {new.name}")
    gone = it.do(f"{ATTACH} {new.name} --instance-id spare")
    assert isinstance(gone, Refusal) and gone.code == "InvalidVolume.NotFound"
    assert restored(it, "old").status == "available"


@documented("EBS: describe-volumes goes on saying in-use for a volume of a dark zone", source=VOLUMES)
def test_describe_knows_nothing_of_the_dark() -> None:
    it = lab()
    it.break_("drill:az:power-interruption", "use1-az1")
    settle(it, 60)
    assert "in-use" in it.output("aws ec2 describe-volumes --volume-ids data")


@documented("EBS: a data volume outlives the termination of its instance, and is available then", source=VOLUMES)
def test_a_volume_outlives_a_termination() -> None:
    it = lab()
    it.now("aws ec2 terminate-instances --instance-ids books")
    settle(it, 40)
    assert (it["data"].status, it["data"].attached_to) == ("available", "")
    it.now(f"{ATTACH} data --instance-id near")
    settle(it, 10)
    assert it["near"].volume == "data" and lost(it) == []


@documented("EBS: a server whose data volume is not attached answers nothing, though it runs", source=VOLUMES,
            confidence="judgment")  # fmt: skip
def test_a_server_without_its_data() -> None:
    it = lab()
    assert it["spare"].machine.state == "running" and not it["spare"].responds(it.world, 5_000)
    it.run(20)
    assert it.sim.telemetry.last("spare.StatusCheckFailed") == 0.0, "the instance itself is well"


def test_going_back_to_the_old_volume_gives_up_what_the_new_one_got() -> None:
    it = lab()
    it.now("aws ec2 create-snapshot --volume-id data")
    settle(it, 60)
    it.now("aws ec2 stop-instances --instance-ids books")
    settle(it, 30)
    new = restored(it, "data-snap-1", "use1-az1")
    it.now("aws ec2 detach-volume --volume-id data")
    settle(it, 15)
    it.now(f"{ATTACH} {new.name} --instance-id books")
    it.now("aws ec2 start-instances --instance-ids books")
    settle(it, 100)
    it.now("aws ec2 stop-instances --instance-ids books")
    settle(it, 30)
    wrote = new.acked
    it.now(f"aws ec2 detach-volume --volume-id {new.name}")
    settle(it, 15)
    it.now(f"{ATTACH} data --instance-id books")
    settle(it, 10)
    assert wrote > 1000 and [writes for writes, _ in lost(it)][-1] == pytest.approx(wrote)


def test_a_copy_of_a_copy_loses_only_what_came_after_it() -> None:
    it = lab()
    new = restored(it, "old")
    it.break_("drill:az:power-interruption", "use1-az1")
    it.now(f"{ATTACH} {new.name} --instance-id spare")
    settle(it, 10)
    it.now(f"aws ec2 create-snapshot --volume-id {new.name}")
    settle(it, 60)
    again = restored(it, f"{new.name}-snap-1", "use1-az2")
    assert again.store == "data" and again.base == pytest.approx(new.held(it.world)[0], abs=1.0)
