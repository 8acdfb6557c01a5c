"""What transformers makes of a repository, our network and its serving form make of it too."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F

from classifier.encoder import quantised, stored
from classifier.encoder.network import SentenceEncoder
from classifier.encoder.repository import read_repository
from classifier.encoder.serving import ServingEncoder
from classifier.encoder.stored import Encoder
from classifier.encoder.tokenizer import UnigramTokenizer
from classifier.gpt.padded import pad
from tests.classifier.encoder import tiny_repository

KINDS = ("bert", "xlm-roberta")
TEXTS = ["hello world", "привет, мир!", "the spam 100$", "x", "hello " * 7, "query: мир мир hello"]


@pytest.fixture(scope="module", params=KINDS)
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Encoder]:
    folder = tmp_path_factory.mktemp(request.param)
    model = tiny_repository.write(folder, request.param)
    return model, read_repository(folder, "tiny")


def ids_of(encoder: Encoder) -> list[list[int]]:
    tokenizer = UnigramTokenizer(encoder.vocabulary)
    return [tokenizer.framed(tokenizer.content(text)[: encoder.config.context_length - 2]) for text in TEXTS]


def theirs(model: Any, sequences: list[list[int]]) -> torch.Tensor:
    """The mean of the last states, scaled to length 1, a text at a time."""
    with torch.inference_mode():
        states = [model(torch.tensor([ids])).last_hidden_state[0].mean(0) for ids in sequences]
    return F.normalize(torch.stack(states), dim=1)


def test_tokens_are_those_of_the_tokenizers_library(published: tuple[Any, Encoder]) -> None:
    library, ours = tiny_repository.tokenizer(), UnigramTokenizer(published[1].vocabulary)
    for text in [*TEXTS, "  two   spaces ", "line\nbreak", "слово", "ünknown ☂ letters"]:
        assert ours.content(text) == library.encode(text).ids, text


def test_the_network_gives_what_transformers_gives(published: tuple[Any, Encoder]) -> None:
    model, encoder = published
    network = SentenceEncoder(encoder.config).eval()
    network.load_state_dict(quantised.state_of(encoder.weights))
    sequences = ids_of(encoder)
    with torch.inference_mode():
        made = network(*pad(sequences))
    torch.testing.assert_close(made, theirs(model, sequences), atol=2e-5, rtol=0)


@pytest.mark.parametrize(("dtype", "atol"), [(torch.float32, 2e-5), (torch.bfloat16, 0.03)])
def test_the_serving_form_gives_it_too(published: tuple[Any, Encoder], dtype: torch.dtype, atol: float) -> None:
    model, encoder = published
    sequences = ids_of(encoder)
    made = ServingEncoder(encoder, dtype).embed(sequences)
    torch.testing.assert_close(made, theirs(model, sequences), atol=atol, rtol=0)


def test_a_text_has_the_same_vector_whatever_stands_beside_it(published: tuple[Any, Encoder]) -> None:
    serving, sequences = ServingEncoder(published[1], torch.float32), ids_of(published[1])
    together = serving.embed(sequences)
    alone = torch.cat([serving.embed([ids]) for ids in sequences])
    torch.testing.assert_close(together, alone, atol=1e-6, rtol=0)


def test_vectors_have_length_one(published: tuple[Any, Encoder]) -> None:
    made = ServingEncoder(published[1], torch.float32).embed(ids_of(published[1]))
    torch.testing.assert_close(made.norm(dim=1), torch.ones(len(TEXTS)))


def test_a_long_text_is_read_in_windows_that_miss_nothing(published: tuple[Any, Encoder]) -> None:
    serving, encoder = ServingEncoder(published[1], torch.float32), published[1]
    windows = serving.windows("hello world " * 40)
    assert len(windows) > 2
    assert max(map(len, windows)) <= encoder.config.context_length
    tokenizer = UnigramTokenizer(encoder.vocabulary)
    prefix, whole = tokenizer.content(encoder.config.prefix), tokenizer.content("hello world " * 40)
    parts = [window[1 + len(prefix) : -1] for window in windows]
    assert all(window[1 : 1 + len(prefix)] == prefix for window in windows)
    assert whole == [token for part in parts[:-1] for token in part][: len(whole) - len(parts[-1])] + parts[-1]
    assert len({len(part) for part in parts}) == 1  # the last one, too, is full


@pytest.mark.parametrize("text", ["", "   ", "\ud800 half", "\u200b", "a" * 5_000])
def test_an_odd_text_has_a_vector_too(published: tuple[Any, Encoder], text: str) -> None:
    serving = ServingEncoder(published[1], torch.float32)
    assert serving.embed(serving.windows(text)).isfinite().all()


def test_what_is_stored_is_loaded_again(published: tuple[Any, Encoder], tmp_path: Path) -> None:
    encoder = published[1]
    stored.save(encoder, tmp_path)
    loaded = stored.load(tmp_path)
    assert (loaded.name, loaded.config, loaded.vocabulary) == (encoder.name, encoder.config, encoder.vocabulary)
    sequences = ids_of(encoder)
    made = [ServingEncoder(one, torch.float32).embed(sequences) for one in (encoder, loaded)]
    assert torch.equal(*made)


def test_an_encoder_whose_weights_are_of_another_shape_cannot_be_made(published: tuple[Any, Encoder]) -> None:
    encoder = published[1]
    with pytest.raises(ValueError, match=r"embedding\.weight is of shape"):
        replace(encoder, config=replace(encoder.config, vocab_size=3))
    lacking = {name: weight for name, weight in encoder.weights.items() if name != "blocks.1.up.bias"}
    with pytest.raises(ValueError, match=r"blocks\.1\.up\.bias is of shape None"):
        replace(encoder, weights=lacking)


def test_threads_do_not_change_a_vector(published: tuple[Any, Encoder]) -> None:
    serving, sequences, before = (
        ServingEncoder(published[1], torch.float32),
        ids_of(published[1]),
        torch.get_num_threads(),
    )
    try:
        made = []
        for threads in (1, 3):
            torch.set_num_threads(threads)
            made.append(serving.embed(sequences * 4))
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
    torch.testing.assert_close(*made, atol=1e-6, rtol=0)


def test_a_loaded_encoder_gives_the_same_vectors_after_its_pages_were_let_go(
    published: tuple[Any, Encoder], tmp_path: Path
) -> None:
    stored.save(published[1], tmp_path)
    serving, sequences = ServingEncoder(stored.load(tmp_path), torch.float32), ids_of(published[1])
    assert torch.equal(serving.embed(sequences), serving.embed(sequences))


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "\u0301" * 200_000, " " * 199_999 + "x", "привет " * 28_000, "- " * 100_000]
)
def test_two_hundred_thousand_characters_are_cut_into_windows_in_time(
    published: tuple[Any, Encoder], text: str
) -> None:
    serving, began = ServingEncoder(published[1], torch.float32), time.process_time()
    assert max(map(len, serving.windows(text))) <= published[1].config.context_length
    assert time.process_time() - began < 5
