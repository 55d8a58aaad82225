"""Small questions on top of a drill: leave, buy a hint; and the notice that the terminal is too small."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Key
from textual.screen import ModalScreen
from textual.widgets import Static

from drill.tui.screens.base import KEY_CAP

WIDTH, HEIGHT = 60, 20


class Question(ModalScreen[str]):
    """A box with a title, some lines and answers, each on one key. Dismisses with the answer; Esc is ``""``."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS = [("escape", "answer('')", "back")]

    def __init__(self, title: str, text: str, answers: list[tuple[str, str, str]]) -> None:
        """``answers``: (key as Textual names it, key as shown, what it does), most careful first."""
        super().__init__()
        self.heading, self.text, self.answers = title, text, answers

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content.styled(self.heading, "bold"), id="heading")
            yield Static(self.text, markup=False, id="text")
            for key, shown, does in self.answers:
                yield Answer(key, shown, does)

    def on_key(self, event: Key) -> None:
        """Take the answer whose key was pressed; no other key does anything here."""
        if event.key in {key for key, _, _ in self.answers}:
            event.stop()
            self.dismiss(event.key)

    def action_answer(self, key: str) -> None:
        """Answer as if ``key`` had been pressed."""
        self.dismiss(key)


class Answer(Static):
    """One answer; a click on it is the same as its key."""

    def __init__(self, key: str, shown: str, does: str) -> None:
        super().__init__(Content.assemble((f" {shown} ", KEY_CAP), f" {does}"))
        self.key = key

    def on_click(self, event: Click) -> None:
        event.stop()
        self.screen.dismiss(self.key)


def leave_question(saving: bool, entries: int) -> Question:
    """Ask what to do with a drill that still runs. Answers: k keep, l leave for later, e end now."""
    kept = f"The log has {entries} entries on disk." if saving else "This run is not being saved."
    later = "leave; `drill resume` goes on from here" if saving else "leave; the run is lost"
    return Question(
        "Leave this drill?",
        f"{kept} Time stands still while you decide.",
        [("k", "k", "keep playing"), ("l", "l", later), ("e", "e", "end now: the rest runs hands-off")],
    )


def hint_question(cost: int) -> Question:
    """Say what the next hint costs, and ask whether to buy it."""
    price = f"It costs {cost} points." if cost else "It is free."
    return Question(
        "Buy a hint?",
        f"{price} A hint never turns a win into a loss.",
        [("enter", "Enter", f"buy for {cost} points" if cost else "show it"), ("n", "n", "not now")],
    )


class TooSmall(ModalScreen[None]):
    """What a terminal below 60x20 shows: the size that is needed, and the size it has."""

    too_small = True
    CSS_PATH = "dialogs.tcss"

    def compose(self) -> ComposeResult:
        yield Static("", markup=False, id="size")

    def on_mount(self) -> None:
        self.show()

    def on_resize(self) -> None:
        self.show()

    def show(self) -> None:
        """Write the one message."""
        size = self.app.size
        self.query_one("#size", Static).update(
            Content(f"drill needs {WIDTH}x{HEIGHT}; this terminal is {size.width}x{size.height}. Make it larger.")
        )
