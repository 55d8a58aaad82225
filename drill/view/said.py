"""Said: Frames and debriefs in sentences, the worst first, for whoever hears them or reads them line by line."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from drill.console import actions_on, compose, prefill
from drill.level.level import Level
from drill.model.command import Action
from drill.model.component import Component, kind_of
from drill.model.units import clock_text, duration_text
from drill.score.debrief import Debrief
from drill.score.deeds import Deed, effect_text, hand_text
from drill.score.model import points_text
from drill.score.scorecard import label
from drill.view.frame import Card, Frame, Series, State

WORST_FIRST: tuple[State, ...] = ("bad", "warn", "unknown", "busy", "ok", "off")
HEADING = {
    "bad": "Needs a decision",
    "warn": "Needs a look",
    "unknown": "Not known any more",
    "busy": "On its way",
    "ok": "Well",
    "off": "Not in use",
}
TIER = {
    "guided": "This level is guided: it says where to look and what to do.",
    "hinted": "This level sells hints, after a while.",
    "blind": "This level has no hints.",
}


TIME = "Time passes only with wait and with the time that a command takes."


def briefing(session: Any, time: str = TIME, seed: bool = True) -> Iterator[str]:
    """Say what is played, what is at stake, and how time passes. ``seed``: whether it is told which situation it is."""
    level = session.level
    which = f"Seed {session.seed}, {duration_text(session.length)}" if seed else duration_text(session.length)
    yield f"{level.title}. {which}. {TIER[level.tier]}"
    if level.brief:
        yield level.brief.strip()
    for row in session.scorecard().rows:
        must = ", needed to win" if row.must else ""
        yield (
            f"{row.label}: full points at {row.par_text}, target {row.target_text}, nothing at {row.zero_text},"
            f" worth {row.whole} points{must}."
        )
    yield from carried(session.level)
    yield f"{time} Type help for the words."


def carried(level: Level) -> Iterator[str]:
    """Say what a price counts beyond the drill: what is left running costs on."""
    for name, objective in level.objectives.items():
        if objective.carry:
            more = duration_text(int(objective.carry))
            what = "this drill, and {} of what its end leaves running"
            if objective.calm:
                what = "until the first fault, and {} of what runs then: what is held ready is paid for every day"
            yield f"{label(name, level)} counts {what.format(more)}."


def look(frame: Frame) -> Iterator[str]:
    """Say how things are: users, objectives, alarms, then every component, the worst first."""
    users = frame.users
    served = "no data" if users.success is None else f"{users.success * 100:.1f} % served"
    slow = "" if users.p95 is None else f", p95 {users.p95:,.0f} ms"
    asks = "" if users.rate is None else f", {users.rate:,.0f} new requests a second"
    phase = f" Phase {frame.phase}." if frame.phase else ""
    yield f"T+{clock_text(frame.now)} of {clock_text(frame.length)}.{phase} Users: {served}{slow}{asks}."
    if frame.guide:
        yield f"Guide: {frame.guide_plain or frame.guide}"
    for gauge in frame.gauges:
        yield f"{gauge.label}: {gauge.actual} of {gauge.target}{', needed to win' if gauge.must else ''}."
    if frame.deadline:
        yield f"{frame.deadline[1]} at T+{clock_text(frame.deadline[0])}."
    spent = "" if any(gauge.label == "Spend" for gauge in frame.gauges) else f"${frame.spend:,.2f} spent, "
    yield f"Cost: {spent}${frame.hourly:,.2f} an hour now."
    loud = [alarm for alarm in frame.alarms if alarm.state != "OK"]
    for alarm in loud:
        word = "in ALARM" if alarm.state == "ALARM" else "without data"
        yield f"Alarm {alarm.name} is {word} since T+{clock_text(alarm.since)}: {alarm.text}."
    if not loud:
        yield "All alarms are OK." if frame.alarms else "There are no alarms."
    else:
        yield f"{len(loud)} of {len(frame.alarms)} alarms {'is' if len(loud) == 1 else 'are'} not OK."
    for region in frame.regions:
        if region.state not in ("ok", "off"):
            yield f"Region {region.name}: {region.note or HEADING[region.state]}."
        for zone in region.zones:
            if zone.state not in ("ok", "off"):
                yield f"Zone {zone.name}: {zone.word or HEADING[zone.state]}."
    for state in WORST_FIRST:
        cards = [card for card in frame.cards if card.state == state]
        if cards and state in ("ok", "off"):
            yield f"{HEADING[state]}: {'; '.join(short(card) for card in cards)}."
        else:
            for card in cards:
                yield f"{HEADING[state]}: {full(card)}."
    for job in frame.jobs:
        left = f", {duration_text(job.left)} left" if job.left is not None else ""
        yield f"On its way: {job.who} {job.what}{left}."


def short(card: Card) -> str:
    """Name a component with its state: ``web-2 in use1-az2, running``."""
    where = card.zone or card.region
    return f"{card.title}{f' in {where}' if where else ''}, {card.phrase or card.state}"


def full(card: Card) -> str:
    """Say all that the map shows of a component."""
    parts = [short(card)]
    if card.sheds:
        parts.append(card.sheds)
    if card.role:
        parts.append(card.role)
    if card.load is not None:
        parts.append(f"load {card.load * 100:.0f} %")
    if card.rate is not None:
        parts.append(f"{card.rate:,.0f} requests a second")
    if card.failed:
        parts.append(f"{card.failed:,.0f} failed a second")
    parts += [line for line in card.lines if line]
    if card.progress:
        what, _, left = card.progress
        parts.append(f"{what}, {duration_text(left)} left")
    if card.seen is not None:
        parts.append(f"last seen {duration_text(card.seen)} ago")
    return ", ".join(parts)


def component(frame: Frame, name: str, series: Callable[[str], tuple[Series, ...]]) -> Iterator[str]:
    """Say all that is known of one component, with the last value of each of its metrics."""
    cards = [card for card in frame.cards if name in (card.id, card.component)]
    if not cards:
        yield f"There is no component {name}. There are: {', '.join(dict.fromkeys(c.component for c in frame.cards))}."
        return
    for card in cards:
        yield f"{HEADING[card.state]}: {full(card)}."
    for lane in frame.lanes:
        if lane.target == cards[0].id and lane.rate is not None:
            yield f"From {lane.source}: {lane.rate:,.0f} a second{f', {lane.failed:,.0f} fail' if lane.failed else ''}."
        elif lane.source == cards[0].id:
            yield f"Leads to {lane.target} ({lane.kind})."
    for row in series(cards[0].component):
        last = row.values[-1] if row.values else None
        text = "no data" if last is None else f"{last:,.1f}".removesuffix(".0")
        yield f"{row.name}: {text}{f' {row.unit}' if last is not None and row.unit != 'None' else ''}."


def offered(found: Component, card: Card | None) -> list[type[Action]]:
    """Return what can be done with a component, what applies to it as its ``card`` shows it first."""
    says = {} if card is None else {"state": card.word, "role": card.role}
    return actions_on(kind_of(found), {name: word for name, word in says.items() if word})


def actions_of(found: Component, card: Card | None = None) -> Iterator[str]:
    """Say what can be done with a component, as the commands that do it."""
    for action in offered(found, card):
        yield f"{compose(action, prefill(action, found))}: {action.summary}."


def debriefing(told: Debrief, reference: int | None) -> Iterator[str]:
    """Say a debrief: the result, the objectives, what led to what, the actions, the idea behind it."""
    yield f"{told.headline.replace('`', '')} {told.stars} of 3 stars."
    for row in told.rows:
        yield (
            f"{row.label}: {row.actual_text}, par {row.par_text}, target {row.target_text},"
            f" {'met' if row.met else 'missed'}, {points_text(row)} points."
        )
    if told.hints:
        yield f"Hints: minus {told.hints} points."
    if told.cap:
        yield f"{told.cap.capitalize()}, so {told.points} points."
    if told.next_star:
        yield told.next_star
    if told.best is not None:
        yield f"Personal best before: {told.best} points."
    if reference is not None:
        yield f"On this seed the reference solution scores {reference} points."
    yield from (f"T+{clock_text(cause.at)} {cause.text}." for cause in told.happened)
    yield from (deed_said(deed, told) for deed in told.actions)
    for order in told.by_hand:
        yield f"T+{clock_text(order.at)} {hand_text(order)}."
    for claim in told.claims:
        if claim.verdict:
            yield f"T+{clock_text(claim.at)} {claim.author} {claim.verdict}."
    if told.lesson:
        yield f"The actions came closest to: {told.lesson.name}. {told.lesson.why.strip()}"
    if told.concept:
        yield f"The idea: {told.concept.strip()}{f' Source: {told.source}' if told.source else ''}"
    if told.general:
        yield f"How such a failure goes, in general: {' '.join(text.strip() for text in told.general)}"
    if told.history:
        yield f"It has happened: {told.history.strip()}"
    if told.question:
        yield f"To think about: {told.question.strip()}"


def deed_said(deed: Deed, told: Debrief) -> str:
    """Say one action and what came of it."""
    text = f"T+{clock_text(deed.at)} {deed.line}: {(deed.error or deed.state).rstrip('.')}."
    did = effect_text(deed, told.won, told.points)
    return f"{text} It {did}." if did else text


def folded(text: str, width: int) -> str:
    """Break lines longer than ``width`` between words, where a terminal would break them within."""
    rows = [textwrap.wrap(row, max(20, width), break_long_words=False, break_on_hyphens=False) if len(row) > width
            else [row] for row in text.split("\n")]  # fmt: skip
    return "\n".join(line for row in rows for line in row)
