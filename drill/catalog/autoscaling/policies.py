"""Auto Scaling operations on scaling policies and scheduled actions."""

from typing import Annotated, Any, Literal

import msgspec

from drill.catalog.autoscaling import scaling
from drill.catalog.autoscaling.actions import OnGroup
from drill.catalog.autoscaling.scaling import Adjustment, Planned, Policy, Step, Tracking
from drill.model.command import Receipt, Refusal
from drill.model.component import Process, ref
from drill.model.units import DAY, SECOND, Duration, time_of_day
from drill.model.world import World


class _Shape(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True, omit_defaults=True):
    """Base of the nested parameters."""


class StepAdjustment(_Shape, kw_only=True):
    """One step: bounds from the alarm's threshold, and the change."""

    metric_interval_lower_bound: float | None = None
    metric_interval_upper_bound: float | None = None
    scaling_adjustment: int


class PredefinedMetricSpecification(_Shape, kw_only=True):
    """What target tracking follows."""

    predefined_metric_type: Literal["ASGAverageCPUUtilization"]


class MetricDimension(_Shape, kw_only=True):
    """``Value`` names a custom metric here."""

    name: str
    value: Annotated[str, ref("cloudwatch.custom-metric")]


class CustomizedMetricSpecification(_Shape, kw_only=True):
    """A custom metric that target tracking follows: by its name, or by its dimension's value."""

    metric_name: Annotated[str, ref("cloudwatch.custom-metric")]
    namespace: str
    dimensions: list[MetricDimension] = []
    statistic: Literal["Average"] = "Average"

    def of(self) -> str:
        """Return the name of the metric's component."""
        return self.dimensions[0].value if self.dimensions else self.metric_name


class TargetTrackingConfiguration(_Shape, kw_only=True):
    """The target, and whether instances are taken away too."""

    predefined_metric_specification: PredefinedMetricSpecification | None = None
    customized_metric_specification: CustomizedMetricSpecification | None = None
    target_value: float
    disable_scale_in: bool = False


