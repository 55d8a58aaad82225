"""A desk and a session without an engine: Frames as they are told, and a note of everything that was submitted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from drill.catalog.ec2.address import ElasticIp
from drill.catalog.ec2.instance import Instance
from drill.console import render
from drill.desk import Desk, Filed, NoRun, Shelf
from drill.engine.history import Given, History
from drill.level.level import Level
from drill.model.command import Action, Receipt, Refusal
from drill.model.units import decode
from drill.model.world import Region, World, Zone
from drill.score.debrief import debrief
from drill.score.scorecard import scorecard
from drill.view.frame import Asked, Card, Echo, Frame, HintOffer, Users

LEVEL: dict[str, Any] = {
    "drill": 1,
    "id": "eip-remap",
    "title": "The spare is [b]warm[/b]",  # markup must stay text
    "tier": "hinted",
    "teaches": ["elastic-ip"],
    "length": "6m",
    "brief": "web-1 serves the shop. web-2 is warm.",
    "world": {"regions": {"us-east-1": {"zones": ["use1-az1", "use1-az2"]}}, "components": {}},
    "traffic": {"shoppers": {"enters": "web-ip", "rate": {"calm": "250/s"}}},
    "script": {},
    "objectives": {
        "rto": {"is": "rto", "floor": "99%", "stable": "30s", "par": "75s", "target": "2m", "zero": "5m", "must": True},
        "spend": {"is": "spend", "par": "$0.20", "target": "$0.30", "zero": "$2"},
    },
    "hints": {"h1": {"cost": 30, "text": "What still points at web-1?"}},
    "solutions": {"reference": {"rules": {}}},
    "debrief": {"concept": "An address is not a server.", "question": "What did users hold on to?"},
    "sources": ["https://docs.aws.amazon.com/"],
}


def level(**changes: Any) -> Level:
    return msgspec.convert({**LEVEL, **changes}, Level, dec_hook=decode)


def world() -> World:
    made = World(seed=1)
    made.regions = {"us-east-1": Region(name="us-east-1", zones=["use1-az1", "use1-az2"])}
    made.zones = {z: Zone(name=z, region="us-east-1") for z in ("use1-az1", "use1-az2")}
    made.components = {
        "web-1": Instance(name="web-1", region="us-east-1", zone="use1-az1"),
        "web-2": Instance(name="web-2", region="us-east-1", zone="use1-az2"),
        "web-ip": ElasticIp(name="web-ip", region="us-east-1", instance="web-1"),
    }
    return made


class FakeFile:
    path = Path("levels/eip-remap.yaml")

    def __init__(self, **changes: Any) -> None:
        self.level = level(**changes)

    def bind(self, seed: int) -> Any:
        return self


class FakeSession:
    """Remembers what it was asked to do. ``refuse``: what the next submit is answered with."""

    def __init__(self, file: FakeFile, seed: int) -> None:
        self.file, self.level, self.seed = file, file.level, seed
        self.now, self.length = 0, int(file.level.length)
        self.world, self.history = world(), History()
        self.given: list[Action] = []
        self.times: list[int] = []
        self.advances: list[int] = []
        self.refuse: Refusal | None = None
        self.hint = True
        self.asked: list[Asked] = []
        self.saving = True
        self.log = None

    @property
    def over(self) -> bool:
        return self.now >= self.length

    def advance(self, to_ms: int) -> None:
        assert self.now <= to_ms <= self.length
        self.advances.append(to_ms)
        self.now = to_ms

    def submit(self, action: Action, author: str = "you") -> Refusal | Receipt:
        if self.refuse is not None:
            return self.refuse
        self.given.append(action)
        self.times.append(self.now)
        n = len(self.given)
        self.history.commands.append(Given(n=n, at=self.now, author=author, line=render(action), action=action,
                                           state="done", done=self.now + 400))  # fmt: skip
        return Receipt(n=n, at=self.now, author=author, action="")

    def finish(self) -> None:
        self.now = self.history.until = self.length


class FakeDesk(Desk):
    def __init__(self, **changes: Any) -> None:
        super().__init__("ada")
        self.changes = changes
        self.sessions: list[FakeSession] = []
        self.finished = 0

    @property
    def session(self) -> FakeSession:
        return self.sessions[-1]

    def send_waiting(self) -> None:
        pass

    def waiting(self) -> str:
        return ""

    def with_bests(self, rows: list[Shelf]) -> list[Shelf]:
        return rows

    def shelf(self) -> list[Shelf]:
        return [
            Shelf(id="first-shift", title="First shift", tier="guided", length=180_000, teaches=("the screen",),
                  path=Path("levels/first-shift.yaml"), best=812, stars=2, runs=3),
            Shelf(id="eip-remap", title=LEVEL["title"], tier="hinted", length=360_000, teaches=("elastic-ip",),
                  path=Path("levels/eip-remap.yaml")),
            Shelf(id="broken", title="broken", tier="?", length=0, teaches=(), path=Path("levels/broken.yaml"),
                  problem="levels/broken.yaml:3:1: unknown field `lenght`; did you mean `length`?"),
        ]  # fmt: skip

    def load(self, name: str) -> Any:
        return FakeFile(**self.changes)

    def draw_seed(self) -> int:
        return 4711

    def start(self, file: Any, seed: int, log: Any = None) -> Any:
        self.sessions.append(FakeSession(file, seed))
        return self.session

    def cut_off(self) -> str:
        return "eip-remap at 02:10"

    def resume(self, run: str = "", level: str = "") -> Any:
        raise NoRun("no run was cut off")

    def frame(self, session: Any) -> Frame:
        known = level(**self.changes)
        return Frame(
            level=known.id, title=known.title, tier=known.tier, seed=session.seed, operator="ada", now=session.now,
            length=session.length, users=Users(success=1.0, p95=80.0, rate=250.0), spend=0.1, hourly=0.4,
            cards=tuple(
                Card(id=n, component=n, kind="ec2.instance", glyph="▣", ascii="#", title=n, region="us-east-1",
                     zone=getattr(c, "zone", ""), word="running")
                for n, c in session.world.components.items()
            ),
            echoes=tuple(
                Echo(n=g.n, at=g.at, author=g.author, line=g.line, state="done", took=400,
                     text="i-1 running [b]x[/b]" if g.action.reads else "")
                for g in session.history.commands
            ),
            asked=tuple(session.asked), saving=session.saving,
            next_hint=HintOffer(id="h1", cost=30) if session.hint and known.tier == "hinted" else None,
            entries=len(session.given), over=session.over,
        )  # fmt: skip

    def series(self, session: Any, component: str) -> Any:
        return ()

    def finish(self, session: Any, keep: bool = True) -> Any:
        self.finished += 1
        session.finish()
        card = scorecard(session.level, session.seed, session.history)
        return Filed(debrief=debrief(session.level, session.seed, session.history, card), id="0123456789")

    def explained(self, session: Any, told: Any) -> Any:
        return told

    def reference_points(self, file: Any, seed: int) -> int | None:
        return 900
