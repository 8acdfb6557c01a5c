"""`python -m bot`: build the application, choose polling or webhook, run."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import structlog
from telegram.error import InvalidToken
from telegram.ext import ApplicationBuilder, ContextTypes

from bot import asked_updates, handlers, logins, menus
from bot.context import App, Context
from bot.database import Database
from bot.rate_limit import SharedRateLimiter
from bot.rights import Administrators
from bot.settings import BotSettings
from bot.updates import DurableQueue, StoringBot
from bot.watch import WatchedRequest, beat_on, end_after_silence
from bot.webhook_secret import WebhookSecret
from jobs import logs, monitoring, proxies
from jobs.entry_point import refuse, refusing
from jobs.heartbeat import Heartbeat
from jobs.proxies import UnusableProxy
from jobs.settings import JobsSettings
from storage import statements
from storage.session import open_engine
from storage.settings import StorageSettings
from telegram_ui.requests import CountedRequest

REPLAY_SECONDS = 60.0
REPLAY_SOON_SECONDS = 5.0  # after the database was away

log = structlog.get_logger()


def build(settings: BotSettings, storage: StorageSettings, jobs: JobsSettings) -> App:
    """The application with its durable queue and handlers; nothing is started."""
    database = Database(open_engine(storage.address), settings.bot_id)
    queue = DurableQueue(database)
    api = settings.telegram_api_url.rstrip("/")
    proxy = proxies.options(api)
    polling = WatchedRequest(Heartbeat("bot", jobs), connection_pool_size=4, httpx_kwargs=proxy)
    bot = StoringBot(
        queue,
        token=settings.telegram_token.get_secret_value(),
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=CountedRequest(connection_pool_size=64, httpx_kwargs=proxy),
        get_updates_request=polling,
        rate_limiter=SharedRateLimiter(database),
    )
    builder = ApplicationBuilder().bot(bot).context_types(ContextTypes(context=Context))
    application = builder.update_queue(queue).post_init(prepare).build()
    application.bot_data.update(
        database=database,
        queue=queue,
        polling=polling,
        polls=settings.telegram_webhook_url is None,
        administrators=Administrators(),
        common_chat_id=settings.moderators_chat_id,
        site=settings.site,
        has_files=storage.has_files,
        help_answered_at={},
        explanations=set(),
        asked_updates=list(asked_updates.ALWAYS),
    )
    handlers.add_to(application)
    return application


async def prepare(application: App) -> None:
    """Start to replay what an earlier process left, and to watch over this one."""
    loop = asyncio.get_running_loop()
    database: Database = application.bot_data["database"]
    await asked_updates.refresh(database, application.bot_data["asked_updates"])
    application.bot_data["tasks"] = [loop.create_task(replay(application))]
    polling = application.bot_data["polling"]
    watch = end_after_silence(polling) if application.bot_data["polls"] else beat_on(polling)
    application.bot_data["tasks"] += [
        loop.create_task(watch),
        loop.create_task(logins.watch(application.bot, database)),
        loop.create_task(menus.set_all(application.bot)),
        loop.create_task(asked_updates.watch(database, application.bot_data["asked_updates"])),
    ]
    if not application.bot.can_read_all_group_messages:
        log.warning("privacy mode is on: the bot sees commands only; turn it off at @BotFather with /setprivacy")


async def replay(application: App) -> None:
    """Queue the stored updates that no handler has settled: an earlier process left them, or they failed.

    Every REPLAY_SECONDS, sooner where they failed because the database was away, and at once where more wait than the
    queue holds.
    """
    queue: DurableQueue = application.bot_data["queue"]
    while True:
        try:
            if count := await queue.replay(application.bot):
                log.info("stored updates were queued again", updates=count)
        except Exception as error:  # the database may be away; the next round tries again
            log.warning("stored updates could not be read", reason=str(error))
            queue.ask_for_replay()
        await queue.replay_due(REPLAY_SOON_SECONDS, REPLAY_SECONDS)


def main() -> None:
    """Read the settings, refuse what cannot work, and serve."""
    with refusing():
        jobs = JobsSettings()
        logs.configure("bot", jobs)
        settings, storage = BotSettings(), StorageSettings()
    monitoring.start("bot", jobs, watch_statements=statements.watch)
    try:
        serve(build(settings, storage, jobs), settings)
    except UnusableProxy as error:
        refuse(str(error))
    except InvalidToken:
        refuse("HAMLET_TELEGRAM_TOKEN is not accepted by Telegram; ask @BotFather for a new one")


def serve(application: App, settings: BotSettings) -> None:
    """Listen until told to stop; if Telegram is away at the start, wait until it is back.

    A webhook's updates are chosen once, when it is set, so reactions are asked for there if a chat wants them then.
    """
    asked = application.bot_data["asked_updates"]
    if settings.telegram_webhook_url is None:
        application.run_polling(allowed_updates=asked, bootstrap_retries=-1)
        return
    secret = settings.telegram_webhook_secret
    application.run_webhook(
        listen=settings.telegram_webhook_listen,
        port=settings.telegram_webhook_port,
        secret_token=WebhookSecret(secret.get_secret_value()) if secret else None,
        webhook_url=settings.telegram_webhook_url,
        url_path=urlsplit(settings.telegram_webhook_url).path.lstrip("/"),
        allowed_updates=asked,
        bootstrap_retries=-1,
    )


if __name__ == "__main__":
    main()
