"""Lines: what a facilitator types, as an order. The screen's keys write the same lines."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from drill.console.completion import Completion, complete
from drill.level.shapes import faults, settable
from drill.model.command import Fault
from drill.model.text import clean, one_line
from drill.model.units import Duration, decode
from drill.session.orders import (
    ROLES,
    Clear,
    Delay,
    Fire,
    Hint,
    Message,
    Order,
    Pause,
    Resume,
    Rewind,
    Seat,
    Skip,
)
from drill.session.session import Session

AS = "as"  # the word before the name of whoever does something

#: What a facilitator orders: how it is typed, and what it does.
ORDERS = (
    ("fire ID", "an inject of the script comes now"),
    ("skip ID", "an inject of the script does not come"),
    ("delay ID 60s", "an inject of the script comes later"),
    ("fault KIND TARGET", "add a fault; more words such as latency=4s say how"),
    ("clear ID", "a fault ends: the script's, or fault-1, fault-2 of those that were added"),
    ("message WHO: TEXT", "a message to everybody"),
    ("hint ID", "a hint of the level, free of charge; or in your own words"),
    ("pause", "time stands still; resume lets it pass"),
    ("rewind 02:30", "go back to that moment; play goes on from there"),
    ("seat NAME ROLE", "somebody is commander, operator or communications"),
    ("as NAME COMMAND", "what somebody of the team says they do"),
)
#: What is asked for line by line; a screen shows both anyway.
ASKED = (
    ("injects", "the script: when, from, to, what, what should follow, how it stands"),
    ("truth", "what is true beside what the others see"),
)
HELP = "\n".join(f"{typed:<19}{does}" for typed, does in (*ASKED, *ORDERS))


class LineError(ValueError):
    """A line that is no order: one line, what is wrong and what to type."""


def read_order(line: str, session: Session) -> Order | Fault | None:
    """Return the order that a line is, None when it begins with no order's word. LineError: it cannot be read."""
    word, _, rest = one_line(clean(line)).partition(" ")
    read = _WORDS.get(word)
    return read(rest.strip(), session) if read else None


def obey(line: str, session: Session, author: str) -> str | None:
    """Do what a line orders; return why not, "" when it is done, None when it is no order."""
    try:
        order = read_order(line, session)
    except LineError as error:
        return str(error)
    if order is None:
        return None
    return session.inject(order, author) if isinstance(order, Fault) else session.order(order, author)


def spelled(code: str) -> str:
    """Return a code as it is told to people: ``K7QM-2XWD``."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def words() -> list[str]:
    """Return the words with which orders begin."""
    return list(_WORDS)


def completions(line: str, session: Session) -> list[str]:
    """Return the whole lines that ``line`` may become: the next word of an order."""
    parts = line.split(" ")
    lead, last = " ".join(parts[:-1]), parts[-1]
    if len(parts) == 1:
        pool: Iterator[str] = iter(words())
    else:
        pool = _pool(parts, session)
    return [f"{lead} {found}".strip() + " " for found in pool if found.startswith(last)]


def offers(line: str, session: Session) -> list[Completion]:
    """Return what may come next on a facilitator's line: an order, or a command, with or without ``as NAME`` before."""
    word, blank, rest = line.partition(" ")
    if word == AS and blank:
        name, between, command = rest.partition(" ")
        if not between:
            return [Completion(f"{AS} {each} ", each, role) for each, role in session.seats.items()
                    if each.startswith(name)]  # fmt: skip
        lead = f"{AS} {name} "
        return [each._replace(text=lead + each.text) for each in complete(command, session.world)]
    found = [Completion(text, text.split(" ")[-2]) for text in completions(line, session)]
    if word in words():
        return found
    if not blank:
        found += [Completion(f"{AS} ", AS, "what somebody of the team says they do")] if AS.startswith(word) else []
    return [*found, *complete(line, session.world)]


def _pool(parts: list[str], session: Session) -> Iterator[str]:
    word, place = parts[0], len(parts) - 1
    if word in ("fire", "skip", "delay") and place == 1:
        yield from (n for n in session.level.script if session.sim.script.state(n)[0] == "waiting")
    elif word == "delay":
        yield from ("30s", "60s", "2m")
    elif word == "clear" and place == 1:
        yield from session.sim.script.faults
    elif word == "hint" and place == 1:
        yield from session.level.hints
    elif word == "fault" and place == 1:
        yield from faults()
    elif word == "fault" and place == 2 and parts[1] in faults():
        yield from targets(faults()[parts[1]], session)
    elif word == "seat" and place == 2:
        yield from ROLES


