"""YAML text -> a tree of plain values that knows where each of them was written.

Read under the YAML 1.2 core schema: ``on``, ``off``, ``yes`` and ``no`` are text, ``5:00`` is text, only true, false,
null and decimal, octal (0o) and hexadecimal (0x) numbers are not. Anchors, aliases, tags, merge keys and a second
document are refused, so nothing in a file can grow beyond its size. All text is cleaned here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from drill.level.errors import LevelError, Place, Problem, Problems, problem, show
from drill.model.text import clean

MAX_BYTES = 1 << 20
MAX_DEPTH = 20
MAX_NODES = 20_000
_LARGEST = 1 << 53  # beyond it a float no longer counts by one, and a codec may overflow

_INT = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_ENDLESS = r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_CLOCK = r"[-+]?[0-9]+(?::[0-5]?[0-9])+"
_PADDED = r"[-+]?0[0-9]+"
_GROUPED = r"[-+]?[0-9]+(?:_[0-9]+)+(?:\.[0-9_]*)?"
_CONSTANTS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_TRAPS = frozenset(w for word in ("yes", "no", "on", "off") for w in (word, word.capitalize(), word.upper()))
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]"
_NUMERIC = frozenset("0123456789+-.")


def _parser(text: str) -> Any:
    """Return what reads events off ``text``: libyaml where PyYAML has it, else the same in Python, 20 times slower."""
    try:
        from yaml.cyaml import CParser  # type: ignore[attr-defined]

        return CParser(text)
    except ImportError:
        return yaml.SafeLoader(text)


class Node:
    """A value and its place. ``value``: dict[str, Node], list[Node], or text, number, bool, None.

    ``key``: where the key stands under which a map holds this node. ``holes``: whether a ``$draw`` may be in it.
    """

    __slots__ = ("at", "holes", "key", "value")

    def __init__(self, value: Any, at: Place, key: Place | None = None, holes: bool = False) -> None:
        self.value = value
        self.at = at
        self.key = key
        self.holes = holes

    def plain(self) -> Any:
        """Return the bare data."""
        value = self.value
        kind = value.__class__
        if kind is dict:
            return {k: n.value if n.value.__class__ is str else n.plain() for k, n in value.items()}
        if kind is list:
            return [n.plain() for n in value]
        return value

    def get(self, *path: str | int) -> Node | None:
        """Return the node at ``path`` below this one, or None."""
        node = self
        for step in path:
            value = node.value
            listed = isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
            if not listed and not (isinstance(value, dict) and step in value):
                return None
            node = value[step]
        return node

    def nearest(self, path: tuple[str | int, ...]) -> Node:
        """Return the deepest node along ``path`` that the file has written."""
        node = self
        for step in path:
            below = node.get(step)
            if below is None:
                break
            node = below
        return node


class Tree:
    """A parsed file. ``notes``: what is legal but looks like a mistake (lint reports it)."""

    def __init__(self, root: Node, notes: list[Problem]) -> None:
        self.root = root
        self.notes = notes


def parse(data: bytes, file: str, noun: str = "level", start: str = "drill: 1") -> Tree:
    """Parse one YAML file that holds a map; ``noun``: what it is; ``start``: its first line. Raises LevelError."""
    text = _text(data, file)
    notes: list[Problem] = []
    try:
        return Tree(_Builder(file, notes, noun, start).build(_parser(text)), notes)
    except yaml.MarkedYAMLError as error:
        raise LevelError([_malformed(error, file)]) from None
    except yaml.YAMLError:  # the reader's: it counts bytes or characters, depending on who reads
        found = re.search(_FORBIDDEN, text)
        at = _place_of(text, found.start() if found else 0, file)
        raise LevelError([problem(at, "a control character, which YAML does not allow", "delete it")]) from None


def _text(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise LevelError([problem((file, 1, 1), "the file is larger than 1 MiB", "make the level smaller")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        at = (file, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise LevelError([problem(at, "the file is not UTF-8 text", "save it as UTF-8")]) from None


def _place_of(text: str, position: int, file: str) -> Place:
    before = text[: max(0, position)]
    return (file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _malformed(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    at = (file, mark.line + 1, mark.column + 1) if mark else (file, 1, 1)
    what = f"not valid YAML: {error.problem or 'cannot be read'}"
    if error.context:
        what += f" {error.context}"
    return problem(at, what, "check the indentation, brackets and quotes here and just above")


class _Builder:
    """Builds the tree from the parser's events, and refuses what the format leaves out of YAML."""

    def __init__(self, file: str, notes: list[Problem], noun: str, start: str) -> None:
        self.file = file
        self.notes = notes
        self.noun = noun
        self.one, self.many = f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}", f"{noun}s"
        self.start = f"start it with `{start}`"
        self.nodes = 0
        self.bad = Problems()

    def build(self, parser: Any) -> Node:
        events = self._events(parser)
        first = next(events, None)
        if first is None:
            raise LevelError([problem((self.file, 1, 1), "the file is empty", self.start)])
        root = self._node(first, events, 1)
        more = next(events, None)
        if more is not None:
            self._refuse(self._at(more), "a second document in the file", f"keep one {self.noun} to a file")
        if not isinstance(root.value, dict):
            self._refuse(root.at, f"{self.one} is a map of fields", self.start)
        if self.bad:
            raise LevelError(self.bad)
        return root

    def _events(self, parser: Any) -> Iterator[Any]:
        skipped = (yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
        while True:
            event = parser.get_event()
            kind = event.__class__
            if kind is yaml.StreamEndEvent:
                return
            if kind not in skipped:
                yield event

    def _at(self, event: Any) -> Place:
        mark = event.start_mark
        return (self.file, mark.line + 1, mark.column + 1)

    def _refuse(self, at: Place, what: str, fix: str) -> None:
        self.bad.append(problem(at, what, fix))

    def _stop(self, at: Place, what: str, fix: str) -> LevelError:
        self._refuse(at, what, fix)
        return LevelError(self.bad)

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        kind = event.__class__
        at = self._at(event)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self._stop(at, f"more than {MAX_NODES} values in the file", f"make the {self.noun} smaller")
        if kind is yaml.AliasEvent:
            raise self._stop(at, f"an alias (*{event.anchor})", f"{self.many} know no aliases: write it out again")
        if event.anchor is not None:
            self._refuse(at, f"an anchor (&{event.anchor})", f"{self.many} know no anchors: write it out where needed")
        if event.tag is not None:
            self._refuse(at, f"a tag ({event.tag})", f"{self.many} know no tags: leave it out")
        if kind is yaml.ScalarEvent:
            return self._scalar(event, at)
        if depth > MAX_DEPTH:
            raise self._stop(at, f"nested more than {MAX_DEPTH} deep", "flatten it")
        if kind is yaml.SequenceStartEvent:
            return self._list(events, at, depth)
        return self._map(events, at, depth)

    def _list(self, events: Iterator[Any], at: Place, depth: int) -> Node:
        items: list[Node] = []
        holes = False
        for event in events:
            if event.__class__ is yaml.SequenceEndEvent:
                break
            item = self._node(event, events, depth + 1)
            holes = holes or item.holes
            items.append(item)
        return Node(items, at, None, holes)

    def _map(self, events: Iterator[Any], at: Place, depth: int) -> Node:
        fields: dict[str, Node] = {}
        holes = False
        for event in events:
            if event.__class__ is yaml.MappingEndEvent:
                break
            key_at = self._at(event)
            key = self._key(event, events, key_at, depth)
            child = self._node(next(events), events, depth + 1)
            child.key = key_at
            holes = holes or child.holes or "$" in key
            if key in fields:
                first = fields[key].key or at
                self._refuse(key_at, f"{show(key)} is here twice (first in line {first[1]})", "keep one of them")
            else:
                fields[key] = child
        return Node(fields, at, None, holes)

    def _key(self, event: Any, events: Iterator[Any], at: Place, depth: int) -> str:
        if event.__class__ is not yaml.ScalarEvent:
            self._node(event, events, depth + 1)
            if event.__class__ is not yaml.AliasEvent:
                self._refuse(at, "a list or a map as a key", "use a name")
            return f"\0{at}"
        node = self._node(event, events, depth + 1)
        key = clean(event.value)
        if event.implicit[0] and key == "<<":
            self._refuse(at, "a merge key (<<)", f"{self.many} know no merge keys: write the fields out")
        elif not key.strip() or node.value is None:
            self._refuse(at, "a key without a name", "give it a name")
        return key

    def _scalar(self, event: Any, at: Place) -> Node:
        raw: str = event.value
        text = clean(raw)
        if text is not raw and text != raw:
            self._note(at, "control, escape or invisible characters were taken out of this text", "delete them")
        if not event.implicit[0]:
            return Node(text, at, None, "$" in text)
        if text and text[0] in _NUMERIC:
            return Node(self._number(text, at), at, None, "$" in text)
        if text in _CONSTANTS:
            return Node(_CONSTANTS[text], at)
        if text in _TRAPS:
            self._note(at, f"`{text}` is text here; other YAML tools read a boolean", "quote it, or write true/false")
        return Node(text, at, None, "$" in text)

    def _number(self, text: str, at: Place) -> Any:
        if re.fullmatch(_INT, text):
            if text.lstrip("+-")[:1] == "0" and re.fullmatch(_PADDED, text):
                self._note(at, f"`{text}` is decimal here; other YAML tools read octal", "drop the zero, or quote it")
            base = 8 if text[:2] == "0o" else 16 if text[:2] == "0x" else 10
            number: float = int(text, base) if len(text) < 30 else _LARGEST * 2
        elif re.fullmatch(_FLOAT, text):
            number = float(text)
        elif text[-1] in "fFnN" and re.fullmatch(_ENDLESS, text):
            number = _LARGEST * 2
        else:
            if (":" in text and re.fullmatch(_CLOCK, text)) or ("_" in text and re.fullmatch(_GROUPED, text)):
                self._note(at, f"{show(text)} is text here", "write durations as 5m or 90s, numbers without separators")
            return text
        if abs(number) > _LARGEST:
            self._refuse(at, f"{show(text)} is too large a number", "write one below 9,000,000,000,000,000")
        return number

    def _note(self, at: Place, what: str, fix: str) -> None:
        self.notes.append(problem(at, what, fix, "yaml.trap"))
