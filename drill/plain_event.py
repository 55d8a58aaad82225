"""An event's drill line by line, in real time: the server's clock runs while one thinks, so the drill's does, too.

Lines are read in a thread of their own, so that time passes and news are said while nothing is typed.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from drill.desk import Desk
from drill.model.units import Duration, clock_text
from drill.plain import HELP as PLAY
from drill.plain import NEWS, Plain
from drill.view.said import TIME, briefing

TICK = 0.25  # seconds between two looks at the clock
LEAD = 2000  # ms that a command may take the drill ahead of the clock before one has to wait for it

HELP = "\n".join([*(line for line in PLAY.split("\n") if line != TIME and not line.startswith("leave ")),
                  "leave            stop here; `drill play --event` goes on, and the server's clock runs meanwhile",
                  "Time passes by itself."])  # fmt: skip


class PlainEvent(Plain):
    """A drill on standard input and output that keeps the time of the wall."""

    def __init__(self, desk: Desk, session: Any, speed: int = 1) -> None:
        super().__init__(desk, session)
        self.speed = speed
        self.began = time.monotonic() - session.now / 1000 / speed

    def help(self, _: str) -> None:
        """Say what can be typed."""
        self.say(HELP)

    def briefing(self) -> Iterator[str]:
        """Say what is played, and whose clock it is played by."""
        return briefing(self.session, "Time passes by itself, as the server's clock does.")

    def due(self) -> int:
        """Return where the drill should be by now, in ms."""
        length: int = self.session.length
        return min(length, int((time.monotonic() - self.began) * 1000 * self.speed))

    def catch_up(self) -> bool:
        """Let the drill's time be the wall's; say what is new, and tell whether anything was."""
        while self.session.now < self.due():
            self.session.advance(min(self.due(), self.session.now + 1000))
        return self.news()

    def typed(self) -> Iterator[str]:
        """Yield what is typed or piped in, while time passes."""
        lines: queue.Queue[str] = queue.Queue()

        def read() -> None:
            for line in iter(sys.stdin.readline, ""):
                lines.put(line)
            lines.put("")

        threading.Thread(target=read, name="lines", daemon=True).start()
        while not self.session.over:
            try:
                line = lines.get(timeout=TICK)
            except queue.Empty:
                self.catch_up()
                continue
            if not line:
                return
            self.catch_up()
            if not sys.stdin.isatty():
                self.say(f"T+{clock_text(self.session.now)}> {line.strip()}")
            yield line

    def wait(self, text: str) -> None:
        """Wait, in real time, and say what is new as it comes."""
        try:
            length = int(Duration.parse(text)) if text else NEWS
        except ValueError as error:
            self.say(str(error))
            return
        until = min(self.session.length, self.session.now + length)
        while self.session.now < until:
            time.sleep(min(TICK, max(0.01, (until - self.session.now) / 1000 / self.speed)))
            if self.catch_up() and not text:
                break
        self.say(self.moment())

    def command(self, line: str) -> None:
        """Give a command; one that took long has the clock to wait for."""
        super().command(line)
        while self.session.now > self.due() + LEAD and not self.session.over:
            time.sleep(TICK)

    def leave(self) -> int:
        """Stop here; the log is on the disk, and the server's clock runs on."""
        self.say(f"Left at T+{clock_text(self.session.now)}.")
        return 0
