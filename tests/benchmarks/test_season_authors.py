"""Who writes a season, and what their standing does to scores."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import Engine, select

from benchmarks.season_authors import FIRST_NEWCOMER, HIJACKED, Authors, regulars
from benchmarks.season_standing import SHIFTS, SeasonVerdict, Standings
from benchmarks.season_stream import SMS, TELEGRAM, Arrived
from storage.access import chats, joins
from storage.models import Standing, Verdict
from storage.odds import shifted
from storage.session import reading, transaction
from tests.storage import given

REGULAR, SPAMMER = 7, FIRST_NEWCOMER
MESSAGES = 3_000


def drawn(is_spam: bool, source: str = SMS, place: int = 0) -> Counter[int]:
    authors = Authors(source, place)
    return Counter(authors.draw(is_spam) for _ in range(MESSAGES))


def message(text: str, author: int, is_spam: bool = False) -> Arrived:
    return Arrived(text, is_spam, SMS, author)


def test_six_in_seven_ham_are_by_the_regulars_of_their_source() -> None:
    counts = drawn(is_spam=False, source=TELEGRAM, place=2)
    regular_counts = {author: n for author, n in counts.items() if author < FIRST_NEWCOMER}
    assert set(regular_counts) == set(regulars(2))
    assert sum(regular_counts.values()) / MESSAGES == pytest.approx(6 / 7, abs=0.02)


def test_one_spam_in_fifteen_comes_under_one_of_three_regulars_numbers() -> None:
    counts = drawn(is_spam=True, source=TELEGRAM, place=2)
    regular_counts = {author: n for author, n in counts.items() if author < FIRST_NEWCOMER}
    assert set(regular_counts) == set(HIJACKED) <= set(regulars(0))
    assert sum(regular_counts.values()) / MESSAGES == pytest.approx(1 / 15, abs=0.015)


def test_a_newcomer_writes_one_message_or_two() -> None:
    counts = drawn(is_spam=True)
    assert {n for author, n in counts.items() if author >= FIRST_NEWCOMER} == {1, 2}


def test_a_newcomer_writes_spam_alone_or_ham_alone_and_in_one_source() -> None:
    authors = Authors(SMS, 0)
    by_kind = [{authors.draw(is_spam) for _ in range(MESSAGES)} for is_spam in (True, False, True)]
    newcomers = [{author for author in kind if author >= FIRST_NEWCOMER} for kind in by_kind]
    assert not newcomers[1] & (newcomers[0] | newcomers[2])
    assert not newcomers[1] & set(drawn(is_spam=False, source=TELEGRAM, place=2))


def test_the_same_authors_are_drawn_again() -> None:
    assert drawn(is_spam=False) == drawn(is_spam=False)


STORIES = [  # each message with its score; the version flags from 0.5 and acts from 0.9
    [(message(f"all is well here {word}", REGULAR), 0.1) for word in "abcdefg"],
    [(message(f"all is well here {word}", SPAMMER), 0.1) for word in "abcdefg"],
    [(message("hello", SPAMMER), 0.1), (message("hello", SPAMMER), 0.7), (message("hello", SPAMMER), 0.1)],
    [
        (message("all is well here", REGULAR), 0.1),
        (message("win cash now", REGULAR), 0.9999),
        (message("x", REGULAR), 0.1),
    ],
    [
        (message("all is well here", SPAMMER), 0.1),
        (message("win cash now", SPAMMER), 0.7),
        (message("x", SPAMMER), 0.1),
    ],
]


@pytest.mark.parametrize("story", STORIES)
def test_a_judge_knows_the_standing_and_the_thresholds_that_the_database_stores(
    sqlite_engine: Engine, story: list[tuple[Arrived, float]]
) -> None:
    with transaction(sqlite_engine) as session:
        joins.see(chats.on_telegram(session, -100123))
    given.joined(sqlite_engine, SPAMMER)
    model, standings = given.version(sqlite_engine), Standings()
    for number, (arrived, score) in enumerate(story, 1):
        incoming = given.incoming(arrived.text, number, author_id=arrived.author)
        verdict_id = given.verdict(sqlite_engine, model, incoming, score, shifts=SHIFTS)
        with reading(sqlite_engine) as session:
            verdict = session.scalars(select(Verdict).where(Verdict.id == verdict_id)).one()
        moved = standings.moved(arrived, score)
        assert standings.of(arrived) == verdict.standing
        assert verdict.review_threshold == pytest.approx(shifted(0.5, SHIFTS[verdict.standing]))
        assert (moved >= 0.5, moved >= 0.9) == (verdict.is_spam, score >= verdict.act_threshold)
        standings.count_verdict(arrived, SeasonVerdict(moved >= 0.5, is_clear=moved >= 0.9))


def test_a_moderators_word_takes_standing_and_gives_it() -> None:
    standings = Standings()
    standings.count_decisions([message(f"all is well here {word}", REGULAR) for word in "abcde"])
    assert standings.of(message("x", REGULAR)) == Standing.GOOD
    standings.count_decisions([message("win cash now", REGULAR, is_spam=True)])
    assert standings.of(message("x", REGULAR)) == Standing.NEWCOMER


def test_what_looked_like_clear_spam_and_is_none_takes_nothing() -> None:
    standings, arrived = Standings(), message("win cash now", REGULAR)
    standings.count_verdict(arrived, SeasonVerdict(True, is_clear=True))
    assert standings.of(arrived) == Standing.NEWCOMER
    standings.count_decisions([arrived])
    assert standings.of(arrived) == Standing.BEFORE
