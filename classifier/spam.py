"""The classifier itself: load a model version once, then score any number of texts.

classifier = SpamClassifier.load(directory)
scores = classifier.score(["FREE USDT AIRDROP, connect …", "who is selling their bike?"])
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from classifier import checkpoint, explain, resident_memory
from classifier.blend import Parts, lengths_of
from classifier.checkpoint import Checkpoint
from classifier.encoder.serving import ServingEncoder
from classifier.encoder.stored import Encoder
from classifier.errors import CheckpointError, TextError
from classifier.explain import Explanation
from classifier.gpt import products, serving
from classifier.gpt.model import SpamGPT
from classifier.gpt.padded import PaddedGPT
from classifier.gpt.serving import ServingGPT
from classifier.nearest import Meanings
from classifier.thresholds import LOWERED_AT_MOST, Thresholds, probability
from classifier.windows import WINDOW, Window, spread, token_windows

REFERENCE = "reference"  # in place of a precision: the modules themselves, fp32, slow


class SpamClassifier:
    """A loaded model version. Holds the network; scoring changes nothing but the count of what was read."""

    def __init__(self, loaded: Checkpoint, dtype: str = "fp32", release: bool = False, thorough: bool = False) -> None:
        """`dtype`: fp32, bf16, auto or reference. With `release`, the loaded network gives up its weights as they are prepared.

        Where `thorough` or by reference, the GPT is asked about every text, even where it could not get it flagged.
        """
        self._tokenizer = loaded.tokenizer
        self._ngram_model, self._blend = loaded.ngram_model, loaded.blend
        self._encoder_head = loaded.encoder_head
        self._encoder = _serving_encoder(loaded.encoder, dtype, loaded.manner) if loaded.encoder else None
        self._meanings = Meanings(self._encoder) if self._encoder else None
        self._window = min(WINDOW, loaded.model.trunk.config.context_length)
        self._network = _serving_network(loaded.model, dtype, release)
        self.thresholds: Thresholds = loaded.thresholds
        self._asks_always = thorough or dtype == REFERENCE
        self.tokens_read = (
            0  # by the GPT and the encoder, since this version was loaded; a window's overlap counts twice
        )

    @classmethod
    def load(cls, directory: Path, dtype: str = "fp32", registered: str | None = None, thorough: bool = False) -> Self:
        """Load strictly. Raises CheckpointError where the directory is missing, damaged, mismatched or not as `registered`."""
        stored = checkpoint.load(directory, registered)
        try:
            loaded = cls(stored, dtype, release=True, thorough=thorough)
        except Exception as error:  # parts that are whole, and do not fit together
            raise CheckpointError(directory, str(error) or type(error).__name__) from error
        resident_memory.give_back()
        return loaded

    def rest(self) -> None:
        """Give back the memory that is not needed until texts come again."""
        self._network.rest()
        if self._encoder is not None:
            self._encoder.rest()
        resident_memory.give_back()

    def score(self, texts: Sequence[str]) -> list[float]:
        """Probability of spam of each text, in their order. Raises TextError for the first that has none."""
        answers = self.try_score(texts)
        for answer in answers:
            if isinstance(answer, TextError):
                raise answer
        return [answer for answer in answers if not isinstance(answer, TextError)]

    def try_score(self, texts: Sequence[str], lowered: float = LOWERED_AT_MOST) -> list[float | TextError]:
        """Probability of spam of each text, or the named reason why that text has none.

        `lowered`: log-odds by which what is known of authors lowers thresholds at most; the less, the less the GPT is asked.
        """
        answers: list[float | TextError] = []
        windows: list[list[list[int]]] = []  # of each text that has a score
        for text in texts:
            try:
                windows.append(list(self._windows(text)))
                answers.append(-math.inf)
            except TextError as error:
                answers.append(error)
        scored = [i for i, answer in enumerate(answers) if isinstance(answer, float)]
        if scored:
            log_odds = self._log_odds([texts[i] for i in scored], windows, lowered).tolist()
            for i, value in zip(scored, log_odds, strict=True):
                answers[i] = probability(value)
        return answers

    def asks(self, texts: Sequence[str], lowered: float = LOWERED_AT_MOST) -> NDArray[np.bool_]:
        """Whether the GPT is asked about each of these texts, which have scores, (B,)."""
        return self._asks(self._other_parts(texts), lowered)

    def _asks(self, parts: Parts, lowered: float) -> NDArray[np.bool_]:
        return self._blend.asks_network(parts, -math.inf if self._asks_always else self.thresholds.lowest(lowered))

    def _log_odds(self, texts: Sequence[str], windows: list[list[list[int]]], lowered: float) -> NDArray[np.float64]:
        """Calibrated log-odds of spam, (B,). The GPT is asked about the windows of those texts that it could get flagged."""
        parts = self._other_parts(texts)
        asked = self._asks(parts, lowered).nonzero()[0].tolist()
        network = np.full(len(texts), self._blend.network_usual)
        network[asked] = self._network_log_odds([windows[i] for i in asked])
        log_odds = self._blend.log_odds(replace(parts, network=network))
        _require_numbers(log_odds)  # of n-grams, too
        return log_odds

    def explain(self, text: str) -> Explanation:
        """What the score of the text rests on. Raises TextError where it has none."""
        network = self._network_log_odds([list(self._windows(text))])
        return Explanation(
            normalised=explain.normalised(self._ngram_model, text),
            tokens=explain.readable(self._tokenizer.pieces(text)),
            parts=explain.parts(self._blend, replace(self._other_parts([text]), network=network)),
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

    def _other_parts(self, texts: Sequence[str]) -> Parts:
        """The log-odds of these texts of every part but the GPT, whose place holds 0."""
        none = np.zeros(len(texts))
        return Parts(
            network=none,
            ngrams=self._ngram_model.logits(texts) if self._ngram_model else none,
            encoder=self._encoder_log_odds(texts) if self._encoder else none,
            lengths=lengths_of(texts),
        )

    def _encoder_log_odds(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The largest of each text's windows, (B,)."""
        assert self._encoder is not None
        assert self._encoder_head is not None
        at = self._encoder_head.read_out
        of_texts = [spread(self._encoder.windows(text, at.prefixed)) for text in texts]
        windows = [Window(i, ids) for i, of_text in enumerate(of_texts) for ids in of_text]
        self.tokens_read += sum(len(window.ids) for window in windows)
        vectors = self._encoder.embed([window.ids for window in windows], at.blocks).numpy()
        return _highest(windows, self._encoder_head.log_odds(vectors), len(texts))

    def _windows(self, text: str) -> Iterator[list[int]]:
        return token_windows(self._tokenizer, text, self._window)

    def _network_log_odds(self, windows: Sequence[list[list[int]]]) -> NDArray[np.float64]:
        """The GPT's log-odds of each text, the largest of its windows', (B,)."""
        flat = [Window(i, ids) for i, of_text in enumerate(windows) for ids in of_text]
        if not flat:
            return np.full(len(windows), -np.inf)
        self.tokens_read += sum(len(window.ids) for window in flat)
        logits = self._network.logits([window.ids for window in flat]).numpy()
        return _highest(flat, logits[:, 1] - logits[:, 0], len(windows))


def _highest(windows: Sequence[Window], by_window: NDArray[Any], n_texts: int) -> NDArray[np.float64]:
    """Of each text the largest of its windows' log-odds, (B,). Raises ArithmeticError."""
    _require_numbers(by_window)
    highest = np.full(n_texts, -np.inf)
    np.maximum.at(highest, [window.text for window in windows], by_window)
    return highest


def _require_numbers(outputs: NDArray[Any]) -> None:
    """A broken network must not look like ham. Raises ArithmeticError."""
    if np.isnan(outputs).any():
        raise ArithmeticError("what the version computes is not a number")


def _serving_encoder(encoder: Encoder, dtype: str, manner: int) -> ServingEncoder:
    return ServingEncoder.of(encoder, products.dtype_named("fp32" if dtype == REFERENCE else dtype), manner)


def _serving_network(model: SpamGPT, dtype: str, release: bool) -> ServingGPT | PaddedGPT:
    if dtype == REFERENCE:
        return PaddedGPT(model, torch.float32)
    precision = products.dtype_named(dtype)
    return ServingGPT(model, precision, release) if serving.serves(model) else PaddedGPT(model, precision)
