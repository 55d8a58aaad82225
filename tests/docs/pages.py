"""What the documentation tests share: pages, their sections and fenced blocks, and a shell with ``drill`` in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^( *)```(\w*)([^\n]*)\n(.*?)^\1```", re.M | re.S)


class Block(NamedTuple):
    """One fenced block: its language, what follows that word, its text without indentation, and its line."""

    lang: str
    info: str
    text: str
    line: int


def read(name: str) -> str:
    """Return a page by its name below the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, *langs: str) -> list[Block]:
    """Return the fenced blocks of a page, those of ``langs`` only when any are given."""
    text, found = read(name), []
    for fence in _FENCE.finditer(text):
        indent, lang, info, body = fence.groups()
        body = re.sub(rf"^{indent}", "", body, flags=re.M)
        if not langs or lang in langs:
            found.append(Block(lang, info.strip(), body, text.count("\n", 0, fence.start()) + 1))
    return found


def section(name: str, heading: str) -> str:
    """Return what stands under a heading (``## drill run``), up to the next of the same rank; "" when there is none."""
    level = heading.split()[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", read(name), re.M | re.S)
    return found[1] if found else ""


def code(text: str) -> set[str]:
    """Return everything that stands in backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def environment(folder: Path) -> dict[str, str]:
    """Return an environment whose home is ``folder`` and in which ``drill`` is this checkout's."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    shim = programs / "drill"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m drill "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DRILL_", "COV_"))}
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return kept | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder), "DRILL_HOME": str(folder / "home"),
        "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100",
    }  # fmt: skip


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``script`` with bash in ``folder``, where ``levels`` is the checkout's; stop at the first failure."""
    if not (folder / "levels").exists():
        (folder / "levels").symlink_to(ROOT / "levels")
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment(folder), capture_output=True, text=True,
        timeout=120, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
