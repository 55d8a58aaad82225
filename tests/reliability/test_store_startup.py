"""SQLAlchemy (0.2 s) and Alembic (0.1 s) are imported where a store is opened, and not before anything is shown."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

#: Says on the terminal itself when SQLAlchemy is asked for.
WATCH = """
import os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in ("sqlalchemy", "alembic"):
            os.write(2, b"<<" + name.encode() + b">>")
sys.meta_path.insert(0, Watch())
from drill.cli import main
sys.exit(main(sys.argv[1:]))
"""
SLOW = {"sqlalchemy", "alembic", "psycopg", "distributed"}


def imported(words: list[str], home: Path) -> set[str]:
    """Return which of the slow modules a command line imports in a fresh process."""
    tell = "import atexit, os, sys\n" \
           "def tell(*_): os.write(2, (' '.join(sorted(name for name in sys.modules if '.' not in name))).encode())\n" \
           "real = os._exit\n" \
           "os._exit = lambda code: (tell(), real(code))\n" \
           "atexit.register(tell)\n"  # fmt: skip
    code = f"{tell}from drill.cli import main\nsys.exit(main({words!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env={**os.environ, "DRILL_HOME": str(home)})  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    assert "msgspec" in done.stderr or "--version" in words
    return SLOW & set(done.stderr.split())


def test_what_needs_no_store_imports_none(tmp_path: Path) -> None:
    log = str(tmp_path / "log.jsonl")
    run = ["run", "first-shift", "--solution", "reference", "--seed", "3", "--log", log, "--no-save"]
    for words in (["--version"], run, ["verify", log], ["lint", "levels/first-shift.yaml"]):
        assert imported(words, tmp_path) == set(), words
    assert imported(["scores"], tmp_path) == {"sqlalchemy", "alembic"}, "the first time makes the store"
    assert imported(["scores"], tmp_path) == {"sqlalchemy"}, "then it is up to date"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("words", "frame", "opens"),
    [((), b"First shift", True), (("play", "eip-remap", "--seed", "3"), b"starts the clock", False)],
    ids=["the level list", "the briefing"],
)
def test_the_first_frame_is_there_before_any_of_it(words: Any, frame: bytes, opens: bool, tmp_path: Path) -> None:
    seen = shown([sys.executable, "-c", WATCH, *words], frame, tmp_path, b"<<sqlalchemy>>" if opens else b"")
    assert frame in seen
    assert b"<<" not in seen.partition(frame)[0]


def shown(words: list[str], frame: bytes, home: Path, also: bytes) -> bytes:
    """Run in a terminal of 120x40 until ``frame`` and ``also`` were shown; return what came."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "DRILL_HOME": str(home)}
    process = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, env=env)
    os.close(slave)
    seen, until = b"", time.monotonic() + 30
    try:
        while not (frame in seen and also in seen) and time.monotonic() < until:
            seen += os.read(master, 65536)
    finally:
        process.kill()
        process.wait()
        os.close(master)
    return seen
