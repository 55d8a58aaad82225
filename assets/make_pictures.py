"""Makes the README's pictures by playing a drill: ``python assets/make_pictures.py [FOLDER]`` (default: beside this).

Every figure in them comes from the simulation. They name no font on the network, so that they look the same offline.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

SIZE = (120, 40)
LEVEL, SEED = "zone-power", 7
AT = 182_000  # ms: the zone is dark, new servers boot
GROW = "aws autoscaling update-auto-scaling-group --auto-scaling-group-name web --max-size 9 --desired-capacity 8"
TYPED = (
    (100_000, "aws cloudwatch describe-alarms"),
    (120_000, "ops declare-incident --severity 1 --text 'One zone is dark, the others drown'"),
    (160_000, GROW),
)
SELECT = ("down", "down", "right")  # to the group's servers in a zone that is up
SPENT = (("first-shift", 3), ("eip-remap", 6))  # runs that the level list shows as played


def main(folder: Path) -> None:
    """Play, and save the four pictures."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["DRILL_HOME"] = home
        for name, svg in asyncio.run(pictures()).items():
            (folder / f"{name}.svg").write_text(tidy(svg), encoding="utf-8")
            print(f"{folder / name}.svg")


async def pictures() -> dict[str, str]:
    """Return each picture's name and SVG."""
    from drill.desk import Desk
    from drill.tui.app import DrillApp

    desk = Desk("ada")
    for level, seed in SPENT:
        played(desk, level, seed)
    app, found = DrillApp(desk), {}
    async with app.run_test(size=SIZE) as pilot:

        async def snap(name: str) -> None:
            await pilot.pause(0.4)
            found[name] = app.export_screenshot(title="drill", simplify=True)

        await pilot.press("down")
        await snap("levels")
        app.open_briefing(LEVEL, SEED)
        await snap("briefing")
        session = desk.start(desk.load(LEVEL), SEED)
        give(session, TYPED)
        session.advance(AT)
        app.open_session(session)
        await pilot.pause(0.2)
        await pilot.press("space", "escape", "escape", *SELECT)
        await snap("drill")
        app.open_debrief(session)
        await pilot.pause(1.0)
        await snap("debrief")
        app.exit(0)
    return found


def played(desk: Any, level: str, seed: int) -> None:
    """File a run of a level's reference solution, as if it had been played."""
    from drill.level.solutions import runbook
    from drill.session.runbook import Runner

    session = desk.start(desk.load(level), seed)
    Runner(session, runbook(session.level, "reference"), desk.operator).play()
    desk.finish(session)


def give(session: Any, typed: tuple[tuple[int, str], ...]) -> None:
    """Give console lines at their times."""
    from drill.console import parse

    for at, line in typed:
        session.advance(at)
        session.submit(parse(line, session.world), "ada")


_SPAN = re.compile(r'(<text [^>]*?x=")([\d.]+)(" [^>]*?textLength=")([\d.]+)("[^>]*>)([^<]*)(</text>)')
_CELL = 12.2  # width of a cell in the picture
_BLANK = "&#160;"


def _trimmed(span: re.Match[str]) -> str:
    """Take blanks from the ends of a span, which not every viewer keeps, and let its glyphs fill its cells."""
    head, x, middle, length, tail, text, end = span.groups()
    before = (len(text) - len(re.sub(f"^({_BLANK})+", "", text))) // len(_BLANK)
    after = (len(text) - len(re.sub(f"({_BLANK})+$", "", text))) // len(_BLANK)
    kept = text[before * len(_BLANK) : len(text) - after * len(_BLANK)]
    if not kept:
        return ""
    start, wide = float(x) + before * _CELL, float(length) - (before + after) * _CELL
    return f'{head}{start:g}{middle}{wide:g}" lengthAdjust="spacingAndGlyphs{tail}{kept}{end}'


def tidy(svg: str) -> str:
    """Return an SVG that fetches nothing, with ids that are the same in every run."""
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)
    svg = svg.replace("Fira Code", "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas")
    svg = _SPAN.sub(_trimmed, svg)
    for number, name in enumerate(dict.fromkeys(re.findall(r"terminal-\d+", svg))):
        svg = svg.replace(name, f"t{number}")
    return re.sub(r"^\s+$", "", svg, flags=re.M)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
