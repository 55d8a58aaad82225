"""An event on a real PostgreSQL, from its file to its archive: as organizer, as player, and as somebody who cheats."""

from __future__ import annotations

import csv
import hashlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from textual.widgets import Static

from drill.cli import main
from drill.cli.entering import EventDesk, afterwards, announcement
from drill.contest.boards import fetch, news
from drill.contest.entrant import Entrant, Turn
from drill.contest.event import read_event
from drill.contest.export import export
from drill.contest.judge import deflate
from drill.contest.office import close_event, create, event, freeze_event, open_event
from drill.contest.records import Known, NoEvent, accept, cases, keep
from drill.contest.referees import judge_all
from drill.level.bundle import find
from drill.level.loader import load
from drill.level.solutions import runbook
from drill.session.chain import Log, parse
from drill.session.runbook import Runner
from drill.store.credentials import Credential, Credentials
from drill.store.database import DatabaseProblem, Refused, engine
from drill.store.records import RunRecord
from drill.store.shared import Server
from drill.tui.app import DrillApp
from drill.tui.screens.debrief import DEAF, DebriefScreen
from drill.tui.screens.dialogs import Question
from drill.tui.screens.drill import DrillScreen
from drill.tui.screens.keybar import KeyBar
from tests.conftest import Database
from tests.contest.cases import played

CUP = """\
event: 1
name: cup
levels: [{level: eip-remap, seeds: 2}, {level: zone-power}]
teams: [{name: Red}, {name: Blue}]
opens: 2026-01-01T00:00:00Z
closes: 2099-01-01T00:00:00Z
hints: {allowed: 1, price: 40}
"""


