"""The organizer's page is a whole event: every command of it runs, in order, against a real PostgreSQL."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path

import psycopg

from tests.conftest import Database
from tests.docs.pages import ROOT, blocks, environment, read, shell

PAGE = "docs/organizer.md"
EDITION = "archive/levels/eip-remap.edition.yaml"


def typed(text: str) -> str:
    return "\n".join(line[2:] for line in text.splitlines() if line.startswith("$ "))


def script() -> str:
    """Everything that the page tells to type: organizer and player in turn, each with a home of their own."""
    (event,) = blocks(PAGE, "yaml")
    parts = ["cat > cup.yaml <<'END'", event.text.rstrip(), "END"]
    for block in blocks(PAGE, "console"):
        if block.info == "player":
            code = 'CODE=$(drill event codes spring-cup --json | python3 -c "$FIRST")'
            parts += [code, "(", "unset DRILL_SERVER", "export DRILL_HOME=$PWD/player", typed(block.text), ")"]
        else:
            assert block.info == "organizer", block.line
            parts.append(typed(block.text))
    return "\n".join(parts)


def test_the_whole_event_runs(database: Database, tmp_path: Path) -> None:
    (tmp_path / "levels").symlink_to(ROOT / "levels")
    given = environment(tmp_path) | {
        "ADMIN_URL": database.admin, "ORGANIZER_URL": database.organizer, "PLAYER_URL": database.player,
        "FIRST": "import json, sys; print(json.load(sys.stdin)[0]['code'])",
    }  # fmt: skip
    assert shutil.which("bash")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script()], cwd=tmp_path, env=given, capture_output=True, text=True,
        timeout=120, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "1 verified, 0 not" in done.stdout and "Handed in." in done.stdout
    board = json.loads((tmp_path / "archive" / "board.json").read_bytes())
    assert board["event"] == "spring-cup" and len(board["lines"]) == 2
    assert "Pager Pals" in (tmp_path / "board.html").read_text()
    rows = list(csv.DictReader((tmp_path / "archive" / "runs.csv").open()))
    (counted,) = [row for row in rows if row["verified"] == "True"]
    assert f"{counted['run']}.jsonl: verified: " in done.stdout and f" {counted['points']} points, " in done.stdout
    log = f"archive/logs/{counted['run']}.jsonl"
    told = shell(f"drill verify --archive archive --json; drill verify {log} --level {EDITION} --json", tmp_path).stdout
    board, alone = (json.loads(text) for text in told.replace("}\n{", "}\0{").split("\0"))
    assert [row["points"] for row in board["logs"]] == [int(counted["points"])]
    assert alone["verified"] and alone["points"] < int(counted["points"])  # as the page says
    with psycopg.connect(database.admin) as db:
        assert db.execute("SELECT count(*) FROM heads").fetchone()[0] > 30  # type: ignore[index]


def test_every_command_of_the_page_exists() -> None:
    from drill.cli.parser_event import WHAT

    named = set(re.findall(r"drill event (\w+)", read(PAGE)))
    assert named <= set(WHAT) and named | {"export"} >= {"create", "codes", "open", "status", "freeze", "close"}
