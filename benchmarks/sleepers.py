"""The attack on presumed ham: accounts in good standing post spam, and nobody reports it. Part of `benchmarks.poisoning`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from benchmarks.bench import say
from benchmarks.poisoning_arena import Arena
from storage.learning.presumed import PresumedText
from training.data.datasets import Example
from training.data.defence_bounds import Defences
from training.lifecycle.gate_decision import Gate

SHARES = (0.05, 0.20)  # of the presumed ham
SLEEPERS, MEMBERS = 5, 25  # accounts
HELD_OUT_OF = 5
FIRST_SLEEPER = 1_000


def presumed(texts: Sequence[Example], share: float, at: datetime, rng: random.Random) -> list[PresumedText]:
    """The ham of these texts as members wrote it, and among it spam by sleepers: `share` of the whole."""
    ham, spam = [e for e in texts if not e.is_spam], [e for e in texts if e.is_spam]
    n = round(share * len(ham) / (1 - share))
    messages = [(e.text, 1 + i % MEMBERS) for i, e in enumerate(ham)]
    messages += [(e.text, FIRST_SLEEPER + i % SLEEPERS) for i, e in enumerate(rng.choices(spam, k=n))]
    return [
        PresumedText(i, 0, 1, author, text, at, rng.randrange(HELD_OUT_OF) == 0)
        for i, (text, author) in enumerate(messages, start=1)
    ]


def case(arena: Arena, at: datetime, share: float, defended: bool) -> dict[str, Any]:
    """One share of spam: the challenger's F1, whether it serves, and how much of one account was learned."""
    ham, corrected = presumed(arena.spare, share, at, random.Random(1)), arena.with_scores([])
    snapshot = arena.taken(corrected, Defences() if defended else None, ham)
    challenger = arena.train(snapshot)
    decision = arena.gate(snapshot, challenger, corrected) if defended else Gate(True)
    challenger_f1 = arena.f1(challenger)
    served = challenger_f1 if decision.passes else arena.champion_f1
    learned = {item.message_id for item in snapshot.presumed_items if not item.is_held_out}
    by_sleeper = Counter(
        text.author_id for text in ham if text.message_id in learned and text.author_id >= FIRST_SLEEPER
    )
    result = {
        "attack": "sleepers",
        "share": share,
        "defended": defended,
        "presumed": len(ham),
        "malicious": sum(text.author_id >= FIRST_SLEEPER for text in ham),
        "malicious_learned": by_sleeper.total(),
        "most_of_one_account": max(by_sleeper.values(), default=0),
        "challenger_f1": challenger_f1,
        "serves": decision.passes,
        "reasons": decision.reasons,
        "left_out": snapshot.counts["presumed"]["left_out"],
        "f1_loss": arena.champion_f1 - served,
    }
    say(
        f"sleepers {share:.0%} {'defended' if defended else 'undefended'}: F1 {arena.champion_f1:.4f} -> {served:.4f}, "
        f"{by_sleeper.total()} of {result['malicious']} learned, {'; '.join(decision.reasons) or 'serves'}"
    )
    return result
