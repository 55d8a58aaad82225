"""The command line: every command, its options and its help. Completion and the docs are generated from here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from drill.cli.grammar import LEVEL, MANY, SEED, THEIR_LEVEL, Help, Parser, command, json_option, looks
from drill.cli.parser_event import contest, in_event, referee
from drill.cli.quick import lean_imports, settled

EXIT_CODES = """\
exit codes:
  0  fine (for run: every objective met)
  1  an objective missed; a verification or a certification failed
  2  bad input
  3  the log needs another engine version
"""


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
    perform = getattr(import_module(f"drill.cli.{module}"), function)
    settled()
    code: int = perform(options)
    return code


def _play(commands: Any) -> None:
    play = command(
        commands,
        "play",
        "play:play",
        "play a level in the terminal",
        "examples:\n  drill play first-shift\n  drill play zone-power --seed 7 --operator ada\n"
        "  printf 'wait 90s\\nlook\\nquit\\n' | drill play eip-remap --plain\n",
    )
    play.add_argument("level", metavar="LEVEL", nargs="?", default="", help=LEVEL)
    in_event(play, "entering:play", "play what comes next for your team in an event")
    play.add_argument("--seed", type=SEED, metavar="N", help="which situation; without it one is drawn and shown")
    play.add_argument("--operator", default="", metavar="NAME", help="who plays (shown in the scores)")
    play.add_argument("--plain", action="store_true", help="line by line, for screen readers and dumb terminals")
    looks(play)
    resume = command(commands, "resume", "play:resume", "go on with a run that was cut off")
    resume.add_argument("log", metavar="RUN", nargs="?", default="", help="run id or log file; default: the last one")
    resume.add_argument("--level", default="", metavar="LEVEL", help=THEIR_LEVEL)
    resume.add_argument("--plain", action="store_true", help="line by line")
    looks(resume)
    replay = command(commands, "replay", "play:replay", "watch a saved run: scrub, change speed")
    replay.add_argument("log", metavar="RUN", help="run id or log file")
    replay.add_argument("--level", default="", metavar="LEVEL", help=THEIR_LEVEL)
    looks(replay)


def _host(commands: Any) -> None:
    host = command(
        commands,
        "host",
        "hosting:host",
        "lead a drill: truth beside telemetry, injects by hand, pause, rewind",
        "examples:\n  drill host zone-power --operator fay\n"
        "  printf 'injects\\nwait 30s\\nfire dark\\ntruth\\nquit\\n' | drill host zone-power --seed 7 --plain\n",
    )
    host.add_argument("level", metavar="LEVEL", nargs="?", default="", help=LEVEL)
    host.add_argument("--resume", default="", metavar="RUN", help="go on with a run that was cut off, instead of LEVEL")
    host.add_argument("--seed", type=SEED, metavar="N", help="which situation; without it one is drawn and shown")
    host.add_argument("--operator", default="", metavar="NAME", help="who leads")
    host.add_argument("--server", default="", metavar="URL", help="let players join over this server (organizer's URL)")
    host.add_argument("--plain", action="store_true", help="line by line, for screen readers and dumb terminals")
    looks(host)


def _run(commands: Any) -> None:
    run = command(
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
    json_option(run)
    verify = command(commands, "verify", "headless:verify", "re-run logs; compare every digest and the score")
    verify.add_argument("logs", metavar="LOG", nargs="*", help="log file or run id")
    referee(verify)
    verify.add_argument("--level", default="", metavar="LEVEL", help=THEIR_LEVEL)
    json_option(verify)


def _levels(commands: Any) -> None:
    levels = command(commands, "levels", "levels:levels", "list the levels with what they teach and your best score")
    json_option(levels)
    lint = command(commands, "lint", "levels:lint", "check level files: file:line:col: what; what to do")
    lint.add_argument("paths", metavar="PATH", nargs="+", help="level file, or folder of level files")


def _authors(commands: Any) -> None:
    about = "for authors: what a level's figures are and should be"
    calibrate = command(commands, "calibrate", "authors:calibrate", about)
    calibrate.add_argument("level", metavar="LEVEL", help=LEVEL)
    calibrate.add_argument("--seeds", type=MANY, default=20, metavar="N", help="how many seeds (default 20)")
    json_option(calibrate)
    certify = command(commands, "certify", "authors:certify", "for authors: whether levels are fair, over many seeds")
    certify.add_argument("levels", metavar="LEVEL", nargs="+", help=LEVEL)
    certify.add_argument("--seeds", type=MANY, default=50, metavar="N", help="how many seeds (default 50)")
    json_option(certify)


def _runs(commands: Any) -> None:
    runs = command(commands, "runs", "runs:runs", "list saved runs, newest first, and what waits to be sent")
    _which(runs)
    runs.add_argument("--send", action="store_true", help="send what waits now")
    scores = command(commands, "scores", "runs:scores", "list saved runs, best first")
    _which(scores)
    kind = scores.add_mutually_exclusive_group()
    kind.add_argument("--best", action="store_true", help="only the best run of everybody on each level")
    kind.add_argument("--latest", action="store_true", help="only the latest run of everybody on each level")
    kind.add_argument("--trend", action="store_true", help="how the points of everybody went on each level")
    report = command(
        commands,
        "report",
        "runs:report",
        "print a saved run as debrief, hot wash or after-action report",
        "examples:\n  drill report 3f2a --kind hot-wash --format html > hot-wash.html\n",
    )
    report.add_argument("log", metavar="RUN", help="run id or log file")
    report.add_argument("--level", default="", metavar="LEVEL", help=THEIR_LEVEL)
    kinds = ("debrief", "hot-wash", "after-action")
    report.add_argument("--kind", choices=kinds, default="debrief", help="which report (default: debrief)")
    forms = ("md", "html", "json")
    report.add_argument("--format", choices=forms, default="md", help="Markdown (default), one HTML file, or JSON")


def _which(parser: Any) -> None:
    parser.add_argument("--level", metavar="L", help="only this level")
    parser.add_argument("--operator", metavar="NAME", help="only this operator's")
    parser.add_argument("--team", metavar="NAME", help="only this team's")
    parser.add_argument("--event", metavar="NAME", help="only of this event")
    parser.add_argument("--server", metavar="URL", help="from a shared store instead of one's own")
    form = parser.add_mutually_exclusive_group()
    json_option(form)
    form.add_argument("--csv", action="store_true", help="print comma-separated values")


def _shared(commands: Any) -> None:
    join = command(
        commands,
        "join",
        "shared:join",
        "join a team or a session with the code that you were given",
        "examples:\n  drill join K7QM-2XWD --server postgresql://player:...@host/drill --name Ada\n",
    )
    join.add_argument("code", metavar="CODE", help="the code; small letters and hyphens do not matter")
    join.add_argument("--name", default="", metavar="NAME", help="what to call you; default: your name on this machine")
    join.add_argument("--role", default="", metavar="ROLE", help="in a session: commander, operator or communications")
    join.add_argument("--server", default="", metavar="URL", help="the server, as whoever runs it told you")
    join.add_argument("--plain", action="store_true", help="in a session: line by line")
    looks(join)
    db = command(
        commands,
        "db",
        "shared:database",
        "make or migrate a database for teams",
        "examples:\n  drill db init postgresql://postgres:...@host/drill\n",
    )
    db.add_argument("what", choices=("init",), help="make it, or bring it up to date; safe to run again")
    db.add_argument("url", metavar="URL", help="of the database, as somebody who may make roles in it")
    db.add_argument("--new-passwords", action="store_true", help="give the roles player and organizer new passwords")
    json_option(db)


def _make(commands: Any) -> None:
    schema = command(commands, "schema", "levels:schema", "print the JSON Schema of level files")
    schema.add_argument("--event", action="store_true", help="that of event files instead")
    command(commands, "reference", "levels:reference", "print the reference of every kind, action and fault")
    doctor = command(commands, "doctor", "doctor:doctor", "tell what this terminal and this store can do")
    json_option(doctor)
    completion = command(
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
    _runs: ("runs", "scores", "report"),
    _shared: ("join", "db"),
    contest: ("event", "board"),
    _make: ("schema", "reference", "doctor", "completion"),
}
