"""A post without an answer is made twice at most, whatever kept the answer away; other calls are made until they are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn

import pytest
from sqlalchemy import select
from telegram import Bot

from actions.carrying_out import UNANSWERED_SECONDS
from actions.context import Context
from actions.requests import PatientRequest
from storage.models import Action, ActionKind, Chat
from storage.moderation import cases
from storage.moderation.requested_actions import leases, queue, requests
from storage.sanctions import Reason
from storage.session import transaction
from tests.actions.late import LateTelegram
from tests.actions.performing import (
    AMEND,
    DELETE,
    DONE,
    FAILED,
    GROUP,
    MODERATORS,
    NOTIFY,
    PENDING,
    perform,
    row,
    waits_seconds,
)
from tests.storage import given
from tests.telegram_server import TOKEN, Refused

PATIENCE = 1.0  # seconds


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[LateTelegram]:
    with LateTelegram() as server:
        for chat_id in (GROUP, MODERATORS):
            server.add_group(chat_id, "a group")
        yield server


@pytest.fixture(scope="module")
def connection(one_telegram: LateTelegram) -> Iterator[tuple[asyncio.Runner, Bot]]:
    request = PatientRequest(PATIENCE, read_timeout=PATIENCE)
    with asyncio.Runner() as runner:
        yield runner, Bot(TOKEN, base_url=f"{one_telegram.url}/bot", request=request)
        runner.run(request.shutdown())


def again(context: Context) -> None:
    """The pause is over."""
    given.passed(context.engine, "actions", "not_before")
    perform(context)


def announce(context: Context) -> None:
    with transaction(context.engine) as session:
        requests.announce(session, session.scalars(select(Chat.id)).one(), "good morning")


def test_a_notice_whose_answers_do_not_come_is_posted_twice_and_given_up(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    with telegram.silent("sendMessage"):
        perform(context)
        waiting = row(context.engine)
        for _ in range(4):
            again(context)
    assert (waiting.state, waiting.unanswered) == (PENDING, 1)
    assert UNANSWERED_SECONDS - 10 < waits_seconds(waiting) <= UNANSWERED_SECONDS
    assert len(telegram.sent_to(GROUP)) == 2
    assert (row(context.engine).state, row(context.engine).error) == (FAILED, Reason.UNANSWERED)


def test_a_public_sentence_whose_answers_do_not_come_is_posted_twice(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    perform(context)
    announce(context)
    with telegram.silent("sendMessage"):
        for _ in range(4):
            again(context)
    assert [message["text"] for message in telegram.sent_to(GROUP)].count("good morning") == 2
    assert row(context.engine, ActionKind.ANNOUNCE).state == FAILED


def test_a_second_post_that_is_answered_ends_the_doubt(context: Context, telegram: LateTelegram, verdict: int) -> None:
    with telegram.silent("sendMessage"):
        perform(context)
    telegram.fail_next("sendMessage", Refused(500, "Internal Server Error"))
    again(context)
    assert (row(context.engine).state, row(context.engine).unanswered) == (PENDING, 1)
    again(context)
    assert (row(context.engine).state, row(context.engine).unanswered) == (DONE, 0)


def test_an_answer_that_is_cut_off_leaves_the_same_doubt(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    with telegram.interrupted("sendMessage", cut):
        perform(context)
    assert row(context.engine).unanswered == 1


def cut() -> NoReturn:
    """The connection ends without an answer."""
    raise ConnectionResetError


def test_a_gateway_that_got_no_answer_leaves_the_same_doubt(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    telegram.fail_next("sendMessage", Refused(504, "Gateway Timeout"))
    perform(context)
    assert row(context.engine).unanswered == 1


def test_a_call_that_takes_too_long_as_a_whole_leaves_the_same_doubt(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    with telegram.silent("sendMessage"):
        perform(replace(context, call_seconds=PATIENCE / 2))
    assert row(context.engine).unanswered == 1


def test_a_post_that_was_never_sent_leaves_no_doubt(context: Context, verdict: int) -> None:
    bot = Bot(TOKEN, base_url="http://127.0.0.1:1/bot", request=PatientRequest())
    for _ in range(3):
        again(replace(context, bot=bot))
    context.runner.run(bot.request.shutdown())
    assert (row(context.engine).state, row(context.engine).unanswered) == (PENDING, 0)


@pytest.mark.parametrize(("kind", "method"), [(DELETE, "deleteMessage"), (AMEND, "editMessageText")])
def test_a_call_that_posts_nothing_is_made_until_an_answer_comes(
    context: Context, telegram: LateTelegram, verdict: int, kind: ActionKind, method: str
) -> None:
    perform(context)
    with transaction(context.engine) as session:
        requests.ask(session, verdict, kind)
    with telegram.silent(method):
        for _ in range(3):
            again(context)
    assert (row(context.engine, kind).state, row(context.engine, kind).unanswered) == (PENDING, 0)
    again(context)
    assert row(context.engine, kind).state == DONE


@pytest.mark.parametrize(("receipt", "unanswered"), [(None, 2), ({"message_id": 5}, 0)], ids=["never", "once"])
def test_a_floods_notice_that_grows_is_posted_no_more_often_for_it(
    context: Context, verdict: int, receipt: dict[str, int] | None, unanswered: int
) -> None:
    with transaction(context.engine) as session:
        notice = session.get_one(Action, cases.begin(session, session.scalars(select(Chat.id)).one()))
        notice.state, notice.unanswered, notice.receipt = FAILED, 2, receipt
        session.flush()
        cases.refresh(session, notice.id)
    assert (row(context.engine, ActionKind.CASE).state, row(context.engine, ActionKind.CASE).unanswered) == (
        PENDING,
        unanswered,
    )


def test_a_process_that_died_twice_during_a_post_has_made_it_often_enough(
    context: Context, telegram: LateTelegram, verdict: int
) -> None:
    for _ in range(2):
        with transaction(context.engine) as session:
            (task,) = queue.claim(session, None, 10, 30)
            leases.begin(session, task, 30)
        given.passed(context.engine, "actions", "lease_until")
    perform(context)
    assert telegram.called("sendMessage") == []
    assert (row(context.engine, NOTIFY).state, row(context.engine, NOTIFY).error) == (FAILED, Reason.UNANSWERED)
