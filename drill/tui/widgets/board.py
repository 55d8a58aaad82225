"""Board: header, map, side panels and timeline together, for every size of terminal. One ``frame`` feeds them all."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from drill.tui.canvas.layout import layout
from drill.tui.canvas.topology import lines_of
from drill.tui.widgets.alarms import AlarmsPanel
from drill.tui.widgets.base import CanvasWidget
from drill.tui.widgets.feed import FeedPanel
from drill.tui.widgets.folded import FoldedPanel
from drill.tui.widgets.guide import GuidePanel
from drill.tui.widgets.header import Header
from drill.tui.widgets.jobs import JobsPanel
from drill.tui.widgets.map import MapView
from drill.tui.widgets.selected import SelectedPanel
from drill.tui.widgets.timeline import Timeline
from drill.view.frame import Frame, Series

TALL = 46  # lines from which the map may leave some empty
FEED = 8  # lines from which these are worth a feed of their own
LEAST = (60, 20)  # columns and lines of the whole terminal below which nothing can be made out


class Board(Widget):
    """All of the drill's screen but the console line and the footer.

    Attributes down: ``frame``, ``series`` (of the selected card), ``speed``, ``paused``, ``plain``, ``bare``.
    Messages up: ``MapView.Selected``, ``MapView.Chosen``. Wide terminals get the panels beside the map; narrow ones get
    them folded into one below it (``fold.action_next_tab``).
    """

    DEFAULT_CSS = """
    Board { layout: vertical; height: 1fr; width: 1fr; }
    Board #middle { layout: horizontal; height: 1fr; width: 1fr; }
    Board #main { layout: vertical; width: 1fr; height: 1fr; padding: 0 1; }
    Board #small { display: none; width: 1fr; height: 1fr; content-align: center middle; text-align: center; }
    Board.small > * { display: none; }
    Board.small > #small { display: block; }
    Board #side { layout: vertical; width: 38; height: 1fr; padding: 0 1; border-left: solid $panel; }
    """

    frame: reactive[Frame | None] = reactive(None, repaint=False, always_update=True)
    series: reactive[tuple[Series, ...]] = reactive((), repaint=False, always_update=True)
    speed: reactive[float] = reactive(1.0, repaint=False)
    paused: reactive[bool] = reactive(False, repaint=False)
    plain: reactive[bool] = reactive(False, repaint=False)
    bare: reactive[bool] = reactive(False, repaint=False)

    def __init__(self, *, plain: bool = False, bare: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.header = Header(plain=plain, bare=bare)
        self.guide = GuidePanel(plain=plain, bare=bare)
        self.map = MapView(plain=plain, bare=bare)
        self.alarms = AlarmsPanel(plain=plain, bare=bare)
        self.side_feed = FeedPanel(plain=plain, bare=bare)
        self.wide_feed = FeedPanel(plain=plain, bare=bare)  # below the map, where that leaves room
        self.wide_feed.display = False
        self.jobs = JobsPanel(plain=plain, bare=bare)
        self.chosen = SelectedPanel(plain=plain, bare=bare)
        self.fold = FoldedPanel(plain=plain, bare=bare)
        self.timeline = Timeline(plain=plain, bare=bare)
        self.small = Static(id="small", markup=False)
        self._needs: tuple[object, int] = (None, 0)
        self._side = Container(self.alarms, self.side_feed, self.jobs, self.chosen, id="side")
        self.set_reactive(Board.plain, plain)
        self.set_reactive(Board.bare, bare)

    @property
    def panels(self) -> tuple[CanvasWidget, ...]:
        """Every part, top to bottom."""
        side = (self.alarms, self.side_feed, self.jobs, self.chosen)
        return (self.header, self.guide, self.map, self.wide_feed, *side, self.fold, self.timeline)

    @property
    def feed(self) -> FeedPanel:
        """The feed that is shown: below the map where there is room for it, else beside."""
        return self.wide_feed if self.wide_feed.display else self.side_feed

    def compose(self) -> ComposeResult:
        """Header; map beside the panels; timeline."""
        yield self.header
        with Container(id="middle"):
            with Container(id="main"):
                yield self.guide
                yield self.map
                yield self.wide_feed
                yield self.fold
            yield self._side
        yield self.timeline
        yield self.small

    # ---- attributes on their way down -----------------------------------------------------------------------------

    def watch_frame(self, frame: Frame | None) -> None:
        """Hand the frame to every part that is shown."""
        if not self.is_mounted:
            return
        self._arrange()
        for panel in self.panels:
            if panel.display:
                panel.frame = frame

    def watch_series(self, series: tuple[Series, ...]) -> None:
        """Hand the metrics on."""
        self.chosen.series = self.fold.series = series

    def watch_speed(self, speed: float) -> None:
        """Hand the speed on."""
        self.header.speed = speed

    def watch_paused(self, paused: bool) -> None:
        """Hand on whether time stands."""
        self.header.paused = paused

    def watch_plain(self, plain: bool) -> None:
        """Hand on which glyphs to use."""
        for panel in self.panels:
            panel.plain = plain

    def watch_bare(self, bare: bool) -> None:
        """Hand on whether to use color."""
        for panel in self.panels:
            panel.bare = bare

    def on_map_view_selected(self, message: MapView.Selected) -> None:
        """Show the selected card in its panel; the message goes on up."""
        self.chosen.selected = self.fold.selected = message.card
        self._arrange()

    # ---- arrangement ----------------------------------------------------------------------------------------------

    def on_resize(self, event: Resize) -> None:
        """Fit the parts to the new size."""
        self._arrange()
        self.watch_frame(self.frame)

    def _arrange(self) -> None:
        """Give every part its size. Sizes change only when what they depend on does."""
        width, height = self.size
        window = self.app.size
        small = window.width < LEAST[0] or window.height < LEAST[1]
        self.set_class(small, "small")
        if small:
            self.small.update(f"needs {LEAST[0]}x{LEAST[1]}\nthis is {window.width}x{window.height}")
            return
        if self.frame is None or width < 1 or height < 1:
            return
        wide = width >= 100 and height >= 24
        side = min(64, max(36, width // 3 - 2)) if wide else 0
        _show(self._side, wide)
        _show(self.fold, not wide)
        _set(self._side, width=max(1, side))
        _set(self.timeline, height=3 if height >= 28 else 1)
        self._grow(self.header, self.header.lines_for(self.frame, width))
        self._grow(self.guide, self.guide.lines_for(self.frame, width - side - 2))
        below = self._below(width - side - 2, height) if wide else 0
        _show(self.wide_feed, below > 0)
        _show(self.side_feed, below == 0)
        _set(self.wide_feed, height=max(1, below), margin=1)
        if not wide:
            _set(self.fold, height=4 if height >= 16 else 2)
            return
        inside = side - 3
        room = height - 2 - 3
        spaced = room >= 30
        for panel, most in ((self.alarms, room // 4), (self.jobs, room // 5), (self.chosen, room // 2)):
            lines = panel.lines_for(self.frame, inside)
            self._grow(panel, min(lines, max(2, most)))
        for lower in (self.side_feed, self.jobs, self.chosen):
            _set(lower, margin=1 if spaced else 0)

    def _below(self, width: int, height: int) -> int:
        """Return the lines below the map that a map of this size leaves empty; 0 where they are too few for a feed."""
        frame = self.frame
        if frame is None or height < TALL:
            return 0
        room = height - 2 - 3 - self.guide.lines_for(frame, width)
        key = (width, room, [(card.id, lines_of(card)) for card in frame.cards])
        if self._needs[0] != key:
            found = layout(frame, width, room)
            rects = [spot.rect for spot in found.regions.values()] + [spot.rect for spot in found.cards.values()]
            self._needs = (key, max((rect.bottom for rect in rects), default=room))
        spare = room - self._needs[1] - 2
        return spare if spare >= FEED else 0

    @staticmethod
    def _grow(panel: CanvasWidget, lines: int) -> None:
        _show(panel, lines > 0)
        _set(panel, height=max(1, lines))


def _show(widget: Widget, shown: bool) -> None:
    if widget.display != shown:
        widget.display = shown


def _set(widget: Widget, *, height: int | None = None, width: int | None = None, margin: int | None = None) -> None:
    """Set a size only where it differs: every change costs a layout."""
    styles = widget.styles
    if height is not None and (styles.height is None or styles.height.value != height or not styles.height.is_cells):
        styles.height = height
    if width is not None and (styles.width is None or styles.width.value != width or not styles.width.is_cells):
        styles.width = width
    if margin is not None and styles.margin.top != margin:
        styles.margin = (margin, 0, 0, 0)
