"""How fast things start, as ratios measured side by side in one run. POSIX only: it opens a pseudo-terminal.

    python benchmarks/startup.py

Prints: ``drill --version`` and ``drill verify`` of one log to ``python -c pass``; the first frame of ``drill play`` to
that of an app with one label. Each figure is the median of several runs, taken in turn so that noise strikes all alike.
"""

from __future__ import annotations

import fcntl
import os
import pty
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

TIMES = 15
LABEL = """
from textual.app import App, ComposeResult
from textual.widgets import Label

class OneLabel(App[None]):
    def compose(self) -> ComposeResult:
        yield Label("seed 3")

OneLabel().run()
"""
FIRST_FRAME = b"seed 3"  # what the first frame says, and all that the label says
BRIEFING = b"starts the clock"  # the last line of the briefing


def took(words: list[str]) -> float:
    """Return how long a command takes, in ms."""
    start = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def shown_after(words: list[str], text: bytes = FIRST_FRAME) -> float:
    """Return how long it is from the start of a command until ``text`` is shown in a terminal of 120x40, in ms."""
    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    start = time.perf_counter()
    process = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, env=env)
    os.close(slave)
    seen = b""
    while text not in seen:
        seen += os.read(master, 65536)
    found = (time.perf_counter() - start) * 1000
    process.kill()
    process.wait()
    os.close(master)
    return found


def main() -> None:
    """Measure and print."""
    python = sys.executable
    with tempfile.TemporaryDirectory() as home:
        os.environ["DRILL_HOME"] = home
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: compiled once, not at every start
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(home) / "compiled")
        logs = {level: str(Path(home) / f"{level}.jsonl") for level in ("first-shift", "region-failover")}
        drill = [python, "-m", "drill"]
        for level, log in logs.items():
            played = [*drill, "run", level, "--solution", "reference", "--seed", "3", "--log", log]
            subprocess.run(played, check=False, stdout=subprocess.DEVNULL)
        play = [*drill, "play", "region-failover", "--seed", "3"]
        rows: dict[str, list[float]] = {}
        for _ in range(TIMES + 1):
            rows.setdefault("pass", []).append(took([python, "-c", "pass"]))
            rows.setdefault("version", []).append(took([*drill, "--version"]))
            for level, log in logs.items():
                rows.setdefault(level, []).append(took([*drill, "verify", log]))
            rows.setdefault("label", []).append(shown_after([python, "-c", LABEL]))
            rows.setdefault("play", []).append(shown_after(play))
            rows.setdefault("briefing", []).append(shown_after(play, BRIEFING))
    ms = {name: statistics.median(values[1:]) for name, values in rows.items()}  # the first round compiles
    bare, label = ms["pass"], ms["label"]
    tell("python -c pass", bare)
    tell("drill --version", ms["version"], bare, "python -c pass (at most 2)")
    for level in logs:
        tell(f"verify {level}", ms[level], bare, "python -c pass (at most 8)")
    tell("one label", label)
    tell("drill play", ms["play"], label, "one label (at most 1.25)")
    tell("its briefing", ms["briefing"], label, "one label")


def tell(what: str, ms: float, than: float = 0.0, text: str = "") -> None:
    """Print one line: how long it took, and how many times as long as what it is measured by."""
    print(f"{what:<24}{ms:7.1f} ms" + (f"{ms / than:8.2f} x {text}" if than else ""))


if __name__ == "__main__":
    main()
