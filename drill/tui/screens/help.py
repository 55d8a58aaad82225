"""Help: every key and what it does, the glyphs, and how a drill is scored. Esc closes it."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from drill.tui.screens.base import DIM

#: (heading, rows of keys and meanings). Documentation tests read it.
KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "On the map",
        (
            ("arrows, h j k l", "go from component to component"),
            ("Enter", "choose an action for it, and fill in its form"),
            ("/", "find a component"),
            ("Tab", "go to the feed and back (in a narrow terminal: show the panels)"),
            ("Esc", "close what is open, back to the map"),
        ),
    ),
    (
        "Time",
        (
            ("Space", "pause, go on"),
            ("+ -", "speed: 1x, 2x, 5x, 10x, 20x, 60x"),
        ),
    ),
    (
        "Commands",
        (
            (":", "console: type the AWS CLI command itself"),
            ("Tab", "in the console: complete"),
            ("Up Down", "in the console: what was typed before"),
            ("Ctrl+P", "palette: every action on every component, by name"),
            ("Ctrl+S", "in a form: run the command it shows"),
            ("H", "hint; it says its price first"),
            ("a", "answer what somebody asks"),
        ),
    ),
    (
        "Anywhere",
        (
            ("?", "this page"),
            ("q", "quit, with a question"),
            ("Ctrl+C", "the same question; a run is never lost"),
        ),
    ),
)
LOOKING = (
    ("aws cloudwatch describe-alarms", "which alarms there are, and why they fire"),
    ("aws ec2 describe-instances", "what a service's own API says"),
    ("aws cloudwatch get-metric-data", "figures, as late as CloudWatch has them"),
    ("dig NAME   curl NAME", "what DNS answers, what a user gets"),
    ("aws ec2 help", "the operations of a service"),
    ("aws ec2 run-instances help", "the options of an operation"),
)
SCORE = (
    "Each objective earns full points at par or better, half at its target, none at zero. Won: every needed objective "
    "at its target. A win is 500 points or more; stars at the win, at 750 and at 1000. Hints cost points, and never "
    "turn a win into a loss. Pausing and leaving early gain nothing: the rest of the drill runs hands-off."
)
STATES = "● ok   ▲ needs a look   ✖ needs a decision   ◐ on its way   ○ not in use   ? not known any more"


class Help(ModalScreen[None]):
    """One page over whatever is open."""

    CSS_PATH = "help.tcss"
    BINDINGS = [
        Binding("escape,q,question_mark,enter", "app.pop_screen", "close"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Static(help_text(), id="text")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#page").focus()

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one("#page").scroll_relative(y=by, animate=False)


def help_text() -> Content:
    """Return the page."""
    parts: list[Any] = [("Help", "bold"), ("   Esc closes\n", DIM)]
    for heading, rows in KEYS:
        parts += ["\n", (heading, "bold $primary"), "\n"]
        for keys, does in rows:
            parts += [(f"  {keys:<18}", "bold"), does, "\n"]
    parts += ["\n", ("Finding out", "bold $primary"), ("   it takes time, and only shows what can be known\n", DIM)]
    for line, does in LOOKING:
        parts += [(f"  {line:<34}", "bold"), does, "\n"]
    parts += ["\n", ("On the map", "bold $primary"), "\n  ", STATES, "\n"]
    parts += ["\n", ("Score", "bold $primary"), "\n", SCORE]
    return Content.assemble(*parts)
