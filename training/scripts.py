"""Which script a text is written in, and whether a version takes a script itself for a sign of spam.

A chat that teaches spam of one language and no ham of it makes its letters suspicious: every harmless sentence in them
is flagged, of people who never said anything wrong. The starter set has harmless sentences in each script, which no
version learns; the gate has a challenger read them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

FLAGGED_AT_MOST = 0.15  # of the harmless sentences in one script
LEAST = 10  # sentences in a script that say anything about it


def script_of(text: str) -> str:
    """The script that most letters are of, as Unicode names it: LATIN, CYRILLIC, CJK …; empty without a letter."""
    names = Counter(unicodedata.name(c, "").partition(" ")[0] for c in text if c.isalpha())
    return names.most_common(1)[0][0] if names else ""


def suspected(
    scripts: Sequence[str], before: Sequence[bool] | None, after: Sequence[bool]
) -> dict[str, tuple[int, int]]:
    """The scripts in which a challenger flags too many harmless sentences, and more than the champion: flagged, of how many."""
    where, now = np.asarray(scripts), np.asarray(after, dtype=bool)
    was = np.zeros(len(now), dtype=bool) if before is None else np.asarray(before, dtype=bool)
    found = {}
    for script, n in Counter(scripts).items():
        flagged, before_too = int(now[where == script].sum()), int(was[where == script].sum())
        if script and n >= LEAST and flagged > max(FLAGGED_AT_MOST * n, before_too + 1):
            found[script] = (flagged, n)
    return found
