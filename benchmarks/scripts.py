"""`python -m benchmarks.scripts --json`: how much likelier spam is in a script in which its chat hardly ever writes.

The sets of HAMLET_DATASETS with spam and ham are read as if each were one chat: the first half of its ham tells in which
scripts it writes; of the other half, and of the spam, those in another script are counted. `log_odds` is the logarithm of
how much likelier spam has a strange script than ham, half a message added to each count; these are development sets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bench import answer, options
from benchmarks.first_day import development_sets
from storage import scripts
from training.data.datasets import Example
from training.errors import DatasetError
from training.settings import TrainingSettings

SHARES = (0.0025, 0.005, 0.01, 0.02, 0.05)  # of a chat's ham; scripts below it are strange
HALF = 0.5  # a message, added to counts so that none is 0


def run() -> dict[str, Any]:
    """The figures for each share below which a script is strange. Raises DatasetError."""
    measured = development_sets(_given())
    return {str(share): _at(share, measured) for share in SHARES}


def _at(share: float, measured: Mapping[str, Sequence[Example]]) -> dict[str, Any]:
    """The figures of each set, of all together, and of all but each one."""
    counts = {name: count for name, examples in measured.items() if (count := strange(examples, share))}
    together = {"together": _sum(list(counts.values()))}
    without = {f"without {name}": _sum([c for other, c in counts.items() if other != name]) for name in counts}
    return {name: {**count, "log_odds": log_odds(count)} for name, count in (counts | together | without).items()}


def strange(examples: Sequence[Example], share: float) -> dict[str, int] | None:
    """Texts that have a script, and those whose script is strange; None for sets without spam, or with too little ham."""
    ham = [example.text for example in examples if not example.is_spam]
    spam = [example.text for example in examples if example.is_spam]
    used = scripts.used(ham[: len(ham) // 2], share)
    if used is None or not spam:
        return None
    counts: dict[str, int] = {}
    for name, texts in (("spam", spam), ("ham", ham[len(ham) // 2 :])):
        written = [script for text in texts if (script := scripts.of(text)) is not None]
        counts |= {name: len(written), f"{name}_strange": sum(script not in used for script in written)}
    return counts


def log_odds(counts: Mapping[str, int]) -> float:
    """The logarithm of the ratio of the shares of spam and of ham that are in a strange script."""
    spam, ham = ((counts[f"{name}_strange"] + HALF) / (counts[name] + 2 * HALF) for name in ("spam", "ham"))
    return math.log(spam / ham)


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {key: sum(count[key] for count in counts) for key in ("spam", "spam_strange", "ham", "ham_strange")}


def _given() -> Callable[..., Path]:
    folder = TrainingSettings().datasets

    def given(*parts: str) -> Path:
        if folder is None:
            raise DatasetError(
                Path(*parts), None, "is needed for this measurement: set HAMLET_DATASETS to the folder with it"
            )
        return folder.joinpath(*parts)

    return given


if __name__ == "__main__":
    answer(run, options(__doc__ or "").parse_args().json)
