"""Header: what is played, the clock, what users feel, what it costs, and every objective with what is left of it."""

from __future__ import annotations

from typing import NamedTuple

from textual.reactive import reactive

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import GLYPHS, INKS, STRONG_INKS, Ink, Paper
from drill.tui.canvas.text import clip, clock, number, sparkline, width_of
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import NOT_TOLD, Frame, Gauge, State

Runs = list[tuple[str, Ink]]


class Header(CanvasWidget):
    """Two lines or three. ``speed`` and ``paused`` belong to the front end, not to the Frame."""

    DEFAULT_CSS = """
    Header { height: 2; width: 1fr; }
    """
    PAPER = Paper.BAND

    speed: reactive[float] = reactive(1.0, repaint=False)
    paused: reactive[bool] = reactive(False, repaint=False)

    def watch_speed(self) -> None:
        """Show the new speed."""
        self.redraw()

    def watch_paused(self) -> None:
        """Show whether time stands."""
        self.redraw()

    def lines_for(self, frame: Frame, width: int) -> int:
        """Two lines; a third where the objectives have no room beside each other for their targets."""
        form = _longest(list(frame.gauges), width - 2)
        return 2 if form is not None and form.of else 3

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw both lines."""
        paint_header(canvas, frame, self.speed, self.paused)


def paint_header(canvas: Canvas, frame: Frame, speed: float = 1.0, paused: bool = False) -> None:
    """Draw the header on ``canvas``: its first line spread out, below it the objectives in even columns."""
    items = _items(frame, speed, paused)
    forms = _choose(items, canvas.width - 2)
    shown = [runs for runs in forms if runs]
    room = canvas.width - 2 - sum(_length(runs) for runs in shown)
    gaps = max(1, len(shown) - 1)
    x = 1
    for i, runs in enumerate(shown):
        x = canvas.put_runs(x, 0, runs, canvas.width)
        x += max(1, room // gaps + (1 if i >= gaps - room % gaps else 0)) if i < gaps else 0
    if canvas.height > 2:
        half = (len(frame.gauges) + 1) // 2
        _gauges(canvas, 1, frame.gauges[:half])
        _gauges(canvas, 2, frame.gauges[half:])
    elif canvas.height > 1:
        _gauges(canvas, 1, frame.gauges)


def _length(runs: Runs) -> int:
    return sum(width_of(text) for text, _ in runs)


def _choose(items: list[tuple[int, list[Runs]]], width: int) -> list[Runs]:
    """Return a form for every item: the longest that fit together, giving way in order of their rank."""
    level = [0] * len(items)
    while True:
        forms = [found[at] for (_, found), at in zip(items, level, strict=True)]
        shown = [runs for runs in forms if runs]
        if sum(_length(runs) for runs in shown) + 2 * (len(shown) - 1) <= width:
            return forms
        weak = [i for i, (_, found) in enumerate(items) if level[i] < len(found) - 1]
        if not weak:
            return forms
        level[min(weak, key=lambda i: (items[i][0] + 3 * level[i], i))] += 1


def _items(frame: Frame, speed: float, paused: bool) -> list[tuple[int, list[Runs]]]:
    """Return the pieces of the first line: their rank (low ones give way first) and forms, longest first."""
    users = frame.users
    ink = STRONG_INKS[users.state] if users.state != "ok" else Ink.STRONG
    mark = "" if users.state == "ok" else GLYPHS[users.state] + " "
    share = "no data" if users.success is None else f"{users.success * 100:.1f} %"
    pace: tuple[str, Ink] = ("‖ paused", Ink.WARN_STRONG) if paused else (f"▶ {speed:g}×", Ink.OK)
    if frame.over:
        pace = ("■ over", Ink.STRONG)
    time = ("T+" + clock(frame.now), Ink.STRONG)
    slow: State = "warn" if users.p95 is not None and users.p95 >= 1000 else "ok"
    p95 = "–" if users.p95 is None else number(users.p95) + " ms"
    late: Runs = [("p95 ", Ink.MUTED), (f"{p95:<8}", STRONG_INKS[slow] if slow != "ok" else Ink.TEXT)]
    hourly = f"${frame.hourly:,.2f}/h"

    def spark(width: int) -> Runs:
        # As wide from the start as it gets: what stands beside it must not give way as the drill goes on.
        text = sparkline(users.history, width, 1.0, _floor(users.history)).rjust(width)
        return [(text, INKS[users.state] if users.state != "ok" else Ink.QUIET)] if users.history else []

    turned = {card.component: card.sheds for card in frame.cards if card.sheds}
    sheds = next(iter(turned.values()), "") + (f" +{len(turned) - 1}" if len(turned) > 1 else "")
    seed = "" if frame.seed == NOT_TOLD else f"seed {frame.seed}"
    whose = f"{frame.operator} · " if frame.operator and seed else frame.operator
    who = [(part, Ink.MUTED) for part in (whose, seed) if part]
    if not frame.saving:
        who = [("▲ not saving", Ink.WARN_STRONG)]
    return [
        (9, [[(frame.title, Ink.STRONG)], [(clip(frame.title, 18), Ink.STRONG)]]),
        (3, [[(frame.tier, Ink.MUTED)], []]),
        (2, [[(frame.phase, Ink.MUTED)], []]),
        (8, [[time, (" ", Ink.TEXT), pace], [time, (" ", Ink.TEXT), (pace[0].replace(" ", ""), pace[1])]]),
        (7, [
            [("users ", Ink.MUTED), (mark, ink), (share, ink), ("" if users.success is None else " served", Ink.MUTED)],
            [("users ", Ink.MUTED), (mark, ink), (share, ink)],
            [(mark, ink), (share.strip(), ink)],
        ]),
        (8, [[(f"▲ {sheds}", Ink.WARN_STRONG)], [("▲ sheds", Ink.WARN_STRONG)]] if sheds else [[]]),
        (-5, [spark(24), spark(12), spark(6), []]),
        (6, [late, [(p95, late[1][1])], []]),
        (4, [[("spend ", Ink.MUTED), (hourly, Ink.TEXT)], [(hourly, Ink.TEXT)], []]),
        (1, [who, who[-1:], []] if frame.saving else [who]),
    ]  # fmt: skip


def _floor(history: tuple[float | None, ...]) -> float:
    """Return where the success spark starts: below the worst seen, in steps of a tenth, so that dips show."""
    low = min((v for v in history if v is not None), default=1.0)
    return max(0.0, int(low * 10 - 0.5) / 10)


def _gauges(canvas: Canvas, y: int, gauges: tuple[Gauge, ...]) -> None:
    """Draw the objectives side by side, all in the longest form that fits, each with a bar of what is left."""
    width, shown = canvas.width - 2, list(gauges)
    while shown:
        note = f"+{len(gauges) - len(shown)} more" if len(shown) < len(gauges) else ""
        room = width - (len(note) + 3 if note else 0)
        form = _longest(shown, room)
        if form is not None:
            runs = [_gauge(gauge, form) for gauge in shown]
            _spread(canvas, y, runs, shown, form, room - _least(runs, form))
            canvas.put_right(canvas.width - 1, y, note, Ink.MUTED)
            return
        shown.pop()


def _longest(gauges: list[Gauge], room: int) -> _Form | None:
    """Return the longest form in which all of ``gauges`` fit into ``room`` cells, or None."""
    return next((form for form in _FORMS if _least([_gauge(g, form) for g in gauges], form) <= room), None)


def _least(runs: list[Runs], form: _Form) -> int:
    """Return how many cells objectives take at least."""
    return sum(_length(found) + form.bar + bool(form.bar) for found in runs) + form.gap * (len(runs) - 1)


class _Form(NamedTuple):
    """How much of an objective is written out."""

    label: int  # letters of its name
    of: str  # what stands before the target ("": no target)
    bar: int  # the least length of its bar
    gap: int = 3  # the least distance to the next


_FORMS = (
    _Form(40, " of ", 10),
    _Form(40, " of ", 6),
    _Form(5, " of ", 5),
    _Form(5, " of ", 3),
    _Form(5, "/", 3),
    _Form(5, "/", 0),
    _Form(5, "/", 0, 2),
    _Form(5, "", 0, 2),
)


def _spread(canvas: Canvas, y: int, found: list[Runs], gauges: list[Gauge], form: _Form, spare: int) -> None:
    """Write the objectives with their bars, what is left of the line shared out among bars and gaps."""
    longer = min(14 - form.bar, spare // len(gauges)) if form.bar else 0
    gap = form.gap + ((spare - longer * len(gauges)) // (len(gauges) - 1) if len(gauges) > 1 else 0)
    x = 1
    for gauge, runs in zip(gauges, found, strict=True):
        x = canvas.put_runs(x, y, runs, canvas.width)
        if form.bar:
            ink = INKS[gauge.state] if gauge.state != "ok" else Ink.QUIET
            canvas.gauge(x + 1, y, form.bar + longer, gauge.left, ink)
            x += 1 + form.bar + longer
        x += min(gap, 12)


def _gauge(gauge: Gauge, form: _Form) -> Runs:
    """Return an objective in words: its name, where it stands, its target."""
    actual, unit = gauge.actual, gauge.target.rpartition(" ")[2]
    if form.of and unit != gauge.target and actual.endswith(f" {unit}"):
        actual = actual[: -len(unit) - 1]  # "97.4 of 97.0 %", not "97.4 % of 97.0 %"
    calm = gauge.state == "ok"
    ink = Ink.STRONG if calm else STRONG_INKS[gauge.state]
    name = ("" if calm else f"{GLYPHS[gauge.state]} ") + gauge.label.upper()[: form.label].rstrip()
    target = f"{form.of}{gauge.target}" if form.of else ""
    return [(f"{name} ", Ink.MUTED if calm else ink), (actual, ink), (target, Ink.MUTED)]
