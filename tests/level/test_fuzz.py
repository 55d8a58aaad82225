"""Whatever is done to a level's text: it loads, or says in one line each what is wrong. 10,000 ways to try.

``DRILL_MUTATIONS`` sets how many; the suite tries a few hundred.
"""

from __future__ import annotations

import os
import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drill.level.errors import LevelError
from drill.level.loader import load
from tests.level.sample import LEVEL, write

MUTATIONS = int(os.environ.get("DRILL_MUTATIONS", "400"))
BATCHES = 8
_TOKENS = [
    *"{}[]:,-?&*!|>'\"%@`#$ \n\t\0\x1b\x7f\ufeff\u202e\u0663é", "\ud800", "null", "true", "on", "<<: *a", "&a", "*a",
    "!!python/object:x", "$bad", "$bad.zone", "${t0", "$$", "~", "-1", "0", "1e999", ".nan", "9" * 40, "5:00", "-5s",
    "0s",
    "9" * 30 + "d", "1" * 400 + "s", "P", "PT", "1000%", "$", "$1e9", "[]", "{}", "[[]]", "{a: {b: {c: d}}}", "---",
    "...",
    "world", "script", "end", "outage", "web-1", "db", "\r\n", "x" * 300, "a.b", "0x", "0o9", "_", "__class__",
]  # fmt: skip
_WORDS = re.compile(r"[\w.%$/-]+")
_SPANS = [m.span() for m in _WORDS.finditer(LEVEL)]
_LINES = LEVEL.splitlines(keepends=True)


def mutate(dice: random.Random) -> str:
    """Return the sample after one to four random injuries."""
    text = LEVEL
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(text) + 1)
        way = dice.choice((0, 1, 2, 2, 2, 3, 3, 3, 3, 4, 5, 6, 7, 8))  # mostly wrong words, sometimes broken YAML
        if way == 0:
            text = text[:at] + text[at + dice.randrange(1, 40) :]
        elif way == 1:
            text = text[:at] + dice.choice(_TOKENS) + text[at:]
        elif way == 2:
            start, end = dice.choice(_SPANS)
            text = text[:start] + dice.choice(_TOKENS[28:]) + text[end:]
        elif way == 3:
            start, end = dice.choice(_SPANS)
            other = dice.choice(_SPANS)
            text = text[:start] + LEVEL[other[0] : other[1]] + text[end:]
        elif way == 4:
            text = text.replace(dice.choice(_LINES), "", 1)
        elif way == 5:
            text = text.replace(dice.choice(_LINES), dice.choice(_LINES), 1)
        elif way == 6:
            text = text[:at]
        elif way == 7:
            text = text[:at] + chr(dice.randrange(0x250)) + text[at:]
        else:
            line = dice.choice(_LINES)
            text = text.replace(line, "  " + line if dice.random() < 0.5 else line.lstrip(" "), 1)
    return text


def holds(path) -> bool:
    """Load, bind and hash, or be refused as everything is refused; return whether it loaded."""
    try:
        file = load(path)
        file.bind(1)
        assert file.gameplay_hash
        return True
    except LevelError as error:
        assert error.problems
        for problem in error.problems:
            line = str(problem)
            assert re.match(re.escape(str(path)) + r":[1-9]\d*:[1-9]\d*: .+; .+", line), line
            assert line.isprintable() and len(line) < 1000, line
    return False


@pytest.mark.parametrize("batch", range(BATCHES))
def test_mutated_levels_load_or_say_why(tmp_path, batch):
    for n in range(batch, MUTATIONS, BATCHES):
        text = mutate(random.Random(f"level:{n}"))
        try:
            holds(write(tmp_path, text))
        except Exception as error:
            raise AssertionError(f"mutation {n}: {error!r}\n{text}") from error


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(_TOKENS[:-1])
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_value_in_any_place_loads_or_says_why(tmp_path_factory, data):
    import json

    folder = tmp_path_factory.getbasetemp()
    start, end = data.draw(st.sampled_from(_SPANS))
    value = json.dumps(data.draw(_values), allow_nan=True)
    holds(write(folder, LEVEL[:start] + value + LEVEL[end:], "any.yaml"))


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_refused(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "raw.yaml"
    path.write_bytes(raw)
    assert not holds(path)
