"""SelectedPanel: the selected component in full: state, facts, metrics over time, and work on its way."""

from __future__ import annotations

from textual.reactive import reactive

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import GLYPHS, STRONG_INKS, Ink, word_of
from drill.tui.canvas.text import age, clip, number, percent, rate, sparkline, width_of
from drill.tui.widgets.base import CanvasWidget
from drill.tui.widgets.jobs import alike, paint_job
from drill.view.frame import Card, Frame, Job, Series

#: Units worth writing; what is counted stands in the metric's name already.
_UNITS = {
    "Percent": " %",
    "%": " %",
    "Count/Second": "/s",
    "/s": "/s",
    "Milliseconds": " ms",
    "ms": " ms",
    "Seconds": " s",
    "s": " s",
    "Bytes": " B",
}


class SelectedPanel(CanvasWidget):
    """``selected`` is a card's id; ``series`` its metrics, as the front end fetched them."""

    DEFAULT_CSS = """
    SelectedPanel { height: 9; width: 1fr; }
    """

    selected: reactive[str] = reactive("", repaint=False)
    series: reactive[tuple[Series, ...]] = reactive((), repaint=False, always_update=True)

    def watch_selected(self) -> None:
        """Show another component."""
        self.redraw()

    def watch_series(self) -> None:
        """Show newer metrics."""
        self.redraw()

    def lines_for(self, frame: Frame, width: int) -> int:
        """Heading, state, facts, one line per metric and per job, and the keys."""
        card = card_of(frame, self.selected)
        if card is None:
            return 2
        return 6 + len(card.lines[:2]) + len(self.series)

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the component."""
        paint_selected(canvas, frame, self.selected, self.series, jobs=False)


def card_of(frame: Frame | None, id: str) -> Card | None:
    """Return the card with this id, if it is (still) there."""
    if frame is None:
        return None
    return next((card for card in frame.cards if card.id == id), None)


def jobs_of(frame: Frame, card: Card) -> list[Job]:
    """Return the work on its way that concerns the card's component."""
    return [job for job in frame.jobs if job.who in (card.component, card.id)]


def paint_selected(
    canvas: Canvas, frame: Frame, selected: str, series: tuple[Series, ...], heading: bool = True, jobs: bool = True
) -> None:
    """Draw the selected component on ``canvas``; with ``jobs``, also its work on its way."""
    card = card_of(frame, selected)
    if card is None:
        canvas.put(0, 0, "Selected", Ink.STRONG)
        canvas.put_runs(0, 1, [("nothing: ", Ink.MUTED), ("arrows", Ink.KEY), (" choose", Ink.MUTED)], canvas.width)
        return
    y = _heading(canvas, card, heading)
    y = _state(canvas, y, card)
    for line in card.lines[:2] if canvas.height > 5 else ():
        canvas.put(0, y, line, Ink.MUTED, width=canvas.width)
        y += 1
    last = canvas.height - (1 if canvas.height > 4 else 0)
    names = max((width_of(short(found.name)) for found in series), default=0)
    values = max((width_of(_value(found)) for found in series), default=0)
    names = max(6, min(names, canvas.width - values - 12))
    for found in series[: max(0, last - y)]:
        _series(canvas, y, found, names, values)
        y += 1
    for job, count in alike(jobs_of(frame, card)) if jobs else ():
        if y < last:
            y = paint_job(canvas, y, job, count, who=False)
    if last < canvas.height and y <= last:
        at = min(last, y + 1)
        canvas.put_runs(0, at, [("Enter", Ink.KEY), (" acts on it", Ink.MUTED)], canvas.width)


def _heading(canvas: Canvas, card: Card, heading: bool) -> int:
    x = canvas.put(0, 0, "Selected ", Ink.STRONG) if heading else 0
    place = card.zone or card.region
    x = canvas.put(x, 0, f"{card.glyph} {clip(card.title, 20)}", Ink.OK_STRONG)
    canvas.put(x, 0, f" · {place}" if place else "", Ink.MUTED, width=canvas.width - x)
    return 1


def _state(canvas: Canvas, y: int, card: Card) -> int:
    parts = [(f"{GLYPHS[card.state]} {word_of(card.state, card.phrase)}", STRONG_INKS[card.state])]
    if card.sheds:
        parts.append((card.sheds, Ink.WARN_STRONG))
    if card.role and card.role != card.word:
        parts.append((card.role, Ink.TEXT))
    if card.load is not None:
        parts.append(("load " + percent(card.load), Ink.TEXT))
    if card.rate is not None:
        parts.append((rate(card.rate), Ink.TEXT))
    if card.failed:
        parts.append((rate(card.failed) + " failed", Ink.BAD))
    if card.seen is not None:
        parts.append((f"seen {age(card.seen)} ago", Ink.OFF))
    x = 0
    for text, ink in parts:
        if x and x + 2 + width_of(text) > canvas.width:
            x, y = 0, y + 1
        x = canvas.put(x + (2 if x else 0), y, text, ink, width=canvas.width)
    return y + 1


def _value(series: Series) -> str:
    """Return a metric's last known value with its unit."""
    known = [v for v in series.values if v is not None]
    return number(known[-1]) + _UNITS.get(series.unit, "") if known else "no data"


def _series(canvas: Canvas, y: int, series: Series, names: int, values: int) -> None:
    """Draw one metric: its name, its last value, and how it went."""
    known = [v for v in series.values if v is not None]
    silent = not known or series.values[-1] is None
    percent_ = series.unit in ("Percent", "%")
    canvas.put(0, y, clip(short(series.name), names), Ink.TEXT)
    canvas.put_right(names + 1 + values, y, _value(series), Ink.OFF if silent else Ink.STRONG)
    x = names + values + 2
    ink = Ink.OFF if silent else Ink.CALM
    if percent_ and not silent:
        ink = Ink.BAD if known[-1] >= 95 else Ink.WARN if known[-1] >= 85 else Ink.CALM
    canvas.put(x, y, sparkline(series.values, canvas.width - x, 100.0 if percent_ else None), ink)


def short(name: str) -> str:
    """Return a CloudWatch metric's name as it fits (``CPU``, ``latency``, ``ELB 5XX``)."""
    return _SHORT.get(name) or name.removeprefix("HTTPCode_").removesuffix("_Count").replace("_", " ")


_SHORT = {
    "CPUUtilization": "CPU",
    "RequestCount": "requests",
    "RequestCountPerTarget": "req/target",
    "TargetResponseTime": "latency",
    "SurgeQueueLength": "queue",
    "QueueLength": "queue",
    "HealthyHostCount": "healthy",
    "UnHealthyHostCount": "unhealthy",
    "DatabaseConnections": "connections",
    "ReplicaLag": "lag",
    "HealthCheckStatus": "check ok",
    "HealthCheckPercentageHealthy": "checkers ok",
    "GroupInServiceInstances": "in service",
    "GroupDesiredCapacity": "desired",
    "GroupPendingInstances": "pending",
    "GroupTerminatingInstances": "terminating",
    "GroupStandbyInstances": "in standby",
    "StatusCheckFailed": "check failed",
    "NetworkIn": "net in",
    "NetworkOut": "net out",
    "FailedRequests": "failed",
    "Queries": "queries",
    "WriteThroughput": "written",
    "WriteIOPS": "writes",
    "ReadIOPS": "reads",
}
