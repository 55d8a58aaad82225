"""Editions: a level as one text that travels: the whole of it for a referee, the player's edition for who plays.

The player's edition decides every drill as the level does, on every seed, and lacks what a player must not know before
the end: solutions, debrief, sources, the texts of hints that cost something, what evidence is worth, and the pars, for
which perfection stands. What is to come has to be in it, since the drill runs where it is played: whoever must not
know that either gets the edition when play begins, not before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from drill.level.draws import read_draws
from drill.level.loader import LevelFile
from drill.level.typed import write_rates_out
from drill.level.yaml_tree import parse

#: The par of an edition: nothing is better.
PERFECT: dict[str, Any] = {"availability": "100%"}

_KEPT_BACK = ("debrief", "sources")


class Edition(LevelFile):
    """A level read from a text instead of a file; it travels to another process with its text."""

    def __init__(self, content: bytes, name: str = "") -> None:
        self.content = content
        tree = parse(content, name or "the level that the server sent")
        write_rates_out(tree.root)
        self.root = tree.root
        self.notes = tree.notes
        self.draws = read_draws(tree.root.get("draws"))
        self.level = self.bind(0).level
        self.path = Path(f"{self.level.id}.yaml")  # a name only: there is no such file

    def __reduce__(self) -> tuple[Any, ...]:
        return (Edition, (self.content,))


def whole(file: LevelFile) -> bytes:
    """Return a level with all that it includes as one text, solutions and all: for referees only."""
    return msgspec.json.encode(file.root.plain())


def edition(file: LevelFile, *, hints: bool = True, price: int | None = None) -> bytes:
    """Return the player's edition of a level as one text.

    ``hints``: whether those that cost something can be bought at all; ``price``: what each costs, None: as the level
    says. ``read`` gives the level that the text is.
    """
    data: dict[str, Any] = {key: value for key, value in file.root.plain().items() if key not in _KEPT_BACK}
    data["solutions"] = {"reference": {}}
    data["objectives"] = {
        name: {**written, "par": PERFECT.get(written.get("is"), 0)} for name, written in data["objectives"].items()
    }
    for evidence in data.get("telemetry", {}).get("evidence", {}).values():
        evidence.pop("true", None)
    offered = {name: _hint(written, price) for name, written in data.get("hints", {}).items()}
    data["hints"] = {name: written for name, written in offered.items() if hints or not written.get("cost")}
    return msgspec.json.encode(data)


def _hint(written: dict[str, Any], price: int | None) -> dict[str, Any]:
    """Return a hint without its text, at its price; what costs nothing is the guide's word and stays as it is."""
    if not written.get("cost"):
        return written
    return {**written, "text": "", "cost": written["cost"] if price is None else price}


def hint_texts(file: LevelFile) -> dict[str, str]:
    """Return the texts of the hints that cost something, by id: what a player gets for the price."""
    return {name: hint.text for name, hint in file.level.hints.items() if hint.cost > 0}


def read(content: bytes, name: str = "") -> Edition:
    """Return the level that a text is; ``name`` is for messages. Raises LevelError."""
    return Edition(content, name)
