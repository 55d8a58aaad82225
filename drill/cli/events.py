"""``drill event``, ``drill board`` and ``drill verify --event``: running a competition."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from drill.cli.entering import event_words
from drill.cli.guard import FINE, MISSED, Stop
from drill.cli.out import Progress, print_json, table
from drill.contest.boards import Fetched, fetch, news
from drill.contest.event import read_event, time_text
from drill.contest.judge import Verdict
from drill.contest.office import close_event, codes, create, event, events, freeze_event, open_event
from drill.contest.records import Known, NoEvent, accept, cases, keep
from drill.level.errors import LevelError
from drill.store.credentials import Credentials, server_url
from drill.store.shared import Server

SOME = 25  # verdicts that are kept at a time


def event_command(options: argparse.Namespace) -> int:
    """Do what ``drill event WHAT`` says."""
    what = {
        "create": _create, "open": _open, "status": _status, "freeze": _freeze, "close": _close, "export": _export,
        "codes": _codes,
    }[options.what]  # fmt: skip
    if options.what != "status" and not options.name:
        noun = "FILE" if options.what == "create" else "NAME"
        raise Stop(f"drill event {options.what}: {noun} is needed; `drill event --help` shows how")
    with event_words():
        server = Server(server_url(options.server, Credentials()))
        try:
            server.check()
            return what(server, options)
        finally:
            server.close()


def _create(server: Server, options: argparse.Namespace) -> int:
    try:
        file = read_event(Path(options.name))
    except LevelError as error:
        raise Stop(str(error)) from None
    made = create(server.engine, file)
    rules = file.rules()
    if options.json:
        print_json({"name": rules.name, "commitment": made.commitment, "codes": made.codes})
        return FINE
    print(f"{rules.name} is announced: {len(rules.levels)} levels, {len(made.codes)} teams; "
          f"opens {time_text(rules.opens)}, closes {time_text(rules.closes)}")  # fmt: skip
    print(f"commitment {made.commitment}")
    print(f"Give each team its code: `drill event codes {rules.name}` lists them.")
    return FINE


def _codes(server: Server, options: argparse.Namespace) -> int:
    rows = codes(server.engine, event(server.engine, options.name))
    if options.json:
        print_json([{"team": team, "bracket": bracket, "code": _spaced(code)} for team, bracket, code in rows])
    else:
        print(table([("code", "team", "bracket"), *((_spaced(code), team, bracket) for team, bracket, code in rows)]))
    return FINE


def _spaced(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def _open(server: Server, options: argparse.Namespace) -> int:
    found = open_event(server.engine, options.name)
    print(f"{found.name} is open until {time_text(found.rules.closes)}: `drill play --event {found.name}`")
    return FINE


def _freeze(server: Server, options: argparse.Namespace) -> int:
    found = freeze_event(server.engine, options.name)
    print(f"the board of {found.name} stands still since {time_text(found.rules.freeze)}")
    return FINE


def _close(server: Server, options: argparse.Namespace) -> int:
    found = close_event(server.engine, options.name)
    print(f"{found.name} is closed. What comes now is kept and marked late.")
    print(f"commitment {found.commitment}")
    print(f"is the SHA-256 of {found.opened}")
    return FINE


def _status(server: Server, options: argparse.Namespace) -> int:
    rows = events(server.engine) if not options.name else [event(server.engine, options.name)]
    if options.json:
        print_json([{"name": e.name, "state": e.state, "commitment": e.commitment, "rules": e.rules} for e in rows])
        return FINE
    if not rows:
        print("no events", file=sys.stderr)
    elif not options.name:
        shown = [("event", "state", "opens", "closes")]
        shown += [(e.name, e.state, time_text(e.rules.opens), time_text(e.rules.closes)) for e in rows]
        print(table(shown))
    else:
        _tell(server, rows[0])
    return FINE


def _tell(server: Server, found: Known) -> None:
    """Say how one event stands, and what of it needs somebody."""
    rules = found.rules
    print(f"{rules.title} ({found.name}): {found.state}; {time_text(rules.opens)} to {time_text(rules.closes)}")
    print(f"commitment {found.commitment}")
    if found.opened:
        from hashlib import sha256

        right = sha256(found.opened.encode()).hexdigest() == found.commitment
        print(f"{'is' if right else 'IS NOT'} the SHA-256 of {found.opened}")
    if rules.freeze:
        print(f"board {'frozen' if found.frozen else 'freezes'} {time_text(rules.freeze)}")
    shown = fetch(server, found.id).board
    counts = [(sum(getattr(line, word) for line in shown.lines), word) for word in ("waiting", "held", "late")]
    told = ", ".join(f"{count} {word}" for count, word in counts if count)
    print(f"{len(shown.lines)} teams; submissions: {told or 'nothing waits'}")
    if _may_judge(server):
        _verdicts(server, found)


def _may_judge(server: Server) -> bool:
    return server.engine.dialect.name != "postgresql" or (server.engine.url.username or "") != "player"


def _verdicts(server: Server, found: Known) -> None:
    """List the runs that were refused or are held, each with its reason."""
    from drill.contest.records import doubtful

    rows = doubtful(server.engine, found)
    if rows:
        print("\n" + table([("run", "team", "level", "state", "reason"), *rows]))


def _export(server: Server, options: argparse.Namespace) -> int:
    from drill.contest.export import export

    found = event(server.engine, options.name)
    folder = Path(options.to or found.name)
    try:
        count = export(server.engine, found, folder)
    except OSError as error:
        raise Stop(f"{folder}: {error.strerror}; name another folder with --to") from None
    print(f"{folder}: the board as JSON, CSV and HTML, {count} logs with their verdicts, rules, seeds and levels")
    return FINE


# ---- the referee -----------------------------------------------------------------------------------------------------


def verify_event(options: argparse.Namespace) -> int:
    """Run every submission that waits again, and keep the verdicts. Exit code 1 when one was refused or is held."""
    with event_words():
        server = Server(server_url(options.server, Credentials()))
        try:
            server.check()
            found = event(server.engine, options.event)
            if options.accept:
                run = accept(server.engine, found, options.accept)
                print(f"{run[:8]} counts now")
                return FINE
            return _judge(server, found, options)
        finally:
            server.close()


def _judge(server: Server, found: Known, options: argparse.Namespace) -> int:
    from drill.contest.referees import NoCluster, judge_all, judge_on_cluster

    waiting, sheets = cases(server.engine, found, options.again)
    progress = Progress("verified")
    verdicts: list[Verdict] = []
    unkept: list[Verdict] = []

    def told(verdict: Verdict) -> None:
        verdicts.append(verdict)
        unkept.append(verdict)
        if len(unkept) >= SOME:
            keep(server.engine, unkept)
            unkept.clear()
        progress.to(len(verdicts), len(waiting))

    try:
        if options.scheduler:
            judge_on_cluster(waiting, sheets, told, options.scheduler)
        else:
            judge_all(waiting, sheets, told, options.workers)
    except NoCluster as error:
        raise Stop(str(error)) from None
    finally:
        if unkept:
            keep(server.engine, unkept)
        progress.close()
    _due_freeze(server, found)
    return _report(verdicts, options.json)


def _due_freeze(server: Server, found: Known) -> None:
    """Keep the board's bytes once the planned freeze has come."""
    from drill.contest.office import clock

    if found.state == "open" and not found.frozen and 0 < found.rules.freeze <= clock(server.engine):
        freeze_event(server.engine, found.name)


