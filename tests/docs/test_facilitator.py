"""docs/facilitator.md: its orders are those of the program, and its session over a server works as it is written."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import Any

from drill.hosted.lines import HELP, obey
from drill.hosted.roles import DUTY
from drill.level.bundle import find
from drill.level.loader import load
from drill.session.session import Session
from tests.docs.pages import ROOT, blocks, environment, read, section

PAGE = "docs/facilitator.md"


def orders() -> list[str]:
    return [text for row in re.findall(r"^\| (`.*?) \|", section(PAGE, "## While it runs"), re.M)
            for text in re.findall(r"`([^`]+)`", row)]  # fmt: skip


def test_every_order_is_on_the_page_and_can_be_given() -> None:
    told = {line.split()[0] for line in HELP.splitlines()}
    assert {text.split()[0] for text in orders()} == told | {"resume"}
    session = Session.start(load(find("zone-power")), 7)
    session.advance(200_000)
    for text in orders():
        if text.split()[0] in ("injects", "truth", "as", "fire", "skip", "delay"):
            continue
        assert obey(text, session, "fay") == "", text
    early = Session.start(load(find("zone-power")), 7)
    for text in ("delay health 60s", "skip health", "fire dark"):
        assert text in orders() and obey(text, early, "fay") == ""


def test_each_role_has_its_row() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (.*?) \|", section(PAGE, "## Ten minutes before"), re.M))
    for role, duty in DUTY.items():
        for command in re.findall(r"ops [\w-]+", duty):
            assert f"`{command}`" in rows[role]


def start(command: str, folder: Path, lines: str, **more: str) -> subprocess.Popen[str]:
    """Start a command of the page, line by line, with its variables set and ``lines`` as input."""
    done = subprocess.Popen(
        ["bash", "-euc", f"{command} --plain"], cwd=folder, env=environment(folder) | more, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.stdin is not None
    done.stdin.write(lines)
    done.stdin.flush()
    return done


def test_the_session_of_the_page_is_played_over_a_server(postgres: str, database: Any, tmp_path: Path) -> None:
    made, hosted, joined = (line for block in blocks(PAGE, "sh") for line in block.text.splitlines()
                            if "$" in line)  # fmt: skip
    host_home, home = tmp_path / "host", tmp_path / "ada"
    host_home.mkdir()
    home.mkdir()
    urls = {"DATABASE": database.admin, "ORGANIZER": database.organizer, "PLAYER": database.player}
    again = subprocess.run(["bash", "-euc", made], cwd=ROOT, env=environment(host_home) | urls, capture_output=True,
                           text=True, timeout=60, check=True)  # fmt: skip
    assert "up to date" in again.stdout
    host = start(hosted, host_home, "wait 2s\nresume\n", **urls)
    assert host.stdout is not None and host.stdin is not None
    code = re.findall(r"drill join (\S+)", host.stdout.readline())[0]
    host.stdin.write("wait 10s\n" * 2 + "quit\n")
    host.stdin.flush()
    time.sleep(0.2)
    player = start(joined.replace("K7QM-2XWD", code), home, "ops declare-incident --severity 1\nleave\n", **urls)
    out, _ = player.communicate(timeout=60)
    assert player.returncode == 0 and "You are ada, commander; fay leads." in out and "Taken." in out
    told, _ = host.communicate(timeout=90)
    assert host.returncode == 0 and "ada: ops declare-incident" in told
    assert told.index("type resume") < told.index("T+00:00 of 08:00") < told.index("Done. T+00:00"), told


def test_the_pictures_are_on_the_page() -> None:
    assert {"lead.svg", "seat.svg"} <= set(re.findall(r"assets/([\w-]+\.svg)", read(PAGE)))
