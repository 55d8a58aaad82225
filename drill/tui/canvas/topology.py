"""What a Frame's map consists of, sorted for drawing: entries on top, Regions with their zones, tiers in order."""

from __future__ import annotations

from typing import NamedTuple

from drill.tui.canvas.ink import word_of
from drill.tui.canvas.text import width_of
from drill.view.frame import Card, Frame, Lane


class ZoneParts(NamedTuple):
    """The cards of one zone by tier, ids in the Frame's order."""

    name: str
    tiers: dict[int, list[str]]


class RegionParts(NamedTuple):
    """A Region: its zones, and the regional cards that stand above and below them."""

    name: str
    zones: list[ZoneParts]
    above: list[str]
    below: list[str]
    heading: int  # cells that its name and note take


class Topology(NamedTuple):
    """All of it. ``wants``: tier -> lines that its fullest card would fill (1 to 5)."""

    sources: list[str]
    entries: list[str]
    regions: list[RegionParts]
    tiers: list[int]
    wants: dict[int, int]
    naturals: dict[str, int]  # regional card -> cells that say all of it in one line
    feeds: list[Lane]  # all lanes, those from users included


def lines_of(card: Card) -> int:
    """Return how many lines a card may come to fill: title, word, load bar and how it went, one for what else is known.

    Only what a card shows while all is well counts: trouble must not move the map under the operator's eyes.
    """
    if card.load is not None or card.rate is not None:
        return 5
    return 3 if card.lines or card.role else 1


def natural(card: Card) -> int:
    """Return how many cells a regional card takes in one line: name, state, a figure or two."""
    return 20 + width_of(card.title) + width_of(word_of(card.state, card.word))


def topology(frame: Frame, before: Topology | None = None) -> Topology:
    """Sort ``frame`` for drawing. ``before`` remembers earlier frames, so that rows grow but do not jump back."""
    zonal = [card for card in frame.cards if card.region and card.zone]
    first = min((card.tier for card in zonal), default=0)
    needs = dict(before.wants) if before is not None else {}
    sizes = dict(before.naturals) if before is not None else {}
    for card in frame.cards:
        if card.region and not card.zone:
            sizes[card.id] = max(sizes.get(card.id, 0), natural(card))
    for card in zonal:
        needs[card.tier] = max(needs.get(card.tier, 1), lines_of(card))
    return Topology(
        sources=[source.name for source in frame.sources],
        entries=[c.id for c in sorted(frame.cards, key=lambda c: c.tier) if not c.region],
        regions=_regions(frame, zonal, first),
        tiers=sorted({card.tier for card in zonal}),
        wants=needs,
        naturals=sizes,
        feeds=_feeds(frame),
    )


def _regions(frame: Frame, zonal: list[Card], first: int) -> list[RegionParts]:
    zones: dict[str, list[str]] = {}
    notes: dict[str, str] = {}
    for box in frame.regions:
        zones[box.name] = [zone.name for zone in box.zones]
        notes[box.name] = box.note
    for card in frame.cards:  # a place that the Frame forgot to name is still a place
        if card.region:
            found = zones.setdefault(card.region, [])
            if card.zone and card.zone not in found:
                found.append(card.zone)
    tiers: dict[tuple[str, str], dict[int, list[str]]] = {}
    for card in zonal:
        tiers.setdefault((card.region, card.zone), {}).setdefault(card.tier, []).append(card.id)
    regional = sorted((c for c in frame.cards if c.region and not c.zone), key=lambda c: c.tier)
    return [
        RegionParts(
            name=name,
            zones=[ZoneParts(zone, tiers.get((name, zone), {})) for zone in names],
            above=[c.id for c in regional if c.region == name and c.tier <= first],
            below=[c.id for c in regional if c.region == name and c.tier > first],
            heading=len(name) + len(notes.get(name, "")) + 16,
        )
        for name, names in zones.items()
    ]


def _feeds(frame: Frame) -> list[Lane]:
    """Return all lanes, with one from each population to where it enters unless the Frame has it already."""
    known = {(lane.source, lane.target) for lane in frame.lanes}
    made = [
        Lane(source=s.name, target=s.enters, rate=s.rate, failed=s.failed, state=s.state)
        for s in frame.sources
        if (s.name, s.enters) not in known
    ]
    return [*made, *frame.lanes]
