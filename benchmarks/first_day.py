"""`python -m benchmarks.first_day --json`: a version that nobody has corrected, on chats and comments it has never seen.

Trained on the default seed set alone; measured on the sets of HAMLET_DATASETS that belong to development: choices were
made on them, so these are development figures. Naive Bayes and a logistic regression on character n-grams learn from
the same examples and choose their thresholds in the same way. `first_week` is of two chats that were listened to for
three days. `--curve` learns from parts of the starter set too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from benchmarks import first_week
from benchmarks.bench import Bench, answer, labels_of, options, say
from classifier.thresholds import Thresholds
from training.data import seed
from training.data.datasets import Example, Split
from training.data.snapshot import seed_split
from training.fit import baselines, thresholds
from training.fit.calibration import expected_calibration_error
from training.fit.learn import Outcome
from training.fit.thresholds import Scored

LOW_FPR = 0.01
SHORT = 50  # characters
BASELINES = {"naive_bayes": "naive_bayes", "logistic": "logistic_characters"}
SHARES = {"eighth": 1 / 8, "quarter": 1 / 4, "half": 1 / 2}  # of the starter set, for its learning curve


@dataclass(frozen=True)
class Judge:
    """Scores of each set, and the thresholds for them."""

    scores: dict[str, NDArray[np.float64]]
    thresholds: Thresholds


def sets(bench: Bench) -> dict[str, list[Example]]:
    """The development sets by name. Raises DatasetError."""
    return development_sets(bench.given)


def development_sets(given: Callable[..., Path]) -> dict[str, list[Example]]:
    """The same, where `given` says where a file of HAMLET_DATASETS is."""
    by_name = {"telegram_samples": _telegram_samples(given)}
    for name in ("telegram_ru_recruiting_spam", "telegram_ru_students", "x_en_crypto", "youtube_id_gambling"):
        by_name[name] = read_tsv(given("modern", f"{name}.tsv"))
    return by_name | {"smishing": read_tsv(given("smishing", "clean.tsv"))}


def read_tsv(path: Path) -> list[Example]:
    """`label TAB text` a line, a line break within a text spelt as two characters."""
    rows = (line.partition("\t") for line in path.read_text(encoding="utf-8").split("\n"))
    labelled = ((label, text) for label, _, text in rows if label in ("spam", "ham") and text.strip())
    return [Example(text.replace("\\n", "\n"), label == "spam", "file") for label, text in labelled]


def _telegram_samples(given: Callable[..., Path]) -> list[Example]:
    rows = []
    for name, is_spam in (("spam-samples.txt", True), ("ham-samples.txt", False)):
        lines = given("telegram-samples", name).read_text(encoding="utf-8").splitlines()
        rows += [Example(line, is_spam, "file") for line in lines if line.strip()]
    return rows


def ours(bench: Bench, outcome: Outcome, measured: dict[str, list[Example]]) -> Judge:
    """The scores of a run's version on every set."""
    scores = {}
    for name, examples in measured.items():
        features = bench.read(examples)
        scores[name] = np.asarray(outcome.learned.scores(features, [example.text for example in examples]))
    return Judge(scores, thresholds.choose(outcome.validation))


def beside(pipeline: str, split: Split, measured: dict[str, list[Example]]) -> Judge:
    """The same for a classical model."""
    texts = [[example.text for example in examples] for examples in (split.validation, *measured.values())]
    on_validation, *others = baselines.scores(pipeline, split.train, [e.weight for e in split.train], texts)
    chosen = thresholds.choose(Scored(on_validation, labels_of(split.validation)))
    return Judge({name: np.asarray(s) for name, s in zip(measured, others, strict=True)}, chosen)


