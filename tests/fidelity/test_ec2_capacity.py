"""Capacity pools, reservations, quotas and resource buckets of EC2, as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest

from drill.level.errors import LevelError
from drill.model.command import Refusal
from tests.engine.lab import Lab, tree
from tests.fidelity.documented import documented

RESERVE = "EC2 User Guide: On-Demand Capacity Reservations"
ERRORS = "EC2 API reference: error codes"
QUOTAS = "EC2 User Guide: On-Demand Instance quotas"
THROTTLING = "EC2 developer guide: request throttling"
STATIC = "AWS Well-Architected: static stability using Availability Zones"
HOLD = "aws ec2 create-capacity-reservation --instance-platform Linux/UNIX --instance-type {} --availability-zone {} " \
       "--instance-count {}"  # fmt: skip
RUN = "aws ec2 run-instances --image-id web-ami --instance-type {} --placement AvailabilityZone={} --count {}"


def lab(pools: dict[str, int] | None = None, vcpus: int = -1, **more: dict[str, Any]) -> Lab:
    """Return one m5.large in the first zone; ``pools`` are those of the second, where none runs."""
    zones = {"use1-az1": {"pools": pools or {}}, "use1-az2": {"pools": pools or {}}}
    web = {"kind": "ec2.instance", "zone": "use1-az1", "capacity": "100/s"}
    regions = {"us-east-1": {"zones": zones, "vcpus": vcpus}}
    users = {"users": {"enters": "web-1", "rate": "10/s"}}
    return Lab(tree({"web-1": web, **more}, users, regions=regions, length="20m")).run(5)


def code(answer: Any) -> str:
    return answer.code if isinstance(answer, Refusal) else ""


@documented("Capacity: other tenants who fail over take what a zone has left, within their minute", source=STATIC)
def test_the_rush() -> None:
    it = lab({"m5.large": 40})
    it.break_("drill:ec2:capacity-rush", "use1-az2", over="60s")
    assert 15 <= it.run(35).world.zones["use1-az2"].pools["m5.large"] <= 25
    it.run(70)
    assert code(it.do(RUN.format("m5.large", "use1-az2", 1))) == "InsufficientInstanceCapacity"


@documented("Capacity: when the others go home, there is capacity again", source=ERRORS)
def test_after_the_rush() -> None:
    it = lab({"m5.large": 40})
    rush = it.break_("drill:ec2:capacity-rush", "use1-az2", over="10s")
    it.run(60)
    it.mend(rush)
    assert it.world.zones["use1-az2"].pools["m5.large"] == 40
    assert not code(it.do(RUN.format("m5.large", "use1-az2", 1)))


@documented("Capacity: an injected capacity error is met by launches, starts and reservations",
            source="AWS FIS actions reference: aws:ec2:api-insufficient-instance-capacity-error")  # fmt: skip
def test_injected_capacity_error() -> None:
    it = lab()
    it.now("aws ec2 stop-instances --instance-ids web-1")
    it.run(40)
    it.break_("aws:ec2:api-insufficient-instance-capacity-error", "use1-az1")
    lines = [RUN.format("m5.large", "use1-az1", 1), HOLD.format("m5.large", "use1-az1", 1)]
    lines.append("aws ec2 start-instances --instance-ids web-1")
    assert {code(it.do(line)) for line in lines} == {"InsufficientInstanceCapacity"}


@documented("Capacity: a rush leaves what is reserved", source=RESERVE)
def test_reserved_capacity_outlives_the_rush() -> None:
    it = lab({"m5.large": 40})
    it.now(HOLD.format("m5.large", "use1-az2", 3))
    it.break_("drill:ec2:capacity-rush", "use1-az2", over="10s")
    it.run(60)
    assert code(it.do(RUN.format("m5.large", "use1-az2", 4))) == "InsufficientInstanceCapacity"
    it.now(RUN.format("m5.large", "use1-az2", 3))
    assert it.run(120)["web-4"].machine.ready


@documented("Capacity: a reservation holds capacity in one zone, for one type", source=RESERVE)
@pytest.mark.parametrize(("kind", "zone"), [("c5.large", "use1-az2"), ("m5.large", "use1-az1")])
def test_a_reservation_is_of_a_type_and_a_zone(kind: str, zone: str) -> None:
    it = lab({"m5.large": 2, "c5.large": 2})
    it.now(HOLD.format("m5.large", "use1-az2", 2))
    for where in ("use1-az1", "use1-az2"):
        it.break_("drill:ec2:capacity-rush", where, over="5s")
    it.run(30)
    assert code(it.do(RUN.format(kind, zone, 1))) == "InsufficientInstanceCapacity"


@documented("Capacity: there must be capacity to reserve (InsufficientInstanceCapacity)", source=RESERVE)
def test_nothing_to_reserve() -> None:
    assert code(lab({"m5.large": 1}).do(HOLD.format("m5.large", "use1-az2", 2))) == "InsufficientInstanceCapacity"


@documented("Capacity: unused reserved capacity costs the on-demand price; used, it costs no more than the instance",
            source=RESERVE)  # fmt: skip
def test_what_a_reservation_costs() -> None:
    it = lab()
    before = it.world.hourly()
    it.now(HOLD.format("m5.large", "use1-az2", 2))
    assert it.world.hourly() - before == pytest.approx(2 * 0.096)
    it.now(RUN.format("m5.large", "use1-az2", 2))
    it.run(60)
    assert it.world.hourly() - before == pytest.approx(2 * 0.096)


@documented("Capacity: an open reservation covers running instances of its type and zone first", source=RESERVE)
def test_open_matching_covers_what_runs() -> None:
    it = lab({"m5.large": 5})
    it.now(HOLD.format("m5.large", "use1-az1", 1))
    assert it["reserved-1"].free(it.world) == 0 and it.world.zones["use1-az1"].pools["m5.large"] == 5
    assert it.world.hourly() == pytest.approx(0.096)


@documented("Capacity: a launch uses an open reservation without being told to, and gives it back when it ends",
            source=RESERVE)  # fmt: skip
def test_launches_use_the_reservation() -> None:
    it = lab({"m5.large": 1})
    it.now(HOLD.format("m5.large", "use1-az2", 1))
    it.now(RUN.format("m5.large", "use1-az2", 1))
    it.run(60)
    assert it["reserved-1"].free(it.world) == 0
    it.now("aws ec2 terminate-instances --instance-ids web-2")
    it.run(120)
    assert it["reserved-1"].free(it.world) == 1 and it.world.zones["use1-az2"].pools["m5.large"] == 0


@documented("Capacity: a stopped instance starts into a reservation", source=RESERVE)
def test_a_start_uses_the_reservation() -> None:
    it = lab({"m5.large": 1})
    it.now("aws ec2 stop-instances --instance-ids web-1")
    it.run(40)
    it.now(HOLD.format("m5.large", "use1-az1", 2))
    it.break_("drill:ec2:capacity-rush", "use1-az1", over="5s")
    it.run(60)
    it.now("aws ec2 start-instances --instance-ids web-1")
    assert it.run(120)["web-1"].machine.ready


@documented("Capacity: a canceled reservation costs nothing, its capacity is everyone's, what runs in it runs on",
            source="EC2 API reference: CancelCapacityReservation")  # fmt: skip
def test_cancel() -> None:
    it = lab({"m5.large": 5})
    it.now(HOLD.format("m5.large", "use1-az2", 3))
    it.now(RUN.format("m5.large", "use1-az2", 1))
    it.run(60)
    it.now("aws ec2 cancel-capacity-reservation --capacity-reservation-id reserved-1")
    assert it.world.zones["use1-az2"].pools["m5.large"] == 4
    assert it["web-2"].machine.ready and it.world.hourly() == pytest.approx(2 * 0.096)
    again = it.do("aws ec2 cancel-capacity-reservation --capacity-reservation-id reserved-1")
    assert code(again) == "InvalidCapacityReservationState"


@documented("Capacity: describe-capacity-reservations shows total and available", source=RESERVE)
def test_describe_reservations() -> None:
    it = lab()
    it.now(HOLD.format("m5.large", "use1-az2", 3))
    it.now(RUN.format("m5.large", "use1-az2", 1))
    it.run(60)
    shown = it.output("aws ec2 describe-capacity-reservations").splitlines()[1].split()
    assert shown == ["reserved-1", "m5.large", "use1-az2", "active", "3", "2"]


@documented("Capacity: a reservation in a level holds its room from the start", source=RESERVE)
def test_a_level_reserves() -> None:
    it = lab({"m5.large": 2}, held={"kind": "ec2.capacity-reservation", "zone": "use1-az2", "count": 2})
    assert it.world.zones["use1-az2"].pools["m5.large"] == 0
    assert not code(it.do(RUN.format("m5.large", "use1-az2", 2)))


@documented("Capacity: types that a zone does not count share what is left for all others", source=ERRORS,
            confidence="judgment")  # fmt: skip
def test_other_types() -> None:
    it = lab({"m5.large": 5, "*": 1})
    it.now(RUN.format("c5.large", "use1-az2", 1))
    assert code(it.do(RUN.format("r5.large", "use1-az2", 1))) == "InsufficientInstanceCapacity"


@documented("Capacity: fewer than asked for are launched where only they fit, down to the minimum",
            source="EC2 API reference: RunInstances")  # fmt: skip
def test_min_and_max_count() -> None:
    it = lab({"m5.large": 2})
    it.now("aws ec2 run-instances --image-id web-ami --placement AvailabilityZone=use1-az2 --count 1:5")
    assert [n for n in it.world.components if n.startswith("web-")] == ["web-1", "web-2", "web-3"]
    more = "aws ec2 run-instances --image-id web-ami --placement AvailabilityZone=use1-az1 --count 3:5"
    assert code(it.do(more)) == "InsufficientInstanceCapacity"


@documented("Capacity: a rush on a zone whose capacity a level does not count is refused", source=STATIC,
            confidence="judgment")  # fmt: skip
def test_lint_refuses_a_rush_on_nothing() -> None:
    with pytest.raises(LevelError, match="give it `pools`"):
        rush = {"at": "1m", "fault": "drill:ec2:capacity-rush", "target": "use1-az1"}
        web = {"kind": "ec2.instance", "zone": "use1-az1"}
        Lab(tree({"web-1": web}, {"users": {"enters": "web-1", "rate": "1/s"}}, {"rush": rush}))


# ---- the account's own limits ----


@documented("Quotas: launches beyond the account's vCPUs of a Region are refused (VcpuLimitExceeded)", source=QUOTAS)
def test_vcpu_quota() -> None:
    it = lab(vcpus=6)
    assert code(it.do(RUN.format("m5.large", "use1-az2", 3))) == "VcpuLimitExceeded"
    assert code(it.do(RUN.format("m5.2xlarge", "use1-az2", 1))) == "VcpuLimitExceeded"
    it.now(RUN.format("m5.large", "use1-az2", 2))
    assert code(it.do(RUN.format("t3.micro", "use1-az1", 1))) == "VcpuLimitExceeded"


@documented("Quotas: what counts is vCPUs that run, not instances; stopped ones do not count", source=QUOTAS)
def test_stopped_instances_do_not_count() -> None:
    it = lab(vcpus=2)
    assert code(it.do(RUN.format("m5.large", "use1-az2", 1))) == "VcpuLimitExceeded"
    it.now("aws ec2 stop-instances --instance-ids web-1")
    it.run(40)
    assert not code(it.do(RUN.format("m5.large", "use1-az2", 1)))


@documented("Quotas: a start is refused beyond the quota as a launch is; both name the vCPU limit", source=ERRORS)
def test_starts_are_within_the_quota() -> None:
    it = lab(vcpus=2, spare={"kind": "ec2.instance", "zone": "use1-az2", "starts": "stopped"})
    found = it.do("aws ec2 start-instances --instance-ids spare")
    assert code(found) == "VcpuLimitExceeded" and "vCPU limit of 2" in str(found)


@documented("Quotas: a reservation's free places count toward the quota, and launches into them add nothing",
            source="EC2 User Guide: On-Demand Capacity Reservations, limits")  # fmt: skip
def test_reservations_count() -> None:
    it = lab(vcpus=6)
    it.now(HOLD.format("m5.large", "use1-az2", 2))
    assert code(it.do(RUN.format("m5.large", "use1-az1", 1))) == "VcpuLimitExceeded"
    assert not code(it.do(RUN.format("m5.large", "use1-az2", 2)))


@documented("Quotas: a reservation beyond the quota is refused with InstanceLimitExceeded", source=ERRORS)
def test_reservations_are_within_the_quota() -> None:
    it = lab(vcpus=6)
    assert code(it.do(HOLD.format("m5.large", "use1-az2", 3))) == "InstanceLimitExceeded"
    assert not code(it.do(HOLD.format("m5.large", "use1-az2", 2)))


@documented("Quotas: a group's launches beyond the quota fail, and only its activities say so", source=ERRORS)
def test_groups_launch_within_the_quota() -> None:
    group = {"kind": "autoscaling.group", "zones": ["use1-az1", "use1-az2"], "min": 1, "desired": 1, "max": 9}
    it = lab(vcpus=8, fleet=group)
    it.now("aws autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity 6")
    it.run(120)
    assert len(it["fleet"].machines) == 3
    assert "VcpuLimitExceeded" in it.output("aws autoscaling describe-scaling-activities")


@documented("Capacity: a reservation with an end date expires then; what runs in it runs on", source=RESERVE)
def test_reservations_end() -> None:
    it = lab({"m5.large": 3})
    line = HOLD.format("m5.large", "use1-az2", 3)
    it.now(f"{line} --end-date-type limited --end-date 2026-01-01T00:05:00Z")
    it.now(RUN.format("m5.large", "use1-az2", 1))
    it.run(299)
    assert it["reserved-1"].status == "active" and it["reserved-1"].hourly(it.world) > 0
    assert it.world.zones["use1-az2"].pools["m5.large"] == 0
    it.run(301)
    assert it["reserved-1"].status == "expired" and it["reserved-1"].hourly(it.world) == 0
    assert it.world.zones["use1-az2"].pools["m5.large"] == 2
    assert it["web-2"].machine.state == "running"


@documented("Capacity: an end date goes with the type limited, and lies ahead", source=RESERVE)
def test_reservations_with_a_wrong_end() -> None:
    it = lab()
    line = HOLD.format("m5.large", "use1-az2", 1)
    assert code(it.do(f"{line} --end-date-type limited")) == "InvalidParameterCombination"
    assert code(it.do(f"{line} --end-date 00:10:00")) == "InvalidParameterCombination"
    assert code(it.do(f"{line} --end-date-type limited --end-date 00:00:01")) == "InvalidParameterValue"


@documented("Quotas: a quota is not capacity: with room in the one, the other can be missing", source=ERRORS)
def test_quota_and_capacity_are_two_things() -> None:
    it = lab({"m5.large": 0}, vcpus=100)
    assert code(it.do(RUN.format("m5.large", "use1-az2", 1))) == "InsufficientInstanceCapacity"


@documented("Throttling: RunInstances and StartInstances share out resource tokens: 1000, 2 instances a second",
            source=THROTTLING)  # fmt: skip
def test_resource_tokens() -> None:
    it = lab()
    plane = it.world.plane("ec2", "us-east-1")
    it.now(RUN.format("m5.large", "use1-az2", 10))
    assert plane.tokens["RunInstances/resources"][0] == 990
    plane.tokens["RunInstances/resources"] = (5.0, it.world.now)
    assert it.now(RUN.format("m5.large", "use1-az2", 10)).error == "RequestLimitExceeded"
    it.run(it.session.now / 1000 + 3)
    assert it.now(RUN.format("m5.large", "use1-az2", 10)).error == ""


@documented("Throttling: StopInstances and TerminateInstances have resource tokens of 1000, 20 instances a second",
            source=THROTTLING)  # fmt: skip
def test_resource_tokens_of_stops() -> None:
    it = lab()
    it.now("aws ec2 stop-instances --instance-ids web-1")
    assert it.world.plane("ec2", "us-east-1").tokens["StopInstances/resources"][0] == 999
