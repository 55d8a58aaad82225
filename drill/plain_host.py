"""The facilitator's drill line by line: the team's commands with their names, and everything that is done by hand.

One person can lead a whole drill with it: read the injects aloud, type what the team says it does, and turn the time.
"""

from __future__ import annotations

from drill.console import ConsoleError, parse
from drill.hosted.injects import Course, course, injects
from drill.hosted.lines import HELP, obey
from drill.hosted.roles import may
from drill.hosted.truth import beside
from drill.model.units import clock_text
from drill.plain import HELP as PLAY
from drill.plain import Plain


class PlainHost(Plain):
    """A drill on standard input and output, led by somebody."""

    _usual: Course | None = None

    def obey(self, line: str) -> bool:
        """Do an order, say what a facilitator asks for, or do what any drill does."""
        word, _, rest = line.partition(" ")
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
        self.say(f"{HELP}\n{PLAY}")

    def injects(self) -> None:
        """Say the script as it stands."""
        if self._usual is None:
            self._usual = course(self.session)
        for row in injects(self.session, self._usual):
            at = f"T+{clock_text(row.due)}" if row.due >= 0 else row.when
            usual = f", usually T+{clock_text(row.usual)}" if row.due < 0 <= row.usual else ""
            to = f" to {row.to}" if row.to else ""
            self.say(f"{row.id}, {row.state}, {at}{usual}: {row.source}{to}: {row.text.rstrip('.')}.")
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
