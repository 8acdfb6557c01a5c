"""Texts of a page that nearly repeat each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from storage.near_duplicates import are_same, normalised, shingles_of
from storage.views.cards import Card

LONGEST = 4_000  # characters compared


@dataclass
class Group:
    """A card and those that nearly repeat it."""

    card: Card
    like: list[Card] = field(default_factory=list)


def grouped(cards: Sequence[Card]) -> list[Group]:
    """The cards in their order, each under the first one that it nearly repeats. Decided cards are not grouped."""
    groups: list[Group] = []
    for card in cards:
        leader = next((group for group in groups if _are_like(group.card, card)), None)
        if leader is None:
            groups.append(Group(card))
        else:
            leader.like.append(card)
    return groups


def _are_like(one: Card, other: Card) -> bool:
    if one.item.corrections or other.item.corrections:
        return False
    return are_same(_shingles(one.item.text), _shingles(other.item.text))


@lru_cache(maxsize=256)  # several pages' cards
def _shingles(text: str) -> frozenset[str]:
    return frozenset(shingles_of(normalised(text[:LONGEST])))
