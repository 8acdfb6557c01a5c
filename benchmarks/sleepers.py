"""The attack on presumed ham: accounts in good standing post spam, and nobody reports it. Part of `benchmarks.poisoning`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.bench import say
from storage.queries.presumed import PresumedText
from training import promotion
from training.datasets import Example
from training.defences import Defences

if TYPE_CHECKING:
    from datetime import datetime

    from benchmarks.poisoning import Arena

SHARES = (0.05, 0.20)  # of the presumed ham
SLEEPERS, MEMBERS = 5, 25  # accounts
HELD_OUT_OF = 5
FIRST_SLEEPER = 1_000


def presumed(texts: Sequence[Example], share: float, at: datetime, chance: random.Random) -> list[PresumedText]:
    """The ham of these texts as members wrote it, and spam among it that sleepers wrote, as large a share as that."""
    ham, spam = [e for e in texts if not e.is_spam], [e for e in texts if e.is_spam]
    n = round(share * len(ham) / (1 - share))
    said = [(e.text, 1 + i % MEMBERS) for i, e in enumerate(ham)]
    said += [(e.text, FIRST_SLEEPER + i % SLEEPERS) for i, e in enumerate(chance.choices(spam, k=n))]
    return [
        PresumedText(i, 0, 1, author, text, at, chance.randrange(HELD_OUT_OF) == 0)
        for i, (text, author) in enumerate(said, start=1)
    ]


def case(arena: Arena, at: datetime, share: float, defended: bool) -> dict[str, Any]:
    """One share: what a challenger is worth that learned it, whether it serves, and how much one account could say."""
    ham, corrected = presumed(arena.spare, share, at, random.Random(1)), arena.said([])
    seen = arena.taken(corrected, Defences() if defended else None, ham)
    challenger = arena.train(seen)
    found = arena.gate(seen, challenger, corrected) if defended else promotion.Gate(True)
    challenger_f1 = arena.f1(challenger)
    served = challenger_f1 if found.passes else arena.champion_f1
    learned = {item.message_id for item in seen.presumed_items if not item.is_held_out}
    by_sleeper = Counter(one.author_id for one in ham if one.message_id in learned and one.author_id >= FIRST_SLEEPER)
    result = {
        "attack": "sleepers", "share": share, "defended": defended, "presumed": len(ham),
        "malicious": sum(one.author_id >= FIRST_SLEEPER for one in ham), "malicious_learned": by_sleeper.total(),
        "most_of_one_account": max(by_sleeper.values(), default=0), "challenger_f1": challenger_f1,
        "serves": found.passes, "reasons": found.reasons, "left_out": seen.counts["presumed"]["left_out"],
        "f1_loss": arena.champion_f1 - served,
    }  # fmt: skip
    say(
        f"sleepers {share:.0%} {'defended' if defended else 'undefended'}: F1 {arena.champion_f1:.4f} -> {served:.4f}, "
        f"{by_sleeper.total()} of {result['malicious']} learned, {'; '.join(found.reasons) or 'serves'}"
    )
    return result
