"""The inbox: a message is received once, an edit makes it a new one to judge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from storage.models import EarlierText, Message, MessageState, Platform, Verdict
from storage.moderation.receiving import Incoming
from tests.conftest import count
from tests.storage import given
from tests.storage.moderation.leases import claim, claimed_rows, row


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
