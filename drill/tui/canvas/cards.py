"""Cards: how one component is drawn, in four lines, in one, as a band across its Region, as an entry at the top."""

from __future__ import annotations

from typing import NamedTuple

from drill.tui.canvas.canvas import Canvas, Rect
from drill.tui.canvas.ink import GLYPHS, INKS, STRONG_INKS, Ink, Paper, word_of
from drill.tui.canvas.text import age, clip_name, percent, rate, short_span, sparkline, width_of
from drill.view.frame import FULL, HOT, Card

Runs = list[tuple[str, Ink]]


class View(NamedTuple):
    """How the map is looked at just now. ``fresh``: what changed a moment ago; ``found``: what a search matches;
    ``loads``: how each card's load went."""

    now: int
    selected: str = ""
    fresh: frozenset[str] = frozenset()
    found: frozenset[str] = frozenset()
    ascii: bool = False
    loads: dict[str, list[float | None]] = {}


def put_fitting(canvas: Canvas, x: int, y: int, runs: Runs, right: int, apart: int = 2) -> int:
    """Write those of ``runs`` that fit whole before ``right``; only the first may be clipped. Return the end's x."""
    for i, (text, ink) in enumerate(runs):
        start = x + (apart if i else 0)
        if i == 0 or start + width_of(text) <= right:
            x = canvas.put(start, y, text, ink, width=right - start)
    return x


def load_ink(card: Card) -> Ink:
    """Return the ink of a load: it asks for a look when it is hot, for a decision when there is no more."""
    if card.state in ("off", "unknown") or card.load is None:
        return Ink.OFF
    return Ink.BAD if card.load >= FULL else Ink.WARN if card.load >= HOT else Ink.CALM


def details(card: Card) -> Runs:
    """Return what else is known, most urgent first: what it turns away, work on its way, failures, age, facts."""
    out: Runs = [(card.sheds, Ink.WARN_STRONG)] if card.sheds else []
    if card.progress is not None:
        what, _, left = card.progress
        out.append((f"{what} {short_span(left)}" if left > 0 else what, Ink.BUSY))
    if card.failed is not None and card.failed >= 0.05:
        out.append((f"{rate(card.failed)} failed", Ink.BAD))
    if card.seen is not None:
        out.append((f"seen {age(card.seen)} ago", Ink.OFF))
    out += [(line, Ink.MUTED) for line in card.lines]
    if card.load is not None and card.rate is not None and card.zone:
        out.append((rate(card.rate), Ink.MUTED))
    return out


def paint_card(canvas: Canvas, card: Card, rect: Rect, view: View) -> None:
    """Draw a component in as many lines as ``rect`` has: title, standing, load bar, how the load went, details."""
    _mark(canvas, card, rect, view)
    if rect.h == 1:
        _one_line(canvas, card, rect, view)
        return
    _title(canvas, card, rect, view, rect.right - 2)
    _sign(canvas, card, rect.right - 1, rect.y, view)
    more = details(card)
    _standing(canvas, card, rect, more)
    y = rect.y + 2
    told = bool(more) and (more[0][1] is not Ink.MUTED or (bool(card.lines) and load_ink(card) is Ink.CALM))
    if rect.h > 3 or (rect.h == 3 and not told):
        y = _bars(canvas, card, rect, y, view)
    for text, ink in more[: max(0, rect.bottom - y)]:
        canvas.put(rect.x, y, text, ink, width=rect.w)
        y += 1


def _standing(canvas: Canvas, card: Card, rect: Rect, more: Runs) -> None:
    """The second line: state in words at the left, load (or rate) at the right; if only one fits, what is worse."""
    ink = Ink.TEXT if card.state == "ok" else INKS[card.state]
    load = "" if card.load is None else percent(card.load).replace(" ", "")
    word = _words(card, rect.w - (width_of(load) + 1 if load else 0))
    if rect.h == 2 and (card.sheds or (card.progress is not None and card.state not in ("bad", "warn"))):
        word, ink = more[0]
    side, side_ink = (load, load_ink(card)) if load else ("" if card.rate is None else rate(card.rate), Ink.MUTED)
    if width_of(word) + 1 + width_of(side) <= rect.w:
        canvas.put_right(rect.right, rect.y + 1, side, side_ink)
    elif load and load_ink(card) is not Ink.CALM:
        word, ink = load, load_ink(card)
    canvas.put(rect.x, rect.y + 1, word, ink, width=rect.w)


