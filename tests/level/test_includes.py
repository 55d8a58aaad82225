"""World files: merged like RFC 7396 says, and never from outside the level's folder."""

from __future__ import annotations

import re

import pytest

from drill.level.includes import merge
from drill.level.yaml_tree import parse
from tests.level.sample import LEVEL, changed, loaded, refused, write

WORLD = re.search(r"^world:\n(?:  .*\n)+", LEVEL, re.MULTILINE)[0]


def split(folder, line="includes: [worlds/one.yaml]", own=""):
    """Write the sample's world into a file of its own; return the rest with an ``includes``."""
    (folder / "worlds").mkdir(exist_ok=True)
    write(folder, WORLD, "worlds/one.yaml")
    return LEVEL.replace(WORLD, own).replace("drill: 1\n", f"drill: 1\n{line}\n")


def test_a_level_may_stand_on_a_world_file(tmp_path):
    whole = loaded(tmp_path)
    parted = loaded(tmp_path, split(tmp_path))
    assert parted.level == whole.level
    assert parted.gameplay_hash == whole.gameplay_hash


def test_the_level_changes_and_deletes_what_it_includes(tmp_path):
    own = (
        "world:\n  components:\n    web-1: {capacity: 100/s, needs: [db]}\n    side: null\n"
        "    more: {kind: ec2.instance, zone: use1-az1}\n"
    )
    level = loaded(tmp_path, split(tmp_path, own=own)).level
    names = list(level.world.components)
    assert level.world.components["web-1"].capacity == 100.0
    assert level.world.components["web-1"].zone == "use1-az1"
    assert "side" not in names and names[-1] == "more"


def test_a_problem_in_a_world_file_is_placed_there(tmp_path):
    text = split(tmp_path)
    world = tmp_path / "worlds" / "one.yaml"
    world.write_text(WORLD.replace("standby: use1-az2", "standby: use1-az9"))
    (only,) = refused(tmp_path, text)
    assert only.file == str(world) and only.line == WORLD[: WORLD.index("db: {")].count("\n") + 1


@pytest.mark.parametrize(
    ("base", "patch", "means"),
    [
        ("{a: 1}", "{a: 2}", {"a": 2}),
        ("{a: 1}", "{b: 2}", {"a": 1, "b": 2}),
        ("{a: 1, b: 2}", "{a: null}", {"b": 2}),
        ("{a: [1]}", "{a: 2}", {"a": 2}),
        ("{a: {b: c}}", "{a: {b: d, c: null}}", {"a": {"b": "d"}}),
        ("{a: [{b: c}]}", "{a: [1]}", {"a": [1]}),
        ("{a: foo}", "{a: {b: {c: null, d: 1}}}", {"a": {"b": {"d": 1}}}),
    ],
)
def test_merging_is_rfc_7396(base, patch, means):
    found = merge(parse(base.encode(), "base").root, parse(patch.encode(), "patch").root)
    assert found.plain() == means


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("/etc/passwd", "it leads out of the level's folder"),
        ("../one.yaml", "it leads out of the level's folder"),
        ("worlds/../../one.yaml", "it leads out of the level's folder"),
        ("link.yaml", "it leads out of the level's folder"),
        ("linked/one.yaml", "it leads out of the level's folder"),
        ("C:\\one.yaml", "it leads out of the level's folder"),
        ("none.yaml", "there is no such file"),
        ("worlds", "it is not a file"),
        ("loop.yaml", "there is no such file"),
        ('""', "not a path"),
        ("3", "not a path"),
        ('"' + "x" * 5000 + '"', "there is no such file"),
    ],
)
def test_nothing_outside_the_folder_is_read(tmp_path, name, says):
    pack = tmp_path / "pack"
    pack.mkdir()
    write(tmp_path, WORLD, "one.yaml")
    (pack / "link.yaml").symlink_to(tmp_path / "one.yaml")
    (pack / "linked").symlink_to(tmp_path)
    (pack / "loop.yaml").symlink_to(pack / "loop.yaml")
    (only,) = refused(pack, split(pack, f"includes: [{name}]"))
    assert says in only.what and only.line == 2


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("script: {}", "it belongs in the level itself"),
        ("objectives: {}", "it belongs in the level itself"),
        ("includes: [other.yaml]", "list all files in the level itself"),
        ("wrold: {}", "did you mean `world`?"),
    ],
)
def test_a_world_file_holds_no_more_than_a_world(tmp_path, field, says):
    text = split(tmp_path)
    write(tmp_path, f"{WORLD}{field}\n", "worlds/one.yaml")
    (only,) = refused(tmp_path, text)
    assert only.file.endswith("one.yaml") and says in only.fix


def test_all_files_together_stay_below_the_limit(tmp_path):
    padding = "# " + "x" * 700_000 + "\n"
    text = split(tmp_path, "includes: [worlds/one.yaml, worlds/two.yaml]")
    write(tmp_path, WORLD + padding, "worlds/one.yaml")
    write(tmp_path, padding + "sources: [x]\n", "worlds/two.yaml")
    assert "1 MiB" in refused(tmp_path, text)[0].what


def test_an_empty_list_is_no_list_of_files(tmp_path):
    assert loaded(tmp_path, changed("drill: 1\n", "drill: 1\nincludes: []\n")).level.id == "sample"
    assert "must be a list" in refused(tmp_path, changed("drill: 1\n", "drill: 1\nincludes: a.yaml\n"))[0].what
