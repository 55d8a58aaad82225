"""Many writers, cut connections and an outage, of any size: small ones in tests, the full ones in benchmarks."""

from __future__ import annotations

import itertools
import multiprocessing
import random
import sys
import time
import uuid
import zlib
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from drill.store import Saved
from drill.store.credentials import Credential, Credentials
from drill.store.database import engine, reading, writing
from drill.store.sending import Post, Sender, submission
from drill.store.shared import Server
from drill.store.store import Store
from drill.store.tables import ATTEMPTS
from tests.conftest import Database
from tests.store.proxy import WAYS, Proxy
from tests.store.shared import BLUE, EVENT, RED, a_run, join, make_event

#: Processes that share nothing, begun from one that has everything imported already.
_FRESH = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
_FRESH.set_forkserver_preload([__name__])


# ---- many writers ----------------------------------------------------------------------------------------------------


def write_sqlite(path: Path, processes: int, each: int) -> tuple[int, str]:
    """Let processes save runs into one file at once; return how many rows there are, and what SQLite says of it."""
    _at_once(_save, processes, str(path), each)
    with reading(engine(f"sqlite:///{path}")) as db:
        rows = db.exec_driver_sql("SELECT count(*) FROM runs").scalar()
        return int(rows or 0), str(db.exec_driver_sql("PRAGMA integrity_check").scalar())


def write_postgres(database: Database, processes: int, each: int) -> tuple[int, int]:
    """Let processes begin and hand in runs as players of two teams; return how many rows there are, and good ones."""
    make_event(database.organizer, spec={"attempts": {"allowed": processes * each}})
    _at_once(_hand_in, processes, database.player, each)
    with reading(engine(database.organizer)) as db:
        rows = db.exec_driver_sql("SELECT id, team_id, received_at, late, content FROM runs").all()
        begun = set(db.exec_driver_sql("SELECT id FROM attempts").scalars())
    good = [r for r in rows if zlib.decompress(r.content).decode() == r.id and r.id in begun and r.received_at]
    return len(rows), len({r.id for r in good if not r.late})


def _at_once(work: object, processes: int, where: str, each: int) -> None:
    ready = _FRESH.Barrier(processes)
    workers = [_FRESH.Process(target=work, args=(where, n, each, ready)) for n in range(processes)]  # type: ignore[arg-type]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * processes


def _save(path: str, who: int, each: int, ready: object) -> None:
    ready.wait()  # type: ignore[attr-defined]
    store = Store.open(Path(path))
    for n in range(each):
        outcome = store.save(a_run(f"{who}-{n}", operator=str(who), points=n % 1001))
        assert isinstance(outcome, Saved), outcome


def _hand_in(url: str, who: int, each: int, ready: object) -> None:
    member = join(url, (RED, BLUE)[who % 2], f"player {who}")
    server = Server(url, member.token)
    ready.wait()  # type: ignore[attr-defined]
    for n in range(each):
        run = str(uuid.uuid4())
        server.start(EVENT, "eip-remap", n % 2, run)
        server.submit(a_run(run, points=n % 1001), zlib.compress(run.encode()), member.member, member.ref, EVENT)
    server.close()


# ---- cuts and outages ------------------------------------------------------------------------------------------------


def begun_runs(database: Database, member: Credential, count: int) -> list[str]:
    """Return runs that a member has begun."""
    runs = [str(uuid.uuid4()) for _ in range(count)]
    own = {"event_id": EVENT, "team_id": member.ref, "member_id": member.member, "level": "eip-remap", "seed_index": 0}
    with writing(engine(database.admin)) as db:
        db.execute(insert(ATTEMPTS), [{"id": run, **own} for run in runs])
    return runs


