"""Can a level be played and scored? Phases, objectives, hints and solutions, besides its rules and conditions."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from drill.level.checks import Finding, View, within
from drill.level.errors import show, suggest
from drill.level.figures import parse_figure
from drill.level.shapes import Path
from drill.level.solutions import lesson_runbook
from drill.level.sound_actions import actions, canaries
from drill.level.sound_conditions import conditions
from drill.level.sound_events import decks, questions
from drill.level.sound_rules import after, effects, triggers
from drill.level.sound_world import reference
from drill.model.units import SECOND


def phases(view: View) -> Iterator[Finding]:
    """Phases last, and no faster than they can be shown."""
    for name, phase in view.level.phases.items():
        if name == "end":
            yield Finding(("phases", name), "`end` is the end of the level", "name the phase otherwise")
        if phase.max < SECOND:
            yield Finding(("phases", name, "max"), "a phase lasts a second or longer", "write for example 5m")
        if phase.pace is not None and phase.pace <= 0:
            yield Finding(("phases", name, "pace"), "time does not stand still", "write for example pace: 4")


def objectives(view: View) -> Iterator[Finding]:
    """Objectives name what they measure, and par is better than target is better than zero."""
    if not view.level.objectives:
        yield Finding(("objectives",), "the level has no objectives", "add an rto and a spend")
    for name, objective in view.level.objectives.items():
        path: Path = ("objectives", name)
        figures: list[float] = []
        for field in ("par", "target", "zero"):
            try:
                figures.append(parse_figure(objective.is_, getattr(objective, field), objective.by))
            except (ValueError, OverflowError) as error:
                what = f"{show(getattr(objective, field))} is no figure for {objective.is_}"
                yield Finding((*path, field), what, str(error))
        if len(figures) == 3 and not figures[0] < figures[1] < figures[2]:
            what = f"par, target and zero of {show(name)} do not go from better to worse"
            yield Finding((*path, "target"), what, "make par the best of them and zero the worst")
        if objective.calm and (objective.is_ != "spend" or objective.phase is not None):
            what = f"`calm` is for spend over the whole drill, which {show(name)} is not"
            yield Finding((*path, "calm"), what, "leave it out")
        if objective.weight < 0:
            yield Finding((*path, "weight"), "a weight is not negative", "write for example 1")
        if objective.class_ is not None and not view.classes(objective.class_):
            pool = [".".join(row) for row in view.classes(None)]
            what = f"there is no class or population called {show(objective.class_)}"
            yield Finding((*path, "class"), what, suggest(objective.class_, pool, "class"))
        for field in ("store", "queue"):
            wanted = getattr(objective, field)
            if wanted is not None:
                yield from reference(view, (*path, field), wanted, [])
        if objective.phase is not None and objective.phase not in view.level.phases:
            what = f"there is no phase called {show(objective.phase)}"
            yield Finding((*path, "phase"), what, suggest(objective.phase, view.level.phases, "phase"))
        if objective.of is not None and not view.is_operation(objective.of):
            what = f"there is no operation {show(objective.of)}"
            yield Finding((*path, "of"), what, suggest(objective.of, view.operations, "operation"))


def hints(view: View) -> Iterator[Finding]:
    """Hints come at a time or after something."""
    for name, hint in view.level.hints.items():
        if (hint.after is None) == (hint.at is None):
            what = f"the hint {show(name)} needs one of `at` and `after`"
            yield Finding(("hints", name), what, "add for example at: 1m")
        if hint.after is not None:
            yield from after(("hints", name, "after"), hint.after, view.level.script, "")
        if hint.cost < 0:
            yield Finding(("hints", name, "cost"), "a hint costs nothing or more", "write for example cost: 30")
        if hint.plain and hint.cost:
            what = f"the hint {show(name)} is for sale, and has words for line-by-line play alone"
            yield Finding(("hints", name, "plain"), what, "word `text` so that it is right with any keys")
        for place, inner, _ in within(("hints", name, "unless"), hint.unless) if hint.unless else ():
            if inner.for_ is not None:
                what = f"the hint {show(name)} is looked at as things are now: nothing is timed"
                yield Finding((*place, "for"), what, "leave it out, or let a rule of the script send a message then")


def solutions(view: View) -> Iterator[Finding]:
    """Runbooks type something; wrong lessons lose an objective that exists."""
    solved = view.level.solutions
    if solved.key is not None and solved.key not in solved.reference.rules:
        what = f"the reference has no rule {show(solved.key)}"
        yield Finding(("solutions", "key"), what, suggest(solved.key, solved.reference.rules, "rule"))
    seen: list[str] = []
    for index, lesson in enumerate(solved.wrong):
        path: Path = ("solutions", "wrong", index)
        if lesson.name in seen:
            yield Finding((*path, "name"), f"two wrong lessons are called {show(lesson.name)}", "rename one")
        seen.append(lesson.name)
        if lesson.loses not in view.level.objectives:
            what = f"there is no objective called {show(lesson.loses)}"
            yield Finding((*path, "loses"), what, suggest(lesson.loses, view.level.objectives, "objective"))
        if lesson.from_ not in (None, "reference"):
            yield Finding((*path, "from"), "a wrong lesson patches only the reference", "write from: reference")
        elif lesson.from_ and lesson.patch:
            yield from _patch(view, index)
        if lesson.patch and lesson.from_ is None:
            yield Finding((*path, "patch"), "there is nothing to patch", "add from: reference")
    for place, rule, reader in view.rules:
        if reader == "solution" and not rule.do:
            yield Finding((*place, "do"), f"{show(place[-1])} types nothing", "list console lines")


def _patch(view: View, index: int) -> Iterator[Finding]:
    try:
        lesson_runbook(view.level, view.level.solutions.wrong[index])
    except (msgspec.ValidationError, NotImplementedError) as error:
        what = f"the reference with this patch is no runbook: {error}"
        yield Finding(("solutions", "wrong", index, "patch"), what, "patch its `think` and `rules`")


#: Each of these holds in any level that can be played.
PLAY = (
    ("telemetry.actions", actions),
    ("telemetry.canaries", canaries),
    ("rule.trigger", triggers),
    ("rule.effect", effects),
    ("rule.deck", decks),
    ("rule.ask", questions),
    ("condition", conditions),
    ("phase", phases),
    ("objective", objectives),
    ("hint", hints),
    ("solution", solutions),
)
