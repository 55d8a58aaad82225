"""What certify and calibrate find, as data. Figures of objectives are badness, as the scorecard has them."""

import msgspec


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How a figure lies over the seeds."""

    median: float
    p95: float
    low: float
    high: float


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """How hard one component worked: share of capacity, and requests in its queue."""

    mean: float
    peak: float
    queue: float


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One bot's run on one seed. ``fingerprint``: what happened, without the seed. ``error``: why it broke off."""

    bot: str
    seed: int
    points: int = 0
    won: bool = False
    figures: dict[str, float] = {}
    fingerprint: str = ""
    error: str = ""
    refused: int = 0  # lines that were refused
    loads: dict[str, Load] = {}
    retries: float = 0.0  # the most retries under way at once, per first ask of a second
    digest: str = ""


class Bot(msgspec.Struct, frozen=True, kw_only=True):
    """All runs of one bot. ``points``: the median; ``won``: on every seed; ``wins``: on how many."""

    name: str
    points: float
    won: bool
    wins: int
    seeds: int
    spread: Spread
    objectives: dict[str, Spread]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of fairness, whether it holds, and what was measured."""

    rule: str
    ok: bool
    text: str


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a level is fair, and why."""

    level: str
    seeds: int
    certified: bool
    rows: tuple[Bot, ...]
    verdicts: tuple[Verdict, ...]


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What an objective's figures are, and what they should be, both as a level writes them."""

    objective: str
    measure: str
    now: tuple[str, str, str]
    par: str
    target: str
    zero: str
    note: str = ""


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What the level's own bots measure, and the figures that follow. ``loads``: bot -> component -> worst of seeds."""

    level: str
    seeds: int
    rows: tuple[Bot, ...]
    suggestions: tuple[Suggestion, ...]
    loads: dict[str, dict[str, Load]]
    retries: dict[str, float]
    errors: tuple[str, ...] = ()
