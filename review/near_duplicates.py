"""Texts of a page that nearly repeat each other: their similarity is estimated with MinHash (Broder, 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from datasketch import MinHash

from storage.near_duplicates import SAME, normalised, shingles_of
from storage.views.cards import Card

HASHES = 64
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
    return bool(_signature(one.item.text).jaccard(_signature(other.item.text)) >= SAME)


@lru_cache(maxsize=4_096)
def _signature(text: str) -> MinHash:
    distinct = set(shingles_of(normalised(text[:LONGEST])))
    signature = MinHash(num_perm=HASHES)
    signature.update_batch([shingle.encode("utf-8", "replace") for shingle in distinct])
    return signature
