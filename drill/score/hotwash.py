"""Hot wash: one page for the quarter of an hour right after a drill: what happened, and three questions to talk about.

The questions ask what made it hard, of the situation and never of a person; which three follows from what happened.
"""

from collections.abc import Iterator

import msgspec

from drill.engine.history import History
from drill.level.level import Level
from drill.model.units import clock_text, duration_text
from drill.score.debrief import Debrief
from drill.score.deeds import Deed, helped
from drill.score.effects import felt_text, shed_text
from drill.score.page import Code, Grid, Items, Page, Section, Text, para
from drill.score.story import Key, Story, changing, charts, span_text, story

ROWS = 14  # of the timeline: the page has one side
SLOW = 60_000  # ms between impact and notice, or notice and action, from which it is worth a question
QUESTIONS = 3


class HotWash(msgspec.Struct, frozen=True, kw_only=True):
    """The page as data."""

    level: str
    title: str
    seed: int
    won: bool
    points: int
    headline: str
    figures: tuple[tuple[str, str, str], ...]  # objective, actual, target
    story: Story
    timeline: tuple[Key, ...]  # the moments that count, at most ROWS
    questions: tuple[str, ...]


def hot_wash(level: Level, history: History, told: Debrief) -> HotWash:
    """Return the hot wash of a finished run."""
    what = story(level, history, told)
    return HotWash(
        level=told.level, title=told.title, seed=told.seed, won=told.won, points=told.points,
        headline=told.headline.replace("`", ""),
        figures=tuple((row.label, row.actual_text, row.target_text) for row in told.rows),
        story=what, timeline=tuple(key_moments(what)), questions=tuple(questions(what, told)),
    )  # fmt: skip


def questions(what: Story, told: Debrief) -> list[str]:
    """Return the three questions that weigh most: (weight, question), the heaviest first."""
    found = sorted(_asked(what, told), key=lambda pair: -pair[0])
    return [text for _, text in found[:QUESTIONS]]


def _asked(what: Story, told: Debrief) -> Iterator[tuple[float, str]]:
    yield from _slow(what)
    yield from _vain(what, told)
    yield from _said(what, told)
    for row in told.rows:
        if not row.met:
            missed = f"{row.label} came to {row.actual_text}, past {row.target_text}"
            yield 3.0 if row.must else 2.0, f"{missed}. What in the situation took most of it?"
    if told.by_hand and any(order.what == "hint" for order in told.by_hand):
        yield 1.5, "A hint was given. What would have had to be visible to do without it?"
    yield 0.3, "What had to be guessed, because it could not be found out in time?"
    yield 0.2, "Who waited for whom, and for what? What would have let both go on?"
    yield 0.1, "Which row of the timeline would surprise somebody who was not there?"


def _slow(what: Story) -> Iterator[tuple[float, str]]:
    if what.impact < 0:
        return
    if what.noticed < 0:
        yield 5.0, f"Users were hurt from T+{clock_text(what.impact)} on, and nothing said so. What could have told?"
        return
    if what.noticed - what.impact >= SLOW // 2:
        gap = span_text(what.impact, what.noticed)
        yield (
            2.0 + (what.noticed - what.impact) / SLOW,
            f"Users were hurt at T+{clock_text(what.impact)}, and the first sign came {gap} later. "
            "What made it hard to see sooner?",
        )
    if what.acted < 0 and not what.prepared:
        yield 4.0, f"It was seen at T+{clock_text(what.noticed)}, and nothing was changed. What made it hard to decide?"
    elif what.acted - what.noticed >= SLOW and not what.prepared:
        gap = span_text(what.noticed, what.acted)
        yield (
            2.0 + (what.acted - what.noticed) / SLOW,
            f"Between the first sign at T+{clock_text(what.noticed)} and the first change lay {gap}. "
            "What made it hard to decide?",
        )


