"""Header: what is played, the clock, what users feel, what it costs, and every objective with what is left of it."""

from __future__ import annotations

from textual.reactive import reactive

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import GLYPHS, INKS, STRONG_INKS, Ink, Paper
from drill.tui.canvas.text import clock, number, sparkline, width_of
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import Frame, Gauge, State

Runs = list[tuple[str, Ink]]


class Header(CanvasWidget):
    """Two lines. ``speed`` and ``paused`` belong to the front end, not to the Frame."""

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
        """Two lines at any width."""
        return 2

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw both lines."""
        paint_header(canvas, frame, self.speed, self.paused)


def paint_header(canvas: Canvas, frame: Frame, speed: float = 1.0, paused: bool = False) -> None:
    """Draw the header on ``canvas``: its first line spread out, its second in even columns."""
    items = _items(frame, speed, paused)
    forms = _choose(items, canvas.width - 2)
    shown = [runs for runs in forms if runs]
    room = canvas.width - 2 - sum(_length(runs) for runs in shown)
    gaps = max(1, len(shown) - 1)
    x = 1
    for i, runs in enumerate(shown):
        x = canvas.put_runs(x, 0, runs, canvas.width)
        x += max(1, room // gaps + (1 if i >= gaps - room % gaps else 0)) if i < gaps else 0
    if canvas.height > 1:
        _gauges(canvas, frame.gauges)


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
    share = "no data" if users.success is None else f"{users.success * 100:5.1f} %"
    pace: tuple[str, Ink] = ("‖ paused", Ink.WARN_STRONG) if paused else (f"▶ {speed:g}×", Ink.OK)
    if frame.over:
        pace = ("■ over", Ink.STRONG)
    time = ("T+" + clock(frame.now), Ink.STRONG)
    slow: State = "warn" if users.p95 is not None and users.p95 >= 1000 else "ok"
    p95 = "–" if users.p95 is None else number(users.p95) + " ms"
    late: Runs = [("p95 ", Ink.MUTED), (f"{p95:>8}", STRONG_INKS[slow] if slow != "ok" else Ink.TEXT)]
    hourly = f"${frame.hourly:,.2f}/h"

    def spark(width: int) -> Runs:
        text = sparkline(users.history, width, 1.0, _floor(users.history))
        return [(text, INKS[users.state])] if text else []

    who = [(f"{frame.operator} · " if frame.operator else "", Ink.MUTED), (f"seed {frame.seed}", Ink.MUTED)]
    if not frame.saving:
        who = [("▲ not saving", Ink.WARN_STRONG)]
    return [
        (9, [[(frame.title, Ink.STRONG)], [(frame.title[:18], Ink.STRONG)]]),
        (0, [[(frame.tier, Ink.MUTED)], []]),
        (1, [[(frame.phase, Ink.MUTED)], []]),
        (8, [[time, (" ", Ink.TEXT), pace], [time, (" ", Ink.TEXT), (pace[0].replace(" ", ""), pace[1])]]),
        (7, [
            [("users ", Ink.MUTED), (mark, ink), (share, ink), (" served", Ink.MUTED)],
            [("users ", Ink.MUTED), (mark, ink), (share, ink)],
            [(mark, ink), (share.strip(), ink)],
        ]),
        (4, [spark(24), spark(12), spark(6), []]),
        (6, [late, [(p95, late[1][1])]]),
        (3, [[("spend ", Ink.MUTED), (hourly, Ink.TEXT)], [(hourly, Ink.TEXT)], []]),
        (2, [who, who[-1:], []] if frame.saving else [who]),
    ]  # fmt: skip


def _floor(history: tuple[float | None, ...]) -> float:
    """Return where the success spark starts: below the worst seen, in steps of a tenth, so that dips show."""
    low = min((v for v in history if v is not None), default=1.0)
    return max(0.0, int(low * 10 - 0.5) / 10)


def _gauges(canvas: Canvas, gauges: tuple[Gauge, ...]) -> None:
    """Draw the objectives side by side in even columns, each with a bar of what is left."""
    if not gauges:
        return
    width = canvas.width - 2
    fit = max(1, (width + 2) // 19)
    shown = gauges if len(gauges) <= fit else gauges[: fit - 1] if fit > 1 else gauges[:1]
    hidden = gauges[len(shown) :]
    note = f"+{len(hidden)} more" if hidden else ""
    column = (width - (width_of(note) + 2 if note else 0)) // len(shown)
    for i, gauge in enumerate(shown):
        _gauge(canvas, 1 + i * column, column - 2, gauge)
    if note:
        canvas.put_right(canvas.width - 1, 1, note, Ink.MUTED)


def _gauge(canvas: Canvas, x: int, width: int, gauge: Gauge) -> None:
    number_of, unit = gauge.actual, gauge.target.rpartition(" ")[2]
    if unit and gauge.target != unit and number_of.endswith(" " + unit):
        number_of = number_of[: -len(unit) - 1]
    calm = gauge.state == "ok"
    mark = "" if calm else GLYPHS[gauge.state] + " "
    forms = [
        (f"{mark}{gauge.label.upper()} ", number_of, f" of {gauge.target}", 10),
        (f"{mark}{gauge.label.upper()} ", number_of, f" of {gauge.target}", 5),
        (f"{mark}{gauge.label.upper()[:5]} ", number_of, f" of {gauge.target}", 4),
        (f"{mark}{gauge.label.upper()[:5]} ", number_of, f"/{gauge.target}", 3),
        (f"{mark}{gauge.label.upper()[:5]} ", number_of, f"/{gauge.target}", 0),
        (f"{mark}{gauge.label.upper()[:5]} ", number_of, "", 0),
    ]
    name, actual, target, least = next(
        (f for f in forms if sum(map(width_of, f[:3])) + f[3] + (1 if f[3] else 0) <= width), forms[-1]
    )
    ink = Ink.STRONG if calm else STRONG_INKS[gauge.state]
    runs: Runs = [(name, Ink.MUTED if calm else ink), (actual, ink), (target, Ink.MUTED)]
    end = canvas.put_runs(x, 1, runs, x + width)
    if least:
        canvas.gauge(end + 1, 1, min(12, x + width - end - 1), gauge.left, INKS[gauge.state])
