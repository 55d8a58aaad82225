"""Bests on the level list once the store is open, and the page of one's profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from drill.desk import Desk
from drill.store import RunRecord, ScoreRow
from drill.store.credentials import Credential, Credentials
from drill.store.outbox import Parcel
from drill.store.sending import Submission
from drill.tui.app import DrillApp
from drill.tui.screens.keybar import KeyBar
from drill.tui.screens.levels import LevelList
from drill.tui.screens.profile import ProfilePage, profile_text


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("DRILL_HOME", str(tmp_path / "home"))
    return Desk("ada")


def play(desk: Desk, level: str, points: int, who: str = "ada") -> None:
    rows = (ScoreRow(name="rto", actual="01:00", points=points * 0.8), ScoreRow(name="spend", actual="$1", points=1.0))
    desk.store.save(RunRecord(id=f"{level}-{points}-{who}", level=level, gameplay="g", engine="1", seed=1, operator=who,
                              won=points >= 500, points=points, stars=points // 350, rows=rows,
                              ended=f"2026-01-01T00:{points % 60:02}:00Z"))  # fmt: skip


async def settle(app: Any, pilot: Any) -> None:
    await pilot.pause(0.1)
    await app.workers.wait_for_complete()
    await pilot.pause()


async def test_bests_come_after_the_list_and_the_profile_says_what_is_weak(desk: Desk) -> None:
    play(desk, "eip-remap", 910)
    play(desk, "first-shift", 300)
    play(desk, "first-shift", 999, who="bob")
    app = DrillApp(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(app, pilot)
        screen = app.screen
        assert isinstance(screen, LevelList)
        shown = {row.id: (row.best, row.stars, row.runs) for row in screen.rows}
        assert shown["eip-remap"] == (910, 2, 1) and shown["first-shift"] == (300, 0, 1)
        assert shown["zone-power"] == (None, 0, 0)
        await pilot.press("p")
        await settle(app, pilot)
        page = app.screen
        assert isinstance(page, ProfilePage)
        told = str(page.query_one("#told").render())
        assert "ada: 2 runs, 1 won, on 2 levels" in told and "bob" not in told
        lines = [" ".join(line.split()) for line in told.splitlines()]
        assert any(
            line.startswith("● strong elastic-ip") and line.endswith("91 % taught by eip-remap") for line in lines
        )
        assert any(line.startswith(("✖ weak rto", "▲ so-so rto")) for line in lines)
        assert any(line.startswith("910 ★★☆ The spare is warm 1 run") for line in lines)
        assert "Not met yet" in told
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is screen
    assert app.trouble is None


async def test_the_app_sends_what_waits_and_says_so_while_it_cannot(desk: Desk) -> None:
    gone = Credential(server="postgresql://127.0.0.1:1/drill", kind="team", ref="t", member="m", token="s")
    Credentials().keep(gone)
    run = RunRecord(id="r", level="eip-remap", gameplay="g", engine="1", seed=1, won=True, points=500)
    parcel = Parcel(id="r", kind="run", server="m", payload=submission_text(run))
    desk.store.save(run, parcel)
    app = DrillApp(desk)
    async with app.run_test(size=(160, 40)) as pilot:
        for _ in range(60):
            await pilot.pause(0.1)
            bar = str(app.screen.query_one(KeyBar).render())
            if "cannot be reached" in bar:
                break
        assert "1 run waits to be sent: drill at 127.0.0.1 cannot be reached" in bar
    desk.filing.close()


def submission_text(run: RunRecord) -> str:
    return msgspec.json.encode(Submission(run=run, content="")).decode()


async def test_leaving_at_once_is_no_trouble(desk: Desk) -> None:
    app = DrillApp(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("p", "escape", "p")
        await pilot.pause()
        await pilot.press("q")
        await pilot.pause()
    assert app.trouble is None


def test_nobody_who_has_not_played_is_told_anything(desk: Desk) -> None:
    assert "No saved runs of ada yet" in str(profile_text(desk.profile()))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_every_row_of_the_profile_keeps_to_its_line(desk: Desk, size: tuple[int, int]) -> None:
    for level in ("eip-remap", "first-shift", "zone-power", "region-failover", "retry-storm", "gray-zone"):
        play(desk, level, 700)
    app = DrillApp(desk)
    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        await pilot.press("p")
        await settle(app, pilot)
        told = app.screen.query_one("#told")
        rows = str(told.render()).partition("Not met yet")[0].splitlines()
        assert max(len(row) for row in rows) <= told.size.width, "none wraps"
        assert size[0] < 80 or any("taught by" in row for row in rows)


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_the_list_says_what_commands_call_a_level(desk: Desk, width: int) -> None:
    app = DrillApp(desk)
    async with app.run_test(size=(width, 40)) as pilot:
        await settle(app, pilot)
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert " eip-remap " in shown and " dr-ladder/warm-standby " in shown and "The spare is warm" in shown
