"""Layout: where every box, card and lane of the map goes, computed from any topology for any size.

Nothing is ever left out silently: cards shrink from four lines to one, and what finds no place at all is counted by a
``More`` where it would have been.
"""

from __future__ import annotations

from drill.tui.canvas.place import place
from drill.tui.canvas.plan import plans
from drill.tui.canvas.routes import routes
from drill.tui.canvas.shapes import Layout
from drill.tui.canvas.topology import topology
from drill.view.frame import Frame


def layout(frame: Frame, width: int, height: int, before: Layout | None = None, keep: str = "") -> Layout:
    """Place everything in ``frame`` on ``width`` x ``height`` cells.

    ``before`` is an earlier layout of the same map: rows do not shrink below what they needed then. ``keep`` is a card
    that must have a place of its own (the selected one), whoever gives way.
    """
    top = topology(frame, before.top if before is not None else None)
    width, height = max(1, width), max(1, height)
    tried = [place(top, plan, width, height, keep) for plan in plans(top, width, height)]
    best = min(tried, key=_loss)
    return best._replace(routes=routes(best, {card.id: card for card in frame.cards}))


def _loss(found: Layout) -> int:
    """Return how much a layout leaves out: cards only counted weigh most, then cards without room for a name."""
    hidden = sum(len(more.ids) for more in found.more)
    nameless = sum(spot.kind == "card" and spot.rect.w < 6 for spot in found.cards.values())
    return 5 * hidden + 4 * nameless
