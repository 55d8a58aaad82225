"""Draws: what varies from seed to seed, decided by the seed alone, and how ``$name`` puts it into a level.

``bad: {one_of: [...]}`` takes one of the values; rows that are maps are facts that must agree (``$bad.zone``).
``t0: {between: [90s, 150s], step: 10s}`` takes an amount. ``night: {deal: 2, apart: 4m, of: [{card: dark, suit: zone},
...]}`` is a deck: the names of the cards dealt, in order. No level id goes into the dice, so levels that share a draw
share the night. A value that is nothing but ``$name`` keeps the type of what was drawn; inside a text it is written
out (``${name}`` where letters follow; ``$$`` is a dollar sign).
"""

import random
import re
from collections.abc import Callable
from typing import Any

import msgspec

from drill.level import decks
from drill.level.amounts import Steps
from drill.level.errors import LevelError, Problem, Problems, problem, show, suggest
from drill.level.level import DeckSpec
from drill.level.typed import convert
from drill.level.yaml_tree import Node

_NAME = r"[A-Za-z][A-Za-z0-9_]*"
_DRAW = rf"\$(?:(?P<dollar>\$)|\{{(?P<braced>{_NAME}(?:\.{_NAME})*)\}}|(?P<bare>{_NAME}(?:\.{_NAME})*))"


#: Never read a draw: what players read before they play, and what solves the level.
FIXED = ("drill", "id", "title", "tier", "teaches", "brief", "sources", "solutions", "draws")


#: What draws may add to a level at most, all together: nodes, and characters written into texts.
MAX_PLANTED = 10_000
MAX_WRITTEN = 1 << 18


class Draw(msgspec.Struct, frozen=True):
    """One draw: its name, how many values it can have, and each of them by its number."""

    name: str
    size: int
    value: Callable[[int], Any]

    def pick(self, seed: int) -> Any:
        """Return the value on ``seed``."""
        return self.value(int(random.Random(f"{seed}:draw:{self.name}").random() * self.size))


def read_draws(node: Node | None) -> dict[str, Draw]:
    """Return the draws that the level's ``draws`` field describes. Raises LevelError."""
    if node is None:
        return {}
    bad = Problems()
    found: dict[str, Draw] = {}
    if not isinstance(node.value, dict):
        raise LevelError([problem(node.at, "`draws` must be a map", "write for example {t0: {between: [60s, 90s]}}")])
    for name, spec in node.value.items():
        if not re.fullmatch(_NAME, name):
            bad.append(problem(spec.key or spec.at, f"{show(name)} cannot name a draw", "use letters, digits and _"))
            continue
        draw = _draw(name, spec, bad)
        if draw:
            found[name] = draw
    if bad:
        raise LevelError(bad)
    return found


def _draw(name: str, spec: Node, bad: list[Problem]) -> Draw | None:
    fields = spec.value if isinstance(spec.value, dict) else {}
    if spec.holes:
        bad.append(problem(spec.at, f"the draw {show(name)} reads a draw", "put facts that must agree in one row"))
    elif set(fields) == {"one_of"}:
        return _one_of(name, fields["one_of"], bad)
    elif "between" in fields and set(fields) <= {"between", "step"}:
        return _between(name, fields["between"], fields.get("step"), bad)
    elif "deal" in fields:
        return _deck(name, spec, bad)
    else:
        what = f"the draw {show(name)} must be one_of, between or a deck"
        bad.append(problem(spec.at, what, "write {one_of: [a, b]} or {between: [60s, 90s], step: 5s}"))
    return None


def _deck(name: str, spec: Node, bad: list[Problem]) -> Draw | None:
    deck = convert(spec, DeckSpec, "", bad)
    if not isinstance(deck, DeckSpec):
        return None
    count = len(decks.suits(deck))
    if not 1 <= deck.deal <= count:
        what = f"the deck {show(name)} deals {deck.deal} cards of {count} suits, at most one of each"
        bad.append(problem(spec.value["deal"].at, what, "deal fewer, or name more suits"))
        return None
    size = decks.hands([len(names) for names in decks.suits(deck).values()], deck.deal)
    if size > decks.MAX_HANDS:
        bad.append(problem(spec.at, f"the deck {show(name)} has too many hands", "deal fewer cards, or name fewer"))
        return None
    return Draw(name, size, lambda number: decks.hand(deck, number))


def _one_of(name: str, rows: Node, bad: list[Problem]) -> Draw | None:
    if not isinstance(rows.value, list) or not rows.value:
        bad.append(problem(rows.at, "`one_of` must be a list of values", "write for example [use1-az1, use1-az2]"))
        return None
    facts = {tuple(sorted(row.value)) for row in rows.value if isinstance(row.value, dict)}
    if len(facts) > 1 or (facts and not all(isinstance(row.value, dict) for row in rows.value)):
        what = f"the rows of the draw {show(name)} do not state the same facts"
        bad.append(problem(rows.at, what, "give each row the same fields"))
    values: list[Any] = rows.plain()
    return Draw(name, len(values), values.__getitem__)


