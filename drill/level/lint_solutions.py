"""Are the solutions honest? They act on what can be seen, know only what they asked for, and type what exists."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from drill.level.checks import Check, Finding, View, conditions_of, within
from drill.level.errors import show, suggest
from drill.level.level import Level, Runbook, SolutionRule
from drill.level.shapes import Path
from drill.level.solutions import key_rule, lesson_runbook
from drill.model.text import one_line

_SEEN = r"\{([A-Za-z_][\w-]*)(?:\.([\w-]+))?\}"
_SHOWS = ("alarm", "knows", "measure", "message", "state", "objective", "phase")


def played(level: Level) -> Iterator[tuple[Path, Runbook]]:
    """Yield every runbook of the level as it is played, patches applied, with its place."""
    yield ("solutions", "reference"), level.solutions.reference
    for index, lesson in enumerate(level.solutions.wrong):
        try:
            yield ("solutions", "wrong", index), lesson_runbook(level, lesson)
        except (msgspec.ValidationError, KeyError):  # said when the level was loaded
            continue


def warned(view: View) -> Iterator[Finding]:
    """Something can be known before the decisive action: the reference does not act by the clock."""
    rules = view.level.solutions.reference.rules
    key = key_rule(view.level)
    if key not in rules:
        yield Finding(("solutions", "reference"), "the reference does nothing", "give it rules")
        return
    seen: list[str] = []
    name = key
    while name in rules and name not in seen:
        seen.append(name)
        if any(_shows(condition) for _, condition in conditions_of(rules[name])):
            return
        name = (rules[name].after or "").removesuffix(".started")
    what = f"{show(key)}, the decisive action, waits for nothing that an operator can see"
    yield Finding(("solutions", "reference", "rules", key), what, "trigger it by an alarm or by evidence")


def _shows(condition: object) -> bool:
    inner = within((), condition)  # type: ignore[arg-type]
    return any(getattr(c, name) is not None for _, c, _ in inner for name in _SHOWS)


def earned(view: View) -> Iterator[Finding]:
    """A runbook that knows something has asked for it, and for what that needs."""
    evidence = view.level.telemetry.evidence
    for path, runbook in played(view.level):
        lines = [" ".join(line.split()) for rule in runbook.rules.values() for line in rule.do]
        for name, rule in runbook.rules.items():
            for field, condition in conditions_of(rule):
                for place, inner, _ in within((*path, "rules", name, field), condition):
                    wanted = [inner.knows] if inner.knows else []
                    seen: list[str] = []
                    while wanted:
                        fact = wanted.pop()
                        if fact in seen or fact not in evidence:
                            continue
                        seen.append(fact)
                        wanted += evidence[fact].needs
                        asked = " ".join(evidence[fact].by.split())
                        if not any(line == asked or line.startswith(asked + " ") for line in lines):
                            what = f"it acts on the evidence {show(fact)} without having asked for it"
                            yield Finding((*place, "knows"), what, f"let a rule do: [{one_line(asked)}]")


def typed(view: View) -> Iterator[Finding]:
    """Every console line is one that the console takes, with names that exist."""
    for path, runbook in played(view.level):
        lesson = view.level.solutions.wrong[int(path[2])] if len(path) > 2 else None
        patched = lesson.patch.get("rules") or {} if lesson else {}
        asked = [c for rule in runbook.rules.values() for _, c in conditions_of(rule)]
        names = [c.as_ for outer in asked for _, c, _ in within((), outer) if c.as_]
        for name, rule in runbook.rules.items():
            if lesson is None or name in lesson.rules:
                yield from _lines(view, (*path, "rules", name), rule, names)
            elif name in patched:  # the others are the reference's, which were looked at there
                yield from _lines(view, (*path, "patch", "rules", name), rule, names)
    for name, fact in view.level.telemetry.evidence.items():
        why = refused(view, fact.by)
        if why:
            path = ("telemetry", "evidence", name, "by")
            yield Finding(path, f"{show(fact.by)} is no command: {why}", "see `drill reference` for what can be typed")


def lessons(view: View) -> Iterator[Finding]:
    """A wrong lesson does something that neither the reference nor idle play does."""
    reference = view.level.solutions.reference
    for index, lesson in enumerate(view.level.solutions.wrong):
        path: Path = ("solutions", "wrong", index)
        if not lesson.rules and not lesson.patch and lesson.think is None:
            what = f"{show(lesson.name)} does nothing of its own"
            yield Finding(path, what, "give it rules: idle play is always tried")
        rules = lesson.patch.get("rules")
        for name, rule in rules.items() if isinstance(rules, dict) else ():
            if rule is None and name not in reference.rules:
                what = f"{show(name)} is not in the reference, so there is nothing to delete"
                yield Finding((*path, "patch", "rules", name), what, suggest(name, reference.rules, "rule"))


def _lines(view: View, path: Path, rule: SolutionRule, names: list[str]) -> Iterator[Finding]:
    for index, line in enumerate(rule.do):
        place = (*path, "do", index)
        unknown = [found[1] for found in re.finditer(_SEEN, line) if found[1] not in names]
        if unknown:
            yield Finding(place, f"nothing is seen as {show(unknown[0])}", suggest(unknown[0], names, "`as` name"))
            continue
        why = refused(view, _filled(view, line))
        if why:
            yield Finding(place, f"{show(line)} is no command: {why}", "see `drill reference` for what can be typed")


def _filled(view: View, line: str) -> str:
    """Return ``line`` with something of the right sort where it says ``{z.zone}``; "" when that cannot be guessed."""
    examples = {
        "zone": next(iter(view.zones), ""),
        "region": next(iter(view.level.world.regions), ""),
    }
    if any(found[2] not in examples for found in re.finditer(_SEEN, line)):
        return ""
    return re.sub(_SEEN, lambda found: examples[found[2]], line)


def refused(view: View, line: str) -> str:
    """Return why the console does not take ``line``, or ""."""
    if not line:
        return ""
    from drill.console import ConsoleError, parse  # imports the whole catalog

    try:
        parse(line, view.world)
    except ConsoleError as error:
        return one_line(str(error))
    return ""


SOLUTIONS: tuple[tuple[str, Check], ...] = (
    ("solution.warned", warned),
    ("solution.earned", earned),
    ("solution.typed", typed),
    ("solution.lessons", lessons),
)
