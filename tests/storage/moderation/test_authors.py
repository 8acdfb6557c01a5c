"""Which standing an author has, read from their messages, and how a verdict stores it with the thresholds it moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from storage.access import chats, joins
from storage.learning import shadow
from storage.models import Chat, Join, Message, ModelVersion, Platform, Standing, Verdict, now
from storage.moderation import authors, corrections, inbox, odds
from storage.moderation.corrections import Decision
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.odds import Counted, shifted, shifts
from storage.privacy import members
from storage.session import reading, transaction
from tests.conftest import count
from tests.storage import given

UNKNOWN, NEWCOMER, SOME, BEFORE, GOOD = Standing
ANN, BOB, CHANNEL = 7, 8, -1009
SURE, UNSURE, CLEAN = 0.95, 0.7, 0.1
MODERATOR, ANOTHER = "telegram:1", "telegram:2"


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    """The version that serves; in the group of the tests, Ann and Bob were seen joining."""
    given.joined(engine, ANN, BOB)
    return given.version(engine)


def says(
    engine: Engine, model: ModelVersion, text: str, score: float = CLEAN, author_id: int | None = ANN, **changes: object
) -> int:
    """The verdict on the next message of that author."""
    number = count(engine, "messages") + 1
    return given.verdict(engine, model, given.incoming(text, number, author_id=author_id, **changes), score)


def standing(engine: Engine, model: ModelVersion, author_id: int | None = ANN, **changes: object) -> Standing:
    """Of that author, as the verdict on their next word says; one word earns nothing."""
    verdict_id = says(engine, model, "hello", author_id=author_id, **changes)
    with reading(engine) as session:
        return session.get_one(Verdict, verdict_id).standing


def earns(engine: Engine, model: ModelVersion, times: int, author_id: int = ANN, **changes: object) -> list[int]:
    """Verdicts on so many clean texts, each of three words of its own."""
    first = count(engine, "messages")
    return [says(engine, model, f"all is well{'l' * (first + n)}", CLEAN, author_id, **changes) for n in range(times)]


# Earning


def test_the_first_messages_are_a_newcomers(engine: Engine, model: ModelVersion) -> None:
    assert standing(engine, model) == NEWCOMER


def test_good_standing_is_earned_by_as_many_clean_messages_as_the_chat_asks_for(
    engine: Engine, model: ModelVersion
) -> None:
    earns(engine, model, 1)
    assert standing(engine, model) == SOME
    earns(engine, model, 3)
    assert standing(engine, model) == SOME
    earns(engine, model, 1)
    assert standing(engine, model) == GOOD
    with transaction(engine) as session:
        chats.choose(session, session.scalars(select(Chat.id)).one(), "standing_after", 6)
    assert standing(engine, model) == SOME


def test_standing_is_of_one_person_in_one_chat(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    given.joined(engine, ANN, chat_external_id=-100999)
    assert standing(engine, model, BOB) == NEWCOMER
    assert standing(engine, model, ANN, chat_external_id=-100999) == NEWCOMER


def test_short_texts_and_repeats_earn_nothing(engine: Engine, model: ModelVersion) -> None:
    for text in ("ok", "thank you", "👍👍👍", "谢谢"):
        says(engine, model, text)
    assert standing(engine, model) == NEWCOMER
    for text in ("see you later", "See you, later!", " see  you later…"):
        says(engine, model, text)
    assert standing(engine, model) == SOME
    with transaction(engine) as session:
        chats.choose(session, session.scalars(select(Chat.id)).one(), "standing_after", 2)
    assert standing(engine, model) == SOME, "three repeats are one text"


def test_a_flag_earns_when_it_is_decided_ham(engine: Engine, model: ModelVersion) -> None:
    flag = says(engine, model, "buy my old sofa", UNSURE)
    assert standing(engine, model) == NEWCOMER
    given.corrected(engine, flag, MODERATOR, False)
    assert standing(engine, model) == SOME


def test_no_more_than_the_newest_messages_are_looked_at(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    given.received(engine, *[given.incoming("ok", 1_000 + n) for n in range(authors.NEWEST - 6)])
    assert standing(engine, model) == GOOD
    given.received(engine, *[given.incoming("ok", 2_000 + n) for n in range(5)])
    assert standing(engine, model) == NEWCOMER


def test_messages_that_wait_together_are_judged_by_what_was_before_them(engine: Engine, model: ModelVersion) -> None:
    given.received(engine, *[given.incoming(f"all is well{'l' * n}", n) for n in range(1, 7)])
    earns(engine, model, 1, BOB)
    assert given.values(engine, Verdict.standing) == [NEWCOMER] * 7
    assert [standing(engine, model, who) for who in (ANN, BOB)] == [GOOD, SOME]


# Losing it


def test_a_spam_decision_makes_a_newcomer_until_it_is_taken_back(engine: Engine, model: ModelVersion) -> None:
    clean = earns(engine, model, 5)
    given.corrected(engine, clean[2], MODERATOR, True)
    assert standing(engine, model) == NEWCOMER
    with transaction(engine) as session:
        corrections.take_back(session, clean[2], MODERATOR)
    assert standing(engine, model) == GOOD


def test_a_spam_decision_stands_after_its_words_were_edited(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    verdict_id = says(engine, model, "buy now")
    given.corrected(engine, verdict_id, MODERATOR, True)
    given.verdict(engine, model, given.edited("good morning to you", 6), CLEAN)
    assert standing(engine, model) == NEWCOMER


@pytest.mark.parametrize("was_there", [False, True])
def test_an_undecided_flag_at_the_acting_threshold_suspends_standing(
    engine: Engine, model: ModelVersion, was_there: bool
) -> None:
    author = 99 if was_there else ANN
    before = standing(engine, model, author)
    earns(engine, model, 1, author)
    flag = says(engine, model, "buy now", SURE, author)
    assert standing(engine, model, author) == NEWCOMER
    given.corrected(engine, flag, MODERATOR, False)
    assert before == (BEFORE if was_there else NEWCOMER)
    assert standing(engine, model, author) == (BEFORE if was_there else SOME)


def test_a_flag_below_the_acting_threshold_suspends_nothing(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    says(engine, model, "buy now", UNSURE)
    assert standing(engine, model) == GOOD


def test_a_disputed_flag_goes_on_suspending_and_one_set_aside_does_not(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    flag = says(engine, model, "buy now", SURE)
    given.corrected(engine, flag, MODERATOR, True)
    given.corrected(engine, flag, ANOTHER, False)
    assert standing(engine, model) == NEWCOMER
    with transaction(engine) as session:
        corrections.take_back(session, flag, ANOTHER)
        corrections.correct(session, Decision(flag, MODERATOR, "Mo", False, is_aside=True))
    assert standing(engine, model) == GOOD


def test_a_flagged_message_edited_since_goes_on_suspending(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    says(engine, model, "buy now", SURE)
    given.verdict(engine, model, given.edited("good morning to you", 6), CLEAN)
    assert standing(engine, model) == NEWCOMER


def test_what_a_shadow_flags_suspends_nothing(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    given.shadowed(engine, given.in_shadow(engine), SURE)
    assert standing(engine, model) == GOOD


# Who has none


@pytest.mark.parametrize(
    ("author_id", "platform"),
    [(None, Platform.TELEGRAM), (CHANNEL, Platform.TELEGRAM), (ANN, Platform.WEB), (None, Platform.WEB)],
)
def test_channels_nobody_and_the_web_have_no_standing(
    engine: Engine, model: ModelVersion, author_id: int | None, platform: Platform
) -> None:
    assert standing(engine, model, author_id, platform=platform) == UNKNOWN


# Who was there before


def test_who_was_not_seen_joining_where_joins_are_seen_was_there_before(engine: Engine, model: ModelVersion) -> None:
    given.old_chats(engine)
    assert standing(engine, model, 99) == BEFORE
    earns(engine, model, 4, 99)
    assert standing(engine, model, 99) == BEFORE
    earns(engine, model, 1, 99)
    assert standing(engine, model, 99) == GOOD


@pytest.mark.parametrize(("is_old", "found"), [(False, BEFORE), (True, NEWCOMER)])
def test_where_joins_are_not_seen_the_first_days_alone_are_of_members_from_before(
    engine: Engine, is_old: bool, found: Standing
) -> None:
    model = given.version(engine)
    says(engine, model, "welcome", author_id=BOB)
    if is_old:
        given.old_chats(engine)
    assert standing(engine, model) == found


def test_where_people_comment_without_joining_a_missing_join_says_nothing(engine: Engine, model: ModelVersion) -> None:
    with transaction(engine) as session:
        session.execute(update(Chat).values(has_comments=True))
    assert standing(engine, model, 99) == BEFORE, "in the first days"
    given.old_chats(engine)
    assert standing(engine, model, 99) == NEWCOMER


# Joins


def test_a_join_that_is_told_twice_is_one_and_the_last_one_counts(engine: Engine) -> None:
    given.joined(engine, ANN)
    later = given.NOON + timedelta(days=1)
    with transaction(engine) as session:
        joins.note(session, session.scalars(select(Chat)).one(), [ANN], later)
    assert given.values(engine, Join.joined_at) == [later]


def test_joins_are_seen_from_the_first_one_on_until_the_bot_is_no_administrator(engine: Engine) -> None:
    given.received(engine, given.incoming())
    assert given.values(engine, Chat.sees_joins_since) == [None]
    given.joined(engine, ANN)
    [since] = given.values(engine, Chat.sees_joins_since)
    given.joined(engine, BOB)
    assert given.values(engine, Chat.sees_joins_since) == [since]
    with transaction(engine) as session:
        joins.see_no_more(session, -100123)
        joins.see_no_more(session, -100999)
    assert given.values(engine, Chat.sees_joins_since) == [None]
    assert count(engine, "joins") == 2


def test_forgetting_somebody_forgets_their_joins(engine: Engine, model: ModelVersion) -> None:
    with transaction(engine) as session:
        assert joins.count(session, ANN) == 1
        members.forget(session, ANN)
        assert joins.count(session, ANN) == 0
    assert given.values(engine, Join.user_id) == [BOB]


def test_joins_are_kept_no_longer_than_texts(engine: Engine) -> None:
    given.joined(engine, ANN)
    with transaction(engine) as session:
        joins.note(session, session.scalars(select(Chat)).one(), [BOB], now())
        assert joins.expire(session, days=30) == 1
        assert joins.expire(session, days=30) == 0
    assert given.values(engine, Join.user_id) == [BOB]


@pytest.mark.parametrize("is_known", [False, True])
def test_a_group_that_becomes_a_supergroup_keeps_its_joins(engine: Engine, is_known: bool) -> None:
    given.joined(engine, ANN, BOB, chat_external_id=-5)
    if is_known:
        given.received(engine, given.incoming(chat_external_id=-1005))
        with transaction(engine) as session:
            session.add(Join(chat_id=chats.on_telegram(session, -1005).id, user_id=BOB, joined_at=now()))
    with transaction(engine) as session:
        chats.move_group(session, -5, -1005)
    with reading(engine) as session:
        new = session.scalars(select(Chat).filter_by(external_id=-1005)).one()
        there = session.scalars(select(Join.user_id).where(Join.chat_id == new.id).order_by(Join.user_id)).all()
    assert there == [ANN, BOB]
    assert new.sees_joins_since is not None
    assert count(engine, "joins") == 2


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
        said = session.scalars(select(Verdict).where(Verdict.is_shadow)).one()
    assert (said.standing, said.is_spam, said.disagrees) == (GOOD, False, False)
    assert said.review_threshold == pytest.approx(shifted(0.4, moved[GOOD]))
    assert said.act_threshold == pytest.approx(shifted(0.8, moved[GOOD]))


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


def test_the_texts_of_standing_are_gone_when_they_are_forgotten(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    with transaction(engine) as session:
        members.forget(session, ANN)
    given.joined(engine, ANN)
    assert standing(engine, model) == NEWCOMER
    assert given.values(engine, Message.author_id)[:5] == [None] * 5
