"""`python -m benchmarks.season --json`: a season of moderation: new campaigns arrive, and the loop has to learn them.

SMS ham and spam stream by in a Telegram group. A chat with its own spam joins on one day, newer SMS spam on another.
Regulars write most of the ham; newcomers, seen joining, the rest of it and nearly all spam; one spam in fifteen comes
under the number of one of three regulars. Everything begins with the default seed set, less what is like the stream. A
moderator who sees only what members report (a tenth of the misses), what is drawn for audit or flagged by a version in
shadow alone, and what is flagged, the most doubtful first, decides at most 20 times a day. Each night the schedule's task
starts a run on real PostgreSQL, with presumed ham, and its version must pass the gate and shadow the next day's traffic
before it serves. Beside it: a version that never learns but from whom it knows, an online naive Bayes that learns at every
decision, and a rule by length, which know nobody.

Each campaign has an exam on the day on which the version of its third night serves: what is caught of the campaign's
spam from that day on, none of which anybody has learned, while all ham of the season is judged, with the standing that
each author has by then. Judges whose scores mean different things are compared where each hits at most five ham in a
thousand (`caught_after_3` and `false_positive_rate`, of the campaign that is caught least) and one in a thousand
(`one_in_1000`); what they do at their own thresholds stands beside (`flagged`, `acted`). `area` is the share of the day's
spam that was flagged as it came, the mean over the days; `false_positives_by_day`, of which at most 8 of 1,216 ham are
asked for, is the ham flagged so; `hijacked` the spam under regulars' numbers.
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
from benchmarks.season_loop import SETTINGS, Loop
from benchmarks.season_standing import SeasonVerdict
from benchmarks.season_stream import TELEGRAM, Arrived, Season
from tests.servers import Broker, Postgres
from training.fit.recipe import TrainConfig

DECISIONS_A_DAY = 20
REPORTED = 0.1  # of the spam that nobody flagged
CEILINGS = {"five_in_1000": 0.005, "one_in_1000": 0.001}  # of the ham that may be hit
OWN = ("flagged", "acted")  # at a judge's own thresholds


@dataclass
class Day:
    """What one judge flagged of one day."""

    caught: int = 0
    spam: int = 0
    false_positives: int = 0
    ham: int = 0


@dataclass(frozen=True)
class Played:
    """What a judge flagged of each day, in the messages' order, and how it did in each campaign's exam."""

    flagged: list[list[bool]]
    exams: dict[str, dict[str, Any]]


def play(judge: Judge, season: Season) -> Played:
    """Judge, sit the exams of the day, decide, learn and sleep, day by day."""
    played, decided = Played([], {}), set[str]()
    for number, day in enumerate(season.days):
        verdicts = judge.day(day)
        played.flagged.append([s.flagged for s in verdicts])
        for campaign in season.exams(number):
            played.exams[campaign] = exam(judge, season, campaign, number, decided)
        chosen = list(decisions(day, verdicts, number))
        decided |= {message.text for message in chosen}
        judge.learn(chosen)
        counts = tally(day, played.flagged[-1])
        say(
            f"{judge.name}, day {number + 1}: caught {counts.caught} of {counts.spam}, "
            f"{counts.false_positives} of {counts.ham} ham flagged{judge.note()}"
        )
        if number + 1 < len(season.days):
            judge.sleep()
    return played


def exam(judge: Judge, season: Season, campaign: str, day: int, decided: set[str]) -> dict[str, Any]:
    """What is caught of the campaign's spam from that day on, against all ham of the season.

    At four thresholds: the lowest that hit at most five and one in a thousand of this ham, which is where judges can be
    compared, the judge's own for flagging, and its own for acting if it has one.
    """
    ham = [m for messages in season.days for m in messages if not m.is_spam]
    spam = [m for messages in season.days[day:] for m in messages if m.is_spam and m.source == campaign]
    of_ham, of_spam = (np.asarray(judge.scores(side)) for side in (ham, spam))
    lowest = {name: _lowest(of_ham, ceiling) for name, ceiling in CEILINGS.items()}
    thresholds = lowest | dict(zip(OWN, judge.thresholds(), strict=True))
    at = {name: _at(threshold, of_ham, of_spam) for name, threshold in thresholds.items()}
    summary = ", ".join(f"{name} {of['caught']:.3f} ({of['false_positives']})" for name, of in at.items())
    say(f"{judge.name}, exam of {campaign}: caught (ham hit): {summary}")
    return {
        "day": day + 1,
        "ham": len(ham),
        "telegram_ham": sum(m.source == TELEGRAM for m in ham),
        "ham_decided_before": sum(m.text in decided for m in ham),
        "spam": len(spam),
        **at,
    }


def _lowest(of_ham: Any, ceiling: float) -> float:
    """The lowest threshold that hits at most such a share of the ham."""
    allowed = int(ceiling * len(of_ham))
    return float(np.nextafter(np.sort(of_ham)[-1 - allowed], np.inf))


def _at(threshold: float, of_ham: Any, of_spam: Any) -> dict[str, Any]:
    return {
        "threshold": threshold,
        "caught": float((of_spam >= threshold).mean()),
        "false_positives": int((of_ham >= threshold).sum()),
        "false_positive_rate": float((of_ham >= threshold).mean()),
    }


def decisions(day: list[Arrived], verdicts: list[SeasonVerdict], number: int) -> Iterator[Arrived]:
    """What the moderator decides that day: reports first, then what is drawn for audit, then flags by doubt."""
    rng = np.random.default_rng(number)
    decided = list(zip(day, verdicts, strict=True))
    reported = [m for m, s in decided if m.is_spam and not s.flagged and rng.random() < REPORTED]
    audited = [m for m, s in decided if s.is_drawn and m not in reported]
    flagged = [m for m, _ in sorted(((m, s) for m, s in decided if s.flagged), key=lambda pair: pair[1].doubt)]
    yield from [*reported, *audited, *flagged][:DECISIONS_A_DAY]


def tally(day: list[Arrived], flagged: list[bool]) -> Day:
    """The counts of one day."""
    counts = Day()
    for message, is_flagged in zip(day, flagged, strict=True):
        counts.spam += message.is_spam
        counts.caught += message.is_spam and is_flagged
        counts.ham += not message.is_spam
        counts.false_positives += is_flagged and not message.is_spam
    return counts


def figures(season: Season, played: Played) -> dict[str, Any]:
    """The curve by day with its area, and the exams; at each threshold the figures are those of the campaign caught least."""
    days = [tally(day, flagged) for day, flagged in zip(season.days, played.flagged, strict=True)]
    least = {
        name: min((exam[name] for exam in played.exams.values()), key=lambda at: at["caught"])
        for name in (*CEILINGS, *OWN)
    }
    return {
        "area": float(np.mean([day.caught / day.spam for day in days if day.spam])),
        "caught_after_3": least["five_in_1000"]["caught"],
        "false_positive_rate": least["five_in_1000"]["false_positive_rate"],
        **{name: {key: at[key] for key in ("caught", "false_positive_rate")} for name, at in least.items()},
        "hijacked": hijacked(season, played),
        "false_positives_by_day": sum(day.false_positives for day in days),
        "exams": played.exams,
        "days": [vars(day) for day in days],
    }


def hijacked(season: Season, played: Played) -> dict[str, int]:
    """The spam under regulars' numbers, and how much of it was flagged as it came."""
    days = zip(season.days, played.flagged, strict=True)
    hits = [flagged for day, words in days for m, flagged in zip(day, words, strict=True) if m.is_spam and m.was_there]
    return {"caught": sum(hits), "spam": len(hits)}


def run(is_fast: bool) -> dict[str, Any]:
    season = season_stream.made(days=7 if is_fast else 9)
    ham = sum(not m.is_spam for day in season.days for m in day)
    say(f"{len(season.days)} days, {sum(map(len, season.days))} messages, {ham} ham")
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as server, Broker() as broker:
        loop = Loop(Path(folder), server.new_database(), broker.url, season.seed)
        frozen = Frozen(loop.home / "models" / "v1")
        judges: list[Judge] = [loop, frozen, NaiveBayes(season.seed), ByLength()]
        by_judge = {judge.name: figures(season, play(judge, season)) for judge in judges}
        versions = loop.history()
    return {
        "benchmark": "season",
        "is_fast": is_fast,
        "config_hash": TrainConfig().hash,
        "messages": sum(map(len, season.days)),
        "settings": SETTINGS,
        **by_judge,
        "versions": versions,
    }


if __name__ == "__main__":
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: run(chosen.fast), chosen.json)
