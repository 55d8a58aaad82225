"""Lint: is a level fit to be played by others? What can be known without running it, one small check each.

A level that does not load is not looked at further: what keeps it from loading is what lint reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from drill.level.checks import Check, Finding, View, run, within
from drill.level.draws import FIXED, reads, substitute
from drill.level.errors import LevelError, Problem, problem, show
from drill.level.family import id_of, levels_in, split
from drill.level.figures import moment
from drill.level.level import Condition
from drill.level.lint_fair import FAIR
from drill.level.lint_solutions import SOLUTIONS
from drill.level.loader import LevelFile, load
from drill.level.yaml_tree import Node
from drill.model.component import Component
from drill.model.units import clock_text

#: A draw is tried at so many of its values at most: all of a short list, else spread over it, ends included.
_TRIED = 60


def lint(path: Path) -> list[Problem]:
    """Return everything that a level is refused for, in the order of the file; [] for a level that is fit."""
    levels = levels_in(path)
    if len(levels) > 1 or levels[0] != path:
        return _family(levels)
    try:
        file = load(path)
    except LevelError as error:
        return error.problems
    found = [*file.notes, *unused_draws(file), *other_draws(file), *own_name(file)]
    bound = file.bind(0)
    root = substitute(file.root, bound.draws)
    found += run((*CHECKS, *FAIR, *SOLUTIONS), View(bound.level, bound.faults, file.draws), root)
    return sorted(dict.fromkeys(found), key=lambda p: (p.file, p.line, p.col))


def _family(levels: list[Path]) -> list[Problem]:
    """Return what is wrong with the levels of one file, and where two of them play the same."""
    found = [one for path in levels for one in lint(path)]
    if not found:
        seen: dict[str, Path] = {}
        for path in levels:
            file = load(path)
            twin = seen.setdefault(file.gameplay_hash, path)
            if twin != path:
                what = f"the variants {show(twin.name)} and {show(path.name)} play the same"
                found.append(problem(file.root.at, what, "take one of them out", "family.same"))
    return sorted(dict.fromkeys(found), key=lambda p: (p.file, p.line, p.col))


def unused_draws(file: LevelFile) -> Iterator[Problem]:
    """A draw that nothing reads varies nothing."""
    read: set[str] = set()
    for key, node in file.root.value.items():
        if key not in FIXED:
            read.update(_reads(node))
    for situated in View(file.level, {}).conditions:
        read.update(_asked(situated[1]))
    read.update(rule.deal for rule in file.level.script.values() if rule.deal is not None)
    draws = file.root.get("draws")
    for name in file.draws:
        node = draws.get(name) if draws else None
        if node is not None and name not in read:
            fix = f"use it as ${name}, or take it out"
            yield problem(node.key or node.at, f"nothing reads the draw {show(name)}", fix, "draw.unused")


def _reads(node: Node) -> Iterator[str]:
    if not node.holes:
        return
    if isinstance(node.value, str):
        yield from (name.split(".")[0] for name in reads(node.value))
    elif isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from (name.split(".")[0] for name in reads(key))
            yield from _reads(child)
    else:
        for child in node.value:
            yield from _reads(child)


def _asked(condition: object) -> Iterator[str]:
    if isinstance(condition, Condition):
        for _, inner, _ in within((), condition):
            if inner.draw:
                yield inner.draw.split(".")[0]


def other_draws(file: LevelFile) -> Iterator[Problem]:
    """The level must load whatever is drawn, not only on seed 0: each value of each draw, the others at their first."""
    first = {name: draw.value(0) for name, draw in file.draws.items()}
    for name, draw in file.draws.items():
        step = max(1, (draw.size - 1) / (_TRIED - 1))
        tried = dict.fromkeys(min(draw.size - 1, round(step * i)) for i in range(_TRIED))
        for index in tried:
            value = draw.value(index)
            try:
                file.bind_to({**first, name: value})
            except LevelError as error:
                for one in error.problems:
                    what = f"{one.what} (when ${name} is {show(value)})"
                    yield problem((one.file, one.line, one.col), what, one.fix, one.rule or "draw.value")
                break


def own_name(file: LevelFile) -> Iterator[Problem]:
    """Levels are found by the names of their files."""
    node = file.root.get("id")
    if node is not None and node.value != id_of(file.path):
        own = str(node.value).partition("/")[0]
        what = f"the level {show(own)} is in a file called {show(split(file.path)[0].name)}"
        yield problem(node.at, what, f"name the file {own}.yaml, or change the id", "level.id")


def phases_end(view: View) -> Iterator[Finding]:
    """Every phase has an end that can come before the level's."""
    total = 0
    for name, phase in view.level.phases.items():
        total += int(phase.max)
        if total > view.level.length:
            what = f"{show(name)} may last until {clock_text(total)}, after the level's end"
            yield Finding(("phases", name, "max"), what, "shorten the phases, or lengthen the level")


def hints_in_time(view: View) -> Iterator[Finding]:
    """A hint that comes after the end helps nobody; a blind level has none."""
    for name, hint in view.level.hints.items():
        if view.level.tier == "blind":
            yield Finding(("hints", name), "a blind level has no hints", "leave it out, or make the level `hinted`")
        if int(hint.at or 0) + int(hint.wait) >= view.level.length:
            yield Finding(("hints", name), f"the hint {show(name)} comes after the end", "bring it forward")


def entered(view: View) -> Iterator[Finding]:
    """Users enter where requests are answered."""
    for name, spec in view.level.traffic.items():
        component = view.components[spec.enters]
        kind = type(component)
        if kind.serve is Component.serve and kind.answer is Component.answer:
            what = f"nothing at {show(spec.enters)} takes requests"
            yield Finding(("traffic", name, "enters"), what, "name a record, an address, a balancer or a server")


def dealt_in_time(view: View) -> Iterator[Finding]:
    """The last card of a hand comes before the end."""
    for name, rule in view.level.script.items():
        deck = view.decks.get(rule.deal or "")
        if deck is not None:
            begins = int(rule.wait) + (moment(rule.at)[1] if rule.at is not None else 0)
            last = begins + (deck.deal - 1) * int(deck.apart)
            if last >= view.level.length:
                what = f"the last card of {show(rule.deal)} comes at {clock_text(last)} or later, after the end"
                yield Finding(("script", name, "deal"), what, "deal sooner, fewer, or less far apart")


def answers_matter(view: View) -> Iterator[Finding]:
    """An answer changes something: a rule of the script looks at it."""
    asked = [c for _, outer, reader in view.conditions if reader != "solution" for _, c, _ in within((), outer)]
    for name, rule in view.level.script.items():
        if rule.ask is None:
            continue
        answered = any((c.message or "").startswith(f"{name}/") or c.of == name for c in asked)
        if not answered:
            what = f"whatever is answered to {show(name)}, nothing follows"
            yield Finding(("script", name, "ask"), what, f"let a rule ask {{message: {name}/CHOICE}}")


CHECKS: tuple[tuple[str, Check], ...] = (
    ("phase.end", phases_end),
    ("hint.time", hints_in_time),
    ("traffic.enters", entered),
    ("deck.time", dealt_in_time),
    ("ask.answer", answers_matter),
)
