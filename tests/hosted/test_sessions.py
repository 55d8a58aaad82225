"""A session over a real PostgreSQL: everybody sees the same drill in step, whoever drops comes back to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from drill.cli.hosting import SeatDesk
from drill.desk import Desk
from drill.hosted.host import Link, play_on, players_level
from drill.hosted.lines import obey, spelled
from drill.hosted.player import Player
from drill.level.bundle import bundled
from drill.level.edition import Edition
from drill.level.loader import load
from drill.plain_host import PlainSeat
from drill.session.orders import Pause
from drill.store.database import DatabaseProblem, Refused, writing
from drill.store.shared import Server
from drill.tui.app import DrillApp
from drill.tui.screens.help import sections
from drill.tui.screens.keybar import KeyBar
from drill.tui.screens.seat import SeatDebrief, SeatScreen
from drill.tui.widgets.board import Board

GROW = "aws autoscaling update-auto-scaling-group --auto-scaling-group-name web --max-size 10 --desired-capacity 10"
ROLES = ("commander", "operator", "operator", "operator", "communications", "operator")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))


@pytest.fixture
def hosted(database: Any) -> Iterator[tuple[Any, Link]]:
    desk = Desk("fay")
    session = desk.start(desk.load("zone-power"), 7)
    server = Server(database.organizer)
    link = Link.open(server, session, "fay")
    link.start(lambda: None)
    yield session, link
    link.close(0.5)
    server.close()


def join(url: str, code: str, name: str, role: str) -> Player:
    server = Server(url)
    told = server.join(code, name, role)
    server.close()
    return Player(Server(url, told["token"]), told["member"])


def level_with(players: list[Player], session: Any, link: Link, seconds: float = 5.0) -> float:
    """Wait until every player is where the host is; return how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        link.pump()
        for player in players:
            player.apply(player.fetch())
        same = all(p.have == len(session.entries) and p.session.now == session.now for p in players)
        if same and len(link.names) >= len(players) and not link._pending_lines():
            return time.monotonic() - began
        time.sleep(0.01)
    raise AssertionError([(p.have, p.session.now, p.trouble) for p in players] + [len(session.entries), session.now])


def test_six_players_see_the_same_drill_whatever_happens_in_it(database: Any, hosted: tuple[Any, Link]) -> None:
    session, link = hosted
    players = [join(database.player, link.code.lower(), f"p{n}", role) for n, role in enumerate(ROLES)]
    level_with(players, session, link)
    assert list(session.seats.values()) == list(ROLES) and players[0].role == "commander"
    for _ in play_on(session, link, 30_000, speed=60):
        pass
    assert obey("fire dark", session, "fay") == ""
    asked = [(players[1], GROW), (players[0], "ops declare-incident --severity 1"), (players[4], GROW),
             (players[4], "ops post-status --text 'We know.'"), (players[2], "aws ec2 no-such")]  # fmt: skip
    ids = [player.ask(line) for player, line in asked]
    for _ in play_on(session, link, 60_000, speed=60):
        pass
    obey("rewind 00:45", session, "fay")
    obey("message support: Once more.", session, "fay")
    level_with(players, session, link)
    answers = [player.answers[id_][1] for (player, _), id_ in zip(asked, ids, strict=True)]
    assert answers[:2] == ["", ""] and answers[3] == ""
    assert "is for the operators: ask p1" in answers[2] and "no-such" in answers[4]
    late = join(database.player, link.code, "p1", "operator")
    level_with([*players, late], session, link)
    assert late.name == "p1 2" and late.role == "operator", "no two people have the same name in a log"
    session.finish()
    link.close()
    for player in (*players, late):
        player.apply(player.fetch())
        assert player.session.world.digest() == session.world.digest() and player.state == "ended"
        assert player.log is not None and player.log.ended and player.trouble == ""
        assert player.session.history.orders == session.history.orders
        assert player.session.scorecard() == session.scorecard()
        player.close()


def test_who_drops_is_back_where_the_others_are_within_two_seconds(database: Any, hosted: tuple[Any, Link]) -> None:
    session, link = hosted
    player = join(database.player, link.code, "ada", "operator")
    heard = threading.Event()

    def hear(news: dict[str, Any]) -> None:
        player.apply(news)
        heard.set()

    player.start(hear)
    for _ in play_on(session, link, 60_000, speed=60):
        pass
    assert heard.is_set()
    cut = Server(database.admin)
    with writing(cut.engine) as db:
        db.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    began = time.monotonic()
    obey("message support: Still there?", session, "fay")
    while player.have < len(session.entries) or player.session.now < session.now:
        link.pump()
        assert time.monotonic() - began < 2.0, (link.problem, player.have, len(session.entries))
        time.sleep(0.01)
    player.close()
    cut.close()
    fresh = Player(Server(database.player, player_token(player)), player.member)  # a new process, the same token
    began = time.monotonic()
    fresh.apply(fresh.fetch())
    assert time.monotonic() - began < 2.0 and fresh.have == len(session.entries)
    assert fresh.session.world.digest() == session.world.digest() and fresh.name == "ada"
    fresh.close()