def _words(card: Card, room: int) -> str:
    """Return a card's word and its role (primary, replica), as far as both fit: the role alone while all is well."""
    word = word_of(card.state, card.word)
    if not card.role or card.role == card.word:
        phrase = word_of(card.state, card.phrase)
        return phrase if width_of(phrase) <= room else word
    both = f"{card.role} · {word}"
    return both if width_of(both) <= room else card.role if card.state == "ok" else word


def _bars(canvas: Canvas, card: Card, rect: Rect, y: int, view: View) -> int:
    """Draw the load and how it went, or how far something is. Return the line below."""
    if card.load is not None:
        canvas.bar(rect.x, y, rect.w, 0.0 if card.state in ("off", "unknown") else card.load, load_ink(card))
        if rect.h > 4:
            went = sparkline(view.loads.get(card.id, ()), rect.w, 1.25)
            canvas.put(rect.x, y + 1, went.rjust(rect.w), Ink.QUIET)
            return y + 2
        return y + 1
    if card.progress is not None and card.progress[1] is not None:
        canvas.bar(rect.x, y, rect.w, card.progress[1], Ink.BUSY)
        return y + 1
    return y


def _mark(canvas: Canvas, card: Card, rect: Rect, view: View) -> None:
    """Show that the card is selected, or that a search found it."""
    if card.id == view.selected:
        canvas.fill(Rect(rect.x - 1, rect.y, rect.w + 2, rect.h), Paper.PICK)
        canvas.column(rect.x - 1, rect.y, rect.bottom, "▌", Ink.OK_STRONG)
    elif card.id in view.found:
        canvas.put(rect.x - 1, rect.y, "▸", Ink.WARN_STRONG)


def _title(canvas: Canvas, card: Card, rect: Rect, view: View, right: int) -> int:
    known = card.state not in ("off", "unknown")
    x = rect.x
    if width_of(card.title) + 2 <= right - x or right - x >= 12:  # in little room the name says more than the kind
        glyph = card.ascii if view.ascii else card.glyph
        x = canvas.put(x, rect.y, glyph, INKS[card.state] if card.state != "ok" else Ink.MUTED, width=1) + 1
    paper = Paper.FOUND if card.id in view.found else None
    return canvas.put(x, rect.y, clip_name(card.title, right - x), Ink.STRONG if known else Ink.OFF, paper)


def _sign(canvas: Canvas, card: Card, x: int, y: int, view: View) -> None:
    paper = Paper.FLASH if card.id in view.fresh else None
    canvas.put(x, y, GLYPHS[card.state], STRONG_INKS[card.state] if card.state != "ok" else Ink.QUIET, paper)


def _one_line(canvas: Canvas, card: Card, rect: Rect, view: View) -> None:
    """``▣ web-1    running ●``: the word only where it fits whole, the sign always."""
    word = card.sheds or word_of(card.state, card.word)
    if card.load is not None and rect.w < 24 and not card.sheds:
        word = percent(card.load).replace(" ", "")
    title = 2 + width_of(card.title)
    fits = rect.w >= title + width_of(word) + 3
    _title(canvas, card, rect, view, rect.right - 2)
    if fits:
        ink = load_ink(card) if card.load is not None and rect.w < 24 and not card.sheds else INKS[card.state]
        canvas.put_right(rect.right - 2, rect.y, word, Ink.MUTED if card.state == "ok" and ink is Ink.CALM else ink)
    _sign(canvas, card, rect.right - 1, rect.y, view)


# ---- what is not in a zone ------------------------------------------------------------------------------------------


