"""Doors: what becomes of requests before a station sees them. Some are turned away, some are lost in a gray zone."""

from __future__ import annotations

from typing import Any

from drill.model.component import Component, Tally
from drill.model.traffic import TINY, Cohort, Traffic
from drill.model.world import World


class Doors:
    """What operators and gray zones do to requests on their way into a station."""

    world: World
    traffic: Traffic
    order: list[tuple[str, Component]]
    memo: dict[str, tuple[int, Any]]
    version: int
    _tallies: dict[str, Tally]

    def fail(self, cohort: Cohort, reason: str) -> None:
        """Answer the client with an error (the flow's)."""
        raise NotImplementedError

    def _shedding(self) -> dict[str, tuple[float, int]]:
        """Return what operators have told to turn requests away, by station: the share, and up to which importance."""
        known = self.memo.get("shed")
        if known is None or known[0] != self.version:
            flags, rows = self.world.flags, {}
            if any(key.startswith("shed/") for key in flags):
                for station, component in self.order:
                    what = flags.get(f"shed/{component.name}")
                    if what is not None:
                        rows[station] = (what[0], what[1])
            known = self.memo["shed"] = (self.version, rows)
        found: dict[str, tuple[float, int]] = known[1]
        return found

    def _turn_away(self, box: list[Cohort], share: float, upto: int) -> None:
        """Answer a share of the less important requests with an error at once, before they cost anything."""
        for cohort in list(box):
            if self.traffic.classes[cohort.cls].importance <= upto:
                self.fail(cohort.split(cohort.amount * share), "shed")
                if cohort.amount <= TINY:
                    box.remove(cohort)

    def _gray(self) -> dict[str, tuple[float, float, float]]:
        """Return what gray zones do to requests, station by station: share lost, share slowed down, by how many ms."""
        known = self.memo.get("gray")
        if known is None or known[0] != self.version:
            rows: dict[str, tuple[float, float, float]] = {}
            zones = self.world.flags.get("gray")
            if zones:
                for station, component in self.order:
                    what = zones.get(station.partition("/")[2] or component.zone)
                    if what is not None:
                        rows[station] = (what[0], what[1], what[2])
            self.memo["gray"] = (self.version, rows)
            return rows
        found: dict[str, tuple[float, float, float]] = known[1]
        return found

    def _lose(self, box: list[Cohort], station: str, lost: float, slow: float, by: float) -> None:
        """Let a share of what arrives in a gray zone get no answer, and another one come late."""
        for cohort in list(box):
            whole = cohort.amount
            if lost > 0:
                gone = cohort.split(whole * lost)
                gone.via = gone.via or (station if station in self._tallies else "")
                self.traffic.hold(gone)
            if slow > 0 and by > 0:
                late = cohort.split(whole * slow) if slow < 1 - lost else cohort
                late.latency += by
                if late is not cohort:
                    box.append(late)
