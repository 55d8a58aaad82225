"""A small level and histories of it, without an engine."""

from __future__ import annotations

from typing import Any, get_type_hints

import msgspec
import pytest

from drill.engine.history import ClassTrack, History
from drill.level.level import Level
from drill.model.units import decode

RAW: dict[str, Any] = {
    "drill": 1,
    "id": "small",
    "title": "Small",
    "tier": "guided",
    "teaches": ["nothing"],
    "length": "6m",
    "world": {"regions": {"us-east-1": {"zones": ["use1-az1"]}}, "components": {}},
    "traffic": {},
    "script": {},
    "objectives": {
        "rto": {"is": "rto", "floor": "99%", "stable": "30s", "par": "75s", "target": "2m", "zero": "5m",
                "weight": 4, "must": True},
        "spend": {"is": "spend", "par": "$0.20", "target": "$0.30", "zero": "$2", "weight": 1},
    },
    "solutions": {
        "reference": {"rules": {"remap": {
            "when": {"alarm": "web-health", "is": "ALARM"},
            "do": ["aws ec2 associate-address --allocation-id web-ip --instance-id web-2"]}}},
        "wrong": [
            {"name": "reboot it", "why": "Its host is dead.", "loses": "rto", "rules": {"r": {
                "when": {"alarm": "web-health", "is": "ALARM"},
                "do": ["aws ec2 reboot-instances --instance-ids web-1"]}}},
            {"name": "remap late", "why": "Users wait.", "loses": "rto", "from": "reference",
             "patch": {"think": "3m"}},
        ],
    },
    "debrief": {"question": "What did users hold on to?", "chain": ["The address stayed with the dead server."]},
    "sources": ["https://example.com/a_b"],
}  # fmt: skip


def level_of(**changes: Any) -> Level:
    """Return the small level with some top-level keys replaced."""
    raw = {**RAW, **changes}
    types = get_type_hints(Level)
    empty = {"traffic": {}, "script": {}}  # the score reads neither
    made = {k: msgspec.convert(value, types[k], dec_hook=decode) for k, value in raw.items() if k not in empty}
    return Level(**empty, **made)


def history_of(
    shares: list[float], rate: float = 100.0, patience: int = 3000, until: int | None = None, **more: Any
) -> History:
    """Return a history with one class that asks ``rate`` per second, of which ``shares`` are answered well."""
    track = ClassTrack(
        name="shoppers.all",
        patience=patience,
        asks=[rate] * len(shares),
        good=[rate * share for share in shares],
    )
    end = len(shares) * 1000 if until is None else until
    return History(classes={track.name: track}, until=end, **more)


@pytest.fixture
def level() -> Level:
    return level_of()
