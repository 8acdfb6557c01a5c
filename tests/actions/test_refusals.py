"""What Telegram refuses is asked again later or fails for good, and stops nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update
from telegram import Bot

from actions.carrying_out import BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS
from actions.context import Context
from storage.models import Action
from storage.session import transaction
from tests.actions.performing import AMEND, BAN, DELETE, DONE, FAILED, NOTIFY, PENDING, perform, row, waits_seconds
from tests.storage import given
from tests.telegram_server import TOKEN, Refused, TelegramServer


def test_a_flood_is_waited_out_as_long_as_telegram_asks(
    context: Context, telegram: TelegramServer, verdict: int
) -> None:
    telegram.fail_next("sendMessage", Refused(429, "Too Many Requests: retry after 37", retry_after=37))
    perform(context)
    stored = row(context.engine)
    assert (stored.state, stored.error) == (PENDING, "Telegram asks to wait")
    assert 30 < waits_seconds(stored) <= 37
    assert perform(context) == []


@pytest.mark.parametrize(
    ("code", "reason"), [(400, "Bad Request: chat not found"), (403, "Forbidden: bot was kicked from the group")]
)
def test_what_telegram_forbids_fails_for_good(
    context: Context, telegram: TelegramServer, verdict: int, code: int, reason: str
) -> None:
    telegram.fail_next("sendMessage", Refused(code, reason))
    perform(context)
    stored = row(context.engine)
    assert stored.state == FAILED
    assert reason.partition(": ")[2] in str(stored.error).lower()
    assert perform(context) == []


@pytest.mark.parametrize(("code", "reason"), [(500, "Internal Server Error"), (502, "Bad Gateway")])
def test_a_telegram_out_of_order_is_asked_again(
    context: Context, telegram: TelegramServer, verdict: int, code: int, reason: str
) -> None:
    telegram.fail_next("sendMessage", Refused(code, reason))
    perform(context)
    stored = row(context.engine)
    assert stored.state == PENDING
    assert 0 < waits_seconds(stored) <= BACK_OFF_SECONDS
    given.passed(context.engine, "actions", "not_before")
    perform(context)
    assert row(context.engine).state == DONE


def test_the_pause_doubles_with_every_attempt_up_to_a_quarter_of_an_hour(
    context: Context, telegram: TelegramServer, verdict: int
) -> None:
    with transaction(context.engine) as session:
        session.execute(update(Action).values(attempts=2))
    for longest in (20, LONGEST_BACK_OFF_SECONDS):
        telegram.fail_next("sendMessage", Refused(500, "Internal Server Error"))
        given.passed(context.engine, "actions", "not_before")
        perform(context)
        assert longest - 2 < waits_seconds(row(context.engine)) <= longest
        with transaction(context.engine) as session:
            session.execute(update(Action).values(attempts=100))


def test_a_telegram_that_is_away_is_asked_again(context: Context, verdict: int) -> None:
    bot = Bot(TOKEN, base_url="http://127.0.0.1:1/bot")
    perform(replace(context, bot=bot))
    context.runner.run(bot.request.shutdown())
    assert row(context.engine).state == PENDING


def test_one_refusal_does_not_stop_the_others(context: Context, telegram: TelegramServer, verdict: int) -> None:
    given.corrected(context.engine, verdict, "telegram:1", True)
    telegram.fail_next("sendMessage", Refused(400, "Bad Request: chat not found"))
    assert [task.kind for task in perform(context)] == [DELETE, BAN, NOTIFY, AMEND]
    assert (row(context.engine, DELETE).state, row(context.engine, AMEND).state) == (DONE, DONE)
