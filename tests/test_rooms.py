"""Nothing below the front ends brings a screen with it, and the small commands bring next to nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

ROOMS = ("model", "catalog", "console", "level", "engine", "score", "session", "certify", "view", "store", "reference",
         "contest", "hosted", "desk", "plain", "plain_event", "plain_host")  # fmt: skip


def brought(code: str) -> set[str]:
    """Return the top-level modules that ``code`` imports in a fresh process."""
    tell = "import json, sys; print(); print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("first", ROOMS)
def test_each_room_can_be_entered_first(first: str) -> None:
    """An import cycle shows only from some of the rooms."""
    assert not {"textual", "rich"} & brought(f"import drill.{first}")


def test_the_core_brings_no_screen_with_it() -> None:
    walk = (
        "import importlib, pkgutil\n"
        f"for room in {ROOMS!r}:\n"
        "    module = importlib.import_module('drill.' + room)\n"
        "    for found in pkgutil.walk_packages(getattr(module, '__path__', []), module.__name__ + '.'):\n"
        "        importlib.import_module(found.name)"
    )
    assert not {"textual", "rich"} & brought(walk)


def test_the_version_needs_nothing() -> None:
    found = brought("from drill.cli import main; main(['--version'])")
    assert not {"argparse", "msgspec", "simpy", "yaml", "textual", "rich", "sqlite3"} & found


def test_levels_are_read_without_the_engine() -> None:
    assert not {"simpy", "textual", "rich", "sqlite3"} & brought("import drill.level.loader")
