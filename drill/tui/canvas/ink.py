"""Ink and paper: what every cell of a canvas is drawn with, and the glyph and word of every state.

A cell's look is one byte: the ink in the low five bits, the paper in the high three. So a row's looks are a bytearray,
two of them are merged by one ``|`` of big integers, and equal neighbors are found by one regular expression.
"""

from __future__ import annotations

from enum import IntEnum

from drill.view.frame import State


class Ink(IntEnum):
    """The foreground of a cell, by meaning."""

    TEXT = 0
    STRONG = 1
    MUTED = 2  # still to be read: labels, ages, units
    LINE = 3  # boxes and rules: not to be read
    OK = 4
    WARN = 5
    BAD = 6
    BUSY = 7
    OFF = 8
    OK_STRONG = 9
    WARN_STRONG = 10
    BAD_STRONG = 11
    BUSY_STRONG = 12
    OFF_STRONG = 13
    WARN_LINE = 14  # boxes around what needs a look
    BAD_LINE = 15  # boxes around what is broken
    CALM = 16  # bars and dots of what is well: color that does not ask for anything
    KEY = 17  # a key to press
    QUIET = 18  # signs and traces of what is well, where there are many of them


class Paper(IntEnum):
    """The background of a cell, by meaning."""

    PLAIN = 0
    TRACK = 1 << 5  # the empty part of a bar
    TINT = 2 << 5  # inside what is broken
    PICK = 3 << 5  # the selected card
    FLASH = 4 << 5  # what just changed: reverse video for a moment
    BAND = 5 << 5  # header and other bands
    FOUND = 6 << 5  # what a search matches


GLYPHS: dict[State, str] = {"ok": "●", "warn": "▲", "bad": "✖", "busy": "◐", "off": "○", "unknown": "?"}

#: What a state is called where a card brings no word of its own.
WORDS: dict[State, str] = {
    "ok": "ok",
    "warn": "warn",
    "bad": "down",
    "busy": "busy",
    "off": "off",
    "unknown": "no data",
}

INKS: dict[State, Ink] = {
    "ok": Ink.CALM,
    "warn": Ink.WARN,
    "bad": Ink.BAD,
    "busy": Ink.BUSY,
    "off": Ink.OFF,
    "unknown": Ink.OFF,
}

STRONG_INKS: dict[State, Ink] = {
    "ok": Ink.OK_STRONG,
    "warn": Ink.WARN_STRONG,
    "bad": Ink.BAD_STRONG,
    "busy": Ink.BUSY_STRONG,
    "off": Ink.OFF_STRONG,
    "unknown": Ink.OFF_STRONG,
}

#: From calm to urgent: the worst of several states stands for all of them.
URGENCY: dict[State, int] = {"ok": 0, "off": 1, "unknown": 2, "busy": 3, "warn": 4, "bad": 5}


def worst(states: list[State]) -> State:
    """Return the most urgent of ``states`` (none: ``ok``)."""
    return max(states, key=URGENCY.__getitem__, default="ok")


def word_of(state: State, word: str) -> str:
    """Return the word that goes with ``state``: the card's own, or the plain one."""
    return word or WORDS[state]
