"""ConsoleBox: the console line, what was said to it lately, what may come next, and what reading commands printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message
from textual.widgets import Input, Static

from drill.model.units import clock_text
from drill.tui.canvas.text import clip
from drill.tui.screens.base import DIM
from drill.view.frame import Echo, Frame

Complete = Callable[[str], list[Any]]
WORD = {"waiting": "waits", "calling": "calling", "done": "accepted", "failed": "failed", "refused": "refused"}
GLYPH = {"waiting": "…", "calling": "…", "done": "✔", "failed": "✖", "refused": "✖"}
ASCII = {"waiting": "~", "calling": "~", "done": "+", "failed": "x", "refused": "x"}
COLOR = {
    "waiting": "$secondary",
    "calling": "$secondary",
    "done": "$success",
    "failed": "$warning",
    "refused": "$warning",
}


class ConsoleInput(Input):
    """The line itself: Tab completes, up and down go through what was typed before, Esc goes back to the map."""

    BINDINGS = [
        Binding("enter", "submit", "run the line"),
        Binding("tab", "complete", "complete"),
        Binding("up", "older", "what was typed before"),
        Binding("down", "newer", "what was typed before", show=False),
        Binding("escape", "go_back", "leave the line"),
    ]
    help_title = "On the console's line"

    class Left(Message):
        """Esc was pressed."""

    def __init__(self) -> None:
        super().__init__(placeholder="aws …   ops …   dig …   curl …   Tab completes", id="line", compact=True)
        self.cursor_blink = False
        self.complete: Complete = lambda _: []
        self.past: list[str] = []
        self.at = 0
        self.draft = ""
        self.turn = -1
        self.found: list[Any] = []

    def action_complete(self) -> None:
        """Write the one completion, or what all have in common; then go through them one by one."""
        if self.turn < 0:
            self.found = self.complete(self.value)
            if not self.found:
                return
            common = in_common([c.text for c in self.found])
            if len(common) > len(self.value) or len(self.found) == 1:
                self.write(common)
                return
        self.turn = (self.turn + 1) % len(self.found)
        self.write(self.found[self.turn].text, keep_turn=True)

    def write(self, text: str, keep_turn: bool = False) -> None:
        """Put ``text`` on the line, the cursor after it."""
        turn = self.turn if keep_turn else -1
        self.value = text
        self.cursor_position = len(text)
        self.turn = turn

    def action_older(self) -> None:
        """Bring back the line typed before."""
        if self.at == len(self.past):
            self.draft = self.value
        if self.at > 0:
            self.at -= 1
            self.write(self.past[self.at])

    def action_newer(self) -> None:
        """Go towards the line being typed."""
        if self.at < len(self.past):
            self.at += 1
            self.write(self.past[self.at] if self.at < len(self.past) else self.draft)

    def action_go_back(self) -> None:
        """Give the keys back to the map."""
        self.post_message(self.Left())

    def remember(self, line: str) -> None:
        """Keep ``line`` for the history."""
        if not self.past or self.past[-1] != line:
            self.past.append(line)
        self.at, self.draft = len(self.past), ""

    def on_key(self, event: Key) -> None:
        """Any key but Tab ends going through the completions. The key that opens the console is no text on its line."""
        if event.key != "tab":
            self.turn = -1
        if event.character == ":" and not self.value:
            event.prevent_default()


class Output(VerticalScroll):
    """What a reading command printed, until Esc."""

    BINDINGS = [
        Binding("escape", "close", "close"),
        Binding("j", "scroll_down", "scroll", show=False),
        Binding("k", "scroll_up", "scroll", show=False),
    ]
    help_title = "In what a command printed"

    class Closed(Message):
        """The reader is done with it."""

    def action_close(self) -> None:
        """Fold it away."""
        self.display = False
        self.post_message(self.Closed())


class ConsoleBox(Vertical):
    """Everything at the bottom where commands are typed and answered."""

    class Given(Message):
        """A line was entered."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    def __init__(self, ascii_only: bool = False) -> None:
        super().__init__(id="console")
        self.ascii_only = ascii_only
        self.shown_output = -1
        self.said = Content("")

    def compose(self) -> ComposeResult:
        with Output(id="output"):
            yield Static("", id="printed")
        yield Static("", id="echo")
        yield ConsoleInput()
        yield Static("", id="candidates")

    def on_mount(self) -> None:
        """Start folded."""
        self.query_one("#output").display = False
        self.query_one("#candidates").display = False

    @property
    def line(self) -> ConsoleInput:
        """The input."""
        return self.query_one(ConsoleInput)

    @on(Input.Submitted)
    def give(self, event: Input.Submitted) -> None:
        """Hand the line over and clear it."""
        event.stop()
        text = event.value.strip().removeprefix(":").strip()
        if text:
            self.line.remember(text)
            self.line.write("")
            self.post_message(self.Given(text))

    @on(Input.Changed)
    def show_candidates(self, event: Input.Changed) -> None:
        """Show what may come next, as much as fits on a line."""
        event.stop()
        candidates = self.query_one("#candidates", Static)
        found = self.line.complete(event.value) if event.value else []
        candidates.display = bool(found)
        if found:
            candidates.update(candidate_text(found, max(20, self.size.width - 4)))

    def on_click(self, event: Click) -> None:
        """A click anywhere in the box begins typing."""
        if not self.query_one("#output").is_mouse_over:
            self.line.focus()

    def note(self, line: str, text: str) -> None:
        """Say what is wrong with a line that is no command."""
        mark = ">" if self.ascii_only else "›"
        self.said = Content.assemble((f"{mark} ", DIM), line, "\n", (text, "$warning"))
        self.query_one("#echo", Static).update(self.said)

    def tell(self, text: str) -> None:
        """Say something until the next command."""
        self.said = Content.styled(text, "bold")
        self.query_one("#echo", Static).update(self.said)

    def refused(self, line: str, text: str) -> None:
        """Show a refusal as AWS words it."""
        self.note(line, text)

    def show(self, frame: Frame) -> None:
        """Show the last command with what became of it, and what a reading command printed."""
        if not frame.echoes:
            return
        last = frame.echoes[-1]
        newest = echo_text(last, self.ascii_only, self.size.width - 2)
        if self.said and newest != getattr(self, "_newest", None):
            self.said = Content("")
        self._newest = newest
        if not self.said:
            self.query_one("#echo", Static).update(newest)
        printed = [e for e in frame.echoes if e.state == "done" and e.text and e.n > self.shown_output]
        if printed:
            self.shown_output = printed[-1].n
            self.print(printed[-1].line, printed[-1].text, printed[-1].at)

    def print(self, title: str, text: str, at: int) -> None:
        """Unfold the output of a command."""
        output = self.query_one("#output")
        rest = f"   T+{clock_text(at)} · Esc closes"
        title = clip(title, max(12, self.size.width - 4 - len(rest)))
        self.query_one("#printed", Static).update(Content.assemble((title, "bold"), (rest, DIM), "\n", text.rstrip()))
        output.display = True
        output.scroll_home(animate=False)

    def fold(self) -> bool:
        """Fold the output away; tell whether there was any."""
        output = self.query_one("#output")
        was, output.display = bool(output.display), False
        return was


