"""``drill host``: lead a drill, alone on one screen or for players who join by code; and a player's seat in one."""

from __future__ import annotations

import argparse
from typing import Any

from drill.cli.guard import FINE, Stop
from drill.cli.places import clear_words, load, same_course
from drill.desk import Desk, Filed
from drill.model.text import one_line
from drill.view.frame import Frame, Series


class SeatDesk(Desk):
    """The desk of one who takes part: Frames are what the role sees, and nothing is filed here."""

    def __init__(self, player: Any) -> None:
        super().__init__(player.name)
        self.player = player

    def frame(self, session: Any) -> Frame:
        """Return what the role can know now."""
        from drill.hosted.roles import seen_by

        return seen_by(super().frame(session), self.player.role, self.player.name)

    def series(self, session: Any, component: str) -> tuple[Series, ...]:
        """Return the metrics of one component, where the role sees them."""
        from drill.hosted.roles import sees_metrics

        return super().series(session, component) if sees_metrics(self.player.role) else ()

    def finish(self, session: Any, keep: bool = True) -> Filed:
        """Tell of the run; the host keeps it."""
        from drill.score.debrief import debrief

        session.finish()
        return Filed(debrief=debrief(session.level, session.seed, session.history, session.scorecard()))

    def reference_points(self, file: Any, seed: int) -> int | None:
        """Players get no solution."""
        return None


def host(options: argparse.Namespace) -> int:
    """Open the facilitator's screen, or lead the drill line by line."""
    desk = Desk(one_line(options.operator)[:60] or "facilitator")
    if not options.server:
        return _lead(options, desk, _session(options, desk), None)
    from drill.cli.shared import server_words
    from drill.hosted.host import Link, allowed
    from drill.hosted.lines import spelled
    from drill.session.orders import Pause
    from drill.store.shared import Server

    with server_words():
        server = Server(options.server)
        server.check()
        if not allowed(server):
            raise Stop("players cannot lead with this URL; use the organizer's")
        session = _session(options, desk)
        link = Link.open(server, session, desk.operator)
        if not session.paused:
            session.order(Pause(), desk.operator)  # nobody has joined yet: whoever leads says when it begins
    print(f"players join with: drill join {spelled(link.code)}", flush=True)
    try:
        return _lead(options, desk, session, link)
    finally:
        link.close()
        server.close()


def _session(options: argparse.Namespace, desk: Desk) -> Any:
    """Return the drill to lead: a new one, or one that was cut off."""
    if bool(options.resume) == bool(options.level):
        raise Stop("name the level to lead, or a run with --resume")
    if options.resume:
        with clear_words(), same_course():
            return desk.resume(options.resume)
    file = load(desk, options.level)
    return desk.start(file, desk.draw_seed() if options.seed is None else options.seed)


def _lead(options: argparse.Namespace, desk: Desk, session: Any, link: Any) -> int:
    if not options.plain:
        from drill.cli.play import open_app

        return open_app(options, desk, ("host",), (session, link))
    from drill.plain_host import HostedPlain, PlainHost

    if link is None:
        return PlainHost(desk, session).play()
    link.start(lambda: None)
    led = HostedPlain(desk, session)
    led.link, led.speed, link.speed = link, float(options.speed), options.speed
    return led.play()


def joined_session(options: argparse.Namespace, credential: Any) -> int:
    """Take the seat that a code gave."""
    from drill.cli.shared import server_words

    with server_words():
        from drill.hosted.player import Player
        from drill.store.shared import Server

        player = Player(Server(credential.server, credential.token), credential.member)
        _wait_for_seat(player)
    desk = SeatDesk(player)
    if options.plain:
        from drill.plain_host import PlainSeat

        seat = PlainSeat(desk, player.session)
        seat.player = player
        who = f"You are {player.name}, {player.role or 'without a seat yet'}; {player.leader} leads."
        seat.say(f"{who}{seat.stands()}")
        with server_words():
            return seat.play()
    from drill.cli.play import open_app

    code = open_app(options, desk, ("seat",), player)
    return FINE if code is None else code


def _wait_for_seat(player: Any, seconds: float = 5.0) -> None:
    """Wait for a moment until the host has given a seat; a session that is over has none to give."""
    import time

    until = time.monotonic() + seconds
    while True:
        player.apply(player.fetch())
        if player.role or player.state == "ended" or time.monotonic() > until:
            break
        time.sleep(0.1)
    if player.state == "ended" and not player.role:
        raise Stop("this session has ended; ask the facilitator for another code")
