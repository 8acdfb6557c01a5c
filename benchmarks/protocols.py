"""How quality is measured: the course's split, the natural mix in folds, and newer spam of another source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn import metrics
from sklearn.model_selection import StratifiedGroupKFold

from benchmarks.bench import Bench, distinct_sms, labels_of, say, spread
from classifier.blend import Blend
from training.data import datasets, near_duplicates
from training.data.datasets import COURSE_SEED, Example, Split
from training.fit import baselines, calibration, thresholds
from training.fit.learn import Outcome, calibrated, scored
from training.fit.thresholds import Scored

BASELINE = "logistic_characters"
COURSE_SEEDS, FURTHER_SPLITS, SMISHING_SEEDS, FOLDS = (123, 1, 2, 3, 4), (124, 125), (123, 1, 2), 5
LOW_FPR = 0.001
RESAMPLES = 1_000


@dataclass(frozen=True)
class SplitScores:
    """One model's scores on one split, of validation and test."""

    validation: Scored
    test: Scored


def judged(bench: Bench, split: Split, seed: int) -> dict[str, SplitScores]:
    """Ours, its GPT and n-gram model alone, and the linear baseline, all from the same training examples."""
    outcome = bench.learn(split.train, split.validation, seed)
    test_features, validation_features = bench.read(split.hold_out), bench.read(split.validation)
    by_model = {"ours": SplitScores(outcome.validation, scored(outcome.learned, test_features, split.hold_out))}
    gpt = calibrated(replace(outcome.learned, probe=None, blend=Blend(0.0)), validation_features, split.validation)
    by_model["gpt"] = SplitScores(
        scored(gpt, validation_features, split.validation), scored(gpt, test_features, split.hold_out)
    )
    by_model["wide"] = _ngrams_alone(outcome, split)
    by_model["baseline"] = _baseline(split)
    return by_model


def _ngrams_alone(outcome: Outcome, split: Split) -> SplitScores:
    def scores(examples: Sequence[Example]) -> Scored:
        log_odds = outcome.learned.ngram_model.logits([example.text for example in examples])
        return Scored(calibration.scores([float(z) for z in log_odds]), labels_of(examples))

    return SplitScores(scores(split.validation), scores(split.hold_out))


def _baseline(split: Split) -> SplitScores:
    texts = [[example.text for example in side] for side in (split.validation, split.hold_out)]
    validation, test = baselines.scores(BASELINE, split.train, [1.0] * len(split.train), texts)
    return SplitScores(Scored(validation, labels_of(split.validation)), Scored(test, labels_of(split.hold_out)))


def course(bench: Bench, is_fast: bool) -> dict[str, dict[str, Any]]:
    """Accuracy on the course's balanced test set: five seeds on its own split, and two further splits."""
    path = bench.sms()
    runs = [(COURSE_SEED, seed) for seed in COURSE_SEEDS] + [(split, COURSE_SEED) for split in FURTHER_SPLITS]
    accuracies: dict[str, list[float]] = {}
    for split_seed, seed in runs[:1] if is_fast else runs:
        split = datasets.read_course(path, split_seed)
        for name, scores in judged(bench, split, seed).items():
            accuracies.setdefault(name, []).append(_accuracy(scores.test))
        say(f"course: split {split_seed}, seed {seed}: {accuracies['ours'][-1]:.4f}")
    return {name: {"test_accuracy": spread(values)} for name, values in accuracies.items()}


def _accuracy(test: Scored) -> float:
    return float(np.mean((np.asarray(test.scores) >= 0.5) == np.asarray(test.labels)))


def natural(bench: Bench, is_fast: bool) -> dict[str, dict[str, Any]]:
    """Five folds of the natural mix; repeats removed, near-duplicates on one side; thresholds from validation."""
    examples = distinct_sms(bench.sms())
    folds: dict[str, list[SplitScores]] = {}
    for number, split in enumerate(natural_splits(examples), start=1):
        for name, scores in judged(bench, split, bench.config.seed).items():
            folds.setdefault(name, []).append(scores)
        say(f"natural: fold {number}: AP {_average_precision(folds['ours'][-1].test):.4f}")
        if is_fast:
            break
    return {name: _natural_figures(scores) for name, scores in folds.items()}


def natural_splits(examples: Sequence[Example]) -> Iterator[Split]:
    """Each fold once the test set; of the others' groups, one in ten validates."""
    labels, group = np.asarray(labels_of(examples)), near_duplicates.groups([e.text for e in examples])
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=COURSE_SEED)
    for rest, test in folds.split(labels, labels, group):
        tenths = StratifiedGroupKFold(10, shuffle=True, random_state=COURSE_SEED)
        train, validation = next(tenths.split(rest, labels[rest], group[rest]))
        yield Split(*([examples[i] for i in side] for side in (rest[train], rest[validation], test)))


