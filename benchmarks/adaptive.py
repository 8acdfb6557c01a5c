"""`python -m benchmarks.adaptive --json`: spam that is changed until it gets through, by an attacker who sees every score.

The attacker has the API: 200 queries a text, each answered with the score. From twenty random changes (words of ordinary messages put
in, words of the spam replaced by them) the one with the lowest score is kept, until the text is no longer flagged or the queries
are used up. What the spam is for stays: addresses, handles and numbers; at most three words in ten are replaced, and at most as many
put in as there were. Then a night passes: what got through is corrected as spam, and everything is learned anew. The attacker comes
back with the same 200 texts and other chances. `ham_flagged` is the share of held-out ham that is flagged meanwhile.

The version is the newest in HAMLET_HOME; the baseline is the logistic regression on character n-grams that reports show, taught with
the same examples and corrections.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.bench import Bench, answer, labels_of, options, say
from benchmarks.obfuscation import seed_set
from benchmarks.serving import required
from classifier.checkpoint import Checkpoint
from classifier.spam import SpamClassifier
from training.data.datasets import Example, Split
from training.data.snapshot import seed_split
from training.fit import baselines, plan, thresholds
from training.fit.thresholds import Scored
from training.lifecycle.assembly import assembled

SEED, TEXTS, QUERIES, AT_ONCE = 123, 200, 200, 20
FAST_TEXTS, FAST_QUERIES = 30, 100
REPLACED, PHRASE, LEAST_ADDED = 0.3, 4, 5  # share of words; words put in together; words that a short text may be given
OF_USE = re.compile(r"[\d@/.:]|^\W+$")  # an address, a handle, a number: what the spam is for
HAM_MEASURED = 1_000

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Judge:
    """Texts to scores, and the score from which one is flagged."""

    score: Callable[[Sequence[str]], Scores]
    limit: float


@dataclass(frozen=True)
class Draft:
    """A spam as it is now: its words, and which of them are the spammer's own."""

    words: tuple[tuple[str, bool], ...]
    added: int = 0
    replaced: int = 0

    @classmethod
    def of(cls, text: str) -> Draft:
        return cls(tuple((word, True) for word in text.split()))

    @property
    def text(self) -> str:
        return " ".join(word for word, _ in self.words)

    def changed(self, ham: Sequence[Sequence[str]], rng: random.Random) -> Draft:
        """The same with one random change that is still allowed, or as it is."""
        own = len(self.words) - self.added
        phrase, own_places = (
            rng.choice(ham),
            [i for i, (w, is_own) in enumerate(self.words) if is_own and not OF_USE.search(w)],
        )
        if rng.random() < 0.5 and own_places and self.replaced < REPLACED * own:
            place = rng.choice(own_places)
            words = (*self.words[:place], (rng.choice(phrase), False), *self.words[place + 1 :])
            return replace(self, words=words, replaced=self.replaced + 1)
        start, place = rng.randrange(len(phrase)), rng.choice((0, len(self.words), rng.randint(0, len(self.words))))
        new = [(word, False) for word in phrase[start : start + rng.randint(1, PHRASE)]]
        if self.added + len(new) > max(own, LEAST_ADDED):
            return self
        return replace(self, words=(*self.words[:place], *new, *self.words[place:]), added=self.added + len(new))


