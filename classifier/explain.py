"""What a score rests on: the tokens the GPT read, each part's log-odds, and the n-grams that weigh most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.blend import Blend, Parts
from classifier.ngrams import NGramModel, weighted
from classifier.reading import read, spelt

STRONGEST = 12  # n-grams in an explanation


@dataclass(frozen=True)
class Explanation:
    """All in log-odds after calibration, positive for spam; `parts` add up to the score's log-odds."""

    normalised: str  # what the n-grams read
    tokens: list[str]  # what the GPT read; a token may be part of a character, shown as U+FFFD
    parts: dict[str, float]
    ngrams: list[tuple[str, float]]  # the strongest first


def parts(blend: Blend, log_odds: Parts) -> dict[str, float]:
    """Each part's share of one text's log-odds, and the shift that calibration and the text's length add."""
    shares = {
        "network": blend.network_share * log_odds.network[0],
        "n-grams": blend.wide_share * log_odds.ngrams[0],
        "encoder": blend.encoder_share * log_odds.encoder[0],
        "shift": blend.shift - blend.discount(log_odds.lengths)[0],
    }
    return {name: float(share / blend.temperature) for name, share in shares.items()}


def strongest(model: NGramModel, blend: Blend, text: str, at_most: int = STRONGEST) -> list[tuple[str, float]]:
    """The n-grams of the text with the largest shares of the log-odds, for or against spam.

    One that is part of a stronger n-gram, or has it as a part, is left out.
    """
    counts = model.ngrams.counts([text])
    rows = weighted(counts, model.rarity)
    shares = rows.values * model.weights[rows.buckets] * blend.wide_share / blend.temperature
    share_of = dict(zip(rows.buckets.tolist(), shares.tolist(), strict=True))
    named = sorted(model.ngrams.named(text).items(), key=lambda item: -abs(share_of.get(item[0], 0.0)))
    chosen: list[tuple[str, float]] = []
    for bucket, ngram in named:
        if len(chosen) == at_most:
            break
        if not any(spelt(ngram) in stronger or stronger in spelt(ngram) for stronger, _ in chosen):
            chosen.append((spelt(ngram), share_of[bucket]))
    return chosen


def readable(tokens: Sequence[bytes]) -> list[str]:
    """Tokens as text, one by one."""
    return [token.decode("utf-8", "replace") for token in tokens]


def normalised(model: NGramModel | None, text: str) -> str:
    """The text as the n-grams read it."""
    return spelt(read(text, model.ngrams.manner)) if model else text
