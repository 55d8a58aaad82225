"""Paint: a Frame on a laid out map. Pure: the same Frame, layout and view give the same cells."""

from __future__ import annotations

from textual.strip import Strip

from drill.tui.canvas.canvas import Canvas, Rect, paint_strips
from drill.tui.canvas.cards import View, paint_band, paint_card, paint_entry
from drill.tui.canvas.ink import GLYPHS, INKS, STRONG_INKS, Ink, Paper, worst
from drill.tui.canvas.look import Look
from drill.tui.canvas.shapes import Layout, RegionSpot, ZoneSpot
from drill.tui.canvas.text import clip, rate, width_of
from drill.tui.canvas.ways import paint_routes
from drill.view.frame import Frame, RegionBox, Source, State, ZoneBox


def paint(frame: Frame, layout: Layout, view: View, look: Look) -> list[Strip]:
    """Return the map as strips, one per line."""
    canvas = Canvas(layout.width, layout.height)
    paint_map(canvas, frame, layout, view)
    return paint_strips(canvas, look)


def paint_map(canvas: Canvas, frame: Frame, layout: Layout, view: View) -> None:
    """Draw the whole map on ``canvas``."""
    regions = {box.name: box for box in frame.regions}
    zones = {(box.name, zone.name): zone for box in frame.regions for zone in box.zones}
    cards = {card.id: card for card in frame.cards}
    for name, place in layout.regions.items():
        _region(canvas, regions.get(name, RegionBox(name=name)), place)
    for key, spot in layout.zones.items():
        _zone(canvas, zones.get(key, ZoneBox(name=key[1])), spot, view)
    for id, card in cards.items():
        found = layout.cards.get(id)
        if found is None:
            continue
        if found.kind == "card":
            paint_card(canvas, card, found.rect, view)
        elif found.kind == "band":
            paint_band(canvas, card, found.rect, view, found.boxed)
        else:
            paint_entry(canvas, card, found.rect, view)
    for more in layout.more:
        states: list[State] = [cards[id].state for id in more.ids if id in cards]
        bad = worst(states)
        text = f"+{len(more.ids)} more" if more.rect.w >= 8 else f"+{len(more.ids)}"
        x = canvas.put(more.rect.x, more.rect.y, text, Ink.MUTED, width=more.rect.w)
        if bad != "ok" and x + 1 < more.rect.right:
            canvas.put(x + 1, more.rect.y, GLYPHS[bad], STRONG_INKS[bad])
    _sources(canvas, frame, layout)
    paint_routes(canvas, frame, layout, view)


def _sources(canvas: Canvas, frame: Frame, layout: Layout) -> None:
    found = {source.name: source for source in frame.sources}
    for rect, names in layout.sources:
        here = [found[name] for name in names if name in found]
        if here:
            _source(canvas, rect, here)


def _source(canvas: Canvas, rect: Rect, here: list[Source]) -> None:
    """``◎ na 820/s``; several in one place by name where they fit, else counted."""
    state = worst([source.state for source in here])
    parts = [f"{s.name} {rate(s.rate)}" if s.rate is not None else s.name for s in here]
    total = 0.0
    for source in here:
        total += source.rate or 0.0
    short = f"{len(here)} populations {rate(total)}"
    joined = " · ".join(parts)
    text = joined if width_of(joined) + 4 <= rect.w else short if len(here) > 1 else parts[0]
    x = canvas.put(rect.x, rect.y, "◎", INKS[state] if state != "ok" else Ink.MUTED)
    name, _, figure = text.rpartition(" ")
    if len(here) == 1 and here[0].rate is not None:
        x = canvas.put(x + 1, rect.y, name, Ink.STRONG, width=rect.right - x - 1)
        x = canvas.put(x + 1, rect.y, figure, Ink.MUTED, width=max(0, rect.right - x - 1))
    else:
        x = canvas.put(x + 1, rect.y, text, Ink.STRONG, width=rect.right - x - 1)
    if state != "ok" and x + 2 <= rect.right:
        canvas.put(x + 1, rect.y, GLYPHS[state], STRONG_INKS[state])


_PLIGHT: dict[State, str] = {"warn": "impaired", "bad": "failing", "unknown": "not known"}