def facts(card: Card, view: View) -> Runs:
    """Return a regional or global component's figures in one line, most urgent first."""
    out: Runs = []
    if card.failed is not None and card.failed >= 0.05:
        if card.rate is not None:
            out.append((f"{rate(card.rate)} in", Ink.TEXT))  # what has not failed may still wait: nobody calls it well
        out.append((f"{rate(card.failed)} failed", Ink.BAD_STRONG))
    elif card.rate is not None:
        out.append((rate(card.rate), Ink.TEXT))
    if card.load is not None:
        out.append((percent(card.load), load_ink(card)))
    return out + [run for run in details(card) if not run[0].endswith("failed")]


def _pressing(run: tuple[str, Ink]) -> int:
    """Rank a fact for sorting: what fails before what is turned away, both before the rest."""
    return {Ink.BAD_STRONG: 0, Ink.WARN_STRONG: 1}.get(run[1], 2)


def state_run(card: Card) -> tuple[str, Ink]:
    """Return the sign and the word of a card's state."""
    return f"{GLYPHS[card.state]} {word_of(card.state, card.word)}", INKS[card.state]


def paint_band(canvas: Canvas, card: Card, rect: Rect, view: View, boxed: bool) -> None:
    """Draw a regional component across its Region: boxed in three lines, or in one."""
    text, ink = state_run(card)
    flash = Paper.FLASH if card.id in view.fresh else None
    if not boxed or rect.h < 3:
        _mark(canvas, card, rect, view)
        x = _title(canvas, card, rect, view, rect.right)
        rest = sorted(facts(card, view), key=_pressing)
        pressing = [run for run in rest if _pressing(run) < 2]
        if x + 2 + width_of(text) + sum(2 + width_of(piece) for piece, _ in pressing) <= rect.right:
            x = canvas.put(x + 2, rect.y, text, ink, flash)
        elif x + 2 <= rect.right:  # how many targets are well says less than how many requests fail
            x = canvas.put(x + (2 if pressing else 1), rect.y, GLYPHS[card.state], ink, flash)
        for piece, run_ink in rest:
            if x + 2 + width_of(piece) <= rect.right:
                x = canvas.put(x + 2, rect.y, piece, run_ink)
        return
    edge = {"bad": Ink.BAD_LINE, "warn": Ink.WARN_LINE}.get(card.state, Ink.LINE)
    picked = card.id == view.selected
    canvas.box(rect, Ink.OK_STRONG if picked else edge)
    if picked:
        canvas.fill(Rect(rect.x + 1, rect.y + 1, rect.w - 2, rect.h - 2), Paper.PICK)
    room = Rect(rect.x + 3, rect.y, rect.w - 6, 1)
    canvas.put(rect.x + 2, rect.y, " " * min(room.w, width_of(card.title) + 4), edge)
    end = canvas.put(_title(canvas, card, room, view, room.right), rect.y, " ", edge)
    start = rect.right - 4 - width_of(text)
    rest = facts(card, view)
    if start > end + 1:
        canvas.put(start, rect.y, f" {text} ", ink)
        if flash is not None:
            canvas.put(start + 1, rect.y, text, ink, flash)
    else:
        rest = [(text, ink), *rest]
        if end < rect.right - 4:
            canvas.put(rect.right - 4, rect.y, f" {GLYPHS[card.state]} ", ink)
    if sum(width_of(run[0]) + 3 for run in rest) > rect.w - 1:  # not all of it fits: what fails comes first
        rest.sort(key=_pressing)
    put_fitting(canvas, rect.x + 2, rect.y + 1, rest, rect.right - 2, apart=3)


def paint_entry(canvas: Canvas, card: Card, rect: Rect, view: View) -> None:
    """Draw a global component in one line: name, state, then what it does."""
    _mark(canvas, card, rect, view)
    text, ink = state_run(card)
    x = _title(canvas, card, rect, view, rect.right)
    if x + 2 + width_of(text) > rect.right:
        canvas.put(min(x + 1, rect.right - 1), rect.y, GLYPHS[card.state], ink)
        return
    x = canvas.put(x + 2, rect.y, text, ink, Paper.FLASH if card.id in view.fresh else None)
    rest = [run for run in details(card) if not run[0].endswith("failed")]
    for piece, run_ink in rest:
        if x + 3 + width_of(piece) > rect.right:
            break
        x = canvas.put(canvas.put(x, rect.y, " · ", Ink.MUTED), rect.y, piece, run_ink)