def figures(judge: Judge, measured: dict[str, list[Example]]) -> dict[str, Any]:
    """Recall, false positives and average precision of each set; ham of regulars; what would be acted on."""
    result: dict[str, Any] = {"sets": {}, "regulars": {}, "act": {}, "review_threshold": judge.thresholds.review}
    regular = for_regulars(judge.thresholds.review)
    for name, examples in measured.items():
        scores, truth = judge.scores[name], np.asarray(labels_of(examples))
        result["sets"][name] = (
            at(judge.thresholds.review, scores, truth) | ranking(scores, truth) | surety(examples, scores)
        )
        result["act"][name] = at(judge.thresholds.act, scores, truth)
        result["regulars"][name] = at(regular, scores, truth)
    return result


def at(threshold: float, scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> dict[str, float]:
    """Recall and false positives where flags begin at that score; for sets of one class, only one of them."""
    flagged = scores >= threshold
    sides = {"recall": flagged[truth], "false_positive_rate": flagged[~truth]}
    return {name: float(side.mean()) for name, side in sides.items() if len(side)}


def ranking(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> dict[str, float]:
    """Average precision, and recall where one ham in a hundred is hit; empty for a set without ham."""
    if truth.all():
        return {}
    ham = np.sort(scores[~truth])[::-1]
    return {
        "average_precision": float(metrics.average_precision_score(truth, scores)),
        "recall_at_fpr_0_01": float((scores[truth] > ham[int(len(ham) * LOW_FPR)]).mean()),
    }


def surety(examples: Sequence[Example], scores: NDArray[np.float64]) -> dict[str, Any]:
    """The calibration error of short texts and of longer ones separately."""
    is_short = np.asarray([len(example.text) < SHORT for example in examples])
    truth = np.asarray(labels_of(examples))
    sides = {"under_50_characters": is_short, "above": ~is_short}
    return {
        "calibration_error": {
            name: expected_calibration_error(scores[side].tolist(), truth[side].tolist())
            for name, side in sides.items()
            if side.any()
        }
    }


def for_regulars(review: float) -> float:
    """The review threshold of a member in good standing, by the stated priors alone."""
    odds = review / (1 - review) * 100
    return odds / (1 + odds)


def part_of(seed_set: Sequence[Example], share: float) -> list[Example]:
    """The seed set with part of its starter lines: those with a low hash, so that a smaller part is inside a larger one."""

    def is_in(example: Example) -> bool:
        return int.from_bytes(hashlib.sha256(f"part {example.text}".encode()).digest()[:4]) / 2**32 < share

    return [example for example in seed_set if example.origin != "starter" or is_in(example)]


def run(is_fast: bool, with_curve: bool) -> dict[str, Any]:
    bench = Bench.open()
    measured, seed_set = sets(bench), seed.default(bench.settings.cache, bench.settings.datasets, say)
    split = seed_split(seed_set)
    result: dict[str, Any] = {"benchmark": "first_day", "is_fast": is_fast, **bench.about()}
    outcome = bench.learn(split.train, split.validation)
    say(f"learned from {len(split.train):,} examples: {outcome.learned.blend}")
    result |= {"blend": vars(outcome.learned.blend)} | figures(ours(bench, outcome, measured), measured)
    result["baseline"] = {
        name: figures(beside(pipeline, split, measured), measured) for name, pipeline in BASELINES.items()
    }
    result["first_week"] = {
        name: first_week.figures(bench, split, chat, for_regulars) for name, chat in first_week.chats(measured).items()
    }
    if with_curve:
        result["learning_curve"] = {name: _of_part(bench, seed_set, share, measured) for name, share in SHARES.items()}
    return result


def _of_part(bench: Bench, seed_set: list[Example], share: float, measured: dict[str, list[Example]]) -> dict[str, Any]:
    """The ranking of every set by a version that learned from part of the starter set."""
    split = seed_split(part_of(seed_set, share))
    judge = ours(bench, bench.learn(split.train, split.validation), measured)
    say(f"learned from {share:.0%} of the starter set")
    return {name: ranking(judge.scores[name], np.asarray(labels_of(examples))) for name, examples in measured.items()}


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument(
        "--curve", action="store_true", help="also with an eighth, a quarter and half of the starter set"
    )
    chosen = parser.parse_args()
    answer(lambda: run(chosen.fast, chosen.curve), chosen.json)