class Cup:
    """An event on a database, and ways to take part in it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        (folder / "cup.yaml").write_text(CUP)
        self.admin = engine(database.organizer)
        self.codes = create(self.admin, read_event(folder / "cup.yaml")).codes
        self.open: list[Entrant] = []

    def join(self, team: str, name: str) -> Credential:
        server = Server(self.database.player)
        told = server.join(self.codes[team], name)
        server.close()
        names = {field: str(told.get(field, "")) for field in Credential.__struct_fields__ if field != "server"}
        return Credential(server=self.database.player, **names)

    def enter(self, team: str, name: str = "ada") -> Entrant:
        entrant = Entrant(self.join(team, name))
        self.open.append(entrant)
        entrant.enter()
        return entrant

    def play(self, entrant: Entrant, level: str = "", solution: str = "reference") -> tuple[str, RunRecord, bytes]:
        """Play a turn at once; return the run as it is handed in."""
        turn = entrant.turn(self.folder, level)
        run = str(uuid.uuid4())
        path = self.folder / f"{run}.jsonl"
        session = entrant.begin(turn, run, path)
        Runner(session, runbook(load(find(turn.level)).level, solution), "ada").play()
        session.finish()
        session.log.close()
        record = RunRecord(
            id=run, level=turn.level, gameplay=session.file.gameplay_hash, engine="1", seed=session.seed, won=True,
            points=1000,
        )  # fmt: skip
        return run, record, deflate(path.read_bytes())

    def hand_in(self, entrant: Entrant, record: RunRecord, content: bytes) -> None:
        mine = entrant.credential
        entrant.server.submit(record, content, mine.member, mine.ref, mine.event_id)

    def in_real_time(self) -> None:
        """Let the server remember each run as if it had been played in real time."""
        with psycopg.connect(self.database.admin) as db:
            db.execute("SET LOCAL session_replication_role = replica")  # the stamps are not made anew
            db.execute(
                "UPDATE heads SET received_at = a.started_at + heads.t * interval '1 ms' + interval '90 ms' "
                "FROM attempts a WHERE a.id = heads.run"
            )

    def judge(self, again: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {}
        waiting, sheets = cases(self.admin, self.known, again)
        judge_all(waiting, sheets, lambda verdict: found.update({verdict.run: verdict}), 1)
        keep(self.admin, list(found.values()))
        return found

    @property
    def known(self) -> Known:
        return event(self.admin, "cup")

    def board(self) -> Any:
        server = Server(self.database.player)
        try:
            return fetch(server, "cup")
        finally:
            server.close()


@pytest.fixture
def cup(database: Database, tmp_path: Path) -> Iterator[Cup]:
    made = Cup(database, tmp_path)
    yield made
    for entrant in made.open:
        entrant.server.close()
    made.admin.dispose()


def test_before_it_opens_players_see_its_rules_and_its_commitment_and_nothing_else(cup: Cup) -> None:
    mine = cup.join("Red", "ada")
    with pytest.raises(NoEvent, match="has not begun"):
        Entrant(mine).enter()
    server = Server(mine.server, mine.token)
    with pytest.raises(Refused, match="has not begun"):
        server.start(mine.event_id, "eip-remap", 0, "6f7d2d8c-0000-4000-8000-000000000001")
    seeds = msgspec.json.decode(_secret(cup, "seeds"))
    visible = str(server.events()) + json.dumps(server.call("drill_board", "cup"))
    assert cup.known.commitment in visible
    assert not [seed for level in seeds.values() for seed in level if str(seed) in visible]
    server.close()


def _secret(cup: Cup, column: str) -> str:
    with psycopg.connect(cup.database.admin) as db:
        row = db.execute(f"SELECT {column} FROM event_secrets").fetchone()  # type: ignore[arg-type]
    assert row is not None
    return str(row[0])


def test_a_cup_from_its_opening_to_its_archive(cup: Cup, capsys: Any) -> None:
    open_event(cup.admin, "cup")
    red, blue = cup.enter("Red"), cup.enter("Blue", "bea")
    level = next(iter(red.editions.values())).level
    assert not level.solutions.reference.rules and not level.debrief.question
    for _ in range(2):  # both seeds of the first level
        cup.hand_in(red, *cup.play(red)[1:])
    slow = cup.play(blue, "zone-power")
    cup.hand_in(blue, *slow[1:])
    cup.in_real_time()
    assert cup.board().board.lines[0].waiting and not cup.board().board.lines[0].total
    with psycopg.connect(cup.database.admin) as db:
        db.execute("UPDATE attempts SET started_at = started_at - interval '3 min' WHERE id = %s", [slow[0]])
    verdicts = cup.judge()
    assert [v.pace.state for run, v in verdicts.items() if run == slow[0]] == ["slow"]
    assert all(verdict.verified and verdict.points == 1000 for run, verdict in verdicts.items() if run != slow[0])
    first = cup.board()
    assert [(line.team, line.total, line.held) for line in first.board.lines] == [("Red", 1_000_000, 0), ("Blue", 0, 1)]
    assert first.board.columns[0].first == "Red"
    assert not cup.judge()  # nothing waits any more
    assert accept(cup.admin, cup.known, slow[0][:8]) == slow[0]
    assert cup.board().board.lines[1].total > 500_000
    given = _judged_at(cup)
    assert len(cup.judge(again=True)) == 3  # what is accepted stays so, and nothing is given a new time
    assert _judged_at(cup) == given and cup.board().board.lines[1].total > 500_000
    with pytest.raises(NoEvent, match="no attempt is left at eip-remap"):
        red.turn(cup.folder, "eip-remap")
    closed = close_event(cup.admin, "cup")
    assert hashlib.sha256(closed.opened.encode()).hexdigest() == closed.commitment
    assert export(cup.admin, closed, cup.folder / "out") == 3
    assert (cup.folder / "out/board.json").stat().st_size and len(list((cup.folder / "out/logs").iterdir())) == 3
    _archive_gives_the_boards_points(cup, capsys)


def _archive_gives_the_boards_points(cup: Cup, capsys: Any) -> None:
    """Whoever has the folder and nothing else computes each result anew; a table that was changed is found out."""
    out = cup.folder / "out"
    judged = {row["run"]: int(row["points"]) for row in csv.DictReader((out / "runs.csv").open())}
    assert main(["verify", "--archive", str(out), "--json"]) == 0
    assert {log["run"]: log["points"] for log in json.loads(capsys.readouterr().out)["logs"]} == judged
    table = (out / "runs.csv").read_text()
    (out / "runs.csv").write_text(table.replace(",1000,True,", ",999,True,", 1))
    assert main(["verify", "--archive", str(out)]) == 1
    said = capsys.readouterr()
    assert said.err.count("1000 points, won; runs.csv says 999 points, won") == 1
    assert "3 logs run again: NOT as" in said.out
    assert main(["verify", "--archive", str(cup.folder)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def _judged_at(cup: Cup) -> list[Any]:
    with psycopg.connect(cup.database.admin) as db:
        return db.execute("SELECT run, judged_at FROM verdicts ORDER BY run").fetchall()


def test_a_board_is_told_of_what_happens_and_looks_by_itself_where_nobody_tells(
    cup: Cup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drill.contest.boards.LOOK", 0.05)
    server = Server(cup.database.player)
    heard: list[float] = []
    asked: list[None] = []
    over = threading.Event()

    def go_on() -> bool:
        asked.append(None)
        return not over.is_set()

    def listen() -> None:
        for _ in news(server, cup.known, go_on):
            heard.append(time.monotonic())

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    while len(asked) < 2:  # the second time it is asked, it listens
        time.sleep(0.01)
    began = time.monotonic()
    open_event(cup.admin, "cup")
    while not heard and time.monotonic() < began + 5:
        time.sleep(0.01)
    assert heard and heard[0] - began < 2  # told, since it would look by itself after ten seconds only
    over.set()
    freeze_event(cup.admin, "cup")
    thread.join(12)
    server.close()
    file = Server(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    looks: list[None] = []
    for _ in news(file, cup.known, lambda: len(looks) < 3):
        looks.append(None)
    assert len(looks) == 3


def test_a_log_that_was_changed_before_it_was_handed_in_is_refused_by_its_heads(cup: Cup) -> None:
    open_event(cup.admin, "cup")
    red = cup.enter("Red")
    wrong = "wrong:" + load(find("eip-remap")).level.solutions.wrong[0].name
    run, record, _ = cup.play(red, "eip-remap", wrong)
    first = parse((cup.folder / f"{run}.jsonl").read_bytes(), run)
    better = Log.start(first.header)
    for entry in played(first.header.seed).entries:
        better.append(msgspec.structs.replace(entry))
    cup.hand_in(red, record, deflate(b"".join(better.lines())))
    cup.in_real_time()
    (verdict,) = cup.judge().values()
    assert not verdict.verified and "not the log whose head came" in verdict.reason


def test_a_hint_is_sold_once_however_many_ask_at_once_and_never_after_the_end(cup: Cup) -> None:
    open_event(cup.admin, "cup")
    red = cup.enter("Red")
    turn = red.turn(cup.folder, "zone-power")
    run = "6f7d2d8c-0000-4000-8000-000000000002"
    session = red.begin(turn, run, cup.folder / f"{run}.jsonl")
    hints = [name for name, hint in session.level.hints.items() if hint.cost > 0]
    assert all(session.level.hints[name].cost == 40 and not session.level.hints[name].text for name in hints)
    answers: list[object] = []
    gate = threading.Barrier(8)

    def ask(n: int) -> None:
        server = Server(red.credential.server, red.credential.token)
        gate.wait()
        try:
            answers.append(server.buy_hint(run, hints[n % 2] if len(hints) > 1 else hints[0]))
        except Refused as refused:
            answers.append(str(refused))
        server.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8 and answers.count(True) == 1
    with psycopg.connect(cup.database.admin) as db:
        bought = db.execute("SELECT hint FROM hints").fetchall()
    assert len(bought) == 1
    session.tell_hint(bought[0][0])
    assert session.level.hints[bought[0][0]].text  # what it says came with it
    close_event(cup.admin, "cup")
    other = next((name for name in hints if name != bought[0][0]), "h9")
    with pytest.raises(Refused, match="has ended"):
        red.server.buy_hint(run, other)
    session.witness.close(1.0)
    session.log.close()


def test_what_comes_after_the_end_is_kept_and_marked_late(cup: Cup) -> None:
    open_event(cup.admin, "cup")
    red = cup.enter("Red")
    _, record, content = cup.play(red)
    close_event(cup.admin, "cup")
    cup.hand_in(red, record, content)
    cup.in_real_time()
    assert all(verdict.verified for verdict in cup.judge().values())
    (line,) = [each for each in cup.board().board.lines if each.team == "Red"]
    assert (line.total, line.late) == (0, 1)
    with pytest.raises(NoEvent, match="has ended"):
        cup.enter("Blue")


def test_a_frozen_board_is_the_same_bytes_for_players_whatever_comes(cup: Cup) -> None:
    open_event(cup.admin, "cup")
    red, blue = cup.enter("Red"), cup.enter("Blue", "bea")
    cup.hand_in(red, *cup.play(red)[1:])
    cup.in_real_time()
    cup.judge()
    waiting = cup.play(blue)
    cup.hand_in(blue, *waiting[1:])
    freeze_event(cup.admin, "cup")
    frozen = cup.board().data
    cup.hand_in(red, *cup.play(red)[1:])
    cup.in_real_time()
    cup.judge()
    freeze_event(cup.admin, "cup")  # once more: nothing happens
    server = Server(cup.database.player)
    again = fetch(server, "cup")
    said = json.dumps(server.call("drill_board", "cup"))
    server.close()
    assert again.data == frozen and again.board.frozen
    assert waiting[0] in said and said.count('"verified": true') == 1  # what came later is told to nobody
    close_event(cup.admin, "cup")
    assert cup.board().data != frozen and not cup.board().board.frozen
    assert cup.known.frozen == frozen  # it is kept


async def test_the_app_plays_a_turn_hands_it_in_and_goes_on_with_one_that_was_cut_off(
    cup: Cup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    open_event(cup.admin, "cup")
    credential = cup.join("Red", "ada")
    Credentials().keep(credential)
    cut_off = ""
    for ends in (False, True):
        entrant = Entrant(credential)
        entrant.enter()
        desk = EventDesk(credential, entrant, Turn(level="", seed_index=0, attempt=0))
        desk.turn = entrant.turn(desk.filing.logs.runs_folder)
        assert (desk.turn.run == cut_off) and bool(desk.turn.attempt) == (not ends)
        app = DrillApp(desk, ("event",), (entrant.editions[desk.turn.level], announcement(entrant, desk.turn)))
        async with app.run_test(size=(100, 40)) as pilot:
            await pilot.pause()
            await pilot.press("x")
            await pilot.pause(0.2)
            assert isinstance(app.screen, DrillScreen)
            app.screen.session.advance(65_000)
            await _leaving_says_what_an_event_does(app, pilot)
            if ends:
                app.open_debrief(app.screen.session)
                await pilot.pause()
                await _nothing_here_plays_it_again(app, pilot)
        cut_off = desk.last.log.path.stem
        desk.last.witness.close()
        if ends:
            said = afterwards(desk, desk.last)
            assert said[0] == "Handed in." and "`drill play --event cup` plays what comes next: eip-remap" in said[-1]
        else:
            assert "goes on with this run" in afterwards(desk, desk.last)[0]
            desk.last.log.close()
        entrant.server.close()
        desk.filing.close()
    with psycopg.connect(cup.database.admin) as db:
        counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("runs", "attempts")]  # type: ignore[arg-type]
        heads = db.execute("SELECT count(*), max(t) FROM heads").fetchone()
    assert counts == [(1,), (1,)] and heads is not None and heads[0] > 36 and heads[1] == 360_000


async def _leaving_says_what_an_event_does(app: DrillApp, pilot: Any) -> None:
    """Its clock waits for nobody, and another command goes on with it."""
    screen: Any = app.screen
    await pilot.press("q")
    await pilot.pause()
    assert isinstance(app.screen, Question) and screen.clock.running
    said = f"{app.screen.text} {app.screen.answers}"
    assert "clock run on" in said and "`drill play --event cup` goes on" in said and "drill resume" not in said
    await pilot.press("k")


async def _nothing_here_plays_it_again(app: DrillApp, pilot: Any) -> None:
    """The debrief offers neither the same run again nor a new seed: the server draws both."""
    debrief: Any = app.screen
    assert isinstance(debrief, DebriefScreen)
    shown = str(debrief.query_one(KeyBar).render())
    assert "drill report" not in str(debrief.query_one("#title", Static).render())
    assert "again" not in shown and "new seed" not in shown and "done" in shown
    debrief.since -= DEAF
    await pilot.press("r", "n")
    await pilot.pause()
    assert app.screen is debrief
    await pilot.press("enter")
    await pilot.pause()
    assert app.return_value == 0


def test_mistakes_are_one_line(cup: Cup, tmp_path: Path) -> None:
    with pytest.raises(NoEvent, match="already"):
        create(cup.admin, read_event(tmp_path / "cup.yaml"))
    with pytest.raises(NoEvent, match="there is no event nix here"):
        open_event(cup.admin, "nix")
    with pytest.raises(NoEvent, match="announced"):
        freeze_event(cup.admin, "cup")
    open_event(cup.admin, "cup")
    with pytest.raises(NoEvent, match="open already"):
        open_event(cup.admin, "cup")
    with pytest.raises(DatabaseProblem):
        create(engine(cup.database.player), read_event(_renamed(tmp_path)))
    with pytest.raises(NoEvent, match="no single run"):
        accept(cup.admin, cup.known, "abcd")


def _renamed(folder: Path) -> Path:
    path = folder / "other.yaml"
    path.write_text(CUP.replace("name: cup", "name: other"))
    return path
