"""`python -m benchmarks.poisoning --json`: what malicious corrections do to the champion, with the defences and without.

A champion has learned a hundred honest corrections of a Telegram chat; a hundred more come in, and malicious ones
among them: 1 %, 5 % or 20 % of all. Defended, the caps of `training/defences.py` choose what is learned and the gate
of `training/promotion.py` decides whether the new version serves; undefended, all is learned and serves. F1 is
measured on texts that are honestly labelled and that no version has seen: the SMS hold-out and the rest of the chat.
Sleepers are another attack: accounts in good standing post spam that nobody reports, 5 % or 20 % of the presumed ham.
`--resume FILE` keeps each finished case there, and goes on after the last one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sklearn import metrics

from benchmarks import sleepers
from benchmarks.bench import Bench, answer, distinct_sms, labels_of, options, say
from benchmarks.corrections import samples
from benchmarks.kept import Kept
from storage.queries.corrections import CorrectedText
from storage.queries.presumed import PresumedText
from training import ham_gate, promotion, thresholds
from training.datasets import Example
from training.defences import Defences
from training.examples import Snapshot, snapshot
from training.gate import must_not_break
from training.learn import Outcome, scored
from training.promotion import Evidence, Scores
from training.provenance import sources_hash

HONEST, NEW = 100, 100  # corrections the champion has learned, and those that come in with the malicious ones
SHARES = (0.01, 0.05, 0.20)
MODERATORS = ("ann", "bob", "eva")
NOW = datetime(2026, 1, 30, 12, tzinfo=UTC)  # any moment: all corrections are made in one era

Attack = Callable[[int, Sequence[Example], random.Random], list[tuple[Example, str]]]


def label_flips(n: int, texts: Sequence[Example], chance: random.Random) -> list[tuple[Example, str]]:
    """Texts of the chat with the other label, said by the moderators' own accounts."""
    return [(Example(e.text, not e.is_spam), chance.choice(MODERATORS)) for e in chance.sample([*texts], n)]


def spam_as_ham(n: int, texts: Sequence[Example], chance: random.Random) -> list[tuple[Example, str]]:
    """Spam called ham by one account."""
    spam = [e for e in texts if e.is_spam]
    return [(Example(e.text, False), "mallory") for e in chance.choices(spam, k=n)]


def spam_as_ham_by_twenty(n: int, texts: Sequence[Example], chance: random.Random) -> list[tuple[Example, str]]:
    """Spam called ham by twenty accounts."""
    return [(e, f"mallory {i % 20}") for i, (e, _) in enumerate(spam_as_ham(n, texts, chance))]


def near_duplicate_flood(n: int, texts: Sequence[Example], chance: random.Random) -> list[tuple[Example, str]]:
    """One spam, with ever another number, called ham by twenty accounts."""
    spam = chance.choice([e for e in texts if e.is_spam])
    return [(Example(f"{spam.text} {i:05d}", False), f"mallory {i % 20}") for i in range(n)]


ATTACKS: dict[str, Attack] = {
    attack.__name__: attack for attack in (label_flips, spam_as_ham, spam_as_ham_by_twenty, near_duplicate_flood)
}


@dataclass(frozen=True)
class Trained:
    """A version that was learned from a snapshot, and what it has said of texts so far."""

    outcome: Outcome
    said: dict[str, float] = field(default_factory=dict)


