"""Authors' standing, as hamlet counts it, and scores moved by it.

The worker moves the thresholds of a verdict by its author's standing. To compare scores, which have no verdicts, they
are moved the other way instead: it is the same, and a version's own thresholds apply to everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.season_stream import Arrived
from storage import earning, odds
from storage.earning import Record
from storage.models import Standing

SHIFTS = odds.shifts({})  # the defaults: nothing was counted
NEEDED = 5  # clean messages, as a new chat asks for


@dataclass(frozen=True)
class SeasonVerdict:
    """A judge's decision on a message of the day: flagged, or drawn for audit, or neither; and how sure it was."""

    flagged: bool
    is_drawn: bool = False
    doubt: float = 0.0  # distance of the score from where flags begin: the smaller, the more doubtful
    is_clear: bool = False  # at the acting threshold or above


class Standings:
    """Authors' standing by what was said of their messages so far, and by what moderators decided."""

    def __init__(self) -> None:
        self._clean: dict[int, list[str]] = defaultdict(list)
        self._doubted: dict[int, set[str]] = defaultdict(set)

    def count_verdict(self, message: Arrived, verdict: SeasonVerdict) -> None:
        """Count a decision: a message that is not flagged may earn standing; clear spam suspends it until somebody decides."""
        if not verdict.flagged:
            self._clean[message.author].append(message.text)
        elif verdict.is_clear:
            self._doubted[message.author].add(message.text)

    def count_decisions(self, decided: Sequence[Arrived]) -> None:
        """Count moderators' decisions."""
        for message in decided:
            if message.is_spam:
                self._doubted[message.author].add(message.text)
            else:
                self._doubted[message.author].discard(message.text)
                self._clean[message.author].append(message.text)

    def of(self, message: Arrived) -> Standing:
        """The standing of the message's author now."""
        clean, doubted = self._clean.get(message.author, []), self._doubted.get(message.author)
        return earning.standing(Record(clean, NEEDED, is_doubted=bool(doubted), was_there=message.was_there))

    def moved(self, message: Arrived, score: float) -> float:
        """The score, 0 to 1, less what thresholds would move by in log-odds."""
        return odds.shifted(score, -SHIFTS[self.of(message)])