def targets(kind: type[Fault], session: Session) -> list[str]:
    """Return what a kind of fault can strike in this world."""
    from drill.model.component import kind_of

    world, on = session.world, kind.on
    pools: dict[str, Any] = {"zone": world.zones, "region": world.regions, "link": world.links}
    found = [name for wanted, pool in pools.items() if wanted in on for name in pool]
    if "service" in on:
        found += sorted({f"ec2/{region}" for region in world.regions} | set(world.planes))
    return found + [name for name, part in world.components.items() if kind_of(part) in on]


# ---- one reader for each word ----------------------------------------------------------------------------------------


def _scripted(make: Callable[[str], Order], word: str) -> Callable[[str, Session], Order]:
    def read(rest: str, session: Session) -> Order:
        if not rest or " " in rest:
            raise LineError(f"type {word} and the id of an inject; `injects` lists them")
        return make(rest)

    return read


def _delay(rest: str, session: Session) -> Order:
    name, _, by = rest.partition(" ")
    try:
        return Delay(rule=name, by=int(Duration.parse(by.strip())))
    except ValueError:
        raise LineError("type delay, the id of an inject and a time: delay dark 60s") from None


def _fault(rest: str, session: Session) -> Fault:
    try:
        tag, *more = shlex.split(rest) or [""]
    except ValueError:
        raise LineError("a quotation mark is missing") from None
    cls = faults().get(tag)
    if cls is None:
        raise LineError(f"no fault is called {tag[:60] or 'that'}; Tab lists them, `drill reference` explains them")
    given = [word.partition("=") for word in more if "=" in word]
    target = next((word for word in more if "=" not in word), "")
    known = [field for field in settable(cls) if field != "target"]
    for name, _, _ in given:
        if name not in known:
            raise LineError(f"{tag} has no {name[:40]}; it has {', '.join(known) or 'nothing to set'}")
    values = {name: _value(value) for name, _, value in given}
    try:
        found: Fault = msgspec.convert({"fault": tag, "target": target, **values}, cls, dec_hook=decode)
    except (msgspec.ValidationError, ValueError) as error:
        raise LineError(f"{tag}: {one_line(str(error))}") from None
    return found


def _value(text: str) -> str | bool | int | float:
    if text in ("true", "false"):
        return text == "true"
    try:
        return int(text)
    except ValueError:
        return text


def _message(rest: str, session: Session) -> Order:
    who, colon, text = rest.partition(":")
    if not colon or not text.strip():
        raise LineError("type message, who it is from, a colon and the text: message support: They call")
    return Message(from_=who.strip() or "support", text=text.strip())


def _hint(rest: str, session: Session) -> Order:
    if not rest:
        raise LineError(f"type hint and its id ({', '.join(session.level.hints) or 'this level has none'}), or a text")
    return Hint(hint=rest) if rest in session.level.hints or " " not in rest else Hint(text=rest)


def _bare(make: Callable[[], Order]) -> Callable[[str, Session], Order]:
    return lambda rest, session: make()


def _rewind(rest: str, session: Session) -> Order:
    minutes, colon, seconds = rest.removeprefix("T+").partition(":")
    if colon and minutes.isdecimal() and seconds.isdecimal() and int(seconds) < 60 and len(minutes) < 6:
        return Rewind(to=(int(minutes) * 60 + int(seconds)) * 1000)
    raise LineError("type rewind and a moment: rewind 02:30")


def _seat(rest: str, session: Session) -> Order:
    name, _, role = rest.rpartition(" ")
    if not name:
        raise LineError(f"type seat, a name and a role: {', '.join(ROLES)}")
    return Seat(name=name.strip(), role=role)


_WORDS: dict[str, Callable[[str, Session], Order | Fault]] = {
    "fire": _scripted(lambda name: Fire(rule=name), "fire"),
    "skip": _scripted(lambda name: Skip(rule=name), "skip"),
    "delay": _delay,
    "fault": _fault,
    "clear": _scripted(lambda name: Clear(of=name), "clear"),
    "message": _message,
    "hint": _hint,
    "pause": _bare(Pause),
    "resume": _bare(Resume),
    "rewind": _rewind,
    "seat": _seat,
}
