"""The inbox: received once, claimed by one, ended in exactly one state."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from storage.access import chats
from storage.errors import UnknownChat
from storage.models import Action, ActionKind, EarlierText, Message, MessageState, Platform, Strictness, Verdict, now
from storage.moderation import inbox
from storage.moderation.inbox import Claimed
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.receiving import Incoming
from storage.session import reading, transaction
from tests.conftest import count
from tests.storage import given

SEVERAL = [given.incoming(f"message {i}", i) for i in range(1, 6)]


def claim(engine: Engine, limit: int = 10, seconds: float = 30) -> tuple[str, list[Claimed]]:
    with transaction(engine) as session:
        return inbox.claim(session, limit, seconds)


def claimed_rows(engine: Engine, limit: int = 10) -> list[int]:
    return [message.id for message in claim(engine, limit)[1]]


def record(engine: Engine, holder: str, model_id: int, *judgements: Judgement) -> list[int]:
    with transaction(engine) as session:
        return inbox.record(session, holder, ScoringVersion(model_id, 0.5, 0.9), judgements)


def row(engine: Engine, row_id: int) -> Message:
    with reading(engine) as session:
        return session.get_one(Message, row_id)


def claim_and_let_it_run_out(engine: Engine, times: int) -> None:
    for _ in range(times):
        claim(engine)
        given.passed(engine, "messages", "lease_until")


# Receiving


def test_a_message_received_twice_is_one_row(engine: Engine) -> None:
    first, second = given.received(engine, given.incoming(), given.incoming())
    assert first == second
    assert count(engine, "messages") == 1


def test_a_received_message_is_pending(engine: Engine) -> None:
    [row_id] = given.received(engine, given.incoming())
    assert row(engine, row_id).state == MessageState.PENDING


def test_the_same_number_in_another_chat_is_another_message(engine: Engine) -> None:
    other_chat, other_platform = (
        given.incoming(chat_external_id=-100999),
        given.incoming(platform=Platform.WEB, author_id=None),
    )
    assert len(set(given.received(engine, given.incoming(), other_chat, other_platform))) == 3


def test_receiving_again_leaves_a_judged_message_judged(engine: Engine) -> None:
    given.verdict(engine, given.version(engine))
    [row_id] = given.received(engine, given.incoming())
    assert row(engine, row_id).state == MessageState.SPAM


def test_an_edit_replaces_the_text_and_keeps_the_earlier_one(engine: Engine) -> None:
    [row_id, _] = given.received(engine, given.incoming("hello"), given.edited("buy now"))
    message = row(engine, row_id)
    assert (message.text, message.edit) == ("buy now", 1)
    assert given.values(engine, EarlierText.text) == ["hello"]


def test_an_edit_is_judged_anew(engine: Engine) -> None:
    model = given.version(engine)
    given.verdict(engine, model, given.incoming("hello"), score=0.1)
    given.verdict(engine, model, given.edited("buy now"), score=0.9)
    assert given.values(engine, Message.state) == [MessageState.SPAM]
    assert given.values(engine, Verdict.edit) == [0, 1]


@pytest.mark.parametrize(
    "again", [given.edited("buy now"), given.edited("older", minutes=0.5), given.incoming("hello")]
)
def test_an_older_or_identical_edit_changes_nothing(engine: Engine, again: Incoming) -> None:
    [row_id, *_] = given.received(engine, given.incoming("hello"), given.edited("buy now"), again)
    message = row(engine, row_id)
    assert (message.text, message.edit, message.edited_at) == ("buy now", 1, given.NOON + timedelta(minutes=1))


def test_a_second_edit_within_the_same_second_counts(engine: Engine) -> None:
    [row_id, *_] = given.received(engine, given.incoming("hello"), given.edited("how are you"), given.edited("buy now"))
    assert row(engine, row_id).text == "buy now"


def test_an_edit_without_its_original_is_a_message(engine: Engine) -> None:
    [row_id] = given.received(engine, given.edited("buy now"))
    message = row(engine, row_id)
    assert (message.text, message.edit, message.state) == ("buy now", 0, MessageState.PENDING)


def test_an_original_after_its_edit_does_not_undo_it(engine: Engine) -> None:
    [row_id, _] = given.received(engine, given.edited("buy now"), given.incoming("hello"))
    assert row(engine, row_id).text == "buy now"
    assert count(engine, "earlier_texts") == 0


def test_an_edit_frees_the_message_from_its_lease(engine: Engine) -> None:
    [row_id] = given.received(engine, given.incoming("hello"))
    claim(engine)
    given.received(engine, given.edited("buy now"))
    assert claimed_rows(engine) == [row_id]


# Claiming


def test_messages_are_claimed_oldest_first_up_to_the_limit(engine: Engine) -> None:
    rows = given.received(engine, *SEVERAL)
    assert claimed_rows(engine, limit=3) == rows[:3]
    assert claimed_rows(engine, limit=3) == rows[3:]


def test_a_claimed_message_is_not_claimed_again(engine: Engine) -> None:
    given.received(engine, *SEVERAL)
    assert len(claimed_rows(engine)) == 5
    assert claimed_rows(engine) == []


def test_two_workers_at_once_share_no_message(engine: Engine) -> None:
    rows = given.received(engine, *[given.incoming("x", i) for i in range(40)])
    taken: list[int] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        while batch := claimed_rows(engine, limit=3):
            taken.extend(batch)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == rows


def test_a_lease_that_ran_out_can_be_claimed_again(engine: Engine) -> None:
    rows = given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, 1)
    assert claimed_rows(engine) == rows


def test_an_extended_lease_lasts_longer(engine: Engine) -> None:
    [row_id] = given.received(engine, given.incoming())
    holder, _ = claim(engine, seconds=1)
    with transaction(engine) as session:
        inbox.extend(session, holder, 600)
    until = row(engine, row_id).lease_until
    assert until is not None
    assert until > now() + timedelta(seconds=500)


def test_released_messages_are_as_if_never_claimed(engine: Engine) -> None:
    [row_id] = given.received(engine, given.incoming())
    holder, _ = claim(engine)
    with transaction(engine) as session:
        inbox.release(session, holder)
    message = row(engine, row_id)
    assert (message.attempts, message.lease_holder, message.lease_until) == (0, None, None)


def test_a_message_whose_judges_died_is_claimed_alone(engine: Engine) -> None:
    rows = given.received(engine, *SEVERAL)
    claim_and_let_it_run_out(engine, inbox.SUSPECT_ATTEMPTS)
    assert claimed_rows(engine) == rows[:1]
    assert claimed_rows(engine) == rows[1:2]


def test_fresh_messages_go_before_suspects(engine: Engine) -> None:
    [suspect] = given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, inbox.SUSPECT_ATTEMPTS)
    [fresh] = given.received(engine, given.incoming("hello", 2))
    assert claimed_rows(engine) == [fresh]
    assert claimed_rows(engine) == [suspect]


def test_what_was_claimed_too_often_ends_failed(engine: Engine) -> None:
    [row_id] = given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, inbox.MAX_ATTEMPTS)
    assert claimed_rows(engine) == []
    with transaction(engine) as session:
        assert inbox.give_up(session) == 1
    message = row(engine, row_id)
    assert message.state == MessageState.FAILED
    assert message.error == "the worker did not finish it in 5 attempts"


def test_the_last_attempt_is_not_given_up_while_its_lease_lasts(engine: Engine) -> None:
    given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, inbox.MAX_ATTEMPTS - 1)
    claim(engine)
    with transaction(engine) as session:
        assert inbox.give_up(session) == 0


def test_failed_messages_can_be_tried_again(engine: Engine) -> None:
    rows = given.received(engine, given.incoming())
    claim_and_let_it_run_out(engine, inbox.MAX_ATTEMPTS)
    with transaction(engine) as session:
        inbox.give_up(session)
        assert inbox.retry_failed(session) == 1
    assert claimed_rows(engine) == rows
    assert row(engine, rows[0]).error is None


def test_waiting_counts_what_has_no_verdict(engine: Engine) -> None:
    given.received(engine, *SEVERAL)
    claim(engine, limit=2)
    with reading(engine) as session:
        assert inbox.waiting(session) == 5


def test_more_wait_than_a_number_below_theirs(engine: Engine) -> None:
    given.received(engine, *SEVERAL)
    with reading(engine) as session:
        assert [inbox.waits_more_than(session, number) for number in (0, 4, 5, 6)] == [True, True, False, False]


# Recording


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
        known = session.scalars(select(Verdict)).one()
        same = {"message_id": known.message_id, "edit": 0, "model_version_id": known.model_version_id}
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
    words = ["pending", "ham", "spam", "failed", "nothing to judge", "history"]
    assert [state.value for state in MessageState] == words
    given.verdict(engine, given.version(engine))
    assert count(engine, "messages", "state = 'spam'") == 1
