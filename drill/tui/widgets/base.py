"""CanvasWidget: a widget that paints a canvas and gives Textual only the lines that changed."""

from __future__ import annotations

from textual.app import App
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import Ink, Paper
from drill.tui.canvas.look import Look
from drill.tui.theme import DARK, palette_for
from drill.view.frame import Frame


class CanvasWidget(Widget):
    """Draws itself by lines from ``frame``. Subclasses paint; this finds what changed.

    ``plain`` asks for ASCII only, ``bare`` for no color (bold, dim and reverse instead); both may be set at any time.
    """

    DEFAULT_CSS = """
    CanvasWidget { width: 1fr; height: 1fr; }
    """
    PAPER = Paper.PLAIN

    frame: reactive[Frame | None] = reactive(None, repaint=False, always_update=True)
    plain: reactive[bool] = reactive(False, repaint=False)
    bare: reactive[bool] = reactive(False, repaint=False)

    def __init__(
        self, frame: Frame | None = None, *, plain: bool = False, bare: bool = False, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.look = Look(palette=DARK, color=not bare, ascii=plain)
        self._canvas: Canvas | None = None
        self._strips: list[Strip] = []
        self.set_reactive(CanvasWidget.frame, frame)
        self.set_reactive(CanvasWidget.plain, plain)
        self.set_reactive(CanvasWidget.bare, bare)

    # ---- for subclasses -------------------------------------------------------------------------------------------

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw ``frame`` on an empty canvas of this widget's size."""
        raise NotImplementedError

    def lines_for(self, frame: Frame, width: int) -> int:
        """Return how many lines this widget would like for ``frame`` at ``width``."""
        return 1

    # ---- life -----------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Follow the application's theme."""
        self.app.theme_changed_signal.subscribe(self, self._take_theme)
        self._take_look(self.app)

    def _take_theme(self, theme: Theme) -> None:
        self._take_look(self.app)

    def _take_look(self, app: App[object]) -> None:
        self.look = Look(palette=palette_for(app.current_theme), color=not self.bare, ascii=self.plain)
        self._canvas = None  # even where this is hidden just now: nothing drawn in the old look may come back
        self.redraw()

    def watch_frame(self) -> None:
        """Draw the new frame."""
        self.redraw()

    def watch_plain(self) -> None:
        """Change the glyphs."""
        if self.is_mounted:
            self._take_look(self.app)

    def watch_bare(self) -> None:
        """Change the colors."""
        if self.is_mounted:
            self._take_look(self.app)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    # ---- lines ----------------------------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Paint, compare with what is shown, and refresh the cells that differ."""
        width, height = self.size
        if width < 1 or height < 1:
            return
        canvas = Canvas(width, height, self.PAPER)
        if self.frame is not None:
            self.paint(canvas, self.frame)
        old, self._canvas = self._canvas, canvas
        if old is None or (old.width, old.height) != (width, height):
            self._strips = [canvas.strip(y, self.look) for y in range(height)]
            self.refresh()
            return
        dirty: list[Region] = []
        for y in range(height):
            found = canvas.difference(old, y)
            if found is not None:
                self._strips[y] = canvas.strip(y, self.look)
                dirty.append(Region(found[0], y, found[1] - found[0], 1))
        if dirty:
            self.refresh(*dirty)

    def render_line(self, y: int) -> Strip:
        """Return line ``y``, as painted."""
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.look.style(Ink.TEXT | self.PAPER))
