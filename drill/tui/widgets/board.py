"""Board: header, map, side panels and timeline together, for every size of terminal. One ``frame`` feeds them all."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from drill.tui.widgets.alarms import AlarmsPanel
from drill.tui.widgets.base import CanvasWidget
from drill.tui.widgets.feed import FeedPanel
from drill.tui.widgets.guide import GuidePanel
from drill.tui.widgets.header import Header
from drill.tui.widgets.jobs import JobsPanel
from drill.tui.widgets.map import MapView
from drill.tui.widgets.selected import SelectedPanel
from drill.tui.widgets.timeline import Timeline
from drill.view.frame import Frame, Series


class Board(Widget):
    """All of the drill's screen but the console line and the footer.

    Attributes down: ``frame``, ``series`` (of the selected card), ``speed``, ``paused``, ``plain``, ``bare``.
    Messages up: ``MapView.Selected``, ``MapView.Chosen``.
    """

    DEFAULT_CSS = """
    Board { layout: vertical; height: 1fr; width: 1fr; }
    Board #middle { height: 1fr; }
    Board #main { width: 1fr; height: 1fr; }
    Board #side { width: 36; height: 1fr; padding: 0 1; }
    """

    frame: reactive[Frame | None] = reactive(None, repaint=False, always_update=True)
    series: reactive[tuple[Series, ...]] = reactive((), repaint=False, always_update=True)
    speed: reactive[float] = reactive(1.0, repaint=False)
    paused: reactive[bool] = reactive(False, repaint=False)

    def __init__(self, *, plain: bool = False, bare: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.header = Header(plain=plain, bare=bare)
        self.map = MapView(plain=plain, bare=bare)
        self.guide = GuidePanel(plain=plain, bare=bare)
        self.alarms = AlarmsPanel(plain=plain, bare=bare)
        self.feed = FeedPanel(plain=plain, bare=bare)
        self.chosen = SelectedPanel(plain=plain, bare=bare)
        self.jobs = JobsPanel(plain=plain, bare=bare)
        self.timeline = Timeline(plain=plain, bare=bare)

    @property
    def panels(self) -> tuple[CanvasWidget, ...]:
        """Every part, top to bottom."""
        return (
            self.header, self.guide, self.map, self.alarms, self.feed, self.jobs, self.chosen, self.timeline,
        )  # fmt: skip

    def compose(self) -> ComposeResult:
        """Header; map beside the panels; timeline."""
        yield self.header
        with Horizontal(id="middle"):
            with Vertical(id="main"):
                yield self.guide
                yield self.map
            with Vertical(id="side"):
                yield self.alarms
                yield self.feed
                yield self.jobs
                yield self.chosen
        yield self.timeline

    def watch_frame(self, frame: Frame | None) -> None:
        """Hand the frame to every part."""
        for panel in self.panels:
            panel.frame = frame
        self._arrange(self.size)

    def watch_series(self, series: tuple[Series, ...]) -> None:
        """Hand the metrics on."""
        self.chosen.series = series

    def watch_speed(self, speed: float) -> None:
        """Hand the speed on."""
        self.header.speed = speed

    def watch_paused(self, paused: bool) -> None:
        """Hand on whether time stands."""
        self.header.paused = paused

    def on_map_view_selected(self, message: MapView.Selected) -> None:
        """Show the selected card in its panel; the message goes on up."""
        self.chosen.selected = message.card

    def on_resize(self) -> None:
        """Fit the parts to the new size."""
        self._arrange(self.size)

    def _arrange(self, size: Size) -> None:
        if self.frame is None or not self.is_mounted or size.width < 1:
            return
        for panel in (self.guide, self.alarms, self.jobs, self.chosen):
            wanted = panel.lines_wanted(34)
            panel.display = wanted > 0
            panel.styles.height = max(1, wanted)
