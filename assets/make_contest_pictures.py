"""Makes the pictures of docs/organizer.md: ``python assets/make_contest_pictures.py [FOLDER]`` (default: beside this).

Twelve teams play the levels' own solutions on the seeds of an event; the referee's verdicts are what the board shows.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from assets.make_pictures import tidy
from drill.contest.board import Result, Team, board, encode
from drill.contest.boards import Fetched
from drill.contest.entrant import Turn
from drill.contest.event import PublicLevel, Rules
from drill.contest.records import Known
from drill.level.bundle import find
from drill.level.edition import edition, read
from drill.level.loader import load
from drill.level.solutions import names, runbook
from drill.score.scorecard import scorecard
from drill.session.runbook import Runner
from drill.session.session import Session

SIZE = (120, 22)
OPENS, MINUTE = 1_804_356_000_000, 60_000
LEVELS = (("eip-remap", 3, 1), ("zone-power", 2, 2), ("retry-storm", 1, 1))
TEAMS = ("Pager Pals", "The Quorum", "Blast Radius", "Warm Standby", "Five Nines", "Split Brain", "On Call, Off Guard",
         "Static Stability", "Cold Start", "Tail Latency", "The Runbooks", "Graceful Degradation")  # fmt: skip


def main(folder: Path) -> None:
    """Play, judge, and save the pictures."""
    for name, svg in asyncio.run(pictures()).items():
        (folder / f"{name}.svg").write_text(tidy(svg), encoding="utf-8")
        print(f"{folder / name}.svg")


def rules() -> Rules:
    """Return the event's rules."""
    levels = tuple(
        PublicLevel(level=name, title=load(find(name)).level.title, seeds=seeds, weight=weight)
        for name, seeds, weight in LEVELS
    )
    return Rules(
        name="spring-cup", title="Spring cup", levels=levels, opens=OPENS, closes=OPENS + 120 * MINUTE,
        freeze=OPENS + 90 * MINUTE,
    )  # fmt: skip


def results() -> Iterator[Result]:
    """Let each team play what a team of its kind would, and score it by the whole level."""
    for n in range(len(TEAMS)):
        at = OPENS + (4 + n % 3) * MINUTE
        for step, (name, seeds, _) in enumerate(LEVELS):
            level = load(find(name))
            player, known = read(edition(level), name), names(level.level)
            for seed in range(seeds):
                at += (7 + (n * 5 + step + seed) % 4) * MINUTE
                if at > OPENS + 62 * MINUTE:
                    continue
                right = (n * 7 + step * 3 + seed) % 5 < 4 - n // 4
                solution = known[0] if right else known[2:][(n + seed) % len(known[2:])]
                session = Session.start(player, 40 + seed)
                Runner(session, runbook(level.level, solution)).play()
                card = scorecard(level.bind(40 + seed).level, 40 + seed, session.history)
                waits = at > OPENS + 60 * MINUTE
                yield Result(
                    run=f"{n}-{name}-{seed}", team=str(n), level=name, seed=seed, began=at - 6 * MINUTE, received=at,
                    judged=0 if waits else at + 20_000, state="waiting" if waits else "verified", points=card.total,
                    won=card.won,
                )  # fmt: skip


class Still:
    """A board that nothing comes to."""

    def __init__(self) -> None:
        now = OPENS + 63 * MINUTE
        teams = [Team(id=str(n), name=name) for n, name in enumerate(TEAMS)]
        shown = board(rules(), teams, results(), now)
        known = Known(id="e", name="spring-cup", state="open", rules=rules(), commitment="", frozen_at=0)
        self.first = Fetched(event=known, board=shown, data=encode(shown), now=now)

    def fetch(self) -> Fetched:
        """Return the same."""
        return self.first

    def news(self, go_on: Callable[[], bool]) -> Iterator[None]:
        """Say nothing."""
        yield from ()


async def pictures() -> dict[str, str]:
    """Return each picture's name and SVG."""
    from types import SimpleNamespace

    from drill.cli.entering import announcement
    from drill.desk import Desk
    from drill.tui.app import DrillApp

    found = {}
    player = read(edition(load(find("zone-power"))), "zone-power")
    entrant: Any = SimpleNamespace(rules=rules(), credential=SimpleNamespace(team=TEAMS[0]))
    said = announcement(entrant, Turn(level="zone-power", seed_index=0, attempt=1))
    for name, first, what in (("board-live", ("board",), Still()), ("event-run", ("event",), (player, said))):
        app = DrillApp(Desk("ada"), first, what)
        async with app.run_test(size=SIZE if name == "board-live" else (SIZE[0], 32)) as pilot:
            await pilot.pause(0.5)
            found[name] = app.export_screenshot(title="drill", simplify=True)
            app.exit(0)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
