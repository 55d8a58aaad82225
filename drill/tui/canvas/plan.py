"""Plan: how lavish a map can be at a size. Pure arithmetic over heights and widths; nothing is placed yet.

Richer and poorer recipes are tried in turn, each with the Regions side by side, in two rows and below each other. The
first that fits wins; lines left over are spent on cards first, then on lanes.
"""

from __future__ import annotations

from drill.tui.canvas.shapes import Plan, Recipe
from drill.tui.canvas.topology import RegionParts, Topology

LADDER: tuple[Recipe, ...] = (
    Recipe(2, 5, 1, 1, 1, 3, 1),
    Recipe(2, 4, 1, 1, 1, 3, 1),
    Recipe(2, 3, 1, 1, 1, 3, 1),
    Recipe(2, 3, 1, 1, 1, 3, 0),
    Recipe(2, 3, 0, 1, 1, 1, 0),
    Recipe(2, 2, 0, 1, 1, 1, 0),
    Recipe(1, 3, 0, 1, 1, 1, 0),
    Recipe(1, 2, 0, 1, 1, 1, 0),
    Recipe(1, 2, 0, 0, 0, 1, 0),
    Recipe(1, 1, 0, 0, 0, 1, 0),
    Recipe(0, 1, 0, 0, 0, 1, 0),
)

_NEXT = (("lanes", 1), ("bus", 1), ("gap", 1))  # what lines left over are spent on
_LUXURY = (("bus", 2), ("lanes", 2), ("gap", 2), ("lanes", 3))  # after that, and after a line of air in every zone

INNER = {5: 12, 4: 12, 3: 10, 2: 10, 1: 8}  # the least width of a card, by its lines
BAND = {3: 34, 1: 22}  # the least width of a regional card, boxed or in one line
WIDEST = 34  # a zone grows no wider than this inside: a longer bar says no more
LEAST = 4  # below this not even a dot and a letter


def plans(top: Topology, width: int, height: int) -> list[Plan]:
    """Return the richest plan that fits; where none does, the poor ones to choose from."""
    count = len(top.regions)
    grids = [4, 2, 1] if count == 4 else list(range(max(1, count), 0, -1))
    for recipe in LADDER:
        for columns in grids:
            found = _try(top, recipe, columns, width, height)
            if found is not None:
                return [found]
    return _last(top, grids, width)


def head_lines(top: Topology, height: int) -> int:
    """Return how many lines users and entries take on a map of ``height`` lines."""
    most = 1 if height < 15 else 2 if height < 22 else 4 if height < 40 else 6
    rows = max(len(top.entries), len(top.sources) if top.entries else 1)
    return min(most, rows) if top.entries or top.sources else 0


def spacing(recipe: Recipe, width: int) -> tuple[int, int]:
    """Return the gaps between zones and between Regions."""
    return (1 if recipe.boxes == 2 and width < 110 else 2), (3 if width >= 70 else 1)


def frame_width(recipe: Recipe) -> tuple[int, int]:
    """Return what a Region's and a zone's border and padding take, both sides together."""
    return (4 if recipe.boxes else 2), (4 if recipe.boxes == 2 else 0)


def region_width(region: RegionParts, recipe: Recipe, inner: int, width: int) -> int:
    """Return how wide ``region`` is when its zones are ``inner`` cells wide inside."""
    between, _ = spacing(recipe, width)
    own, each = frame_width(recipe)
    zones = max(1, len(region.zones))
    return own + zones * (inner + each) + (zones - 1) * between


