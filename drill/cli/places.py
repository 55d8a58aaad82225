"""Where commands find things: levels and runs by their names, every failure as one line with its exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from drill.cli.guard import MISSED, Stop
from drill.desk import Desk, NoRun, why


def level_ids() -> list[str]:
    """Return the ids of the levels that come with the drill."""
    from drill.level.bundle import bundled
    from drill.level.family import id_of

    return [id_of(path) for path in bundled()]


@contextmanager
def clear_words() -> Iterator[None]:
    """Turn what can be wrong with a level, a log, a script or a run into a line and an exit code."""
    from drill.level.errors import LevelError

    try:
        yield
    except (LevelError, NoRun) as error:
        raise Stop(str(error)) from None
    except Exception as error:
        code = getattr(error, "exit_code", None)  # a LogError; its module is slow to import, and may not be needed
        if code is None:
            raise
        raise Stop(str(error), code) from None


@contextmanager
def same_course() -> Iterator[None]:
    """Turn a log that leads elsewhere into one line; exit code 1."""
    from drill.session.session import Divergence

    try:
        yield
    except Divergence as error:
        raise Stop(why(error), MISSED) from None


def load(desk: Desk, name: str) -> Any:
    """Return a level file by id or path."""
    with clear_words():
        return desk.load(name)


def load_all(desk: Desk, name: str) -> list[Any]:
    """Return the level files that an id or path stands for: of a family, each of its variants."""
    from drill.level.family import levels_in

    with clear_words():
        return [desk.load(str(path)) for path in levels_in(desk.find(name))]


def run_again(desk: Desk, run: str, level: str = "") -> Any:
    """Return the session that a saved run leads to, every digest compared on the way."""
    from drill.session.session import replay

    with clear_words(), same_course():
        return replay(*desk.open_run(run, level))
