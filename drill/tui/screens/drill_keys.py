"""The keys of the drill's screen, as its last line shows them."""

from __future__ import annotations

from drill.tui.screens.keybar import Key
from drill.view.frame import Frame

#: Valid while a command is being typed.
TYPING = [
    Key("enter", "Enter", "run"),
    Key("tab", "Tab", "complete"),
    Key("up", "↑", "history"),
    Key("escape", "Esc", "back to the map"),
]


def reading(running: bool = True) -> list[Key]:
    """Return the keys that are valid while the feed, or what a command printed, is being read."""
    return [
        Key("down", "↑↓", "scroll"),
        Key("tab", "Tab", "back to the map"),
        Key("colon", ":", "console", 2),
        Key("space", "Space", "pause" if running else "go on", 1),
        Key("question_mark", "?", "help", 3),
    ]


def sells(frame: Frame) -> bool:
    """Tell whether hints are for sale here, now or later: a guide speaks by itself, and a blind level has none."""
    return frame.next_hint is not None or frame.tier == "hinted"


def hands(frame: Frame, running: bool = True) -> list[Key]:
    """Return the keys that are valid on the map; the hint's says its price. ``running``: whether time passes."""
    offer = frame.next_hint
    price = f"hint -{offer.cost}" if offer and offer.cost else "hint"
    answer = [Key("a", "a", "answer")] if frame.asked else []
    closing = {"lost": "end: cannot be won", "well": "end: all is well"}
    end = [Key("e", "e", closing[frame.closing.kind], -1)] if frame.closing else []
    hint = [Key("H", "H", price, 1 if offer else 4)] if sells(frame) else []
    return [
        *answer,
        *end,
        Key("enter", "Enter", "act"),
        Key("colon", ":", "console"),
        Key("space", "Space", "pause" if running else "go on"),
        Key("plus", "+", "faster", 2),
        Key("minus", "-", "slower", 3),
        Key("slash", "/", "find", 5),
        Key("tab", "Tab", "panel", 4),
        *hint,
        Key("question_mark", "?", "help", 1),
        Key("q", "q", "quit", 2),
    ]