def _report(verdicts: list[Verdict], as_json: bool) -> int:
    bad = [verdict for verdict in verdicts if not verdict.verified]
    if as_json:
        print_json(verdicts)
    else:
        for verdict in bad:
            word = "held" if verdict.entry < 0 and verdict.pace.state != "ok" else "refused"
            print(f"{verdict.run[:8]} {word}: {verdict.reason}")
        print(f"{len(verdicts) - len(bad)} verified, {len(bad)} not")
    return MISSED if bad else FINE


# ---- the board -------------------------------------------------------------------------------------------------------


def board_command(options: argparse.Namespace) -> int:
    """Show an event's board: a screen in a terminal, else lines of text."""
    with event_words():
        kept = Credentials()
        server = Server(server_url(options.server, kept))
        try:
            name = options.name or kept.event().event_id
            fetched = fetch(server, name, options.bracket)
            known_bracket(fetched.event, options.bracket)
            if _printed(fetched, options):
                return FINE
            from drill.cli.play import open_app
            from drill.desk import Desk

            return open_app(options, Desk(), ("board",), LiveBoard(server, fetched, options.bracket))
        finally:
            server.close()


class LiveBoard:
    """Where the board's screen gets its boards from."""

    def __init__(self, server: Server, first: Fetched, bracket: str) -> None:
        self.server, self.first, self.bracket = server, first, bracket

    def fetch(self) -> Fetched:
        """Return the board as it is now."""
        return fetch(self.server, self.first.event.id, self.bracket)

    def news(self, go_on: Callable[[], bool]) -> Iterator[None]:
        """Yield whenever it may have changed."""
        return news(self.server, self.first.event, go_on)


def known_bracket(found: Known, bracket: str) -> None:
    """Refuse a bracket that the event does not have. NoEvent."""
    if bracket and bracket not in found.rules.brackets:
        names = ", ".join(found.rules.brackets) or "none"
        raise NoEvent(f"{found.name} has no bracket {bracket}; it has {names}")


def _printed(fetched: Any, options: argparse.Namespace) -> bool:
    """Print the board in the form that was asked for, or as text where there is no terminal."""
    from drill.contest.show import csv_text, html_page, page_lines

    if options.json:
        sys.stdout.write(fetched.data.decode() + "\n")
    elif options.csv:
        sys.stdout.write(csv_text(fetched.board))
    elif options.html:
        sys.stdout.write(html_page(fetched.board))
    elif options.plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("\n".join(page_lines(fetched.board, fetched.now)))
    else:
        return False
    return True
