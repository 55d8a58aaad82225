"""Help: the keys that are valid on the screen below, read from its bindings; then what else is worth knowing there."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from drill.tui.screens.base import DIM

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

#: What Textual's own lists and pages do on keys that nothing here binds itself, by their action.
MOVES = {
    "cursor_up": "up and down the list", "cursor_down": "up and down the list", "first": "the first, the last",
    "last": "the first, the last", "scroll_up": "scroll", "scroll_down": "scroll", "page_up": "a page at a time",
    "page_down": "a page at a time", "scroll_home": "the top, the end", "scroll_end": "the top, the end",
    "scroll_top": "the top, the end", "scroll_bottom": "the top, the end",
}  # fmt: skip
#: How keys are written that are not written as Textual names them. ``=`` is ``+`` without Shift, and not worth a word.
NAMES = {
    "question_mark": "?", "slash": "/", "colon": ":", "comma": ",", "full_stop": ".", "less_than_sign": "<",
    "greater_than_sign": ">", "plus": "+", "equals_sign": "", "minus": "-", "escape": "Esc", "pageup": "PageUp",
    "pagedown": "PageDown", "up": "↑", "down": "↓", "left": "←", "right": "→",
}  # fmt: skip
ARROWS = ["←", "↓", "↑", "→"]

Rows = dict[str, list[str]]  # what keys do -> the keys


class Help(ModalScreen[None]):
    """One page over whatever is open."""

    CSS_PATH = "help.tcss"
    BINDINGS = [
        Binding("escape,q,question_mark,enter", "app.pop_screen", "close"),
        Binding("j", "scroll(1)", "scroll", show=False),
        Binding("k", "scroll(-1)", "scroll", show=False),
    ]

    def __init__(self, below: Screen[Any]) -> None:
        """``below``: the screen whose keys are told."""
        super().__init__()
        self.below = below

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Static("", id="text")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#page").focus()
        self.on_resize()

    def on_resize(self) -> None:
        """Wrap the rows for the width that there is: 96 % of the terminal, at most 92, less border and scroll bar."""
        wide = min(92, self.app.size.width * 96 // 100) - 8
        self.query_one("#text", Static).update(help_text(self.below, wide))

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one("#page").scroll_relative(y=by, animate=False)


def written(binding: Binding) -> str:
    """Return a key as people write it: ``Ctrl+S``, ``?``, ``Esc``; "" for one that is not worth a word."""
    if binding.key_display:
        return binding.key_display
    key = binding.key
    if key.startswith(("ctrl+", "shift+")):
        return "+".join(part.capitalize() for part in key.split("+"))
    return NAMES.get(key, key if len(key) == 1 else key.capitalize())


def bindings(node: type[DOMNode]) -> Iterator[Binding]:
    """Yield what a class binds, its own before what it inherits; a key that is bound anew only once."""
    seen: set[str] = set()
    for cls in node.__mro__:
        found = list(Binding.make_bindings(vars(cls).get("BINDINGS", ())))
        for binding in found:
            if binding.key not in seen:
                own = cls.__module__.startswith("drill.")
                told = binding.description if own else MOVES.get(binding.action, "")
                yield Binding(binding.key, binding.action, told, key_display=binding.key_display)
        seen.update(binding.key for binding in found)


def sections(screen: Screen[Any]) -> dict[str, Rows]:
    """Return the keys that are valid on ``screen``, by the heading of the part that they belong to.

    A class says with ``help_title`` where its keys work; whatever says nothing belongs to the screen. ``help_hides``
    of a screen names the actions that are nobody's just now.
    """
    here = getattr(screen, "help_title", "On this screen")
    found: dict[str, Rows] = {here: {}}
    hidden: frozenset[str] = getattr(screen, "help_hides", frozenset())
    nodes: list[tuple[str, type[DOMNode]]] = [(here, type(screen))]
    for part in screen.walk_children():
        shown = all(getattr(above, "display", True) for above in part.ancestors)
        if getattr(part, "can_focus", False) and shown:
            nodes.append((getattr(part, "help_title", here), type(part)))
    nodes += [(each.help_title, each) for each in getattr(screen, "help_opens", list)()]
    nodes.append(("Anywhere", type(screen.app)))
    for title, node in nodes:
        for binding in bindings(node):
            if binding.description and binding.action not in hidden:
                keys = found.setdefault(title, {}).setdefault(binding.description, [])
                if written(binding) not in ["", *keys]:
                    keys.append(written(binding))
    return {title: rows for title, rows in found.items() if rows}


def spelled(keys: list[str]) -> str:
    """Return keys side by side, the four arrows as one word."""
    if all(arrow in keys for arrow in ARROWS):
        keys = ["arrows", *[key for key in keys if key not in ARROWS]]
    return " ".join(keys)


def help_text(screen: Screen[Any], width: int = 84) -> Content:
    """Return the page of ``screen``: its keys, then what its ``help_about`` names: "looking", "states", "score"."""
    told = sections(screen)
    wide = max(len(spelled(keys)) for rows in told.values() for keys in rows.values()) + 2
    parts: list[Any] = [("Help", "bold"), ("   Esc closes\n", DIM)]
    for title, rows in told.items():
        parts += ["\n", (title, "bold $primary"), "\n"]
        for does, keys in rows.items():
            first, *more = textwrap.wrap(does, max(20, width - wide - 2))
            parts += [(f"  {spelled(keys):<{wide}}", "bold"), first, "\n", *(f"{'':{wide + 2}}{row}\n" for row in more)]
    for title, words in getattr(screen, "help_words", ()):
        room = max(len(typed) for typed, _ in words) + 2
        parts += ["\n", (title, "bold $primary"), "\n"]
        for typed, does in words:
            parts += [(f"  {typed:<{room}}", "bold"), does, "\n"]
    about = getattr(screen, "help_about", ())
    if "looking" in about:
        parts += ["\n", ("Finding out", "bold $primary"), ("   it takes time, and only shows what can be known\n", DIM)]
        for line, does in LOOKING:
            parts += [(f"  {line:<34}", "bold"), does, "\n"]
    if "states" in about:
        parts += ["\n", ("What the signs mean", "bold $primary"), "\n  ", STATES, "\n"]
    if "score" in about:
        parts += ["\n", ("Score", "bold $primary"), "\n", SCORE]
    return Content.assemble(*parts)
