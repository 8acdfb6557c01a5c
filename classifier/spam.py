"""The classifier itself: load a model version once, then score any number of texts.

classifier = SpamClassifier.load(directory)
scores = classifier.score(["FREE USDT AIRDROP, connect …", "who is selling their bike?"])
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from classifier import checkpoint, explain, resident_memory
from classifier.blend import Parts, lengths_of
from classifier.checkpoint import Checkpoint
from classifier.encoder.serving import ServingEncoder
from classifier.encoder.stored import Encoder
from classifier.errors import TextError
from classifier.explain import Explanation
from classifier.gpt import products, serving
from classifier.gpt.model import SpamGPT
from classifier.gpt.padded import PaddedGPT
from classifier.gpt.serving import ServingGPT
from classifier.nearest import Meanings
from classifier.thresholds import Thresholds
from classifier.windows import WINDOW, Window, spread, token_windows

REFERENCE = "reference"  # in place of a precision: the modules themselves, fp32, slow


class SpamClassifier:
    """A loaded model version. Holds the network; scoring changes nothing but the count of what was read."""

    def __init__(self, loaded: Checkpoint, dtype: str = "fp32", release: bool = False) -> None:
        """`dtype`: fp32, bf16, auto or reference. With `release`, the loaded network gives up its weights as they are prepared."""
        self._tokenizer = loaded.tokenizer
        self._ngram_model, self._blend = loaded.ngram_model, loaded.blend
        self._encoder_head = loaded.encoder_head
        self._encoder = _serving_encoder(loaded.encoder, dtype) if loaded.encoder else None
        self._meanings = Meanings(self._encoder) if self._encoder else None
        self._window = min(WINDOW, loaded.model.trunk.config.context_length)
        self._network = _serving_network(loaded.model, dtype, release)
        self.thresholds: Thresholds = loaded.thresholds
        self.tokens_read = 0  # by the network, since this version was loaded; a window's overlap counts twice

    @classmethod
    def load(cls, directory: Path, dtype: str = "fp32") -> SpamClassifier:
        """Load strictly. Raises CheckpointError where the directory is missing, damaged or mismatched."""
        loaded = cls(checkpoint.load(directory), dtype, release=True)
        resident_memory.give_back()
        return loaded

    def score(self, texts: Sequence[str]) -> list[float]:
        """Probability of spam of each text, in their order. Raises TextError for the first that has none."""
        answers = self.try_score(texts)
        for answer in answers:
            if isinstance(answer, TextError):
                raise answer
        return [answer for answer in answers if not isinstance(answer, TextError)]

    def try_score(self, texts: Sequence[str]) -> list[float | TextError]:
        """Probability of spam of each text, or the named reason why that text has none."""
        answers: list[float | TextError] = []
        windows: list[Window] = []
        for i, text in enumerate(texts):
            try:
                windows += (Window(i, ids) for ids in self._windows(text))
                answers.append(-math.inf)
            except TextError as error:
                answers.append(error)
        self.tokens_read += sum(len(window.ids) for window in windows)
        for window, log_odds in self._window_log_odds(windows):
            highest = answers[window.text]
            answers[window.text] = max(log_odds, highest) if isinstance(highest, float) else highest
        self._blend_in(texts, answers)
        return answers

    def explain(self, text: str) -> Explanation:
        """What the score of the text rests on. Raises TextError where it has none."""
        windows = [Window(0, ids) for ids in self._windows(text)]
        network = max(log_odds for _, log_odds in self._window_log_odds(windows))
        return Explanation(
            normalised=explain.normalised(self._ngram_model, text),
            tokens=explain.readable(self._tokenizer.pieces(text)),
            parts=explain.parts(self._blend, self._parts([text], [network])),
            ngrams=explain.strongest(self._ngram_model, self._blend, text) if self._ngram_model else [],
        )

    def nearest(self, text: str, others: Sequence[str], at_most: int = 3) -> list[tuple[int, float]]:
        """The others that are most similar to the text: their indices and similarities, 0 to 1, the most similar first.

        In meaning where the version has an encoder, else by the n-grams they share.
        """
        similarities = (
            self._ngram_model.cosines(text, others) if self._ngram_model and others else np.zeros(len(others))
        )
        if self._meanings is not None:
            similarities = self._meanings.similarities(text, others, promising=similarities)
        order = (-similarities).argsort(kind="stable")[:at_most]
        return [(int(i), float(similarities[i])) for i in order if similarities[i] > 0]

    def _blend_in(self, texts: Sequence[str], answers: list[float | TextError]) -> None:
        """Turn the network's log-odds among the answers into scores of all parts, in place."""
        network = {i: answer for i, answer in enumerate(answers) if isinstance(answer, float)}
        if not network:
            return
        log_odds = self._blend.log_odds(self._parts([texts[i] for i in network], [*network.values()]))
        for i, value in zip(network, log_odds.tolist(), strict=True):
            answers[i] = probability(value)

    def _parts(self, texts: Sequence[str], network: Sequence[float]) -> Parts:
        """Every part's log-odds of these texts; `network` is the GPT's."""
        none = np.zeros(len(texts))
        return Parts(
            network=np.asarray(network),
            ngrams=self._ngram_model.logits(texts) if self._ngram_model else none,
            encoder=self._encoder_log_odds(texts) if self._encoder else none,
            lengths=lengths_of(texts),
        )

    def _encoder_log_odds(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The largest of each text's windows, (B,)."""
        assert self._encoder is not None
        assert self._encoder_head is not None
        windows = [Window(i, ids) for i, text in enumerate(texts) for ids in spread(self._encoder.windows(text))]
        by_window = self._encoder_head.log_odds(self._encoder.embed([window.ids for window in windows]).numpy())
        _require_numbers(by_window)
        highest = np.full(len(texts), -np.inf)
        np.maximum.at(highest, [window.text for window in windows], by_window)
        return highest

    def _windows(self, text: str) -> Iterator[list[int]]:
        return token_windows(self._tokenizer, text, self._window)

    def _window_log_odds(self, windows: list[Window]) -> Iterator[tuple[Window, float]]:
        logits = self._network.logits([window.ids for window in windows])
        _require_numbers(logits.numpy())
        return zip(windows, (logits[:, 1] - logits[:, 0]).tolist(), strict=True)


def probability(log_odds: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


def _require_numbers(outputs: NDArray[Any]) -> None:
    """A broken network must not look like ham. Raises ArithmeticError."""
    if np.isnan(outputs).any():
        raise ArithmeticError("the network's output is not a number")


def _serving_encoder(encoder: Encoder, dtype: str) -> ServingEncoder:
    return ServingEncoder(encoder, products.dtype_named("fp32" if dtype == REFERENCE else dtype))


def _serving_network(model: SpamGPT, dtype: str, release: bool) -> ServingGPT | PaddedGPT:
    if dtype == REFERENCE:
        return PaddedGPT(model, torch.float32)
    precision = products.dtype_named(dtype)
    return ServingGPT(model, precision, release) if serving.serves(model) else PaddedGPT(model, precision)
