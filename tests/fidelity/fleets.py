"""Small worlds around one Auto Scaling group, for its fidelity tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drill.model.command import Refusal
from tests.engine.lab import Lab, tree

HEALTH = "EC2 Auto Scaling User Guide: health checks for instances in an Auto Scaling group"
SUSPEND = "EC2 Auto Scaling User Guide: how suspended processes affect other processes"
BALANCE = "EC2 Auto Scaling User Guide: rebalancing activities"
REFRESH = "EC2 Auto Scaling User Guide: how an instance refresh works"
POLICIES = "EC2 Auto Scaling User Guide: step and simple scaling policies"
API = "Auto Scaling API reference"
ON = "--auto-scaling-group-name fleet"


def fleet(
    rate: int = 300, check: str = "10s", parts: dict[str, Any] | None = None, length: str = "60m", **group: Any
) -> Lab:
    """Return a lab: a group ``fleet`` of 6 x 100/s over three zones behind ``alb``; more fields for the group."""
    zones = ["use1-az1", "use1-az2", "use1-az3"]
    wanted: dict[str, Any] = {
        "fleet": {
            "kind": "autoscaling.group",
            "zones": zones,
            "min": 1,
            "desired": 6,
            "max": 12,
            "boot": "30s",
            **group,
        },
        "alb": {
            "kind": "elb.application-load-balancer",
            "zones": zones,
            "targets": ["fleet"],
            "health_check": {"interval": check, "timeout": "5s", "healthy": 2, "unhealthy": 2},
        },
        **(parts or {}),
    }
    users = {"enters": "alb", "rate": f"{rate}/s", "classes": {"all": {"patience": "3s"}}}
    return Lab(tree(wanted, {"users": users}, length=length))


def asg(it: Lab, operation: str, rest: str = "") -> None:
    """Give an operation on the group, which must be taken."""
    it.now(f"aws autoscaling {operation} {ON} {rest}".rstrip())


def refused(it: Lab, operation: str, rest: str = "") -> str:
    """Give an operation on the group, which must be refused; return AWS's code."""
    found = it.do(f"aws autoscaling {operation} {ON} {rest}".rstrip())
    assert isinstance(found, Refusal), found
    return found.code


def at(it: Lab) -> float:
    """Return the second that it is."""
    return it.session.now / 1000


def later(it: Lab, seconds: float) -> Lab:
    """Let so much time pass."""
    return it.run(at(it) + seconds)


def until(it: Lab, condition: Callable[[], bool], most: float = 600, step: float = 1) -> float:
    """Let time pass until ``condition``; return the seconds that took."""
    began = at(it)
    while not condition():
        assert at(it) - began < most, f"not within {most} s"
        later(it, step)
    return at(it) - began


def machine(it: Lab, n: int) -> Any:
    """Return the group's machine number ``n``."""
    return next(m for m in it["fleet"].machines if m.id == f"fleet-{n}")


def names(it: Lab) -> list[str]:
    """Return the ids of machines that are not being taken out."""
    return [m.id for m in it["fleet"].machines if not m.leaving]


def serving(it: Lab, zone: str = "") -> int:
    """Return how many machines answer (in a zone)."""
    return len([m for m in it["fleet"].machines if m.works(it.world) and not m.leaving and zone in ("", m.zone)])


def hang(it: Lab, *numbers: int) -> None:
    """Let the application hang on machines: their hosts are well."""
    it.sim.before_command()
    for n in numbers:
        machine(it, n).ready = False
    it.touch()
