"""What the debrief says, section by section, as styled text. Pure: a Debrief in, Content out."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from textual.content import Content

from drill.desk import Filed
from drill.model.units import clock_text, duration_text
from drill.score.debrief import Debrief, Deed
from drill.score.figures import figure_text
from drill.score.lessons import call_of, changes
from drill.tui.screens.base import DIM

HEAD = "bold $primary"


def title_text(told: Debrief, filed: Filed, plain: bool = False) -> Content:
    """Return the first lines: won or lost, points, stars, the personal best, and where the run is kept."""
    full, empty = ("*", "-") if plain else ("★", "☆")
    parts: list[Any] = [
        (" WON " if told.won else " LOST ", "bold reverse " + ("$success" if told.won else "$error")),
        "  ",
        (f"{told.points} points", "bold"),
        "  ",
        (full * told.stars + empty * (3 - told.stars), "$warning"),
        (f"   {told.title} · seed {told.seed}", DIM),
    ]
    if told.best is None:
        parts.append(("   first run of this level", DIM))
    elif told.points > told.best:
        parts.append((f"   new personal best, {told.points - told.best} over {told.best}", "bold $success"))
    else:
        parts.append((f"   personal best {told.best}", DIM))
    parts += ["\n\n", told.headline.replace("`", "")]
    if told.says:
        parts += ["\n", told.says.strip()]
    if filed.problem:
        parts += ["\n", (f"This run is not in the scores: {filed.problem}", "$warning")]
    elif filed.id:
        parts += ["\n", (f"Saved. `drill report {filed.id[:8]}` prints this page.", DIM)]
    return Content.assemble(*parts)


def objectives_text(told: Debrief, wide: int, plain: bool = False) -> Content:
    """Return points per objective with par, target and actual, and what kept the next star away."""
    name = max(len(row.label) for row in told.rows) + 2
    bar = 20 if wide >= 96 else 10
    parts: list[Any] = [
        (f"\n{'Objective':<{name}}", HEAD),
        (f"{'actual':>12}{'par':>12}{'target':>12}   points\n", DIM),
    ]
    block, rest = ("#", ".") if plain else ("█", "░")
    for row in told.rows:
        color = "$success" if row.share >= 1 else "$warning" if row.met else "$error"
        filled = round(bar * row.share)
        word = "at par" if row.share >= 1 else "met" if row.met else "missed"
        parts += [
            (f"{row.label:<{name}}", "bold"),
            (f"{row.actual_text:>12}", color),
            f"{row.par_text:>12}{row.target_text:>12}   ",
            (block * filled, color),
            (rest * (bar - filled), DIM),
            f" {row.points:>4.0f} of {row.worth:.0f}  ",
            (word + (", needed to win" if row.must and wide >= 96 else ""), color),
            "\n",
        ]
    if told.hints:
        parts += [(f"{'Hints':<{name}}", "bold"), f"{'':>36}   {'':>{bar}} {-told.hints:>4}\n"]
    if told.next_star:
        parts += ["\n", told.next_star]
    return Content.assemble(*parts)


def compared_text(told: Debrief, reference: int | None) -> Content:
    """Return what the reference solution would have scored, "" while that is not known."""
    if reference is None:
        return Content("")
    gap = reference - told.points
    than = f"{gap} more than this run" if gap > 0 else f"{-gap} fewer than this run" if gap < 0 else "as this run did"
    return Content(f"On this seed the reference solution scores {reference} points, {than}.")


def chain_text(told: Debrief) -> Content:
    """Return the chain of causes."""
    if not told.chain:
        return Content("")
    parts: list[Any] = [("\nWhat led to what\n", HEAD)]
    for cause in told.chain:
        when = f"{clock_text(cause.at):>6}  " if cause.at >= 0 else "        "
        parts += [(when, DIM), cause.text.strip(), "\n"]
    return Content.assemble(*parts).rstrip()


def lesson_text(told: Debrief) -> Content:
    """Return the wrong lesson whose actions were played, if one was."""
    if told.lesson is None:
        return Content("")
    return Content.assemble(
        ("\nThe actions came closest to: ", HEAD), (told.lesson.name, "bold"), "\n", told.lesson.why.strip()
    )


def actions_text(told: Debrief, wide: int) -> Content:
    """Return each action, what became of it, and what users got before and after."""
    if not told.actions:
        return Content("\nNo command was given.")
    parts: list[Any] = [("\nWhat each action did", HEAD), ("   answered well, 20 s before and after\n", DIM)]
    for deed in told.actions:
        parts += [
            (f"{clock_text(deed.at):>6}  ", DIM),
            (deed.line, "bold" if deed.state == "done" else ""),
            "\n        ",
            *outcome(deed),
            "\n",
        ]
    return Content.assemble(*parts).rstrip()


def outcome(deed: Deed) -> list[Any]:
    """Return what became of one action."""
    parts: list[Any] = []
    if deed.error:
        parts.append((deed.error, "$warning"))
    elif deed.done >= deed.at:
        parts.append((f"done in {duration_text(max(1000, deed.done - deed.at))}", DIM))
    else:
        parts.append((f"{deed.state} when the drill ended", DIM))
    if changes(call_of(deed.line)) and deed.before is not None and deed.after is not None:
        shares = [figure_text("availability", 1 - share) for share in (deed.before, deed.after)]
        gain = deed.after - deed.before
        color = "$success" if gain > 0.005 else "$error" if gain < -0.005 else DIM
        parts += ["   users ", (" → ".join(shares), color)]
    if deed.known:
        parts.append((f"   known then: {deed.known[-1]}", DIM))
    return parts


def timeline_text(told: Debrief, wide: int) -> Content:
    """Return the timeline in columns: what was true beside what was known and what was done."""
    if not told.timeline:
        return Content("")
    column = max(16, (wide - 8 - 4) // 3)
    parts: list[Any] = [
        ("\nTimeline\n", HEAD),
        (f"{'':8}{'was true':<{column + 2}}{'was known':<{column + 2}}was done\n", DIM),
    ]
    for moment in told.timeline:
        cells = [wrap(text, column) or [""] for text in (moment.true, moment.known, moment.action)]
        for n in range(max(len(cell) for cell in cells)):
            when = clock_text(moment.at) if n == 0 else ""
            row = [cell[n] if n < len(cell) else "" for cell in cells]
            parts += [
                (f"{when:>6}  ", DIM),
                (f"{row[0]:<{column + 2}}", "$error"),
                (f"{row[1]:<{column + 2}}", ""),
                (row[2], "$primary"),
                "\n",
            ]
    return Content.assemble(*parts).rstrip()


def concept_text(told: Debrief) -> Content:
    """Return the idea behind the level with its source, where it has happened, and what to think about."""
    parts: list[Any] = []
    rows = (("The idea", told.concept), ("It has happened", told.history), ("To think about", told.question))
    for heading, text in rows:
        if text:
            parts += [(f"\n{heading}\n", HEAD), text.strip(), "\n"]
            if heading == "The idea" and told.source:
                parts += [(f"Source: {told.source}\n", DIM)]
    if told.what_if:
        parts += [("\nWhat if\n", HEAD), *[f"- {text.strip()}\n" for text in told.what_if]]
    return Content.assemble(*parts).rstrip()
