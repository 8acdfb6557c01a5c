"""A whole hamlet in one process around a fake Telegram: the bot hears, a judge of few words judges, actions act."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from sqlalchemy import Engine, select
from telegram import Bot, Update
from telegram.error import TelegramError

from actions.calls import CALLS
from actions.carrying_out import carry_out
from actions.context import Context
from actions.outcomes import NotDone
from actions.settings import ActionsSettings
from bot.__main__ import build
from bot.context import App
from bot.settings import BotSettings
from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings
from storage.models import Action, ActionKind, ActionState, Chat, Message, Mode
from storage.moderation import explanations, inbox
from storage.moderation.claiming import Claimed
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.requested_actions import calls, queue
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from tests.storage import given
from tests.telegram_server import TOKEN, TelegramServer

SPAM, DOUBTFUL = "buy", "maybe"  # the judge is sure of texts with the one, and unsure of those with the other
BREAKS = "break"  # and this one breaks it


class World:
    """Everything between a member's message and what the group looks like afterwards."""

    def __init__(self, telegram: TelegramServer, address: str) -> None:
        self.telegram = telegram
        self.engine: Engine = open_engine(address)
        self.model = given.version(self.engine)
        self._runner = asyncio.Runner()
        self.scores = {SPAM: 0.97, DOUBTFUL: 0.7}  # of texts with these words
        self._heard = 0
        self._address = address
        self.bot = self._started()
        outgoing = Bot(TOKEN, base_url=f"{telegram.url}/bot")
        self._context = Context(
            self.engine, ActionsSettings(), Heartbeat("actions", JobsSettings()), self._runner, outgoing
        )

    def _started(self) -> App:
        settings = BotSettings(telegram_token=TOKEN, telegram_api_url=self.telegram.url)
        bot = build(settings, StorageSettings(database_url=self._address), JobsSettings())
        self._runner.run(bot.initialize())
        return bot

    def restart(self) -> None:
        """The bot stores what was said and dies before it handles that; another takes it up, and Telegram says all of it again."""
        fresh = self._fresh()
        for payload in fresh:
            self._runner.run(self.bot.update_queue.put(Update.de_json(payload, self.bot.bot)))
        self._runner.run(self.bot.shutdown())
        self.bot = self._started()
        self._runner.run(self._replay(fresh))

    async def _replay(self, said_again: list[dict[str, Any]]) -> None:
        queue = self.bot.update_queue
        await self.bot.bot_data["queue"].replay(self.bot.bot)
        for payload in said_again:
            await queue.put(Update.de_json(payload, self.bot.bot))
        while not queue.empty():
            await self.bot.process_update(await queue.get())

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Have the bot's loop do it."""
        self._runner.run(work)

    def close(self) -> None:
        assert self._context.bot is not None
        self._runner.run(self._context.bot.request.shutdown())
        self._runner.run(self.bot.shutdown())
        self._runner.close()
        self.engine.dispose()

    def settle(self) -> None:
        """Until nothing waits: hear what was said, judge it, act."""
        for _ in range(10):
            if not (self.hear() | self.judge() | self.act()):
                return

    def _fresh(self) -> list[dict[str, Any]]:
        with self.telegram.world() as updates:
            fresh = updates[self._heard :]
            self._heard = len(updates)
        return fresh

    def hear(self) -> bool:
        fresh = self._fresh()
        for payload in fresh:
            self._runner.run(self._handle(payload))
        return bool(fresh)

    async def _handle(self, payload: dict[str, Any]) -> None:
        update = Update.de_json(payload, self.bot.bot)
        await self.bot.update_queue.put(update)
        await self.bot.process_update(update)

    def judge(self) -> bool:
        with transaction(self.engine) as session:
            holder, claimed = inbox.claim(session, 100, 30)
            judge = ScoringVersion(self.model.id, 0.5, 0.9)
            inbox.record(session, holder, judge, [self._judgement(c) for c in claimed])
        return bool(claimed)

    def _judgement(self, claimed: Claimed) -> Judgement:
        if BREAKS in claimed.text:
            return Judgement(claimed.id, claimed.edit, None, inbox.MessageState.FAILED, "it broke")
        if not claimed.text:
            return Judgement(claimed.id, claimed.edit, None, inbox.MessageState.NOTHING_TO_JUDGE)
        alone = None if claimed.words_alone is None else self._score(claimed.words_alone)
        return Judgement(claimed.id, claimed.edit, self._score(claimed.text), score_without_names=alone)

    def _score(self, text: str) -> float:
        return next((score for word, score in self.scores.items() if word in text), 0.02)

    def explain(self, **said: Any) -> None:
        """The worker's answer to every question that waits, and the time the bot takes to pass it on."""
        with transaction(self.engine) as session:
            for question in explanations.waiting(session, 10):
                explanations.answer(session, question.verdict_id, "v1", **said)
        self._runner.run(asyncio.sleep(0.5))

    def act(self) -> bool:
        """Make the calls that wait."""
        with transaction(self.engine) as session:
            tasks = queue.claim(session, None, 100, 30)
        for task in tasks:
            assert self._context.bot is not None
            carry_out(self._context, self._context.bot, task)
        return bool(tasks)

    def act_while(self, meanwhile: Callable[[], object]) -> None:
        """Make the calls that wait; `meanwhile` happens after they were made and before that is stored."""
        with transaction(self.engine) as session:
            tasks = queue.claim(session, None, 100, 30)
        made = [CALLS[task.kind](self._context.bot, task, task.chat_external_id) for task in tasks]
        receipts = [self._runner.run(call) for call in made]
        meanwhile()
        for task, receipt in zip(tasks, receipts, strict=True):
            with transaction(self.engine) as session:
                queue.done(session, task, receipt)

    def act_and_die(self) -> None:
        """The actions process makes the moderating calls that wait and dies before it stores what came of them."""
        with transaction(self.engine) as session:
            tasks = queue.claim(session, None, 100, 0)
        for task in tasks:
            if task.kind in calls.MODERATION and task.kind != ActionKind.WARN:
                with contextlib.suppress(NotDone, TelegramError):
                    self._runner.run(CALLS[task.kind](self._context.bot, task, task.chat_external_id))

    # What a test asks

    def mode(self, mode: Mode) -> None:
        given.mode(self.engine, mode)

    def chat(self, external_id: int) -> Chat:
        with reading(self.engine) as session:
            return session.scalars(select(Chat).filter_by(external_id=external_id)).one()

    def failed_actions(self) -> list[str | None]:
        with reading(self.engine) as session:
            return list(session.scalars(select(Action.error).where(Action.state == ActionState.FAILED)))

    def texts_stored(self) -> list[str]:
        return given.values(self.engine, Message.text)