def _vain(what: Story, told: Debrief) -> Iterator[tuple[float, str]]:
    tried = [deed for deed in changing(told) if deed.effect is not None and not deed.error]
    worst = min(told.harmful, key=_weight, default=None)
    if worst is not None and worst.effect is not None:
        yield (
            3.2,
            f"{worst.name} at T+{clock_text(worst.at)} {felt_text(worst.effect, worst.before)}. "
            "What made it look like the thing to do, and what did it take to see what it did?",
        )
    during = [deed for deed in tried if 0 <= what.impact <= deed.at and (deed.before or 1.0) < what.floor]
    vain = [deed for deed in during if not (_harmed(deed) or _earned(deed, told) or _one_of(deed, tried))]
    if vain:
        yield (
            2.5 + 0.2 * len(vain),
            f"{vain[0].name} at T+{clock_text(vain[0].at)} made no difference that users felt. "
            "What made it look like the thing to do, and what did it take to see what it did?",
        )
    for shed in told.sheds:
        if shed.open:
            yield 3.4, f"{shed_text(shed)}. What would have shown that it was still on?"
    failed = [deed for deed in told.actions if deed.error]
    if failed:
        times = "One command was" if len(failed) == 1 else f"{len(failed)} commands were"
        yield (
            1.8 + 0.2 * len(failed),
            f"{times} refused, the first at T+{clock_text(failed[0].at)} "
            f"({failed[0].code or failed[0].error}). What made it hard to know what was allowed?",
        )


def _weight(deed: Deed) -> tuple[bool, float]:
    return (not deed.effect.won, deed.effect.more) if deed.effect is not None else (True, 0.0)


def _one_of(deed: Deed, tried: list[Deed]) -> bool:
    """Tell whether a command helped, or was one of several alike, given together, of which one did."""
    return any(helped(one) and one.name == deed.name and abs(one.at - deed.at) < SLOW for one in tried)


def _harmed(deed: Deed) -> bool:
    return deed.effect is not None and deed.effect.bad


def _earned(deed: Deed, told: Debrief) -> bool:
    """Tell whether a command was worth points, whatever users felt of it: less was lost, or spent."""
    return deed.effect is not None and (deed.effect.points < told.points or bool(deed.effect.rows))


def _said(what: Story, told: Debrief) -> Iterator[tuple[float, str]]:
    wrong = next((claim for claim in told.claims if not claim.right), None)
    if wrong is not None:
        yield 2.8, f"At T+{clock_text(wrong.at)} a post {wrong.verdict}. What made it hard to know that then?"
    start, end = what.silence
    allowed = what.cadence if what.cadence > 0 else 5 * SLOW
    if end - start > allowed:
        yield (
            2.2,
            f"For {duration_text((end - start) // 1000 * 1000)} from T+{clock_text(start)} on, users heard nothing. "
            "What made it hard to say something?",
        )
    if what.impact >= 0 and what.declared < 0:
        yield 1.9, "No incident was declared. What made it hard to tell that this was one?"


def key_moments(what: Story) -> list[Key]:
    """Return the moments that fit on the page: those that broke, showed, changed or said something first."""
    if len(what.keys) <= ROWS:
        return list(what.keys)
    weight = {"by hand": 0, "true": 1, "said": 2, "done": 3, "known": 4}
    seen: dict[str, int] = {}
    ranked: list[tuple[int, int, Key]] = []
    for n, key in enumerate(what.keys):
        seen[key.lane] = seen.get(key.lane, 0) + 1
        ranked.append((seen[key.lane] * 10 + weight[key.lane], n, key))
    kept = sorted(sorted(ranked, key=lambda row: row[0])[:ROWS], key=lambda row: row[1])
    return [key for _, _, key in kept]


def hot_wash_page(told: HotWash) -> Page:
    """Return the page."""
    served, lanes = charts(told.story)
    word = "won" if told.won else "lost"
    rows: tuple[tuple[Text, ...], ...] = tuple(
        (clock_text(key.at), key.lane, Code(key.text) if key.lane in ("done", "said") else key.text)
        for key in told.timeline
    )
    return Page(
        title=f"Hot wash: {told.title}",
        lead=(para(f"{word}, {told.points} points; level {told.level}, seed {told.seed}."), para(told.headline)),
        sections=(
            Section("What users got", (served, lanes)),
            Section("Timeline", (Grid(("at", "", "what"), rows),) if rows else ()),
            Section("Objectives", (Grid(("objective", "came to", "target"), told.figures),)),
            Section("Three questions", (Items(told.questions, numbered=True),)),
        ),
        sheet=True,
    )  # fmt: skip
