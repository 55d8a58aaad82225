"""The facilitator's drill line by line: the team's commands with their names, and everything that is done by hand.

One person can lead a whole drill with it: read the injects aloud, type what the team says it does, and turn the time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from drill.catalog.ops import BuyHint
from drill.console import ConsoleError, parse
from drill.console.completion import Completion
from drill.hosted.begun import discard, nothing_played, way_on
from drill.hosted.injects import Course, course, injects, told
from drill.hosted.lines import HELP, obey, offers
from drill.hosted.roles import LEADER_ENDS, may, may_call
from drill.hosted.truth import beside
from drill.model.units import Duration, clock_text
from drill.plain import HELP as PLAY
from drill.plain import NEWS, Plain
from drill.view.closing import Closings
from drill.view.said import TIME, briefing, debriefing

ANSWER = 5.0  # seconds to wait for the host's word on a command


class PlainHost(Plain):
    """A drill on standard input and output, led by somebody."""

    _usual: Course | None = None

    def obey(self, line: str) -> bool:
        """Do an order, say what a facilitator asks for, or do what any drill does."""
        word, _, rest = line.partition(" ")
        if word in ("quit", "exit") and nothing_played(self.session):
            return False  # there is nothing to ask about
        if word == "injects":
            self.injects()
        elif word == "truth":
            self.truth()
        elif word == "as":
            self.act_as(*rest.strip().partition(" ")[::2])
        elif (problem := obey(line, self.session, self.desk.operator or "facilitator")) is not None:
            self.say(f"Not done: {problem}." if problem else f"Done. {self.moment()}")
            self.news()
        else:
            return super().obey(line)
        return True

    def help(self, _: str) -> None:
        """Say what can be typed."""
        self.say(f"{HELP}\n{PLAY}".replace("`drill resume --plain`", "`drill host --resume RUN --plain`"))

    def offers(self, line: str) -> list[Completion]:
        """Return what a line may become: an order, or a command with or without a name before it."""
        return offers(line, self.session)

    def leave(self) -> int:
        """Stop here; who leads goes on as who leads."""
        if nothing_played(self.session) and not self.session.entries:
            return self.end()
        self.say(way_on(self.session, " --plain"))
        return 0

    def end(self) -> int:
        """End the drill; where nothing was played, there is nothing to tell of and nothing to keep."""
        if not nothing_played(self.session):
            return super().end()
        discard(self.session)
        self.say("Nothing was played, and no run is kept.")
        return 0

    def injects(self) -> None:
        """Say the script as it stands."""
        if self._usual is None:
            self._usual = course(self.session)
        for row in injects(self.session, self._usual):
            at = f"T+{clock_text(row.due)}" if row.due >= 0 else row.when
            usual = f", usually T+{clock_text(row.usual)}" if row.due < 0 <= row.usual else ""
            self.say(f"{row.id}, {row.state}, {at}{usual}: {told(row)}.")
            if row.expects:
                self.say(f"  should lead to: {row.expects}")

    def truth(self) -> None:
        """Say what is true beside what the others see."""
        for row in beside(self.session, self.frame()):
            self.say(f"{row.name}: true: {row.true}; seen: {row.seen}{'. It differs' if row.differs else ''}.")

    def act_as(self, name: str, line: str) -> None:
        """Give a command as somebody of the team, if it is theirs to give."""
        try:
            refused = may(name, parse(line, self.session.world), self.session.seats)
        except ConsoleError as error:
            self.say(str(error))
            return
        if refused:
            self.say(f"Not done: {refused}.")
            return
        self.author = name
        self.command(line)
        self.author = "you"


class HostedPlain(PlainHost):
    """The same for players on other terminals: while ``wait`` runs, time passes as the clock does, and they act."""

    link: Any = None
    speed = 1.0

    def play(self, lines: Iterator[str] | None = None) -> int:
        """Say first who waits for whom."""
        self.say("Time stands still until you begin, for everybody: once all are here, type resume.")
        return super().play(lines)

    def obey(self, line: str) -> bool:
        """Do a line, with what players asked before it, and hand on what came of it."""
        self.link.pump()
        goes_on = super().obey(line)
        self.link.pump()
        return goes_on

    def wait(self, text: str) -> None:
        """Let time pass for everybody at the clock's pace, and say what is new."""
        try:
            length = int(Duration.parse(text)) if text else NEWS
        except ValueError as error:
            self.say(str(error))
            return
        from drill.hosted.host import play_on

        for _ in play_on(self.session, self.link, length, self.speed):
            self.news()
        self.say(f"{self.moment()}{' Time stands still; resume lets it pass.' if self.session.paused else ''}")


