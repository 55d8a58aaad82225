"""Records: a finished run as it is saved, and what became of saving it."""

import msgspec


class ScoreRow(msgspec.Struct, frozen=True, kw_only=True):
    """One objective of a saved run: its name, what came of it as text ("01:52"), and its points."""

    name: str
    actual: str
    points: float


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A finished run. ``started`` and ``ended``: wall time, ISO 8601 in UTC. ``digest``: of the world at the end.

    Nothing here decides anything: the log gives all of it again, and ``drill verify`` compares.
    """

    id: str
    level: str
    gameplay: str  # hash of the level's gameplay
    engine: str
    seed: int
    operator: str = ""
    started: str = ""
    ended: str = ""
    won: bool
    points: int
    stars: int = 0
    rows: tuple[ScoreRow, ...] = ()
    log: str = ""  # path of its log, "" when there is none
    digest: str = ""
    team: str = ""  # for whom it was played, and in which event: names, "" for none
    event: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a level has gone so far: its best run, and how many runs there are."""

    best: RunRecord
    runs: int


class Saved(msgspec.Struct, frozen=True):
    """The run is in the store."""

    id: str


class NotSaved(msgspec.Struct, frozen=True):
    """The run is not in the store; why, in one line."""

    reason: str
