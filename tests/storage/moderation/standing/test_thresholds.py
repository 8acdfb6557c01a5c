"""A verdict stores its author's standing with the thresholds it moves, and what is counted of both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from storage.learning import shadow
from storage.models import ModelVersion, Platform, Standing, Verdict, now
from storage.moderation import inbox, odds
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.odds import Counted, shifted, shifts
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.moderation.standing.authors import (
    ANOTHER,
    BOB,
    GOOD,
    MODERATOR,
    NEWCOMER,
    SOME,
    SURE,
    UNSURE,
    earns,
    says,
)

# What a verdict stores


def test_a_verdict_stores_the_thresholds_that_its_authors_standing_moves(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    moved = shifts({})
    rows = given.received(engine, given.incoming("buy", 50), given.incoming("buy", 51, author_id=BOB))
    with transaction(engine) as session:
        holder, _ = inbox.claim(session, 10, 30)
        inbox.record(
            session, holder, ScoringVersion(model.id, 0.5, 0.9, shifts=moved), [Judgement(r, 0, SURE) for r in rows]
        )
    with reading(engine) as session:
        judged = select(Verdict).where(Verdict.message_id.in_(rows)).order_by(Verdict.message_id)
        regular, newcomer = session.scalars(judged)
    assert (regular.standing, newcomer.standing) == (GOOD, NEWCOMER)
    assert regular.review_threshold == pytest.approx(shifted(0.5, moved[GOOD]))
    assert regular.act_threshold == pytest.approx(shifted(0.9, moved[GOOD]))
    assert (newcomer.review_threshold, newcomer.act_threshold) == (0.5, 0.9)
    assert (regular.is_spam, newcomer.is_spam) == (False, True)
    assert regular.score == newcomer.score == SURE


def test_a_hijacked_member_is_caught_when_the_score_is_high(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    [row] = given.received(engine, given.incoming("buy", 50))
    with transaction(engine) as session:
        holder, _ = inbox.claim(session, 10, 30)
        asked = inbox.record(
            session, holder, ScoringVersion(model.id, 0.5, 0.9, shifts=shifts({})), [Judgement(row, 0, 0.995)]
        )
    assert asked


def test_a_shadows_verdict_is_held_against_thresholds_moved_alike(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    champions, challenger, moved = says(engine, model, "buy"), given.in_shadow(engine), shifts({})
    with transaction(engine) as session:
        row = session.get_one(Verdict, champions).message_id
        shadow.record(session, ScoringVersion(challenger.id, 0.4, 0.8, shifts=moved), [Judgement(row, 0, SURE)])
    with reading(engine) as session:
        shadowed = session.scalars(select(Verdict).where(Verdict.is_shadow)).one()
    assert (shadowed.standing, shadowed.is_spam, shadowed.disagrees) == (GOOD, False, False)
    assert shadowed.review_threshold == pytest.approx(shifted(0.4, moved[GOOD]))
    assert shadowed.act_threshold == pytest.approx(shifted(0.8, moved[GOOD]))


# What is counted


def counted(engine: Engine) -> dict[Standing, Counted]:
    with reading(engine) as session:
        return odds.counted(session)


def test_verdicts_and_spam_decisions_are_counted_by_standing(engine: Engine, model: ModelVersion) -> None:
    first = earns(engine, model, 5)
    flags = [says(engine, model, "buy now", UNSURE) for _ in range(2)]
    given.corrected(engine, first[0], MODERATOR, True)
    given.corrected(engine, flags[0], MODERATOR, True)
    given.corrected(engine, flags[0], ANOTHER, True)
    given.corrected(engine, flags[1], MODERATOR, False)
    assert counted(engine) == {NEWCOMER: Counted(1, 1), SOME: Counted(4, 0), GOOD: Counted(2, 1)}


def test_shadows_the_web_and_old_verdicts_are_not_counted(engine: Engine, model: ModelVersion) -> None:
    says(engine, model, "hello")
    with transaction(engine) as session:
        session.execute(update(Verdict).values(created_at=now() - odds.COUNTED - timedelta(hours=1)))
    says(engine, model, "hello", platform=Platform.WEB)
    says(engine, model, "hello")
    given.shadowed(engine, given.in_shadow(engine), SURE)
    assert counted(engine) == {NEWCOMER: Counted(1, 0)}
