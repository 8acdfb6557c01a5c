"""The messages of a season and their authors: nothing in it is in the seed set that the season begins with, nor near it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from benchmarks.bench import Bench, distinct_sms, say
from benchmarks.protocols import read_smishing
from benchmarks.season_authors import FIRST_NEWCOMER, Authors
from training.data import near_duplicates, seed
from training.data.datasets import Example

SMS, NEWER, TELEGRAM = "sms", "newer sms", "telegram"
CAMPAIGNS = (TELEGRAM, NEWER)
STREAMED = 0.15  # of the SMS collection
RETRAININGS = 3  # of the nights after a campaign's first days, after which it is to be caught
STARTS = {SMS: 0, TELEGRAM: 1, NEWER: 3}  # the day a source's spam begins; its ham comes with it


@dataclass(frozen=True)
class Arrived:
    """A message as it comes, under whose number, and what the moderator would say of it."""

    text: str
    is_spam: bool
    source: str
    author: int

    @property
    def was_there(self) -> bool:
        """Whether it comes under a regular's number; all others were seen joining."""
        return self.author < FIRST_NEWCOMER


@dataclass(frozen=True)
class Season:
    """Days of messages, and the default seed set without them and without any text like one of them."""

    days: list[list[Arrived]]
    seed: list[Example] = field(default_factory=list)

    def exams(self, day: int) -> list[str]:
        """Campaigns whose exam is on that day, counted from 0: the one on which what the last of its nights made serves."""
        return [name for name in CAMPAIGNS if STARTS[name] + RETRAININGS == day]


def made(days: int) -> Season:
    """A share of the SMS over all days; the Telegram chat from the second day on, newer SMS from the fourth."""
    bench = Bench.open()
    telegram = []
    for name, is_spam in (("ham-samples.txt", False), ("spam-samples.txt", True)):
        lines = bench.given("telegram-samples", name).read_text(encoding="utf-8").splitlines()
        telegram += [Example(line, is_spam) for line in lines if line.strip()]
    sources = {SMS: streamed(distinct_sms(bench.sms())), NEWER: read_smishing(bench), TELEGRAM: telegram}
    begins_with = unlike(
        [e for examples in sources.values() for e in examples],
        seed.default(bench.settings.cache, bench.settings.datasets, say),
    )
    season: list[list[Arrived]] = [[] for _ in range(days)]
    for place, (source, examples) in enumerate(sources.items()):
        _spread(season, source, _distinct(examples), Authors(source, place))
    for number, day in enumerate(season):
        random.Random(number).shuffle(day)
    return Season(season, begins_with)


def streamed(examples: list[Example]) -> list[Example]:
    """The share that streams: groups of near-duplicates whole."""
    group = near_duplicates.groups([example.text for example in examples]).tolist()
    streams = {number for number in set(group) if random.Random(number).random() < STREAMED}
    return [example for example, number in zip(examples, group, strict=True) if number in streams]


def unlike(stream: list[Example], examples: list[Example]) -> list[Example]:
    """Those of the examples that are in no group of near-duplicates with anything that streams."""
    group = near_duplicates.groups([example.text for example in (*stream, *examples)]).tolist()
    streams = set(group[: len(stream)])
    return [e for e, number in zip(examples, group[len(stream) :], strict=True) if number not in streams]


def _distinct(examples: list[Example]) -> list[Example]:
    """Ham whole; of spam, one of each group of near-duplicates, so that nothing is caught for being seen before."""
    group = near_duplicates.groups([example.text for example in examples]).tolist()
    return [e for i, e in enumerate(examples) if not e.is_spam or group[i] not in group[:i]]


def _spread(season: list[list[Arrived]], source: str, examples: list[Example], authors: Authors) -> None:
    """Evenly over the days from the source's first, each with its author."""
    order = list(examples)
    random.Random(source).shuffle(order)
    first = STARTS[source]
    for i, example in enumerate(order):
        day = first + i * (len(season) - first) // len(order)
        season[day].append(Arrived(example.text, example.is_spam, source, authors.draw(example.is_spam)))
