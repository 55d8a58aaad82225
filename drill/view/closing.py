"""Closing: when it is worth offering to end a drill early: it can no longer be won, or all is well again."""

from __future__ import annotations

import msgspec

from drill.engine.metrics import PERIOD
from drill.model.units import clock_text
from drill.score.model import Scorecard
from drill.score.reach import out_of_reach
from drill.session.session import Session
from drill.view.frame import Closing, FeedRow, Frame, State, Users

SERVED = 0.99  # share of asks from which users count as served well here
STEADY = 6  # samples in a row, a minute, for which they have to be


def closing(session: Session, card: Scorecard, users: Users) -> Closing | None:
    """Return why one might end now, as far as monitoring can tell, or None."""
    if session.over:
        return None
    row = out_of_reach(session.level, session.history, card.rows)
    if row is not None:
        figure = f"{row.label} {row.actual_text}, target {row.target_text}"
        return Closing(kind="lost", text=f"This can no longer be won: {figure}.")
    steady = 0
    while steady < len(users.history) and (users.history[-1 - steady] or 0.0) >= SERVED:
        steady += 1
    hurt = any(share is not None and share < SERVED for share in users.history[: len(users.history) - steady])
    well = steady >= STEADY
    met = all(row.met for row in card.rows if row.must)
    calm = all(row.deadline < 0 and row.state != "busy" for row in card.rows)
    if not (hurt and well and met and calm):
        return None
    since = clock_text(session.telemetry.published - steady * PERIOD)
    text = f"Users have been served well since T+{since}, and what a win needs is at its target. More may come."
    return Closing(kind="well", text=text)


class Closings:
    """Says it once in the feed. ``how``: what a front end adds, how to end."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.rows: dict[str, FeedRow] = {}

    def told(self, frame: Frame) -> Frame:
        """Return the Frame with what was said of ending it in its feed."""
        found = frame.closing
        if found is not None and found.kind not in self.rows:
            state: State = "warn" if found.kind == "lost" else "ok"
            self.rows[found.kind] = FeedRow(at=frame.now, source="drill", text=f"{found.text} {self.how}", state=state)
        if not self.rows:
            return frame
        feed = sorted([*frame.feed, *self.rows.values()], key=lambda row: row.at)
        return msgspec.structs.replace(frame, feed=tuple(feed))
