"""Headline: how a drill ended, which command decided it, what became of its points, and what the next star takes."""

from drill.model.units import clock_text
from drill.score.deeds import Deed, helped
from drill.score.effects import Shed, better_text, felt_text
from drill.score.model import Row, Scorecard
from drill.score.scorecard import STARS, WON

SERVED = ("rto", "availability", "latency", "lost")  # measures of what users get, which commands bring back
COSTS = ("spend", "rpo", "exposure")  # measures of what a command may cost, however it helps users
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
    if blamed := _blamed(felt, sheds, card.total) or (_cost(felt, first) if first is not None else ""):
        return f"Lost: {missed}{blamed}."
    if moved:
        late = "; too late, or not enough, for the target" if first is None or first.measure in SERVED else ""
        return f"Lost: {missed}{moved}{late}."
    if not tried:
        return f"Lost: {missed}No action was taken."
    harm = min((deed for deed in felt if deed.effect and deed.effect.bad), key=_more, default=None)
    if harm is not None:
        return f"Lost: {missed}{_moved(harm)}."
    return f"Lost: {missed}{_none(tried)}".rstrip()


def _none(tried: list[Deed]) -> str:
    """Say of commands that moved nothing that they did not, as far as it was looked at."""
    one = len(tried) == 1
    if all(deed.error for deed in tried):
        return "The one action was refused." if one else f"All {len(tried)} actions were refused."
    if any(deed.effect is None and deed.state == "done" for deed in tried):
        return ""
    return (
        f"{'The one action made no' if one else f'None of the {len(tried)} actions made a'} difference that users felt."
    )


def _moved(deed: Deed) -> str:
    assert deed.effect is not None
    return f"`{deed.name}` of T+{clock_text(deed.at)} {felt_text(deed.effect, deed.before)}"


def _more(deed: Deed) -> float:
    return deed.effect.more if deed.effect is not None else 0.0


def _blamed(felt: list[Deed], sheds: tuple[Shed, ...], points: int) -> str:
    """Return what lost the drill, where something did: without it, it would have been won, or far better."""
    left = max((shed for shed in sheds if shed.better >= 0), key=lambda shed: shed.better, default=None)
    worst = min((deed for deed in felt if deed.effect and deed.effect.bad), key=_more, default=None)
    won = next((deed for deed in felt if deed.effect and deed.effect.won and not deed.effect.spare), None)
    if left is not None and (left.won or won is None):
        until = "" if left.open else f" until T+{clock_text(left.end)}"
        return (
            f"`ops shed-load` stayed on{until}: {left.name} turned {left.turned:,.0f} requests away{better_text(left)}"
        )
    deed = won or worst
    if deed is None or deed.effect is None:
        return ""
    if deed.effect.won or deed.effect.more < -WORTH * deed.effect.asks:
        other = f"{'won with ' if deed.effect.won else ''}{deed.effect.points} points"
        return f"{_moved(deed)}{f'; without it: {other}' if deed.effect.points != points else ''}"
    return ""


def _cost(felt: list[Deed], missed: Row) -> str:
    """Return which command cost what was missed, where that is money or data and not time."""
    if missed.measure not in COSTS:
        return ""
    for deed in reversed(felt):
        for row in deed.effect.rows if deed.effect else ():
            if row.name == missed.name and row.better:
                return f"Without `{deed.name}` of T+{clock_text(deed.at)} it would have been {row.there}"
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
