"""Headline: how a drill ended, which command decided it, what became of its points, and what the next star takes."""

from drill.model.units import clock_text
from drill.score.deeds import Deed, helped
from drill.score.effects import Shed, better_text, felt_text
from drill.score.model import Scorecard
from drill.score.scorecard import STARS, WON

WORTH = 0.02  # share of all asks from which a command that cost them is blamed for a loss


def headline(card: Scorecard, deeds: tuple[Deed, ...], sheds: tuple[Shed, ...] = ()) -> str:
    """Return the first sentences: how it ended, and which command moved it."""
    tried = [deed for deed in deeds if deed.changing]
    felt = [deed for deed in tried if deed.effect is not None]
    best = max((deed for deed in felt if helped(deed)), key=_more, default=None)
    moved = _moved(best) if best is not None and best.effect is not None and best.effect.good else ""
    if card.won:
        met = [f"{row.label} came to {row.actual_text} (target {row.target_text})" for row in card.rows if row.must]
        return f"Won with {card.total} points. {moved or ', '.join(met)}."
    first = next((row for row in card.rows if row.must and not row.met), None)
    missed = f"{first.label} came to {first.actual_text}, past its target of {first.target_text}. " if first else ""
    if blamed := _blamed(felt, sheds):
        return f"Lost: {missed}{blamed}."
    if moved:
        return f"Lost: {missed}{moved}; too late, or not enough, for the target."
    if not tried:
        return f"Lost: {missed}No action was taken."
    if any(deed.effect is None and deed.state == "done" for deed in tried):
        return f"Lost: {missed}".rstrip()  # what they did was not worked out
    none = "The one action made no" if len(tried) == 1 else f"None of the {len(tried)} actions made a"
    return f"Lost: {missed}{none} difference that users felt."


def _moved(deed: Deed) -> str:
    assert deed.effect is not None
    return f"`{deed.name}` of T+{clock_text(deed.at)} {felt_text(deed.effect, deed.before)}"


def _more(deed: Deed) -> float:
    return deed.effect.more if deed.effect is not None else 0.0


def _blamed(felt: list[Deed], sheds: tuple[Shed, ...]) -> str:
    """Return what lost the drill, where something did: without it, it would have been won, or far better."""
    left = max((shed for shed in sheds if shed.open and shed.better >= 0), key=lambda shed: shed.better, default=None)
    worst = min((deed for deed in felt if deed.effect and deed.effect.bad), key=_more, default=None)
    won = next((deed for deed in felt if deed.effect and deed.effect.won and not deed.effect.spare), None)
    if left is not None and (left.won or won is None):
        return f"`ops shed-load` stayed on: {left.name} turned {left.turned:,.0f} requests away{better_text(left)}"
    deed = won or worst
    if deed is None or deed.effect is None:
        return ""
    if deed.effect.won or deed.effect.more < -WORTH * deed.effect.asks:
        end = f"; without it: {'won with ' if deed.effect.won else ''}{deed.effect.points} points"
        return f"{_moved(deed)}{end}"
    return ""


def cap_text(card: Scorecard) -> str:
    """Say what a win or a loss made of the points that were earned, "" where it made nothing."""
    before = card.earned
    if before == card.total:
        return ""
    if card.won:
        return f"won: at least {WON}" if before < card.total else ""
    return f"lost: at most {WON - 1}" if before > card.total else "never below 0"


def next_star(card: Scorecard) -> str:
    """Return what kept the next star away; empty when there is none left."""
    if not card.won:
        missed = [row for row in card.rows if row.must and not row.met]
        return f"First star: {'; '.join(f'{r.label} at {r.target_text} (it came to {r.actual_text})' for r in missed)}."
    if card.stars > len(STARS):
        return ""
    wanted, earned = STARS[card.stars - 1], card.earned
    short = [row for row in card.rows if row.part < row.whole]
    short.sort(key=lambda row: row.part - row.whole)
    gains = [f"{r.label} at {r.par_text} (it came to {r.actual_text}), +{r.whole - r.part}" for r in short]
    if card.hints:
        gains.append(f"no hints, +{card.hints}")
    star = ("Second", "Third")[card.stars - 1]
    more = f"{wanted - earned} more" + (f" than the {earned} earned" if earned < card.total else "")
    return f"{star} star at {wanted} points, {more}: {'; '.join(gains)}."
