"""`python -m benchmarks.corrections --json`: how fast a chat of another kind is learned from its moderators.

The seed set is SMS; the chat is telegram-samples (mostly Russian), of which k messages, drawn at random, are accepted
corrections and the rest is the test. Settings were chosen on SMS and on the development half; the test half is for
the figures.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn import metrics

from benchmarks.bench import Bench, answer, distinct_sms, labels_of, options, say
from classifier.blend import Blend
from training.data import datasets, near_duplicates
from training.data.datasets import Example, Split
from training.fit import baselines, plan, thresholds
from training.fit.learn import calibrated, scored
from training.fit.thresholds import Scored

COUNTS = (0, 10, 25, 50, 100, 200)
DRAWS, LINEAR_DRAWS = 3, 20
FROM_HERE = 25  # corrections from which the mean of average precision is taken
JUDGES = {"ours": DRAWS, "gpt": DRAWS, "linear": LINEAR_DRAWS, "naive_bayes": LINEAR_DRAWS}
PIPELINES = {"linear": "logistic_characters", "naive_bayes": "naive_bayes"}
T_95 = {3: 4.303, 20: 2.093}  # Student's t, two-sided, by number of draws


def samples(bench: Bench, half: str) -> list[Example]:
    """One half of the chat: one text of each near-duplicate group, halved by a hash of the text."""
    rows = []
    for name, is_spam in (("ham-samples.txt", False), ("spam-samples.txt", True)):
        lines = bench.given("telegram-samples", name).read_text(encoding="utf-8").splitlines()
        rows += [Example(line, is_spam, "correction") for line in lines if line.strip()]
    distinct = datasets.without_repeats(rows)
    group = near_duplicates.groups([example.text for example in distinct])
    first = [example for i, example in enumerate(distinct) if group[i] not in group[:i]]
    half_bit = 0 if half == "development" else 1
    return [e for e in first if hashlib.sha256(e.text.encode()).digest()[0] % 2 == half_bit]


def drawn(chat: Sequence[Example], k: int, draw: int) -> tuple[list[Example], list[Example]]:
    """k corrections and the rest; of one draw, fewer corrections are the first of more."""
    order = list(chat)
    random.Random(draw).shuffle(order)
    return order[:k], order[k:]


def fine_tuned(
    bench: Bench, split: Split, corrected: list[Example], rest: list[Example]
) -> dict[str, dict[str, float]]:
    """F1 and AP of all parts together and of the GPT alone."""
    outcome = bench.learn([*split.train, *corrected], split.validation)
    features, chosen_on = bench.read(rest), bench.read(split.validation)
    gpt = calibrated(replace(outcome.learned, probe=None, blend=Blend(0.0)), chosen_on, split.validation)
    return {
        "ours": figures(outcome.validation, scored(outcome.learned, features, rest)),
        "gpt": figures(scored(gpt, chosen_on, split.validation), scored(gpt, features, rest)),
    }


def linear(bench: Bench, split: Split, corrected: list[Example], rest: list[Example]) -> dict[str, dict[str, float]]:
    """F1 and AP of the classical models, whose corrections weigh what ours do."""
    train = [*split.train, *corrected]
    texts = [[example.text for example in side] for side in (split.validation, rest)]
    by_judge = {}
    for judge, pipeline in PIPELINES.items():
        on_validation, on_rest = baselines.scores(
            pipeline, train, plan.weights_of(train, bench.config.linear_correction_weight), texts
        )
        chosen_on = Scored(on_validation, labels_of(split.validation))
        by_judge[judge] = figures(chosen_on, Scored(on_rest, labels_of(rest)))
    return by_judge


def figures(validation: Scored, test: Scored) -> dict[str, float]:
    """F1 at the threshold chosen on validation, and average precision."""
    flagged = np.asarray(test.scores) >= thresholds.choose(validation).review
    return {
        "f1": float(metrics.f1_score(test.labels, flagged)),
        "ap": float(metrics.average_precision_score(test.labels, test.scores)),
    }


def interval(name: str, values: Sequence[float]) -> dict[str, Any]:
    """Mean over the draws and its 95 % interval by Student's t (without width for a single value)."""
    mean, n = float(np.mean(values)), len(values)
    half = T_95[n] * float(np.std(values, ddof=1)) / n**0.5 if n in T_95 else 0.0
    return {name: mean, f"{name}_interval": [mean - half, mean + half]}


def point(bench: Bench, split: Split, chat: list[Example], k: int, draws: dict[str, int]) -> dict[str, Any]:
    """Every judge's figures after k corrections."""
    runs: dict[str, list[dict[str, float]]] = {judge: [] for judge in JUDGES}
    for draw in range(max(draws.values()) if k else 1):
        corrected, rest = drawn(chat, k, draw)
        drawn_figures = linear(bench, split, corrected, rest)
        if draw < draws["ours"]:
            drawn_figures |= fine_tuned(bench, split, corrected, rest)
        for judge, values in drawn_figures.items():
            runs[judge].append(values)
    summaries = {judge: _summed_up(of_judge) for judge, of_judge in runs.items()}
    say(f"k = {k}: " + ", ".join(f"{j} F1 {f['f1']:.3f} AP {f['ap']:.3f}" for j, f in summaries.items()))
    return {"k": k, **summaries, "tested_on": len(chat) - k}


def _summed_up(runs: Sequence[dict[str, float]]) -> dict[str, Any]:
    f1, ap = ([run[name] for run in runs] for name in ("f1", "ap"))
    return {"draws": len(runs)} | interval("f1", f1) | interval("ap", ap)


def summary(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How far ours is from the best of the others at each point, and each one's mean AP from 25 corrections on."""
    others = [judge for judge in JUDGES if judge != "ours"]
    margin = {
        name: {str(p["k"]): p["ours"][name] - max(p[judge][name] for judge in others) for p in points}
        for name in ("f1", "ap")
    }
    later = [p for p in points if p["k"] >= FROM_HERE]
    mean_ap = {judge: float(np.mean([p[judge]["ap"] for p in later])) for judge in JUDGES} if later else {}
    return {"margin_over_best": margin, "mean_ap_from_25": mean_ap}


def run(half: str, counts: Sequence[int], is_fast: bool) -> dict[str, Any]:
    bench = Bench.open()
    split = datasets.split_by_text(distinct_sms(bench.sms()))
    chat = samples(bench, half)
    say(f"{half} half: {len(chat)} messages, {sum(labels_of(chat))} spam")
    draws = {"ours": 1, "linear": 3} if is_fast else {"ours": DRAWS, "linear": LINEAR_DRAWS}
    points = [point(bench, split, chat, k, draws) for k in counts]
    about = {"benchmark": "corrections", "is_fast": is_fast, "half": half, **bench.about()}
    return {**about, "messages": len(chat), "spam": sum(labels_of(chat)), "points": points, **summary(points)}


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--half", choices=("development", "test"), default="test")
    parser.add_argument("--counts", type=int, nargs="+", metavar="K", help=f"corrections; the default is {COUNTS}")
    chosen = parser.parse_args()
    counts = chosen.counts or ((0, 50) if chosen.fast else COUNTS)
    answer(lambda: run(chosen.half, counts, chosen.fast), chosen.json)
