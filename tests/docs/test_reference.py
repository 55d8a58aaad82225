"""docs/reference.md is what ``drill reference`` prints, and has every kind, metric, action and fault."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from drill.console import actions, fields, opening
from drill.level.shapes import faults, kinds, settable
from drill.reference import refusals
from tests.docs.pages import ROOT, code, environment, read, section

PAGE = "docs/reference.md"


def test_it_is_current(tmp_path: Path) -> None:
    # In a process of its own: other tests define kinds and actions of their own.
    words = [sys.executable, "-m", "drill", "reference"]
    done = subprocess.run(words, cwd=ROOT, env=environment(tmp_path), capture_output=True, check=True)
    assert done.stdout.decode() == read(PAGE), "run: drill reference > docs/reference.md"


def ours(found: dict[str, type]) -> dict[str, type]:
    return {tag: cls for tag, cls in found.items() if cls.__module__.startswith("drill.")}


def test_every_kind_has_its_fields_and_metrics() -> None:
    for kind, cls in ours(kinds()).items():
        told = code(section(PAGE, f"### {kind}"))
        wanted = set(settable(cls)) - {"region", "zone", "needs", "price"} | {metric.name for metric in cls.metrics}
        assert wanted <= told, kind


def test_every_action_has_its_usage_and_refusals() -> None:
    for tag, cls in ours(actions()).items():
        told = section(PAGE, f"### {' '.join(opening(cls))}")
        assert tag in told
        assert [spec.option for spec in fields(cls) if f"  {spec.option} " not in told] == [], tag
        assert set(refusals(cls)) <= code(told)


def test_refusals_are_found() -> None:
    found = {tag: refusals(cls) for tag, cls in ours(actions()).items()}
    assert "InsufficientInstanceCapacity" in found["ec2:RunInstances"]
    assert "InvalidAllocationID.NotFound" in found["ec2:AssociateAddress"]


def test_every_fault_is_there() -> None:
    assert set(re.findall(r"^### (.*)$", section(PAGE, "## Faults"), re.M)) == set(ours(faults()))
