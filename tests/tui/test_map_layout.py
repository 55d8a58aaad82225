"""The map's layout: for any topology and size everything has a place, inside, without overlap, in line."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from drill.tui.canvas.canvas import Canvas, Rect
from drill.tui.canvas.cards import View
from drill.tui.canvas.layout import layout
from drill.tui.canvas.paint import paint_map
from drill.tui.canvas.shapes import Layout
from drill.view.frame import Frame, RegionBox, Source, ZoneBox
from tests.tui import frames
from tests.tui.frames import card, lane

ZONAL = ("ec2.instance", "autoscaling.group", "rds.instance", "ec2.nat-gateway")
REGIONAL = ("elb.application-load-balancer", "ec2.elastic-ip", "sqs.queue", "s3.bucket")
GLOBAL = ("route53.record", "cloudfront.distribution")


@st.composite
def topologies(draw: Any) -> Frame:
    """1 to 4 Regions, 2 to 4 zones, 3 to 60 components, lanes between any of them."""
    regions = [
        (f"region-{r}", [f"reg{r}-az{z}" for z in range(draw(st.integers(2, 4)))])
        for r in range(draw(st.integers(1, 4)))
    ]
    cards = []
    for i in range(draw(st.integers(3, 60))):
        region, zones = draw(st.sampled_from(regions))
        kind = draw(st.sampled_from(ZONAL * 3 + REGIONAL + GLOBAL))
        where = {} if kind in GLOBAL else {"region": region}
        if kind in ZONAL:
            where["zone"] = draw(st.sampled_from(zones))
        load = draw(st.sampled_from((None, 0.4, 1.3)))
        lines = draw(st.sampled_from(((), ("lag 3.1 s",))))
        cards.append(card(f"{kind.partition('.')[2]}-{i}", kind, word="running", load=load, lines=lines, **where))
    ids = st.sampled_from([c.id for c in cards])
    kinds = st.sampled_from(("traffic", "standby", "replication"))
    lanes = [lane(draw(ids), draw(ids), 10.0, kind=draw(kinds)) for _ in range(draw(st.integers(0, 12)))]
    boxes = tuple(RegionBox(name=n, zones=tuple(ZoneBox(name=z) for z in zones)) for n, zones in regions)
    sources = tuple(
        Source(name=f"users-{i}", place="", rate=10.0, enters=draw(ids)) for i in range(draw(st.integers(0, 5)))
    )
    base = frames.tiny()
    return Frame(
        level="any", title="Any", tier="blind", seed=1, operator="", now=0, length=1, users=base.users, spend=0.0,
        hourly=0.0, sources=sources, cards=tuple(cards), lanes=tuple(lanes), regions=boxes,
    )  # fmt: skip


def within(inner: Rect, outer: Rect) -> bool:
    return inner.x >= outer.x and inner.y >= outer.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def apart(rects: list[Rect], width: int) -> bool:
    taken: set[int] = set()
    for rect in rects:
        cells = {y * width + x for y in range(rect.y, rect.bottom) for x in range(rect.x, rect.right)}
        if cells & taken or not cells:
            return False
        taken |= cells
    return True


def drawn(frame: Frame, found: Layout) -> None:
    """Every cell is there, once, after painting too."""
    canvas = Canvas(found.width, found.height)
    paint_map(canvas, frame, found, View(now=0))
    assert all(len(row) == found.width for row in canvas.chars)
    assert all(len(looks) == found.width for looks in (*canvas.inks, *canvas.papers))


def check(found: Layout, frame: Frame) -> None:
    whole = Rect(0, 0, found.width, found.height)
    counted = [id for more in found.more for id in more.ids]
    assert sorted([*found.cards, *counted]) == sorted(c.id for c in frame.cards), "lost or doubled"
    assert [s for _, names in found.sources for s in names] == [s.name for s in frame.sources]
    rects = [spot.rect for spot in found.cards.values()] + [more.rect for more in found.more]
    assert all(within(rect, whole) for rect in rects)
    assert apart(rects, found.width)
    assert apart([spot.rect for spot in found.regions.values()], found.width)
    assert apart([rect for rect, _ in found.sources], found.width)
    for (region, _), zone in found.zones.items():
        assert within(zone.rect, found.regions[region].rect)
    for c in frame.cards:
        spot = found.cards.get(c.id)
        if spot is not None and c.zone:
            assert within(spot.rect, found.zones[c.region, c.zone].inner)
        elif spot is not None and c.region:
            assert within(spot.rect, found.regions[c.region].rect)
    for route in found.routes:
        assert all(0 <= x < found.width and 0 <= y < found.height and sides for x, y, sides in route.cells)


@settings(max_examples=120, deadline=None)
@given(topologies(), st.integers(60, 240), st.integers(13, 66))
def test_everything_has_a_place_at_any_size(frame: Frame, width: int, height: int) -> None:
    found = layout(frame, width, height)
    check(found, frame)
    drawn(frame, found)


@settings(max_examples=60, deadline=None)
@given(topologies(), st.integers(1, 60), st.integers(1, 20))
def test_no_size_is_too_small_to_compute(frame: Frame, width: int, height: int) -> None:
    found = layout(frame, width, height)
    drawn(frame, found)
    counted = [id for more in found.more for id in more.ids]
    assert sorted([*found.cards, *counted]) == sorted(c.id for c in frame.cards)


@settings(max_examples=60, deadline=None)
@given(topologies(), st.integers(100, 240), st.integers(30, 66))
def test_tiers_stand_in_line_across_zones_and_regions(frame: Frame, width: int, height: int) -> None:
    found = layout(frame, width, height)
    lines: dict[tuple[int, int], set[int]] = {}
    firsts: dict[tuple[str, str, int], int] = {}
    for c in frame.cards:
        if c.zone and c.id in found.cards:
            key = (c.region, c.zone, c.tier)
            firsts[key] = min(firsts.get(key, 999), found.cards[c.id].rect.y)
    for (region, _, tier), y in firsts.items():
        row = found.regions[region].rect.y  # Regions of one row start on one line
        lines.setdefault((row, tier), set()).add(y)
    if not any(m.ids for m in found.more):
        assert all(len(ys) == 1 for ys in lines.values()), lines


def test_the_usual_sizes_lose_nothing() -> None:
    for make in frames.ALL.values():
        for size in ((81, 33), (78, 15), (136, 50), (200, 60)):
            frame = make()
            found = layout(frame, *size)
            check(found, frame)
            crammed = frame.level == "crowd" and size == (78, 15)
            assert crammed or not found.more, (frame.level, size)


def test_more_room_never_means_poorer_cards() -> None:
    frame = frames.zone_power()
    heights = [layout(frame, 100, h).cards["web-asg/use1-az2"].rect.h for h in range(14, 60)]
    assert all(taller >= lower - 1 for lower, taller in pairwise(heights))  # at most one line goes into a box
    assert heights[0] >= 2 and heights[-1] == 5


def test_rows_keep_what_they_once_needed() -> None:
    """A card that has less to say for a moment does not make the whole map jump."""
    calm, dark = frames.calm(), frames.zone_power()
    for size in ((81, 33), (78, 15), (136, 50)):
        before = layout(calm, *size)
        during = layout(dark, *size, before)
        after = layout(calm, *size, during)
        rects = [{id: s.rect for id, s in found.cards.items() if s.kind == "card"} for found in (before, during, after)]
        assert rects[0] == rects[1] == rects[2]


def test_what_is_selected_keeps_a_place() -> None:
    frame = frames.crowd(2, 2, 60)
    size = (60, 11)
    hidden = next(id for more in layout(frame, *size).more for id in more.ids if "ins" in id)
    found = layout(frame, *size, keep=hidden)
    assert hidden in found.cards
    check(found, frame)


def test_places_the_frame_forgot_to_name_are_drawn_all_the_same() -> None:
    frame = frames.tiny()
    lost = Frame(**{f: getattr(frame, f) for f in frame.__struct_fields__} | {"regions": ()})
    check(layout(lost, 81, 33), lost)


def test_the_way_to_a_region_below_another_goes_round_it() -> None:
    for make in (frames.calm, frames.failover):
        made = layout(make(), 64, 50)
        upper, lower = (made.regions[name].rect for name in ("us-east-1", "us-west-2"))
        assert lower.y >= upper.bottom
        (way,) = [route for route in made.routes if route.head == (made.regions["us-west-2"].lane, lower.y, "▼")]
        spots = {(x, y) for x, y, _ in way.cells}
        assert {(upper.x - 1, y) for y in range(made.bus[0], lower.y + 1)} <= spots, "unbroken, from the bus down"
        assert {(x, lower.y) for x in range(upper.x, lower.x + 1)} <= spots, "and to the edge"
        assert not any(upper.contains(x, y) for x, y in spots)
