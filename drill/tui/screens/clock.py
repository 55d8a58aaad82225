"""Clock: turns wall time into simulated time. Pause and speed are only how often the session is advanced."""

from __future__ import annotations

import time
from collections.abc import Callable

SPEEDS = (1, 2, 5, 10, 20, 60)
SPEED = f"speed: {', '.join(f'{speed}x' for speed in SPEEDS)}"  # what the keys for it do, on the help page
FRAMES_PER_SECOND = 4
LONGEST_GAP = 5.0  # seconds of wall time that one tick may make up for: a suspended laptop is not an outage


class Clock:
    """A stopwatch with a speed. ``due`` says how far simulated time should have come."""

    def __init__(self, speed: int = 1, wall: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self.paused = True
        self._holds: set[str] = set()
        self._wall = wall
        self._last = wall()

    @property
    def running(self) -> bool:
        """Whether time passes: neither paused nor held by an open dialog."""
        return not self.paused and not self._holds

    def elapsed(self) -> int:
        """Return the simulated ms that passed since the last call (0 while time stands still)."""
        now = self._wall()
        gap, self._last = min(now - self._last, LONGEST_GAP), now
        return round(gap * 1000) * self.speed if self.running else 0

    def hold(self, why: str) -> None:
        """Let time stand still until ``release(why)``."""
        self._holds.add(why)

    def release(self, why: str) -> None:
        """End a hold; unknown ones are ignored."""
        self._holds.discard(why)

    def faster(self, fastest: float | None = None) -> int:
        """Go one speed up, not beyond ``fastest`` (a phase's pace), and return it."""
        allowed = [s for s in SPEEDS if s > self.speed and (fastest is None or s <= fastest)]
        self.speed = allowed[0] if allowed else self.speed
        return self.speed

    def slower(self) -> int:
        """Go one speed down and return it."""
        allowed = [s for s in SPEEDS if s < self.speed]
        self.speed = allowed[-1] if allowed else self.speed
        return self.speed
