"""Do conditions ask something that can be answered? One thing each, about what is there, two deep at most."""

from __future__ import annotations

from collections.abc import Iterator

from drill.level.checks import Finding, Situated, View, within
from drill.level.decks import name_of
from drill.level.errors import show, suggest
from drill.level.level import UNANSWERED, Condition
from drill.level.shapes import Path
from drill.level.sound_world import bound, measured, reference

_ASKS = ("measure", "state", "alarm", "did", "knows", "message", "phase", "objective", "draw", "all", "any")
_WITH_IS = ("state", "objective", "draw")
_ALARM_STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")


def conditions(view: View) -> Iterator[Finding]:
    """Each condition asks one thing, about something that is there, at most two deep."""
    for path, outer, reader in view.conditions:
        for place, condition, deep in within(path, outer):
            asked = [n for n in _ASKS if getattr(condition, n) is not None]
            asked += ["not"] if condition.not_ is not None else []
            nests = asked[:1] and asked[0] in ("all", "any", "not")
            if len(asked) != 1:
                what = f"a condition asks {' and '.join(asked) or 'nothing'}"
                yield Finding(place, what, f"ask one of {', '.join(_ASKS)}, not")
            elif nests and deep >= 2:
                yield Finding(place, "conditions nested more than two deep", "split the rule in two")
            elif nests and not (condition.all or condition.any or condition.not_):
                yield Finding(place, f"`{asked[0]}` of nothing", "list conditions in it")
            elif not nests:
                yield from _asks(view, (place, condition, reader), asked[0])


def _asks(view: View, situated: Situated, asked: str) -> Iterator[Finding]:
    path, condition, reader = situated
    name = str(getattr(condition, asked))
    place = (*path, asked)
    if asked == "measure":
        yield from measured(view, place, name)
        yield from bound(path, condition.above, condition.below)
    elif asked == "state":
        yield from reference(view, place, name, [])
    elif asked == "did":
        if not view.is_operation(name):
            yield Finding(place, f"there is no operation {show(name)}", suggest(name, view.operations, "operation"))
        about = [*view.components, *view.zones, *view.level.world.regions, *_questions(view)]
        if condition.of is not None and condition.of not in about:
            yield from reference(view, (*path, "of"), condition.of, [])
    elif asked == "draw" and reader != "script":
        yield Finding(place, "only the level's script may ask what was drawn", "ask what can be observed")
    else:
        yield from _listed(view, place, asked, name)
        yield from _card(view, path, condition)
    yield from _refined(path, condition, asked)


def _listed(view: View, place: Path, asked: str, name: str) -> Iterator[Finding]:
    level = view.level
    pools: dict[str, list[str]] = {
        "alarm": list(level.telemetry.alarms),
        "knows": list(level.telemetry.evidence),
        "message": [*(n for n, rule in level.script.items() if rule.message is not None), *_questions(view)],
        "phase": list(level.phases),
        "objective": list(level.objectives),
        "draw": view.draws,
    }
    head = name.partition(".")[0] if asked == "draw" else name
    if head not in pools[asked]:
        noun = "evidence" if asked == "knows" else asked
        yield Finding(place, f"there is no {noun} called {show(head)}", suggest(head, pools[asked], noun))


def _questions(view: View) -> list[str]:
    """Return every question of the script, and every answer that it can have: ``who``, ``who/me``."""
    found: list[str] = []
    for name, rule in view.level.script.items():
        if rule.ask is not None:
            found += [name, *(f"{name}/{choice}" for choice in rule.ask.choices)]
            found += [f"{name}/{UNANSWERED}"] if rule.ask.by is not None else []
    return found


def _card(view: View, path: Path, condition: Condition) -> Iterator[Finding]:
    """A condition on a deck names one of its cards."""
    name, _, place = (condition.draw or "").partition(".")
    deck = view.decks.get(name)
    if deck is None:
        return
    if place and place not in [str(n) for n in range(1, deck.deal + 1)]:
        yield Finding((*path, "draw"), f"{show(name)} deals {deck.deal} cards", f"write {name}.1 for its first card")
    pool = [name_of(card) for card in deck.of]
    if condition.is_ not in pool:
        what = f"{show(name)} has no card {show(condition.is_)}"
        yield Finding((*path, "is"), what, suggest(str(condition.is_), pool, "card"))


def _refined(path: Path, condition: Condition, asked: str) -> Iterator[Finding]:
    """``is``, ``of``, ``above`` and ``below`` stand only with what they refine."""
    if asked in _WITH_IS and condition.is_ is None:
        yield Finding(path, f"`{asked}` needs `is`", "add what it should be")
    if condition.is_ is not None and asked not in (*_WITH_IS, "alarm"):
        yield Finding((*path, "is"), f"`is` says nothing about `{asked}`", "leave it out")
    if asked == "alarm" and condition.is_ is not None and condition.is_ not in _ALARM_STATES:
        what = f"{show(condition.is_)} is no state of an alarm"
        yield Finding((*path, "is"), what, suggest(str(condition.is_), _ALARM_STATES))
    if condition.of is not None and asked != "did":
        yield Finding((*path, "of"), f"`of` says nothing about `{asked}`", "leave it out")
    if asked != "measure":
        for name in ("above", "below"):
            if getattr(condition, name) is not None:
                yield Finding((*path, name), f"`{name}` says nothing about `{asked}`", "leave it out")
