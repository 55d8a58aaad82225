"""Without: a finished drill once more without one of its commands, for each of them. Nothing of it is in any log."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

import msgspec

from drill.catalog.shedding import ShedLoad
from drill.console import render
from drill.engine.history import Given
from drill.model.command import Action
from drill.score.effects import Effect, Measured, Shed, differences, effect
from drill.score.lessons import call_of, changes
from drill.session.chain import Entry, command_of
from drill.session.session import Divergence, Session

MOST = 24  # commands that are looked at: each costs a run of the drill
AGAIN = 10  # ... of which so many cost two more
CLEARLY = 20  # points
LATER = (30_000, 60_000, 120_000, 180_000, 300_000)  # ms after which load shedding might have been taken back


def measured(session: Session) -> Measured:
    """Return what each command that changed something did, and what was turned away. The drill must be over."""
    card, history = session.scorecard(), session.history
    looked_at = [one for one in history.commands if one.state == "done" and changes(call_of(one.line))][:MOST]
    found: dict[int, Effect] = {}
    looks = 0
    for one in looked_at:
        other = again(session, {one.n})
        what = effect(history, card, other.history, other.scorecard(), one.done)
        if (not what.good or what.brief) and looks < AGAIN:  # a later one may have done the same: what if none had?
            looks += 1
            what = msgspec.structs.replace(what, alone=_alone(session, one.n))
        found[one.n] = what
    return Measured(effects=found, sheds=tuple(_sheds(session)))


def again(session: Session, left_out: Collection[int], put_in: tuple[int, Action] | None = None) -> Session:
    """Play a drill once more without some of its commands, by number, and with one put in at an instant (ms)."""
    twin = Session.start(session.file, session.seed, session.operator)
    n = 0
    for entry in session.branch:
        if entry.note in ("mark", "end"):
            continue
        if put_in is not None and entry.t > put_in[0]:
            _give(twin, *put_in)
            put_in = None
        command = command_of(entry)
        n += isinstance(command, Action)
        if isinstance(command, Action):
            if n not in left_out:
                _give(twin, entry.t, command, entry.author)
        else:
            _by_hand(twin, entry)
    if put_in is not None:
        _give(twin, *put_in)
    twin.sim.advance(twin.length)
    twin.sim.finish()
    return twin


def _give(twin: Session, at: int, command: Action, author: str = "") -> None:
    twin.sim.advance(at)
    if twin.sim.refusal(command) is None:  # what came before may be missing now
        twin.sim.submit(command, author, render(command))


def _by_hand(twin: Session, entry: Entry) -> None:
    twin.sim.advance(entry.t)
    with suppress(Divergence):  # nothing to do by hand where it cannot be done any more
        twin.once_more(entry)


def _alone(session: Session, n: int) -> float:
    """Return how many asks more were answered well with command ``n`` if nothing that changes anything came after."""
    later = {one.n for one in session.history.commands if one.n > n and changes(call_of(one.line))}
    if not later:
        return 0.0
    real, other = again(session, later), again(session, later | {n})
    more = 0.0
    for _, gained in differences(real.history, other.history):
        more += gained
    return more


# ---- load shedding ---------------------------------------------------------------------------------------------------


def _sheds(session: Session) -> list[Shed]:
    """Return every stretch in which requests were turned away, in order."""
    spells: list[tuple[Given, ShedLoad, int]] = []
    given = [(one, one.action) for one in session.history.commands if isinstance(one.action, ShedLoad)]
    given = [(one, action) for one, action in given if one.state == "done"]
    for k, (one, action) in enumerate(given):
        if action.percent > 0:
            ends = [other.done for other, later in given[k + 1 :] if later.name == action.name]
            spells.append((one, action, ends[0] if ends else -1))
    turned = _turned(session, sorted({at for one, _, end in spells for at in (one.done, end) if at >= 0}))
    last = session.length
    found = []
    for one, action, end in spells:
        count = turned.get(end if end >= 0 else last, 0.0) - turned.get(one.done, 0.0)
        shed = Shed(
            n=one.n, name=action.name, share=action.percent / 100, start=one.done, end=end if end >= 0 else last,
            open=end < 0, turned=count,
        )  # fmt: skip
        found.append(_taken_back(session, shed))
    return found


def _turned(session: Session, instants: list[int]) -> dict[int, float]:
    """Return how many requests had been turned away by each of some instants, and by the end."""
    if not instants:
        return {}
    twin = Session.start(session.file, session.seed, session.operator)
    found: dict[int, float] = {}
    entries = [entry for entry in session.branch if entry.note not in ("mark", "end")]
    waiting = list(instants)
    for entry in entries:
        while waiting and waiting[0] < entry.t:
            stop = waiting.pop(0)
            found[stop] = _count(twin, stop)
        command = command_of(entry)
        if isinstance(command, Action):
            _give(twin, entry.t, command, entry.author)
        else:
            _by_hand(twin, entry)
    for at in waiting:
        found[at] = _count(twin, at)
    twin.sim.advance(twin.length)
    twin.sim.finish()
    found[twin.length] = _shed_so_far(twin)
    return found


def _count(twin: Session, at: int) -> float:
    twin.sim.advance(at - 1)  # what a command does at a whole second, that second's flow finds
    twin.sim.flow.coast(-(-at // 1000))
    return _shed_so_far(twin)


def _shed_so_far(twin: Session) -> float:
    total = 0.0
    for cls in twin.world.traffic.classes:
        total += cls.failed.get("shed", 0.0)
    return total


def _taken_back(session: Session, shed: Shed) -> Shed:
    """Say how it would have ended, had load shedding been taken back sooner, where that is clearly better."""
    card = session.scorecard()
    best = shed
    for at in (shed.start + later for later in LATER):
        if at >= shed.end:
            break
        twin = again(session, (), (at, ShedLoad(name=shed.name, percent=0))).scorecard()
        if twin.total > max(card.total + CLEARLY, best.better) or (twin.won and not card.won and not best.won):
            best = msgspec.structs.replace(shed, better=twin.total, won=twin.won, at_best=at)
    return best
