"""The keys of the drill's screen, as its last line shows them."""

from __future__ import annotations

from drill.tui.screens.keybar import Key
from drill.view.frame import HintOffer

#: Valid while the feed, or what a command printed, is being read.
READING = [
    Key("down", "↑↓", "scroll"),
    Key("tab", "Tab", "back to the map"),
    Key("colon", ":", "console", 2),
    Key("space", "Space", "pause", 1),
    Key("question_mark", "?", "help", 3),
]

#: Valid while a command is being typed.
TYPING = [
    Key("enter", "Enter", "run"),
    Key("tab", "Tab", "complete"),
    Key("up", "↑", "history"),
    Key("escape", "Esc", "back to the map"),
]


def hands(offer: HintOffer | None, asked: bool = False) -> list[Key]:
    """Return the keys that are valid on the map; the hint's says its price. ``asked``: somebody waits for an answer."""
    price = f"hint -{offer.cost}" if offer and offer.cost else "hint"
    answer = [Key("a", "a", "answer")] if asked else []
    return [
        *answer,
        Key("enter", "Enter", "act"),
        Key("colon", ":", "console"),
        Key("space", "Space", "pause"),
        Key("plus", "+", "faster", 5),
        Key("minus", "-", "slower", 6),
        Key("slash", "/", "find", 3),
        Key("tab", "Tab", "panel", 2),
        Key("H", "H", price, 1 if offer else 4),
        Key("question_mark", "?", "help"),
        Key("q", "q", "quit", 1),
    ]
