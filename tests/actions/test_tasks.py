"""The actions process: calls to Telegram over real HTTP, and what is stored of each outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from structlog.testing import capture_logs
from telegram import Bot

import actions.tasks
from actions.settings import ActionsSettings
from actions.tasks import BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS, Context, carry_out
from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings
from storage.models import Action, ActionKind, ActionState, Chat, now
from storage.moderation.requested_actions import announcements, queue, requests
from storage.moderation.requested_actions.calls import VerdictAction
from storage.session import reading, transaction
from tests.jobs import scripts
from tests.storage import given
from tests.telegram_server import TOKEN, Refused, TelegramServer, user

GROUP, MODERATORS, OWN_MODERATORS = -100123, -100777, -100888
NOTIFY, AMEND, DELETE, BAN = ActionKind.NOTIFY, ActionKind.AMEND, ActionKind.DELETE, ActionKind.BAN
PENDING, DONE, FAILED = ActionState.PENDING, ActionState.DONE, ActionState.FAILED
GONE = Refused(400, "Bad Request: message to delete not found")


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[TelegramServer]:
    """Started once: to stop it takes half a second."""
    with TelegramServer() as server:
        for chat_id in (GROUP, MODERATORS, OWN_MODERATORS):
            server.add_group(chat_id, "a group")
        yield server


@pytest.fixture
def telegram(one_telegram: TelegramServer) -> TelegramServer:
    one_telegram.messages.clear()
    one_telegram.calls.clear()
    return one_telegram


@pytest.fixture(scope="module")
def connection(one_telegram: TelegramServer) -> Iterator[tuple[asyncio.Runner, Bot]]:
    """The bot and its event loop, made once as in the process."""
    bot = Bot(TOKEN, base_url=f"{one_telegram.url}/bot")
    with asyncio.Runner() as runner:
        yield runner, bot
        runner.run(bot.request.shutdown())


@pytest.fixture
def context(engine: Engine, connection: tuple[asyncio.Runner, Bot], monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # without it python-telegram-bot warns at every flood
    return Context(engine, ActionsSettings(), Heartbeat("actions", JobsSettings()), *connection)


@pytest.fixture
def verdict(engine: Engine, telegram: TelegramServer) -> int:
    """A flagged message whose notice waits."""
    message_id = telegram.say(GROUP, user(7, "Ann"), "buy now")
    return given.verdict(engine, given.version(engine), given.incoming("buy now", message_id))


def perform(context: Context) -> list[VerdictAction]:
    """What the process does at each bell."""
    done: list[VerdictAction] = []
    for _ in ("moderation", "notices"):
        with transaction(context.engine) as session:
            tasks = queue.claim(session, None, 10, 30)
        for task in tasks:
            assert context.bot is not None
            carry_out(context, context.bot, task)
        done += tasks
    return done


def row(engine: Engine, kind: ActionKind = NOTIFY) -> Action:
    with reading(engine) as session:
        return session.scalars(select(Action).where(Action.kind == kind)).one()


def waits_seconds(action: Action) -> float:
    return (action.not_before - now()) / timedelta(seconds=1)


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


# Refusals


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


def test_a_notice_shows_no_preview_of_what_it_warns_of(
    context: Context, telegram: TelegramServer, verdict: int
) -> None:
    perform(context)
    [sent] = telegram.called("sendMessage")
    assert sent["link_preview_options"] == {"is_disabled": True}


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


# Deletions


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


# The process


@pytest.fixture
def process(
    engine: Engine, telegram: TelegramServer, context: Context, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """The process's own context, made from the environment at its first bell."""
    monkeypatch.setenv("HAMLET_DATABASE_URL", str(engine.url))
    monkeypatch.setenv("HAMLET_TELEGRAM_API_URL", f"{telegram.url}/")
    actions.tasks.context.cache_clear()
    yield monkeypatch
    here = actions.tasks.context()
    if here.bot is not None:
        here.runner.run(here.bot.request.shutdown())
    here.runner.close()
    here.engine.dispose()
    actions.tasks.context.cache_clear()


def test_without_a_token_actions_wait(process: pytest.MonkeyPatch, engine: Engine, verdict: int) -> None:
    actions.tasks.sweep_actions()
    assert (row(engine).state, row(engine).attempts) == (PENDING, 0)


def test_a_bell_has_its_verdicts_actions_done(
    process: pytest.MonkeyPatch, engine: Engine, telegram: TelegramServer, verdict: int
) -> None:
    process.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    actions.tasks.act(verdict + 1)
    assert row(engine).state == PENDING
    actions.tasks.act(verdict)
    assert row(engine).state == DONE
    assert len(telegram.sent_to(GROUP)) == 1


def test_the_sweep_does_what_no_bell_announced(process: pytest.MonkeyPatch, engine: Engine, verdict: int) -> None:
    process.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    actions.tasks.sweep_actions()
    assert row(engine).state == DONE


def test_every_bell_is_a_heartbeat(process: pytest.MonkeyPatch) -> None:
    actions.tasks.sweep_actions()
    age = actions.tasks.context().heartbeat.age_seconds()
    assert age is not None
    assert age < 5


def test_a_database_that_is_away_stops_nothing(process: pytest.MonkeyPatch) -> None:
    process.setenv("HAMLET_TELEGRAM_TOKEN", TOKEN)
    process.setenv("HAMLET_DATABASE_URL", "postgresql://u@127.0.0.1:1/x")
    with capture_logs() as logged:
        actions.tasks.sweep_actions()
    assert [line["event"] for line in logged] == ["database out of reach: actions wait"]


def test_neither_actions_nor_bot_nor_review_load_a_network(tmp_path: Path) -> None:
    script = "import sys, actions.tasks, bot.__main__, review.app; print({'torch', 'classifier'} & set(sys.modules))"
    assert scripts.run(script, tmp_path).stdout == "set()\n"


# Errands


@pytest.fixture
def announced(engine: Engine, telegram: TelegramServer) -> None:
    """A sentence that waits to be posted in the group of the first message."""
    given.received(engine, given.incoming())
    with transaction(engine) as session:
        assert announcements.announce(session, "v2 was taken back", None) == 1


@pytest.mark.usefixtures("announced")
def test_an_announcement_is_posted_once_without_buttons(context: Context, telegram: TelegramServer) -> None:
    for _ in range(2):
        perform(context)
    [posted] = telegram.sent_to(GROUP)
    assert (posted["text"], posted.get("reply_markup")) == ("v2 was taken back", None)
    assert row(context.engine, ActionKind.ANNOUNCE).state == DONE


@pytest.mark.usefixtures("announced")
def test_an_announcement_that_telegram_refuses_says_why(context: Context, telegram: TelegramServer) -> None:
    telegram.fail_next("sendMessage", Refused(403, "Forbidden: bot was kicked from the group chat"))
    perform(context)
    stored = row(context.engine, ActionKind.ANNOUNCE)
    assert (stored.state, "kicked" in (stored.error or "")) == (FAILED, True)
