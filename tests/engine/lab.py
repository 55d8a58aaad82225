"""A bench for the engine: small worlds as Python maps, run through the same loader and session as any level."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from drill.console import parse
from drill.level.loader import LevelFile, load
from drill.model.command import Receipt, Refusal
from drill.model.units import Rate
from drill.session.session import Session

ONE_REGION = {"us-east-1": {"zones": ["use1-az1", "use1-az2", "use1-az3"]}}
TWO_REGIONS = {**ONE_REGION, "us-west-2": {"zones": ["usw2-az1", "usw2-az2"]}}


def tree(
    components: dict[str, Any],
    traffic: dict[str, Any],
    script: dict[str, Any] | None = None,
    length: str = "10m",
    regions: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return a level as a map: the fields that every level needs, with ``more`` over them."""
    world = {"regions": regions or ONE_REGION, "components": components, **more.pop("world", {})}
    return {
        "drill": 1,
        "id": "bench",
        "title": "Bench",
        "tier": "blind",
        "teaches": [],
        "length": length,
        "world": world,
        "traffic": traffic,
        "script": script or {},
        "objectives": {"spend": {"is": "spend", "par": "$1", "target": "$2", "zero": "$3"}},
        "solutions": {"reference": {"rules": {}}},
        **more,
    }


def level_file(level: dict[str, Any]) -> LevelFile:
    """Return a level map as the loader reads it from a file (JSON is YAML)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.yaml"
        path.write_text(json.dumps(level), encoding="utf-8")
        return load(path)


class Lab:
    """A session on a small world, with shorthands for what tests ask again and again."""

    def __init__(self, level: dict[str, Any] | LevelFile, seed: int = 1) -> None:
        self.file = level if isinstance(level, LevelFile) else level_file(level)
        self.session = Session.start(self.file, seed)
        self.sim = self.session.sim
        self.world = self.session.world

    def __getitem__(self, name: str) -> Any:
        """Return a component of the world: the truth."""
        return self.world.components[name]

    def run(self, seconds: float) -> Lab:
        """Let time pass up to T+``seconds``."""
        self.session.advance(round(seconds * 1000))
        return self

    def do(self, line: str) -> Receipt | Refusal:
        """Give a console line now."""
        return self.session.submit(parse(line, self.world))

    def now(self, line: str) -> Receipt:
        """Give a console line that must not be refused, and let its API call end."""
        receipt = self.do(line)
        assert isinstance(receipt, Receipt), receipt
        while receipt.state in ("waiting", "calling"):
            self.run(self.session.now / 1000 + 0.1)
        return receipt

    def output(self, line: str) -> str:
        """Give a reading line and return what it prints."""
        n = self.now(line).n
        return next(given.output for given in self.session.history.commands if given.n == n)

    def break_(self, fault: str, target: str, **fields: Any) -> Any:
        """Let a fault strike now, and return it."""
        import msgspec

        from drill.catalog import find
        from drill.model.command import Fault
        from drill.model.units import decode

        cls = find(Fault, fault)
        assert cls is not None
        found = msgspec.convert({"fault": fault, "target": target, **fields}, cls, dec_hook=decode)
        assert self.session.inject(found, "test") == ""
        return found

    def mend(self, fault: Any) -> None:
        """Undo a fault now."""
        self.sim.before_command()
        fault.clear(self.world)
        self.touch()

    def touch(self) -> None:
        """Say that a test changed the world behind the engine's back."""
        self.sim.clock.stir()
        self.sim.settle_instant()

    def rate(self, population: str, rate: float) -> None:
        """Let another number of first asks come from now on."""
        self.sim.before_command()
        found = self.world.traffic.populations[population]
        found.calm = found.rate = Rate(rate)
        self.touch()

    def good(self, name: str, first: float, last: float | None = None) -> float:
        """Return the share of good answers among the first asks of seconds ``first`` to ``last`` (exclusive)."""
        track = self.session.history.classes[name]
        span = slice(int(first), int(last if last is not None else first + 1))
        asks = good = 0.0
        for amount in track.asks[span]:
            asks += amount
        for amount in track.good[span]:
            good += amount
        return good / asks if asks else 1.0
