"""`python -m benchmarks.season --json`: a season of moderation: new campaigns arrive, and the loop has to learn them.

SMS ham and spam stream by. Newer SMS spam joins on one day, a Telegram chat with its own spam on another. A moderator
who sees only what is flagged, what is drawn for audit and what members report (a tenth of the misses) decides at most 20 times a day.
Each night a run of the product's own (`python -m training run`) learns on real PostgreSQL, and its version must pass
the gate and shadow the next day's traffic before it serves. Beside it: a version that never learns, an online naive
Bayes that learns at every decision, and a rule by length.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import season_judges, season_stream
from benchmarks.bench import answer, options, say
from benchmarks.season_judges import Judge, Loop, NaiveBayes
from benchmarks.season_stream import CAMPAIGNS, Arrived, Season
from tests.servers import Broker, Postgres
from training.recipe import TrainConfig

DECISIONS_A_DAY = 20
RETRAININGS = 3  # after which a new campaign is to be caught
LONG = 60  # characters: the rule by length calls longer messages spam


@dataclass
class Day:
    """What one judge flagged of one day."""

    caught: int = 0
    spam: int = 0
    false_positives: int = 0
    ham: int = 0


def play(judge: Judge, season: Season) -> list[list[bool]]:
    """Whether the judge flagged each message of each day, in their order, deciding and learning on the way."""
    flagged = []
    for number, day in enumerate(season.days, start=1):
        said = judge.flags(day)
        flagged.append(said)
        judge.learn(list(decisions(day, said, number)))
        judge.sleep()
        found = tally(day, said)
        say(
            f"{judge.name}, day {number}: caught {found.caught} of {found.spam}, "
            f"{found.false_positives} of {found.ham} ham flagged{judge.note()}"
        )
    return flagged


def decisions(day: list[Arrived], flagged: list[bool], number: int) -> Iterator[Arrived]:
    """What the moderator decides that day: reports and flags first, then what is drawn for audit."""
    chance = np.random.default_rng(number)
    reported = [m for m, said in zip(day, flagged, strict=True) if m.is_spam and not said and chance.random() < 0.1]
    seen = [m for m, said in zip(day, flagged, strict=True) if said]
    chance.shuffle(seen)
    audited = [m for m, said in zip(day, flagged, strict=True) if not said and chance.random() < 0.05]
    yield from [*reported, *seen, *audited][:DECISIONS_A_DAY]


def tally(day: list[Arrived], flagged: list[bool]) -> Day:
    found = Day()
    for message, said in zip(day, flagged, strict=True):
        found.spam += message.is_spam
        found.caught += message.is_spam and said
        found.ham += not message.is_spam
        found.false_positives += said and not message.is_spam
    return found


def figures(season: Season, flagged: list[list[bool]]) -> dict[str, Any]:
    """The curve by day, its area, and what was caught of each campaign from its third retraining on."""
    days = [tally(day, said) for day, said in zip(season.days, flagged, strict=True)]
    by_campaign = {name: _caught_after(season, flagged, name) for name in CAMPAIGNS}
    known = [share for share in by_campaign.values() if share is not None]
    return {
        "area": float(np.mean([day.caught / day.spam for day in days if day.spam])),
        "caught_after_3": min(known) if known else None,
        "caught_after_3_by_campaign": by_campaign,
        "false_positive_rate": sum(day.false_positives for day in days) / sum(day.ham for day in days),
        "false_positives": sum(day.false_positives for day in days),
        "false_positives_after_3": _false_positives_after(season, days),
        "ham": sum(day.ham for day in days),
        "days": [vars(day) for day in days],
    }


def _caught_after(season: Season, flagged: list[list[bool]], campaign: str) -> float | None:
    """The share caught of a campaign's messages that came after RETRAININGS nights with it; None if there are none."""
    first = next(n for n, day in enumerate(season.days) if any(m.source == campaign for m in day))
    late = list(zip(season.days, flagged, strict=True))[first + RETRAININGS :]
    said = [s for day, flags in late for m, s in zip(day, flags, strict=True) if m.source == campaign and m.is_spam]
    return float(np.mean(said)) if said else None


def _false_positives_after(season: Season, days: list[Day]) -> dict[str, int]:
    """Ham flagged and seen once every campaign had its RETRAININGS nights."""
    last = max(next(n for n, day in enumerate(season.days) if any(m.source == c for m in day)) for c in CAMPAIGNS)
    late = days[last + RETRAININGS :]
    return {"flagged": sum(day.false_positives for day in late), "ham": sum(day.ham for day in late)}


def run(is_fast: bool) -> dict[str, Any]:
    season = season_stream.made(days=6 if is_fast else 12)
    ham = sum(not m.is_spam for day in season.days for m in day)
    say(f"{len(season.days)} days, {sum(map(len, season.days))} messages, {ham} ham")
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as server, Broker() as broker:
        loop = Loop(Path(folder), server.new_database(), broker.url)
        frozen = season_judges.Frozen(loop)
        judges: dict[str, Judge] = {"ours": loop, "frozen": frozen, "naive_bayes": NaiveBayes()}
        found = {name: figures(season, play(judge, season)) for name, judge in judges.items()}
        versions = loop.history()
    by_length = [[len(m.text) > LONG for m in day] for day in season.days]
    return {
        "benchmark": "season",
        "is_fast": is_fast,
        "config_hash": TrainConfig().hash,
        "messages": sum(map(len, season.days)),
        **found,
        "longer_than_60_characters": figures(season, by_length),
        "versions": versions,
    }


if __name__ == "__main__":
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: run(chosen.fast), chosen.json)
