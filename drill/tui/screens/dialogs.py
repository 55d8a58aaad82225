"""Small questions on top of a drill: leave, buy a hint, answer; and the notice that the terminal is too small."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Key
from textual.screen import ModalScreen
from textual.widgets import Static

from drill.model.units import duration_text
from drill.tui.screens.base import KEY_CAP
from drill.view.frame import Asked, Closing

WIDTH, HEIGHT = 60, 20


class Question(ModalScreen[str]):
    """A box with a title, some lines and answers, each on one key. Dismisses with the answer; Esc is ``""``.

    Arrows mark an answer and Enter takes the marked one, where Enter is no answer by itself.
    """

    CSS_PATH = "dialogs.tcss"
    BINDINGS = [
        ("escape,q", "answer('')", "back"),
        ("down,j", "mark(1)", "next answer"),
        ("up,k", "mark(-1)", "answer before"),
    ]

    still = True  # whether a guided drill below waits for the answer

    def __init__(self, title: str, text: str, answers: list[tuple[str, str, str]]) -> None:
        """``answers``: (key as Textual names it, key as shown, what it does), most careful first."""
        super().__init__()
        self.heading, self.text, self.answers = title, text, answers
        self.marked = -1

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content.styled(self.heading, "bold"), id="heading")
            yield Static(self.text, markup=False, id="text")
            for key, shown, does in self.answers:
                yield Answer(key, shown, does)

    def on_key(self, event: Key) -> None:
        """Take the answer whose key was pressed, or the one that is marked."""
        keys = [key for key, _, _ in self.answers]
        if event.key in keys:
            event.stop()
            self.action_answer(event.key)
        elif event.key == "enter" and self.marked >= 0:
            event.stop()
            self.action_answer(keys[self.marked])

    def action_mark(self, step: int) -> None:
        """Mark the next answer, or the one before."""
        last = len(self.answers) - 1
        self.marked = (0 if step > 0 else last) if self.marked < 0 else max(0, min(last, self.marked + step))
        for n, answer in enumerate(self.query(Answer)):
            answer.set_class(n == self.marked, "-marked")

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


def leave_question(saving: bool, entries: int, event: str = "") -> Question:
    """Ask what to do with a drill that still runs. Answers: k keep, l leave for later, e end now.

    ``event``: the competition that it is played in: its clock waits for nobody.
    """
    kept = f"The log has {entries} entries on disk." if saving else "This run is not being saved."
    time = "The drill and the event's clock run on" if event else "Time stands still"
    later = "leave; `drill resume` goes on from here" if saving else "leave; the run is lost"
    if event and saving:
        later = f"leave; `drill play --event {event}` goes on; the clock runs"
    question = Question(
        "Leave this drill?",
        f"{kept} {time} while you decide.",
        [("k", "k", "keep playing"), ("l", "l", later), ("e", "e", "end now: the rest runs hands-off")],
    )
    question.still = not event
    return question


def end_question(rest: int, closing: Closing | None, event: str = "") -> Question:
    """Ask whether to run the last ``rest`` ms hands-off. Answers: k keep, e end now. ``event``: its clock runs on."""
    why = f"{closing.text} " if closing else ""
    question = Question(
        "End this drill?",
        f"{why}The last {duration_text(rest)} run hands-off, then the debrief.",
        [("k", "k", "keep playing"), ("e", "e", "end now")],
    )
    question.still = not event
    return question


def hint_question(cost: int) -> Question:
    """Say what the next hint costs, and ask whether to buy it."""
    price = f"It costs {cost} points." if cost else "It is free."
    return Question(
        "Buy a hint?",
        f"{price} A hint never turns a win into a loss.",
        [("enter", "Enter", f"buy for {cost} points" if cost else "show it"), ("n", "n", "not now")],
    )


def asked_question(asked: Asked) -> Question:
    """Put a question of the level to the player; the answers are on 1, 2, ... as the level orders its choices."""
    left = f" {duration_text(asked.left)} left." if asked.left is not None else ""
    return Question(
        f"{asked.source} asks",
        f"{asked.text}\n\nThere is one answer, and it stands.{left} Esc: later.",
        [(str(n), str(n), f"{choice}: {text}") for n, (choice, text) in enumerate(asked.choices, 1)],
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