class Arena:
    """The seed set, the honest corrections, the clean test texts, and the champion that has learned from the former."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.seed = distinct_sms(self.bench.sms())
        chat = [*samples(self.bench, "development"), *samples(self.bench, "test")]
        random.Random(0).shuffle(chat)
        honest, self.rest = chat[: HONEST + NEW], chat[HONEST + NEW :]
        self.spare = self.rest[: len(self.rest) // 2]  # attackers draw from these, which are then no test texts
        self.test = self.rest[len(self.rest) // 2 :]
        self.honest = [(example, MODERATORS[i % 3]) for i, example in enumerate(honest)]
        self.trained: dict[str, Trained] = {}
        self.before = self.taken(self.corrections(self.honest[:HONEST], [0.5] * HONEST, 0.5), Defences())
        self.champion = self.train(self.before)
        self.clean = [*(e for e in self.before.split.hold_out if e.origin != "correction"), *self.test]
        self.champion_f1 = self.f1(self.champion)

    def corrections(
        self, said: Sequence[tuple[Example, str]], scores: Sequence[float], flagged_from: float
    ) -> list[CorrectedText]:
        return [
            CorrectedText(i, e.text, e.is_spam, actor, NOW, score, was_flagged=score >= flagged_from)
            for i, ((e, actor), score) in enumerate(zip(said, scores, strict=True), start=1)
        ]

    def taken(
        self, corrected: Sequence[CorrectedText], bounds: Defences | None, presumed: Sequence[PresumedText] = ()
    ) -> Snapshot:
        return snapshot(self.seed, corrected, NOW, bounds, presumed=presumed)

    def train(self, seen: Snapshot) -> Trained:
        """The version of a snapshot; the same snapshot gives the same version, so it is trained once."""
        if seen.hash not in self.trained:
            self.trained[seen.hash] = Trained(self.bench.learn(seen.split.train, seen.split.validation))
        return self.trained[seen.hash]

    def f1(self, trained: Trained) -> float:
        return float(metrics.f1_score(labels_of(self.clean), self.scores(trained, self.clean).flagged))

    def scores(self, trained: Trained, texts: Sequence[Example]) -> Scores:
        chosen = thresholds.choose(trained.outcome.validation)
        new = list({e.text: e for e in texts if e.text not in trained.said}.values())
        if new:
            found = scored(trained.outcome.learned, self.bench.read(new), new).scores
            trained.said.update(zip((e.text for e in new), found, strict=True))
        return Scores([trained.said[e.text] for e in texts], chosen.review, chosen.act)

    def said(self, malicious: Sequence[tuple[Example, str]]) -> list[CorrectedText]:
        """Every correction, honest and not, with the champion's score of its text."""
        everything = [*self.honest, *malicious]
        judged = self.scores(self.champion, [e for e, _ in everything])
        return self.corrections(everything, judged.scores, judged.review)

    def gate(self, seen: Snapshot, challenger: Trained, corrected: Sequence[CorrectedText]) -> promotion.Gate:
        hold_out = seen.split.hold_out
        undone = [Example(text, False) for text in must_not_break(seen, corrected)]
        own = [Example(one.text, False) for one in seen.presumed_held_out]
        both = (self.champion, challenger)
        sides = [self.scores(trained, texts) for texts in (hold_out, undone, own) for trained in both]
        found = promotion.judge(Evidence(labels_of(hold_out), *sides[:4]))
        return ham_gate.together(found, ham_gate.judge(sides[4], sides[5]))


def case(arena: Arena, attack: str | None, share: float, defended: bool) -> dict[str, Any]:
    """One attack: what the challenger is worth, whether it serves, and what that costs in F1."""
    n = round(share * (HONEST + NEW) / (1 - share))
    malicious = ATTACKS[attack](n, arena.spare, random.Random(1)) if attack else []
    corrected = arena.said(malicious)
    seen = arena.taken(corrected, Defences() if defended else None)
    challenger = arena.train(seen)
    found = arena.gate(seen, challenger, corrected) if defended else promotion.Gate(True)
    challenger_f1 = arena.f1(challenger)
    served = challenger_f1 if found.passes else arena.champion_f1
    learned = {item.correction_id for item in seen.items if not item.is_held_out}
    result = {
        "attack": attack or "none", "share": share, "defended": defended, "malicious": n,
        "malicious_learned": sum(i > HONEST + NEW for i in learned), "challenger_f1": challenger_f1,
        "serves": found.passes, "reasons": found.reasons, "left_out": seen.counts["left_out"],
        "f1_loss": arena.champion_f1 - served,
    }  # fmt: skip
    say(
        f"{result['attack']} {share:.0%} {'defended' if defended else 'undefended'}: F1 {arena.champion_f1:.4f} -> "
        f"{served:.4f}, {result['malicious_learned']} of {n} learned, {'; '.join(found.reasons) or 'serves'}"
    )
    return result


def run(is_fast: bool, finished: Path | None) -> dict[str, Any]:
    bench = Bench.open()
    kept = Kept(finished, f"{bench.about()} {sources_hash()}")  # first, for a wrong file is better told now
    arena = Arena(bench)
    say(f"champion: F1 {arena.champion_f1:.4f} on clean texts")
    shares = SHARES[-1:] if is_fast else SHARES

    def measured(attack: str | None, share: float, defended: bool) -> dict[str, Any]:
        return kept.part(f"{attack} {share} {defended}", lambda: case(arena, attack, share, defended))

    def slept(share: float, defended: bool) -> dict[str, Any]:
        return kept.part(f"sleepers {share} {defended}", lambda: sleepers.case(arena, NOW, share, defended))

    clean = [measured(None, 0.0, defended) for defended in (True, False)]
    cases = [measured(attack, share, d) for share in reversed(shares) for attack in ATTACKS for d in (True, False)]
    cases += [slept(share, d) for share in reversed(sleepers.SHARES) for d in (True, False)]
    gain = {c["defended"]: -c["f1_loss"] for c in clean}
    return {
        "benchmark": "poisoning", "is_fast": is_fast, **arena.bench.about(), "champion_f1": arena.champion_f1,
        "defended": {"worst_f1_loss": max(c["f1_loss"] for c in cases if c["defended"]), "clean_gain": gain[True]},
        "undefended": {"worst_f1_loss": max(c["f1_loss"] for c in cases if not c["defended"]), "clean_gain": gain[False]},
        "clean_gain_kept": gain[True] / gain[False] if gain[False] > 0 else None,
        "cases": [*clean, *cases],
    }  # fmt: skip


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keeps finished cases, and goes on after them")
    chosen = parser.parse_args()
    answer(lambda: run(chosen.fast, chosen.resume), chosen.json)
