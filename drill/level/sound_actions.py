"""Can alarms do what they are to do, and canaries see what they are to see? Each on something that is there."""

from __future__ import annotations

from collections.abc import Iterator

from drill.level.checks import Finding, View
from drill.level.errors import show, suggest
from drill.level.level import AlarmAction
from drill.level.shapes import Path
from drill.level.sound_world import reference
from drill.model.units import MINUTE

_DOES = ("policy", "recover", "reboot", "stop", "notify")
_MOST = 5  # for each state


def actions(view: View) -> Iterator[Finding]:
    """Each action does one thing; composite alarms only notify; five for a state at most."""
    for name, spec in view.level.telemetry.alarms.items():
        path: Path = ("telemetry", "alarms", name, "actions")
        for index, action in enumerate(spec.actions):
            yield from _action(view, (*path, index), action, bool(spec.rule))
        for state in ("ALARM", "OK", "INSUFFICIENT_DATA"):
            if len([a for a in spec.actions if a.state == state]) > _MOST:
                yield Finding(path, f"more than {_MOST} actions for {state}", "leave some out")


def canaries(view: View) -> Iterator[Finding]:
    """A canary has a name of its own, and looks from elsewhere at what is there, once a minute at most."""
    for name, canary in view.level.telemetry.canaries.items():
        path: Path = ("telemetry", "canaries", name)
        if name in view.components or name in view.level.traffic:
            what = f"{show(name)} is the name of a component or population too"
            yield Finding(path, what, "name the canary otherwise")
        if canary.every <= 0 or canary.every % MINUTE:
            yield Finding((*path, "every"), "a canary runs each minute, or each few", "write for example 60s")
        yield from reference(view, (*path, "hits"), canary.hits, [])
        if canary.from_:
            yield from reference(view, (*path, "from"), canary.from_, ["region"])
            hit = view.components.get(canary.hits)
            if hit is not None and hit.region == canary.from_:
                what = f"{show(canary.hits)} is in {canary.from_} itself"
                yield Finding((*path, "from"), what, "look from another Region, or leave `from` out")


def _action(view: View, path: Path, action: AlarmAction, composite: bool) -> Iterator[Finding]:
    given = [field for field in _DOES if getattr(action, field)]
    if len(given) != 1:
        yield Finding(path, f"an action does {' and '.join(given) or 'nothing'}", "give one of " + ", ".join(_DOES))
        return
    does = given[0]
    if composite and does != "notify":
        yield Finding((*path, does), f"a composite alarm cannot {does}", "let it notify, or use an alarm on a measure")
    if bool(action.of) != (does == "policy"):
        yield Finding(path, "`of` goes with `policy`", "write for example {policy: more, of: fleet}")
    elif does == "policy":
        yield from reference(view, (*path, "of"), action.of, ["autoscaling.group"])
        pool = getattr(view.components.get(action.of), "policies", None)
        if pool is not None and action.policy not in pool:
            what = f"{show(action.of)} has no policy {show(action.policy)}"
            yield Finding((*path, "policy"), what, suggest(action.policy, pool, "policy"))
    elif does != "notify":
        yield from reference(view, (*path, does), getattr(action, does), ["ec2.instance"])
