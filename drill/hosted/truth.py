"""Truth beside telemetry, for the facilitator: what each component really does, and what the others see of it."""

import msgspec

from drill.model.component import Component
from drill.session.session import Session
from drill.view.frame import Card, Frame

PATIENCE = 5_000  # ms within which something that answers has answered
_NOT_RUNNING = ("stopped", "stopping", "pending", "terminated", "shutting-down", "none", "starting", "no answer yet")
_FAR = 0.1  # of a load or a share, from which two figures differ


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """One thing as it is and as it is seen. ``differs``: the others are looking at something that is not so."""

    name: str
    true: str
    seen: str
    differs: bool


def beside(session: Session, frame: Frame) -> list[Beside]:
    """Return users first, then every component, in the order of the level."""
    rows = [_users(session, name) for name in session.world.traffic.populations]
    cards: dict[str, list[Card]] = {}
    for card in frame.cards:
        cards.setdefault(card.component, []).append(card)
    return rows + [_part(session, name, part, cards.get(name, [])) for name, part in session.world.components.items()]


def _users(session: Session, name: str) -> Beside:
    true = session.sim.truth.measure(f"{name}.success")[0][0]
    seen = session.telemetry.last(f"{name}.success")
    texts = ["no data" if value is None else f"{value * 100:.1f} % served" for value in (true, seen)]
    far = (true is None) != (seen is None) or abs((true or 0.0) - (seen or 0.0)) > _FAR
    return Beside(name=name, true=texts[0], seen=texts[1], differs=far)


def _part(session: Session, name: str, part: Component, cards: list[Card]) -> Beside:
    word, load = _word(session, part), _load(session, part)
    seen_loads = [card.load for card in cards if card.load is not None]
    seen_load = max(seen_loads, default=None)
    whole = _counted(cards) if hasattr(part, "machines") else None
    seen = f"{whole[0]} of {whole[1]}" if whole else ", ".join(card.word for card in cards if card.word) or "not shown"
    known = any(card.state == "bad" or card.word in _NOT_RUNNING for card in cards)
    silent = word.startswith("no answer") and not known
    if whole:
        other = not word.startswith((f"{whole[0]} of", "no answer"))
    else:
        other = not word.startswith("no answer") and len(cards) == 1 and bool(cards[0].word) and cards[0].word != word
    far = load is not None and seen_load is not None and abs(load - seen_load) > _FAR
    return Beside(name=name, true=_with(word, load), seen=_with(seen, seen_load), differs=silent or far or other)


def _counted(cards: list[Card]) -> tuple[int, int] | None:
    """Return how many machines are seen to do their work, of how many, over the zones of a group; None: no group."""
    words = [card.word.split(" of ") for card in cards if " of " in card.word]
    if not words or not all(len(word) == 2 and (word[0] + word[1]).isdecimal() for word in words):
        return None
    return sum(int(word[0]) for word in words), sum(int(word[1]) for word in words)


def _word(session: Session, part: Component) -> str:
    """Return the state that AWS would tell, and whether anybody would get an answer."""
    world = session.world
    state = str(part.observed(world).get("state", "")) or "ok"
    machines = getattr(part, "machines", None)
    if machines is not None:
        work = [one for one in machines if one.works(world) and one.reachable(world)]
        return f"{len(work)} of {len(machines)} answer" if work else f"no answer (0 of {len(machines)})"
    if not part.stations():
        return state
    dark = "" if world.zone_up(part.zone) else ", its zone is down"
    return state if not dark and part.responds(world, PATIENCE) else f"no answer ({state}{dark})"


def _load(session: Session, part: Component) -> float | None:
    for metric in type(part).metrics:
        if metric.name == "CPUUtilization":
            value = metric.read(part, session.world)
            return None if value is None else value / 100.0
    return None


def _with(word: str, load: float | None) -> str:
    return word if load is None else f"{word}, load {load * 100:.0f} %"
