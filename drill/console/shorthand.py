"""The AWS CLI's shorthand for structures: ``Id=web-2,Port=80``, ``Values=a,b``, ``A={B=c}``, ``[x, y]``.

The reader gives texts, lists and dicts and knows no types; ``values.fit`` does.
"""

from __future__ import annotations

import re
from typing import Any

KEY = r"[A-Za-z0-9_\-.#/:]+"
_KEY = rf"\s*({KEY})\s*="
_BARE = r"[^,\[\]{}'\"]*"
_QUOTED = r"(?s)'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\""
_ESCAPE = r"\\(['\"\\])"
_DEPTH = 20

#: Texts that the shorthand can carry as they are.
SIMPLE = r"[A-Za-z0-9_.:/@+*-]+"


class ShorthandError(ValueError):
    """What was expected, and what stands there instead."""


def read(text: str) -> dict[str, Any]:
    """Return the structure that ``text`` stands for, its leaves as texts, or raise ShorthandError."""
    return _Reader(text).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def whole(self) -> dict[str, Any]:
        found = self.pairs("", 0)
        if self.at < len(self.text):
            raise self.error("','")
        return found

    def key(self, skip: int = 0) -> re.Match[str] | None:
        return re.compile(_KEY).match(self.text, self.at + skip)

    def pairs(self, closing: str, depth: int) -> dict[str, Any]:
        if depth > _DEPTH:
            raise ShorthandError(f"structures nested deeper than {_DEPTH}")
        found: dict[str, Any] = {}
        while True:
            key = self.key()
            if key is None:
                self.at = len(self.text) if "=" not in self.text[self.at :] else self.at
                raise self.error("'='")
            if key[1] in found:
                raise ShorthandError(f"the key {key[1]} stands there twice")
            self.at = key.end()
            found[key[1]] = self.value(depth)
            if self.peek() != ",":
                return found
            self.at += 1
            if closing and self.peek() == closing:
                return found

    def value(self, depth: int) -> Any:
        if self.peek() in ("[", "{"):
            return self.nested(depth)
        first = self.scalar()
        if self.peek() != "," or self.key(1):
            return first
        several = [first]
        while self.peek() == "," and not self.key(1) and self.text[self.at + 1 :].strip():
            self.at += 1
            several.append(self.scalar())
        return several

    def nested(self, depth: int) -> Any:
        opening = self.peek()
        self.at += 1
        if opening == "{":
            found: Any = {} if self.peek() == "}" else self.pairs("}", depth + 1)
            self.close("}")
            return found
        several: list[Any] = []
        while self.peek() != "]":
            several.append(self.element(depth + 1))
            if self.peek() != ",":
                break
            self.at += 1
        self.close("]")
        return several

    def element(self, depth: int) -> Any:
        if depth > _DEPTH:
            raise ShorthandError(f"structures nested deeper than {_DEPTH}")
        return self.nested(depth) if self.peek() in ("[", "{") else self.scalar()

    def scalar(self) -> str:
        self.peek()
        quoted = re.compile(_QUOTED).match(self.text, self.at)
        if quoted:
            self.at = quoted.end()
            return re.sub(_ESCAPE, r"\1", quoted[1] if quoted[1] is not None else quoted[2])
        bare = re.compile(_BARE).match(self.text, self.at)
        assert bare is not None  # it matches the empty text
        self.at = bare.end()
        return bare.group().rstrip()

    def peek(self) -> str:
        """Skip blanks; return the character that comes, or ""."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def close(self, bracket: str) -> None:
        if self.peek() != bracket:
            raise self.error(f"'{bracket}'")
        self.at += 1

    def error(self, wanted: str) -> ShorthandError:
        got = repr(self.text[self.at]) if self.at < len(self.text) else "'EOF'"
        return ShorthandError(f"Expected: {wanted}, received: {got} for input: {self.text}")
