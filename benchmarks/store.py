"""What the store stands: many writers, cut connections, an outage. POSIX only.

    python -m benchmarks.store

Eight processes save 1,000 runs each, into one SQLite file and into one PostgreSQL (which comes with the ``dev`` extra);
500 connections are cut around COMMIT; the server is away for 30 minutes by a fake clock, and once it is really stopped
and started again. Prints what became of it; ends with an error when anything was lost or doubled.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.conftest import databases, started
from tests.reliability.store_load import cut, outage, restart, write_postgres, write_sqlite

PROCESSES, EACH, CUTS = 8, 1000, 500


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="drill-store-"))
    begin = time.perf_counter()
    rows, said = write_sqlite(folder / "many" / "runs.sqlite3", PROCESSES, EACH)
    print(f"SQLite: {PROCESSES} x {EACH} runs, {rows} rows, integrity {said}, {time.perf_counter() - begin:.0f} s")
    assert (rows, said) == (PROCESSES * EACH, "ok")
    with started() as server, databases(server.get_uri()) as make:
        begin = time.perf_counter()
        rows, good = write_postgres(make(), PROCESSES, EACH)
        print(f"PostgreSQL: {PROCESSES} x {EACH} runs, {rows} rows, {good} whole, {time.perf_counter() - begin:.0f} s")
        assert rows == good == PROCESSES * EACH
        for name, told in (
            (f"{CUTS} cuts", cut(make(), _new(folder), CUTS)),
            ("an outage of 30 min", outage(make(), _new(folder))),
            ("a server that is stopped and started", restart(make(), _new(folder), server)),
        ):
            print(f"{name}: {', '.join(f'{word} {value:g}' for word, value in told.items())}")
            assert told["rows"] == told["runs"] and not told["lost"] and not told["doubled"] and not told["waiting"]


def _new(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


if __name__ == "__main__":
    main()
