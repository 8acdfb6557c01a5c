"""A notice is posted once, where moderators read, and then says who decided."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update

from actions.context import Context
from storage.models import Chat
from storage.moderation.requested_actions import requests
from storage.session import transaction
from tests.actions.performing import AMEND, DONE, GROUP, MODERATORS, OWN_MODERATORS, perform, row
from tests.storage import given
from tests.telegram_server import Refused, TelegramServer

# Notices


def test_a_notice_is_posted_to_the_group(context: Context, telegram: TelegramServer, verdict: int) -> None:
    perform(context)
    [notice] = telegram.sent_to(GROUP)
    assert notice["text"].startswith("Looks like spam in a group")
    assert notice["entities"][0]["type"] == "spoiler"
    labels = [button["text"] for button in notice["reply_markup"]["inline_keyboard"][0]]
    assert labels == ["Spam", "Not spam", "Why?"]


def test_the_receipt_says_where_the_notice_stands(context: Context, telegram: TelegramServer, verdict: int) -> None:
    perform(context)
    stored, [notice] = row(context.engine), telegram.sent_to(GROUP)
    assert (stored.state, stored.receipt) == (DONE, {"chat_id": GROUP, "message_id": notice["message_id"]})


def test_a_notice_goes_to_the_moderators_where_they_have_a_chat(
    context: Context, telegram: TelegramServer, verdict: int
) -> None:
    settings = context.settings.model_copy(update={"moderators_chat_id": MODERATORS})
    perform(replace(context, settings=settings))
    assert len(telegram.sent_to(MODERATORS)) == 1
    assert telegram.sent_to(GROUP) == []


def test_a_groups_own_moderators_go_before_the_common_ones(
    context: Context, telegram: TelegramServer, verdict: int
) -> None:
    with transaction(context.engine) as session:
        session.execute(update(Chat).values(moderators_chat_id=OWN_MODERATORS))
    settings = context.settings.model_copy(update={"moderators_chat_id": MODERATORS})
    perform(replace(context, settings=settings))
    assert len(telegram.sent_to(OWN_MODERATORS)) == 1


def test_a_notice_is_posted_once(context: Context, telegram: TelegramServer, verdict: int) -> None:
    for _ in range(2):
        perform(context)
    assert len(telegram.called("sendMessage")) == 1


def test_a_notice_shows_no_preview_of_what_it_warns_of(
    context: Context, telegram: TelegramServer, verdict: int
) -> None:
    perform(context)
    [sent] = telegram.called("sendMessage")
    assert sent["link_preview_options"] == {"is_disabled": True}


# Amendments


def test_the_notice_then_says_who_decided(context: Context, telegram: TelegramServer, verdict: int) -> None:
    perform(context)
    given.corrected(context.engine, verdict, "ann", False)
    perform(context)
    [notice] = telegram.sent_to(GROUP)
    assert notice["text"].endswith("✓ Ann: not spam")
    assert notice["entities"][0]["type"] == "spoiler"
    assert notice["reply_markup"]["inline_keyboard"]
    assert row(context.engine, AMEND).state == DONE


def test_a_notice_sent_after_the_decision_says_it_by_itself(
    context: Context, telegram: TelegramServer, verdict: int
) -> None:
    given.corrected(context.engine, verdict, "ann", False)
    perform(context)
    assert telegram.sent_to(GROUP)[0]["text"].endswith("✓ Ann: not spam")
    assert telegram.called("editMessageText") == []


def test_an_amendment_that_changes_nothing_is_done(context: Context, telegram: TelegramServer, verdict: int) -> None:
    perform(context)
    given.corrected(context.engine, verdict, "ann", False)
    perform(context)
    with transaction(context.engine) as session:
        requests.ask(session, verdict, AMEND)
    perform(context)
    assert len(telegram.called("editMessageText")) == 2
    assert row(context.engine, AMEND).state == DONE


def test_without_a_notice_there_is_nothing_to_amend(context: Context, telegram: TelegramServer, verdict: int) -> None:
    telegram.fail_next("sendMessage", Refused(400, "Bad Request: chat not found"))
    perform(context)
    given.corrected(context.engine, verdict, "ann", False)
    perform(context)
    assert row(context.engine, AMEND).receipt == {"amended": False, "reason": "there is no notice"}
    assert telegram.called("editMessageText") == []
