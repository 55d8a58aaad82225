"""Place: a plan becomes rectangles."""

from __future__ import annotations

from drill.tui.canvas.canvas import Rect
from drill.tui.canvas.plan import (
    WIDEST,
    abreast,
    frame_width,
    grid_rows,
    head_lines,
    packed,
    row_height,
    row_needs,
    shared,
    spacing,
    tier_heights,
)
from drill.tui.canvas.shapes import Layout, More, Plan, RegionSpot, Spot, ZoneSpot
from drill.tui.canvas.text import width_of
from drill.tui.canvas.topology import RegionParts, Topology, ZoneParts

_STRETCH = 6  # a box grows this many lines beyond its cards; more would be emptiness, not air


class Placer:
    """Collects what is placed, top to bottom."""

    def __init__(self, top: Topology, plan: Plan, width: int, height: int, keep: str) -> None:
        self.top, self.plan, self.recipe = top, plan, plan.recipe
        self.width, self.height, self.keep = width, height, keep
        self.cards: dict[str, Spot] = {}
        self.more: list[More] = []
        self.sources: list[tuple[Rect, tuple[str, ...]]] = []
        self.regions: dict[str, RegionSpot] = {}
        self.zones: dict[tuple[str, str], ZoneSpot] = {}
        self.tiers = tier_heights(top, plan.recipe, plan.widths, plan.lines, width)
        self.used = sum(self.tiers.values()) + plan.recipe.gap * max(0, len(self.tiers) - 1)

    # ---- users and entries ----------------------------------------------------------------------------------------

    def head(self, lines: int) -> None:
        """Place users at the left and the entries beside them; without entries, users side by side."""
        if not lines:
            return
        if not self.top.entries:
            self._users(Rect(0, 0, self.width, 1), across=True)
            return
        left = 0
        if self.top.sources:
            names = [width_of(name) + 13 for name in self.top.sources]
            folded = sum(names) if len(names) > lines else max(names)
            left = min(folded, max(16, self.width // 3))
            self._users(Rect(0, 0, left, lines), across=False)
            left += 8
        self._entries(Rect(left, 0, max(1, self.width - left), lines))

    def _users(self, room: Rect, across: bool) -> None:
        names = tuple(self.top.sources)
        if across:
            fit = max(1, room.w // 18)
            each = min(room.w // min(fit, len(names)), max(width_of(name) for name in names) + 20)
            for i in range(min(fit, len(names))):
                last = i == fit - 1
                self.sources.append((Rect(i * each, room.y, each - 1, 1), names[i:] if last else names[i : i + 1]))
            return
        rows = min(room.h, len(names))
        for i in range(rows):
            last = i == rows - 1
            rect = Rect(room.x, room.bottom - rows + i, room.w, 1)
            self.sources.append((rect, names[i:] if last else names[i : i + 1]))

    def _entries(self, room: Rect) -> None:
        ids = self.top.entries
        rows = min(room.h, len(ids))
        per = min(-(-len(ids) // rows), max(1, room.w // 24))
        self._grid(ids, Rect(room.x, room.bottom - rows, room.w, rows), per, 1, "entry")

    # ---- grids of cards -------------------------------------------------------------------------------------------

    def _grid(
        self, ids: list[str], room: Rect, per: int, lines: int, kind: str, gap: int = 0, boxed: bool = False
    ) -> None:
        """Place cards in rows of ``per``; what does not fit is counted in the last place."""
        if not ids:
            return
        slots = max(1, (room.h + gap) // (lines + gap)) * per
        shown = list(ids) if len(ids) <= slots else list(ids[: slots - 1])
        if self.keep in ids and self.keep not in shown and shown:
            shown[-1] = self.keep
        apart = 2 if kind == "card" else 1 if boxed else 3
        each = max(1, (room.w - (per - 1) * apart) // per)
        place = [
            Rect(room.x + i % per * (each + apart), room.y + i // per * (lines + gap), each, lines)
            for i in range(slots)
        ]
        widest = WIDEST if kind == "card" else room.w
        for rect, id in zip(place, shown, strict=False):
            self.cards[id] = Spot(rect._replace(w=min(each, widest)), kind, boxed)
        if len(shown) < len(ids):
            spot = place[len(shown)]
            if not shown and self.keep in ids and spot.w >= 8:  # one place for two: the selected card, and the count
                self.cards[self.keep] = Spot(spot._replace(w=spot.w - 4), kind, boxed)
                shown, spot = [self.keep], spot._replace(x=spot.right - 3, w=3)
            self.more.append(More(spot._replace(h=1), tuple(id for id in ids if id not in shown)))

    # ---- Regions --------------------------------------------------------------------------------------------------

    def row(self, row: list[RegionParts], widths: list[int], y: int, height: int) -> None:
        """Place a row of Regions, centered when they leave room at the sides."""
        _, apart = spacing(self.recipe, self.width)
        total = sum(widths) + apart * (len(row) - 1)
        x = max(0, (self.width - total) // 2)
        _, above, below = row_height(self.top, row, self.recipe, widths)
        lanes = self.recipe.lanes if any(r.above and r.zones for r in row) else 0
        for region, width in zip(row, widths, strict=True):
            self._region(region, Rect(x, y, width, height), above, below, lanes)
            x += width + apart

    def _region(self, region: RegionParts, rect: Rect, above: int, below: int, lanes: int) -> None:
        boxed = self.recipe.boxes > 0 and rect.h >= 3
        lane = min(rect.x + width_of(region.name) + 4, rect.right - 2)
        self.regions[region.name] = RegionSpot(rect, boxed, max(rect.x, lane))
        own = frame_width(self.recipe)[0]
        inner = Rect(rect.x + own // 2, rect.y + 1, rect.w - own, rect.h - (2 if boxed else 1))
        spare = inner.h - (2 if region.zones else 0)  # zones keep a heading and a line
        above, below = min(above, max(0, spare)), min(below, max(0, spare - above - lanes))
        lines = self.recipe.band if above >= self.recipe.band else 1
        hidden: list[str] = []
        for ids, room, tall in (
            (region.above, Rect(inner.x, inner.y, inner.w, above), lines),
            (region.below, Rect(inner.x, inner.bottom - below, inner.w, below), 1),
        ):
            if room.h:
                self._bands(ids, room, tall)
            else:
                hidden += ids
        if hidden:  # counted on the Region's own edge
            self.more.append(More(Rect(max(rect.x, rect.right - 10), rect.y, min(9, rect.w), 1), tuple(hidden)))
        lanes = min(lanes, max(0, inner.h - above - below - 2))
        room = Rect(inner.x, inner.y + above + lanes, inner.w, inner.h - above - below - lanes)
        if region.zones:
            self._zones(region, room)

    def _bands(self, ids: list[str], room: Rect, lines: int) -> None:
        """Place regional cards in rows, each as wide as it has to say; squeezed into a grid where that is too much."""
        rows = packed(ids, self.top.naturals, room.w, lines)
        if len(rows) * lines > room.h:
            fit = room.h // lines
            self._grid(ids, room, max(1, min(room.w // 12, -(-len(ids) // fit))), lines, "band", boxed=lines == 3)
            return
        apart = 1 if lines == 3 else 3
        for i, row in enumerate(rows):
            own = [max(1, self.top.naturals.get(id, 1)) for id in row]
            widths = shared([1] * len(row), [room.w] * len(row), own, room.w - apart * (len(row) - 1))
            x = room.x
            for id, width in zip(row, widths, strict=True):
                self.cards[id] = Spot(Rect(x, room.y + i * lines, width, lines), "band", lines == 3)
                x += width + apart

    def _zones(self, region: RegionParts, room: Rect) -> None:
        between, _ = spacing(self.recipe, self.width)
        count = len(region.zones)
        each, rest = divmod(max(0, room.w - (count - 1) * between), count)
        boxed = self.recipe.boxes == 2 and room.h >= 3
        x = room.x
        for i, zone in enumerate(region.zones):
            width = each + (1 if i < rest else 0)
            rect = Rect(x, room.y, width, room.h)
            side, head = (2, 1 + self.recipe.state) if boxed else (0, 1)
            foot = 1 if boxed else 0
            inner = Rect(x + side, room.y + head, max(0, width - 2 * side), max(0, room.h - head - foot))
            self.zones[region.name, zone.name] = ZoneSpot(rect, inner, boxed, boxed and self.recipe.state == 1)
            air = 1 if boxed and self.recipe.state and room.h - head - foot - self.used > 1 else 0
            self._tiers(zone, Rect(inner.x, inner.y + air, inner.w, inner.h - air))
            x += width + between

    def _tiers(self, zone: ZoneParts, inner: Rect) -> None:
        """Place a zone's cards tier by tier, each tier on the same lines as everywhere else."""
        if inner.h < 1 or inner.w < 1:
            self._count(zone, inner)
            return
        gap, heights = self.recipe.gap, dict(self.tiers)
        if self.used > inner.h:
            gap = 0
            heights = _squeezed(heights, inner.h)
        if not heights:  # fewer lines than tiers: one list
            every = [id for tier in self.top.tiers for id in zone.tiers.get(tier, ())]
            per = abreast(inner.w, 1, max(1, len(every)))
            self._grid(every, inner, per, 1, "card")
            return
        y = inner.y
        for tier, height in heights.items():
            ids, lines = zone.tiers.get(tier, []), self.plan.lines[tier]
            per = abreast(inner.w, lines, max(1, len(ids)))
            stacked = 1 if self.recipe.gap and lines > 1 else 0
            self._grid(ids, Rect(inner.x, y, inner.w, height), per, lines, "card", gap=stacked)
            y += height + gap

    def _count(self, zone: ZoneParts, inner: Rect) -> None:
        """Count all of a zone's cards on its heading."""
        ids = tuple(id for tier in self.top.tiers for id in zone.tiers.get(tier, ()))
        if ids:
            self.more.append(More(Rect(inner.x, max(0, inner.y - 1), max(1, inner.w), 1), ids))


def _squeezed(heights: dict[int, int], room: int) -> dict[int, int]:
    """Return what each tier gets of ``room`` lines: one each, the rest where most is missing; nothing if too few."""
    if room < len(heights):
        return {}
    out = dict.fromkeys(heights, 1)
    for _ in range(room - len(heights)):
        tier = max(heights, key=lambda t: (heights[t] - out[t], -t))
        out[tier] += 1
    return out


def place(top: Topology, plan: Plan, width: int, height: int, keep: str = "") -> Layout:
    """Return the layout of ``plan`` on ``width`` x ``height`` cells."""
    placer = Placer(top, plan, width, height, keep)
    head = min(head_lines(top, height), height)
    placer.head(head)
    bus = plan.recipe.bus if head and top.regions else 0
    rows = grid_rows(top, plan.columns, plan.widths)
    needs = row_needs(top, plan.recipe, plan.columns, plan.widths, plan.lines, width)
    room = height - head - bus
    y, left = head + bus, room - sum(needs)
    for i, (row, widths) in enumerate(rows):
        share = room // len(rows) + (1 if i < room % len(rows) else 0)
        tall = max(0, needs[i] + min(_STRETCH, left // len(rows)) if left >= 0 else share)
        placer.row(row, widths, y, tall)
        y += tall
    if not top.entries and placer.regions:  # users stand above where they go
        right = max((rect.right for rect, _ in placer.sources), default=0)
        x = max(0, min([width - right, *(spot.rect.x + 1 for spot in placer.regions.values())]))
        placer.sources = [(rect._replace(x=rect.x + x), names) for rect, names in placer.sources]
    return Layout(
        width=width,
        height=height,
        recipe=plan.recipe,
        cards=placer.cards,
        more=placer.more,
        sources=placer.sources,
        regions=placer.regions,
        zones=placer.zones,
        bus=(head, bus),
        top=top,
    )