def in_common(texts: list[str]) -> str:
    """Return what all of ``texts`` begin with."""
    low, high = min(texts), max(texts)
    same = next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    return low[:same]


def echo_text(echo: Echo, ascii_only: bool = False, width: int = 0) -> Content:
    """Return one command and what became of it, on a line of ``width`` columns (0: as long as it is).

    Below it stands the refusal in AWS's words, if there is one. A long command gives way to what became of it.
    """
    mark, glyphs = (">", ASCII) if ascii_only else ("›", GLYPH)
    took = f" {echo.took / 1000:.1f} s" if echo.took is not None and echo.state == "done" else ""
    word = f"{glyphs.get(echo.state, ' ')} {WORD.get(echo.state, echo.state)}{took}"
    line = clip(echo.line, max(20, width - len(word) - 4)) if width else echo.line
    parts: list[Any] = [(f"{mark} ", "$primary"), line, "  ", (word, COLOR.get(echo.state, ""))]
    if echo.text and echo.state in ("failed", "refused"):
        parts += ["\n", (echo.text, "$warning")]
    return Content.assemble(*parts)


def candidate_text(found: list[Any], width: int) -> Content:
    """Return completions side by side, with the help of the first where there is room."""
    parts: list[Any] = []
    used = 0
    for n, completion in enumerate(found):
        label = completion.label
        if used + len(label) + 2 > width - 8:
            parts.append((f"+{len(found) - n}", DIM))
            return Content.assemble("  ", *parts)
        parts += [(label, "$secondary"), "  "]
        used += len(label) + 2
    if len(found) == 1 and found[0].help:
        parts.append((found[0].help[: max(0, width - used - 2)], DIM))
    return Content.assemble("  ", *parts)
