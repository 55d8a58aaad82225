"""ProfilePage: what was played, which concepts are strong or weak, personal bests. Esc goes back."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from drill.tui.screens.base import DIM, HostScreen
from drill.tui.screens.keybar import Key, KeyBar

KEYS = [
    Key("escape", "Esc", "levels"),
    Key("down", "↑↓", "scroll", 1),
    Key("question_mark", "?", "help"),
    Key("q", "q", "quit"),
]
COLOR = {"strong": "$success", "so-so": "$secondary", "weak": "$warning"}
SIGN = {"strong": "●", "so-so": "▲", "weak": "✖"}
FULL, EMPTY = "█", "░"
_STEPS = "▁▂▃▄▅▆▇█"
_LAST = 12  # runs in a line of bars


class ProfilePage(HostScreen[None]):
    """One page; the store and the levels are read away from the screen."""

    CSS_PATH = "profile.tcss"
    BINDINGS = [
        Binding("escape", "app.pop_screen", "back to the levels"),
        Binding("j", "scroll(1)", "scroll", show=False),
        Binding("k", "scroll(-1)", "scroll", show=False),
        Binding("question_mark", "app.help", "this page"),
        Binding("q", "app.leave", "quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.told: Any = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Static(Content.styled("Reading your runs ...", DIM), id="told")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Read, and show what was found."""
        self.query_one(KeyBar).show(KEYS)
        self.query_one("#page").focus()
        self.run_worker(self.read, thread=True)

    def read(self) -> None:
        """Make the profile; takes half a second."""
        told = self.host.desk.profile()
        self.app.call_from_thread(self.show, told)

    def show(self, told: Any) -> None:
        """Draw it."""
        self.told = told
        self.query_one("#told", Static).update(profile_text(told, self.size.width - 6, self.host.ascii_only))

    def on_resize(self) -> None:
        """Lay it out for the new width."""
        if self.told is not None:
            self.show(self.told)

    def action_scroll(self, step: int) -> None:
        """Scroll by one line."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=step, animate=False)


def profile_text(told: Any, wide: int = 116, ascii_only: bool = False) -> Content:
    """Return the page of a profile (drill.store.profile.Profile), ``wide`` columns wide: a scroll bar takes two."""
    who = told.operator or "you"
    if not told.runs:
        return Content.assemble(
            ("Profile", "bold $primary"), f"\n\nNo saved runs of {who} yet. Play a level, and come back:\n",
            ("what each level teaches is on the list.", DIM),
        )  # fmt: skip
    runs = f"{told.runs} {'run' if told.runs == 1 else 'runs'}, {told.won} won"
    levels = f"{len(told.levels)} {'level' if len(told.levels) == 1 else 'levels'}"
    parts: list[Any] = [("Profile", "bold $primary"), (f"  {who}: {runs}, on {levels}", DIM), "\n"]
    parts += _standings("Concepts, the weakest first", told.concepts, "taught by", wide)
    parts += _standings("Objectives, the weakest first", told.objectives, "in", wide)
    parts += _levels(told.levels, wide, ascii_only)
    if told.unplayed:
        parts += [("\nNot met yet\n", "bold"), ", ".join(told.unplayed), "\n"]
    return Content.assemble(*parts)


def _standings(title: str, rows: Any, where: str, wide: int) -> list[Any]:
    """Return a block with a bar for each; a word and a sign say what the color says."""
    parts: list[Any] = [(f"\n{title}\n", "bold")]
    bar = max(0, min(20, wide - 62))
    room = wide - 42 - bar  # for the levels
    for row in rows:
        full = int(row.share * bar)
        levels = f"{where} {', '.join(row.levels)}"
        color = COLOR[row.word]
        parts += [
            (f"{SIGN[row.word]} {row.word:<7}", color), f"{_cut(row.name, 24)} ",
            (FULL * full, color), (EMPTY * (bar - full), DIM), f" {int(row.share * 100):>3} %  ",
            (_cut(levels, room).rstrip() if room > 12 else "", DIM), "\n",
        ]  # fmt: skip
    return parts


def _cut(text: str, width: int) -> str:
    """Cut or pad ``text`` to ``width`` columns."""
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"


def _levels(rows: Any, wide: int, ascii_only: bool) -> list[Any]:
    full, empty = ("*", "-") if ascii_only else ("★", "☆")
    parts: list[Any] = [("\nPersonal bests\n", "bold")]
    for row in rows:
        runs = f"{row.runs} {'run' if row.runs == 1 else 'runs'}"
        steps = "".join(_STEPS[max(0, min(7, each * 8 // 1001))] for each in row.points[-_LAST:])
        parts += [
            f"{row.best:>4} ", (full * row.stars + empty * (3 - row.stars), "$warning"), f"  {_cut(row.title, 34)} ",
            (f"{runs:<8} " if wide >= 60 else "", DIM), steps if wide >= 72 else "", "\n",
        ]  # fmt: skip
    return parts
