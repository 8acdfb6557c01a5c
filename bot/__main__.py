"""`python -m bot`: build the application, choose polling or webhook, run."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import structlog
from telegram import Update
from telegram.error import InvalidToken
from telegram.ext import Application, ApplicationBuilder
from telegram.request import HTTPXRequest

from bot import handlers, logins
from bot.memory import DurableQueue, Memory
from bot.patience import SharedPatience
from bot.rights import Administrators
from bot.settings import BotSettings
from bot.watch import HeardRequest, beat_on, end_when_deaf
from jobs import logs, proxies
from jobs.door import refuse, refusing
from jobs.heartbeat import Heartbeat
from jobs.proxies import UnusableProxy
from jobs.settings import JobsSettings
from storage.session import open_engine
from storage.settings import StorageSettings

REPLAY_SECONDS = 60.0
UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER, Update.CHAT_MEMBER]

log = structlog.get_logger()
App = Application[Any, Any, Any, Any, Any, Any]


def build(settings: BotSettings, storage: StorageSettings, jobs: JobsSettings) -> App:
    """The application on its durable queue, with handlers, nothing started."""
    memory = Memory(open_engine(storage.address), settings.bot_id)
    queue = DurableQueue(memory)
    api = settings.telegram_api_url.rstrip("/")
    through = proxies.options(api)
    heard = HeardRequest(Heartbeat("bot", jobs), connection_pool_size=4, httpx_kwargs=through)
    application = (
        ApplicationBuilder()
        .token(settings.telegram_token.get_secret_value())
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .request(HTTPXRequest(connection_pool_size=64, httpx_kwargs=through))
        .get_updates_request(heard)
        .rate_limiter(SharedPatience(memory))
        .update_queue(queue)
        .post_init(prepare)
        .build()
    )
    application.bot_data.update(
        memory=memory, queue=queue, heard=heard, polls=settings.telegram_webhook_url is None,
        administrators=Administrators(), site=settings.site, has_files=storage.has_files,
        common_chat=settings.moderators_chat_id,
    )  # fmt: skip
    handlers.add_to(application)
    return application


async def prepare(application: App) -> None:
    """Take up what an earlier process left, and watch over this one."""
    loop = asyncio.get_running_loop()
    application.bot_data["tasks"] = [loop.create_task(replay(application))]
    heard = application.bot_data["heard"]
    watch = end_when_deaf(heard) if application.bot_data["polls"] else beat_on(heard)
    memory: Memory = application.bot_data["memory"]
    application.bot_data["tasks"] += [loop.create_task(watch), loop.create_task(logins.watch(application.bot, memory))]
    if not application.bot.can_read_all_group_messages:
        log.warning("privacy mode is on: the bot sees commands only; turn it off at @BotFather with /setprivacy")


async def replay(application: App) -> None:
    """Queue stored updates that no handler has settled: at the start, and again for those that failed."""
    queue: DurableQueue = application.bot_data["queue"]
    while True:
        try:
            if queue.empty() and (count := await queue.replay(application.bot)):
                log.info("replaying stored updates", updates=count)
        except Exception as error:  # the database may be away; the next round tries again
            log.warning("stored updates could not be read", reason=str(error))
        await asyncio.sleep(REPLAY_SECONDS)


def main() -> None:
    with refusing():
        jobs = JobsSettings()
        logs.configure("bot", jobs)
        settings, storage = BotSettings(), StorageSettings()
    try:
        serve(build(settings, storage, jobs), settings)
    except UnusableProxy as error:
        refuse(str(error))
    except InvalidToken:
        refuse("HAMLET_TELEGRAM_TOKEN is not accepted by Telegram; ask @BotFather for a new one")


def serve(application: App, settings: BotSettings) -> None:
    """Listen until told to stop; Telegram being away at the start is waited out."""
    if settings.telegram_webhook_url is None:
        application.run_polling(allowed_updates=UPDATES, bootstrap_retries=-1)
        return
    secret = settings.telegram_webhook_secret
    application.run_webhook(
        listen=settings.telegram_webhook_listen,
        port=settings.telegram_webhook_port,
        secret_token=secret.get_secret_value() if secret else None,
        webhook_url=settings.telegram_webhook_url,
        url_path=urlsplit(settings.telegram_webhook_url).path.lstrip("/"),
        allowed_updates=UPDATES,
        bootstrap_retries=-1,
    )


if __name__ == "__main__":
    main()