def _between(name: str, ends: Node, step: Node | None, bad: list[Problem]) -> Draw | None:
    pair = ends.value if isinstance(ends.value, list) else []
    if len(pair) != 2:
        bad.append(problem(ends.at, "`between` takes a lower and an upper end", "write for example [60s, 90s]"))
        return None
    try:
        steps = Steps(pair[0].value, pair[1].value, step.value if step else None)
    except ValueError as error:
        bad.append(problem(ends.at, f"the draw {show(name)} has no amounts to take", str(error)))
        return None
    return Draw(name, steps.count, steps.write)


def reads(text: str) -> list[str]:
    """Return the draws that ``text`` names, with their fields: ``["bad.zone"]``."""
    found = [m["braced"] or m["bare"] for m in re.finditer(_DRAW, text)]
    return [name for name in found if name]


def substitute(root: Node, drawn: dict[str, Any]) -> Node:
    """Return the level's tree with every ``$draw`` replaced. Raises LevelError (unknown or misplaced draws)."""
    filler = _Filler(drawn)
    fields = {k: n if k in FIXED else filler.fill(n, (k,)) for k, n in root.value.items()}
    for key in FIXED:
        if key in fields and key != "draws":
            filler.forbid(fields[key], key)
    if filler.bad:
        raise LevelError(filler.bad)
    return Node(fields, root.at, root.key)


class _Filler:
    def __init__(self, drawn: dict[str, Any]) -> None:
        self.drawn = drawn
        self.bad = Problems()
        self.planted = self.written = 0

    def fill(self, node: Node, path: tuple[str, ...]) -> Node:
        if not node.holes:
            return node
        if path[0] == "hints" and path[2:] in (("text",), ("plain",)):
            self.forbid(node, "hints")
            return node
        value = node.value
        if isinstance(value, str):
            return self._value(node)
        if isinstance(value, list):
            return Node([self.fill(item, (*path, "")) for item in value], node.at, node.key)
        fields: dict[str, Node] = {}
        for key, child in value.items():
            name = self._text(key, child) if "$" in key else key
            if name in fields:
                what = f"{show(name)} is here twice once the draws are filled in"
                self.bad.append(problem(child.key or child.at, what, "name one of them otherwise"))
            fields[name] = self.fill(child, (*path, key))
        return Node(fields, node.at, node.key)

    def forbid(self, node: Node, where: str) -> None:
        """Refuse draws below ``node``, where players or solutions would read them."""
        if not node.holes:
            return
        value = node.value
        if isinstance(value, str):
            for name in reads(value):
                if name.split(".")[0] in self.drawn:
                    fix = "let it observe what was drawn" if where == "solutions" else "leave it out"
                    self.bad.append(problem(node.at, f"`{where}` reads the draw `${name}`", fix, "draw.hidden"))
            return
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(key, str) and any(name.split(".")[0] in self.drawn for name in reads(key)):
                what = f"`{where}` reads a draw in the name {show(key)}"
                self.bad.append(problem(child.key or child.at, what, "name it without", "draw.hidden"))
            self.forbid(child, where)

    def _value(self, node: Node) -> Node:
        whole = re.fullmatch(_DRAW, node.value)
        if whole is None or whole["dollar"]:
            return Node(self._text(node.value, node), node.at, node.key)
        return self._plant(self._look_up(whole["braced"] or whole["bare"], node), node)

    def _text(self, text: str, node: Node) -> str:
        def written(match: re.Match[str]) -> str:
            if match["dollar"]:
                return "$"
            value = self._look_up(match["braced"] or match["bare"], node)
            if isinstance(value, dict | list):
                what = f"`{match[0]}` is a row of facts, not one of them"
                self.bad.append(problem(node.at, what, f"name one: {', '.join(f'{match[0]}.{k}' for k in value)}"))
                return ""
            return str(value).lower() if isinstance(value, bool) else str(value)

        found = re.sub(_DRAW, written, text)
        self.written += len(found)
        self._limit(node)
        return found

    def _look_up(self, dotted: str, node: Node) -> Any:
        name, *fields = dotted.split(".")
        if name not in self.drawn:
            what = f"there is no draw `{name}`"
            self.bad.append(problem(node.at, what, suggest(name, self.drawn, "draw") + " (a dollar sign is $$)"))
            return ""
        value = self.drawn[name]
        for field in fields:
            if not isinstance(value, dict) or field not in value:
                what = f"the draw `{name}` has no fact {show(field)}"
                facts = list(value) if isinstance(value, dict) else []
                self.bad.append(problem(node.at, what, suggest(field, facts, "fact")))
                return ""
            value = value[field]
        return value

    def _plant(self, value: Any, node: Node) -> Node:
        """Return drawn data as nodes that stand where ``node`` stands."""
        self.planted += 1
        self._limit(node)
        if isinstance(value, dict):
            value = {k: self._plant(v, Node(None, node.at, node.at)) for k, v in value.items()}
        elif isinstance(value, list):
            value = [self._plant(v, Node(None, node.at)) for v in value]
        return Node(value, node.at, node.key)

    def _limit(self, node: Node) -> None:
        if self.planted > MAX_PLANTED or self.written > MAX_WRITTEN:
            self.bad.append(problem(node.at, "draws make this level too large", "draw less, or in fewer places"))
            raise LevelError(self.bad)