_LEADERS = ("leave ", "quit ", TIME)  # lines of the usual help that are not so in a seat
SEAT = "\n".join([*(line for line in PLAY.split("\n") if not line.startswith(_LEADERS)),
                  "leave            leave; `drill join` with the same code comes back, the others play on",
                  "Whoever leads keeps the time; wait says what comes meanwhile."])  # fmt: skip


class PlainSeat(Plain):
    """A seat in a session, line by line: time is the host's, and commands are asked of the host."""

    player: Any = None

    def __init__(self, desk: Any, session: Any, say: Callable[[str], None] | None = None) -> None:
        super().__init__(desk, session, say)
        self.asks = False  # who leaves ends nothing
        self.closings = Closings(LEADER_ENDS)

    def briefing(self) -> Iterator[str]:
        """Say what is played, and whose time it is; not which situation it is."""
        return briefing(self.session, f"{self.player.leader} keeps the time.", seed=False)

    def help(self, _: str) -> None:
        """Say what can be typed."""
        self.say(SEAT)

    def hint(self, rest: str) -> None:
        """Say what the next hint costs, or buy it, where that is this role's; else whom to ask."""
        refused = may_call(self.player.name, BuyHint, self.session.seats)
        if refused:
            self.say(f"{refused}.")
        else:
            super().hint(rest)

    def catch_up(self) -> None:
        """Come to where the host is."""
        self.player.apply(self.player.fetch())
        self.session = self.player.session

    def obey(self, line: str) -> bool:
        """Come to the present, then do what a line says."""
        self.catch_up()
        self.news()
        return super().obey(line) and self.player.state != "ended"

    def wait(self, text: str) -> None:
        """Wait on the clock for this long, or until there is news."""
        try:
            length = int(Duration.parse(text)) if text else NEWS
        except ValueError as error:
            self.say(str(error))
            return
        until = time.monotonic() + length / 1000
        while time.monotonic() < until and self.player.state != "ended":
            self.catch_up()
            if self.news() and not text:
                break
            time.sleep(0.2)
        self.say(f"{self.moment()}{self.stands()}")

    def stands(self) -> str:
        """Return why time stands still, "" while it passes."""
        if not self.session.paused:
            return ""
        return f" {self.player.leader} has not begun yet." if self.player.waiting else " Time stands still."

    def command(self, line: str) -> None:
        """Ask the host to do a line, if it is this role's, and say what came of it."""
        try:
            refused = may(self.player.name, parse(line, self.session.world), self.session.seats)
        except ConsoleError as error:
            refused = str(error)
        if refused:
            self.say(f"Refused. {refused}.")
            return
        asked, until = self.player.ask(line), time.monotonic() + ANSWER
        while asked not in self.player.answers and time.monotonic() < until:
            self.catch_up()
            time.sleep(0.1)
        if asked not in self.player.answers:
            self.say("Asked; the facilitator's machine has not answered yet.")
            return
        answer = self.player.answers[asked][1]
        self.say(f"Refused. {answer}" if answer else f"Taken. {self.moment()}")
        self.news()

    def end(self) -> int:
        """Say the debrief once the host has ended it; else just leave."""
        if self.session.over and not self.left and self.player.state != "ended":
            self.say("The end has come. The debrief follows once the facilitator ends it; Ctrl+C leaves.")
            while self.player.state != "ended":
                self.catch_up()
                time.sleep(0.2)
        if self.player.state != "ended":
            self.say("Left. `drill join` with the same code comes back.")
            return 0
        told = self.desk.finish(self.session).debrief
        for text in debriefing(self.desk.explained(self.session, told), None):
            self.say(text)
        return 0

    def leave(self) -> int:
        """Leave; the others play on."""
        return self.end()
