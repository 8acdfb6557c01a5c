"""The season's bookkeeping, on a season that can be counted by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from benchmarks import season, season_loop, season_plot, season_stream
from benchmarks.season_authors import FIRST_NEWCOMER
from benchmarks.season_judges import ByLength
from benchmarks.season_standing import SeasonVerdict
from benchmarks.season_stream import NEWER, RETRAININGS, SMS, STARTS, TELEGRAM, Arrived, Season
from storage.models import Message, ModelVersion, Verdict
from storage.session import transaction
from tests.storage import given
from training.data.datasets import Example

REGULAR, NEWCOMER = 1, FIRST_NEWCOMER
HAM = [Arrived(f"ham {i}", False, TELEGRAM if i % 2 else SMS, REGULAR) for i in range(2_000)]


class Oracle(ByLength):
    """Flags what begins with "spam"; is sure of all but every second newer message."""

    name = "oracle"

    def __init__(self) -> None:
        self.learned: list[list[Arrived]] = []

    def day(self, messages: Sequence[Arrived]) -> list[SeasonVerdict]:
        return [SeasonVerdict(m.text.startswith("spam"), m.text.endswith("0")) for m in messages]

    def learn(self, decided: Sequence[Arrived]) -> None:
        self.learned.append(list(decided))

    def scores(self, messages: Sequence[Arrived]) -> list[float]:
        scores = {"ham 0": 0.9, "ham 2": 0.8, "ham 4": 0.3}
        return [scores.get(m.text, 0.1) if "ham" in m.text else 0.2 + 0.8 * int(m.text[-1]) for m in messages]

    def thresholds(self) -> tuple[float, float]:
        return 0.5, 0.85


def made() -> Season:
    days: list[list[Arrived]] = [[] for _ in range(max(STARTS.values()) + RETRAININGS + 2)]
    for i, ham in enumerate(HAM):
        days[i % len(days)].append(ham)
    for day in days:
        day += [Arrived(f"spam n {i % 2}", True, NEWER, NEWCOMER) for i in range(30)]
        day += [Arrived("spam t 1", True, TELEGRAM, REGULAR), Arrived("missed t 1", True, TELEGRAM, REGULAR)]
    return Season(days)


def test_a_day_is_counted() -> None:
    day = [Arrived("a", True, SMS, NEWCOMER), Arrived("b", True, SMS, NEWCOMER), Arrived("c", False, SMS, NEWCOMER)]
    assert vars(season.tally(day, [True, False, True])) == {"caught": 1, "spam": 2, "false_positives": 1, "ham": 1}


def test_a_moderator_decides_no_more_than_the_day_allows() -> None:
    judge = Oracle()
    played = season.play(judge, made())
    assert [len(decided) for decided in judge.learned] == [season.DECISIONS_A_DAY] * len(played.flagged)


def test_a_moderator_sees_what_is_reported_drawn_and_flagged_in_that_order_and_nothing_else() -> None:
    missed = [Arrived(f"missed {i}", True, SMS, NEWCOMER) for i in range(100)]
    day = [
        *missed,
        Arrived("a", False, SMS, NEWCOMER),
        Arrived("b", False, SMS, NEWCOMER),
        Arrived("c", True, SMS, NEWCOMER),
    ]
    said = [
        *(SeasonVerdict(False) for _ in missed),
        SeasonVerdict(False, is_drawn=True),
        SeasonVerdict(False),
        SeasonVerdict(True),
    ]
    seen = [m.text for m in season.decisions(day, said, 3)]
    assert [text for text in seen if not text.startswith("missed")] == ["a", "c"]
    assert seen[-2:] == ["a", "c"]
    assert 0 < len(seen) - 2 < season.DECISIONS_A_DAY, "about a tenth of what is missed is reported"


def test_the_most_doubtful_of_what_is_flagged_is_decided_first() -> None:
    day = [Arrived(f"{i}", True, SMS, NEWCOMER) for i in range(30)]
    said = [SeasonVerdict(True, doubt=(i * 7 % 30) / 30) for i in range(30)]
    seen = [said[int(m.text)].doubt for m in season.decisions(day, said, 3)]
    assert seen == sorted(s.doubt for s in said)[: season.DECISIONS_A_DAY]


def test_half_a_day_passes_for_all_that_is_stored_on_postgresql(postgres_engine: Engine) -> None:
    champion = given.version(postgres_engine)
    given.verdict(postgres_engine, champion, given.incoming())
    moments = (ModelVersion.promoted_at, ModelVersion.created_at, Message.received_at, Verdict.created_at)
    before = [given.values(postgres_engine, moment)[0] for moment in moments]
    with transaction(postgres_engine) as session:
        season_loop.age(session, season_loop.HALF_A_DAY)
    after = [given.values(postgres_engine, moment)[0] for moment in moments]
    assert after == [moment - timedelta(hours=12) for moment in before]


def test_decisions_hang_on_the_day_alone() -> None:
    day = made().days[0]
    verdicts = Oracle().day(day)
    assert list(season.decisions(day, verdicts, 3)) == list(season.decisions(day, verdicts, 3))


def test_an_exam_counts_at_four_thresholds_and_asks_for_nothing_that_came_before() -> None:
    judged = made()
    exam = season.exam(Oracle(), judged, NEWER, len(judged.days) - 1, {"ham 1", "ham 2"})
    assert (exam["ham"], exam["telegram_ham"], exam["ham_decided_before"]) == (2_000, 1_000, 2)
    assert (exam["spam"], exam["day"]) == (30, len(judged.days))
    assert exam["flagged"]["false_positives"] == 2
    assert exam["acted"]["false_positives"] == 1
    assert (exam["one_in_1000"]["false_positives"], exam["one_in_1000"]["caught"]) == (2, 0.5)
    assert exam["one_in_1000"]["threshold"] > 0.3, "of 2,000 ham two may be hit"
    assert (exam["five_in_1000"]["false_positives"], exam["five_in_1000"]["caught"]) == (3, 1.0)
    assert exam["five_in_1000"]["threshold"] > 0.1, "ten may be hit, and all others are alike"


def test_each_campaign_is_examined_when_its_nights_are_over() -> None:
    played = season.play(Oracle(), made())
    assert {name: exam["day"] - 1 for name, exam in played.exams.items()} == {
        name: STARTS[name] + RETRAININGS for name in season_stream.CAMPAIGNS
    }


def test_a_rivals_audit_is_a_twentieth_of_what_it_does_not_flag() -> None:
    verdicts = ByLength().day([Arrived(f"text number {i}", False, SMS, NEWCOMER) for i in range(2_000)])
    assert 0.035 < sum(s.is_drawn for s in verdicts) / len(verdicts) < 0.065
    assert not any(s.flagged for s in verdicts)


def test_a_curve_is_drawn_from_the_figures() -> None:
    judged = made()
    figures = {name: season.figures(judged, season.play(Oracle(), judged)) for name in season_plot.JUDGES}
    assert figures["ours"]["caught_after_3"] == 1.0
    assert figures["ours"]["one_in_1000"] == {"caught": 0.5, "false_positive_rate": 0.001}
    assert figures["ours"]["hijacked"] == {"caught": len(judged.days), "spam": 2 * len(judged.days)}
    assert figures["ours"]["area"] == pytest.approx(31 / 32)
    figure = season_plot.drawn(figures)
    assert "hamlet (area 0.969)" in [t.get_text() for t in figure.axes[0].get_legend().get_texts()]  # type: ignore[union-attr]


def test_nothing_like_the_stream_is_in_the_seed_set() -> None:
    words = ["".join(random.Random(i).choices("abcdefghijklmnop", k=40)) for i in range(60)]
    texts = [f"{word} for {pounds} pounds" for word in words for pounds in (10, 25)]
    stream = season_stream.streamed([Example(text, True) for text in texts])
    seed = season_stream.unlike(stream, [Example(text.upper(), True, "starter", 0.5) for text in texts])
    assert len(seed) + len(stream) == len(texts)
    assert 0 < len(stream) < len(seed)
    assert not {e.text[:40].lower() for e in seed} & {e.text[:40] for e in stream}
    assert {(e.origin, e.weight) for e in seed} == {("starter", 0.5)}


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"ours": {}}', "\\udcff"])
def test_a_plot_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "season.json").write_text(content)
    with pytest.raises(SystemExit, match=r"season\.json is not what .* prints"):
        season_plot.main([str(tmp_path / "season.json"), str(tmp_path / "season.svg")])
    assert not (tmp_path / "season.svg").exists()
