"""The messages of a season: nothing in it is in the seed set that the season begins with."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from benchmarks.bench import Bench, distinct_sms
from benchmarks.protocols import read_smishing
from training import near_duplicates
from training.datasets import Example

SMS, NEWER, TELEGRAM = "sms", "newer sms", "telegram"
CAMPAIGNS = (TELEGRAM, NEWER)
STREAMED = 0.15  # of the SMS collection
RETRAININGS = 3  # of the nights after a campaign's first days, after which it is to be caught
STARTS = {SMS: 0, TELEGRAM: 1, NEWER: 3}  # the day a source's spam begins; its ham comes with it


@dataclass(frozen=True)
class Arrived:
    """A message as it comes, and what the moderator would say of it."""

    text: str
    is_spam: bool
    source: str


@dataclass(frozen=True)
class Season:
    """Days of messages, and the seed set that has none of them, nor any text like one of them."""

    days: list[list[Arrived]]
    seed: list[Example] = field(default_factory=list)

    def exams(self, day: int) -> list[str]:
        """Campaigns whose exam is on that day, counted from 0: the one on which what the last of its nights made serves."""
        return [name for name in CAMPAIGNS if STARTS[name] + RETRAININGS == day]


def made(days: int) -> Season:
    """A share of the SMS over all days; the Telegram chat from the second day on, newer SMS from the fourth."""
    bench = Bench.open()
    seed, stream = apart(distinct_sms(bench.sms()))
    telegram = []
    for name, is_spam in (("ham-samples.txt", False), ("spam-samples.txt", True)):
        lines = bench.given("telegram-samples", name).read_text(encoding="utf-8").splitlines()
        telegram += [Example(line, is_spam) for line in lines if line.strip()]
    sources = {SMS: stream, NEWER: read_smishing(bench), TELEGRAM: telegram}
    season: list[list[Arrived]] = [[] for _ in range(days)]
    for source, examples in sources.items():
        _spread(season, source, _distinct(examples))
    for number, day in enumerate(season):
        random.Random(number).shuffle(day)
    return Season(season, seed)


def apart(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    """The seed set and the stream: groups of near-duplicates stand on one side."""
    group = near_duplicates.groups([example.text for example in examples]).tolist()
    streams = {number: random.Random(number).random() < STREAMED for number in sorted(set(group))}
    sides: tuple[list[Example], list[Example]] = ([], [])
    for example, number in zip(examples, group, strict=True):
        sides[streams[number]].append(example)
    return sides


def _distinct(examples: list[Example]) -> list[Example]:
    """Ham whole; of spam, one of each group of near-duplicates, so that nothing is caught for being seen before."""
    group = near_duplicates.groups([example.text for example in examples]).tolist()
    return [e for i, e in enumerate(examples) if not e.is_spam or group[i] not in group[:i]]


def _spread(season: list[list[Arrived]], source: str, examples: list[Example]) -> None:
    """Evenly over the days from the source's first."""
    order = list(examples)
    random.Random(source).shuffle(order)
    first = STARTS[source]
    for i, example in enumerate(order):
        day = first + i * (len(season) - first) // len(order)
        season[day].append(Arrived(example.text, example.is_spam, source))
