"""Injects: the script as a facilitator works with it: when, from, to, what, what should follow, and how it stands."""

from typing import Any

import msgspec

from drill.engine.readers import holds
from drill.level.figures import moment
from drill.level.level import ScriptRule
from drill.level.shapes import faults
from drill.model.command import Action
from drill.model.units import clock_text, duration_text
from drill.session.chain import command_of
from drill.session.runbook import Runner
from drill.session.session import Session

PEOPLE = ("everybody", "commander")  # whom a message and a question reach


class Inject(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of the script. ``due``: ms at which it will come or came, -1 while that is not known.

    ``state``: waiting, delayed, came, skipped. ``usual``: when it came while the reference was played, -1: it did not.
    """

    id: str
    due: int
    when: str
    source: str
    to: str
    text: str
    expects: str
    state: str
    usual: int = -1


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How the drill goes when the reference is played: when each inject comes, and what is typed when."""

    fired: dict[str, int]
    typed: tuple[tuple[int, str], ...]

    def follows(self, name: str, session: Session) -> str:
        """Return what the reference types after an inject and before the next one that breaks something."""
        start = self.fired.get(name, -1)
        if start < 0 or not _breaks(session.level.script[name]):
            return ""
        later = [at for n, at in self.fired.items() if at > start and _breaks(session.level.script[n])]
        end = min(later, default=session.length)
        return "; ".join(line for at, line in self.typed if start <= at < end)


def told(row: Inject) -> str:
    """Return what an inject is, as a sentence without its end: who tells whom what, or what happens to what."""
    if row.to in PEOPLE:
        return f"{row.source} to {row.to}: {row.text.rstrip('.')}"
    where = f"{row.to}: " if row.to and row.to not in row.text else ""
    return f"{where}{row.text.rstrip('.')}"


def course(session: Session) -> Course:
    """Play the reference on the session's level and seed, and note what happens. For the facilitator only."""
    other = Session.start(session.file, session.seed)
    notes = Runner(other, other.level.solutions.reference, "reference").play()
    fired = dict(sorted(other.sim.script.fired.items(), key=lambda row: row[1]))
    return Course(fired=fired, typed=tuple((note.at, note.line) for note in notes if not note.refused))


def injects(session: Session, usual: Course | None = None) -> list[Inject]:
    """Return every inject of the level, in the order in which they come."""
    known = usual or Course(fired={}, typed=())
    rows = [_inject(session, name, rule, known) for name, rule in session.level.script.items()]
    late = session.length + 1
    return sorted(rows, key=lambda row: next((at for at in (row.due, row.usual) if at >= 0), late))


def _inject(session: Session, name: str, rule: ScriptRule, known: Course) -> Inject:
    state, at = session.sim.script.state(name)
    flags = session.world.flags
    held, until = int(flags.get(f"delay/{name}", 0)), int(flags.get(f"held/{name}", -1))
    word = {"came": "came", "was skipped": "skipped"}.get(state, "delayed" if held or until >= 0 else "waiting")
    source, to, text = _words(name, rule)
    due = at if word in ("came", "skipped") else until + held if until >= 0 else _due(session, rule, held)
    when = _when(rule)
    if word == "waiting" and rule.unless is not None and holds(rule.unless, session.sim.truth, {})[0]:
        due, when = -1, f"{when}, but not as things are"
    return Inject(
        id=name, due=due, when=when, source=source, to=to, text=text, state=word,
        expects=known.follows(name, session), usual=known.fired.get(name, -1),
    )  # fmt: skip


def _due(session: Session, rule: ScriptRule, held: int) -> int:
    script = session.sim.script
    start = -1
    if rule.at is not None:
        anchor, offset = moment(rule.at)
        begins = {spell.name: spell.start for spell in session.history.phases}
        base = session.length if anchor == "end" else begins.get(anchor, -1) if anchor else 0
        start = -1 if base < 0 else base + (0 if anchor == "end" else offset)
    elif rule.after is not None:
        start = script.fired.get(rule.after.partition(".")[0], -1)
    due = start + int(rule.wait) + held
    return due if start >= 0 and due >= session.now else -1


def _when(rule: ScriptRule) -> str:
    later = f" + {duration_text(int(rule.wait))}" if rule.wait else ""
    if rule.at is not None:
        return f"at {rule.at}{later}"
    if rule.after is not None:
        return f"after {rule.after}{later}"
    return f"when the world has come to it{later}" if rule.when is not None else "when its card is dealt"


def _words(name: str, rule: ScriptRule) -> tuple[str, str, str]:
    """Return who an inject is from, whom or what it reaches, and what it says or does."""
    if rule.message is not None:
        return rule.message.from_, PEOPLE[0], rule.message.text
    if rule.ask is not None:
        return rule.ask.from_, PEOPLE[1], rule.ask.text
    if rule.fault is not None:
        lasts = f" for {duration_text(int(rule.for_))}" if rule.for_ is not None else ""
        return "the level", rule.target, f"{faults()[rule.fault].summary}{lasts} ({rule.fault})"
    if rule.clear is not None:
        return "the level", rule.clear, f"the fault {rule.clear} ends"
    if rule.demand is not None:
        change = f"{float(rule.demand.rate):g}/s" if rule.demand.rate is not None else f"times {rule.demand.factor:g}"
        return "users", rule.demand.population, f"they ask {change}"
    return "the level", "", f"the deck {rule.deal or name} is dealt"


def _breaks(rule: ScriptRule) -> bool:
    return rule.fault is not None or rule.demand is not None or rule.ask is not None or rule.deal is not None


def last_words(session: Session) -> str:
    """Return the last thing that anybody gave, with its author: ``T+02:10 bob: aws ...``; "" while there is none."""
    from drill.console import render

    for entry in reversed(session.entries):
        command: Any = command_of(entry)
        if isinstance(command, Action):
            return f"T+{clock_text(entry.t)} {entry.author}: {render(command)}"
    return ""