def _region(canvas: Canvas, box: RegionBox, spot: RegionSpot) -> None:
    rect = spot.rect
    edge = Ink.BAD_LINE if box.state == "bad" else Ink.LINE
    if spot.boxed:
        canvas.box(rect, edge)
    else:
        canvas.put(rect.x, rect.y, "─" * rect.w, edge)
    ink = Ink.STRONG if box.state in ("ok", "warn") else STRONG_INKS[box.state]
    end = canvas.put(rect.x + 2, rect.y, f" {clip(box.name, rect.w - 6)} ", ink)
    calm = box.state == "ok"
    note = box.note if calm else f"{GLYPHS[box.state]} {box.note or _PLIGHT.get(box.state, box.state)}"
    start = rect.right - 4 - width_of(note)
    if note and start > end + 14:  # room for the traffic that arrives between the two
        canvas.put(start, rect.y, f" {note} ", Ink.MUTED if calm else INKS[box.state])
    elif note and spot.boxed and start > rect.x:
        canvas.put(start, rect.bottom - 1, f" {note} ", Ink.MUTED if calm else INKS[box.state])
    elif not calm:
        canvas.put(max(end, rect.right - 5), rect.y, f" {GLYPHS[box.state]} ", STRONG_INKS[box.state])


def _zone(canvas: Canvas, box: ZoneBox, spot: ZoneSpot, view: View) -> None:
    rect, calm = spot.rect, box.state == "ok"
    word = box.word.upper() if box.state == "bad" else box.word or ("ok" if calm else box.state)
    told = f"{GLYPHS[box.state]} {word}"
    fresh = Paper.FLASH if f"zone:{box.name}" in view.fresh else None
    ink = STRONG_INKS[box.state] if not calm else Ink.CALM
    sign_ink = STRONG_INKS[box.state] if not calm else Ink.QUIET
    dark = calm or box.state == "warn"
    name_ink = Ink.TEXT if dark else STRONG_INKS[box.state]
    if not spot.boxed:
        _zone_heading(canvas, box, rect, told, ink, name_ink)
        return
    if box.state == "bad":
        canvas.fill(Rect(rect.x + 1, rect.y + 1, rect.w - 2, rect.h - 2), Paper.TINT)
    canvas.box(rect, {"bad": Ink.BAD_LINE, "warn": Ink.WARN_LINE}.get(box.state, Ink.LINE))
    room = rect.w - (6 if spot.state or calm else 8)  # what is wrong has a sign beside the name
    end = canvas.put(rect.x + 2, rect.y, f" {_zone_name(box.name, room)} ", name_ink)
    if spot.state:
        canvas.put(rect.x + 2, rect.y + 1, told, ink, fresh, width=rect.w - 4)
    elif end + width_of(told) + 3 <= rect.right:
        canvas.put(rect.right - 3 - width_of(told), rect.y, f" {told} ", ink)
    elif calm and end < rect.right - 3:
        canvas.put(rect.right - 3, rect.y, GLYPHS[box.state], sign_ink, fresh)
    elif not calm:
        canvas.put(rect.right - 3, rect.y, GLYPHS[box.state], sign_ink, fresh)
        canvas.put(rect.x + 2, rect.bottom - 1, f" {word} ", ink, fresh, width=rect.w - 4)


def _zone_heading(canvas: Canvas, box: ZoneBox, rect: Rect, told: str, ink: Ink, name_ink: Ink) -> None:
    """A zone without a box: its name and state in one line."""
    calm = box.state == "ok"
    room = rect.w - 2 if calm else max(3, rect.w - 1 - width_of(told))  # what is wrong matters more than the full name
    end = canvas.put(rect.x, rect.y, _zone_name(box.name, max(1, room)), name_ink)
    if end + 1 + width_of(told) <= rect.right and not calm:
        canvas.put_right(rect.right, rect.y, told, ink)
    elif rect.right - 1 > end:
        canvas.put(rect.right - 1, rect.y, GLYPHS[box.state], Ink.QUIET if calm else ink)


def _zone_name(name: str, width: int) -> str:
    """Return a zone's id as it fits: all of it, or what tells it from its neighbors (``az1``)."""
    return name if width_of(name) <= width else clip(name.rpartition("-")[2], width)
