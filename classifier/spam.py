"""The judgement itself: load a model version once, then score any number of texts.

classifier = SpamClassifier.load(directory)
scores = classifier.score(["FREE USDT AIRDROP, connect …", "who is selling their bike?"])
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier import checkpoint, explain, memory, products, serving
from classifier.blend import Parts, lengths_of
from classifier.checkpoint import Checkpoint, Thresholds
from classifier.encoder.serving import ServingEncoder
from classifier.errors import NothingToJudge, TextError, TextTooLong
from classifier.explain import Explanation
from classifier.model import SpamGPT
from classifier.nearest import Meanings
from classifier.serving import ServingGPT

T = TypeVar("T")
WINDOW = 1_024  # tokens scored whole; longer texts are scored in windows of this length
STRIDE = 768  # a quarter of each window is seen twice, so no phrase is cut in every window
MAX_WINDOWS = 36  # read of a text: 27,900 tokens, which 4,096 characters with 9,500 of links behind them never reach
MAX_TOKENS = 147_456  # 36,864 characters, more than Telegram's longest (rich) message, at the 4 tokens of the costliest
MAX_CHARACTERS = 200_000  # encoding itself stays under a tenth of a second
PAD_TO = 16  # texts are padded to a multiple of this many tokens
BATCH_TOKENS = 4_096  # padded positions a batch may hold; bounds memory whatever arrives


@dataclass(frozen=True)
class Window:
    """Part of a text: which text it is of, and its token ids."""

    text: int
    ids: list[int]


class SpamClassifier:
    """A loaded model version. Holds the network; scoring changes nothing."""

    def __init__(self, loaded: Checkpoint, dtype: str = "fp32", release: bool = False) -> None:
        """`dtype`: fp32, bf16, auto, or reference (the modules themselves, fp32, slow). With `release`, the loaded network gives up its weights as they are prepared."""
        self._tokenizer = loaded.tokenizer
        self._wide, self._blend = loaded.wide, loaded.blend
        self._encoder_head = loaded.encoder_head
        self._encoder = (
            ServingEncoder(loaded.encoder, products.dtype_named(_precision(dtype))) if loaded.encoder else None
        )
        self._meanings = Meanings(self._encoder) if self._encoder else None
        self._window = min(WINDOW, loaded.model.trunk.config.context_length)
        self._network = _prepared(loaded.model, dtype, release)
        self.thresholds: Thresholds = loaded.thresholds

    @classmethod
    def load(cls, directory: Path, dtype: str = "fp32") -> SpamClassifier:
        """Load strictly. Raises CheckpointError where the directory is missing, damaged or mismatched."""
        loaded = cls(checkpoint.load(directory), dtype, release=True)
        memory.give_back()
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
        for window, log_odds in self._window_log_odds(windows):
            so_far = answers[window.text]
            answers[window.text] = max(log_odds, so_far) if isinstance(so_far, float) else so_far
        self._blend_in(texts, answers)
        return answers

    def explain(self, text: str) -> Explanation:
        """What the score of the text rests on. Raises TextError where it has none."""
        found = max(log_odds for _, log_odds in self._window_log_odds([Window(0, ids) for ids in self._windows(text)]))
        return Explanation(
            normalised=explain.normalised(self._wide, text),
            tokens=explain.readable(self._tokenizer.pieces(text)),
            parts=explain.parts(self._blend, self._parts([text], [found])),
            ngrams=explain.strongest(self._wide, self._blend, text) if self._wide else [],
        )

    def nearest(self, text: str, others: Sequence[str], at_most: int = 3) -> list[tuple[int, float]]:
        """Which of the others are nearest to the text: their places and how alike they are, 0 to 1, the nearest first.

        In meaning where the version has an encoder, else by the n-grams they share.
        """
        alike = self._wide.cosines(text, others) if self._wide and others else np.zeros(len(others))
        if self._meanings is not None:
            alike = self._meanings.likenesses(text, others, promising=alike)
        return [(int(i), float(alike[i])) for i in (-alike).argsort(kind="stable")[:at_most] if alike[i] > 0]

    def _blend_in(self, texts: Sequence[str], answers: list[float | TextError]) -> None:
        """Turn the network's log-odds among the answers into scores of all parts, in place."""
        judged = [i for i, answer in enumerate(answers) if isinstance(answer, float)]
        network = [answer for answer in answers if isinstance(answer, float)]
        if not judged:
            return
        log_odds = self._blend.log_odds(self._parts([texts[i] for i in judged], network))
        for i, said in zip(judged, log_odds.tolist(), strict=True):
            answers[i] = probability(said)

    def _parts(self, texts: Sequence[str], network: Sequence[float]) -> Parts:
        """What every part says of these texts."""
        none = np.zeros(len(texts))
        return Parts(
            network=np.asarray(network),
            ngrams=self._wide.logits(texts) if self._wide else none,
            encoder=self._encoder_log_odds(texts) if self._encoder else none,
            lengths=lengths_of(texts),
        )

    def _encoder_log_odds(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The largest of each text's windows, (B,)."""
        assert self._encoder is not None
        assert self._encoder_head is not None
        windows = [Window(i, ids) for i, text in enumerate(texts) for ids in spread(self._encoder.windows(text))]
        said = self._encoder_head.log_odds(self._encoder.embed([window.ids for window in windows]).numpy())
        _require_numbers(said)
        found = np.full(len(texts), -np.inf)
        np.maximum.at(found, [window.text for window in windows], said)
        return found

    def _windows(self, text: str) -> Iterator[list[int]]:
        if not is_visible(text):
            raise NothingToJudge
        if len(text) > MAX_CHARACTERS:
            raise TextTooLong(len(text), "characters", MAX_CHARACTERS)
        ids = self._tokenizer.encode(text)
        if len(ids) > MAX_TOKENS:
            raise TextTooLong(len(ids), "tokens", MAX_TOKENS)
        stride = self._window * STRIDE // WINDOW
        last_start = max(len(ids) - self._window, 0)
        starts = spread([*range(0, last_start, stride), last_start])
        return (ids[start : start + self._window] for start in starts)

    def _window_log_odds(self, windows: list[Window]) -> Iterator[tuple[Window, float]]:
        logits = self._network.logits([window.ids for window in windows])
        _require_numbers(logits.numpy())
        return zip(windows, (logits[:, 1] - logits[:, 0]).tolist(), strict=True)


def spread(windows: Sequence[T]) -> list[T]:
    """All windows of a text, or of very many the first, the last and as many evenly between as may be read."""
    if len(windows) <= MAX_WINDOWS:
        return list(windows)
    return [windows[i * (len(windows) - 1) // (MAX_WINDOWS - 1)] for i in range(MAX_WINDOWS)]


def _require_numbers(said: NDArray[Any]) -> None:
    """A broken network must not look like ham. Raises ArithmeticError."""
    if np.isnan(said).any():
        raise ArithmeticError("the network's output is not a number")


class PaddedGPT:
    """Token ids to logits for a network that has no serving form: the module itself, padded batch by padded batch."""

    def __init__(self, model: SpamGPT, dtype: torch.dtype) -> None:
        self._model = model.to(dtype).eval()

    @torch.inference_mode()
    def logits(self, sequences: Sequence[list[int]]) -> Tensor:
        """Token ids of B texts -> (B, 2) fp32, in the order of the texts."""
        found = torch.empty(len(sequences), 2)
        for batch in batches([Window(i, ids) for i, ids in enumerate(sequences)]):
            ids, lengths = pad([window.ids for window in batch], padded_length(batch[0]))
            found[[window.text for window in batch]] = self._model(ids, lengths)
        return found


def _precision(dtype: str) -> str:
    return "fp32" if dtype == "reference" else dtype


def _prepared(model: SpamGPT, dtype: str, release: bool) -> ServingGPT | PaddedGPT:
    if dtype == "reference":
        return PaddedGPT(model, torch.float32)
    precision = products.dtype_named(dtype)
    return ServingGPT(model, precision, release) if serving.serves(model) else PaddedGPT(model, precision)


def probability(log_odds: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


def is_visible(text: str) -> bool:
    """Whether a reader would see anything: one character that is not white space, control or format."""
    return any(unicodedata.category(c) not in ("Cc", "Cf", "Zs", "Zl", "Zp", "Mn") for c in text)


def batches(windows: list[Window]) -> Iterator[list[Window]]:
    """Windows of one padded length together, at most BATCH_TOKENS padded positions each.

    The length a window is padded to hangs on the window alone, so that its products are cut up, and in bf16
    rounded, in the same way whatever stands beside it.
    """
    batch: list[Window] = []
    for window in sorted(windows, key=lambda w: len(w.ids)):
        width = padded_length(window)
        if batch and (width != padded_length(batch[0]) or width * (len(batch) + 1) > BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def padded_length(window: Window) -> int:
    """The window's length, rounded up to a multiple of PAD_TO."""
    return -(-len(window.ids) // PAD_TO) * PAD_TO


def pad(sequences: list[list[int]], width: int | None = None) -> tuple[Tensor, Tensor]:
    """Ids padded on the right with 0 to (B, T), and the real lengths (B,). T is `width`, or the longest's length."""
    lengths = torch.tensor([len(ids) for ids in sequences])
    padded = torch.zeros(len(sequences), width or int(lengths.max()), dtype=torch.long)
    for row, ids in zip(padded, sequences, strict=True):
        row[: len(ids)] = torch.tensor(ids)
    return padded, lengths
