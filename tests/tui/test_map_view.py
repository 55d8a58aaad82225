"""MapView in an application: selection, messages, and only what changed is repainted."""

from __future__ import annotations

from typing import Any

import msgspec
from textual.app import App, ComposeResult
from textual.geometry import Region

from drill.tui.canvas.ink import Paper
from drill.tui.widgets import map as map_module
from drill.tui.widgets.map import MapView
from drill.view.frame import Frame
from tests.tui import frames


class One(App[None]):
    """A map alone, and what it says."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.view = MapView(frame)
        self.heard: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_map_view_selected(self, message: MapView.Selected) -> None:
        self.heard.append(("selected", message.card))

    def on_map_view_chosen(self, message: MapView.Chosen) -> None:
        self.heard.append(("chosen", message.card))


def moved(frame: Frame, card: str, **change: Any) -> Frame:
    cards = tuple(msgspec.structs.replace(c, **change) if c.id == card else c for c in frame.cards)
    return msgspec.structs.replace(frame, cards=cards)


async def test_arrows_and_letters_go_to_the_nearest_card_and_enter_chooses_it() -> None:
    app = One(frames.calm())
    async with app.run_test(size=(81, 33)) as pilot:
        app.view.focus()
        app.view.selected = "web-asg/use1-az1"
        way = """l web-asg/use1-az2, right web-asg/use1-az3, l dr-web, j db-west, h db/standby, k web-asg/use1-az2,
            up web-alb, k shop.example, k shop.example"""
        for step in way.split(","):
            key, expected = step.split()
            await pilot.press(key)
            assert app.view.selected == expected, key
        await pilot.press("enter")
        await pilot.pause()
        assert app.heard[-1] == ("chosen", "shop.example")
        assert ("selected", "dr-web") in app.heard


async def test_every_shown_card_can_be_reached_by_keys() -> None:
    for make in (frames.calm, frames.failover, frames.crowd, frames.tiny):
        app = One(make())
        async with app.run_test(size=(81, 33)):
            assert app.view._layout is not None
            found, todo = {""}, [next(iter(app.view._layout.cards))]
            while todo:
                here = todo.pop()
                if here not in found:
                    found.add(here)
                    todo += [map_module.nearest(app.view._layout, here, way) for way in ("left", "right", "up", "down")]
            assert set(app.view._layout.cards) <= found


async def test_a_click_selects_and_a_second_click_chooses() -> None:
    app = One(frames.calm())
    async with app.run_test(size=(81, 33)) as pilot:
        assert app.view._layout is not None
        spot = app.view._layout.cards["dr-web"].rect
        await pilot.click(MapView, offset=(spot.x + 1, spot.y + 1))
        assert app.view.selected == "dr-web"
        await pilot.click(MapView, offset=(spot.x + 1, spot.y))
        await pilot.pause()
        assert app.heard == [("selected", "dr-web"), ("chosen", "dr-web")]


async def test_find_marks_what_matches() -> None:
    app = One(frames.calm())
    async with app.run_test(size=(81, 33)):
        assert app.view.highlight("WEB") == ["web-alb", *(f"web-asg/{z}" for z in frames.EAST), "dr-web"]
        assert any(Paper.FOUND in row for row in app.view._canvas.papers)
        assert app.view.highlight("nothing like it") == [] and app.view.highlight("") == []
        assert not any(Paper.FOUND in row for row in app.view._canvas.papers)


async def test_only_what_changed_is_refreshed() -> None:
    frame = frames.calm()
    app = One(frame)
    async with app.run_test(size=(81, 33)) as pilot:
        asked: list[tuple[Region, ...]] = []
        refresh = app.view.refresh

        def spy(*regions: Region, **more: Any) -> Any:
            asked.append(regions)
            return refresh(*regions, **more)

        app.view.refresh = spy  # type: ignore[method-assign]
        app.view.frame = frame
        await pilot.pause()
        assert asked == [], "the same frame again costs nothing"
        app.view.frame = moved(frame, "db-west", lines=("lag 9.9 s",))
        assert app.view._layout is not None
        spot = app.view._layout.cards["db-west"].rect
        assert len(asked) == 1 and all(spot.contains(r.x, r.y) and r.right <= spot.right for r in asked[0])


async def test_what_changed_draws_the_eye_once_then_rests(monkeypatch: Any) -> None:
    monkeypatch.setattr(map_module, "FLASH", 0.2)
    frame = frames.calm()
    app = One(frame)
    async with app.run_test(size=(81, 33)) as pilot:

        def flashing() -> bool:
            return any(Paper.FLASH in row for row in app.view._canvas.papers)

        assert not flashing(), "a map that opens does not flash"
        app.view.frame = moved(frame, "db", state="bad", changed=frame.now)
        assert flashing()
        await pilot.pause(0.5)
        assert not flashing(), "rests even while time stands"


async def test_the_map_stays_put_while_figures_change() -> None:
    app = One(frames.calm())
    async with app.run_test(size=(81, 33)):
        app.view.frame = frames.calm()
        first = app.view._layout
        app.view.frame = moved(frames.calm(), "db", load=0.9, word="busy")
        assert app.view._layout is first
        app.view.frame = frames.tiny()
        assert app.view._layout is not first
