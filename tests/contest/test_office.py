"""What an organizer does is the same on SQLite and on PostgreSQL: announce, open, judge, freeze, close, archive."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from drill.contest.boards import fetch
from drill.contest.event import read_event
from drill.contest.export import export
from drill.contest.judge import deflate
from drill.contest.office import clock, close_event, create, event, events, freeze_event, open_event, secrets_of
from drill.contest.records import cases, doubtful, keep, live_board
from drill.contest.referees import judge_all
from drill.store.database import engine, writing
from drill.store.shared import Server
from drill.store.tables import ATTEMPTS, HEADS, MEMBERS, RUNS, TEAMS
from tests.contest.cases import LEVEL, forged, played
from tests.contest.test_on_server import CUP


def test_an_event_on_either_database(either: str, tmp_path: Path) -> None:
    made = engine(either)
    (tmp_path / "cup.yaml").write_text(CUP.replace(", price: 40", ""))
    created = create(made, read_event(tmp_path / "cup.yaml"))
    assert [each.state for each in events(made)] == ["announced"]
    found = open_event(made, "cup")
    assert abs(found.rules.opens - clock(made)) < 60_000
    (seed, _) = secrets_of(made, found).seeds[LEVEL]
    honest = played(seed)
    began = datetime.now(UTC) - timedelta(minutes=20)
    with writing(made) as db:
        if made.dialect.name == "postgresql":  # let the past be written, as nobody but its administrator can
            db.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for team in db.execute(select(TEAMS)).all():
            member, run = f"member-{team.name}", f"run-{team.name}"
            log = honest if team.name == "Red" else forged(honest, "score", random.Random(1))
            db.execute(insert(MEMBERS).values(
                id=member, kind="team", ref=team.id, name="ada", token_hash=member, joined_at=began
            ))  # fmt: skip
            db.execute(insert(ATTEMPTS).values(
                id=run, event_id=created.id, team_id=team.id, member_id=member, level=LEVEL, seed_index=0,
                started_at=began,
            ))  # fmt: skip
            db.execute(insert(RUNS).values(
                id=run, level=LEVEL, gameplay="", engine="1", seed=str(seed), operator="ada", started="", ended="",
                won=True, points=1, stars=0, rows="[]", log="", digest="", team_id=team.id, event_id=created.id,
                member_id=member, content=deflate(b"".join(log.lines())), received_at=began + timedelta(minutes=6),
            ))  # fmt: skip
            for entry in honest.entries:
                if entry.note in ("mark", "end"):
                    at = began + timedelta(milliseconds=entry.t)
                    db.execute(insert(HEADS).values(run=run, n=entry.n, t=entry.t, head=entry.hash, received_at=at))
    waiting, sheets = cases(made, event(made, "cup"))
    assert [case.run for case in sorted(waiting, key=lambda case: case.run)] == ["run-Blue", "run-Red"]
    judge_all(waiting, sheets, lambda verdict: keep(made, [verdict]), 1)
    found = event(made, "cup")
    ((_, team, level, state, reason),) = doubtful(made, found)
    assert (team, level, state) == ("Blue", LEVEL, "refused") and "score: " in reason
    totals = [(line.team, line.total) for line in live_board(made, found, clock(made)).lines]
    assert totals == [("Red", 500_000), ("Blue", 0)]
    freeze_event(made, "cup")
    server = Server(either)
    frozen = fetch(server, "cup")
    assert frozen.board.frozen and frozen.data == event(made, "cup").frozen
    closed = close_event(made, "cup")
    assert not fetch(server, "cup").board.frozen
    server.close()
    assert json.loads(closed.opened)["seeds"][LEVEL][0] == seed
    assert export(made, closed, tmp_path / "out") == 2
    assert len((tmp_path / "out" / "runs.csv").read_text().splitlines()) == 3
