"""``drill host``: lead a drill, alone on one screen or for players who join by code."""

from __future__ import annotations

import argparse

from drill.cli.places import load
from drill.desk import Desk
from drill.model.text import one_line


def host(options: argparse.Namespace) -> int:
    """Open the facilitator's screen, or lead the drill line by line."""
    desk = Desk(one_line(options.operator)[:60] or "facilitator")
    file = load(desk, options.level)
    seed = desk.draw_seed() if options.seed is None else options.seed
    session = desk.start(file, seed)
    if options.plain:
        from drill.plain_host import PlainHost

        return PlainHost(desk, session).play()
    from drill.cli.play import open_app

    return open_app(options, desk, ("host",), (session, None))
