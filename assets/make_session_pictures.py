"""Makes the pictures of a led drill: ``python assets/make_session_pictures.py [FOLDER]`` (default: beside this).

The facilitator's screen, a player's seat, and the page for afterwards; every figure comes from the simulation.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from make_pictures import SEED, SIZE, tidy

LEVEL, CODE = "zone-power", "K7QM2XWD"
LED = (
    "seat ada commander", "seat bob operator", "seat eve communications", "at 30", "fire dark", "at 62",
    "as ada ops declare-incident --severity 1", "delay health 60s", "at 75",
    "as eve ops post-status --text 'Many pages fail.' --impact 50% --eta 5m", "at 93",
    "as bob aws autoscaling update-auto-scaling-group --auto-scaling-group-name web --max-size 10"
    " --desired-capacity 10",
    "at 159",
)  # fmt: skip


class Away:
    """Stands for the server: a code to show, and nobody to wait for."""

    code, problem, speed = CODE, "", 1

    def start(self, wake: Any) -> None:
        """Nothing listens."""

    def pump(self) -> bool:
        """Nothing comes."""
        return False

    def end(self) -> None:
        """Nobody is told."""


def lead(session: Any) -> None:
    """Lead the drill as far as the pictures show it."""
    from drill.console import parse
    from drill.hosted.lines import obey

    for line in LED:
        word, _, rest = line.partition(" ")
        if word == "at":
            session.advance(int(rest) * 1000)
        elif word == "as":
            name, _, command = rest.partition(" ")
            session.submit(parse(command, session.world), name)
        else:
            assert obey(line, session, "fay") == "", line


async def pictures() -> dict[str, str]:
    """Return each picture's name and SVG."""
    from drill.cli.hosting import SeatDesk
    from drill.desk import Desk
    from drill.tui.app import DrillApp

    desk, found = Desk("fay"), {}
    session = desk.start(desk.load(LEVEL), SEED)
    lead(session)
    app = DrillApp(desk, ("host",), (session, Away()))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space", "m")
        await pilot.press(*"The boss asks when it is over")
        await pilot.pause(0.4)
        found["lead"] = app.export_screenshot(title="drill host", simplify=True)
    seat = type("Seat", (), {
        "session": session, "name": "ada", "role": "commander", "trouble": "", "silent": 0, "speed": 1, "leader": "fay",
        "waiting": False, "state": "open",
        "answers": {}, "start": lambda *_: None, "close": lambda *_: None,
    })()  # fmt: skip
    app = DrillApp(SeatDesk(seat), ("seat",), seat)
    async with app.run_test(size=SIZE) as pilot:
        app.screen.clock.paused = False
        app.screen.draw()
        await pilot.pause(0.4)
        found["seat"] = app.export_screenshot(title="drill join", simplify=True)
    return found


def main(folder: Path) -> None:
    """Play, and save the pictures."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["DRILL_HOME"] = home
        for name, svg in asyncio.run(pictures()).items():
            (folder / f"{name}.svg").write_text(tidy(svg), encoding="utf-8")
            print(f"{folder / name}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
