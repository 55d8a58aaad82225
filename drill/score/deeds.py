"""Deeds: each command as the debrief tells it: what was known when it was given, and what it did."""

import msgspec

from drill.engine.history import Given, History, Known, Steered, Truth
from drill.score.effects import SHORT, Effect, felt_text, otherwise_text
from drill.score.lessons import call_of, changes
from drill.score.outages import success

LAST = 3  # things known that are told beside a command


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One command, by its number: what was known when it was given, what became of it, and what it did.

    ``code``, ``error``: why it failed, in a word and in AWS's sentence. ``done``: ms, -1: never. ``before``: share of
    good answers in the seconds before it, None: nobody asked. ``effect``: None: it changes nothing, or was not looked
    at.
    """

    n: int
    at: int
    author: str
    line: str
    state: str
    code: str
    error: str
    done: int
    before: float | None
    effect: Effect | None
    known: tuple[str, ...]

    @property
    def name(self) -> str:
        """Service and operation: ``ec2 start-instances``."""
        return call_of(self.line).operation

    @property
    def changing(self) -> bool:
        """Whether it is a command that changes something, and not one that reads or says."""
        return changes(call_of(self.line))


def deed_of(given: Given, history: History, effect: Effect | None) -> Deed:
    """Return a command of the history as it is told."""
    told = given.message if given.error in given.message else ": ".join(filter(None, [given.error, given.message]))
    return Deed(
        n=given.n, at=given.at, author=given.author, line=given.line, state=given.state, code=given.error, error=told,
        done=given.done, before=success(history, given.at - SHORT * 1000, given.at), effect=effect,
        known=_known(given.at, history),
    )  # fmt: skip


def _known(at: int, history: History) -> tuple[str, ...]:
    """Return the latest words on what was known at ``at``. A message of that very instant is an answer to it."""
    shown: dict[str, str] = {}
    for known in history.known:
        if known.at < at or (known.at == at and known.kind != "notice"):
            key = f"{known.kind} {known.subject}"
            shown.pop(key, None)  # the latest word on each comes last
            shown[key] = words_of(known)
    return tuple(shown.values())[-LAST:]


def effect_text(deed: Deed, won: bool, points: int) -> str:
    """Say what a command did and how the drill would have ended without it; "": nothing is known of that."""
    if deed.effect is None:
        return ""
    return "; ".join(filter(None, [felt_text(deed.effect, deed.before), otherwise_text(deed.effect, won, points)]))


def helped(deed: Deed) -> bool:
    """Tell whether clearly more was answered well because of a command, or would have been but for a later one."""
    return deed.effect is not None and (deed.effect.good or deed.effect.spare)


def signs(history: History) -> list[Known]:
    """Return what could be seen without looking: alarms, and messages that did not answer a command."""
    given = {one.at for one in history.commands}
    return [
        known for known in history.known
        if (known.kind == "alarm" and known.state != "OK") or (known.kind == "notice" and known.at not in given)
    ]  # fmt: skip


def words_of(known: Known) -> str:
    """Return ``web-health ALARM: 0.4 < 0.99``, ``support: users report errors``, ``web-1: stopped``."""
    about = f"{known.subject} {known.state}".strip()
    if known.kind == "alarm" and known.state != "ALARM":
        return about  # the limit says nothing once it holds
    return f"{about}: {known.text}" if about and known.text else about or known.text


def true_text(truth: Truth) -> str:
    """Return what really happened, with the name of what it happened to."""
    named = truth.component and truth.component not in truth.text
    return f"{truth.component}: {truth.text}" if named else truth.text


def hand_text(order: Steered) -> str:
    """Return what a facilitator did as the timeline tells it: ``facilitator fay: inject dark comes now``."""
    return f"facilitator {order.author}: {order.text}"
