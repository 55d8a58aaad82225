"""Causes: what led to what in one run, each link from what was recorded of it. What holds in general is the level's."""

import msgspec

from drill.engine.history import History
from drill.level.level import Level, Objective
from drill.model.units import clock_text
from drill.score.deeds import Deed, signs, true_text
from drill.score.effects import Shed, felt_text, shed_text
from drill.score.outages import outages


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain of causes. ``at``: ms, -1 for what holds in general."""

    at: int
    text: str


def causes(level: Level, history: History, deeds: tuple[Deed, ...], sheds: tuple[Shed, ...]) -> list[Cause]:
    """Return what led to what, in the order in which it came."""
    found = [Cause(at=t.at, text=true_text(t)) for t in history.truths if t.kind in ("fault", "clear")]
    broke = min((truth.at for truth in history.truths if truth.kind == "fault"), default=-1)
    found += [Cause(at=shed.start, text=shed_text(shed)) for shed in sheds]
    found += [cause for deed in deeds for cause in _done(deed, broke)]
    found += _users(level, history)
    for loss in history.losses:
        amount = f"{loss.writes:.0f} acknowledged writes ({loss.seconds:.1f} s)"
        found.append(Cause(at=loss.at, text=f"{loss.store} lost {amount}: {loss.why}"))
    found.sort(key=lambda cause: cause.at)
    return found


def _users(level: Level, history: History) -> list[Cause]:
    """Return when users were hurt, when that was noticed, and when it was over."""
    end = int(level.length)
    if history.impact < 0:
        broke = any(truth.kind == "fault" for truth in history.truths)
        return [Cause(at=end, text="the end: users were not hurt")] if broke else []
    found = [Cause(at=history.impact, text="users began to get errors, or no answer in time")]
    seen = [known for known in signs(history) if known.at >= history.impact]
    if seen:
        first = min(seen, key=lambda known: known.at)
        word = "wrote" if first.kind == "notice" else "in ALARM" if first.state == "ALARM" else "without data"
        found.append(Cause(at=first.at, text=f"the first sign of it: {first.subject} {word}"))
    goal = next((g for g in level.objectives.values() if g.is_ == "rto"), None)
    down = outages(goal or Objective(is_="rto", par="1s", target="2s", zero="3s"), level, history, end)
    found += [Cause(at=outage.start, text="users were hurt again") for outage in down[1:]]
    for n, outage in enumerate(down, 1):
        if outage.open:
            found.append(Cause(at=end, text="the end: users were still not served well"))
        else:
            well = "users were served well again"
            found.append(Cause(at=outage.end, text=f"{well}, to the end" if n == len(down) else well))
    return found


def _done(deed: Deed, broke: int) -> list[Cause]:
    """Return what a command did, when users felt it; of what came before anything broke, what it spared them."""
    found = deed.effect
    if found is None or found.since < 0 or not (found.good or found.bad):
        return []
    if broke < 0 or deed.at < broke:
        early = "before anything broke"
        return [Cause(at=deed.at, text=f"{deed.name}, {early}: it {felt_text(found, deed.before)}")]
    of = f" of T+{clock_text(deed.at)}" if found.since - deed.at >= 1000 else ""
    return [Cause(at=found.since, text=f"{deed.name}{of} {felt_text(found, deed.before, timed=False)}")]
