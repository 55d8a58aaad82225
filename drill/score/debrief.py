"""Debrief: what happened, what was known, what each action did, and what a better decision would have brought.

It is told of a finished drill only. It speaks of the actions, never of the person, and shows no solution.
"""

import msgspec

from drill.engine.history import History, Steered
from drill.level.level import Level
from drill.score.causes import Cause, causes
from drill.score.claims import Said, said
from drill.score.deeds import Deed, deed_of, hand_text, true_text, words_of
from drill.score.effects import Measured, Shed
from drill.score.headline import cap_text, headline, next_star
from drill.score.lessons import wrong_lesson
from drill.score.model import Row, Scorecard

_SHOWN = ("fault", "clear", "demand", "loss", "data", "state")


class Extras(msgspec.Struct, frozen=True, kw_only=True):
    """What only the caller knows: the reference's points on this seed, the personal best before, the concept, and what
    each command did (None: that was not worked out)."""

    reference: int | None = None
    best: int | None = None
    concept: str = ""
    source: str = ""
    measured: Measured | None = None


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the timeline: at ``at`` ms, what was true, what was known, what was done; each may be empty."""

    at: int
    true: str = ""
    known: str = ""
    action: str = ""


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
    cap: str  # what a win or a loss made of the points, "": nothing
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
    sheds: tuple[Shed, ...] = ()  # when requests were turned away

    @property
    def harmful(self) -> tuple[Deed, ...]:
        """What cost users good answers, but load shedding that stayed on: that is told as such."""
        left = [shed.n for shed in self.sheds if shed.open]
        found = (deed for deed in self.actions if deed.effect is not None and deed.effect.bad)
        return tuple(deed for deed in found if deed.n not in left)

    @property
    def general(self) -> tuple[str, ...]:
        """How the level's author tells of such a failure, whatever was done here."""
        end = f"When it is {'won' if self.won else 'lost'}: {self.says.strip()}" if self.says else ""
        return tuple(text for text in (*(cause.text for cause in self.chain if cause.at < 0), end) if text)

    @property
    def happened(self) -> tuple[Cause, ...]:
        """What led to what in this run."""
        return tuple(cause for cause in self.chain if cause.at >= 0)


def debrief(level: Level, seed: int, history: History, card: Scorecard, extras: Extras | None = None) -> Debrief:
    """Return the debrief of a finished drill; ValueError when it is not finished, for then it would tell the truth."""
    if not card.over:
        raise ValueError("a debrief is of a finished drill: the rest of it must run first")
    more = extras or Extras()
    words = level.debrief
    found = more.measured or Measured()
    deeds = tuple(deed_of(given, history, found.effects.get(given.n)) for given in history.commands)
    chain = [*causes(level, history, deeds, found.sheds), *(Cause(at=-1, text=text) for text in words.chain)]
    lesson = wrong_lesson(level, history, card)
    return Debrief(
        level=level.id, title=level.title, seed=seed, won=card.won, points=card.total, stars=card.stars,
        headline=headline(card, deeds, found.sheds), says=words.won if card.won else words.lost, rows=card.rows,
        hints=card.hints, cap=cap_text(card), next_star=next_star(card), chain=tuple(chain),
        timeline=tuple(_timeline(history)), actions=deeds,
        lesson=Lesson(name=lesson.name, why=lesson.why) if lesson else None, reference=more.reference,
        best=more.best, concept=more.concept or words.concept,
        source=more.source or next(iter(level.sources), ""), question=words.question, what_if=tuple(words.what_if),
        history=words.history, by_hand=tuple(history.orders), claims=said(level, history), sheds=found.sheds,
    )  # fmt: skip


def _timeline(history: History) -> list[Moment]:
    rows = [Moment(at=t.at, true=true_text(t)) for t in history.truths if t.kind in _SHOWN]
    rows += [Moment(at=o.at, true=hand_text(o)) for o in history.orders if o.what != "fault"]
    given = {g.at for g in history.commands}
    answers = [k for k in history.known if k.kind == "notice" and k.at in given]  # what a command itself brought
    rows += [Moment(at=k.at, known=words_of(k)) for k in history.known if k not in answers]
    rows += [Moment(at=g.at, action=g.line) for g in history.commands]
    rows += [Moment(at=k.at, known=words_of(k)) for k in answers]
    rows.sort(key=lambda row: row.at)
    merged: list[Moment] = []
    for row in rows:
        last = merged[-1] if merged else None
        if last is not None and last.at == row.at and not any(_clash(last, row)) and not (last.action and row.known):
            merged[-1] = Moment(
                at=row.at, true=last.true or row.true, known=last.known or row.known, action=last.action or row.action
            )
        else:
            merged.append(row)
    return merged


def _clash(one: Moment, other: Moment) -> list[bool]:
    pairs = ((one.true, other.true), (one.known, other.known), (one.action, other.action))
    return [bool(mine and theirs) for mine, theirs in pairs]
