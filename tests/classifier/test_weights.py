"""The real base model: what others read in it, we read, and what it learns is worth serving."""

from __future__ import annotations

import copy
import os
import random
from pathlib import Path

import gguf
import pytest
import tokenizers
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import models, pre_tokenizers
from transformers import AutoModelForCausalLM

from classifier.checkpoint import Checkpoint
from classifier.gpt import products
from classifier.gpt.pretrained import BaseModel
from classifier.spam import SpamClassifier
from classifier.thresholds import Thresholds
from training.data import datasets, sms
from training.fit import base_models, learn
from training.fit.features import Reader
from training.fit.progress import Silent
from training.fit.recipe import TrainConfig
from training.lifecycle.assembly import assembled
from training.settings import TrainingSettings

pytestmark = pytest.mark.weights

NAME = "smollm2-135m"
TYPES = ["fp32", "bf16"] if products.fastest() == torch.bfloat16 else ["fp32"]  # emulated, bf16 takes hours here
SENTENCES = [
    "The capital of France is Paris.",
    "WINNER!! Claim your £1000 prize at  0800 123",
    "私は明日 7  時に\n\n行く 😀",
]
LONG = ["a" * 200_000, "x" + " " * 199_999, "\n" * 199_999 + "1", "😀" * 200_000, "1" * 200_000, "win cash " * 22_000]


@pytest.fixture(scope="module")
def cache() -> Path:
    return TrainingSettings().cache


@pytest.fixture(scope="module")
def base(cache: Path) -> BaseModel:
    return base_models.fetch(NAME, cache, print)


@pytest.fixture(scope="module")
def published(cache: Path) -> Path:
    """The GGUF as it was published."""
    return base_models.gguf_path(NAME, cache, print)


@pytest.fixture(scope="module")
def collection(cache: Path) -> Path:
    return sms.fetch(cache, TrainingSettings().datasets, print)


def test_it_knows_the_capital_of_france(base: BaseModel) -> None:
    made = base.language_model().continue_greedily(base.tokenizer.encode("The capital of France is"), 4)
    assert base.tokenizer.decode(made).startswith(" Paris.")


def test_its_logits_equal_those_of_transformers(base: BaseModel, published: Path) -> None:
    ours = base.language_model()
    theirs = AutoModelForCausalLM.from_pretrained(published.parent, gguf_file=published.name, dtype=torch.float32)
    for sentence in SENTENCES:
        ids = torch.tensor([base.tokenizer.encode(sentence)])
        with torch.inference_mode():
            expected, logits = theirs(ids).logits, ours(ids)
        assert (logits - expected).abs().max() < 1e-3 * expected.abs().max(), sentence


def test_its_tokens_equal_those_of_tokenizers_on_every_message(
    base: BaseModel, published: Path, collection: Path
) -> None:
    theirs, texts = their_tokenizer(published), [example.text for example in datasets.read_sms(collection)]
    expected = [encoding.ids for encoding in theirs.encode_batch(texts, add_special_tokens=False)]
    assert len(texts) == 5_574
    assert [base.tokenizer.encode(text) for text in texts] == expected


def their_tokenizer(published: Path) -> tokenizers.Tokenizer:
    """The same GGUF's tokens and merges in Hugging Face's implementation."""
    fields = gguf.GGUFReader(published).fields
    tokens, merges = fields["tokenizer.ggml.tokens"].contents(), fields["tokenizer.ggml.merges"].contents()
    pairs = [(left, right) for left, right in (merge.split(" ") for merge in merges)]
    made = tokenizers.Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=pairs))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    return made


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", LONG, ids=["letters", "spaces", "lines", "emoji", "digits", "words"])
def test_the_longest_texts_come_back_from_their_tokens(base: BaseModel, text: str) -> None:
    assert base.tokenizer.decode(base.tokenizer.encode(text)) == text


def test_the_collection_holds_every_message(collection: Path) -> None:
    examples = datasets.read_sms(collection)
    assert (len(examples), sum(example.is_spam for example in examples)) == (5_574, 747)


def test_the_course_split_is_the_courses(collection: Path) -> None:
    split = datasets.read_course(collection)
    assert [len(side) for side in (split.train, split.validation, split.hold_out)] == [1_045, 149, 300]


@pytest.fixture(scope="module")
def learned(base: BaseModel, collection: Path) -> Checkpoint:
    """The default recipe on the course's 1,045 training messages."""
    config, split = TrainConfig(), datasets.read_course(collection)
    torch.set_num_threads(os.cpu_count() or 1)
    reader = Reader(base, config.frozen_blocks, products.dtype_named(config.products), cache=None)
    learned = learn.learn(base, reader, split.train, split.validation, config, Silent()).learned
    model = assembled(reader.trunk, learned)
    return Checkpoint(
        model, base.tokenizer, Thresholds(0.5, 0.9), base.name, ngram_model=learned.ngram_model, blend=learned.blend
    )


def test_it_learns_the_courses_task(learned: Checkpoint, collection: Path) -> None:
    """At least 96 % of the course's 300 test messages, which its own recipe gets 95 % of."""
    test = datasets.read_course(collection).hold_out
    scores = SpamClassifier(learned).score([example.text for example in test])
    right = sum((score >= 0.5) == example.is_spam for score, example in zip(scores, test, strict=True))
    print(f"accuracy on the course's {len(test)} test messages: {right / len(test):.2%}")
    assert right / len(test) >= 0.96


@pytest.fixture(scope="module")
def serving(learned: Checkpoint) -> dict[str, SpamClassifier]:
    """What was learned, in both precisions."""
    return {dtype: SpamClassifier(copy.deepcopy(learned), dtype, thorough=True) for dtype in TYPES}


@pytest.mark.parametrize(("dtype", "tolerance"), [("fp32", 1e-5), ("bf16", 1e-3)])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picked=st.lists(st.integers(0, 299), min_size=2, max_size=12, unique=True))
def test_batch_mates_and_their_padding_never_change_a_score(
    serving: dict[str, SpamClassifier], collection: Path, dtype: str, tolerance: float, picked: list[int]
) -> None:
    if dtype not in TYPES:
        pytest.skip("this processor only emulates bf16, at a hundredth of the speed, so fp32 is what serves here")
    hold_out = datasets.read_course(collection).hold_out
    texts = [hold_out[i].text for i in picked]
    alone = serving[dtype].score(texts[:1])[0]
    assert abs(serving[dtype].score(texts)[0] - alone) <= tolerance


def test_the_serving_form_says_what_the_fp32_network_says(
    learned: Checkpoint, serving: dict[str, SpamClassifier], collection: Path
) -> None:
    """On a seeded tenth of the collection; `python -m benchmarks.serving` compares all of it."""
    texts = [example.text for example in random.Random(123).sample(datasets.read_sms(collection), 557)]
    expected = SpamClassifier(copy.deepcopy(learned), "reference").score(texts)
    for dtype, classifier in serving.items():
        usual, largest = {"fp32": (1e-4, 1e-4), "bf16": (0.01, 0.05)}[dtype]
        scores = classifier.score(texts)
        differences = sorted(abs(a - b) for a, b in zip(scores, expected, strict=True))
        print(f"{dtype}: 99th percentile {differences[int(0.99 * len(texts))]:.5f}, largest {differences[-1]:.5f}")
        assert differences[int(0.99 * len(texts))] <= usual
        assert differences[-1] <= largest
        for threshold in (learned.thresholds.review, learned.thresholds.act):
            changed = [b for a, b in zip(scores, expected, strict=True) if (a >= threshold) != (b >= threshold)]
            assert all(abs(score - threshold) <= 0.03 for score in changed)
