"""Routes: the ways that traffic and replication take over a laid out map.

Drawn are the ways that carry a decision: from users to the entries, from there to each Region, from a Region's
balancers to each zone, from tier to tier where there is a line between them, and replication. All other figures stand
on the cards.
"""

from __future__ import annotations

from collections.abc import Callable

from drill.tui.canvas.canvas import Rect
from drill.tui.canvas.shapes import Layout, Route
from drill.tui.canvas.text import width_of
from drill.view.frame import Card, Lane

N, E, S, W = 1, 2, 4, 8
Cells = list[tuple[int, int, int]]


def routes(layout: Layout, cards: dict[str, Card]) -> list[Route]:
    """Return every route of ``layout``; cells that several share are joined."""
    found = [*_users(layout), *_regions(layout, cards), *_zones(layout, cards)]
    taken = {
        (x, y) for spot in layout.cards.values() for y in _rows(spot.rect) for x in range(spot.rect.x, spot.rect.right)
    }
    taken |= {(x, y) for more in layout.more for y in _rows(more.rect) for x in range(more.rect.x, more.rect.right)}
    found += _tiers(layout, cards, taken)
    found += _copies(layout, cards, taken)
    return _joined(found, layout)


def _rows(rect: Rect) -> range:
    return range(rect.y, rect.bottom)


def _joined(found: list[Route], layout: Layout) -> list[Route]:
    """Return the routes with the sides of shared cells put together, and without cells that are off the map."""
    sides: dict[tuple[int, int], int] = {}
    for route in found:
        for x, y, side in route.cells:
            sides[x, y] = sides.get((x, y), 0) | side

    def inside(x: int, y: int) -> bool:
        return 0 <= x < layout.width and 0 <= y < layout.height

    return [r._replace(cells=tuple((x, y, sides[x, y]) for x, y, _ in r.cells if inside(x, y))) for r in found]


def _users(layout: Layout) -> list[Route]:
    """From each population to the entry it uses."""
    out: list[Route] = []
    if not layout.top.entries:
        return out
    for rect, names in layout.sources:
        for target in dict.fromkeys(lane.target for lane in layout.top.feeds if lane.source in names):
            spot = layout.cards.get(target)
            if spot is None or spot.kind != "entry" or spot.rect.x - rect.right < 4:
                continue
            lanes = tuple((name, target) for name in names)
            bend, end = rect.right + 3, spot.rect.x - 2
            cells = _elbow(rect.right + 1, rect.y, bend, spot.rect.y, end)
            out.append(Route(lanes, tuple(cells), head=(end, spot.rect.y, "▶")))
    return out


def _elbow(x: int, y: int, bend: int, to_y: int, to_x: int) -> Cells:
    """From (x, y) right to the column ``bend``, up or down to ``to_y``, right to ``to_x``."""
    cells: Cells = [(i, y, E | W) for i in range(x, bend)]
    if y == to_y:
        cells.append((bend, y, E | W))
    else:
        step = 1 if to_y > y else -1
        cells.append((bend, y, W | (S if step > 0 else N)))
        cells += [(bend, j, N | S) for j in range(y + step, to_y, step)]
        cells.append((bend, to_y, E | (N if step > 0 else S)))
    return cells + [(i, to_y, E | W) for i in range(bend + 1, to_x)]


def _regions(layout: Layout, cards: dict[str, Card]) -> list[Route]:
    """From the entries (or the users, without any) to each Region: from above, or round those that stand above it."""
    outside = set(layout.top.entries) | set(layout.top.sources)
    y, lines = layout.bus
    starts = [layout.cards[id].rect for id in layout.top.entries if id in layout.cards]
    starts = starts or [rect for rect, _ in layout.sources]
    side = min((spot.rect.x for spot in layout.regions.values()), default=0) - 1  # a column that is free all the way
    out = []
    for name, spot in layout.regions.items():
        lanes = _pairs(layout, _into_region(outside, cards, name))
        if not lanes:
            continue
        room = Rect(spot.lane + 1, spot.rect.y, max(0, spot.rect.right - spot.lane - 2), 1)
        head = (spot.lane, spot.rect.y, "▼")
        cells: Cells = []
        if lines and starts and spot.rect.y == y + lines:
            cells = _drop(starts[-1].x, spot.lane, y, lines)
        elif lines and starts and side >= 0 and spot.boxed:
            edge, x = spot.rect.y, spot.rect.x
            cells = _drop(starts[-1].x, side, y, edge - y)
            cells += [(side, edge, N | E), *((i, edge, E | W) for i in range(side + 1, x)), (x, edge, W | S | E)]
        out.append(Route(lanes, tuple(cells), head=head, label=room, after=4))
    return out


def _drop(x: int, to_x: int, y: int, lines: int) -> Cells:
    """From above (x, y) sideways to ``to_x`` and down ``lines`` lines in all."""
    if x == to_x:
        return [(x, j, N | S) for j in range(y, y + lines)]
    side, back = (E, W) if to_x > x else (W, E)
    step = 1 if to_x > x else -1
    cells: Cells = [(x, y, N | side)]
    cells += [(i, y, E | W) for i in range(x + step, to_x, step)]
    cells.append((to_x, y, back | S))
    return cells + [(to_x, j, N | S) for j in range(y + 1, y + lines)]


