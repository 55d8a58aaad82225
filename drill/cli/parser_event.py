"""The options of competitions: ``drill event``, ``drill board``, and what ``play`` and ``verify`` take for an event."""

from __future__ import annotations

import argparse
from typing import Any

from drill.cli.grammar import Parser, command, json_option, number_from

WHAT = ("create", "codes", "open", "status", "freeze", "close", "export")
_SERVER = "the shared store; default: DRILL_SERVER, else the one joined last"


class _Instead(argparse.Action):
    """Name an event or its archive, and run what is for it instead of what the command does otherwise (``const``)."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        """Take the option."""
        setattr(namespace, self.dest, values)
        namespace.run = self.const


def in_event(parser: Parser, run: str, help_: str) -> None:
    """Add ``--event NAME``, which makes the command ``run``."""
    parser.add_argument("--event", action=_Instead, const=run, default="", metavar="NAME", help=help_)


def referee(verify: Parser) -> None:
    """Add what ``drill verify`` takes for an event."""
    in_event(verify, "events:verify_event", "run every submission of an event again that waits for it")
    many = number_from(0, 1024)
    verify.add_argument("--workers", type=many, default=0, metavar="N", help="processes (default: one for each core)")
    verify.add_argument("--scheduler", default="", metavar="URL", help="use the Dask cluster at tcp://...")
    verify.add_argument("--again", action="store_true", help="judge what has been judged, too")
    verify.add_argument("--accept", default="", metavar="RUN", help="let a run count that is held for its pace")
    verify.add_argument("--server", default="", metavar="URL", help=_SERVER)
    about = "compare the logs of an exported event with its results: all of them, or LOG"
    run = "archived:verify_archive"
    verify.add_argument("--archive", action=_Instead, const=run, default="", metavar="FOLDER", help=about)


def contest(commands: Any) -> None:
    """Add ``drill event`` and ``drill board``."""
    event = command(
        commands,
        "event",
        "events:event_command",
        "run a competition: create, codes, open, status, freeze, close, export",
        "examples:\n  drill event create cup.yaml\n  drill event open spring-cup\n  drill event status\n"
        "  drill event export spring-cup --to archive\n",
    )
    event.add_argument("what", choices=WHAT, help="what to do")
    event.add_argument("name", metavar="NAME", nargs="?", default="", help="the event; for create: its YAML file")
    event.add_argument("--to", default="", metavar="FOLDER", help="where to export to (default: the event's name)")
    event.add_argument("--server", default="", metavar="URL", help=_SERVER)
    json_option(event)
    board = command(commands, "board", "events:board_command", "show an event's board, live; or print it")
    board.add_argument("name", metavar="NAME", nargs="?", default="", help="the event (default: the one joined last)")
    board.add_argument("--bracket", default="", metavar="B", help="only the teams of this bracket")
    form = board.add_mutually_exclusive_group()
    json_option(form)
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    form.add_argument("--html", action="store_true", help="print a self-contained page")
    form.add_argument("--plain", action="store_true", help="print lines of text, in a terminal, too")
    board.add_argument("--server", default="", metavar="URL", help=_SERVER)
    board.add_argument("--ascii", action="store_true", default=argparse.SUPPRESS, help="draw with ASCII only")
