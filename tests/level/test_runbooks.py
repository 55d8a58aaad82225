"""Runbook files: read with the same care as levels."""

from __future__ import annotations

from pathlib import Path

import pytest

from drill.level.errors import LevelError
from drill.level.runbooks import load_runbook


def test_rules_alone_are_a_runbook(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("a: {at: 2m, do: [dig www]}\nb: {after: a.started, do: [dig www], repeat: 10s}\n")
    found = load_runbook(path)
    assert (found.think, list(found.rules)) == (20_000, ["a", "b"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {do: [x]}", ":1:1: the rule `a` has 0 triggers; give it one of at, after, when"),
        ("a: {at: 5:00, do: [x]}", ":1:9: `5:00` is no instant; write 2m, outage+90s or end"),
        ("a: {at: 2m}", "needs the field `do`"),
        ("a: {at: 2m, do: []}", ":1:1: the rule `a` does nothing; give it console lines in do"),
        ("a: {at: 2m, doo: [x]}", "did you mean `do`?"),
        ("a: {at: 2m, do: ['aws $bad.zone']}", "a runbook cannot read a draw"),
        ("[1, 2]", ":1:1:"),
        ("a: {at: 2m, do: [x", ":1:"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(text)
    with pytest.raises(LevelError) as caught:
        load_runbook(path)
    lines = str(caught.value).split("\n")
    assert said in lines[0]
    assert all(line.startswith(str(path)) for line in lines)
