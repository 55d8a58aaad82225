"""Text from outside (levels, operators' names, files, servers) is cleaned here, once, where it enters.

What is left may be shown in a terminal: no control or escape characters, no bidirectional overrides, nothing of zero
width that hides one name inside another. It may still look like markup, so it must never be parsed as any.
"""

from __future__ import annotations

import re

# Patterns are compiled when the first text needs them: hardly any does.
# A whole escape sequence goes with its payload; an introducer whose sequence never ends goes alone (as a control).
_SEQUENCE = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colors, cursor, screen
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]"  # the short ones
)
_UNWANTED = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers of no width
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # zero width, bidi marks, embeddings, overrides, isolates
    "\u3164\ufeff\uffa0\ufff0-\uffff\ufe00-\ufe0f"  # fillers, byte order mark, specials, variation selectors
    "\ud800-\udfff"  # lone surrogates: cannot be encoded again
    "\U000e0000-\U000e0fff]"  # tags and more variation selectors
)
_BREAK = "\r\n?|[\u2028\u2029]"


def clean(text: str) -> str:
    """Return ``text`` without control, escape, bidirectional and zero-width characters; tab and newline stay."""
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_UNWANTED, "", re.sub(_BREAK, "\n", re.sub(_SEQUENCE, "", text)))


def one_line(text: str) -> str:
    """Return ``text`` cleaned and on one line: each run of white space becomes one space."""
    return " ".join(clean(text).split())
