"""Calls beside Telegram, and reading pictures: in threads of their own, so that nothing slow holds up moderation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from threading import Thread

import structlog
from sqlalchemy import Engine

from actions import picture_process, pictures, second_opinions, spammer_lists, webhooks
from actions.picture_files import Files
from actions.settings import ActionsSettings, OutboundSettings
from actions.tasks import context
from jobs import proxies
from jobs.app import app
from storage.errors import DatabaseUnreachable
from storage.outbound import configured
from storage.session import reading, transaction

log = structlog.get_logger()


class Background:
    """Work that one thread does at a time; what it does is in the database, so it may end with the process."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin, unless the work begun before is still going on."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._run, daemon=True)
            self._thread.start()

    def join(self) -> None:
        """Wait until the work under way is done."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._work()
        except DatabaseUnreachable as error:
            log.warning("database out of reach: calls to other addresses and pictures wait", reason=str(error))


@cache
def backgrounds() -> tuple[Background, ...]:
    """The process's threads, one for each kind of call; the settings are read once."""
    settings, engine = OutboundSettings(), context().engine
    files = _files(ActionsSettings())
    works = (deliver, ask, look_up)
    return (
        *(Background(partial(work, engine, settings)) for work in works),
        Background(partial(read, engine, files)),
    )


def _files(settings: ActionsSettings) -> Files | None:
    """Where pictures are fetched; None without a bot or without the optional extra."""
    if settings.telegram_token is None or not picture_process.is_installed():
        return None
    api = settings.telegram_api_url.rstrip("/")
    return Files(api, settings.telegram_token.get_secret_value(), proxies.options(api))


def read(engine: Engine, files: Files | None) -> None:
    """Read the pictures that wait. Raises DatabaseUnreachable."""
    record(engine, configured.PICTURES, is_on=files is not None)
    if files is not None:
        pictures.read_waiting(engine, files.fetch)


def deliver(engine: Engine, settings: OutboundSettings) -> None:
    """Send the webhook what waits for it. Raises DatabaseUnreachable."""
    record(engine, configured.WEBHOOK, is_on=settings.webhook_url is not None)
    webhooks.deliver_waiting(engine, settings)


def ask(engine: Engine, settings: OutboundSettings) -> None:
    """Ask for the second opinions that wait. Raises DatabaseUnreachable."""
    record(engine, configured.SECOND_OPINION, is_on=settings.second_opinion_url is not None)
    second_opinions.ask_waiting(engine, settings)


def look_up(engine: Engine, settings: OutboundSettings) -> None:
    """Ask the list of spammers about the members who wait. Raises DatabaseUnreachable."""
    record(engine, configured.SPAMMER_LIST, is_on=settings.spammer_list_url is not None)
    spammer_lists.ask_waiting(engine, settings)


def record(engine: Engine, name: str, *, is_on: bool) -> None:
    """Let every process know what this one's settings say. Raises DatabaseUnreachable."""
    with reading(engine) as session:
        is_known = configured.is_on(session, name) == is_on
    if not is_known:
        with transaction(engine) as session:
            configured.record(session, name, on=is_on)


@app.task(name="worker.sweep_outbound")
def sweep_outbound() -> None:
    """Every two seconds, and whenever somebody wants a delivery now."""
    for background in backgrounds():
        background.start()


@app.task(name="worker.read_pictures")
def read_pictures() -> None:
    """A picture waits."""
    backgrounds()[-1].start()
