"""The part of the gate on scripts: whether a version takes a script itself for a sign of spam.

A chat that teaches spam in one language and no ham in it makes its letters suspicious: every harmless sentence in them is
flagged, whoever wrote it. The starter set has harmless sentences in each script that no version learns: those held out,
or any of them where a deployment's own seed set takes its place. Both versions score them.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from training.data import starter
from training.data.datasets import Example
from training.lifecycle.gate_decision import Gate

READ = 40  # everyday sentences of each script, where no run learns from the starter set
FLAGGED_AT_MOST = 0.15  # of the harmless sentences in one script
LEAST = 10  # sentences in a script that say anything about it
TIMES_AS_OFTEN = (
    2.0  # as sentences in other scripts: a version that flags them all alike has learned little, but no script
)


def script_of(text: str) -> str:
    """The script of most letters, as Unicode names it: LATIN, CYRILLIC, CJK …; empty without a letter."""
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


def decide(texts: Sequence[str], before: Mapping[str, bool] | None, after: Mapping[str, bool]) -> Gate:
    """Whether the everyday texts of any script are flagged now; `before` and `after` say which texts are flagged."""
    scripts = [script_of(text) for text in texts]
    flagged_before = None if before is None else [before[text] for text in texts]
    counts = suspected(scripts, flagged_before, [after[text] for text in texts])
    return Gate(not counts, [_reason(script, *of) for script, of in counts.items()], {"suspected_scripts": counts})


def _reason(script: str, flagged: int, n: int) -> str:
    return (
        f"flags {flagged} of {n} everyday messages in {script.capitalize()} letters, as if the letters were the "
        "spam: teach it harmless messages in them too"
    )


def suspected(
    scripts: Sequence[str], before: Sequence[bool] | None, after: Sequence[bool]
) -> dict[str, tuple[int, int]]:
    """The scripts in which a challenger flags too many harmless sentences: flagged, of how many.

    Too many is more than a share of them, more than the champion flags, and more often than in other scripts.
    """
    script_by_text, now = np.asarray(scripts), np.asarray(after, dtype=bool)
    by_champion = np.zeros(len(now), dtype=bool) if before is None else np.asarray(before, dtype=bool)
    counts = {}
    for script, n in Counter(scripts).items():
        in_script = script_by_text == script
        flagged, flagged_before = int(now[in_script].sum()), int(by_champion[in_script].sum())
        elsewhere = float(now[~in_script].mean()) if not in_script.all() else 0.0
        at_most = max(FLAGGED_AT_MOST * n, flagged_before + 1, TIMES_AS_OFTEN * elsewhere * n)
        if script and n >= LEAST and flagged > at_most:
            counts[script] = (flagged, n)
    return counts
