"""Decks: how many hands there are, which one has a number, and which rules of the script a card is.

A hand is dealt from the seed alone: ``deal`` cards in order, at most one of each suit, each hand as likely as any.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from drill.level.level import CardSpec, DeckSpec
from drill.model.units import decode

MAX_HANDS = 1 << 40


def decks_of(draws: dict[str, Any]) -> dict[str, DeckSpec]:
    """Return the decks among a level's draws, by name."""
    return {
        name: msgspec.convert(spec, DeckSpec, dec_hook=decode)
        for name, spec in draws.items()
        if isinstance(spec, dict) and "deal" in spec
    }


def rules_of(card: CardSpec) -> list[str]:
    """Return the rules of the script that fire when ``card`` is dealt."""
    return [card.card] if isinstance(card.card, str) else list(card.card)


def name_of(card: CardSpec) -> str:
    """Return what a card is called: its rule, or the first of its rules."""
    return next(iter(rules_of(card)), "")


def cards(decks: Iterable[DeckSpec]) -> dict[str, list[str]]:
    """Return the rules of every card by the card's name."""
    return {name_of(card): rules_of(card) for deck in decks for card in deck.of}


def suits(deck: DeckSpec) -> dict[str, list[str]]:
    """Return the names of the cards of each suit, in the order of the file."""
    found: dict[str, list[str]] = {}
    for card in deck.of:
        found.setdefault(card.suit, []).append(name_of(card))
    return found


def hands(sizes: list[int], deal: int) -> int:
    """Return how many ordered hands of ``deal`` cards there are, at most one of each suit of these sizes."""
    ways = [1] + [0] * deal  # ways[k]: choices of k cards, without their order
    for size in sizes:
        for k in range(deal, 0, -1):
            ways[k] += ways[k - 1] * size
    found = ways[deal]
    for k in range(2, deal + 1):
        found *= k
    return found


def hand(deck: DeckSpec, number: int) -> list[str]:
    """Return hand number ``number`` (from 0): the names of its cards in the order in which they are dealt."""
    left = suits(deck)
    dealt: list[str] = []
    for still in range(deck.deal - 1, -1, -1):
        for suit, names in left.items():
            below = hands([len(others) for name, others in left.items() if name != suit], still)
            if number < below * len(names):
                dealt.append(names[number // below])
                number %= below
                del left[suit]
                break
            number -= below * len(names)
    return dealt
