"""``drill runs``, ``drill scores`` and ``drill report``: what was played before."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from drill.cli.guard import FINE, Stop
from drill.cli.out import print_json, stars, table
from drill.cli.places import run_again
from drill.cli.shared import server_words
from drill.desk import Desk
from drill.model.units import clock_text

#: The columns of ``--csv``. New ones go to the end.
_CSV = ("id", "level", "seed", "operator", "won", "points", "stars", "started", "ended", "engine", "digest", "log",
        "team", "event")  # fmt: skip
_BARS = "▁▂▃▄▅▆▇█"


def runs(options: argparse.Namespace) -> int:
    """List saved runs, newest first; with ``--send`` send what waits before."""
    store = _store(options)
    if options.send:
        _send(store)
    found = _checked(store, store.runs(**_wanted(options)))
    _show(found, options, f"{len(found)} saved {'run' if len(found) == 1 else 'runs'}" if found else "no saved runs")
    if not options.server and not options.send:
        with server_words():
            waiting = store.outbox.waiting()
        if waiting.count:
            print(_waits(waiting) + "; `drill runs --send` sends now", file=sys.stderr)
    if not (options.server or options.send or options.json or options.csv):
        _unfinished(options)
    return FINE


def _unfinished(options: argparse.Namespace) -> None:
    """List the runs that did not end, the last touched first: each can be gone on with."""
    from drill.session.log import open_runs

    wanted = {"level": options.level, "operator": options.operator}
    found = [
        each for each in open_runs(Desk().filing.logs.runs_folder)
        if all(value in (None, getattr(each.header, name)) for name, value in wanted.items())
    ]  # fmt: skip
    if not found or options.team or options.event:
        return
    print(f"\n{len(found)} not finished; `drill resume RUN` goes on")
    shown = [("at", "level", "seed", "operator", "begun", "run")]
    shown += [
        (f"T+{clock_text(each.t)}", each.header.level, str(each.header.seed), each.header.operator or "-",
         each.header.started[:16].replace("T", " "), each.path.stem[:8] + (" (being played)" if each.busy else ""))
        for each in found
    ]  # fmt: skip
    print(table(shown, right=(2,)))


def scores(options: argparse.Namespace) -> int:
    """List saved runs, best first; or of everybody on each level the best, the latest or the way between."""
    store = _store(options)
    if options.trend:
        return _trend(_checked(store, store.runs(**_wanted(options))), options)
    found = _checked(store, (store.runs if options.latest else store.scores)(**_wanted(options)))
    if options.best or options.latest:
        first: dict[tuple[str, str, str], Any] = {}
        for run in found:
            first.setdefault((run.level, run.team, run.operator), run)
        found = sorted(first.values(), key=lambda run: run.level)
    _show(found, options, f"no saved runs of {options.level}" if options.level else "no saved runs")
    return FINE


def _store(options: argparse.Namespace) -> Any:
    """Return one's own store, or the shared one that was asked for: as a member of it, where one is."""
    if not options.server:
        return Desk().store
    with server_words():
        from drill.store.credentials import Credentials
        from drill.store.store import Store

        known = [each.token for each in Credentials().all() if each.server == options.server]
        return Store.at(options.server, known[-1] if known else "")


def _wanted(options: argparse.Namespace) -> dict[str, str | None]:
    return {name: getattr(options, name) for name in ("level", "operator", "team", "event")}


def _checked(store: Any, found: list[Any]) -> list[Any]:
    if store.problem:
        raise Stop(store.problem)
    return found


def _send(store: Any) -> None:
    with server_words():
        from drill.store.credentials import Credentials
        from drill.store.sending import send_all

        sent, waiting = send_all(store.outbox, Credentials())
    print(f"{sent} sent; {_waits(waiting) if waiting.count else 'nothing waits'}", file=sys.stderr)


def _waits(waiting: Any) -> str:
    runs = f"{waiting.count} {'run waits' if waiting.count == 1 else 'runs wait'} to be sent"
    return f"{runs} ({waiting.last_error})" if waiting.last_error else runs


