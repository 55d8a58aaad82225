"""Story: the moments of a run that count, and how long it took from one to the next. Every report tells of it."""

from itertools import pairwise

import msgspec

from drill.engine.history import History
from drill.level.level import Level, Objective
from drill.model.units import clock_text
from drill.score.charts import Mark, served_chart, timeline_chart
from drill.score.debrief import Debrief
from drill.score.deeds import Deed, hand_text, signs, true_text
from drill.score.outages import FLOOR, Outage, outages, success
from drill.score.page import Picture

STEPS = 120  # points of the curve of users


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One moment: ms, its lane in the timeline (true, known, done, said, by hand), and what it was."""

    at: int
    lane: str
    text: str


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, in ms; -1: it did not. ``served``: share of good answers in equal steps, None: nobody asked.

    ``impact``: users were hurt. ``noticed``: the first alarm or message after that. ``acted``: the first command that
    changes something after it was noticed; ``prepared``: one came before. ``back``: users were served again for good.
    """

    length: int
    floor: float
    impact: int
    noticed: int
    declared: int
    acted: int
    prepared: bool
    back: int
    down: tuple[tuple[int, int], ...]
    silence: tuple[int, int]  # the longest stretch without a status post while users were hurt; (0, 0): none
    cadence: int  # ms that the level allows between two posts, -1: it does not say
    served: tuple[float | None, ...]
    keys: tuple[Key, ...]


def story(level: Level, history: History, told: Debrief) -> Story:
    """Return the story of a finished run."""
    goal = next((g for g in level.objectives.values() if g.is_ == "rto"), None)
    found = outages(goal or Objective(is_="rto", par="1s", target="2s", zero="3s"), level, history, int(level.length))
    impact = found[0].start if found else -1
    noticed = _first([known.at for known in signs(history)], impact)
    acted = _first([deed.at for deed in changing(told)], max(noticed, impact))
    before = [deed for deed in changing(told) if deed.at < max(noticed, impact) and not deed.error]
    length = int(level.length)
    step = max(1000, length // STEPS // 1000 * 1000)
    posts = [claim.at for claim in history.claims if claim.what == "status"]
    return Story(
        length=length, floor=FLOOR if goal is None or goal.floor is None else float(goal.floor), impact=impact,
        noticed=noticed if impact >= 0 else -1, acted=acted if impact >= 0 else -1, prepared=bool(before),
        declared=_first([claim.at for claim in history.claims if claim.what == "declare"], 0),
        back=-1 if not found or found[-1].open else found[-1].end,
        down=tuple((outage.start, outage.end) for outage in found),
        silence=_silence(found, posts), cadence=_cadence(level),
        served=tuple(success(history, at, at + step) for at in range(0, length, step)),
        keys=tuple(_keys(history, told)),
    )  # fmt: skip


def changing(told: Debrief) -> list[Deed]:
    """Return the commands that change something, in order."""
    return [deed for deed in told.actions if deed.changing]


def charts(told: Story) -> tuple[Picture, Picture]:
    """Return the curve of users, and the lanes of the timeline."""
    marks: list[Mark] = [(key.at, key.lane, key.text) for key in told.keys]
    return served_chart(told.served, told.length, told.down, told.floor), timeline_chart(marks, told.length)


def span_text(start: int, end: int) -> str:
    """Return a stretch of time as people say it: ``02:10``."""
    return clock_text(max(0, end - start))


def _first(times: list[int], start: int) -> int:
    return min((at for at in times if at >= max(0, start)), default=-1)


def _silence(found: list[Outage], posts: list[int]) -> tuple[int, int]:
    if not found:
        return 0, 0
    begin, end = found[0].start, found[-1].end
    points = [begin, *(at for at in posts if begin <= at <= end), end]
    return max(pairwise(points), key=lambda pair: pair[1] - pair[0])


def _cadence(level: Level) -> int:
    from drill.score.figures import bounds

    goal = next((g for g in level.objectives.values() if g.is_ == "updates"), None)
    return int(bounds(goal)[1]) if goal is not None else -1


def _keys(history: History, told: Debrief) -> list[Key]:
    keys = [Key(at=t.at, lane="true", text=true_text(t)) for t in history.truths
            if t.kind in ("fault", "clear", "demand", "loss")]  # fmt: skip
    if history.impact >= 0:
        keys.append(Key(at=history.impact, lane="true", text="users began to get errors, or no answer in time"))
    given = {one.at for one in history.commands}
    answers: list[Key] = []  # messages that a command itself brought come after it
    for known in history.known:
        if (known.kind == "alarm" and known.state == "ALARM") or known.kind in ("notice", "evidence"):
            text = f"{known.subject} in ALARM" if known.kind == "alarm" else f"{known.subject}: {known.text}"
            late = known.kind == "notice" and known.at in given
            (answers if late else keys).append(Key(at=known.at, lane="known", text=text))
    said = ("ops post-status", "ops declare-incident", "ops assign", "ops answer")
    for deed in told.actions:
        lane = "said" if deed.line.startswith(said) else "done"
        if lane == "said" or deed.changing:
            keys.append(Key(at=deed.at, lane=lane, text=f"{deed.author}: {deed.line}"))
    keys += answers
    keys += [Key(at=order.at, lane="by hand", text=hand_text(order)) for order in told.by_hand
             if order.what not in ("pause", "resume")]  # fmt: skip
    return sorted(keys, key=lambda key: key.at)
