"""Scaling: target tracking, step and simple policies on average CPU, and scheduled actions."""

from typing import Annotated, Any, Literal

import msgspec

from drill.catalog.autoscaling.upkeep import counted, note
from drill.model.component import Process, ref
from drill.model.units import MINUTE, Duration
from drill.model.world import World

OUT_AFTER = 3  # minutes above the target before target tracking scales out
IN_AFTER = 15  # minutes below 90 % of it before it scales in

Adjustment = Literal["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]


class Tracking(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Target tracking on average CPU, or on a custom ``metric`` that falls as instances are added, towards ``value``.

    ``warmup``: how long a new instance does not count yet.
    """

    cpu: float = 60.0  # percent
    metric: Annotated[str, ref("cloudwatch.custom-metric")] = ""
    value: float = 0.0  # the target of ``metric``
    warmup: Duration = Duration(120_000)  # how long a new instance does not count
    scale_in: bool = True  # whether it takes instances away too

    @property
    def target(self) -> float:
        """What it keeps the metric at."""
        return self.value if self.metric else self.cpu

    def says(self) -> str:
        """Return what it follows, in words."""
        return self.metric or "average CPU"


class Step(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One step of a policy: bounds in points of CPU from the threshold, and what it changes."""

    lower: float | None = None
    upper: float | None = None
    change: int


class Policy(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A step or simple scaling policy with its own alarm on average CPU."""

    type: Literal["step", "simple"] = "step"
    above: float | None = None  # its alarm: CPU in percent above this
    below: float | None = None  # or below this
    minutes: int = 3  # datapoints of a minute each until its alarm acts
    adjust: Adjustment = "ChangeInCapacity"  # what `change` means
    change: int = 0  # where there are no steps
    steps: list[Step] = []  # how much, by how far the alarm is breached
    cooldown: Duration | None = None  # simple: how long no other simple policy acts; default: the group's
    warmup: Duration | None = None  # step: how long a new instance does not count; default: the group's
    enabled: bool = True
    by_hand: bool = False  # it has no alarm: only execute-policy carries it out


class Planned(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A scheduled action: the sizes that the group gets at a time."""

    at: Duration
    min: int | None = None
    max: int | None = None
    desired: int | None = None


def follow(group: Any, world: World, clock: Any) -> Process:
    """Each minute, let target tracking and every policy look at average CPU."""
    cpu = type(group).metrics[0]
    while True:
        yield clock.probe(MINUTE - clock.now % MINUTE or MINUTE, "scaling", group.name)
        value = cpu.read(group, world)
        if group.tracking is not None:
            custom = world.components.get(group.tracking.metric)
            _track(group, getattr(custom, "value", None) if group.tracking.metric else value, clock)
        for name, policy in group.policies.items():
            breached = value is not None and _breaches(policy, value)
            group.breaches[name] = group.breaches.get(name, 0) + 1 if breached else 0
            if value is not None and group.breaches[name] >= policy.minutes and group.active("AlarmNotification"):
                execute(group, name, value, clock)


def _track(group: Any, value: float | None, clock: Any) -> None:
    """Compare average CPU with the target; change desired capacity after enough minutes in a row."""
    if value is None or clock.now < group.settles:
        group.above = group.below = 0
        return
    target = group.tracking.target
    group.above = group.above + 1 if value > target else 0
    group.below = group.below + 1 if value < target * 0.9 else 0
    if not group.active("AlarmNotification"):
        return
    if group.above >= OUT_AFTER and group.desired < group.max:
        serving = max(1, len(counted(group)))
        wanted = int(serving * value / target) + 1
        group.desired = min(group.max, max(group.desired + 1, wanted))
        _settle(group, clock, "above")
        group.above = 0
    elif group.below >= IN_AFTER and group.desired > group.min and group.tracking.scale_in:
        group.desired -= 1
        _settle(group, clock, "below")
        group.below = 0


def _settle(group: Any, clock: Any, side: str) -> None:
    group.settles = clock.now + group.tracking.warmup
    note(
        group,
        clock,
        f"Target tracking: {group.tracking.says()} is {side} the target; desired capacity is now {group.desired}.",
    )


def _breaches(policy: Policy, value: float) -> bool:
    if policy.above is not None and value > policy.above:
        return True
    return policy.below is not None and value < policy.below


def threshold_of(policy: Policy) -> float:
    """Return the threshold of a policy's alarm, in percent."""
    return policy.above if policy.above is not None else (policy.below or 0.0)


def execute(group: Any, name: str, value: float, clock: Any, threshold: float | None = None, because: str = "") -> bool:
    """Carry out one policy, as its alarm would; tell whether it changed desired capacity."""
    policy: Policy = group.policies[name]
    if not policy.enabled or (policy.type == "simple" and clock.now < group.cooling):
        return False
    change = _change(policy, value - (threshold_of(policy) if threshold is None else threshold))
    if change is None:
        return False
    warming = _warming(group, policy, clock.now)
    if policy.adjust == "ExactCapacity":
        wanted = change
    elif change < 0:
        if policy.type == "step" and warming:
            return False  # what is still warming up must count before a step takes anything away
        wanted = group.desired + _amount(policy, group.desired, change)
    else:
        base = group.desired - (warming if policy.type == "step" else 0)
        wanted = max(group.desired, base + _amount(policy, base, change))
    wanted = min(group.max, max(group.min, wanted))
    if wanted == group.desired:
        return False
    group.desired = wanted
    if policy.type == "simple":
        group.cooling = clock.now + int(group.cooldown if policy.cooldown is None else policy.cooldown)
    because = because or f"average CPU is {value:.0f} %"
    note(group, clock, f"Policy {name}: {because}; desired capacity is now {wanted}.")
    return True


def _change(policy: Policy, distance: float) -> int | None:
    """Return the change of the step in which the breach lies; bounds belong to the side of the threshold."""
    if not policy.steps:
        return policy.change
    for step in policy.steps:
        low, high = step.lower, step.upper
        if distance >= 0:
            inside = (low is None or distance >= low) and (high is None or distance < high)
        else:
            inside = (low is None or distance > low) and (high is None or distance <= high)
        if inside:
            return step.change
    return None


def _amount(policy: Policy, base: int, change: int) -> int:
    """Return a change in instances: of a percentage, more than nothing is at least one, and fractions go to zero."""
    if policy.adjust != "PercentChangeInCapacity":
        return change
    exact = base * change / 100
    if 0 < exact < 1:
        return 1
    if -1 < exact < 0:
        return -1
    return int(exact)


def _warming(group: Any, policy: Policy, now: int) -> int:
    """Return how many machines are too new to count for a step policy."""
    warmup = int(policy.warmup if policy.warmup is not None else group.warmup)
    new = [m for m in counted(group) if m.boots and (m.state == "pending" or now - m.since < warmup)]
    return len(new)


def at_time(group: Any, name: str, world: World, clock: Any) -> Process:
    """Wait for a scheduled action's time and carry it out, unless it was deleted, changed or is suspended."""
    planned: Planned = group.schedule[name]
    yield clock.wait(max(0, int(planned.at) - clock.now), "scheduled action", group.name)
    if group.schedule.get(name) is not planned:
        return
    del group.schedule[name]
    if not group.active("ScheduledActions"):
        return
    group.resize(planned.min, planned.max, planned.desired)
    note(group, clock, f"Scheduled action {name}: desired capacity is now {group.desired}.")
