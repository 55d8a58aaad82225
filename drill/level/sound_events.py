"""Can what a script deals and asks be dealt and answered? Decks of rules that are there, questions with choices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drill.level.checks import Finding, View
from drill.level.decks import rules_of
from drill.level.errors import show, suggest
from drill.level.level import UNANSWERED, AskSpec
from drill.level.shapes import Path
from drill.model.units import SECOND

_CHOICE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
MAX_CHOICES = 9


def decks(view: View) -> Iterator[Finding]:
    """Cards are rules of the script, each in one place; a deck is dealt once."""
    script = view.level.script
    seen: list[str] = []
    for name, deck in view.decks.items():
        for index, card in enumerate(deck.of):
            path: Path = ("draws", name, "of", index, "card")
            if not rules_of(card):
                yield Finding(path, "a card of no rules", "name a rule of the script")
            for id_ in rules_of(card):
                if id_ not in script:
                    yield Finding(path, f"the script has no rule {show(id_)}", suggest(id_, script, "rule"))
                elif id_ in seen:
                    yield Finding(path, f"{show(id_)} is in two cards", "write a second rule, or take one card out")
                seen.append(id_)
    dealt: list[str] = []
    for name, rule in script.items():
        if rule.deal is None:
            continue
        place: Path = ("script", name, "deal")
        if rule.deal not in view.decks:
            yield Finding(place, f"there is no deck {show(rule.deal)}", suggest(rule.deal, view.decks, "deck"))
        elif rule.deal in dealt or rule.repeat is not None:
            yield Finding(place, f"the deck {show(rule.deal)} is dealt more than once", "deal it once: it has one hand")
        dealt.append(rule.deal)


def questions(view: View) -> Iterator[Finding]:
    """A question has choices that can be typed, and time to answer it."""
    for name, rule in view.level.script.items():
        if rule.ask is not None:
            yield from _question(("script", name, "ask"), rule.ask)
            if rule.repeat is not None:
                yield Finding(("script", name, "repeat"), "a question is asked once", "leave `repeat` out")


def _question(path: Path, ask: AskSpec) -> Iterator[Finding]:
    if not 2 <= len(ask.choices) <= MAX_CHOICES:
        what = f"a question has 2 to {MAX_CHOICES} choices, not {len(ask.choices)}"
        yield Finding((*path, "choices"), what, "write for example {yes-all: Move everyone., not-yet: Wait.}")
    for choice in ask.choices:
        if not re.fullmatch(_CHOICE, choice):
            fix = "use letters, digits, - and _; at most 63"
            yield Finding((*path, "choices", choice), f"{show(choice)} cannot name a choice", fix)
        elif choice == UNANSWERED:
            what = f"`{UNANSWERED}` is what no answer counts as"
            yield Finding((*path, "choices", choice), what, "name it otherwise")
    if ask.by is not None and ask.by < SECOND:
        yield Finding((*path, "by"), "nobody answers within a second", "write for example by: 60s")
