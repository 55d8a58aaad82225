"""What checks of a typed level share: what they look at, what they find, and where in the file that stands."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

import msgspec

from drill.catalog import everything, first
from drill.level.decks import cards, decks_of
from drill.level.errors import Problem, Problems, problem
from drill.level.level import Condition, DeckSpec, Level, Rule, Runbook
from drill.level.shapes import Path
from drill.level.world import world_of
from drill.level.yaml_tree import Node
from drill.model.command import Action, Fault, operation_of
from drill.model.component import Component
from drill.model.world import World


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One thing wrong: on the way to which value, what, and what to do."""

    path: Path
    what: str
    fix: str


#: A condition or rule, where it stands, and who reads it: ``script`` (the truth), ``solution`` (telemetry), ...
Situated = tuple[Path, Any, str]


class View:
    """A bound level with what checks look up in it again and again."""

    def __init__(self, level: Level, faults: dict[str, Fault], draws: Iterable[str] = ()) -> None:
        self.level = level
        self.faults = faults
        self.draws = list(draws)
        self.components: dict[str, Component] = level.world.components
        self.zones = {zone: name for name, spec in level.world.regions.items() for zone in spec.zones}

    @cached_property
    def world(self) -> World:
        """The topology at T+0."""
        return world_of(self.level)

    @cached_property
    def runbooks(self) -> list[tuple[Path, Runbook]]:
        """The reference and every wrong lesson that writes its own rules, each with its place."""
        solutions = self.level.solutions
        found: list[tuple[Path, Runbook]] = [(("solutions", "reference"), solutions.reference)]
        for index, lesson in enumerate(solutions.wrong):
            found.append((("solutions", "wrong", index), Runbook(rules=lesson.rules)))
        return found

    @cached_property
    def rules(self) -> list[Situated]:
        """Every rule of the script and of the solutions."""
        found: list[Situated] = [(("script", name), rule, "script") for name, rule in self.level.script.items()]
        for path, runbook in self.runbooks:
            found += [((*path, "rules", name), rule, "solution") for name, rule in runbook.rules.items()]
        return found

    @cached_property
    def siblings(self) -> dict[Path, dict[str, Any]]:
        """Rules by the place of the map that they stand in, then by name."""
        found: dict[Path, dict[str, Any]] = {}
        for path, rule, _ in self.rules:
            found.setdefault(path[:-1], {})[str(path[-1])] = rule
        return found

    @cached_property
    def conditions(self) -> list[Situated]:
        """Every outermost condition, wherever it stands."""
        found: list[Situated] = []
        for path, rule, reader in self.rules:
            found += [((*path, name), c, reader) for name, c in conditions_of(rule)]
        for name, phase in self.level.phases.items():
            if phase.ends is not None:
                found.append((("phases", name, "ends"), phase.ends, "phase"))
        for name, hint in self.level.hints.items():
            if hint.unless is not None:
                found.append((("hints", name, "unless"), hint.unless, "hint"))
        for name, evidence in self.level.telemetry.evidence.items():
            if evidence.ready is not None:
                found.append((("telemetry", "evidence", name, "ready"), evidence.ready, "evidence"))
        return found

    @cached_property
    def decks(self) -> dict[str, DeckSpec]:
        """The decks that the level draws from."""
        return decks_of(self.level.draws)

    @cached_property
    def dealt(self) -> list[str]:
        """The script rules that are cards of a deck."""
        return [rule for rules in cards(self.decks.values()).values() for rule in rules]

    def is_operation(self, name: str) -> bool:
        """Tell whether a condition can ask about this operation: ``AssociateAddress``."""
        return first(Action, lambda cls: operation_of(cls) == name) is not None

    @cached_property
    def operations(self) -> list[str]:
        """The operations that a condition can ask about."""
        return [operation_of(cls) for cls in everything(Action).values()]

    def classes(self, wanted: str | None) -> list[tuple[str, str]]:
        """Return (population, class) of everything that an objective's ``class`` means; ``all`` where it names none."""
        found: list[tuple[str, str]] = []
        for population, spec in self.level.traffic.items():
            found += [(population, name) for name in spec.classes] or [(population, "all")]
        if wanted is None:
            return found
        exact = [row for row in found if ".".join(row) == wanted or row[0] == wanted]
        return exact or [row for row in found if row[1] == wanted]


Check = Callable[[View], Iterator[Finding]]


def conditions_of(rule: Rule) -> list[tuple[str, Condition]]:
    """Return the conditions of a rule by the field they stand in."""
    held = [("when", rule.when), ("while", rule.while_), ("unless", rule.unless)]
    return [(name, condition) for name, condition in held if condition is not None]


def within(path: Path, condition: Condition, deep: int = 0) -> Iterator[tuple[Path, Condition, int]]:
    """Yield a condition and all those in it, each with its place and how many all, any or not are around it."""
    yield path, condition, deep
    for name in ("all", "any"):
        for index, inner in enumerate(getattr(condition, name) or ()):
            yield from within((*path, name, index), inner, deep + 1)
    if condition.not_ is not None:
        yield from within((*path, "not"), condition.not_, deep + 1)


def run(table: Iterable[tuple[str, Check]], view: View, root: Node) -> list[Problem]:
    """Return what the checks of ``table`` (id, function) find, in the order of the file."""
    found = Problems()
    for name, check in table:
        for finding in check(view):
            node = root.nearest(finding.path)
            whole = root.get(*finding.path) is node and not isinstance(node.value, dict | list)
            at = node.at if whole else node.key or node.at
            found.append(problem(at, finding.what, finding.fix, name))
    return sorted(found, key=lambda p: (p.file, p.line, p.col))
