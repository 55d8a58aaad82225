"""What the command line is made of: parsers whose errors are one line, and the types of options."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NoReturn

from drill.cli.quick import lean_argparse

lean_argparse()

import argparse  # noqa: E402 - only now

SPEEDS = (1, 2, 5, 10, 20, 60)
LEVEL = "id of a level, or path of a level file"


class Help(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal. argparse would ask shutil, which takes 2 ms to import, at each argument added."""

    def __init__(self, prog: str, **given: Any) -> None:
        super().__init__(prog, **{"width": _columns() - 2, **given})


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    try:
        return os.get_terminal_size().columns or 80
    except (OSError, ValueError):  # not a terminal; standard output is closed
        return 80


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is, in one line; exit code 2."""
        self.exit(2, f"{self.prog}: {message}; `{self.prog} --help` shows how\n")


def number_from(low: int, high: int) -> Callable[[str], int]:
    """Return a type for argparse: a whole number from ``low`` to ``high``."""

    def whole(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"a whole number from {low} to {high} is needed, not {text!r}")
        return value

    return whole


def speed(text: str) -> int:
    """Return a speed of play, written ``5`` or ``5x``."""
    try:
        value = int(text.removesuffix("x"))
    except ValueError:
        value = 0
    if value not in SPEEDS:
        raise argparse.ArgumentTypeError(f"one of {', '.join(f'{s}x' for s in SPEEDS)} is needed, not {text!r}")
    return value


THEIR_LEVEL = "level file of the run, when it is not one of the drill's own"
SEED = number_from(0, 2**53)
MANY = number_from(1, 10_000)


def command(commands: Any, name: str, run: str, help_: str, more: str = "", **kw: Any) -> Parser:
    """Add one command; ``more`` is shown under its help (examples)."""
    parser: Parser = commands.add_parser(
        name,
        help=help_,
        description=help_[0].upper() + help_[1:] + ".",
        epilog=more,
        formatter_class=Help,
        **kw,
    )
    parser.set_defaults(run=run)
    return parser


def json_option(parser: Any, what: str = "print one JSON document instead of text") -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help=what)


def looks(parser: Parser) -> None:
    """Add what every screen takes: speed, and ASCII only."""
    parser.add_argument("--speed", type=speed, default=1, metavar="X", help="1x (default), 2x, 5x, 10x, 20x or 60x")
    parser.add_argument("--ascii", action="store_true", default=argparse.SUPPRESS, help="draw with ASCII only")
