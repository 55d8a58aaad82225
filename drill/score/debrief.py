"""Debrief: what happened, what was known, what each action did, and what a better decision would have brought.

It is told of a finished drill only. It speaks of the actions, never of the person, and shows no solution.
"""

import msgspec

from drill.engine.history import Given, History, Known, Steered, Truth
from drill.level.level import Level
from drill.model.units import clock_text
from drill.score.claims import Said, said
from drill.score.figures import figure_text
from drill.score.lessons import call_of, changes, wrong_lesson
from drill.score.model import Row, Scorecard
from drill.score.outages import success
from drill.score.scorecard import STARS

AROUND = 20  # seconds before and after an action that tell what it did
FELT = 0.05  # share of good answers: less than this is no effect worth a headline
_SHOWN = ("fault", "clear", "demand", "loss", "data", "state")


class Extras(msgspec.Struct, frozen=True, kw_only=True):
    """What only the caller knows: the reference's points on this seed, the personal best before, the concept."""

    reference: int | None = None
    best: int | None = None
    concept: str = ""
    source: str = ""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain of causes. ``at``: ms, -1 for what holds in general."""

    at: int
    text: str


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the timeline: at ``at`` ms, what was true, what was known, what was done; each may be empty."""

    at: int
    true: str = ""
    known: str = ""
    action: str = ""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One action: what was known when it was given, what became of it, and the share of good answers around it."""

    at: int
    author: str
    line: str
    state: str
    error: str
    done: int
    before: float | None
    after: float | None
    known: tuple[str, ...]


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """The named wrong lesson that the actions come closest to, and why it does not work."""

    name: str
    why: str


class Debrief(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, ready to be shown, saved or written as a report."""

    level: str
    title: str
    seed: int
    won: bool
    points: int
    stars: int
    headline: str
    says: str  # the level's own words on winning or losing
    rows: tuple[Row, ...]
    hints: int
    next_star: str
    chain: tuple[Cause, ...]
    timeline: tuple[Moment, ...]
    actions: tuple[Deed, ...]
    lesson: Lesson | None
    reference: int | None
    best: int | None
    concept: str
    source: str
    question: str
    what_if: tuple[str, ...]
    history: str
    by_hand: tuple[Steered, ...] = ()  # what a facilitator did
    claims: tuple[Said, ...] = ()  # what status posts said, beside what was true


def debrief(level: Level, seed: int, history: History, card: Scorecard, extras: Extras | None = None) -> Debrief:
    """Return the debrief of a finished drill; ValueError when it is not finished, for then it would tell the truth."""
    if not card.over:
        raise ValueError("a debrief is of a finished drill: the rest of it must run first")
    more = extras or Extras()
    words = level.debrief
    deeds = tuple(_deed(given, history) for given in history.commands)
    lesson = wrong_lesson(level, history, card)
    return Debrief(
        level=level.id, title=level.title, seed=seed, won=card.won, points=card.total, stars=card.stars,
        headline=headline(card, deeds), says=words.won if card.won else words.lost, rows=card.rows, hints=card.hints,
        next_star=next_star(card), chain=tuple(_chain(level, history)), timeline=tuple(_timeline(history)),
        actions=deeds, lesson=Lesson(name=lesson.name, why=lesson.why) if lesson else None,
        reference=more.reference, best=more.best, concept=more.concept or words.concept,
        source=more.source or next(iter(level.sources), ""), question=words.question, what_if=tuple(words.what_if),
        history=words.history, by_hand=tuple(history.orders), claims=said(level, history),
    )  # fmt: skip


def headline(card: Scorecard, deeds: tuple[Deed, ...]) -> str:
    """Return the first sentences: how it ended, and which action moved it."""
    tried = [deed for deed in deeds if changes(call_of(deed.line))]
    taken = [deed for deed in tried if deed.state != "failed"]  # what failed has moved nothing
    helped = [deed for deed in taken if deed.before is not None and deed.after is not None]
    most = max(helped, key=lambda deed: (deed.after or 0) - (deed.before or 0), default=None)
    gain = (most.after or 0) - (most.before or 0) if most else 0.0
    moved = ""
    if most is not None and gain >= FELT:
        moved = (
            f"At T+{clock_text(most.at)} `{call_of(most.line).operation}` took good answers "
            f"from {figure_text('availability', 1 - (most.before or 0))} "
            f"to {figure_text('availability', 1 - (most.after or 0))}"
        )
    if card.won:
        met = [f"{row.label} came to {row.actual_text} (target {row.target_text})" for row in card.rows if row.must]
        return f"Won with {card.total} points. {moved or ', '.join(met)}."
    first = next((row for row in card.rows if row.must and not row.met), None)
    missed = f"{first.label} came to {first.actual_text}, past its target of {first.target_text}. " if first else ""
    if moved:
        return f"Lost: {missed}{moved}; too late, or not enough, for the target."
    if not tried:
        return f"Lost: {missed}No action was taken."
    none = "The one action brought no" if len(tried) == 1 else f"None of the {len(tried)} actions brought"
    return f"Lost: {missed}{none} good answers back within {AROUND} s."


