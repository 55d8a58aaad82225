"""Text from outside can neither move the cursor nor hide in another text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.model.text import clean, one_line


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        ("plain text, tabs\tand\nlines", "plain text, tabs\tand\nlines"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;never ends", "0;never ends"),
        ("\x9b2Jgone", "gone"),
        ("\x1bPq#0;\x1b\\sixel", "sixel"),
        ("\x1b(0lines", "lines"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("ad\u202emin\u2066\u200b\u200d\ufeff\u00ad", "admin"),
        ("\u3164\u115f\u034f\ufe0f\U000e0041", ""),
        ("na\u00efve \u65e5\u672c \U0001f525 [bold]", "na\u00efve \u65e5\u672c \U0001f525 [bold]"),
        ("bad\udcffname", "badname"),
        ("\x00\x07\x08\x7f\x85", ""),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(raw, left):
    assert clean(raw) == left


@given(st.text())
def test_what_is_clean_stays_clean(raw):
    once = clean(raw)
    assert clean(once) == once
    once.encode()
    assert not any(ord(c) < 32 and c not in "\t\n" for c in once)
    assert "\n" not in one_line(raw) and "\x1b" not in once


@given(st.lists(st.sampled_from(["\x1b", "[", "]", "\x9b", "\x9d", "0", "m", "\x07", "\\", "a", "\u202e", "\x00"])))
def test_nothing_is_built_from_what_is_left(parts):
    once = clean("".join(parts))
    assert clean(once) == once and "\x1b" not in once and "\x9b" not in once
