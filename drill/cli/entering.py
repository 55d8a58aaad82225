"""``drill play --event``: a team member plays what comes next in an event, in the app or line by line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from drill.cli.guard import Stop
from drill.cli.places import clear_words, same_course
from drill.cli.play import open_app
from drill.contest.entrant import Entrant, Turn
from drill.contest.records import NoEvent
from drill.desk import Desk, Filed
from drill.model.text import one_line
from drill.model.units import duration_text
from drill.store.credentials import Credential, Credentials, NoCredential
from drill.store.database import DatabaseProblem, Refused

_DENIED = "permission denied"  # PostgreSQL's words


class EventDesk(Desk):
    """A desk in an event: what it starts is the team's next attempt, and what it files goes to the server."""

    def __init__(self, credential: Credential, entrant: Entrant, turn: Turn) -> None:
        super().__init__(credential.name, credential)
        self.entrant, self.turn, self.used = entrant, turn, False
        self.event = entrant.event.name
        self.last: Any = None  # the session that was begun last

    def draw_seed(self) -> int:
        """The server draws."""
        return 0

    def after(self, level_id: str) -> str:
        """Nothing follows here: the event says what does."""
        return ""

    def start(self, file: Any, seed: int, log: Path | None = None) -> Any:
        """Begin the attempt, or go on with the one that was cut off. The server says the seed. Stop: it refuses."""
        with clear_words(), same_course(), event_words():
            if self.used:
                self.turn = self.entrant.turn(self.filing.logs.runs_folder, file.level.id)
            self.used = True
            if self.turn.run:
                self.last = self.entrant.go_on(self.turn, self.filing.logs.log_path(self.turn.run))
            else:
                run, path = self.filing.logs.new_run()
                self.last = self.entrant.begin(self.turn, run, log or path)
            return self.last

    def finish(self, session: Any, keep: bool = True) -> Filed:
        """Close the run and put it into the outbox."""
        filed = super().finish(session, keep)
        self.filing.sender().poke()
        return msgspec.structs.replace(filed, id="")  # a report needs the whole level, which is not here

    def reference_points(self, file: Any, seed: int) -> int | None:
        """Nobody here knows the solution."""
        return None


class event_words:
    """Turn what can be wrong with an event, a server or a credential into a line and exit code 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, Refused) and _DENIED in str(error):
            raise Stop("this needs the organizer's URL: give it with --server, or set DRILL_SERVER") from None
        if isinstance(error, NoEvent | DatabaseProblem | NoCredential):
            raise Stop(one_line(str(error))) from None


def play(options: argparse.Namespace) -> int:
    """Play what comes next in an event."""
    with event_words():
        credential = Credentials().event(options.event)
        entrant = Entrant(credential)
        entrant.enter()
        desk = EventDesk(credential, entrant, Turn(level="", seed_index=0, attempt=0))
        desk.filing.sender()  # whatever waits from earlier goes now
        desk.turn = entrant.turn(desk.filing.logs.runs_folder, options.level or "")
    try:
        if options.plain:
            return _plain(desk, min(options.speed, entrant.rules.speed))
        options.speed = min(options.speed, entrant.rules.speed)
        file = entrant.editions[desk.turn.level]
        code = open_app(options, desk, ("event",), (file, announcement(entrant, desk.turn)))
        if desk.last is not None:
            print("\n".join(afterwards(desk, desk.last)))
        return code
    finally:
        entrant.server.close()
        desk.filing.close()


def _plain(desk: EventDesk, speed: int) -> int:
    from drill.plain_event import PlainEvent

    for line in announcement(desk.entrant, desk.turn):
        print(line)
    session = desk.start(desk.entrant.editions[desk.turn.level], 0)
    code = PlainEvent(desk, session, speed).play()
    for line in afterwards(desk, session):
        print(line)
    return code


def announcement(entrant: Entrant, turn: Turn) -> list[str]:
    """Say what is played, for whom, and by which rules."""
    rules, mine = entrant.rules, entrant.credential
    level = next(each for each in rules.levels if each.level == turn.level)
    which = f"seed {turn.seed_index + 1} of {level.seeds}" if level.seeds > 1 else "its one seed"
    attempt = f"attempt {turn.attempt} of {rules.attempts.allowed}" if turn.attempt else "the run that was cut off"
    hints = f"{rules.hints.allowed} for sale in a run" if rules.hints.allowed else "none"
    return [
        f"{rules.title}: {level.title}, {which}, {attempt}. You play for {mine.team}.",
        f"Once it begins, the server's clock counts: {duration_text(rules.pause)} of pause in all, {rules.speed}x at "
        f"most. Hints: {hints}.",
    ]


def afterwards(desk: EventDesk, session: Any) -> list[str]:
    """Say what became of the run: handed in, or waiting; what counts is what the referee finds."""
    if not session.over:
        return [f"The event's clock runs on. `drill play --event {desk.event}` goes on with this run."]
    desk.filing.sender().step()
    waiting = desk.filing.waiting()
    lines = [f"Not sent yet: {waiting}." if waiting else "Handed in."]
    if session.witness is not None and session.witness.behind:
        lines.append(f"{session.witness.behind} of its heads did not reach the server: {session.witness.problem}")
    lines.append("What counts is what the referee computes, by the level's own pars: here, perfection stands for them.")
    try:
        turn = desk.entrant.turn(desk.filing.logs.runs_folder)
        lines.append(f"`drill play --event {desk.event}` plays what comes next: {turn.level}, attempt {turn.attempt}.")
    except NoEvent as error:  # nothing is left
        lines.append(one_line(f"{str(error)[:1].upper()}{str(error)[1:]}."))
    except DatabaseProblem:
        lines.append(f"`drill play --event {desk.event}` plays what comes next.")
    return lines