def _show(found: list[Any], options: argparse.Namespace, otherwise: str) -> None:
    """Print runs as was asked for."""
    if options.json:
        print_json(found)
    elif options.csv:
        _csv(_CSV, [[getattr(run, name) for name in _CSV] for run in found])
    elif found:
        named = any(run.team or run.event for run in found)
        head = ("points", "stars", "level", "seed", "operator", *(("team", "event") if named else ()), "ended", "run")
        shown = [head]
        shown += [
            (str(r.points), stars(r.stars), r.level, str(r.seed), r.operator or "-",
             *((r.team or "-", r.event or "-") if named else ()), r.ended[:16].replace("T", " "), r.id[:8])
            for r in found
        ]  # fmt: skip
        print(table(shown, right=(0, 3)))
    else:
        print(otherwise, file=sys.stderr)


def _trend(newest_first: list[Any], options: argparse.Namespace) -> int:
    """Print for each level and operator how many runs there are, the first, the last, the best, and a line of bars."""
    series: dict[tuple[str, str, str], list[int]] = {}
    for run in reversed(newest_first):
        series.setdefault((run.level, run.team, run.operator), []).append(run.points)
    rows: list[dict[str, Any]] = [
        {"level": level, "team": team, "operator": operator, "runs": len(points), "first": points[0],
         "last": points[-1], "best": max(points), "points": points}
        for (level, team, operator), points in sorted(series.items())
    ]  # fmt: skip
    if options.json:
        print_json(rows)
    elif options.csv:
        names = ("level", "team", "operator", "runs", "first", "last", "best")
        _csv(names, [[row[name] for name in names] for row in rows])
    elif rows:
        shown = [("level", "operator", "runs", "first", "last", "best", "trend")]
        shown += [
            (r["level"], " of ".join(filter(None, [r["operator"] or "-", r["team"]])), str(r["runs"]), str(r["first"]),
             str(r["last"]), str(r["best"]), bars(r["points"][-20:]))
            for r in rows
        ]  # fmt: skip
        print(table(shown, right=(2, 3, 4, 5)))
    else:
        print(f"no saved runs of {options.level}" if options.level else "no saved runs", file=sys.stderr)
    return FINE


def bars(points: list[int]) -> str:
    """Return points (of 1000) as a line of bars, the latest last."""
    return "".join(_BARS[max(0, min(7, each * 8 // 1001))] for each in points)


def _csv(names: tuple[str, ...], rows: list[list[Any]]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> str:
    """Return a value for a spreadsheet, which must not take a name that begins like a formula for one."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def report(options: argparse.Namespace) -> int:
    """Print what a saved run came to, as a debrief, a hot wash or an after-action report."""
    from drill.score.debrief import Extras, debrief
    from drill.score.report import written
    from drill.session.without import measured

    desk = Desk()
    session = run_again(desk, options.log, options.level)
    if not session.over:
        raise Stop(f"{options.log}: this run has not ended; `drill resume {options.log}` goes on with it")
    points = desk.reference_points(session.file, session.seed) if options.kind == "debrief" else None
    told = debrief(
        session.level, session.seed, session.history, session.scorecard(),
        Extras(reference=points, measured=measured(session)),
    )  # fmt: skip
    print(written(*_kind(options, desk, session, told), options.format).rstrip())
    return FINE


def _kind(options: argparse.Namespace, desk: Desk, session: Any, told: Any) -> tuple[Any, Any]:
    """Return a report's data, and the page that it reads as."""
    if options.kind == "hot-wash":
        from drill.score.hotwash import hot_wash, hot_wash_page

        wash = hot_wash(session.level, session.history, told)
        return wash, hot_wash_page(wash)
    if options.kind == "after-action":
        from drill.score.afteraction import after_action, after_action_page
        from drill.session.facilitated import leader

        _, log = desk.open_run(options.log, options.level)
        started = log.header.started
        whole = after_action(
            session.level, session.history, told, started, leader(log.entries), session.seats,
            lambda days: due_date(started, days),
        )  # fmt: skip
        return whole, after_action_page(whole)
    from drill.score.report import debrief_page

    return told, debrief_page(told)


def due_date(started: str, days: int) -> str:
    """Return the ISO date so many days after a run began, "" when it says no date."""
    from datetime import date, timedelta

    try:
        return (date.fromisoformat(started[:10]) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return ""
