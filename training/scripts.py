"""Which script a text is written in, and whether a version takes a script itself for a sign of spam.

A chat that teaches spam of one language and no ham of it makes its letters suspicious: every harmless sentence in them
is flagged, of people who never said anything wrong. The starter set has harmless sentences in each script that no
version learns: those it holds out, or any of them where a deployment's own seed set takes its place. The gate has both
versions read them.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from training import starter
from training.datasets import Example
from training.promotion import Gate

READ = 40  # everyday sentences of each script, where the starter set is not learned from
FLAGGED_AT_MOST = 0.15  # of the harmless sentences in one script
LEAST = 10  # sentences in a script that say anything about it
TIMES_AS_OFTEN = (
    2.0  # as sentences in other scripts: a version that flags them all alike has learned little, but no script
)


def script_of(text: str) -> str:
    """The script that most letters are of, as Unicode names it: LATIN, CYRILLIC, CJK …; empty without a letter."""
    names = Counter(unicodedata.name(c, "").partition(" ")[0] for c in text if c.isalpha())
    return names.most_common(1)[0][0] if names else ""


def everyday(hold_out: Sequence[Example]) -> list[str]:
    """Harmless sentences of the starter set that no version has learned."""
    held_out = [example.text for example in hold_out if example.origin == "starter" and not example.is_spam]
    return held_out or _sample()


def _sample() -> list[str]:
    """At most READ of the starter set's ham in each script, always the same."""
    by_script: dict[str, list[str]] = {}
    for line in sorted(starter.lines(), key=lambda line: hashlib.sha256(f"everyday {line.text}".encode()).digest()):
        if not line.is_spam:
            by_script.setdefault(script_of(line.text), []).append(line.text)
    return [text for script, texts in sorted(by_script.items()) if script for text in texts[:READ]]


def judge(read: Sequence[str], before: Mapping[str, bool] | None, after: Mapping[str, bool]) -> Gate:
    """The part of the gate that asks for each script: whether its everyday sentences are flagged now. By text."""
    spelt = [script_of(text) for text in read]
    was = None if before is None else [before[text] for text in read]
    found = suspected(spelt, was, [after[text] for text in read])
    return Gate(not found, [_reason(*one) for one in found.items()], {"suspected_scripts": found})


def _reason(script: str, counts: tuple[int, int]) -> str:
    return (
        f"flags {counts[0]} of {counts[1]} everyday messages in {script.capitalize()} letters, as if the letters were the "
        "spam: teach it harmless messages in them too"
    )


def suspected(
    scripts: Sequence[str], before: Sequence[bool] | None, after: Sequence[bool]
) -> dict[str, tuple[int, int]]:
    """The scripts in which a challenger flags too many harmless sentences, and more than the champion: flagged, of how many."""
    where, now = np.asarray(scripts), np.asarray(after, dtype=bool)
    was = np.zeros(len(now), dtype=bool) if before is None else np.asarray(before, dtype=bool)
    found = {}
    for script, n in Counter(scripts).items():
        in_script = where == script
        flagged, before_too = int(now[in_script].sum()), int(was[in_script].sum())
        elsewhere = float(now[~in_script].mean()) if not in_script.all() else 0.0
        at_most = max(FLAGGED_AT_MOST * n, before_too + 1, TIMES_AS_OFTEN * elsewhere * n)
        if script and n >= LEAST and flagged > at_most:
            found[script] = (flagged, n)
    return found
