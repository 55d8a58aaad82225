"""Event: a competition as its YAML file says it, and what of it players may read.

    event: 1
    name: spring-cup
    levels: [{level: eip-remap, seeds: 3}, {level: zone-power}]
    teams: [{name: Pager Pals}, {name: The Quorum}]
    opens: 2027-03-06T18:00:00Z
    closes: 2027-03-06T20:00:00Z

Problems are one line each, with file, line and column, as those of levels are.
"""

import re
from pathlib import Path
from typing import Literal

import msgspec

from drill.level.errors import LevelError, Problem, Problems, problem, show, suggest
from drill.level.explain import explain
from drill.level.loader import LevelFile, find, load
from drill.level.rules import Strict
from drill.level.shapes import quantity
from drill.level.yaml_tree import MAX_BYTES, Node, parse
from drill.model.text import one_line
from drill.model.units import HOUR, MINUTE, Duration

MAX_LEVELS, MAX_TEAMS, MAX_SEEDS, MAX_NAME = 50, 1000, 20, 40
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

Tie = Literal["earliest", "shared"]
Counts = Literal["best", "last", "first"]


class LevelEntry(Strict, kw_only=True):
    """A level of the event: its id, or the path of its file. ``seeds``: how many to draw, or which.

    ``weight``: how often its points count.
    """

    level: str
    seeds: int | list[int] = 1
    weight: int = 1


class TeamEntry(Strict, kw_only=True):
    """A team. ``bracket``: one of the event's, where it has any."""

    name: str
    bracket: str = ""


class AttemptRule(Strict, kw_only=True):
    """How often a team may play each seed of each level, and which of these runs counts."""

    allowed: int = 1
    counts: Counts = "best"


class HintRule(Strict, kw_only=True):
    """How many hints a run may buy, and for how many points each (without ``price``: as the level says)."""

    allowed: int = 0
    price: int | None = None


class Event(Strict, kw_only=True):
    """A competition. ``freeze``: from when on the board stands still: a time, or how long before the end.

    ``pause``: how long a run may stand still in all. ``speed``: the fastest that it may be played.
    """

    event: Literal[1]
    name: str
    title: str = ""
    levels: list[LevelEntry]
    brackets: list[str] = []
    teams: list[TeamEntry] = []
    opens: str
    closes: str
    freeze: str = ""
    attempts: AttemptRule = msgspec.field(default_factory=AttemptRule)
    hints: HintRule = msgspec.field(default_factory=HintRule)
    tie: Tie = "earliest"
    pause: Duration = Duration(MINUTE)
    speed: int = 1


class PublicLevel(msgspec.Struct, frozen=True, kw_only=True):
    """A level as the event's public rules name it: how many seeds it is played on, never which."""

    level: str
    title: str
    seeds: int
    weight: int = 1


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody may know of an event: instants in ms since 1970 (UTC), no seeds. ``freeze`` 0: never."""

    name: str
    title: str
    levels: tuple[PublicLevel, ...]
    brackets: tuple[str, ...] = ()
    opens: int
    closes: int
    freeze: int = 0
    attempts: AttemptRule = msgspec.field(default_factory=AttemptRule)
    hints: HintRule = msgspec.field(default_factory=HintRule)
    tie: Tie = "earliest"
    pause: int = MINUTE
    speed: int = 1


class EventFile:
    """An event as its file has it, with the levels that it names."""

    def __init__(self, event: Event, files: list[LevelFile]) -> None:
        self.event = event
        self.files = files

    def rules(self) -> Rules:
        """Return what everybody may know."""
        event = self.event
        closes = instant(event.closes)
        return Rules(
            name=event.name, title=event.title or event.name, brackets=tuple(event.brackets),
            levels=tuple(
                PublicLevel(level=file.level.id, title=file.level.title, seeds=_count(entry.seeds), weight=entry.weight)
                for entry, file in zip(event.levels, self.files, strict=True)
            ),
            opens=instant(event.opens), closes=closes, freeze=_freeze(event.freeze, closes),
            attempts=event.attempts, hints=event.hints, tie=event.tie, pause=int(event.pause), speed=event.speed,
        )  # fmt: skip


def read_event(path: Path) -> EventFile:
    """Read and check an event file and the levels that it names. Raises LevelError with every problem found."""
    name = one_line(str(path))
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b" " * (MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = one_line(getattr(error, "strerror", None) or str(error))
        raise LevelError([problem((name, 0, 0), f"cannot be read: {why}", "check the path")]) from None
    tree = parse(data, name, "event", "event: 1")
    try:
        event = msgspec.convert(tree.root.plain(), Event, dec_hook=quantity)
    except msgspec.ValidationError as error:
        raise LevelError(explain(tree.root, Event, str(error))) from None
    bad = Problems(note for note in tree.notes if "taken out" in note.what)
    _check_names(event, tree.root, bad)
    _check_times(event, tree.root, bad)
    _check_amounts(event, tree.root, bad)
    files = _levels(event, tree.root, path.parent, bad)
    if bad:
        raise LevelError(sorted(bad, key=lambda p: (p.line, p.col)))
    return EventFile(event, files)


def instant(text: str) -> int:
    """Return the ms since 1970 of an ISO 8601 time with its offset from UTC; ValueError when it is none."""
    from datetime import UTC, datetime

    found = datetime.fromisoformat(text.strip())
    if found.tzinfo is None:
        raise ValueError("no offset from UTC")
    return int((found - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1000


def time_text(ms: int) -> str:
    """Return an instant as people write it: ``2027-03-06 18:00 UTC``."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _freeze(text: str, closes: int) -> int:
    if not text:
        return 0
    try:
        return closes - int(Duration.parse(text))
    except ValueError:
        return instant(text)