def cut(database: Database, folder: Path, cuts: int, seed: int = 1) -> dict[str, int]:
    """Hand runs in while so many connections are cut around COMMIT; return what became of it.

    ``runs`` played, ``rows`` in the server at the end, ``lost``, ``doubled``, ``waiting`` and the cuts by their way.
    """
    dice, left = random.Random(seed), itertools.count(cuts, -1)
    proxy = Proxy(database.admin, lambda: dice.choice(WAYS) if next(left) > 0 else "")
    member, store, credentials = _ready(database, folder, proxy)
    post, now, played = Post(credentials), 0.0, []
    log = folder / "log"
    try:
        for run in begun_runs(database, member, max(1, cuts // 2)):  # so that a run is cut twice, on average
            log.write_text(run)
            assert store.save(a_run(run), submission(a_run(run), log, member, run)) == Saved(run)
            played.append(run)
            now += 61
            store.outbox.drain(post.send, now)
        while store.outbox.waiting().count and now < 61.0 * cuts * 4:
            now += 61
            store.outbox.drain(post.send, now)
    finally:
        post.close()
        proxy.close()
    return {**_counts(database, played, store), **proxy.done}


def outage(database: Database, folder: Path, seconds: int = 1800, runs: int = 20) -> dict[str, float]:
    """Play runs while the server is away for so long by a fake clock; return how it drained once it was back."""
    proxy = Proxy(database.admin)
    member, store, credentials = _ready(database, folder, proxy)
    post, now, asked = Post(credentials), [0.0], 0
    sender = Sender(store.outbox, post.send, clock=lambda: now[0])
    log, played = folder / "log", []
    proxy.leave()
    for run in begun_runs(database, member, runs):
        log.write_text(run)
        store.save(a_run(run), submission(a_run(run), log, member, run))
        played.append(run)
        until = now[0] + seconds / runs
        while now[0] < until:
            now[0] += sender.step()
            asked += 1
    assert sender.state.count == runs and not _counts(database, played, store)["rows"]
    proxy.come_back()
    back = now[0]
    while sender.state.count and now[0] < back + 3600:
        now[0] += sender.step()
    post.close()
    proxy.close()
    return {**_counts(database, played, store), "away_s": back, "looks": asked, "drained_after_s": now[0] - back}


def restart(database: Database, folder: Path, server: Any, runs: int = 5) -> dict[str, float]:
    """Really stop the server while runs wait, and start it again, by the real clock; return how it drained."""
    make_event(database.organizer)
    member, store, credentials = join(database.player, RED), Store.open(folder / "runs.sqlite3"), Credentials(folder)
    credentials.keep(member)
    begun, log = begun_runs(database, member, runs), folder / "log"
    server.stop()
    post = Post(credentials)
    sender = Sender(store.outbox, post.send)
    sender.start()
    for run in begun:
        log.write_text(run)
        store.save(a_run(run), submission(a_run(run), log, member, run))
        sender.poke()
    time.sleep(5)
    waited = store.outbox.waiting().count
    server.ensure_postgres_running()
    back = time.monotonic()
    while store.outbox.waiting().count and time.monotonic() < back + 90:
        time.sleep(0.1)
    sender.close()
    post.close()
    return {**_counts(database, begun, store), "waited": waited, "drained_after_s": time.monotonic() - back}


def _ready(database: Database, folder: Path, proxy: Proxy) -> tuple[Credential, Store, Credentials]:
    make_event(database.organizer)
    member = join(proxy.url(database.player), RED)
    credentials = Credentials(folder)
    credentials.keep(member)
    return member, Store.open(folder / "runs.sqlite3"), credentials


def _counts(database: Database, played: list[str], store: Store) -> dict[str, int]:
    with reading(engine(database.organizer)) as db:
        rows = db.exec_driver_sql("SELECT id, content FROM runs").all()
    whole = {row.id for row in rows if zlib.decompress(row.content).decode() == row.id}
    return {"runs": len(played), "rows": len(rows), "lost": len(set(played) - whole), "doubled": len(rows) - len(whole),
            "waiting": store.outbox.waiting().count}  # fmt: skip
