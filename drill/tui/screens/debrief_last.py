"""LastDebrief: a debrief that nothing follows in the app: in an event the server says what is next, else the host."""

from __future__ import annotations

from drill.tui.screens.debrief import DebriefScreen
from drill.tui.screens.keybar import Key


class LastDebrief(DebriefScreen):
    """A debrief from which one leaves the app, or watches the run again."""

    withheld: tuple[str, ...] = ("again", "fresh")  # what can be done elsewhere and not here
    keys = [
        Key("enter", "Enter", "done"),
        Key("w", "w", "watch it", 2),
        Key("question_mark", "?", "help", 3),
        Key("q", "q", "quit", 1),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave what cannot be done here without its key."""
        return action not in self.withheld

    def action_next(self) -> None:
        """Leave the app: nothing follows here."""
        if self.answers():
            self.app.exit(0)

    action_levels = action_next


class SeatDebrief(LastDebrief):
    """What the team's run came to, for one who took part."""

    withheld = ("again", "fresh", "watch")
    keys = [key for key in LastDebrief.keys if key.key != "w"]

    def compare(self) -> None:  # type: ignore[override]
        """Players have no reference to compare with."""