def attacked(judge: Judge, texts: Sequence[str], ham: Sequence[Sequence[str]], queries: int, seed: int) -> list[Draft]:
    """Each text after the attack. All of them take their turns together, so that their scores are computed in batches."""
    rng = random.Random(seed)
    drafts, best = [Draft.of(text) for text in texts], judge.score(texts)
    for _ in range(queries // AT_ONCE):
        still = [i for i in range(len(drafts)) if best[i] >= judge.limit]
        if not still:
            break
        tried = [[drafts[i].changed(ham, rng) for _ in range(AT_ONCE)] for i in still]
        scores = judge.score([draft.text for some in tried for draft in some]).reshape(len(still), -1)
        for i, some, of_some in zip(still, tried, scores, strict=True):
            lowest = int(of_some.argmin())
            if of_some[lowest] < best[i]:
                drafts[i], best[i] = some[lowest], of_some[lowest]
    return drafts


def measured(
    judge: Judge, spam: Sequence[str], ham: Sequence[str], queries: int, seed: int
) -> tuple[dict[str, Any], list[str]]:
    """How many texts are flagged as they are, and how many of these get through; and what got through."""
    flagged = [text for text, score in zip(spam, judge.score(spam), strict=True) if score >= judge.limit]
    drafts = attacked(judge, flagged, [text.split() for text in ham if text.split()], queries, seed)
    final = judge.score([draft.text for draft in drafts])
    through = [draft.text for draft, score in zip(drafts, final, strict=True) if score < judge.limit]
    ham_flagged = float((judge.score(ham[:HAM_MEASURED]) >= judge.limit).mean())
    figures = {"flagged": len(flagged), "got_through": len(through), "ham_flagged": round(ham_flagged, 4)}
    return figures, through


def of_version(classifier: SpamClassifier) -> Judge:
    def score(texts: Sequence[str]) -> Scores:
        return np.asarray([one if isinstance(one, float) else 0.0 for one in classifier.try_score(list(texts))])

    return Judge(score, classifier.thresholds.review)


def taught(bench: Bench, split: Split, corrected: Sequence[str]) -> Judge:
    """The judge of a run on the seed set and these corrections."""
    outcome = bench.learn([*split.train, *corrections(corrected)], split.validation)
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
    return of_version(SpamClassifier(version, "auto"))


def baseline(bench: Bench, split: Split, corrected: Sequence[str]) -> Judge:
    """The logistic regression on character n-grams, of the same examples."""
    train = [*plan.sample(split.train, bench.config.quick_examples, bench.config), *corrections(corrected)]
    pipeline = baselines.pipelines()["logistic_characters"]
    weights = np.asarray(plan.weights_of(train, bench.config.linear_correction_weight))
    pipeline.fit([e.text for e in train], labels_of(train), logisticregression__sample_weight=weights)

    def score(texts: Sequence[str]) -> Scores:
        return np.asarray(pipeline.predict_proba(list(texts))[:, 1]) if len(texts) else np.zeros(0)

    chosen_on = Scored(score([e.text for e in split.validation]).tolist(), labels_of(split.validation))
    return Judge(score, thresholds.choose(chosen_on).review)


def corrections(texts: Sequence[str]) -> list[Example]:
    return [Example(text, True, "correction") for text in texts]


def run(is_fast: bool) -> dict[str, Any]:
    """Both judges before and after the night."""
    directory, bench = required(), Bench.open()
    split = seed_split([*seed_set(bench)])
    texts, queries = (FAST_TEXTS, FAST_QUERIES) if is_fast else (TEXTS, QUERIES)
    rng = random.Random(SEED)
    spam, ham = ([e.text for e in split.hold_out if e.is_spam == is_spam] for is_spam in (True, False))
    spam, ham = rng.sample(spam, min(texts, len(spam))), rng.sample(ham, len(ham))
    before = {"ours": of_version(SpamClassifier.load(directory, "auto")), "baseline": baseline(bench, split, [])}
    after = {"ours": taught, "baseline": baseline}
    figures: dict[str, Any] = {"texts": len(spam), "queries": queries, "seed": SEED}
    for name, judge in before.items():
        first, through = measured(judge, spam, ham, queries, SEED)
        say(f"{name} before: {first}")
        second, _ = measured(after[name](bench, split, through), spam, ham, queries, SEED + 1)
        say(f"{name} after: {second}")
        figures[name] = {"before": first, "after": second}
    return figures


if __name__ == "__main__":
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: run(chosen.fast), chosen.json)
