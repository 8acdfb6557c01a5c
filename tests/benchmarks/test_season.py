"""The season's bookkeeping, on a season that can be counted by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from benchmarks import season, season_plot, season_stream
from benchmarks.season_judges import ByLength
from benchmarks.season_stream import NEWER, SMS, TELEGRAM, Arrived, Season
from training.datasets import Example

HAM = [Arrived(f"ham {i}", False, TELEGRAM if i % 2 else SMS) for i in range(2_000)]


class Oracle(ByLength):
    """Flags what begins with "spam"; is sure of all but every second newer message."""

    name = "oracle"

    def __init__(self) -> None:
        self.learned: list[list[Arrived]] = []

    def flags(self, day: Sequence[Arrived]) -> list[bool]:
        return [message.text.startswith("spam") for message in day]

    def learn(self, decided: Sequence[Arrived]) -> None:
        self.learned.append(list(decided))

    def scores(self, texts: Sequence[str]) -> list[float]:
        return [0.9 if t == "ham 0" else 0.8 if t == "ham 2" else 0.1 if "ham" in t else float(t[-1]) for t in texts]

    def thresholds(self) -> tuple[float, float]:
        return 0.5, 0.85


def made() -> Season:
    late = Season([]).late
    days: list[list[Arrived]] = [[] for _ in range(late + 2)]
    for i, ham in enumerate(HAM):
        days[i % len(days)].append(ham)
    for day in days:
        day += [Arrived(f"spam n {i % 2}", True, NEWER) for i in range(30)]
        day += [Arrived("spam t 1", True, TELEGRAM), Arrived("missed t 1", True, TELEGRAM)]
    return Season(days)


def test_a_day_is_counted() -> None:
    day = [Arrived("a", True, SMS), Arrived("b", True, SMS), Arrived("c", False, SMS)]
    assert vars(season.tally(day, [True, False, True])) == {"caught": 1, "spam": 2, "false_positives": 1, "ham": 1}


def test_a_moderator_sees_no_more_than_the_day_allows() -> None:
    judge = Oracle()
    played = season.play(judge, made())
    assert [len(decided) for decided in judge.learned] == [season.DECISIONS_A_DAY] * len(played.flagged)
    unseen = {m.text for m in HAM} - {m.text for decided in judge.learned for m in decided}
    assert len(unseen) > 1_900, "ham that is not flagged is seen only if it is drawn for audit"


def test_decisions_hang_on_the_day_alone() -> None:
    day = made().days[0]
    flagged = Oracle().flags(day)
    assert list(season.decisions(day, flagged, 3)) == list(season.decisions(day, flagged, 3))


def test_the_exam_counts_at_three_thresholds() -> None:
    found = season.exam(Oracle(), made(), {"ham 1", "ham 2"})
    assert (found["ham"], found["telegram_ham"], found["ham_decided_before"]) == (2_000, 1_000, 2)
    assert found["flagged"]["false_positives"] == 2
    assert found["acted"]["false_positives"] == 1
    assert found["one_in_1000"]["false_positives"] <= 2, "one in a thousand of 2,000"
    assert found["one_in_1000"]["caught"] == {NEWER: 0.5, TELEGRAM: 1.0}
    assert found["one_in_1000"]["threshold"] > 0.1


def test_a_curve_is_drawn_from_the_figures() -> None:
    judged = made()
    found = {name: season.figures(judged, season.play(Oracle(), judged)) for name in season_plot.JUDGES}
    assert found["ours"]["caught_after_3"] == 0.5
    assert found["ours"]["area"] == pytest.approx(31 / 32)
    figure = season_plot.drawn(found)
    assert "hamlet (area 0.969)" in [t.get_text() for t in figure.axes[0].get_legend().get_texts()]  # type: ignore[union-attr]


def test_nothing_like_the_stream_is_in_the_seed_set() -> None:
    words = ["".join(random.Random(i).choices("abcdefghijklmnop", k=40)) for i in range(60)]
    texts = [f"{word} for {pounds} pounds" for word in words for pounds in (10, 25)]
    seed, stream = season_stream.apart([Example(text, True) for text in texts])
    assert len(seed) + len(stream) == len(texts)
    assert 0 < len(stream) < len(seed)
    assert not {e.text[:40] for e in seed} & {e.text[:40] for e in stream}
