"""Custom metrics: figures that somebody's own program puts into CloudWatch, and that end when the program does."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec

from drill.catalog.cloudwatch.actions import Dimension
from drill.model.command import Action, Receipt, Refusal
from drill.model.component import STATE, Component, Metric, Process, ref
from drill.model.units import MINUTE, SECOND, Duration
from drill.model.world import World

FIRST = 2 * MINUTE  # until the first data of a new metric can be read ("up to two minutes")
DELAY = 30 * SECOND  # until data of a known metric can (judgment; no figure is promised)
PRICE = 0.30 / 730  # US dollars per hour for one custom metric (list price)
HIGH = (10_000, 30_000)  # ms: periods of high-resolution metrics


class CustomMetric(Component, kw_only=True, tag="cloudwatch.custom-metric"):
    """A figure that a program on ``by`` puts into CloudWatch: another metric, perhaps over a second one.

    Its metric is ``Value``. While the publisher is away nothing is put, and nothing says so: data are missing.
    """

    title = "CloudWatch custom metric"
    glyph = "∿"
    ascii = "m"
    tier = 95
    scope = "regional"
    metrics = (Metric("Value", "", lambda it, w: it.value),)
    figures = {
        "delay": "30 s until data can be read (judgment); up to 2 min for a metric's first (documented)",
        "resolution": "a minute, or 10 s and 30 s as a high-resolution metric (documented)",
        "price": "$0.30 per metric and month (list price)",
    }
    sources = ("CloudWatch User Guide: publish custom metrics", "CloudWatch API reference: PutMetricData")

    by: Annotated[str, ref("ec2.instance", "autoscaling.group")] = ""  # whose program publishes; "": operators by hand
    counts: str = ""  # component.MetricName, or population.rate
    per: str = ""  # what it is divided by, likewise
    every: Duration = Duration(60_000)  # 10s, 30s, or minutes
    delay: Duration = Duration(DELAY)  # until it can be read
    value: Annotated[float | None, STATE] = None  # what can be read now; None: no data
    until: Annotated[int, STATE] = 0  # ms: for so long the newest datapoint stands

    def problems(self, world: World) -> Iterator[str]:
        """Yield what a level got wrong."""
        if self.every not in HIGH and (self.every <= 0 or self.every % MINUTE):
            yield "a custom metric is published every 10s, 30s, or every few minutes"
        for name in (self.counts, self.per):
            if name and not _known(name, world):
                yield f"{name!r} is no metric of a component, and no population.rate"
        if bool(self.by) != bool(self.counts):
            yield "a custom metric has both, `by` (who publishes it) and `counts` (what), or neither"

    def processes(self, world: World, clock: Any) -> Iterable[Process]:
        """Return its publisher."""
        return [self._published(world, clock)] if self.by else []

    def _published(self, world: World, clock: Any) -> Process:
        """Put a datapoint each period while the publisher works; it runs since long before T+0."""
        yield clock.probe(SECOND, "custom metric", self.name)  # at T+0 nothing has been counted yet
        clock.start(self.stand(self._read(world), int(self.every) + int(self.delay), clock))
        while True:
            yield clock.probe(self.every, "custom metric", self.name)
            if self._publishes(world):
                clock.start(self._arrive(self._read(world), int(self.every), clock))

    def _arrive(self, value: float | None, lasts: int, clock: Any) -> Process:
        yield clock.wait(self.delay, "custom metric", self.name)
        yield from self.stand(value, lasts, clock)

    def stand(self, value: float | None, lasts: int, clock: Any) -> Process:
        """Let a datapoint be what can be read, until its period is over and no other has come."""
        self.value, self.until = value, clock.now + lasts + SECOND
        yield clock.wait(lasts + SECOND, "custom metric", self.name)
        if clock.now >= self.until:
            self.value = None

    def _publishes(self, world: World) -> bool:
        owner = world.components[self.by]
        return world.region_up(owner.region) and any(machine.reachable(world) for machine in owner.fleet())

    def _read(self, world: World) -> float | None:
        value = _measure(self.counts, world)
        parts = _measure(self.per, world) if self.per else 1.0
        return None if value is None or not parts else value / parts

    def observed(self, world: World) -> dict[str, Any]:
        """Return its newest figure."""
        by = f"by {self.by}" if self.by else "by hand"
        if self.value is None:
            return {"state": "no data", "health": "off", "note": by}
        return {"state": f"{self.value:.4g}", "health": "ok", "note": by}

    def hourly(self, world: World) -> float:
        """Return its price."""
        return float(self.price) if self.price is not None else PRICE


def _known(name: str, world: World) -> bool:
    owner, _, metric = name.rpartition(".")
    component = world.components.get(owner)
    if component is None:
        return metric == "rate"
    return any(found.name == metric for found in type(component).metrics)


def _measure(name: str, world: World) -> float | None:
    """Return what a metric is in the second just gone, or a population's first asks per second."""
    owner, _, metric = name.rpartition(".")
    component = world.components.get(owner)
    if component is None:
        users = world.traffic.populations.get(owner)
        return float(users.rate) if users is not None else None
    return next(found.read(component, world) for found in type(component).metrics if found.name == metric)


class MetricDatum(msgspec.Struct, kw_only=True, rename="pascal", forbid_unknown_fields=True, omit_defaults=True):
    """One datapoint, of the metric of this name; or of the one that its dimension names."""

    metric_name: Annotated[str, ref("cloudwatch.custom-metric")]
    dimensions: list[Dimension] = []
    value: float
    unit: str = "None"

    def of(self) -> str:
        """Return the name of the metric's component."""
        return self.dimensions[0].value if self.dimensions else self.metric_name


class PutMetricData(Action, kw_only=True, tag="cloudwatch:PutMetricData"):
    """Put datapoints of your own into CloudWatch, now. A name that is new makes a metric. Source: API reference."""

    summary = "Put a datapoint of your own"
    on = ("cloudwatch.custom-metric",)
    bucket = (500.0, 500.0)

    namespace: str
    metric_data: list[MetricDatum]

    def check(self, world: World) -> Refusal | None:
        """Refuse AWS's own namespaces, and names of something else."""
        if not self.namespace or self.namespace.startswith("AWS/"):
            text = "The value AWS/ for parameter Namespace is invalid."
            return self.refuse("InvalidParameterValue", text)
        for datum in self.metric_data:
            found = world.components.get(datum.of())
            if not datum.of() or (found is not None and not isinstance(found, CustomMetric)):
                text = f"The value {datum.of()} for parameter MetricData.member.1.MetricName is invalid."
                return self.refuse("InvalidParameterValue", text)
        return None

    def run(self, world: World, clock: Any, receipt: Receipt) -> Process:
        """It can be read a little later, a new metric's first datapoint later still."""
        for datum in self.metric_data:
            found = world.components.get(datum.of())
            delay = FIRST if found is None else int(getattr(found, "delay", DELAY))
            if not isinstance(found, CustomMetric):
                region = self.region or next(iter(world.regions), "")
                found = world.components[datum.of()] = CustomMetric(name=datum.of(), region=region)
                clock.topology_changed = True
            clock.start(_put(found, datum.value, delay, clock))
        yield from ()


def _put(metric: CustomMetric, value: float, delay: int, clock: Any) -> Process:
    yield clock.wait(delay, "custom metric", metric.name)
    yield from metric.stand(value, int(metric.every), clock)
