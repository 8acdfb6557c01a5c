"""`python -m benchmarks.training --json`: how long learning takes, side by side with the course's recipe.

first_seconds   the course's 1,494 messages, from an empty feature cache to an evaluated model
full_seconds    a registered model version from all 5,574 messages, empty feature cache
refit_seconds   the same again with 100 new corrections, warm cache
growth          seconds at 80,000 examples over seconds at 5,000, warm cache, texts made by recombination
course_seconds  the course's recipe: GPT-2 124M of random weights (speed does not depend on them), padded to 120
                tokens, all but the last block frozen; some steps are timed and multiplied
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

import migrations
from benchmarks import course_recipe
from benchmarks.bench import Bench, answer, distinct_sms, options, say
from storage.models import Platform
from storage.moderation import corrections, inbox, receiving
from storage.moderation.corrections import Decision
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.receiving import Incoming
from storage.session import open_engine, transaction
from training.data import datasets, snapshot
from training.data.datasets import Example
from training.fit import evaluate, learn, plan, thresholds
from training.fit.learn import Outcome
from training.fit.progress import Silent
from training.fit.recipe import TrainConfig
from training.lifecycle.assembly import baselines_of, reader_of
from training.lifecycle.retrain import Workshop, retrain
from training.settings import TrainingSettings

SMALL, LARGE, NEW_CORRECTIONS = 5_000, 80_000, 100


def with_empty_cache(bench: Bench, folder: Path) -> Bench:
    """The same base model and encoder with no features kept yet."""
    cache = folder / "cache"
    cache.mkdir()
    for name in ("base-models", "encoders"):
        (cache / name).symlink_to((bench.settings.cache / name).resolve())
    settings = bench.settings.model_copy(update={"cache": cache})
    return replace(bench, settings=settings, reader=reader_of(bench.base, bench.config, settings, say))


def first(bench: Bench) -> dict[str, Any]:
    """The course's protocol twice: cold, then warm; both must end with the same weights, bit for bit."""
    split, outcomes, seconds = datasets.read_course(bench.sms()), list[Outcome](), list[float]()
    for _ in ("cold", "warm"):
        began = time.perf_counter()
        outcomes.append(bench.learn(split.train, split.validation))
        test = learn.scored(outcomes[-1].learned, bench.read(split.hold_out), split.hold_out)
        evaluate.measure(test, thresholds.choose(outcomes[-1].validation))
        seconds.append(time.perf_counter() - began)
    say(f"course's protocol: {seconds[0]:.0f} s cold, {seconds[1]:.0f} s warm")
    cold, warm = (outcome.learned.head.state_dict() for outcome in outcomes)
    same = all(torch.equal(cold[name], warm[name]) for name in cold)
    return {"first_seconds": seconds[0], "first_warm_seconds": seconds[1], "same_bits_cold_and_warm": same}


def full(bench: Bench, home: Path) -> dict[str, float]:
    """`hamlet train` on a fresh home, then again after 100 corrections."""
    address = f"sqlite:///{home / 'hamlet.db'}"
    migrations.upgrade(address)
    workshop = Workshop(open_engine(address), home / "models", bench.settings)
    seconds = [_timed_retrain(workshop, bench.config)]
    _correct(workshop, recombined(bench, NEW_CORRECTIONS, seed=1))
    seconds.append(_timed_retrain(workshop, bench.config))
    say(f"all 5,574 messages: {seconds[0]:.0f} s; again with {NEW_CORRECTIONS} corrections: {seconds[1]:.0f} s")
    return {"full_seconds": seconds[0], "refit_seconds": seconds[1]}


def _timed_retrain(workshop: Workshop, config: TrainConfig) -> float:
    began = time.perf_counter()
    retrain(workshop, Silent(), config)
    return time.perf_counter() - began