def _zones(layout: Layout, cards: dict[str, Card]) -> list[Route]:
    """From what is regional (or global) to each zone."""
    out = []
    for (region, name), zone in layout.zones.items():
        lanes = _pairs(layout, _into_zone(cards, (region, name)))
        over = zone.rect.y - 1
        bands = [s.rect.bottom for id, s in layout.cards.items() if s.kind == "band" and cards[id].region == region]
        bottom = max([b for b in bands if b <= zone.rect.y], default=layout.regions[region].rect.y + 1)
        lines = over - bottom + 1
        x = zone.rect.x + 1 if zone.boxed else zone.rect.x
        if not lanes or lines < 1 or zone.rect.w < 3:
            continue
        cells = [(x, y, N | S) for y in range(bottom, zone.rect.y)]
        head = (x, zone.rect.y, "▼") if zone.boxed else (x, zone.rect.y - 1, "▼")
        if not zone.boxed:
            cells.pop()
        label = Rect(x + 2, bottom, max(0, zone.rect.w - 3), 1)
        out.append(Route(lanes, tuple(cells), head=head, label=label, after=12))
    return out


def _tiers(layout: Layout, cards: dict[str, Card], taken: set[tuple[int, int]]) -> list[Route]:
    """From tier to tier below within a Region, along the line between them."""
    out = []
    for lane in layout.top.feeds:
        source, target = cards.get(lane.source), cards.get(lane.target)
        one, two = layout.cards.get(lane.source), layout.cards.get(lane.target)
        if source is None or target is None or one is None or two is None or lane.kind == "replication":
            continue
        if not source.zone or not target.zone or source.region != target.region or one.rect.bottom >= two.rect.y:
            continue
        y, x, to_x = two.rect.y - 1, one.rect.x, two.rect.x
        cells = [(x, j, N | S) for j in range(one.rect.bottom, y)] + _drop(x, to_x, y, 1)
        if x == to_x:
            cells = [(x, j, N | S) for j in range(one.rect.bottom, two.rect.y)]
        if any((x, j) in taken for x, j, _ in cells):
            continue
        label = Rect(to_x + 2, y, width_of(target.title) + 6, 1)
        out.append(Route(((lane.source, lane.target),), tuple(cells), head=(to_x, y, "▼"), label=label, after=16))
    return out


def _copies(layout: Layout, cards: dict[str, Card], taken: set[tuple[int, int]]) -> list[Route]:
    """Replication: as much of the way to the copy as no card stands in."""
    out = []
    for lane in layout.top.feeds:
        one, two = layout.cards.get(lane.source), layout.cards.get(lane.target)
        if lane.kind != "replication" or one is None or two is None or "card" not in (one.kind, two.kind):
            continue
        a, b = one.rect, two.rect
        here, there = (layout.regions.get(cards[id].region) for id in (lane.source, lane.target))
        if here is None or there is None or here.rect.y != there.rect.y:
            continue  # Regions below each other: no line would say more than the replica's own lag
        right = b.x > a.x
        y = b.y + (1 if min(a.h, b.h) > 1 else 0)
        level = a.y <= y < a.bottom
        near = 2 if layout.recipe.boxes == 2 else 1
        end, step = (b.x - near, -1) if right else (b.right + near - 1, 1)
        stop = a.right if right else a.x - 1
        between = {(x, y) for x in range(min(stop, end), max(stop, end) + 1)}
        if not level or taken & between:  # something stands in the way: only the last steps, out of its Region or zone
            stop = _border(layout, cards[lane.source], cards[lane.target], right, end + 2 * step)
        cells: Cells = []
        x = end
        while (x - stop) * step <= 0 and 0 <= x < layout.width and (x, y) not in taken:
            cells.append((x, y, E | W))
            x += step
        if len(cells) < 2:
            continue
        cells.reverse()
        if len(cells) > 3 and x == stop + step:
            cells = cells[1:]  # keep off the text it comes from
        head = (end, y, "▶" if right else "◀")
        out.append(Route(((lane.source, lane.target),), tuple(cells), head=head, after=20))
    return out


def _border(layout: Layout, source: Card, target: Card, right: bool, else_: int) -> int:
    """Return the column where the source's Region ends, if the target is in another one beside it."""
    if source.region == target.region:
        return else_
    one, two = layout.regions[source.region].rect, layout.regions[target.region].rect
    return max(one.right, two.x - 3) if right else min(one.x - 1, two.right + 2)


def _pairs(layout: Layout, wanted: Callable[[Lane], bool]) -> tuple[tuple[str, str], ...]:
    return tuple((lane.source, lane.target) for lane in layout.top.feeds if lane.kind != "replication" and wanted(lane))


def _into_region(outside: set[str], cards: dict[str, Card], name: str) -> Callable[[Lane], bool]:
    return lambda lane: lane.source in outside and _region(cards, lane.target) == name


def _into_zone(cards: dict[str, Card], place: tuple[str, str]) -> Callable[[Lane], bool]:
    return lambda lane: _zone(cards, lane.target) == place and not _zone(cards, lane.source)[1]


def _region(cards: dict[str, Card], id: str) -> str:
    found = cards.get(id)
    return found.region if found is not None else ""


def _zone(cards: dict[str, Card], id: str) -> tuple[str, str]:
    found = cards.get(id)
    return (found.region, found.zone) if found is not None else ("", "")
