"""The command line: every command, its options and its help. Completion and the docs are generated from here."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

from drill.cli.quick import lean_imports, settled

SPEEDS = (1, 2, 5, 10, 20, 60)
LEVEL = "id of a level, or path of a level file"
EXIT_CODES = """\
exit codes:
  0  fine (for run: every objective met)
  1  an objective missed; a verification or a certification failed
  2  bad input
  3  the log needs another engine version
"""


argparse._ = str  # type: ignore[attr-defined]  # its words are not translated: all else here is English, too


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


def build(only: str = "") -> Parser:
    """Return the parser of the whole command line, or one that knows just the command ``only``: that is quicker."""
    parser = Parser(
        prog="drill",
        description="A terminal game that makes people good at outages. `drill` alone opens it.",
        epilog=EXIT_CODES,
        formatter_class=Help,
    )
    parser.add_argument("--version", "-V", action="store_true", help="print the version and the engine's, and exit")
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    parser.set_defaults(run="play:list_screen")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser, prog="drill")
    for add, names in GROUPS.items():
        if not only or only in names:
            add(commands)
    return parser


def run_command(words: list[str]) -> int:
    """Parse ``words`` and run the command they name. Its module is imported only now."""
    named = words[0] if words else ""
    parser = build(named if any(named in names for names in GROUPS.values()) else "")
    options = parser.parse_args(words)
    if options.version:
        from drill.cli import main

        return main(["--version"])
    module, function = options.run.split(":")
    if module in ("headless", "authors"):
        lean_imports()
    command = getattr(import_module(f"drill.cli.{module}"), function)
    settled()
    code: int = command(options)
    return code


def _command(commands: Any, name: str, run: str, help_: str, more: str = "", **kw: Any) -> Parser:
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


def _json(parser: Any, what: str = "print one JSON document instead of text") -> None:
    parser.add_argument("--json", action="store_true", help=what)


def _looks(parser: Parser) -> None:
    parser.add_argument("--speed", type=speed, default=1, metavar="X", help="1x (default), 2x, 5x, 10x, 20x or 60x")
    parser.add_argument("--ascii", action="store_true", default=argparse.SUPPRESS, help="draw with ASCII only")


def _play(commands: Any) -> None:
    play = _command(
        commands,
        "play",
        "play:play",
        "play a level in the terminal",
        "examples:\n  drill play first-shift\n  drill play zone-power --seed 7 --operator ada\n"
        "  printf 'wait 90s\\nlook\\nquit\\n' | drill play eip-remap --plain\n",
    )
    play.add_argument("level", metavar="LEVEL", help=LEVEL)
    play.add_argument("--seed", type=SEED, metavar="N", help="which situation; without it one is drawn and shown")
    play.add_argument("--operator", default="", metavar="NAME", help="who plays (shown in the scores)")
    play.add_argument("--plain", action="store_true", help="line by line, for screen readers and dumb terminals")
    _looks(play)
    resume = _command(commands, "resume", "play:resume", "go on with a run that was cut off")
    resume.add_argument("log", metavar="RUN", nargs="?", default="", help="run id or log file; default: the last one")
    resume.add_argument("--level", default="", metavar="LEVEL", help=THEIR_LEVEL)
    resume.add_argument("--plain", action="store_true", help="line by line")
    _looks(resume)
    replay = _command(commands, "replay", "play:replay", "watch a saved run: scrub, change speed")
    replay.add_argument("log", metavar="RUN", help="run id or log file")
    replay.add_argument("--level", default="", metavar="LEVEL", help=THEIR_LEVEL)
    _looks(replay)


def _host(commands: Any) -> None:
    host = _command(
        commands,
        "host",
        "hosting:host",
        "lead a drill: truth beside telemetry, injects by hand, pause, rewind",
        "examples:\n  drill host zone-power --operator fay\n"
        "  printf 'injects\\nwait 30s\\nfire dark\\ntruth\\nquit\\n' | drill host zone-power --seed 7 --plain\n",
    )
    host.add_argument("level", metavar="LEVEL", help=LEVEL)
    host.add_argument("--seed", type=SEED, metavar="N", help="which situation; without it one is drawn and shown")
    host.add_argument("--operator", default="", metavar="NAME", help="who leads")
    host.add_argument("--plain", action="store_true", help="line by line, for screen readers and dumb terminals")
    _looks(host)


def _run(commands: Any) -> None:
    run = _command(
        commands,
        "run",
        "headless:run",
        "play a level without a screen and print the scorecard",
        "A script has one command a line: `T+02:40 aws ...` (`#` starts a comment). A runbook is a YAML file of\n"
        "rules, as in a level's solutions.\n\nexamples:\n  drill run eip-remap --script remap.txt --seed 7\n"
        "  drill run eip-remap --solution reference --seeds 50\n  drill run eip-remap --solution 'wrong:NAME' --json\n",
    )
    run.add_argument("level", metavar="LEVEL", help=LEVEL)
    what = run.add_mutually_exclusive_group(required=True)
    what.add_argument("--script", metavar="FILE", help="script or runbook to play; - reads standard input")
    what.add_argument("--solution", metavar="NAME", help="reference, idle or wrong:NAME")
    seeds = run.add_mutually_exclusive_group()
    seeds.add_argument("--seed", type=SEED, metavar="N", help="which situation; without it one is drawn and shown")
    seeds.add_argument("--seeds", type=MANY, metavar="N", help="seeds 1 to N: wins, median and p95 of each objective")
    run.add_argument("--operator", default="", metavar="NAME", help="whose run it is")
    run.add_argument("--log", metavar="FILE", default="", help="write the log there (default: the data folder)")
    run.add_argument("--no-save", action="store_true", help="keep the run out of the scores")
    _json(run)
    verify = _command(commands, "verify", "headless:verify", "re-run logs; compare every digest and the score")
    verify.add_argument("logs", metavar="LOG", nargs="+", help="log file or run id")
    verify.add_argument("--level", default="", metavar="LEVEL", help=THEIR_LEVEL)
    _json(verify)


def _levels(commands: Any) -> None:
    levels = _command(commands, "levels", "levels:levels", "list the levels with what they teach and your best score")
    _json(levels)
    lint = _command(commands, "lint", "levels:lint", "check level files: file:line:col: what; what to do")
    lint.add_argument("paths", metavar="PATH", nargs="+", help="level file, or folder of level files")


def _authors(commands: Any) -> None:
    about = "for authors: what a level's figures are and should be"
    calibrate = _command(commands, "calibrate", "authors:calibrate", about)
    calibrate.add_argument("level", metavar="LEVEL", help=LEVEL)
    calibrate.add_argument("--seeds", type=MANY, default=20, metavar="N", help="how many seeds (default 20)")
    _json(calibrate)
    certify = _command(commands, "certify", "authors:certify", "for authors: whether levels are fair, over many seeds")
    certify.add_argument("levels", metavar="LEVEL", nargs="+", help=LEVEL)
    certify.add_argument("--seeds", type=MANY, default=50, metavar="N", help="how many seeds (default 50)")
    _json(certify)


def _runs(commands: Any) -> None:
    scores = _command(commands, "scores", "runs:scores", "list saved runs, best first")
    scores.add_argument("--level", default="", metavar="L", help="only this level")
    form = scores.add_mutually_exclusive_group()
    _json(form)
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    report = _command(commands, "report", "runs:report", "print the debrief of a saved run")
    report.add_argument("log", metavar="RUN", help="run id or log file")
    report.add_argument("--level", default="", metavar="LEVEL", help=THEIR_LEVEL)
    report.add_argument("--format", choices=("md", "json"), default="md", help="Markdown (default) or JSON")


def _make(commands: Any) -> None:
    _command(commands, "schema", "levels:schema", "print the JSON Schema of level files")
    _command(commands, "reference", "levels:reference", "print the reference of every kind, action and fault")
    doctor = _command(commands, "doctor", "doctor:doctor", "tell what this terminal and this store can do")
    _json(doctor)
    completion = _command(
        commands,
        "completion",
        "completion:completion",
        "print the completion script of a shell",
        'examples:\n  eval "$(drill completion bash)"\n  drill completion zsh > ~/.zfunc/_drill\n'
        "  drill completion fish > ~/.config/fish/completions/drill.fish\n",
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="which shell")


#: What adds each command, so that one command's parser can be made without the others'.
GROUPS: dict[Callable[[Any], None], tuple[str, ...]] = {
    _play: ("play", "resume", "replay"),
    _host: ("host",),
    _run: ("run", "verify"),
    _levels: ("levels", "lint"),
    _authors: ("calibrate", "certify"),
    _runs: ("scores", "report"),
    _make: ("schema", "reference", "doctor", "completion"),
}
