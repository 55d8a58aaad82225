"""Families: each variant is a level of its own, made of the same file and the same draws."""

from __future__ import annotations

import pickle

import pytest

from drill.level import bundle
from drill.level.errors import LevelError
from drill.level.family import id_of, levels_in
from drill.level.lint import lint
from drill.level.loader import find, load
from tests.level.sample import LEVEL, place, write

VARIANTS = """\
variants:
  plain: {}
  lean:
    title: One less
    world: {components: {side: null, web-1: {needs: [db]}}}
  costly:
    objectives: {spend: {par: $0.10}}
"""
FAMILY = LEVEL + VARIANTS


@pytest.fixture
def family(tmp_path):
    return write(tmp_path, FAMILY)


def test_each_variant_is_a_level_of_its_own(family):
    plain, lean, costly = [load(path) for path in levels_in(family)]
    assert [f.level.id for f in (plain, lean, costly)] == ["sample/plain", "sample/lean", "sample/costly"]
    assert [f.level.title for f in (plain, lean)] == ["The spare is warm", "One less"]
    assert "side" in plain.level.world.components and "side" not in lean.level.world.components
    assert costly.level.objectives["spend"].par == "$0.10"
    assert len({f.gameplay_hash for f in (plain, lean, costly)}) == 3


def test_a_plain_variant_plays_like_the_file_without_variants(family, tmp_path):
    (tmp_path / "alone").mkdir()
    assert load(family / "plain").gameplay_hash == load(write(tmp_path / "alone", LEVEL)).gameplay_hash


def test_the_same_seed_draws_alike_in_every_variant(family):
    drawn = [[load(path).bind(seed).draws for seed in range(8)] for path in levels_in(family)]
    assert drawn[0] == drawn[1] == drawn[2]


def test_a_variant_travels_to_another_process(family):
    again = pickle.loads(pickle.dumps(load(family / "lean")))
    assert again.level.id == "sample/lean" and again.path == family / "lean"


def test_ids_and_paths_find_variants(family, monkeypatch):
    monkeypatch.setattr(bundle, "folder", lambda: family.parent)
    assert [id_of(path) for path in bundle.bundled()] == ["sample/plain", "sample/lean", "sample/costly"]
    assert find("sample/lean") == find(str(family / "lean")) == family / "lean"
    assert find("sample") == family
    with pytest.raises(LevelError, match="name one: sample/plain, sample/lean, sample/costly"):
        load(find("sample"))
    with pytest.raises(LevelError, match="did you mean `sample/lean`"):
        load(find("sample/leam"))


def test_a_level_without_variants_has_none(tmp_path):
    with pytest.raises(LevelError, match="no variants"):
        load(write(tmp_path, LEVEL) / "lean")


@pytest.mark.parametrize(
    ("patch", "passage", "what"),
    [
        ("a: {world: {components: {ghost: null}}}", "ghost", "there is nothing of this name to delete"),
        ("a: {script: {told: {message: {font: null}}}}", "font", "there is nothing of this name to delete"),
        ("a: {id: other}", "id: other", "changes `id`"),
        ("a: {includes: [x.yaml]}", "includes", "changes `includes`"),
        ("a: 3", "a: 3", "must be a map"),
        ("A b: {}", "A b", "cannot name a variant"),
        ("a: {world: {components: {web-1: {capcity: 3/s}}}}", "capcity", "capcity"),
    ],
)
def test_what_a_variant_must_not_be(tmp_path, patch, passage, what):
    text = LEVEL + f"variants:\n  {patch}\n"
    path = write(tmp_path, text)
    with pytest.raises(LevelError) as caught:
        load(path / "a")
    first = caught.value.problems[0]
    assert what in first.what
    assert (first.line, first.col) == place(text, passage)


def test_lint_looks_at_every_variant_and_at_twins(family, tmp_path):
    assert lint(family) == []
    text = FAMILY.replace("  lean:", "  twin: {title: Another name}\n  dull: {objectives: {spend: null}}\n  lean:")
    assert [p.what for p in lint(write(tmp_path, text))] == ["no objective measures spend"]
    text = FAMILY.replace("  lean:", "  twin: {title: Another name}\n  lean:")
    assert [p.rule for p in lint(write(tmp_path, text))] == ["family.same"]
