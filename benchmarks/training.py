"""`python -m benchmarks.training --json`: how long learning takes, side by side with the course's recipe.

first_seconds   the course's 1,494 messages, from an empty feature cache to an evaluated model
full_seconds    a registered model version from all 5,574 messages, empty feature cache
refit_seconds   the same again with 100 new corrections, warm cache
growth          seconds at 80,000 examples over seconds at 5,000, warm cache, texts made by recombination
course_seconds  the course's recipe: GPT-2 124M of random weights (speed does not hang on them), padded to 120
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
from torch.nn import functional as F

import migrations
from benchmarks.bench import Bench, answer, distinct_sms, labels_of, options, say
from storage.models import Platform
from storage.queries import corrections, inbox
from storage.queries.corrections import Decision
from storage.queries.inbox import Incoming, Judge, Judgement
from storage.session import open_engine, transaction
from training import datasets, evaluate, examples, learn, plan, thresholds
from training.datasets import Example
from training.learn import Outcome
from training.recipe import TrainConfig
from training.reporter import Silent
from training.retrain import Workshop, baselines_of, reader_of, retrain
from training.settings import TrainingSettings

SMALL, LARGE, NEW_CORRECTIONS = 5_000, 80_000, 100
COURSE_STEPS, COURSE_EPOCHS, COURSE_BATCH, COURSE_LENGTH = 130, 5, 8, 120
COURSE_EVALUATIONS = 13 * 10 + 5 * 10 + 130 + 19 + 38  # batches: every 50 steps, after each epoch, all sets at the end
TIMED_STEPS, TIMED_EVALUATIONS = 8, 6


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


def _correct(workshop: Workshop, wanted: Sequence[Example]) -> None:
    """Have the newest version judge the messages and a moderator decide on each."""
    with transaction(workshop.engine) as session:
        for number, example in enumerate(wanted):
            inbox.receive(session, Incoming(Platform.WEB, 1, "", number, None, "", example.text, datetime.now(UTC)))
        holder, claimed = inbox.claim(session, len(wanted), 60.0)
        verdicts = inbox.record(session, holder, Judge(1, 0.0, 1.0), [Judgement(c.id, c.edit, 0.9) for c in claimed])
        assert not verdicts  # the web chat asks for no notices
        for verdict_id, example in enumerate(wanted, start=1):
            corrections.correct(session, Decision(verdict_id, "web:benchmark", "", example.is_spam, True))


def recombined(bench: Bench, n: int, seed: int) -> list[Example]:
    """`n` texts nobody wrote: the first half of one message and the second half of another of its class."""
    chooser = random.Random(seed)
    by_class: dict[bool, list[list[str]]] = {True: [], False: []}
    for example in distinct_sms(bench.sms()):
        by_class[example.is_spam].append(example.text.split())
    made: dict[str, Example] = {}
    while len(made) < n:
        is_spam = chooser.random() < 0.13
        one, other = chooser.choices(by_class[is_spam], k=2)
        text = " ".join([*one[: len(one) // 2 + 1], *other[len(other) // 2 :]])
        made.setdefault(datasets.gist(text), Example(text, is_spam, "correction"))
    return list(made.values())


def growth(bench: Bench) -> dict[str, Any]:
    """A run's seconds at 5,000 and at 80,000 examples, the features of what is drawn being known already."""
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
    seen = examples.snapshot([*seed, *more], [], datetime.now(UTC), None)
    if is_rehearsal:
        bench.read(plan.planned(seen.split.train, bench.config).examples)
        bench.read([*seen.split.validation, *seen.split.hold_out])
        return
    outcome = bench.learn(seen.split.train, seen.split.validation)
    test = learn.scored(outcome.learned, bench.read(seen.split.hold_out), seen.split.hold_out)
    evaluate.measure(test, thresholds.choose(outcome.validation))
    baselines_of(seen.split, bench.config)


def course(bench: Bench) -> dict[str, Any]:
    """The course's recipe on this machine, from a few steps of each kind."""
    from transformers import GPT2Config, GPT2Model

    torch.manual_seed(0)
    body, head = GPT2Model(GPT2Config()), torch.nn.Linear(768, 2)
    for name, weight in body.named_parameters():
        weight.requires_grad = name.startswith(("h.11.", "ln_f."))
    trained = [*(p for p in body.parameters() if p.requires_grad), *head.parameters()]
    optimizer = torch.optim.AdamW(trained, lr=5e-5, weight_decay=0.1)
    ids = torch.randint(0, 50_257, (COURSE_BATCH, COURSE_LENGTH))
    labels = torch.tensor(labels_of(distinct_sms(bench.sms())[:COURSE_BATCH]), dtype=torch.long)

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(head(body(ids).last_hidden_state[:, -1]), labels).backward()  # type: ignore[no-untyped-call]  # torch's is untyped
        optimizer.step()

    def look() -> None:
        with torch.no_grad():
            head(body(ids).last_hidden_state[:, -1]).argmax(dim=-1)

    per_step, per_look = _mean_seconds(step, TIMED_STEPS), _mean_seconds(look, TIMED_EVALUATIONS)
    total = COURSE_EPOCHS * COURSE_STEPS * per_step + COURSE_EVALUATIONS * per_look
    say(f"the course's recipe: {per_step:.2f} s a step, {per_look:.2f} s an evaluated batch, {total:.0f} s in all")
    return {"course_seconds": total, "course_timed": {"steps": TIMED_STEPS, "evaluated_batches": TIMED_EVALUATIONS}}


def _mean_seconds(act: Any, times: int) -> float:
    act()
    began = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - began) / times


def run(is_fast: bool) -> dict[str, Any]:
    bench = Bench.open()
    found: dict[str, Any] = {"benchmark": "training", "is_fast": is_fast, **bench.about()}
    with tempfile.TemporaryDirectory() as folder:
        fresh = with_empty_cache(bench, Path(folder))
        found |= first(fresh)
        found |= course(bench)
        found["times_faster_than_course"] = found["course_seconds"] / found["first_seconds"]
        if is_fast:
            return found
        (home := Path(folder) / "home").mkdir()
        found |= full(replace(fresh, settings=_moved(fresh.settings, Path(folder) / "second")), home)
        found |= growth(fresh)
    return found


def _moved(settings: TrainingSettings, cache: Path) -> TrainingSettings:
    """The same with another empty cache."""
    cache.mkdir()
    (cache / "base-models").symlink_to((settings.cache / "base-models").resolve())
    return settings.model_copy(update={"cache": cache})


if __name__ == "__main__":
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: run(chosen.fast), chosen.json)