def player_token(player: Player) -> str:
    from sqlalchemy import text

    with player.server.engine.connect() as db:
        return str(db.execute(text("SELECT current_setting('drill.token')")).scalar())


def test_a_player_can_neither_order_nor_see_other_sessions(database: Any, hosted: tuple[Any, Link]) -> None:
    session, link = hosted
    player = join(database.player, link.code, "mallory", "operator")
    level_with([player], session, link)
    hostile = (
        "SELECT content FROM hosted_sessions",
        "SELECT line FROM hosted_entries",
        "UPDATE hosted_sessions SET t = 600000",
        "INSERT INTO hosted_entries (session_id, n, line) VALUES ('x', 99, '{}')",
        "UPDATE hosted_requests SET answer = ''",
        "INSERT INTO hosted_requests (id, session_id, member_id, line, answer) VALUES ('1', 'x', 'y', 'z', '')",
        f"INSERT INTO hosted_requests (id, session_id, member_id, line) VALUES ('1', '{link.id}', 'other', 'aws')",
        f"INSERT INTO hosted_requests (id, session_id, member_id, line) VALUES ('1', 'other', '{player.member}', 'x')",
        "UPDATE members SET role = 'commander'",
    )
    for statement in hostile:
        with pytest.raises(Refused), writing(player.server.engine) as db:
            db.exec_driver_sql(statement)
    for n in range(20):
        player.ask(f"aws ec2 {n}")
    with pytest.raises(Refused, match="20 commands wait"):
        player.ask("aws ec2 describe-instances")
    player.server.close()
    with pytest.raises(DatabaseProblem, match="you are in no session here"):
        Player(Server(database.player, "no such token"), player.member)


def test_while_the_server_is_away_the_host_plays_on_and_all_catch_up(database: Any, hosted: tuple[Any, Link]) -> None:
    session, link = hosted
    player = join(database.player, link.code, "ada", "operator")
    level_with([player], session, link)
    store, link._store = link._store, _away  # type: ignore[method-assign,assignment]
    for _ in play_on(session, link, 20_000, speed=60):
        pass
    obey("message support: Nobody hears this.", session, "fay")
    for _ in play_on(session, link, 20_000, speed=60):
        pass
    assert "cannot be reached" in link.problem and player.fetch()["n"] < len(session.entries)
    link._store = store  # type: ignore[method-assign]
    level_with([player], session, link)
    assert player.session.world.digest() == session.world.digest() and link.problem == ""
    player.close()


def test_an_end_that_came_to_something_else_says_so_and_begins_again(database: Any, hosted: tuple[Any, Link]) -> None:
    session, link = hosted
    player = join(database.player, link.code, "ada", "operator")
    for _ in play_on(session, link, 30_000, speed=60):
        pass
    level_with([player], session, link)
    player.restart()
    bent = player.fetch()
    assert '"t":10000' in bent["lines"][2] and player.have == -1
    player.apply(bent | {"lines": [line.replace('"t":10000', '"t":11000') for line in bent["lines"]]})
    assert "its hash does not fit" in player.trouble and player.have == -1
    player.session.world.spent += 1.0  # this machine computes otherwise than the host's
    player.apply(player.fetch())
    assert "entry" in player.trouble and player.have == -1
    player.apply(player.fetch())
    assert player.trouble == "" and player.session.world.digest() == session.world.digest()
    player.close()


def _away(*_: Any) -> None:
    from drill.store.database import Unreachable

    raise Unreachable("the server cannot be reached (test)")


async def test_a_shared_session_begins_when_its_facilitator_says_so(database: Any, hosted: tuple[Any, Link]) -> None:
    session, link = hosted
    session.order(Pause(), "fay")  # as drill host does
    seat = join(database.player, link.code, "bob", "operator")
    app = DrillApp(Desk("fay"), ("host",), (session, link), speed=5)
    async with app.run_test(size=(120, 40)) as pilot:
        for _ in range(40):
            await pilot.pause(0.02)
        head = str(app.screen.query_one("#head", Static).render())
        assert "not begun" in head and "Space begins for everybody" in head and spelled(link.code) in head
        assert session.now == 0 and "bob operator" in head
        assert "Space begin" in str(app.screen.query_one(KeyBar).render())
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        await pilot.pause(0.3)
        rows = [app.screen.query_one("#head", Static).render_line(y).text for y in range(3)]
        assert spelled(link.code) in rows[0] and "bob operator" in rows[2], rows
        level_with([seat], session, link)
        assert seat.waiting and seat.leader == "fay"
        await pilot.press("space")
        for _ in range(100):
            await pilot.pause(0.02)
            seat.apply(seat.fetch())
            if seat.session.now and seat.speed == 5:
                break
        assert not seat.waiting and seat.speed == 5, "players see how fast time passes"
    seat.close()


