"""Ways: routes in motion. Dashes move with simulated time, shift where traffic shifts, and break where it fails."""

from __future__ import annotations

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.cards import View
from drill.tui.canvas.ink import INKS, STRONG_INKS, Ink, worst
from drill.tui.canvas.shapes import Layout, Route
from drill.tui.canvas.text import rate, width_of
from drill.view.frame import Frame, Lane, State

BEAT = 250  # ms of simulated time per step of the flow
STRIDE = 4  # cells from dash to dash

_LIGHT = {
    1: "╵", 2: "╶", 3: "╰", 4: "╷", 5: "│", 6: "╭", 7: "├", 8: "╴", 9: "╯", 10: "─", 11: "┴", 12: "╮", 13: "┤", 14: "┬",
    15: "┼",
}  # fmt: skip
_HEAVY = {5: "┃", 10: "━"}
_DASHED = {5: "╎", 10: "╌"}
_PULSED = {5: "╏", 10: "╍"}
_HOLLOW = {"▼": "▽", "▶": "▷", "◀": "◁"}


class Flow:
    """What goes along one route just now."""

    __slots__ = ("broken", "failed", "kind", "label", "rate", "state")

    def __init__(self, lanes: list[Lane]) -> None:
        total, failed, known = 0.0, 0.0, False
        states: list[State] = []
        for lane in lanes:
            states.append(lane.state)
            known = known or lane.rate is not None
            total += lane.rate or 0.0
            failed += lane.failed or 0.0
        self.rate = total if known else None
        self.failed = failed
        self.state = worst(states)
        self.kind = "traffic" if any(lane.kind == "traffic" for lane in lanes) else lanes[0].kind
        self.label = lanes[0].label
        nothing = total <= 0.0 and self.kind != "replication"
        self.broken = self.state == "bad" and (nothing or failed >= 0.995 * total)

    @property
    def moving(self) -> bool:
        """Whether anything arrives."""
        if self.broken:
            return False
        return self.kind == "replication" or bool(self.rate and self.rate > 0.0)

    @property
    def ink(self) -> Ink:
        """The color of the way."""
        if self.state == "ok":
            return Ink.CALM if self.moving and self.kind == "traffic" else Ink.MUTED if self.moving else Ink.LINE
        return INKS[self.state]


def paint_routes(canvas: Canvas, frame: Frame, layout: Layout, view: View) -> None:
    """Draw all routes, the most urgent last, so that it is on top where several share a cell."""
    lanes = {(lane.source, lane.target): lane for lane in frame.lanes}
    for source in frame.sources:
        made = Lane(
            source=source.name, target=source.enters, rate=source.rate, failed=source.failed, state=source.state
        )
        lanes.setdefault((source.name, source.enters), made)
    found = []
    for route in layout.routes:
        here = [lanes[key] for key in route.lanes if key in lanes]
        if here:
            flow = Flow(here)
            found.append((_RANK[flow.state] + (1 if flow.moving else 0), route, flow))
    found.sort(key=lambda item: item[0])
    for _, route, flow in found:
        _draw(canvas, route, flow, view.now // BEAT)


_RANK: dict[State, int] = {"off": 0, "unknown": 2, "ok": 4, "busy": 6, "warn": 8, "bad": 10}


def _draw(canvas: Canvas, route: Route, flow: Flow, phase: int) -> None:
    solid = flow.kind == "traffic" and not flow.broken
    rest, pulse = (_LIGHT, _HEAVY) if solid else (_DASHED, _PULSED)
    ink, moving, chars, inks = flow.ink, flow.moving, canvas.chars, canvas.inks
    for i, (x, y, sides) in enumerate(route.cells):
        if moving and (route.after + i - phase) % STRIDE == 0 and sides in pulse:
            glyph = pulse[sides]
        else:
            glyph = rest.get(sides) or _LIGHT[sides]
        chars[y][x] = glyph
        inks[y][x] = ink
    if route.head is not None:
        x, y, glyph = route.head
        if flow.broken:
            canvas.put(x, y, "✖", Ink.BAD_STRONG)
        else:
            canvas.put(x, y, glyph if flow.moving and flow.kind != "standby" else _HOLLOW[glyph], ink)
    if route.label is not None:
        _label(canvas, route, flow)


def _label(canvas: Canvas, route: Route, flow: Flow) -> None:
    assert route.label is not None
    if flow.rate is None:
        return
    x, y, width, _ = route.label
    if not 0 <= y < canvas.height:
        return
    text = rate(flow.rate) + (" standby" if flow.kind == "standby" else "")
    ink = STRONG_INKS[flow.state] if flow.state in ("bad", "warn") else Ink.TEXT if flow.moving else Ink.MUTED
    for form in (text, rate(flow.rate)):
        edge = route.head is not None and route.head[:2] == (x - 1, y)  # on a box's edge, beside the arrow
        shown = f" {form} " if edge else form
        if width_of(shown) <= width:
            free = all(c in " ─" for c in canvas.chars[y][x : x + width_of(shown)])
            if free:
                canvas.put(x, y, shown, ink)
            return
