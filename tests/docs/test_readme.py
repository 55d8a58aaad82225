"""The README and the other pages do what they say: commands run, links lead somewhere, the test command is CI's."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Block, blocks, read, shell

#: What opens a screen cannot run here; everything else with ``drill`` in it does.
_RUNS = re.compile(r"^(?:\$ )?(?:.*\| ?)?drill\b", re.M)
_INSTALLS = re.compile(r"-m venv|pip install")


def runnable() -> list[tuple[str, Block]]:
    found = []
    for page in PAGES:
        name = str(page.relative_to(ROOT))
        for block in blocks(name, "bash", "console"):
            elsewhere = bool(block.info)  # the organizer's page needs a server: test_organizer runs it
            if _RUNS.search(block.text) and not _INSTALLS.search(block.text) and not elsewhere:
                found.append((name, block))
    return found


@pytest.mark.parametrize(("page", "block"), runnable(), ids=lambda value: getattr(value, "line", value))
def test_a_block_of_commands_runs(page: str, block: Block, tmp_path: Path) -> None:
    script = block.text
    if block.lang == "console":
        script = "\n".join(line[2:] for line in block.text.splitlines() if line.startswith("$ "))
    done = shell(script, tmp_path)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr


def test_the_readme_has_blocks_that_run() -> None:
    assert "README.md" in {page for page, _ in runnable()}


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, part = target.partition("#")
        path = (page.parent / name) if name else page
        assert path.exists(), target
        if part:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.M)
            assert part in map(anchor, headings), target


def test_ci_runs_the_readme_s_own_test_command() -> None:
    ci = read(".ci/run")
    awk = re.search(r"awk '([^']*)'", ci)
    assert awk is not None
    found = subprocess.run(["awk", awk[1], str(ROOT / "README.md")], capture_output=True, text=True, check=True).stdout
    assert found.strip() and "pip install -e '.[dev]'" in found and "pytest" in found
    assert not re.search(r"^[^#\n]*\bpytest\b", ci, re.M), "the test command stands in the README only"


def test_one_line_installs_and_starts() -> None:
    (line,) = [b.text for b in blocks("README.md", "bash") if _INSTALLS.search(b.text) and "pytest" not in b.text]
    assert line.count("\n") == 1 and line.strip().endswith("/drill")


def test_the_changelog_has_unreleased_on_top() -> None:
    assert re.findall(r"^## (.*)$", read("CHANGELOG.md"), re.M)[0] == "Unreleased"


def test_the_tests_that_the_design_names_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", read("docs/design.md"))
    assert named
    missing = [f"{path}::{name}" for path, name in named if f"def {name}(" not in read(path)]
    assert missing == []


@pytest.mark.parametrize("picture", sorted((ROOT / "assets").glob("*.svg")), ids=lambda path: path.name)
def test_a_picture_fetches_nothing_and_is_shown(picture: Path) -> None:
    text = picture.read_text(encoding="utf-8")
    assert not re.search(r"url\(\s*[\"']?https?:|href=[\"']https?:|@import|<script", text)
    assert any(f"assets/{picture.name}" in page.read_text(encoding="utf-8") for page in PAGES)
