"""The digest covers the whole World: nothing in it, pending work included, can differ unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec.structs import force_setattr

from drill.level.loader import find, load
from drill.level.solutions import runbook
from drill.session.runbook import Runner
from drill.session.session import Session

Leaf = tuple[str, Any, Callable[[Any], None]]  # where, what is there, and how to put something else there


def leaves(value: Any, path: str, put: Callable[[Any], None]) -> Iterator[Leaf]:
    """Yield everything that is no container, wherever it stands, and each empty container."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            held = getattr(value, name)
            yield from leaves(held, f"{path}.{name}", lambda new, it=value, at=name: force_setattr(it, at, new))
    elif isinstance(value, dict) and value:
        for key in list(value):
            yield from leaves(value[key], f"{path}[{key!r}]", lambda new, it=value, at=key: it.__setitem__(at, new))
    elif isinstance(value, list) and value:
        for index in range(len(value)):
            yield from leaves(value[index], f"{path}[{index}]", lambda new, it=value, at=index: it.__setitem__(at, new))
    elif isinstance(value, tuple) and value:
        for index, held in enumerate(value):
            yield from leaves(held, f"{path}({index})", lambda new, at=index: put((*value[:at], new, *value[at + 1 :])))
    else:
        yield path, value, put


def other(value: Any) -> Any:
    """Return something else of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return type(value)(value + 1)
    return {str: "something else", dict: {"x": 1}, list: [1], tuple: (1,), type(None): 1}[type(value)]


def test_every_leaf_of_the_world_is_in_the_digest() -> None:
    session = Session.start(load(find("region-failover")), 3)
    runner = Runner(session, runbook(session.level, "reference"))
    for second in range(1, 400):
        session.advance(second * 1000)
        runner.look()
    world = session.world
    assert world.pending and world.receipts and world.traffic.classes and world.dice
    before = world.digest()
    found = list(leaves(world, "world", lambda new: None))
    assert len(found) > 300
    unseen = []
    for path, value, put in found:
        put(other(value))
        if world.digest() == before:
            unseen.append(path)
        put(value)
    assert unseen == []
    assert world.digest() == before