class PutScalingPolicy(OnGroup, kw_only=True, tag="autoscaling:PutScalingPolicy"):
    """Make or change a scaling policy. Target tracking makes its own alarms; step and simple policies wait for an
    alarm of yours, or for execute-policy. Source: Auto Scaling API reference."""

    summary = "Make or change how it scales"

    policy_name: str
    policy_type: Literal["TargetTrackingScaling", "StepScaling", "SimpleScaling"] = "SimpleScaling"
    adjustment_type: Adjustment | None = None
    scaling_adjustment: int | None = None
    cooldown: int | None = None
    step_adjustments: list[StepAdjustment] = msgspec.field(default_factory=list)
    estimated_instance_warmup: int | None = None
    target_tracking_configuration: TargetTrackingConfiguration | None = None
    enabled: bool = True

    def check(self, world: World) -> Refusal | None:
        """Refuse parameters that do not go with the policy's type."""
        refusal = OnGroup.check(self, world)
        if refusal is not None:
            return refusal
        if self.policy_type == "TargetTrackingScaling":
            wanted = self.target_tracking_configuration
            if wanted is None:
                return self.refuse("ValidationError", "TargetTrackingConfiguration must be specified")
            if (wanted.predefined_metric_specification is None) == (wanted.customized_metric_specification is None):
                text = "Specify either a PredefinedMetricSpecification or a CustomizedMetricSpecification."
                return self.refuse("ValidationError", text)
            return None
        if self.adjustment_type is None:
            return self.refuse("ValidationError", "AdjustmentType must be specified")
        if self.policy_type == "StepScaling" and not self.step_adjustments:
            return self.refuse("ValidationError", "At least one StepAdjustment must be specified")
        if self.policy_type == "SimpleScaling" and self.scaling_adjustment is None:
            return self.refuse("ValidationError", "ScalingAdjustment must be specified")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It holds from now on; a policy of the same name keeps its alarm."""
        group = self.owner(world)
        if self.target_tracking_configuration is not None:
            wanted = self.target_tracking_configuration
            warmup = self.estimated_instance_warmup
            was = group.tracking
            ms = int(was.warmup if was else group.warmup) if warmup is None else warmup * SECOND
            custom = wanted.customized_metric_specification
            group.tracking = Tracking(
                cpu=wanted.target_value, warmup=Duration(ms), scale_in=not wanted.disable_scale_in,
                metric=custom.of() if custom is not None else "", value=wanted.target_value,
            )  # fmt: skip
            if not self.enabled:
                group.tracking = None
        else:
            old = group.policies.get(self.policy_name)
            group.policies[self.policy_name] = Policy(
                type="step" if self.policy_type == "StepScaling" else "simple",
                above=old.above if old else None,
                below=old.below if old else None,
                minutes=old.minutes if old else 3,
                adjust=self.adjustment_type or "ChangeInCapacity",
                change=self.scaling_adjustment or 0,
                steps=[
                    Step(
                        lower=step.metric_interval_lower_bound,
                        upper=step.metric_interval_upper_bound,
                        change=step.scaling_adjustment,
                    )
                    for step in self.step_adjustments
                ],
                cooldown=None if self.cooldown is None else Duration(self.cooldown * SECOND),
                warmup=None
                if self.estimated_instance_warmup is None
                else Duration(self.estimated_instance_warmup * SECOND),
                enabled=self.enabled,
            )
        if not group.follows:
            group.follows = True
            clock.start(scaling.follow(group, world, clock))
        yield from ()


class _OnPolicy(OnGroup, kw_only=True):
    """What operations on one policy share."""

    policy_name: str

    def check(self, world: World) -> Refusal | None:
        """Refuse a policy that does not exist."""
        refusal = OnGroup.check(self, world)
        if refusal is None and self.policy_name not in self.owner(world).policies:
            return self.refuse("ValidationError", f"PolicyName not found - {self.policy_name}")
        return refusal


class ExecutePolicy(_OnPolicy, kw_only=True, tag="autoscaling:ExecutePolicy"):
    """Carry a policy out now, whatever its alarm says. Source: Auto Scaling API reference."""

    summary = "Carry one of its policies out now"

    honor_cooldown: bool = False
    metric_value: float | None = None
    breach_threshold: float | None = None

    def check(self, world: World) -> Refusal | None:
        """Refuse a step policy without the metric's value, and what a cooldown forbids."""
        refusal = _OnPolicy.check(self, world)
        if refusal is not None:
            return refusal
        group = self.owner(world)
        steps = group.policies[self.policy_name].type == "step"
        if steps and (self.metric_value is None or self.breach_threshold is None):
            return self.refuse("ValidationError", "MetricValue and BreachThreshold must be specified for StepScaling")
        if self.honor_cooldown and world.now < group.cooling:
            return self.refuse("ScalingActivityInProgress", f"Scaling activity in progress for {group.name}.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """As its alarm would; without --honor-cooldown a cooldown does not matter."""
        group = self.owner(world)
        if not self.honor_cooldown:
            group.cooling = min(group.cooling, clock.now)
        scaling.execute(group, self.policy_name, self.metric_value or 0.0, clock, self.breach_threshold)
        yield from ()


class DeletePolicy(_OnPolicy, kw_only=True, tag="autoscaling:DeletePolicy"):
    """Delete a scaling policy. Source: Auto Scaling API reference."""

    summary = "Delete one of its policies"
    usual = 70

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Nothing acts on its alarm any more."""
        group = self.owner(world)
        group.policies.pop(self.policy_name, None)
        group.breaches.pop(self.policy_name, None)
        yield from ()


class DescribePolicies(OnGroup, kw_only=True, tag="autoscaling:DescribePolicies"):
    """Show a group's policies. Source: Auto Scaling API reference."""

    summary = "Show how it scales"
    reads = True
    bucket = (100.0, 20.0)

    def output(self, world: World, telemetry: Any) -> str:
        """Return one row per policy."""
        group = self.owner(world)
        rows = []
        if group.tracking is not None:
            what = f"{group.tracking.metric or 'CPU %'} at {group.tracking.target:g}"
            rows.append(("target-tracking", "TargetTrackingScaling", what, ""))
        for name, policy in group.policies.items():
            side = "above" if policy.above is not None else "below"
            alarm = f"CPU {side} {scaling.threshold_of(policy):g} % for {policy.minutes} min"
            change = "; ".join(f"{step.change:+d}" for step in policy.steps) or f"{policy.change:+d}"
            rows.append((name, f"{policy.type.title()}Scaling", alarm, change))
        return str(telemetry.table(("PolicyName", "PolicyType", "Alarm", "Adjustment"), rows))


class PutScheduledUpdateGroupAction(OnGroup, kw_only=True, tag="autoscaling:PutScheduledUpdateGroupAction"):
    """Give a group other sizes at a time. A drill begins at 00:00:00Z. Source: Auto Scaling API reference."""

    summary = "Give it other sizes at a time to come"

    scheduled_action_name: str
    start_time: str = ""
    min_size: int | None = None
    max_size: int | None = None
    desired_capacity: int | None = None

    def check(self, world: World) -> Refusal | None:
        """Refuse a time that is past or none, and an action that changes nothing."""
        refusal = OnGroup.check(self, world)
        if refusal is not None:
            return refusal
        at = time_of_day(self.start_time)
        if at is None or at >= DAY:
            return self.refuse("ValidationError", f"Invalid start time: {self.start_time or 'none'}")
        if at <= world.now:
            return self.refuse("ValidationError", "Given start time is in the past")
        if self.min_size is None and self.max_size is None and self.desired_capacity is None:
            return self.refuse("ValidationError", "At least one of MinSize, MaxSize or DesiredCapacity is required.")
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """One of the same name is replaced."""
        group = self.owner(world)
        at = Duration(time_of_day(self.start_time) or 0)
        group.schedule[self.scheduled_action_name] = Planned(
            at=at, min=self.min_size, max=self.max_size, desired=self.desired_capacity
        )
        yield from scaling.at_time(group, self.scheduled_action_name, world, clock)


class DeleteScheduledAction(OnGroup, kw_only=True, tag="autoscaling:DeleteScheduledAction"):
    """Delete a scheduled action. Source: Auto Scaling API reference."""

    summary = "Delete a scheduled action"
    usual = 71

    scheduled_action_name: str

    def check(self, world: World) -> Refusal | None:
        """Refuse one that does not exist."""
        refusal = OnGroup.check(self, world)
        if refusal is None and self.scheduled_action_name not in self.owner(world).schedule:
            return self.refuse("ValidationError", f"Scheduled action name not found - {self.scheduled_action_name}")
        return refusal

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """Its time will pass."""
        self.owner(world).schedule.pop(self.scheduled_action_name, None)
        yield from ()
