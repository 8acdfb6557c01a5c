"""Spam is deleted, or gone already, or too old to delete."""

from __future__ import annotations

from actions.context import Context
from tests.actions.performing import DELETE, DONE, FAILED, perform, row
from tests.storage import given
from tests.telegram_server import Refused, TelegramServer

GONE = Refused(400, "Bad Request: message to delete not found")


def test_what_a_moderator_calls_spam_is_deleted(context: Context, telegram: TelegramServer, verdict: int) -> None:
    given.corrected(context.engine, verdict, "telegram:1", True)
    perform(context)
    assert "buy now" not in [message["text"] for message in telegram.messages.values()]
    assert row(context.engine, DELETE).receipt == {"deleted": 1, "gone_already": 0}


def test_a_message_that_is_gone_already_counts_as_deleted(
    context: Context, telegram: TelegramServer, verdict: int
) -> None:
    given.corrected(context.engine, verdict, "telegram:1", True)
    telegram.fail_next("deleteMessage", GONE)
    perform(context)
    stored = row(context.engine, DELETE)
    assert (stored.state, stored.receipt) == (DONE, {"deleted": 0, "gone_already": 1})


def test_a_message_too_old_to_delete_is_a_failure(context: Context, telegram: TelegramServer, verdict: int) -> None:
    given.corrected(context.engine, verdict, "telegram:1", True)
    telegram.fail_next("deleteMessage", Refused(400, "Bad Request: message can't be deleted"))
    perform(context)
    assert row(context.engine, DELETE).state == FAILED
