"""CloudWatch alarms: M of N datapoints, missing data, and what they say when they change."""

from typing import Any

import msgspec

from drill.engine.metrics import PERIOD
from drill.level.alarm_rule import AlarmRule, alarms_in, parse_rule, true
from drill.level.figures import datapoints, threshold
from drill.level.level import AlarmSpec


class Alarm(msgspec.Struct, kw_only=True):
    """One alarm while the drill runs. ``state`` is AWS's word: OK, ALARM, INSUFFICIENT_DATA."""

    name: str
    measure: str
    zone: str
    above: float | None
    below: float | None
    every: int  # samples per datapoint
    needed: int
    window: int
    missing: str
    via: str
    state: str = "OK"
    since: int = 0
    value: float | None = None
    points: list[float | None] = []
    rule: AlarmRule | None = None  # of a composite alarm, which has no measure
    says: str = ""  # the rule, as it was written
    children: list[str] = []  # the states of the alarms in it, when it was last evaluated

    @property
    def text(self) -> str:
        """Return what its state follows from."""
        if self.rule is not None:
            return self.says
        return f"{self.value:.4g} {self.limit()}" if self.value is not None else "no data"

    def limit(self) -> str:
        """Return the threshold in words: ``> 70``."""
        return f"> {self.above:g}" if self.above is not None else f"< {self.below:g}"

    @property
    def still(self) -> bool:
        """Whether every datapoint in its window is the same: more of them change nothing."""
        points = self.points
        return len(points) == self.window and all(point == points[0] for point in points)

    def take(self, samples: list[float | None], now: int) -> bool:
        """Take one datapoint, the combination of the period's samples; return whether the state changed."""
        known = [s for s in samples if s is not None]
        total = 0.0
        for sample in known:
            total += sample
        self.value = total / len(known) if known else None
        self.points = [*self.points, self.value][-self.window :]
        state = self._judge()
        if state == self.state:
            return False
        self.state, self.since = state, now
        return True

    def _judge(self) -> str:
        """Follow CloudWatch: missing points count as the alarm says; with none at all, nothing is known."""
        bad = good = 0
        for point in self.points:
            if point is None:
                if self.missing == "breaching":
                    bad += 1
                elif self.missing == "notBreaching":
                    good += 1
            elif self._breaches(point):
                bad += 1
            else:
                good += 1
        if bad >= self.needed:
            return "ALARM"
        if bad + good == 0:
            enough = len(self.points) >= self.window
            return "INSUFFICIENT_DATA" if enough and self.missing == "missing" else self.state
        if bad + good < self.needed and self.missing in ("missing", "ignore"):
            return self.state
        return "OK"

    def _breaches(self, value: float) -> bool:
        return (self.above is not None and value > self.above) or (self.below is not None and value < self.below)


def alarms_of(specs: dict[str, AlarmSpec], zones: Any) -> list[Alarm]:
    """Return the alarms of a level; one per zone where ``per: zone`` asks for it (``zones(measure)`` lists them)."""
    found: list[Alarm] = []
    for name, spec in specs.items():
        if spec.rule:
            continue
        needed, window = datapoints(spec.datapoints)
        places = zones(spec.measure) if spec.per == "zone" else [""]
        for zone in places:
            found.append(
                Alarm(
                    name=f"{name}-{zone}" if zone else name,
                    measure=f"{spec.measure}/{zone}" if zone else spec.measure,
                    zone=zone,
                    above=None if spec.above is None else threshold(spec.above),
                    below=None if spec.below is None else threshold(spec.below),
                    every=max(1, int(spec.period) // PERIOD),
                    needed=needed,
                    window=window,
                    missing=spec.missing,
                    via=spec.via,
                )
            )
    return found


def composites_of(specs: dict[str, AlarmSpec]) -> list[Alarm]:
    """Return the composite alarms of a level, each after those that its rule names."""
    rules = {name: parse_rule(spec.rule) for name, spec in specs.items() if spec.rule}
    found: list[Alarm] = []
    while rules:
        ready = [name for name, rule in rules.items() if not any(child in rules for child in alarms_in(rule))]
        if not ready:
            raise ValueError("composite alarms follow from each other")  # the loader refuses it
        for name in ready:
            found.append(
                Alarm(
                    name=name, measure="", zone="", above=None, below=None, every=1, needed=1, window=1,
                    missing="missing", via="", rule=rules.pop(name), says=specs[name].rule,
                )
            )  # fmt: skip
    return found


def compose(alarm: Alarm, states: dict[str, list[str]], now: int) -> bool:
    """Evaluate a composite alarm if any alarm in its rule changed; return whether its own state did.

    ``states``: of each alarm by name, or of each of its zones.
    """
    assert alarm.rule is not None
    children = [state for name in alarms_in(alarm.rule) for state in states.get(name, [])]
    if children == alarm.children:
        return False
    alarm.children = children
    state = "ALARM" if true(alarm.rule, lambda name, wanted: wanted in states.get(name, [])) else "OK"
    if state == alarm.state:
        return False
    alarm.state, alarm.since = state, now
    return True
