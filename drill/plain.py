"""Plain: a drill line by line, for screen readers, dumb terminals and scripts. The same drill, the same log.

Time passes only with ``wait`` and with the time that a command takes. ``look`` says a Frame in sentences, the worst
first. The end of input leaves the drill as ``leave`` does: only ``quit`` ends it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

from drill.console import ConsoleError, parse
from drill.console.completion import Completion, complete
from drill.console.manual import help_for
from drill.desk import Desk
from drill.model.command import Refusal
from drill.model.text import clean, one_line
from drill.model.units import Duration, clock_text, duration_text
from drill.view.closing import Closings
from drill.view.frame import FeedRow, Frame, Series
from drill.view.said import TIME, actions_of, briefing, component, debriefing, folded, look

STEP = 1000  # ms: how often there may be news
LONGEST_CALL = 120_000  # ms: a command that takes longer goes on while one types
NEWS = 60_000  # ms that a bare ``wait`` lasts at most

HELP = (
    """\
look             how things are, the worst first; look NAME for one component
wait 30s         let time pass; wait alone stops at the first news, after a minute at most
actions NAME     what can be done with a component, as commands
hint             what the next hint costs; hint buy buys it
feed             what was said lately
leave            stop here, as the end of input does; `drill resume --plain` goes on
quit             end the drill: the rest runs hands-off, then the debrief; at a terminal with a question
Any command of the console: aws ..., ops ..., dig NAME, curl NAME. `aws ec2 help` lists operations.
"""
    + TIME
)


class Plain:
    """One drill on standard input and output."""

    author = "you"  # who gives the commands

    def __init__(self, desk: Desk, session: Any, say: Callable[[str], None] | None = None) -> None:
        self.desk, self.session = desk, session
        self.say = say or _print
        self.told: set[FeedRow] = set()  # rows of the feed that were said
        self.guide = ""  # what the guide said last
        self.saving = True
        self.closings = Closings("`quit` ends it.")
        self.asks = sys.stdin.isatty()  # whether ``quit`` asks first: a pipe cannot answer
        self.ending = False  # whether it has just asked

    def play(self, lines: Iterator[str] | None = None) -> int:
        """Play to the end, or until it is left; return the exit code, 0."""
        for text in self.briefing():
            self.say(text)
        self.unsaved()
        self.left = False
        if self.session.now:
            self.told.update(self.frame().feed)  # it was said before
            self.say(f"Resumed at {self.moment()}")
        self.news()
        try:
            for line in self.typed() if lines is None else lines:
                if not self.obey(one_line(clean(line))) or self.session.over:
                    break
            else:
                self.left = not self.session.over
        except KeyboardInterrupt:
            self.left = True
        return self.leave() if self.left else self.end()

    def typed(self) -> Iterator[str]:
        """Yield what is typed or piped in; a piped line is shown after the prompt, as if typed."""
        if sys.stdin.isatty():
            self._line_editing()
        while True:
            prompt = f"T+{clock_text(self.session.now)}> "
            if sys.stdin.isatty():
                try:
                    yield input(prompt)
                except EOFError:
                    self.say("")
                    return
                continue
            line = sys.stdin.readline()
            if not line:
                return
            self.say(prompt + one_line(clean(line)))
            yield line

    def _line_editing(self) -> None:
        """Give the prompt history and Tab completion, where the platform has them."""
        try:
            import readline
        except ImportError:
            return
        found: list[str] = []

        def complete_line(text: str, state: int) -> str | None:
            if state == 0:
                found[:] = [each.text for each in self.offers(readline.get_line_buffer())]
            return found[state] if state < len(found) else None

        readline.set_completer_delims("")
        readline.set_completer(complete_line)
        readline.parse_and_bind("tab: complete")

    def offers(self, line: str) -> list[Completion]:
        """Return what a line may become."""
        return complete(line, self.session.world)

    def briefing(self) -> Iterator[str]:
        """Say what is played, and how time passes."""
        return briefing(self.session)

    def obey(self, line: str) -> bool:
        """Do what a line says; return False when it ends or leaves the drill."""
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if self.ending:
            self.ending = False
            if line in ("yes", "y"):
                return False
            self.say("Not ended.")
            if line in ("no", "n"):
                return True
        if not line or line.startswith("#"):
            return True
        if word == "leave" or (word in ("quit", "exit") and not self.asks):
            self.left = word == "leave"
            return False
        if word in ("quit", "exit"):
            self.ending = True
            rest = duration_text(self.session.length - self.session.now)
            self.say(f"End it? The last {rest} run hands-off. Type yes; leave keeps it for later.")
            return True
        own: dict[str, Callable[[str], None]] = {
            "help": self.help, "?": self.help, "look": self.look, "wait": self.wait, "hint": self.hint,
            "actions": self.actions, "feed": self.feed,
        }  # fmt: skip
        if word in own and not (word == "help" and rest):
            own[word](rest)
        else:
            self.command(line)
        return True

    def help(self, _: str) -> None:
        """Say what can be typed."""
        self.say(HELP)

    def look(self, name: str) -> None:
        """Say how things are, or how one component is."""
        frame = self.frame()
        for text in component(frame, name, self.series) if name else look(frame):
            self.say(text)

    def series(self, name: str) -> tuple[Series, ...]:
        """Return the metrics of one component."""
        return self.desk.series(self.session, name)

    def wait(self, text: str) -> None:
        """Let time pass, and say what is new as it comes."""
        try:
            length = int(Duration.parse(text)) if text else NEWS
        except ValueError as error:
            self.say(str(error))
            return
        until = min(self.session.length, self.session.now + length)
        while self.session.now < until and not self.session.paused:
            self.session.advance(min(until, self.session.now + STEP))
            if self.news() and not text:
                break
        self.say(f"{self.moment()}{' Time stands still.' if self.session.paused else ''}")

    def hint(self, rest: str) -> None:
        """Say what the next hint costs, or buy it."""
        offer = self.frame().next_hint
        if offer is None:
            guided = self.frame().tier == "guided"
            self.say("The guide speaks by itself here: look says it again." if guided else "No hint is for sale now.")
        elif rest != "buy":
            price = f"costs {offer.cost} points" if offer.cost else "is free"
            self.say(f"The next hint {price}. Type: hint buy")
        else:
            self.command(f"ops buy-hint --hint-id {offer.id}")
            for hint in self.frame().hints:
                if hint.id == offer.id and hint.text:
                    self.say(f"Hint: {hint.text}")

    def actions(self, name: str) -> None:
        """Say what can be done with a component."""
        found = self.session.world.components.get(name)
        if found is None:
            names = ", ".join(self.session.world.components)
            self.say(f"Name one of the components: {names}.")
            return
        card = next((each for each in self.frame().cards if each.component == name), None)
        for text in actions_of(found, card):
            self.say(text)

    def feed(self, _: str) -> None:
        """Say the last lines of the feed, oldest first."""
        for row in self.frame().feed[-12:]:
            self.say(f"T+{clock_text(row.at)} {row.source}: {row.text}")

    # ---- commands -------------------------------------------------------------------------------------------------

    def command(self, line: str) -> None:
        """Give a console line, let the time pass that it takes, and say what came of it."""
        text = help_for(line)
        if text is not None:
            self.say(text)
            return
        try:
            action = parse(line, self.session.world)
        except ConsoleError as error:
            self.say(f"{error}{'' if line.startswith(('aws', 'ops')) else '. Type help for what can be typed.'}")
            return
        answer = self.session.submit(action, self.author)
        if isinstance(answer, Refusal):
            self.say(f"Refused. {answer}")
            return
        self.unsaved()
        until = min(self.session.length, self.session.now + LONGEST_CALL)
        while answer.done < 0 and self.session.now < until and not self.session.paused:
            self.session.advance(min(until, self.session.now + 100))
        self.outcome(answer.n)
        self.news()

    def outcome(self, n: int) -> None:
        """Say what became of command ``n``."""
        echo = next((e for e in reversed(self.frame().echoes) if e.n == n), None)
        if echo is None or echo.state in ("waiting", "calling"):
            self.say("It is under way; wait goes on.")
        elif echo.state == "done":
            self.say(f"Accepted after {(echo.took or 0) / 1000:.1f} s. {self.moment()}")
            if echo.text:
                self.say(echo.text)
        else:
            self.say(f"Failed. {echo.text}")

    # ---- what is said by itself -----------------------------------------------------------------------------------

    def frame(self) -> Frame:
        """Return what can be known now."""
        return self.closings.told(self.desk.frame(self.session))

    def moment(self) -> str:
        """Say what time it is and what users get."""
        success = (frame := self.frame()).users.success
        served = "no data on users" if success is None else f"users {success * 100:.1f} % served"
        return f"T+{clock_text(frame.now)} of {clock_text(frame.length)}, {served}."

    def news(self) -> bool:
        """Say what the feed and the guide have that was not said yet; tell whether there was anything."""
        frame = self.frame()
        fresh = [row for row in frame.feed if row not in self.told]
        self.told.update(fresh)
        fresh = [row for row in fresh if row.source not in ("you", "aws")]  # what came of a command is said with it
        for row in fresh:
            self.say(f"T+{clock_text(row.at)} {row.source}: {row.text}")
        before, self.guide = self.guide, "" if frame.asked else frame.guide_plain  # a question is in the feed
        if told := self.guide not in ("", before):
            self.say(f"Guide: {self.guide}")
        return bool(fresh) or told

    def unsaved(self) -> None:
        """Say it once when the run is not being saved."""
        if self.saving and not self.session.saving:
            self.saving = False
            self.say(f"This run is not being saved: {self.session.log.reason}")

    def leave(self) -> int:
        """Stop here; the log is on disk."""
        self.say(self.desk.way_on(self.session, " --plain"))
        return 0

    def end(self) -> int:
        """Run what is left hands-off and say the debrief."""
        rest = self.session.length - self.session.now
        if rest > 0:
            self.say(f"The last {duration_text(rest)} run hands-off.")
        filed = self.desk.finish(self.session)
        reference = self.desk.reference_points(self.session.file, self.session.seed)
        for text in debriefing(self.desk.explained(self.session, filed.debrief), reference):
            self.say(text)
        if filed.problem:
            self.say(f"This run is not in the scores: {filed.problem}")
        elif filed.id:
            self.say(f"Saved as {filed.id[:8]}.")
        return 0


def _print(text: str) -> None:
    print(folded(text, shutil.get_terminal_size().columns) if sys.stdout.isatty() else text, flush=True)
