"""Runbook files: an operator's own YAML of rules, the same as a level's solutions, read with the same care."""

from __future__ import annotations

import re
from pathlib import Path

from drill.level.errors import LevelError, Problem, problem, show, suggest
from drill.level.figures import moment
from drill.level.includes import read_tree
from drill.level.level import Runbook
from drill.level.typed import convert
from drill.level.yaml_tree import Node

_DRAW = r"\$[A-Za-z_]"


def load_runbook(path: Path) -> Runbook:
    """Read a runbook: ``think`` and ``rules``, or the rules alone. Raises LevelError, each problem with its place."""
    root = read_tree(path).root
    if isinstance(root.value, dict) and "rules" not in root.value:
        root = Node({"rules": root}, root.at)
    bad: list[Problem] = []
    found = convert(root, Runbook, "", bad)
    if isinstance(found, Runbook):
        bad += _unplayable(found, root)
    if bad or not isinstance(found, Runbook):
        raise LevelError(bad)
    return found


def _unplayable(runbook: Runbook, root: Node) -> list[Problem]:
    bad: list[Problem] = []
    for name, rule in runbook.rules.items():
        node = root.get("rules", name) or root
        triggers = [key for key in ("at", "after", "when") if node.get(key) is not None]
        if len(triggers) != 1:
            what = f"the rule {show(name)} has {len(triggers)} triggers"
            bad.append(problem(node.key or node.at, what, "give it one of at, after, when"))
        if rule.at is not None and not _is_instant(rule.at):
            at = node.get("at") or node
            bad.append(problem(at.at, f"{show(rule.at)} is no instant", "write 2m, outage+90s or end"))
        other = (rule.after or "").removesuffix(".started")
        if other and "." in other:
            at = node.get("after") or node
            bad.append(problem(at.at, f"{show(rule.after)} is no rule", suggest(other, runbook.rules, "rule")))
        for index, line in enumerate(rule.do):
            if re.search(_DRAW, line):
                at = node.get("do", index) or node
                fix = "let a condition see it: as: z, then {z.zone}"
                bad.append(problem(at.at, "a runbook cannot read a draw", fix))
        if not rule.do:
            what = f"the rule {show(name)} does nothing"
            bad.append(problem(node.key or node.at, what, "give it console lines in do"))
    return bad


def _is_instant(text: str) -> bool:
    try:
        moment(text)
    except ValueError:
        return False
    return True