def _count(seeds: int | list[int]) -> int:
    return seeds if isinstance(seeds, int) else len(seeds)


def _at(root: Node, *path: str | int) -> tuple[str, int, int]:
    return root.nearest(path).at


def _check_names(event: Event, root: Node, bad: list[Problem]) -> None:
    if not _NAME.fullmatch(event.name):
        fix = "use small letters, digits and -, at most 40"
        bad.append(problem(_at(root, "name"), f"{show(event.name)} cannot name an event", fix))
    if len(event.teams) > MAX_TEAMS:
        bad.append(problem(_at(root, "teams"), f"{len(event.teams)} teams are more than {MAX_TEAMS}", "make it two"))
    seen: dict[str, int] = {}
    for n, team in enumerate(event.teams[:MAX_TEAMS]):
        at = _at(root, "teams", n, "name")
        key = one_line(team.name).casefold()
        if not key or len(key) > MAX_NAME or one_line(team.name) != team.name:
            bad.append(problem(at, f"{show(team.name)} cannot name a team", f"use 1 to {MAX_NAME} letters"))
        elif key in seen:
            bad.append(problem(at, f"two teams are called {show(team.name)}", "rename one"))
        seen[key] = n
        if (team.bracket or event.brackets) and team.bracket not in event.brackets:
            at = _at(root, "teams", n, "bracket")
            what = f"the team {show(team.name)} is in no bracket" if not team.bracket else ""
            what = what or f"there is no bracket {show(team.bracket)}"
            bad.append(problem(at, what, suggest(team.bracket, event.brackets, "bracket")))


def _check_times(event: Event, root: Node, bad: list[Problem]) -> None:
    found: dict[str, int] = {}
    for field in ("opens", "closes", "freeze"):
        text = getattr(event, field)
        try:
            found[field] = _freeze(text, found.get("closes", 0)) if field == "freeze" else instant(text)
        except (ValueError, OverflowError):
            fix = "write for example 2027-03-06T18:00:00Z" + (", or 30m before the end" if field == "freeze" else "")
            bad.append(problem(_at(root, field), f"{show(text)} is no time with its offset from UTC", fix))
    if len(found) < 3:
        return
    if not found["opens"] < found["closes"]:
        bad.append(problem(_at(root, "closes"), "the event closes before it opens", "write a later time"))
    elif event.freeze and not found["opens"] < found["freeze"] <= found["closes"]:
        what = "the board would freeze before the event opens or after it closes"
        bad.append(problem(_at(root, "freeze"), what, "write a time in between, for example 30m"))


def _check_amounts(event: Event, root: Node, bad: list[Problem]) -> None:
    rows: list[tuple[tuple[str | int, ...], int, int, int]] = [
        (("attempts", "allowed"), event.attempts.allowed, 1, 100),
        (("hints", "allowed"), event.hints.allowed, 0, 100),
        (("hints", "price"), 1 if event.hints.price is None else event.hints.price, 1, 1000),
        (("speed",), event.speed, 1, 60),
    ]
    for n, entry in enumerate(event.levels):
        rows.append((("levels", n, "weight"), entry.weight, 1, 100))
        rows.append((("levels", n, "seeds"), _count(entry.seeds), 1, MAX_SEEDS))
        if isinstance(entry.seeds, list) and len(set(entry.seeds)) < len(entry.seeds):
            bad.append(problem(_at(root, "levels", n, "seeds"), "a seed is here twice", "keep one of them"))
        for m, seed in enumerate(entry.seeds if isinstance(entry.seeds, list) else []):
            rows.append((("levels", n, "seeds", m), seed, 0, 2**53))
    for path, value, low, high in rows:
        if not low <= value <= high:
            what = f"{value} is no number for {'.'.join(p for p in path if isinstance(p, str))}"
            bad.append(problem(_at(root, *path), what, f"write one from {low} to {high}"))
    if event.pause > HOUR:
        bad.append(problem(_at(root, "pause"), "a run may stand still for an hour at most", "write for example 60s"))


def _levels(event: Event, root: Node, folder: Path, bad: list[Problem]) -> list[LevelFile]:
    if not 1 <= len(event.levels) <= MAX_LEVELS:
        what = f"an event has 1 to {MAX_LEVELS} levels, this one {len(event.levels)}"
        bad.append(problem(_at(root, "levels"), what, "write for example [{level: eip-remap, seeds: 3}]"))
        return []
    found: list[LevelFile] = []
    for n, entry in enumerate(event.levels):
        at = _at(root, "levels", n, "level")
        beside = folder / entry.level
        try:
            file = load(beside if "\0" not in entry.level and beside.is_file() else find(entry.level))
        except LevelError as error:
            first = error.problems[0]
            bad.append(problem(at, f"the level {show(entry.level)}: {first.what}", first.fix))
            continue
        if any(file.level.id == other.level.id for other in found):
            bad.append(problem(at, f"the level {show(file.level.id)} is here twice", "keep one, with more seeds"))
        found.append(file)
    return found