def _correct(workshop: Workshop, examples: Sequence[Example]) -> None:
    """Record verdicts of the newest version on the messages, and a moderator's decision on each."""
    with transaction(workshop.engine) as session:
        for number, example in enumerate(examples):
            receiving.receive(session, Incoming(Platform.WEB, 1, "", number, None, "", example.text, datetime.now(UTC)))
        holder, claimed = inbox.claim(session, len(examples), 60.0)
        verdicts = inbox.record(
            session, holder, ScoringVersion(1, 0.0, 1.0), [Judgement(c.id, c.edit, 0.9) for c in claimed]
        )
        assert not verdicts  # the web chat asks for no notices
        for verdict_id, example in enumerate(examples, start=1):
            corrections.correct(session, Decision(verdict_id, "web:benchmark", "", example.is_spam, True))


def recombined(bench: Bench, n: int, seed: int) -> list[Example]:
    """`n` texts nobody wrote: the first half of one message and the second half of another of its class."""
    rng = random.Random(seed)
    by_class: dict[bool, list[list[str]]] = {True: [], False: []}
    for example in distinct_sms(bench.sms()):
        by_class[example.is_spam].append(example.text.split())
    texts: dict[str, Example] = {}
    while len(texts) < n:
        is_spam = rng.random() < 0.13
        one, other = rng.choices(by_class[is_spam], k=2)
        text = " ".join([*one[: len(one) // 2 + 1], *other[len(other) // 2 :]])
        texts.setdefault(datasets.gist(text), Example(text, is_spam, "correction"))
    return list(texts.values())


def growth(bench: Bench) -> dict[str, Any]:
    """A run's seconds at 5,000 and at 80,000 examples, with the features of what is drawn already cached."""
    seed = distinct_sms(bench.sms())
    seconds = {}
    for n in (SMALL, LARGE):
        corrected = [replace(e, origin="seed") for e in recombined(bench, n, seed=2)]
        _one_run(bench, seed, corrected, is_rehearsal=True)
        began = time.perf_counter()
        _one_run(bench, seed, corrected, is_rehearsal=False)
        seconds[n] = time.perf_counter() - began
        say(f"{n:,} examples: {seconds[n]:.0f} s")
    ratio = seconds[LARGE] / seconds[SMALL]
    return {"growth": ratio, "growth_seconds": {str(n): s for n, s in seconds.items()}, "growth_texts": "recombined"}


def _one_run(bench: Bench, seed: list[Example], more: list[Example], *, is_rehearsal: bool) -> None:
    """Collect, draw and learn; a rehearsal only fills the feature cache."""
    collected = snapshot.snapshot([*seed, *more], [], datetime.now(UTC), None)
    if is_rehearsal:
        bench.read(plan.planned(collected.split.train, bench.config).examples)
        bench.read([*collected.split.validation, *collected.split.hold_out])
        return
    outcome = bench.learn(collected.split.train, collected.split.validation)
    test = learn.scored(outcome.learned, bench.read(collected.split.hold_out), collected.split.hold_out)
    evaluate.measure(test, thresholds.choose(outcome.validation))
    baselines_of(collected.split, bench.config)


def run(is_fast: bool) -> dict[str, Any]:
    bench = Bench.open()
    figures: dict[str, Any] = {"benchmark": "training", "is_fast": is_fast, **bench.about()}
    with tempfile.TemporaryDirectory() as folder:
        fresh = with_empty_cache(bench, Path(folder))
        figures |= first(fresh)
        figures |= course_recipe.measure(bench)
        figures["times_faster_than_course"] = figures["course_seconds"] / figures["first_seconds"]
        if is_fast:
            return figures
        (home := Path(folder) / "home").mkdir()
        figures |= full(replace(fresh, settings=_moved(fresh.settings, Path(folder) / "second")), home)
        figures |= growth(fresh)
    return figures


def _moved(settings: TrainingSettings, cache: Path) -> TrainingSettings:
    """The same with another empty cache."""
    cache.mkdir()
    (cache / "base-models").symlink_to((settings.cache / "base-models").resolve())
    return settings.model_copy(update={"cache": cache})


if __name__ == "__main__":
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: run(chosen.fast), chosen.json)
