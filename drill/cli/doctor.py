"""``drill doctor``: what this terminal and this store can do."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from typing import NamedTuple

from drill.cli.guard import FINE, MISSED
from drill.cli.out import print_json, table
from drill.desk import Desk

SMALLEST = (60, 20)
BEST = (120, 40)


class Finding(NamedTuple):
    """One thing looked at: whether it is well, and what to do when it is not."""

    what: str
    found: str
    ok: bool
    fix: str = ""


def doctor(options: argparse.Namespace) -> int:
    """Print what was found; exit code 1 when something keeps the drill from working well."""
    found = [*_program(), *_terminal(), *_store(), _levels()]
    if options.json:
        print_json([each._asdict() for each in found])
    else:
        print(table([("", "what", "found"), *[("ok" if f.ok else "!!", f.what, f.found) for f in found]]))
        for each in found:
            if not each.ok and each.fix:
                print(f"\n{each.what}: {each.fix}")
    return FINE if all(each.ok for each in found) else MISSED


def _program() -> list[Finding]:
    from importlib.metadata import version

    from drill import ENGINE, __version__

    return [
        Finding("drill", f"{__version__}, engine {ENGINE}", True),
        Finding("python", f"{platform.python_version()} on {platform.system()}", True),
        Finding("textual", version("textual"), True),
    ]


def _terminal() -> list[Finding]:
    size = shutil.get_terminal_size()
    encoding = (sys.stdout.encoding or "?").lower()
    unicode = "utf" in encoding
    color = (
        "off (NO_COLOR)" if os.environ.get("NO_COLOR") else os.environ.get("COLORTERM") or os.environ.get("TERM", "?")
    )
    here = "yes" if sys.stdin.isatty() and sys.stdout.isatty() else "no, input or output is a file"
    fits = size.columns >= SMALLEST[0] and size.lines >= SMALLEST[1]
    return [
        Finding("terminal", here, True),
        Finding("size", f"{size.columns}x{size.lines}, made for {BEST[0]}x{BEST[1]}", fits,
                f"at least {SMALLEST[0]}x{SMALLEST[1]} is needed; or play with --plain"),
        Finding("colors", color, True),
        Finding("glyphs", f"{encoding}", unicode, "set a UTF-8 locale, or play with --ascii"),
    ]  # fmt: skip


def _store() -> list[Finding]:
    import tempfile

    store = Desk().store
    try:
        with tempfile.TemporaryFile(dir=store.folder, buffering=0) as file:
            writable = file.write(b"\0" * 65_536) == 65_536  # an empty file would find room on a full disk, too
    except OSError:
        writable = False
    return [
        Finding("data folder", str(store.folder), writable,
                "runs cannot be saved there; make room, or set DRILL_HOME to a folder that can be written to"),
        Finding("saved runs", store.problem or str(len(store.runs())), not store.problem),
    ]  # fmt: skip


def _levels() -> Finding:
    rows = Desk().shelf()
    bad = [row.id for row in rows if row.problem]
    text = f"{len(rows)} levels" + (f", {len(bad)} cannot be played: {', '.join(bad)}" if bad else "")
    return Finding("levels", text, bool(rows) and not bad, "`drill lint` says what is wrong with them")
