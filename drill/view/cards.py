"""Cards and lanes of the map, from what telemetry last knew. Wiring (what points at what) is no secret."""

from __future__ import annotations

from typing import Any

from drill.catalog.shedding import turned_away
from drill.engine.telemetry import Telemetry
from drill.model.component import Component, kind_of
from drill.model.world import World
from drill.view.frame import FULL, HOT, Card, Lane, State

LAGGING = 10.0  # s behind from which a copy is
CHECKED = 20_000  # ms after its boot by which a server's first status check can be read
FAILING = 0.5  # share of requests that fail from which a decision is due

NO_METRICS = "no metrics"  # what is said to run, and nothing comes from it

_EATEN = {"mem_used_percent": "memory", "fd_used_percent": "descriptors", "disk_used_percent": "disk"}
_HEALTH: dict[str, State] = {"ok": "ok", "warn": "warn", "bad": "bad", "busy": "busy", "off": "off"}


class MapView:
    """Builds the map's part of one Frame."""

    def __init__(self, world: World, telemetry: Telemetry) -> None:
        self.world = world
        self.telemetry = telemetry
        self.now = world.now
        self._balancer: dict[str, str] = {}
        for name, component in world.components.items():
            for target in getattr(component, "targets", []):
                self._balancer[target] = name

    # ---- cards ----------------------------------------------------------------------------------------------------

    def cards(self) -> list[Card]:
        """Return every card, in the order of the level."""
        found: list[Card] = []
        for name, component in self.world.components.items():
            seen = self.telemetry.known.get(name)
            says = seen.says if seen else {}
            if isinstance(says.get("zones"), dict) and component.scope == "zonal":
                found += [self._part(name, component, says, zone) for zone in getattr(component, "zones", [])]
            else:
                found.append(self._whole(name, component, says))
                standby = getattr(component, "standby", "")
                if isinstance(standby, str) and standby:
                    found.append(self._standby(name, component, standby))
        return found

    def _base(self, id: str, name: str, component: Component, **more: Any) -> Card:
        kind = type(component)
        seen = self.telemetry.known.get(name)
        stale = None
        if not self.telemetry.heard(component):
            stale = self.now - seen.at if seen else self.now
            more["state"] = "unknown"
            more["load"] = more["rate"] = more["failed"] = None
            more.pop("progress", None)
        sheds = turned_away(self.world, name)
        if sheds and more.get("state") == "ok":
            more["state"] = "warn"  # by one's own hand, and easily forgotten
        return Card(
            id=id,
            component=name,
            kind=kind_of(component),
            glyph=kind.glyph,
            ascii=kind.ascii,
            title=name,
            region=component.region,
            tier=kind.tier,
            sheds=sheds,
            seen=stale,
            changed=seen.changed if seen else -1,
            **more,
        )

    def _whole(self, name: str, component: Component, says: dict[str, Any]) -> Card:
        load = self._load(f"{name}.CPUUtilization")
        word = str(says.get("state", "unknown"))
        state: State = _HEALTH.get(str(says.get("health", "ok")), "ok")
        progress = self._progress(name)
        if self.telemetry.last(f"{name}.StatusCheckFailed") == 1.0 and word == "running":
            boots = progress or self._boots(name, component)
            word, state = ("no answer yet", "busy") if boots else ("no answer", "bad")
        if word in ("stopped", "terminated") and getattr(component, "starts", "") == "running":
            state = "bad"
        state = _hotter(state, load)
        if kind_of(component) == "rds.instance" and self._silent(name, component):
            word, state = "no answer", "bad"
        rate = self._number(name, "RequestCount", "Queries", "Requests", "GetRequests")
        failed = self._number(name, "HTTPCode_5XX_Count", "FailedRequests")
        if failed and failed > 0.5 and state in ("ok", "warn"):
            state = "bad" if failed >= FAILING * (rate or 0.0) else "warn"
        lines = [str(says["note"])] if says.get("note") else []
        lines += self._eaten(name)
        lag = self.telemetry.last(f"{name}.ReplicaLag")
        if lag is not None:
            lines.insert(0, f"lag {lag:.1f} s")
            state = "warn" if lag > LAGGING and state == "ok" else state
        if "ttl" in says:
            lines.append(f"TTL {says['ttl']} s")
        return self._base(
            name,
            name,
            component,
            zone=component.zone,
            state=state,
            word=word,
            role=str(says.get("role", "")),
            load=load,
            rate=rate,
            failed=failed,
            lines=tuple(lines),
            progress=progress,
        )

    def _part(self, name: str, component: Component, says: dict[str, Any], zone: str) -> Card:
        """Return the card of a group's instances in one zone: what the load balancer holds of them."""
        here = says["zones"].get(zone, {"running": 0, "pending": 0})
        running, pending = here["running"], here["pending"]
        healthy, state = running, "ok"
        known = self.telemetry.known.get(self._balancer.get(name, ""))
        if known is not None:
            row = known.says.get("zones", {}).get(zone, {})
            total = sum(row.values())
            if total:
                healthy = min(running, row.get("healthy", 0))
                if row.get("unhealthy", 0):
                    state = "bad" if not healthy else "warn"
        load = self._load(f"{name}.CPUUtilization/{zone}")
        rate = self.telemetry.last(f"{name}.RequestCount/{zone}")
        lines = [f"+{pending} starting"] if pending and running else []
        if state == "ok" and running == 0:
            state = "busy" if pending else "off"
        elif state == "ok" and load is None and here.get("ready") and self._mute(component):
            state, lines = "warn", [NO_METRICS, *lines]
        word = f"{healthy} of {running}" if running else ("starting" if pending else "none")
        lines += self._eaten(name, f"/{zone}")
        if says.get("doing"):
            lines.append(str(says["doing"]))
        if says.get("failed") and state != "off":
            lines.append(_short(str(says["failed"])))
        return self._base(
            f"{name}/{zone}",
            name,
            component,
            zone=zone,
            state=_hotter(state, load),
            word=word,
            role="standby" if getattr(component, "standby", False) and not rate else "",
            load=load,
            rate=rate,
            lines=tuple(lines),
            progress=self._progress(f"{name}/{zone}"),
        )

    def _mute(self, component: Component) -> bool:
        """Tell whether no figures are a sign: some were published, and the Region can be heard."""
        return bool(self.telemetry.published) and self.telemetry.heard(component)

    def _standby(self, name: str, component: Component, zone: str) -> Card:
        return self._base(f"{name}/standby", name, component, zone=zone, state="off", word="in step", role="standby")

    def _boots(self, name: str, component: Component) -> bool:
        """Tell whether a server was seen to start so lately that it cannot have passed a check yet."""
        seen = self.telemetry.known.get(name)
        takes = component.boot_ms() + CHECKED if hasattr(component, "boot_ms") else 0
        return bool(seen and seen.changed >= 0 and self.now - seen.changed < takes)

    def _silent(self, name: str, component: Component) -> bool:
        """Tell whether a database that RDS calls available publishes nothing."""
        seen = self.telemetry.known.get(name)
        published = any(f"{name}.CPUUtilization" in sample for sample in self.telemetry.samples[-1:])
        return bool(
            seen
            and seen.says.get("state") == "available"
            and published
            and self.telemetry.last(f"{name}.CPUUtilization") is None
        )

    def _eaten(self, name: str, zone: str = "") -> list[str]:
        """Return what a leak has eaten, once it is worth a word: more than half."""
        found = []
        for metric, word in _EATEN.items():
            value = self.telemetry.last(f"{name}.{metric}{zone}")
            if value is not None and value > 50:
                found.append(f"{word} {value:.0f} %")
        return found

    def _load(self, measure: str) -> float | None:
        value = self.telemetry.last(measure)
        return None if value is None else value / 100.0

    def _number(self, name: str, *metrics: str) -> float | None:
        for metric in metrics:
            value = self.telemetry.last(f"{name}.{metric}")
            if value is not None:
                return value
        return None

    def _progress(self, who: str) -> tuple[str, float | None, int] | None:
        """Return the work on its way there that will end first."""
        best = None
        for work in self.world.pending.values():
            if work.who == who and self.telemetry.tells(work) and (best is None or work.until < best.until):
                best = work
        if best is None:
            return None
        span = max(1, best.until - best.since)
        return best.what, (self.now - best.since) / span, max(0, best.until - self.now)

    # ---- lanes ----------------------------------------------------------------------------------------------------

    def lanes(self, cards: list[Card]) -> list[Lane]:
        """Return where traffic and replication go, as far as anyone knows."""
        by_component: dict[str, list[Card]] = {}
        for card in cards:
            by_component.setdefault(card.component, []).append(card)
        found: list[Lane] = []
        for name, component in self.world.components.items():
            seen = self.telemetry.known.get(name)
            says = seen.says if seen else {}
            for target in says.get("answers", []):
                found += self._to(name, by_component.get(target, []), "traffic")
            for target in says.get("standby", []):
                found += self._to(name, by_component.get(target, []), "standby")
            for target in getattr(component, "targets", []):
                found += self._to(name, by_component.get(target, []), "traffic")
            pointed = getattr(component, "instance", "")
            if pointed:
                found += self._to(name, by_component.get(pointed, []), "traffic")
            source = getattr(component, "replica_of", "")
            if source and says.get("role") == "replica":
                lag = self.telemetry.last(f"{name}.ReplicaLag")
                label = "lag ?" if lag is None else f"lag {lag:.1f} s"
                state: State = "unknown" if lag is None else ("warn" if lag > LAGGING else "ok")
                found.append(Lane(source=source, target=name, kind="replication", state=state, label=label))
        return found

    def _to(self, source: str, targets: list[Card], kind: Any) -> list[Lane]:
        rows = []
        for card in targets:
            if card.role == "standby" and card.word == "in step":
                continue
            state: State = "unknown" if card.state == "unknown" else ("bad" if card.state == "bad" else "ok")
            if kind == "standby":
                state = "off"
            rows.append(Lane(source=source, target=card.id, kind=kind, rate=card.rate, failed=card.failed, state=state))
        return rows


def _hotter(state: State | str, load: float | None) -> State:
    """Return the state with load taken into account."""
    if load is not None and state == "ok":
        if load >= FULL:
            return "bad"
        if load >= HOT:
            return "warn"
    return state  # type: ignore[return-value]


def _short(text: str) -> str:
    return "no capacity" if "InsufficientInstanceCapacity" in text else text[:24]
