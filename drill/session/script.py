"""Script: a text file of commands with their times, played against a session.

# scale out before the survivors drown
T+02:40 aws autoscaling set-desired-capacity --auto-scaling-group-name web --desired-capacity 9
"""

import re
from pathlib import Path

import msgspec

from drill.model.text import clean, one_line
from drill.session.runbook import Note, Playable, submit_line

MAX_BYTES = 1 << 20
_LINE = r"T\+(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>[0-5]\d(?:\.\d{1,3})?)\s+(?P<rest>\S.*)"
_PLAIN = r"T\+(?P<seconds>\d+(?:\.\d{1,3})?)s\s+(?P<rest>\S.*)"


class ScriptError(ValueError):
    """A script that cannot be read: one line, ``file:line:col: what; what to do``."""


class Timed(msgspec.Struct, frozen=True, kw_only=True):
    """One command of a script: its time in ms, the line, and where it stands in the file (from 1)."""

    at: int
    line: str
    number: int


def load_script(path: Path) -> list[Timed]:
    """Read a script file; ScriptError when it cannot be read or understood."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ScriptError(f"{path}: larger than 1 MiB; make the script smaller")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        why = error.strerror or str(error)
        raise ScriptError(f"{one_line(str(path))}: cannot be read: {why}; check the path") from None
    except UnicodeDecodeError:
        raise ScriptError(f"{one_line(str(path))}: is not UTF-8 text; write lines such as T+02:40 aws ...") from None
    return parse_script(text, str(path))


def parse_script(text: str, name: str = "script") -> list[Timed]:
    """Return the commands of a script in order of time; ScriptError names the first line that is none."""
    found: list[Timed] = []
    for number, raw in enumerate(clean(text).split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(_LINE, line) or re.fullmatch(_PLAIN, line)
        if match is None:
            column = len(raw) - len(raw.lstrip()) + 1
            what = f"no time and command: {one_line(line)[:40]}"
            raise ScriptError(f"{one_line(name)}:{number}:{column}: {what}; write T+MM:SS and a command")
        parts = match.groupdict()
        seconds = 3600 * int(parts.get("hours") or 0) + 60 * int(parts.get("minutes") or 0) + float(parts["seconds"])
        found.append(Timed(at=round(seconds * 1000), line=parts["rest"], number=number))
    found.sort(key=lambda timed: timed.at)
    return found


def play_script(session: Playable, script: list[Timed], author: str = "script") -> list[Note]:
    """Give each command at its time, then run to the horizon. What comes after the horizon is noted, not given."""
    notes: list[Note] = []
    for timed in script:
        refused = "the drill is over by then"
        if timed.at < session.length:
            if timed.at > session.now:
                session.advance(timed.at)
            taken = submit_line(session, timed.line, author)
            refused = taken if isinstance(taken, str) else ""
        notes.append(Note(at=timed.at, rule=f"line {timed.number}", line=timed.line, refused=refused))
    session.finish()
    return notes
