"""What one frame of the map costs: ``python benchmarks/frame.py``.

60 components, a tenth of them changing, at 120x40, in a headless Textual application: from handing over the Frame to
the bytes for the terminal. Printed beside what repainting 40 plain lines of 120 cells costs in the same run.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widget import Widget

sys.path.insert(0, str(Path(__file__).parent.parent))

from drill.tui.widgets.board import Board
from drill.tui.widgets.map import MapView
from drill.view.frame import Frame
from tests.tui.frames import crowd

ROUNDS = 200


class Plain(Widget):
    """Forty lines of one segment each, all repainted every time."""

    DEFAULT_CSS = "Plain { width: 1fr; height: 1fr; }"
    turn = 0

    def again(self) -> None:
        self.turn += 1
        self.refresh()

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(f"{self.turn + y:>{self.size.width}}", Style(color="#c0c0c0"))], self.size.width)


class Bench(App[None]):
    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


async def measure(
    widget: Widget, step: Callable[[int], None], size: tuple[int, int], parts: tuple[Widget, ...] = ()
) -> tuple[float, float]:
    """Return the median ms of CPU per frame, and the median bytes sent."""
    app, times, sizes = Bench(widget), [], []
    parts = parts or (widget,)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for i in range(ROUNDS):
            start = time.process_time()
            step(i)
            app.screen._compositor.update_widgets(set(parts))
            update = app.screen._compositor.render_partial_update()
            text = update.render_segments(app.console) if update is not None else ""
            times.append((time.process_time() - start) * 1000)
            sizes.append(len(text.encode()))
    return median(times[10:]), median(sizes[10:])


def frames(flow: bool) -> list[Frame]:
    """Return frames a quarter of a second apart; without ``flow`` time stands and only figures change."""
    return [crowd(now=120_000 + (250 * i if flow else 0), beat=i % 10) for i in range(40)]


async def main() -> None:
    plain = Plain()
    base, _ = await measure(plain, lambda i: plain.again(), (120, 40))
    print(f"{'40 plain lines':34} {base:6.2f} ms    1.00")
    for title, count in (("map 120x40, 60 components, 10 %", (120, 40)), ("the same at 240x70", (240, 70))):
        view, found = MapView(), frames(True)
        view.set_reactive(MapView.frame, found[0])

        def step(i: int, view: MapView = view, found: list[Frame] = found) -> None:
            view.frame = found[i % len(found)]

        took, size = await measure(view, step, count)
        print(f"{title:34} {took:6.2f} ms  {took / base:6.2f}   {size:,.0f} bytes")
    board, found = Board(), frames(True)
    board.set_reactive(Board.frame, found[0])

    def whole(i: int) -> None:
        board.frame = found[i % len(found)]

    took, size = await measure(board, whole, (120, 40), board.panels)
    print(f"{'whole board 120x40':34} {took:6.2f} ms  {took / base:6.2f}   {size:,.0f} bytes")


if __name__ == "__main__":
    asyncio.run(main())
