"""The shapes that a laid out map consists of."""

from __future__ import annotations

from typing import NamedTuple

from drill.tui.canvas.canvas import Rect
from drill.tui.canvas.topology import Topology


class Recipe(NamedTuple):
    """How lavish a map is. ``boxes``: 2 zones and Regions boxed, 1 Regions boxed, 0 headings only."""

    boxes: int
    cap: int  # lines of the tallest card
    gap: int  # lines between tiers
    lanes: int  # lines between the balancers and the zones
    bus: int  # lines between the entries and the Regions
    band: int  # lines of a balancer: 3 boxed, 1 not
    state: int  # 1: a zone's state has a line of its own


class Spot(NamedTuple):
    """Where a card is, and in how many lines. ``kind``: entry, band or card; ``boxed`` bands have a border."""

    rect: Rect
    kind: str
    boxed: bool = False


class More(NamedTuple):
    """Cards that found no place, and where they are counted."""

    rect: Rect
    ids: tuple[str, ...]


class ZoneSpot(NamedTuple):
    """A zone's column. ``inner`` is where its cards may be."""

    rect: Rect
    inner: Rect
    boxed: bool
    state: bool  # its state has a line of its own


class RegionSpot(NamedTuple):
    """A Region's box. ``lane`` is the column in which traffic arrives on its upper edge."""

    rect: Rect
    boxed: bool
    lane: int


class Route(NamedTuple):
    """The way of one or more lanes over the map.

    ``cells``: x, y and the sides that are connected there (1 north, 2 east, 4 south, 8 west), in the direction of the
    flow, which starts ``after`` so many steps. ``head`` is the arrow's cell, ``label`` where the rate may be
    written.
    """

    lanes: tuple[tuple[str, str], ...]  # source and target of every lane that goes this way
    cells: tuple[tuple[int, int, int], ...]
    head: tuple[int, int, str] | None = None
    label: Rect | None = None
    after: int = 0


class Layout(NamedTuple):
    """Everything's place on a map of ``width`` x ``height`` cells."""

    width: int
    height: int
    recipe: Recipe
    cards: dict[str, Spot]
    more: list[More]
    sources: list[tuple[Rect, tuple[str, ...]]]
    regions: dict[str, RegionSpot]
    zones: dict[tuple[str, str], ZoneSpot]
    bus: tuple[int, int]  # first line and number of lines between the entries and the Regions
    top: Topology
    routes: list[Route] = []


class Plan(NamedTuple):
    """A recipe that fits: how many Regions side by side, how wide, and how many lines each tier's cards get."""

    recipe: Recipe
    columns: int
    lines: dict[int, int]
    widths: list[int]
    spare: int
