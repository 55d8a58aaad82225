"""docs/levels.md: every YAML block loads and passes lint, the whole level is fair, and no key is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import yaml

from drill.certify import certify
from drill.level import level as shapes
from drill.level.lint import lint
from drill.level.loader import load
from drill.level.runbooks import load_runbook
from drill.level.solutions import merge
from tests.docs.pages import blocks, code, read

PAGE = "docs/levels.md"
YAML = blocks(PAGE, "yaml")
WHOLE = YAML[0]
LAID_OVER = [block for block in YAML[1:] if not block.info]
#: Keys that wait for kinds of component that the catalog does not have yet; the page says so.
WAITING = {"queue"}


def pack(folder: Path, text: str) -> Path:
    """Write a level, and the world files of the page, and return the level's path."""
    for block in YAML:
        if block.info.endswith(".yaml"):
            (folder / block.info).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.info).write_text(block.text, encoding="utf-8")
    path = folder / "spare.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_whole_level_is_fair(tmp_path: Path) -> None:
    path = pack(tmp_path, WHOLE.text)
    assert lint(path) == []
    found = certify(load(path), range(1, 4), workers=1)
    assert [verdict for verdict in found.verdicts if not verdict.ok] == []


@pytest.mark.parametrize("block", LAID_OVER, ids=lambda block: f"line {block.line}")
def test_a_snippet_laid_over_it_passes_lint(block: Any, tmp_path: Path) -> None:
    whole = merge(yaml.safe_load(WHOLE.text), yaml.safe_load(block.text))
    if "variants" in whole:  # nulls delete from the level, not from the patch
        whole["variants"] = yaml.safe_load(block.text)["variants"]
    if "includes" in whole:  # nulls mean something there: the level's own file keeps them
        whole["world"] = {**whole["world"], "components": {**whole["world"]["components"], "web-4": None}}
    assert lint(pack(tmp_path, yaml.safe_dump(whole, sort_keys=False))) == []


def test_the_runbook_on_the_page_is_one(tmp_path: Path) -> None:
    (block,) = [block for block in YAML if block.info == "runbook"]
    path = tmp_path / "mine.yaml"
    path.write_text(block.text, encoding="utf-8")
    assert load_runbook(path).rules


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {str(key).lower() for key in value}.union(*map(keys, value.values()))  # `true` is a key, and a bool
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def test_every_key_of_the_format_is_shown_at_work() -> None:
    structs = [cls for cls in vars(shapes).values() if isinstance(cls, type) and issubclass(cls, shapes.Strict)]
    wanted = {field.encode_name for cls in structs for field in msgspec.structs.fields(cls)}
    wanted |= {"includes", "variants"}
    used = set().union(*(keys(yaml.safe_load(block.text)) for block in YAML))
    # Conditions are shown in a table, one a row.
    for row in re.findall(r"^\| `(\{.*?\})` \|", read(PAGE), re.M):
        used |= keys(yaml.safe_load(row))
    assert wanted - used - WAITING - {"message", "objective"} == set()
    assert {f"`{key}`" for key in WAITING} <= set(re.findall(r"`\w+`", read(PAGE)))


def test_every_measure_is_in_the_table() -> None:
    assert set(get_args(shapes.Measure)) <= set(re.findall(r"^\| `([\w-]+)` \|", read(PAGE), re.M))


def test_the_score_s_function_is_the_published_one() -> None:
    from drill.score.scorecard import points

    assert {"1 - 0.5 (m - par) / (target - par)", "0.49 (zero - m) / (zero - target)"} <= set(
        re.findall(r"\| ([\d.]+ .*?) \|$", read(PAGE), re.M)
    )
    assert [points(m, 10, 20, 40) for m in (10, 20, 30, 40)] == pytest.approx([1.0, 0.5, 0.245, 0.0])


def test_rules_of_fairness_are_all_listed() -> None:
    told = read(PAGE).partition("## Certify")[2]
    rules = ("meets every par", "idle loses", "wrong lesson loses", "brute force", "without its key rule", "quarter")
    assert [words for words in rules if words not in told] == []
    assert "drill certify LEVEL... --seeds 50" in code(read(PAGE))
