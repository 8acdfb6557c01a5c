"""`python -m benchmarks.adaptive --json`: spam that is changed until it gets through, by an attacker who sees every score.

The attacker has the API: 200 queries a text, each answered with the score. From twenty random changes (words of ordinary messages put
in, words of the spam replaced by them) the one with the lowest score is kept, until the text is no longer flagged or the queries
are used up. What the spam is for stays: addresses, handles and numbers; at most three words in ten are replaced, and at most as many
put in as there were. Then a night passes: three moderators in turn correct as spam what got through, and a run learns of that what its
bounds let it (`training/data/defences.py`; some is held out); `gate` is what the gate says of the new version. The attacker comes back
with the same 200 texts and other chances. `ham_flagged` is the share of held-out ham that is flagged meanwhile.

The version is the newest in HAMLET_HOME; the baseline is the logistic regression on character n-grams that reports show, taught with
the same examples and corrections.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from benchmarks.adaptive_attack import Judge, Scores, measured
from benchmarks.attacks import MODERATORS
from benchmarks.bench import Bench, answer, labels_of, options, say
from benchmarks.obfuscation import seed_set
from benchmarks.serving import required
from classifier.checkpoint import Checkpoint
from classifier.spam import SpamClassifier
from storage.moderation.corrections import CorrectedText
from training.data.datasets import Example, Split
from training.data.defence_bounds import Defences
from training.data.snapshot import Snapshot, seed_split, snapshot
from training.fit import baselines, plan, thresholds
from training.fit.thresholds import Scored
from training.lifecycle import gate_evidence, gate_rule
from training.lifecycle.assembly import assembled
from training.lifecycle.gate_evidence import Evidence

SEED, TEXTS, QUERIES = 123, 200, 200
FAST_TEXTS, FAST_QUERIES = 30, 100
NOW = datetime(2026, 1, 30, 12, tzinfo=UTC)  # any moment: all corrections are made on one night


def of_version(classifier: SpamClassifier) -> Judge:
    def score(texts: Sequence[str]) -> Scores:
        return np.asarray([one if isinstance(one, float) else 0.0 for one in classifier.try_score(list(texts))])

    return Judge(score, classifier.thresholds.review)


def taught(bench: Bench, split: Split) -> SpamClassifier:
    """The version of a run on this split."""
    outcome = bench.learn(split.train, split.validation)
    learned, base = outcome.learned, bench.base
    version = Checkpoint(
        assembled(bench.reader.trunk, learned),
        base.tokenizer,
        thresholds.choose(outcome.validation),
        base.name,
        ngram_model=learned.ngram_model,
        encoder=learned.encoder,
        encoder_head=learned.encoder_head,
        blend=learned.blend,
    )
    return SpamClassifier(version, "auto")


def baseline(bench: Bench, split: Split) -> Judge:
    """The logistic regression on character n-grams, of the same examples."""
    train = plan.sample(split.train, bench.config.quick_examples, bench.config)
    pipeline = baselines.pipelines()["logistic_characters"]
    weights = np.asarray(plan.weights_of(train, bench.config.linear_correction_weight))
    pipeline.fit([e.text for e in train], labels_of(train), logisticregression__sample_weight=weights)

    def score(texts: Sequence[str]) -> Scores:
        return np.asarray(pipeline.predict_proba(list(texts))[:, 1]) if len(texts) else np.zeros(0)

    chosen_on = Scored(score([e.text for e in split.validation]).tolist(), labels_of(split.validation))
    return Judge(score, thresholds.choose(chosen_on).review)


def night(seed_set: Sequence[Example], judge: Judge, through: Sequence[str]) -> Snapshot:
    """What a run learns from after three moderators have corrected these texts in turn."""
    scores = judge.score(through).tolist()
    corrected = [
        CorrectedText(i, text, True, MODERATORS[i % len(MODERATORS)], NOW, score, was_flagged=False)
        for i, (text, score) in enumerate(zip(through, scores, strict=True), start=1)
    ]
    return snapshot(seed_set, corrected, NOW, Defences())


def gate(before: SpamClassifier, after: SpamClassifier, hold_out: Sequence[Example]) -> dict[str, Any]:
    """Whether the new version passes on the held-out texts, and why not."""
    texts, nothing = [example.text for example in hold_out], gate_evidence.Scores([], 0.5, 0.5)
    champion, challenger = (
        gate_evidence.Scores(of_version(one).score(texts).tolist(), one.thresholds.review, one.thresholds.act)
        for one in (before, after)
    )
    decision = gate_rule.decide(Evidence(labels_of(hold_out), champion, challenger, nothing, nothing))
    return {"passes": decision.passes, "reasons": decision.reasons}


def run(is_fast: bool) -> dict[str, Any]:
    """Both judges before and after the night."""
    directory, bench = required(), Bench.open()
    seed = [*seed_set(bench)]
    split = seed_split(seed)
    texts, queries = (FAST_TEXTS, FAST_QUERIES) if is_fast else (TEXTS, QUERIES)
    rng = random.Random(SEED)
    spam, ham = ([e.text for e in split.hold_out if e.is_spam == is_spam] for is_spam in (True, False))
    spam, ham = rng.sample(spam, min(texts, len(spam))), rng.sample(ham, len(ham))

    def attack(judge: Judge, seed: int) -> tuple[dict[str, Any], list[str]]:
        figures, through = measured(judge, spam, ham, queries, seed)
        say(f"{figures}")
        return figures, through

    champion, simple = SpamClassifier.load(directory, "auto"), baseline(bench, split)
    before, through = attack(simple, SEED)
    learned = night(seed, simple, through)
    after, _ = attack(baseline(bench, learned.split), SEED + 1)
    of_baseline = {"before": before, "learned": learned.counts["learned"], "after": after}
    before, through = attack(of_version(champion), SEED)
    learned = night(seed, of_version(champion), through)
    challenger = taught(bench, learned.split)
    after, _ = attack(of_version(challenger), SEED + 1)
    ours = {"before": before, "learned": learned.counts["learned"], "after": after}
    ours["gate"] = gate(champion, challenger, learned.split.hold_out)
    return {"texts": len(spam), "queries": queries, "seed": SEED, "ours": ours, "baseline": of_baseline}


if __name__ == "__main__":
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: run(chosen.fast), chosen.json)
