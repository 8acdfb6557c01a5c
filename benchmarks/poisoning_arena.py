"""Where attacks on training are tried: the seed set, honest corrections, clean texts, and the champion that learned them.

Part of `benchmarks.poisoning`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sklearn import metrics

from benchmarks.attacks import MODERATORS
from benchmarks.bench import Bench, distinct_sms, labels_of
from benchmarks.corrections import samples
from storage.learning.presumed import PresumedText
from storage.moderation.corrections import CorrectedText
from training.data.datasets import Example
from training.data.defence_bounds import Defences
from training.data.snapshot import Snapshot, snapshot
from training.fit import thresholds
from training.fit.learn import Outcome, scored
from training.lifecycle import gate_presumed_ham, gate_rule
from training.lifecycle.gate import must_not_break
from training.lifecycle.gate_decision import Gate
from training.lifecycle.gate_evidence import Evidence, Scores

HONEST, NEW = 100, 100  # corrections the champion has learned, and those that come in with the malicious ones
NOW = datetime(2026, 1, 30, 12, tzinfo=UTC)  # any moment: all corrections are made in one era


@dataclass(frozen=True)
class Trained:
    """A version trained on a snapshot, and its scores of texts so far."""

    outcome: Outcome
    scores: dict[str, float] = field(default_factory=dict)


class Arena:
    """The seed set, the honest corrections, the clean test texts, and the champion that learned from the first two."""

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
        self, labelled: Sequence[tuple[Example, str]], scores: Sequence[float], flagged_from: float
    ) -> list[CorrectedText]:
        return [
            CorrectedText(i, e.text, e.is_spam, actor, NOW, score, was_flagged=score >= flagged_from)
            for i, ((e, actor), score) in enumerate(zip(labelled, scores, strict=True), start=1)
        ]

    def taken(
        self, corrected: Sequence[CorrectedText], bounds: Defences | None, presumed: Sequence[PresumedText] = ()
    ) -> Snapshot:
        return snapshot(self.seed, corrected, NOW, bounds, presumed=presumed)

    def train(self, trained_on: Snapshot) -> Trained:
        """The version of a snapshot; the same snapshot gives the same version, so it is trained once."""
        if trained_on.hash not in self.trained:
            self.trained[trained_on.hash] = Trained(
                self.bench.learn(trained_on.split.train, trained_on.split.validation)
            )
        return self.trained[trained_on.hash]

    def f1(self, trained: Trained) -> float:
        return float(metrics.f1_score(labels_of(self.clean), self.scores(trained, self.clean).flagged))

    def scores(self, trained: Trained, texts: Sequence[Example]) -> Scores:
        chosen = thresholds.choose(trained.outcome.validation)
        new = list({e.text: e for e in texts if e.text not in trained.scores}.values())
        if new:
            new_scores = scored(trained.outcome.learned, self.bench.read(new), new).scores
            trained.scores.update(zip((e.text for e in new), new_scores, strict=True))
        return Scores([trained.scores[e.text] for e in texts], chosen.review, chosen.act)

    def with_scores(self, malicious: Sequence[tuple[Example, str]]) -> list[CorrectedText]:
        """Every correction, honest and not, with the champion's score of its text."""
        everything = [*self.honest, *malicious]
        judged = self.scores(self.champion, [e for e, _ in everything])
        return self.corrections(everything, judged.scores, judged.review)

    def gate(self, trained_on: Snapshot, challenger: Trained, corrected: Sequence[CorrectedText]) -> Gate:
        """The gate's decision, by the rules that need no files."""
        hold_out = trained_on.split.hold_out
        undone = [Example(text, False) for text in must_not_break(trained_on, corrected)]
        own = [Example(one.text, False) for one in trained_on.presumed_held_out]
        both = (self.champion, challenger)
        sides = [self.scores(trained, texts) for texts in (hold_out, undone, own) for trained in both]
        decision = gate_rule.decide(Evidence(labels_of(hold_out), *sides[:4]))
        return decision.and_also(gate_presumed_ham.decide(sides[4], sides[5]))
