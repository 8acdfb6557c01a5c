"""The n-gram model: hashed character n-grams, weighted and summed, whose logit is added to the GPT's.

The idea is "wide and deep" (Cheng et al., 2016): the deep part, the GPT, generalises; the wide part, this one,
memorises, and learns a new domain from few corrections. Stored names call it `wide`. Hashing (Weinberger et al., 2009)
needs no vocabulary, so any script works.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.reading import MANNERS, UNDISGUISED, read

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Counts:
    """A sparse matrix (B, n_buckets), row after row: bucket and value of each entry, and where each row starts."""

    buckets: NDArray[np.int32]
    values: Vector
    starts: NDArray[np.int64]  # (B + 1,); the last is the number of entries

    def sums(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """The sum over each row of one value for each entry, (B,)."""
        n = len(self.starts) - 1
        rows = np.repeat(np.arange(n), np.diff(self.starts))
        return np.bincount(rows, weights=values, minlength=n).astype(np.float64)


@dataclass(frozen=True)
class NGrams:
    """Which n-grams count: runs of characters within words, each word between two spaces.

    They are scikit-learn's `char_wb`, hashed by CRC-32: importing scikit-learn would cost a worker 140 MB.
    """

    shortest: int = 1
    longest: int = 5
    n_buckets: int = 2**18
    manner: int = UNDISGUISED  # how the text is read; see reading.py

    def counts(self, texts: Sequence[str]) -> Counts:
        """1 + ln of how often each n-gram's bucket occurs in each text."""
        buckets, times, lengths = (
            array("i"),
            array("f"),
            list[int](),
        )  # a dictionary a text would take ten times as much
        for text in texts:
            row = self._buckets(text)
            buckets.extend(row)
            times.extend(row.values())
            lengths.append(len(row))
        starts = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
        logs = np.log(np.frombuffer(times, dtype=np.float32)) if times else np.zeros(0, dtype=np.float32)
        return Counts(np.array(buckets, dtype=np.int32), 1 + logs, starts)

    def _buckets(self, text: str) -> dict[int, int]:
        buckets: dict[int, int] = {}
        for ngram, times in Counter(self._of(read(text, self.manner))).items():
            bucket = zlib.crc32(ngram.encode()) % self.n_buckets
            buckets[bucket] = buckets.get(bucket, 0) + times
        return buckets

    def named(self, text: str) -> dict[int, str]:
        """Each bucket that the text's n-grams fall into -> the longest of them there."""
        names: dict[int, str] = {}
        for ngram in sorted(set(self._of(read(text, self.manner))), key=lambda ngram: (len(ngram), ngram)):
            names[zlib.crc32(ngram.encode()) % self.n_buckets] = ngram
        return names

    def _of(self, text: str) -> Iterator[str]:
        for word in text.split():
            padded = f" {word} "
            for n in range(self.shortest, self.longest + 1):
                if len(padded) <= n:  # counted once, whole
                    yield padded
                    break
                yield from (padded[i : i + n] for i in range(len(padded) - n + 1))


@dataclass(frozen=True)
class NGramModel:
    """A linear model of n-grams: inverse document frequencies and weights of the buckets, both (n_buckets,), and a bias."""

    ngrams: NGrams
    rarity: Vector
    weights: Vector
    bias: float

    def arrays(self) -> dict[str, Vector]:
        """What is stored by name; the n-grams' settings and the bias are stored apart."""
        return {"rarity": self.rarity, "weights": self.weights}

    @classmethod
    def of(cls, arrays: dict[str, Vector], about: dict[str, Any]) -> NGramModel:
        """The model of stored `arrays` and, in `about`, the rest. Raises KeyError or ValueError where they do not fit together."""
        ngrams = NGrams(**{name: int(about.get(name, default)) for name, default in asdict(NGrams()).items()})
        if ngrams.manner not in MANNERS:
            raise ValueError(f"its n-grams read in a manner, {ngrams.manner}, that this release does not know")
        if any(array.shape != (ngrams.n_buckets,) for array in arrays.values()):
            raise ValueError(f"its n-grams do not have the {ngrams.n_buckets} buckets that its config states")
        return cls(ngrams, arrays["rarity"], arrays["weights"], float(about["bias"]))

    def logits(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Log-odds of spam of each text, (B,)."""
        return self.logits_of(self.ngrams.counts(texts))

    def cosines(self, text: str, others: Sequence[str]) -> NDArray[np.float64]:
        """The cosine similarity of the text's n-grams to those of each of the others, 0 to 1, (B,)."""
        row, rows = (weighted(self.ngrams.counts(texts), self.rarity) for texts in ([text], others))
        dense = np.zeros(self.ngrams.n_buckets, dtype=np.float32)
        dense[row.buckets] = row.values
        return rows.sums(rows.values * dense[rows.buckets])

    def logits_of(self, counts: Counts) -> NDArray[np.float64]:
        """The same from the texts' counts: TF-IDF scaled to unit length, times the weights."""
        rows = weighted(counts, self.rarity)
        return rows.sums(rows.values * self.weights[rows.buckets]) + self.bias


def weighted(counts: Counts, rarity: Vector) -> Counts:
    """Each count times its n-gram's rarity, each row then scaled to length 1 (an empty row stays empty)."""
    values = counts.values * rarity[counts.buckets]
    lengths = np.sqrt(np.maximum(counts.sums(values * values), 1e-12)).astype(np.float32)
    scaled = np.divide(values, np.repeat(lengths, np.diff(counts.starts)), dtype=np.float32)
    return Counts(counts.buckets, scaled, counts.starts)
