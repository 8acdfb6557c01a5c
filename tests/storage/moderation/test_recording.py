"""The inbox: a message ends in exactly one state, with one verdict of each version."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from storage.access import chats
from storage.errors import UnknownChat
from storage.models import Action, ActionKind, Message, MessageState, Platform, Strictness, Verdict
from storage.moderation import inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import reading, transaction
from tests.conftest import count
from tests.storage import given
from tests.storage.moderation.leases import SEVERAL, claim, record, row


def test_a_score_at_the_threshold_is_spam_and_one_below_is_ham(engine: Engine) -> None:
    model = given.version(engine)
    spam, ham = given.received(engine, *SEVERAL[:2])
    holder, _ = claim(engine)
    record(engine, holder, model.id, Judgement(spam, 0, 0.5), Judgement(ham, 0, 0.4999))
    assert given.values(engine, Message.state) == [MessageState.SPAM, MessageState.HAM]


@pytest.mark.parametrize(
    ("strictness", "act"), [(Strictness.CAUTIOUS, 0.99), (Strictness.NORMAL, 0.9), (Strictness.STRICT, 0.9)]
)
def test_a_verdict_stores_the_threshold_that_its_chats_strictness_asks_for(
    engine: Engine, strictness: Strictness, act: float
) -> None:
    model = given.version(engine)
    [row_id] = given.received(engine, given.incoming())
    with transaction(engine) as session:
        (chat,) = chats.every(session)
        assert chats.choose_strictness(session, chat.id, strictness).strictness == strictness
    holder, _ = claim(engine)
    judge = ScoringVersion(model.id, 0.5, 0.9, {"cautious": 0.99})
    with transaction(engine) as session:
        inbox.record(session, holder, judge, [Judgement(row_id, 0, 0.7)])
    assert given.values(engine, Verdict.act_threshold) == [act]


def test_a_chat_that_is_not_there_has_no_strictness(engine: Engine) -> None:
    with pytest.raises(UnknownChat, match="hamlet chats"), transaction(engine) as session:
        chats.choose_strictness(session, 99, Strictness.STRICT)


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.NOTHING_TO_JUDGE])
def test_a_message_without_a_score_ends_in_its_named_state(engine: Engine, state: MessageState) -> None:
    model = given.version(engine)
    [row_id] = given.received(engine, given.incoming(""))
    holder, _ = claim(engine)
    record(engine, holder, model.id, Judgement(row_id, 0, None, state, "the reason"))
    message = row(engine, row_id)
    assert (message.state, message.error) == (state, "the reason")
    assert count(engine, "verdicts") == 0


def test_a_judgement_without_score_or_state_is_a_failure(engine: Engine) -> None:
    model = given.version(engine)
    [row_id] = given.received(engine, given.incoming())
    holder, _ = claim(engine)
    record(engine, holder, model.id, Judgement(row_id, 0, None, error="out of memory"))
    assert row(engine, row_id).state == MessageState.FAILED


def test_a_lost_lease_records_nothing(engine: Engine) -> None:
    model = given.version(engine)
    [row_id] = given.received(engine, given.incoming())
    slow, _ = claim(engine)
    given.passed(engine, "messages", "lease_until")
    quick, _ = claim(engine)
    assert record(engine, slow, model.id, Judgement(row_id, 0, 0.1)) == []
    assert row(engine, row_id).state == MessageState.PENDING
    record(engine, quick, model.id, Judgement(row_id, 0, 0.9))
    assert given.values(engine, Verdict.score) == [0.9]


def test_recording_twice_is_one_verdict(engine: Engine) -> None:
    model = given.version(engine)
    [row_id] = given.received(engine, given.incoming())
    holder, _ = claim(engine)
    for score in (0.9, 0.1):
        record(engine, holder, model.id, Judgement(row_id, 0, score))
    assert given.values(engine, Verdict.score) == [0.9]


def test_a_judgement_of_words_edited_since_records_nothing(engine: Engine) -> None:
    model = given.version(engine)
    [row_id] = given.received(engine, given.incoming("hello"))
    holder, _ = claim(engine)
    given.received(engine, given.edited("buy now"))
    record(engine, holder, model.id, Judgement(row_id, 0, 0.1))
    assert count(engine, "verdicts") == 0
    assert row(engine, row_id).state == MessageState.PENDING


def test_the_database_allows_one_verdict_a_version(engine: Engine) -> None:
    given.verdict(engine, given.version(engine))
    with pytest.raises(IntegrityError), transaction(engine) as session:
        stored = session.scalars(select(Verdict)).one()
        same = {"message_id": stored.message_id, "edit": 0, "model_version_id": stored.model_version_id}
        session.add(Verdict(**same, score=0.1, review_threshold=0.5, act_threshold=0.9, is_spam=False))


def test_telegram_spam_asks_for_a_notice(engine: Engine) -> None:
    verdict_id = given.verdict(engine, given.version(engine))
    with reading(engine) as session:
        action = session.scalars(select(Action)).one()
    assert (action.verdict_id, action.kind) == (verdict_id, ActionKind.NOTIFY)


def test_record_names_the_verdicts_that_ask_for_a_notice(engine: Engine) -> None:
    model = given.version(engine)
    spam, ham = given.received(engine, *SEVERAL[:2])
    holder, _ = claim(engine)
    asking = record(engine, holder, model.id, Judgement(spam, 0, 0.9), Judgement(ham, 0, 0.1))
    with reading(engine) as session:
        assert asking == [session.scalars(select(Verdict.id).where(Verdict.message_id == spam)).one()]


@pytest.mark.parametrize(("platform", "score"), [(Platform.WEB, 0.9), (Platform.TELEGRAM, 0.1)])
def test_web_messages_and_ham_ask_for_no_notice(engine: Engine, platform: Platform, score: float) -> None:
    given.verdict(engine, given.version(engine), given.incoming(platform=platform), score)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Action)) == 0


def test_states_are_stored_as_their_words(engine: Engine) -> None:
    words = ["pending", "ham", "spam", "failed", "nothing to judge", "held", "joined", "history"]
    assert [state.value for state in MessageState] == words
    given.verdict(engine, given.version(engine))
    assert count(engine, "messages", "state = 'spam'") == 1
