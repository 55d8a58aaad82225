"""Claims: what status posts said of the impact and of the time to recover, beside what was true."""

import re

import msgspec

from drill.engine.history import Claim, History
from drill.level.level import Level, Objective
from drill.model.units import Duration, Share, clock_text
from drill.score.figures import figure_text
from drill.score.outages import Outage, outages, success

BEFORE = 20_000  # ms before a post over which the true impact is counted
NEAR = 0.1  # share of asks by which a claimed impact may be off
_SHARE = r"(\d+(?:\.\d+)?)\s?(?:%|per ?cent\b)"
_ETA = r"(?:\beta\b|\bback\b|restored|fixed|recover\w*)\D{0,20}?(\d+)\s?(s|sec|seconds|m|min|minutes?|h|hours?)\b"
_OVER = r"\b(?:resolved|recovered|restored|all clear|back to normal|answers? again|is back)\b"
_UNIT = {"s": 1_000, "m": 60_000, "h": 3_600_000}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One status post. ``impact`` and ``true_impact``: share of asks that fail, None: nothing said, nobody asked.

    ``eta``: ms at which it said that all would be well (-1: nothing said); ``well``: when it was (-1: not by the end,
    or nothing was wrong). ``over``: it said that it was over. ``verdict``: all that in words, "": it claims nothing.
    """

    at: int
    author: str
    text: str
    impact: float | None
    true_impact: float | None
    eta: int
    well: int
    over: bool
    right: bool
    verdict: str


def said(level: Level, history: History) -> tuple[Said, ...]:
    """Return every status post with what was true when it was made."""
    goal = next((g for g in level.objectives.values() if g.is_ == "rto"), None) or _plain_goal()
    found = outages(goal, level, history, int(level.length))
    return tuple(_one(claim, found, history) for claim in history.claims if claim.what == "status")


def named_impact(text: str) -> float | None:
    """Return the share of asks that a text says fail, or None."""
    found = re.search(_SHARE, text, re.IGNORECASE)
    return min(1.0, float(found[1]) / 100) if found else None


def named_eta(text: str) -> int:
    """Return in how many ms a text says that all will be well; -1: it does not say."""
    found = re.search(_ETA, text, re.IGNORECASE)
    return int(found[1]) * _UNIT[found[2][0].lower()] if found else -1


def _plain_goal() -> Objective:
    return Objective(is_="rto", par="1s", target="2s", zero="3s")


def _one(claim: Claim, found: list[Outage], history: History) -> Said:
    share = success(history, max(0, claim.at - BEFORE), claim.at)
    true_impact = None if share is None else 1.0 - share
    impact = float(Share.parse(claim.impact)) if claim.impact else named_impact(claim.text)
    wait = int(Duration.parse(claim.eta)) if claim.eta else named_eta(claim.text)
    eta = claim.at + wait if wait >= 0 else -1
    now = next((outage for outage in found if outage.start <= claim.at < outage.end), None)
    well = -1 if now is None or now.open else now.end
    over = bool(re.search(_OVER, claim.text, re.IGNORECASE)) and eta < 0
    parts = [*_impact(impact, true_impact), *_eta(eta, now, well), *_over(over, now)]
    return Said(
        at=claim.at, author=claim.author, text=claim.text, impact=impact, true_impact=true_impact, eta=eta, well=well,
        over=over, right=all(right for right, _ in parts), verdict="; ".join(text for _, text in parts),
    )  # fmt: skip


def _impact(impact: float | None, truth: float | None) -> list[tuple[bool, str]]:
    if impact is None:
        return []
    if truth is None:
        return [(True, f"said {impact:.0%} fail; nobody had asked")]
    return [(abs(impact - truth) <= NEAR, f"said {impact:.0%} fail; it was {figure_text('availability', 1 - truth)}")]


def _eta(eta: int, now: Outage | None, well: int) -> list[tuple[bool, str]]:
    if eta < 0:
        return []
    named = f"said well by T+{clock_text(eta)}"
    if now is None:
        return [(True, f"{named}; users were served already")]
    return [(0 <= well <= eta, f"{named}; it was T+{clock_text(well)}" if well >= 0 else f"{named}; not by the end")]


def _over(over: bool, now: Outage | None) -> list[tuple[bool, str]]:
    if not over:
        return []
    return [(now is None, "said it was over; users were still hurt" if now else "said it was over; it was")]
