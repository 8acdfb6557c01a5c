"""The actions process: makes the calls to Telegram that verdicts and corrections request. No classifier, no torch."""

from __future__ import annotations

import asyncio
import time
from functools import cache

import structlog
from telegram import Bot

from actions import carrying_out
from actions.context import Context
from actions.requests import PatientRequest
from actions.settings import ActionsSettings
from jobs import proxies
from jobs.app import app
from jobs.entry_point import refuse
from jobs.heartbeat import Heartbeat
from jobs.proxies import UnusableProxy
from jobs.settings import JobsSettings
from storage.errors import DatabaseUnreachable
from storage.moderation.requested_actions import leases, queue
from storage.moderation.requested_actions.calls import ABOUT_NOTICES
from storage.session import open_engine, transaction
from storage.settings import StorageSettings

BATCH = 10  # actions that are claimed at once

log = structlog.get_logger()


@cache
def context() -> Context:
    """Open the database and prepare the bot, once."""
    settings = ActionsSettings()
    bot = None
    if settings.telegram_token is not None:
        bot = _bot(settings.telegram_token.get_secret_value(), settings.telegram_api_url.rstrip("/"))
    engine = open_engine(StorageSettings().address)
    return Context(engine, settings, Heartbeat("actions", JobsSettings()), asyncio.Runner(), bot)


def _bot(token: str, api: str) -> Bot:
    try:
        proxy = proxies.options(api)
    except UnusableProxy as error:
        refuse(str(error))
    requests = [PatientRequest(connection_pool_size=size, httpx_kwargs=proxy) for size in (256, 1)]
    return Bot(token, base_url=f"{api}/bot", request=requests[0], get_updates_request=requests[1])


@app.task(name="worker.act")
def act(verdict_id: int) -> None:
    """Make the calls that this verdict requests."""
    perform(context(), verdict_id)


@app.task(name="worker.sweep_actions")
def sweep_actions() -> None:
    """Once a second: make the calls that wait, whatever requested them."""
    perform(context(), None)


def perform(here: Context, verdict_id: int | None) -> None:
    """Claim waiting actions (of one verdict, or of any), make each call, store what came of it. Without a bot, they wait.

    What the database could not take before is stored first.
    """
    here.heartbeat.beat()
    if here.bot is None:
        return
    try:
        carrying_out.settle(here)
        for _ in ("moderation", "notices"):
            with transaction(here.engine) as session:
                common_chat_id = carrying_out.present_id(session, here.settings.moderators_chat_id)
                claimed = queue.claim(session, verdict_id, BATCH, here.settings.lease_seconds, common_chat_id)
            for i, action in enumerate(claimed):
                here.heartbeat.beat()  # ten slow calls last longer than a health check waits
                began = time.monotonic()
                carrying_out.carry_out(here, here.bot, action)
                if action.kind in ABOUT_NOTICES and time.monotonic() - began > here.slow_seconds:
                    with transaction(here.engine) as session:  # moderation may wait by now, and comes first
                        leases.give_back(session, claimed[i + 1 :])
                    break
    except DatabaseUnreachable as error:
        log.warning("database out of reach: actions wait", reason=str(error))
