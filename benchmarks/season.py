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

from benchmarks import season_stream
from benchmarks.bench import answer, options, say
from benchmarks.season_judges import ByLength, Frozen, Judge, NaiveBayes
from benchmarks.season_loop import Loop
from benchmarks.season_stream import CAMPAIGNS, TELEGRAM, Arrived, Season
from tests.servers import Broker, Postgres
from training.recipe import TrainConfig

DECISIONS_A_DAY = 20
FALSE_POSITIVE_CEILING = 0.001


@dataclass
class Day:
    """What one judge flagged of one day."""

    caught: int = 0
    spam: int = 0
    false_positives: int = 0
    ham: int = 0


@dataclass(frozen=True)
class Played:
    """What a judge flagged of each day, in the messages' order, and how it did in the exam of the late season."""

    flagged: list[list[bool]]
    exam: dict[str, Any]


def play(judge: Judge, season: Season) -> Played:
    """Flag, decide and learn, day by day; before the first late day, sit the exam."""
    flagged, decided, sat = [], set[str](), dict[str, Any]()
    for number, day in enumerate(season.days, start=1):
        if number - 1 == season.late:
            sat = exam(judge, season, decided)
        said = judge.flags(day)
        flagged.append(said)
        chosen = list(decisions(day, said, number))
        decided |= {message.text for message in chosen}
        judge.learn(chosen)
        judge.sleep()
        found = tally(day, said)
        say(
            f"{judge.name}, day {number}: caught {found.caught} of {found.spam}, "
            f"{found.false_positives} of {found.ham} ham flagged{judge.note()}"
        )
    return Played(flagged, sat)


def exam(judge: Judge, season: Season, decided: set[str]) -> dict[str, Any]:
    """Every campaign has had its nights: what is caught of its later spam, against all ham of the season.

    At three thresholds: the judge's own for flagging, its own for acting if it has one, and the lowest that hits at
    most one in a thousand of this ham, which is where judges can be compared.
    """
    ham = [m for day in season.days for m in day if not m.is_spam]
    spam = [m for day in season.days[season.late :] for m in day if m.is_spam]
    of_ham, of_spam = (np.asarray(judge.scores([m.text for m in side])) for side in (ham, spam))
    flags_from, acts_from = judge.thresholds()
    allowed = int(FALSE_POSITIVE_CEILING * len(ham))
    lowest = float(np.nextafter(np.sort(of_ham)[-1 - allowed], np.inf))
    return {
        "ham": len(ham),
        "telegram_ham": sum(m.source == TELEGRAM for m in ham),
        "ham_decided_before": sum(m.text in decided for m in ham),
        "spam": {name: sum(m.source == name for m in spam) for name in CAMPAIGNS},
        **{
            name: _at(threshold, of_ham, of_spam, [m.source for m in spam])
            for name, threshold in (("flagged", flags_from), ("acted", acts_from), ("one_in_1000", lowest))
        },
    }


def _at(threshold: float, of_ham: Any, of_spam: Any, sources: list[str]) -> dict[str, Any]:
    hit = of_spam >= threshold
    caught = {name: float(np.mean([h for h, s in zip(hit, sources, strict=True) if s == name])) for name in CAMPAIGNS}
    return {
        "threshold": threshold,
        "caught": caught,
        "false_positives": int((of_ham >= threshold).sum()),
        "false_positive_rate": float((of_ham >= threshold).mean()),
    }


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


def figures(season: Season, played: Played) -> dict[str, Any]:
    """The curve by day with its area, and the exam; `caught_after_3` is of the campaign that is caught least."""
    days = [tally(day, said) for day, said in zip(season.days, played.flagged, strict=True)]
    compared = played.exam["one_in_1000"]
    return {
        "area": float(np.mean([day.caught / day.spam for day in days if day.spam])),
        "caught_after_3": min(compared["caught"].values()),
        "false_positive_rate": compared["false_positive_rate"],
        "false_positives_flagged": sum(day.false_positives for day in days),
        "exam": played.exam,
        "days": [vars(day) for day in days],
    }


def run(is_fast: bool) -> dict[str, Any]:
    season = season_stream.made(days=8 if is_fast else 12)
    ham = sum(not m.is_spam for day in season.days for m in day)
    say(f"{len(season.days)} days, {sum(map(len, season.days))} messages, {ham} ham")
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as server, Broker() as broker:
        loop = Loop(Path(folder), server.new_database(), broker.url, season.seed)
        frozen = Frozen(loop.home / "models" / "v1")
        judges: list[Judge] = [loop, frozen, NaiveBayes(season.seed), ByLength()]
        found = {judge.name: figures(season, play(judge, season)) for judge in judges}
        versions = loop.history()
    return {
        "benchmark": "season",
        "is_fast": is_fast,
        "config_hash": TrainConfig().hash,
        "messages": sum(map(len, season.days)),
        **found,
        "versions": versions,
    }


if __name__ == "__main__":
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: run(chosen.fast), chosen.json)