def _natural_figures(folds: Sequence[SplitScores]) -> dict[str, Any]:
    pooled = Scored(
        np.concatenate([scores.test.scores for scores in folds]).tolist(),
        np.concatenate([scores.test.labels for scores in folds]).tolist(),
    )
    at_review = [_at_review(scores) for scores in folds]
    errors = [calibration.expected_calibration_error(scores.test.scores, scores.test.labels) for scores in folds]
    return {
        "f1": spread([figures["f1"] for figures in at_review]),
        "false_positive_rate": spread([figures["false_positive_rate"] for figures in at_review]),
        "average_precision": spread([_average_precision(scores.test) for scores in folds]),
        "pooled_average_precision": _bootstrapped(pooled, _average_precision),
        "recall_at_fpr_0_001": _bootstrapped(pooled, recall_at_low_fpr),
        "expected_calibration_error": spread(errors),
        "pooled_ham": int(len(pooled.labels) - sum(pooled.labels)),
        "pooled_spam": int(sum(pooled.labels)),
    }


def _at_review(scores: SplitScores) -> dict[str, float]:
    """F1, recall and false positives at the threshold chosen on validation."""
    flagged = np.asarray(scores.test.scores) >= thresholds.choose(scores.validation).review
    truth = np.asarray(scores.test.labels)
    return {
        "f1": float(metrics.f1_score(truth, flagged)),
        "recall": float(flagged[truth].mean()),
        "false_positive_rate": float(flagged[~truth].mean()) if (~truth).any() else 0.0,
    }


def _average_precision(test: Scored) -> float:
    return float(metrics.average_precision_score(test.labels, test.scores))


def recall_at_low_fpr(test: Scored) -> float:
    """Share of the spam above the score that at most one ham in a thousand reaches."""
    scores, truth = np.asarray(test.scores), np.asarray(test.labels)
    ham = np.sort(scores[~truth])[::-1]
    return float((scores[truth] > ham[int(len(ham) * LOW_FPR)]).mean())


def _bootstrapped(test: Scored, figure: Callable[[Scored], float]) -> dict[str, Any]:
    """The figure with its 95 % interval over resampled messages."""
    scores, truth = np.asarray(test.scores), np.asarray(test.labels)
    rng, resampled = np.random.default_rng(0), []
    for _ in range(RESAMPLES):
        chosen = rng.integers(0, len(scores), len(scores))
        resampled.append(figure(Scored(scores[chosen].tolist(), truth[chosen].tolist())))
    low, high = np.percentile(resampled, [2.5, 97.5])
    return {"mean": figure(test), "interval": [float(low), float(high)]}


def smishing(bench: Bench, is_fast: bool) -> dict[str, dict[str, Any]]:
    """Learned from SMS alone, tested on newer spam, at the threshold chosen on SMS validation."""
    split = datasets.split_by_text(distinct_sms(bench.sms()))
    newer = read_smishing(bench)
    figures: dict[str, list[dict[str, float]]] = {}
    for seed in SMISHING_SEEDS[:1] if is_fast else SMISHING_SEEDS:
        for name, on_both in judged(bench, replace(split, hold_out=[*newer, *split.hold_out]), seed).items():
            test = on_both.test
            there = SplitScores(on_both.validation, Scored(test.scores[: len(newer)], test.labels[: len(newer)]))
            home = SplitScores(on_both.validation, Scored(test.scores[len(newer) :], test.labels[len(newer) :]))
            at_home = {"hold_out_false_positive_rate": _at_review(home)["false_positive_rate"]}
            figures.setdefault(name, []).append(_at_review(there) | at_home)
        say(f"smishing: seed {seed}: recall {figures['ours'][-1]['recall']:.4f}")
    named = {name: {key: spread([run[key] for run in runs]) for key in runs[0]} for name, runs in figures.items()}
    return named | {"rules": _rules(newer)}


def read_smishing(bench: Bench) -> list[Example]:
    """The 171 spam and 53 ham of smishing/clean.tsv."""
    frame = pd.read_csv(
        bench.given("smishing", "clean.tsv"), sep="\t", header=None, names=["label", "text"], quoting=3, dtype=str
    )
    rows = zip(frame["label"], frame["text"], strict=True)
    return [Example(text, label == "spam", "file") for label, text in rows if label in ("spam", "ham")]


def _rules(newer: Sequence[Example]) -> dict[str, dict[str, float]]:
    """The figures of trivial rules, as a yardstick for F1."""
    truth = labels_of(newer)
    longer = [len(example.text) > 60 for example in newer]
    return {
        name: {"f1": float(metrics.f1_score(truth, flagged)), "recall": float(metrics.recall_score(truth, flagged))}
        for name, flagged in {"longer_than_60_characters": longer, "all_spam": [True] * len(truth)}.items()
    }
