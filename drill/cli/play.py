"""``drill``, ``drill play``, ``drill resume`` and ``drill replay``: what opens a front end."""

from __future__ import annotations

import argparse
import os
import sys

from drill.cli.guard import FINE, Stop
from drill.cli.places import clear_words, load, same_course
from drill.desk import Desk


def list_screen(options: argparse.Namespace) -> int:
    """Open the app at the level list."""
    return open_app(options, Desk(), ("list",))


def play(options: argparse.Namespace) -> int:
    """Play a level, in the app or line by line."""
    from drill.model.text import one_line

    if not options.level:
        raise Stop("drill play: which level? `drill levels` lists them; `--event NAME` plays for your team")
    desk = Desk(one_line(options.operator)[:60])
    seed = desk.draw_seed() if options.seed is None else options.seed
    if options.plain:
        from drill.plain import Plain

        return Plain(desk, desk.start(load(desk, options.level), seed)).play()
    with clear_words():
        path = desk.find(options.level)
    return open_app(options, desk, ("play", str(path), str(seed)))


def resume(options: argparse.Namespace) -> int:
    """Go on with a run that was cut off."""
    desk = Desk()
    with clear_words(), same_course():
        session = desk.resume(options.log, options.level)
    desk.operator = session.operator
    if options.plain:
        from drill.plain import Plain

        return Plain(desk, session).play()
    return open_app(options, desk, ("resume",), session)


def replay(options: argparse.Namespace) -> int:
    """Watch a saved run."""
    desk = Desk()
    with clear_words():
        file, log = desk.open_run(options.log, options.level)
    with same_course():
        from drill.session.session import check_header

        check_header(file, log.header)
    return open_app(options, desk, ("replay",), (file, log))


def open_app(options: argparse.Namespace, desk: Desk, first: tuple[str, ...], what: object = None) -> int:
    """Open the app and return its exit code. It needs a terminal at both ends."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise Stop(
            "drill needs a terminal here; `drill play LEVEL --plain` works without one, `drill --help` tells more"
        )
    if os.environ.get("NO_COLOR") == "":
        del os.environ["NO_COLOR"]  # honored when it is not empty, as no-color.org asks; Textual takes any value
    from drill.tui.app import DrillApp

    app = DrillApp(desk, first, what, options.ascii, getattr(options, "speed", 1))
    app.run()
    if app.trouble is not None:
        raise app.trouble
    if app.farewell:
        print(app.farewell)
    if app.problem:
        raise Stop(app.problem)
    return app.return_value if app.return_value is not None else FINE