def next_star(card: Scorecard) -> str:
    """Return what kept the next star away; empty when there is none left."""
    if not card.won:
        missed = [row for row in card.rows if row.must and not row.met]
        return f"First star: {'; '.join(f'{r.label} at {r.target_text} (it came to {r.actual_text})' for r in missed)}."
    if card.stars > len(STARS):
        return ""
    wanted = STARS[card.stars - 1]
    short = [row for row in card.rows if row.share < 1.0]
    short.sort(key=lambda row: row.points - row.worth)
    gains = [f"{r.label} at {r.par_text} (it came to {r.actual_text}), +{r.worth - r.points:.0f}" for r in short]
    if card.hints:
        gains.append(f"no hints, +{card.hints}")
    star = ("Second", "Third")[card.stars - 1]
    return f"{star} star at {wanted} points, {wanted - card.total} more: {'; '.join(gains)}."


def _deed(given: Given, history: History) -> Deed:
    end = given.done if given.done >= 0 else given.at
    shown: dict[str, str] = {}
    for known in history.known:
        if known.at <= given.at:
            key = f"{known.kind} {known.subject}"
            shown.pop(key, None)  # the latest word on each comes last
            shown[key] = _words(known)
    return Deed(
        at=given.at, author=given.author, line=given.line, state=given.state,
        error=": ".join(part for part in (given.error, given.message) if part), done=given.done,
        before=success(history, given.at - AROUND * 1000, given.at),
        after=success(history, end, end + AROUND * 1000), known=tuple(shown.values())[-3:],
    )  # fmt: skip


def _words(known: Known) -> str:
    """Return ``web-health ALARM: 0.4 < 0.99``, ``support: users report errors``, ``web-1: stopped``."""
    about = f"{known.subject} {known.state}".strip()
    if known.kind == "alarm" and known.state != "ALARM":
        return about  # the limit says nothing once it holds
    return f"{about}: {known.text}" if about and known.text else about or known.text


def hand_text(order: Steered) -> str:
    """Return what a facilitator did as the timeline tells it: ``facilitator fay: inject dark comes now``."""
    return f"facilitator {order.author}: {order.text}"


def _true(truth: Truth) -> str:
    named = truth.component and truth.component not in truth.text
    return f"{truth.component}: {truth.text}" if named else truth.text


def _chain(level: Level, history: History) -> list[Cause]:
    found = [Cause(at=t.at, text=_true(t)) for t in history.truths if t.kind in ("fault", "clear")]
    if history.impact >= 0:
        found.append(Cause(at=history.impact, text="users began to get errors, or no answer in time"))
    for loss in history.losses:
        amount = f"{loss.writes:.0f} acknowledged writes ({loss.seconds:.1f} s)"
        found.append(Cause(at=loss.at, text=f"{loss.store} lost {amount}: {loss.why}"))
    found.sort(key=lambda cause: cause.at)
    return found + [Cause(at=-1, text=text) for text in level.debrief.chain]


def _timeline(history: History) -> list[Moment]:
    rows = [Moment(at=t.at, true=_true(t)) for t in history.truths if t.kind in _SHOWN]
    rows += [Moment(at=o.at, true=hand_text(o)) for o in history.orders if o.what != "fault"]
    rows += [Moment(at=k.at, known=_words(k)) for k in history.known]
    rows += [Moment(at=g.at, action=g.line) for g in history.commands]
    rows.sort(key=lambda row: row.at)
    merged: list[Moment] = []
    for row in rows:
        last = merged[-1] if merged else None
        if last is not None and last.at == row.at and not any(_clash(last, row)):
            merged[-1] = Moment(
                at=row.at, true=last.true or row.true, known=last.known or row.known, action=last.action or row.action
            )
        else:
            merged.append(row)
    return merged


def _clash(one: Moment, other: Moment) -> list[bool]:
    pairs = ((one.true, other.true), (one.known, other.known), (one.action, other.action))
    return [bool(mine and theirs) for mine, theirs in pairs]
