"""Board: who stands where, as a pure function of the rules, what has been verified, and the time.

Only points that the referee has computed again rank; what waits for it is counted, no more. A team's points for a level
are the mean over all of the level's seeds, a seed that it has not played being worth nothing: so it is skill that
shows. Numbers are whole (thousandths of a point), so that the same board comes out everywhere, byte for byte.

From its freeze on, a board tells what was so at the freeze, whatever happens later.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from drill.contest.event import Rules
from drill.model.units import MINUTE

MOVED = 10 * MINUTE  # how far back the rank is that ``moved`` compares with
WHOLE = 1000  # thousandths of a point

State = Literal["waiting", "verified", "refused", "held"]


class Team(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A team of the event. ``since``: when it was entered (ms since 1970)."""

    id: str
    name: str
    bracket: str = ""
    since: int = 0


class Result(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One run that was handed in. Instants in ms since 1970; ``judged`` 0: not yet.

    ``held``: its log is right, but its pace has to be looked at by the organizer.
    """

    run: str
    team: str
    level: str
    seed: int  # index of the seed among the level's
    began: int
    received: int
    late: bool = False
    state: State = "waiting"
    judged: int = 0
    points: int = 0
    won: bool = False


class Cell(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a team has on a level: the mean over its seeds in thousandths, and the points of its worst and best seed.

    ``first``: whether this team was the first to restore the level.
    """

    mean: int = 0
    low: int = 0
    high: int = 0
    played: int = 0
    won: int = 0
    first: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A team's line. ``moved``: ranks gained since ten minutes before; ``last``: when its points were complete."""

    rank: int
    moved: int
    team: str
    bracket: str
    total: int  # thousandths, weights included
    cells: tuple[Cell, ...]
    waiting: int = 0
    held: int = 0
    late: int = 0
    last: int = 0


class Column(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A level of the event. ``first``: who restored it first, "" nobody yet."""

    level: str
    title: str
    seeds: int
    weight: int
    first: str = ""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The board as it was ``at`` (ms since 1970)."""

    event: str
    title: str
    at: int
    opens: int
    closes: int
    frozen: bool
    tie: str
    bracket: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


class _Standing(msgspec.Struct, gc=False):
    team: Team
    total: int
    last: int
    cells: tuple[Cell, ...]


def board(
    rules: Rules, teams: Iterable[Team], results: Iterable[Result], now: int, *, bracket: str = "", final: bool = False
) -> Board:
    """Return the board at ``now``; with ``bracket``, of its teams alone. ``final``: the event's freeze is lifted."""
    frozen = not final and 0 < rules.freeze <= now
    at = rules.freeze if frozen else now
    known = sorted((t for t in teams if t.since <= at and bracket in ("", t.bracket)), key=lambda t: (t.name, t.id))
    mine = frozenset(team.id for team in known)
    handed_in = [_as_of(r, at) for r in sorted(results, key=_order) if r.received <= at and r.team in mine]
    counting = [r for r in handed_in if r.state == "verified" and not r.late]
    first = _first(counting)
    standing = _ranked(rules, _standings(rules, known, counting, first))
    before = {each.team.id: rank for rank, each in standing}
    earlier = [r for r in counting if r.judged <= at - MOVED]
    if len(earlier) < len(counting):
        before = {each.team.id: rank for rank, each in _ranked(rules, _standings(rules, known, earlier, {}))}
    counts = _counts(handed_in)
    names = {team.id: team.name for team in known}
    lines = tuple(
        Line(
            rank=rank, moved=before[each.team.id] - rank, team=each.team.name, bracket=each.team.bracket,
            total=each.total, cells=each.cells, waiting=counts.get((each.team.id, "waiting"), 0),
            held=counts.get((each.team.id, "held"), 0), late=counts.get((each.team.id, "late"), 0), last=each.last,
        )
        for rank, each in standing
    )  # fmt: skip
    columns = tuple(
        Column(
            level=each.level, title=each.title, seeds=each.seeds, weight=each.weight,
            first=names.get(first.get(each.level, ""), ""),
        )
        for each in rules.levels
    )  # fmt: skip
    return Board(
        event=rules.name, title=rules.title, at=at, opens=rules.opens, closes=rules.closes, frozen=frozen,
        tie=rules.tie, bracket=bracket, columns=columns, lines=lines,
    )  # fmt: skip


def encode(shown: Board) -> bytes:
    """Return a board as canonical JSON: what is kept when it freezes."""
    return msgspec.json.encode(shown, order="deterministic")


def decode(data: bytes) -> Board:
    """Return the board that ``encode`` wrote. msgspec.MsgspecError: it is none."""
    return msgspec.json.decode(data, type=Board)


def _order(result: Result) -> tuple[int, str]:
    return (result.received, result.run)


def _as_of(result: Result, at: int) -> Result:
    """Return what was known of a result at ``at``."""
    if result.state != "waiting" and result.judged > at:
        return msgspec.structs.replace(result, state="waiting", judged=0, points=0, won=False)
    return result


def _first(counting: list[Result]) -> dict[str, str]:
    """Return which team handed in the first run that restored each level; ``counting`` in the order they came."""
    found: dict[str, str] = {}
    for result in counting:
        if result.won:
            found.setdefault(result.level, result.team)
    return found


def _counts(results: list[Result]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for result in results:
        if result.state != "verified" or result.late:
            for word in [result.state, *(["late"] if result.late else [])]:
                found[result.team, word] = found.get((result.team, word), 0) + 1
    return found


def _standings(rules: Rules, teams: list[Team], counting: list[Result], first: dict[str, str]) -> list[_Standing]:
    """Return where each team stands, in the order of the teams; ``counting`` in the order they came."""
    counted: dict[tuple[str, str, int], Result] = {}
    for result in counting:
        key = (result.team, result.level, result.seed)
        other = counted.get(key)
        counted[key] = result if other is None else _counted(rules, other, result)
    played: dict[tuple[str, str], list[Result]] = {}
    for (team_id, name, _), result in counted.items():
        played.setdefault((team_id, name), []).append(result)
    found: list[_Standing] = []
    for team in teams:
        cells, total, last = [], 0, 0
        for level in rules.levels:
            runs = played.get((team.id, level.level))
            cell = _cell(runs, level.seeds, first.get(level.level) == team.id) if runs else _NOTHING
            for run in runs or ():
                if run.points and run.received > last:
                    last = run.received
            total += cell.mean * level.weight
            cells.append(cell)
        found.append(_Standing(team, total, last, tuple(cells)))
    return found


def _counted(rules: Rules, one: Result, other: Result) -> Result:
    """Return which of two runs on one seed counts."""
    if rules.attempts.counts == "best":
        return min(one, other, key=lambda run: (-run.points, *_order(run)))
    first, last = sorted((one, other), key=lambda run: (run.began, run.run))
    return last if rules.attempts.counts == "last" else first


_NOTHING = Cell()


def _cell(played: list[Result], seeds: int, first: bool) -> Cell:
    points = [run.points for run in played]
    return Cell(
        mean=WHOLE * sum(points) // seeds, low=min(points), high=max(points), played=len(played),  # whole numbers
        won=len([run for run in played if run.won]), first=first,
    )  # fmt: skip


def _ranked(rules: Rules, standings: list[_Standing]) -> list[tuple[int, _Standing]]:
    """Return (rank, standing), best first. Equal ones share a rank and stand in the order of their names."""

    def key(each: _Standing) -> tuple[int, int]:
        return (-each.total, each.last if rules.tie == "earliest" else 0)

    found: list[tuple[int, _Standing]] = []
    for n, each in enumerate(sorted(standings, key=key)):
        rank = found[-1][0] if found and key(found[-1][1]) == key(each) else n + 1
        found.append((rank, each))
    return found
