"""`python -m tests.fuzz.million [--texts 1000000] [--version DIRECTORY] [--seed 123]`: random texts through tokenizer and classifier.

Every text comes back from its tokens, and gets a score from 0 to 1 or a named reason. Without a version, a network of random weights with
an encoder, n-grams of the newest manner and a tokenizer of single bytes scores them, in milliseconds each.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from classifier import checkpoint
from classifier.checkpoint import Checkpoint
from classifier.errors import TextError
from classifier.reading import SPELT
from classifier.spam import SpamClassifier
from tests.classifier.test_checkpoint_parts import with_encoder

BATCH, LONGEST = 256, 120  # texts scored together; characters
RANGES = (
    (0x20, 0x7F),
    (0x20, 0x7F),
    (0x0, 0x20),
    (0xA0, 0x530),
    (0x590, 0x700),
    (0x900, 0xE00),
    (0x2000, 0x2070),
    (0x3040, 0x3100),
    (0x4E00, 0x9FFF),
    (0xD800, 0xE000),
    (0xFE00, 0x10000),
    (0x1D400, 0x1D800),
    (0x1F100, 0x1F700),
    (0x0, 0x110000),
)
PIECES = (
    "free ",
    "c4sh ",
    "\u202e",
    "\u202c",
    "https://a.example/",
    "@name ",
    "🅰️",
    "b⭕nus",
    "Ищeм ",
    "\n",
    "\0",
    "100 € ",
    "<|end|>",
)


def texts(rng: random.Random) -> Iterator[str]:
    """Random characters of a few scripts each, and pieces of spam among them."""
    while True:
        ranges = rng.sample(RANGES, rng.randint(1, 3))
        letters = (chr(rng.randrange(*rng.choice(ranges))) for _ in range(rng.randint(0, LONGEST)))
        pieces = [*letters, *rng.choices(PIECES, k=rng.randint(0, 4))]
        if rng.random() < 0.5:
            rng.shuffle(pieces)
        yield "".join(pieces)


def made() -> Checkpoint:
    """A small version of all parts, whose n-grams read in the newest manner."""
    version = with_encoder()
    assert version.ngram_model is not None
    return replace(
        version, ngram_model=replace(version.ngram_model, ngrams=replace(version.ngram_model.ngrams, manner=SPELT))
    )


def tried(loaded: Checkpoint, n: int, seed: int) -> dict[str, int]:
    """How many of n texts have a score, and how many none. Raises AssertionError for a score or tokens that are wrong."""
    counts, source = {"scored": 0, "refused": 0}, texts(random.Random(seed))
    tokenizer, classifier, began = loaded.tokenizer, SpamClassifier(loaded), time.monotonic()
    for start in range(0, n, BATCH):
        batch = [next(source) for _ in range(min(BATCH, n - start))]
        for text in batch:
            whole = tokenizer.normal(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            assert tokenizer.decode(tokenizer.encode(text)) == whole, repr(text)
        for text, answer in zip(batch, classifier.try_score(batch), strict=True):
            assert isinstance(answer, TextError) or 0 <= answer <= 1, f"{answer} for {text!r}"
            counts["refused" if isinstance(answer, TextError) else "scored"] += 1
        if start // BATCH % 100 == 99:
            print(f"{start + BATCH:,} of {n:,} in {time.monotonic() - began:.0f} s: {counts}", flush=True)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.million", description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--version", type=Path, help="the directory of a model version")
    parser.add_argument("--seed", type=int, default=123)
    chosen = parser.parse_args()
    loaded = checkpoint.load(chosen.version) if chosen.version else made()
    print(tried(loaded, chosen.texts, chosen.seed))


if __name__ == "__main__":
    main()