async def test_a_player_acts_from_the_own_screen_and_sees_what_the_role_may_see(
    database: Any, hosted: tuple[Any, Link]
) -> None:
    session, link = hosted
    seat = join(database.player, link.code, "eve", "comms")
    app = DrillApp(SeatDesk(seat), ("seat",), seat)
    async with app.run_test(size=(120, 40)) as pilot:

        async def until(done: Any) -> None:
            for _ in range(200):
                link.pump()
                await pilot.pause(0.02)
                if done():
                    return
            raise AssertionError((seat.role, seat.have, len(session.entries), seat.trouble, app.screen))

        await until(lambda: seat.role == "communications" and isinstance(app.screen, SeatScreen))
        screen = app.screen
        assert isinstance(screen, SeatScreen)
        obey("pause", session, "fay")
        await until(lambda: "fay has not begun" in str(screen.query_one(KeyBar).render()))
        obey("resume", session, "fay")
        link.speed = 20
        session.advance(90_000)
        await until(lambda: seat.session.now == 90_000 and screen.frame.now == 90_000)
        await until(lambda: screen.query_one(Board).speed == 20)
        assert screen.frame.operator == "eve" and screen.frame.seed < 0
        assert screen.frame.cards == () and screen.frame.users.rate
        obey("seat bob operator", session, "fay")
        obey("seat ada commander", session, "fay")
        await until(lambda: "ada" in seat.session.seats)
        keys = {key for rows in sections(screen).values() for does in rows.values() for key in does}
        assert not {"H", "a", "Space", "+", "-"} & keys and {":", "Tab", "q"} <= keys
        screen.draw()
        assert {"H", "a", "space"}.isdisjoint(key.key for key in screen.query_one(KeyBar).keys)
        await pilot.press("H")
        assert app.screen is screen and "ask ada" in [note.message for note in app._notifications][-1]
        assert screen.give(GROW) == "autoscaling UpdateAutoScalingGroup is for the operators: ask bob"
        await pilot.press("colon", *"ops post-status --text x --impact 5%", "enter")
        await until(lambda: seat.session.history.claims)
        assert [e.author for e in session.entries if e.note == "action"] == ["eve"]
        await pilot.press("space")
        assert not seat.session.paused
        session.finish()
        link.end()
        await until(lambda: isinstance(app.screen, SeatDebrief))
        assert "5% fail" in app.screen.told.claims[0].verdict
    assert seat.session.world.digest() == session.world.digest()


def test_a_seat_is_kept_line_by_line(database: Any, hosted: tuple[Any, Link]) -> None:
    session, link = hosted
    seat = join(database.player, link.code, "ada", "")
    said: list[str] = []
    plain = PlainSeat(SeatDesk(seat), seat.session, said.append)
    plain.player = seat
    pumping = threading.Event()

    def lead() -> None:
        while not pumping.wait(0.02):
            link.pump()

    threading.Thread(target=lead, daemon=True).start()
    while not seat.role:
        seat.apply(seat.fetch())
    obey("seat cleo commander", session, "fay")
    while "cleo" not in seat.session.seats:
        seat.apply(seat.fetch())
    lines = ["help", "look", "hint", "ops declare-incident --severity 1", GROW, "wait 1s", "feed", "leave"]
    assert plain.play(iter(lines)) == 0
    pumping.set()
    text = "\n".join(said)
    assert "ops BuyHint is for the incident commander: ask cleo." in said
    assert "Refused. ops DeclareIncident is for the incident commander: ask cleo" in text and "Taken." in text
    assert "fay keeps the time." in text and "Seed 7" not in text and "drill resume" not in text
    assert "comes back, the others play on" in text and "Time passes only" not in text
    assert said[-1].startswith("Left.") and [e.author for e in session.entries if e.note == "action"] == ["ada"]


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_players_get_a_level_that_decides_the_same_and_tells_no_solution(path: Path) -> None:
    file = load(path)
    content = players_level(file)
    again = Edition(content)
    assert again.gameplay_hash == file.gameplay_hash
    assert again.level.solutions.reference.rules == {} and again.level.debrief.concept == ""


def test_a_wrong_code_is_refused_in_one_line(database: Any, hosted: tuple[Any, Link]) -> None:
    server = Server(database.player)
    with pytest.raises(Refused, match="that code is not known here"):
        server.join("NOSUCHCODE", "ada", "operator")
    server.close()
