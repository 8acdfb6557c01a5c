"""Texts of a page that nearly repeat each other, found with MinHash (Broder, 1997)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from datasketch import MinHash

from storage.queries.cards import Card

SHINGLE = 5  # characters, as training has it
SAME = 0.8  # estimated Jaccard similarity
HASHES = 64
LONGEST = 4_000  # characters compared


@dataclass
class Group:
    """A card and those that nearly repeat it."""

    card: Card
    like: list[Card] = field(default_factory=list)


def grouped(cards: Sequence[Card]) -> list[Group]:
    """The cards in their order, each under the first that it nearly repeats. What is decided stands alone."""
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
    plain = re.sub(r"\d", "0", text[:LONGEST].lower()).ljust(SHINGLE, "\0")
    shingles = {plain[i : i + SHINGLE] for i in range(len(plain) - SHINGLE + 1)}
    signature = MinHash(num_perm=HASHES)
    signature.update_batch([shingle.encode("utf-8", "replace") for shingle in shingles])
    return signature
