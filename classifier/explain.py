"""What a score rests on: the tokens the GPT read, what each part says, and the n-grams that weigh most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.blend import Blend, Parts
from classifier.reading import read, spelt
from classifier.wide import Wide, weighted

STRONGEST = 12  # n-grams that are told


@dataclass(frozen=True)
class Explanation:
    """All in log-odds after calibration, positive for spam; `parts` add up to the score's log-odds."""

    normalised: str  # what the n-grams read
    tokens: list[str]  # what the GPT read; a token may be a part of a character, shown as U+FFFD
    parts: dict[str, float]
    ngrams: list[tuple[str, float]]  # the strongest first


def parts(blend: Blend, said: Parts) -> dict[str, float]:
    """Each part's share of one text's log-odds: the network's, the n-grams', the encoder's, and the shift of calibration and shortness."""
    shares = {
        "network": blend.network_share * said.network[0],
        "n-grams": blend.wide_share * said.ngrams[0],
        "encoder": blend.encoder_share * said.encoder[0],
        "shift": blend.shift - blend.taken_down(said.lengths)[0],
    }
    return {name: float(share / blend.temperature) for name, share in shares.items()}


def strongest(wide: Wide, blend: Blend, text: str, at_most: int = STRONGEST) -> list[tuple[str, float]]:
    """The n-grams of the text whose share of the log-odds is largest, either way; none that only repeats a larger one."""
    counts = wide.ngrams.counts([text])
    rows = weighted(counts, wide.rarity)
    shares = rows.values * wide.weights[rows.buckets] * blend.wide_share / blend.temperature
    share_of = dict(zip(rows.buckets.tolist(), shares.tolist(), strict=True))
    named = sorted(wide.ngrams.named(text).items(), key=lambda item: -abs(share_of.get(item[0], 0.0)))
    found: list[tuple[str, float]] = []
    for bucket, ngram in named:
        if len(found) == at_most:
            break
        if not any(spelt(ngram) in told or told in spelt(ngram) for told, _ in found):
            found.append((spelt(ngram), share_of[bucket]))
    return found


def readable(tokens: Sequence[bytes]) -> list[str]:
    """Tokens as text, one by one."""
    return [token.decode("utf-8", "replace") for token in tokens]


def normalised(wide: Wide | None, text: str) -> str:
    """The text as the n-grams read it."""
    return spelt(read(text, wide.ngrams.manner)) if wide else text