def _widths(top: Topology, recipe: Recipe, columns: int, width: int, least: int) -> list[int] | None:
    """Share ``width`` out among the Regions of every row; None where it is not enough."""
    _, apart = spacing(recipe, width)
    out: list[int] = []
    for start in range(0, len(top.regions), columns):
        row = top.regions[start : start + columns]
        room = width - apart * (len(row) - 1)
        low = [region_width(r, recipe, least, width) for r in row]
        for floor in (34, 31, 28, 26, 24, 22):  # a Region with one zone still has a name and a balancer to show
            wider = [max(cells, min(floor, room // len(row), room * 31 // 100)) for cells in low]
            if sum(wider) <= room:
                low = wider
                break
        high = [max(region_width(r, recipe, WIDEST, width), min(r.heading, room // len(row)), 30) for r in row]
        if sum(low) > room:
            return None
        out += shared(low, high, [max(1, len(r.zones)) for r in row], room)
    return out


def shared(low: list[int], high: list[int], weights: list[int], room: int) -> list[int]:
    """Return widths between ``low`` and ``high`` that fill ``room``, the rest shared by weight."""
    out = list(low)
    while sum(out) < room:
        open_ = [i for i in range(len(out)) if out[i] < high[i]]
        if not open_:
            break
        i = min(open_, key=lambda i: (out[i] / weights[i], i))
        out[i] += 1
    return out


def inner_width(region: RegionParts, recipe: Recipe, region_cells: int, width: int) -> int:
    """Return how wide the narrowest zone of ``region`` is inside."""
    between, _ = spacing(recipe, width)
    own, each = frame_width(recipe)
    zones = max(1, len(region.zones))
    return (region_cells - own - (zones - 1) * between) // zones - each


def abreast(inner: int, lines: int, count: int) -> int:
    """Return how many cards of ``lines`` lines stand side by side in a zone."""
    return max(1, min(count, (inner + 2) // (INNER[max(1, lines)] + 4)))


def packed(ids: list[str], naturals: dict[str, int], inner: int, lines: int) -> list[list[str]]:
    """Return the regional cards ``ids`` in rows, as many in each as say all they have to say."""
    rows: list[list[str]] = []
    used = inner + 1
    for id in ids:
        own = max(BAND[lines], naturals.get(id, 0) - (12 if lines == 3 else 0))
        if used + 3 + own > inner:
            rows.append([])
            used = -3
        rows[-1].append(id)
        used += 3 + own
    return rows


def tier_height(top: Topology, tier: int, lines: int, recipe: Recipe, inners: list[int]) -> int:
    """Return how many lines one tier takes in the fullest zone."""
    rows = 1
    for region, inner in zip(top.regions, inners, strict=True):
        for zone in region.zones:
            count = len(zone.tiers.get(tier, ()))
            if count:
                rows = max(rows, -(-count // abreast(inner, lines, count)))
    return rows * lines + (rows - 1) * (1 if recipe.gap and lines > 1 else 0)


def row_height(top: Topology, row: list[RegionParts], recipe: Recipe, widths: list[int]) -> tuple[int, int, int]:
    """Return what a row of Regions takes besides its tiers: all of it, and of that its bands above and below."""
    inners = [w - frame_width(recipe)[0] for w in widths]
    pairs = list(zip(row, inners, strict=True))
    above = max(len(packed(r.above, top.naturals, w, recipe.band)) for r, w in pairs) * recipe.band
    below = max(len(packed(r.below, top.naturals, w, 1)) for r, w in pairs)
    lanes = recipe.lanes if any(r.above and r.zones for r in row) else 0
    zones = (2 + recipe.state if recipe.boxes == 2 else 1) if any(r.zones for r in row) else 0
    return (2 if recipe.boxes else 1) + above + lanes + zones + below, above, below


def tier_heights(top: Topology, recipe: Recipe, widths: list[int], lines: dict[int, int], width: int) -> dict[int, int]:
    """Return how many lines every tier takes, the same in all Regions."""
    inners = [inner_width(r, recipe, w, width) for r, w in zip(top.regions, widths, strict=True)]
    return {t: tier_height(top, t, lines[t], recipe, inners) for t in top.tiers}


def grid_rows(top: Topology, columns: int, widths: list[int]) -> list[tuple[list[RegionParts], list[int]]]:
    """Return the Regions row by row, with their widths."""
    starts = range(0, len(top.regions), max(1, columns))
    return [(top.regions[i : i + columns], widths[i : i + columns]) for i in starts]


def row_needs(
    top: Topology, recipe: Recipe, columns: int, widths: list[int], lines: dict[int, int], width: int
) -> list[int]:
    """Return how many lines each row of Regions takes."""
    tiers = sum(tier_heights(top, recipe, widths, lines, width).values()) + recipe.gap * max(0, len(top.tiers) - 1)
    return [
        row_height(top, row, recipe, cells)[0] + (tiers if any(r.zones for r in row) else 0)
        for row, cells in grid_rows(top, columns, widths)
    ]


def _try(top: Topology, recipe: Recipe, columns: int, width: int, height: int) -> Plan | None:
    """Return the plan that ``recipe`` makes, with the lines left over well spent; None where it does not fit."""
    widths = _widths(top, recipe, columns, width - margin(top, recipe, columns), INNER[recipe.cap])
    if widths is None:
        return None
    lines = {t: min(recipe.cap, top.wants.get(t, 1)) for t in top.tiers}
    plan = Plan(recipe, columns, lines, widths, height - head_lines(top, height))
    if _need(top, plan, width) > plan.spare:
        return None
    plan = _taller(top, plan, width, 3)
    for field, most in _NEXT:
        plan = _airier(top, plan, width, field, most, 0)
    plan = _taller(top, plan, width, 5)
    if recipe.state:
        rows = -(-len(top.regions) // columns) if top.regions else 0
        for field, most in _LUXURY:
            plan = _airier(top, plan, width, field, most, rows)
    return plan._replace(spare=plan.spare - _need(top, plan, width))


def margin(top: Topology, recipe: Recipe, columns: int) -> int:
    """Return the columns beside the Regions that are left for the ways to those below the first row."""
    return 2 if recipe.boxes and recipe.bus and len(top.regions) > columns and (top.entries or top.sources) else 0


def _need(top: Topology, plan: Plan, width: int) -> int:
    """Return how many lines ``plan`` takes below the users and entries."""
    return plan.recipe.bus + sum(row_needs(top, plan.recipe, plan.columns, plan.widths, plan.lines, width))


def _taller(top: Topology, plan: Plan, width: int, most: int) -> Plan:
    """Give cards more lines, tier by tier from the top, as far as they have something to say and it fits."""
    inners = [inner_width(r, plan.recipe, w, width) for r, w in zip(top.regions, plan.widths, strict=True)]
    for tier in top.tiers:
        while plan.lines[tier] < min(most, top.wants.get(tier, 1)):
            lines = plan.lines[tier] + 1
            richer = plan._replace(lines={**plan.lines, tier: lines})
            if min(inners, default=0) < INNER[lines] or _need(top, richer, width) > plan.spare:
                break
            plan = richer
    return plan


def _airier(top: Topology, plan: Plan, width: int, field: str, most: int, reserve: int) -> Plan:
    """Raise one field of the recipe to ``most``, if that fits and leaves ``reserve`` lines."""
    if getattr(plan.recipe, field) >= most:
        return plan
    better = plan._replace(recipe=plan.recipe._replace(**{field: most}))
    return better if _need(top, better, width) + reserve <= plan.spare else plan


def _last(top: Topology, grids: list[int], width: int) -> list[Plan]:
    """Return the poorest plans: one line per card, the rest counted."""
    lines = dict.fromkeys(top.tiers, 1)
    found = []
    for recipe in LADDER[-2:]:
        for columns in grids:
            for least in (INNER[1], 7, LEAST, 1):
                widths = _widths(top, recipe, columns, width, least)
                if widths is not None:
                    found.append(Plan(recipe, columns, lines, widths, 0))
    return found or [Plan(LADDER[-1], 1, lines, [max(1, width)] * len(top.regions), 0)]
