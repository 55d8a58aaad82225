"""Report: a debrief, a hot wash or an after-action report as Markdown, HTML or JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from drill.model.units import clock_text, duration_text
from drill.score.debrief import Debrief
from drill.score.deeds import Deed, effect_text, hand_text
from drill.score.model import points_text
from drill.score.page import Address, Block, Code, Grid, Items, Page, Section, Text, page_html, page_md, para

FORMATS = ("md", "html", "json")


def written(told: Any, page: Page, form: str) -> str:
    """Return a report in one of FORMATS: ``told`` is its data, ``page`` how it reads."""
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"
    return page_html(page) if form == "html" else page_md(page)


def report_json(told: Debrief) -> bytes:
    """Return the debrief as one indented JSON document."""
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


def report_md(told: Debrief) -> str:
    """Return the debrief as Markdown."""
    return page_md(debrief_page(told))


def debrief_page(told: Debrief) -> Page:
    """Return the debrief as a page."""
    lead = [para("Level ", Code(told.level), f", seed {told.seed}."), para(told.headline.replace("`", ""))]
    lead += [para(text) for text in (told.next_star,) if text]
    lesson = f"The lesson not to take: {told.lesson.name}" if told.lesson else ""
    sections = [
        Section("Objectives", (_objectives(told),)),
        _list("What led to what", [f"{_when(c.at)}{c.text}" for c in told.happened]),
        _list("By hand", [f"{_when(o.at)}{hand_text(o)}" for o in told.by_hand]),
        _grid("What was said", ("at", "by", "post", "beside the truth"), [
            (clock_text(s.at), s.author, s.text, s.verdict) for s in told.claims
        ]),
        _grid("Timeline", ("at", "what was true", "what was known", "action"), [
            (clock_text(m.at), m.true, m.known, Code(m.action)) for m in told.timeline
        ]),
        _grid("What each action did", ("at", "action", "came to", "what it did", "known then"), [
            (clock_text(d.at), Code(d.line), _outcome(d), effect_text(d, told.won, told.points), "; ".join(d.known))
            for d in told.actions
        ]),
        Section(lesson, (para(told.lesson.why),) if told.lesson else ()),
        _list("Compared", _comparison(told)),
        Section("The concept", _concept(told)),
        _list("How such a failure goes, in general", list(told.general)),
        Section("It has happened", (para(told.history),) if told.history else ()),
        Section("To think about", (para(told.question),) if told.question else ()),
        _list("What if", list(told.what_if)),
    ]  # fmt: skip
    title = f"{told.title}: {'won' if told.won else 'lost'}, {told.points} points, {told.stars} of 3 stars"
    return Page(title=title, lead=tuple(lead), sections=tuple(sections))


def _objectives(told: Debrief) -> Grid:
    rows: list[tuple[Text, ...]] = [
        (f"{row.label}{' (must)' if row.must else ''}", row.par_text, row.target_text, row.zero_text, row.actual_text,
         "met" if row.met else "missed", points_text(row))
        for row in told.rows
    ]  # fmt: skip
    if told.hints:
        rows.append(("Hints", "", "", "", "", "", f"-{told.hints}"))
    if told.cap:
        rows.append((told.cap.capitalize(), "", "", "", "", "", str(told.points)))
    return Grid(("objective", "par", "target", "zero", "actual", "", "points"), tuple(rows))


def _comparison(told: Debrief) -> list[str]:
    found = []
    if told.reference is not None:
        found.append(f"The reference solution would have scored {told.reference} points on this seed.")
    if told.best is not None:
        found.append(f"The best so far was {told.best} points.")
    return found


def _concept(told: Debrief) -> tuple[Block, ...]:
    if not told.concept:
        return ()
    return (para(told.concept), *([para("Source: ", Address(told.source))] if told.source else []))


def _outcome(deed: Deed) -> str:
    took = f" in {duration_text(max(1000, deed.done - deed.at))}" if deed.done >= deed.at else ""
    return f"{deed.state}{took}{f': {deed.error}' if deed.error else ''}"


def _when(at: int) -> str:
    return f"T+{clock_text(at)} " if at >= 0 else ""


def _list(title: str, rows: list[str]) -> Section:
    return Section(title, (Items(tuple(rows)),) if rows else ())


def _grid(title: str, head: tuple[str, ...], rows: list[tuple[Text, ...]]) -> Section:
    return Section(title, (Grid(head, tuple(rows)),) if rows else ())
