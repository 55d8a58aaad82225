"""What the debrief says, section by section, as styled text. Pure: a Debrief in, Content out."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from textual.content import Content

from drill.desk import Filed
from drill.model.units import clock_text, duration_text
from drill.score.debrief import Debrief
from drill.score.deeds import Deed, effect_text, hand_text
from drill.score.model import points_text
from drill.tui.screens.base import DIM, HEAD

NOTHING = Content("")
TIED = "\N{NO-BREAK SPACE}"  # where no line may end
TIGHT = 66  # columns below which the objectives do without par
COLUMNS_FROM = 96  # columns from which the timeline has its three beside each other


def title_text(told: Debrief, filed: Filed, wide: int, plain: bool = False) -> Content:
    """Return the first lines: won or lost, points, stars, the personal best, and where the run is kept."""
    full, empty = ("*", "-") if plain else ("★", "☆")
    parts: list[Any] = [
        (" WON " if told.won else " LOST ", "bold reverse " + ("$success" if told.won else "$error")),
        "  ",
        (f"{told.points} points", "bold"),
        "  ",
        (full * told.stars + empty * (3 - told.stars), "$warning"),
    ]
    if told.best is None:
        parts.append(("   first run of this level", DIM))
    elif told.points > told.best:
        parts.append((f"   new personal best, {told.points - told.best} over {told.best}", "bold $success"))
    else:
        parts.append((f"   personal best {told.best}", DIM))
    parts.append((f"\n{told.title} · seed {told.seed}\n\n", DIM))
    parts.append(block("", told.headline.replace("`", ""), wide))
    if filed.problem:
        parts.append((f"This run is not in the scores: {filed.problem}", "$warning"))
    elif filed.id:
        parts.append((f"Saved. `drill report {filed.id[:8]}` prints this page.", DIM))
    return Content.assemble(*parts)


def block(lead: str, text: str, wide: int) -> str:
    """Return ``text`` in lines of ``wide``, all indented as far as ``lead``, which begins the first."""
    lines = [
        line.replace(TIED, " ")
        for part in text.strip().replace(" %", f"{TIED}%").splitlines()
        for line in wrap(part, wide - len(lead), break_on_hyphens=False) or [""]
    ]
    return "".join(f"{lead if n == 0 else ' ' * len(lead)}{line}\n" for n, line in enumerate(lines))


def objectives_text(told: Debrief, wide: int, plain: bool = False) -> Content:
    """Return points per objective with par, target and actual, and what kept the next star away."""
    tight = wide < TIGHT
    cells = [("Objective", "actual", "" if tight else "par", "target", "points")]
    for r in told.rows:
        cells.append((r.label, r.actual_text, "" if tight else r.par_text, r.target_text, points_text(r)))
    if told.hints:
        cells.append(("Hints", "", "", "", f"-{told.hints}"))
    if told.cap:
        cells.append((told.cap.capitalize(), "", "", "", str(told.points)))
    name, *figures = (max(len(row[n]) for row in cells) + (1 if tight else 2) for n in range(5))
    bar = max(0, min(24, wide - name - sum(figures) - 24))
    full, rest = ("#", ".") if plain else ("█", "░")
    parts: list[Any] = ["\n"]
    for n, (label, *texts) in enumerate(cells):
        row = told.rows[n - 1] if 0 < n <= len(told.rows) else None
        color = "" if row is None else "$success" if row.share >= 1 else "$warning" if row.met else "$error"
        head = HEAD if n == 0 else "bold"
        parts.append((f"{label:<{name}}", head))
        for k, (text, width) in enumerate(zip(texts, figures, strict=True)):
            parts.append((f"{text:>{width}}", color if k == 0 else DIM if n == 0 else ""))
        if row is not None:
            filled = round(bar * row.share)
            word = "at par" if row.share >= 1 else "met" if row.met else "missed"
            parts += ["  ", (full * filled, color), (rest * (bar - filled), DIM), (f"  {word}", color)]
            parts.append((", needed" if row.must and not tight else "", DIM))
        parts.append("\n")
    if told.next_star:
        parts += ["\n", block("", told.next_star, wide).rstrip()]
    return Content.assemble(*parts)


def compared_text(told: Debrief, reference: int | None) -> Content:
    """Return what the reference solution would have scored, "" while that is not known."""
    if reference is None:
        return Content("")
    gap = reference - told.points
    than = f"{gap} more than this run" if gap > 0 else f"{-gap} fewer than this run" if gap < 0 else "as this run did"
    return Content(f"On this seed the reference solution scores {reference} points, {than}.")


def chain_text(told: Debrief, wide: int) -> Content:
    """Return the chain of causes of this run."""
    if not told.happened:
        return NOTHING
    parts: list[Any] = [("\nWhat led to what\n", HEAD)]
    parts += [block(f"{clock_text(cause.at):>6}  ", cause.text, wide) for cause in told.happened]
    return Content.assemble(*parts).rstrip()


def lesson_text(told: Debrief, wide: int) -> Content:
    """Return the wrong lesson whose actions were played, if one was."""
    if told.lesson is None:
        return NOTHING
    heading = ("\nThe actions came closest to: ", HEAD)
    return Content.assemble(heading, (told.lesson.name, "bold"), "\n", block("", told.lesson.why, wide).rstrip())


def actions_text(told: Debrief, wide: int, waiting: bool = False) -> Content:
    """Return each action, what became of it, and what it did; ``waiting``: that is still being worked out."""
    if not told.actions:
        return Content("\nNo command was given.")
    beside = "being worked out" if waiting else "beside the same run without it"
    parts: list[Any] = [("\nWhat each action did", HEAD), (f"   {beside}\n", DIM)]
    for deed in told.actions:
        parts.append((block(f"{clock_text(deed.at):>6}  ", deed.line, wide), "bold" if deed.state == "done" else ""))
        text, color = outcome(deed)
        parts.append((block(" " * 8, text, wide), color))
        if did := effect_text(deed, told.won, told.points):
            parts.append((block(" " * 8, did, wide), tone(deed)))
        if deed.known:
            parts.append((block(" " * 8, f"known then: {deed.known[-1]}", wide), DIM))
    return Content.assemble(*parts).rstrip()


def outcome(deed: Deed) -> tuple[str, str]:
    """Return what became of one action, and its color."""
    if deed.error:
        return deed.error, "$warning"
    if deed.done >= deed.at:
        return f"done in {duration_text(max(1000, deed.done - deed.at))}", DIM
    return f"{deed.state} when the drill ended", DIM


def tone(deed: Deed) -> str:
    """Return the color of what an action did."""
    found = deed.effect
    return DIM if found is None else "$success" if found.good else "$error" if found.bad else ""


def said_text(told: Debrief, wide: int) -> Content:
    """Return what status posts claimed beside what was true, and what a facilitator did by hand."""
    parts: list[Any] = []
    for heading, rows in (
        ("What was said", [(c.at, f"{c.author}: {c.text}", c.verdict, c.right) for c in told.claims]),
        ("By hand", [(o.at, hand_text(o), "", True) for o in told.by_hand]),
    ):
        parts += [(f"\n{heading}\n", HEAD)] if rows else []
        for at, text, verdict, right in rows:
            parts.append(block(f"{clock_text(at):>6}  ", text, wide))
            parts += [(block(f"{'':8}", verdict, wide), "" if right else "$warning")] if verdict else []
    return Content.assemble(*parts).rstrip() if parts else NOTHING


def timeline_text(told: Debrief, wide: int) -> Content:
    """Return the timeline: what was true beside what was known and what was done; in a narrow terminal below it."""
    if not told.timeline:
        return NOTHING
    parts: list[Any] = [("\nTimeline", HEAD)]
    if wide < COLUMNS_FROM:
        parts.append("\n")
        for moment in told.timeline:
            rows = (
                ("true   ", moment.true, "$error"),
                ("known  ", moment.known, ""),
                ("done   ", moment.action, "$primary"),
            )
            parts += [
                (block(f"{clock_text(moment.at):>6}  {word}", text, wide), color) for word, text, color in rows if text
            ]
        return Content.assemble(*parts).rstrip()
    column = (wide - 8 - 4) // 3
    parts.append((f"\n{'':8}{'was true':<{column + 2}}{'was known':<{column + 2}}was done\n", DIM))
    for moment in told.timeline:
        cells = [
            wrap(text, column, break_on_hyphens=False) or [""] for text in (moment.true, moment.known, moment.action)
        ]
        for n in range(max(len(cell) for cell in cells)):
            when = clock_text(moment.at) if n == 0 else ""
            true, known, done = (cell[n] if n < len(cell) else "" for cell in cells)
            parts += [
                (f"{when:>6}  ", DIM),
                (f"{true:<{column + 2}}", "$error"),
                f"{known:<{column + 2}}",
                (f"{done}\n", "$primary"),
            ]
    return Content.assemble(*parts).rstrip()


def concept_text(told: Debrief, wide: int) -> Content:
    """Return the idea behind the level with its source, how such failures go, and what to think about."""
    parts: list[Any] = []
    rows = (("The idea", told.concept), ("It has happened", told.history), ("To think about", told.question))
    for heading, text in rows:
        if text:
            parts += [(f"\n{heading}\n", HEAD), block("", text, wide)]
            if heading == "The idea" and told.source:
                parts += [(block("", f"Source: {told.source}", wide), DIM)]
            if heading == "The idea" and told.general:
                parts += [("\nHow such a failure goes", HEAD), ("   in general, whatever was done here\n", DIM)]
                parts += [block("- ", line, wide) for line in told.general]
    if told.what_if:
        parts += [("\nWhat if\n", HEAD), *[block("- ", text, wide) for text in told.what_if]]
    return Content.assemble(*parts).rstrip()
