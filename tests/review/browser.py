"""A real browser at a real site: Chromium, found on this machine, and the site's own process in a thread."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import Engine

from review.app import create_app
from review.settings import ReviewSettings
from storage.access import logins
from storage.learning import versions
from storage.models import Correction, CorrectionState
from storage.session import reading, transaction
from storage.settings import StorageSettings
from tests.processes import eventually, free_port
from tests.storage import given

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WHY_NOT = "no Chromium on this machine: `apt-get install chromium`"


def needed() -> None:
    """Skip where there is no browser; fail where there must be one."""
    if CHROMIUM is None and os.environ.get("CI") == "true":
        pytest.fail(WHY_NOT)
    if CHROMIUM is None:
        pytest.skip(WHY_NOT)


@contextmanager
def launched() -> Iterator[Browser]:
    needed()
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


class Served:
    """The site at an address of its own, on a database."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine, port = engine, free_port()
        self.url = f"http://127.0.0.1:{port}"
        address = engine.url.render_as_string(hide_password=False)
        app = create_app(StorageSettings(database_url=address, home=home), ReviewSettings(port=port))
        self._server = uvicorn.Server(
            uvicorn.Config(app, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=3)
        )
        app.state.is_stopping = lambda: self._server.should_exit
        self._engine = app.state.engine
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        eventually("the site listens", lambda: self._server.started, 20)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._engine.dispose()
        assert not self._thread.is_alive(), "the site did not stop"

    def log_in(self, context: BrowserContext, name: str = "ann", user_id: int | None = None, *chats: int) -> Page:
        """A page of somebody who came in through a link."""
        with transaction(self.engine) as session:
            if user_id is None:
                token = logins.new_link(session, name)
            else:
                token = logins.new_moderators_link(session, name, user_id, chats)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(f"{self.url}/login?token={token}")
        page.locator("main button").click()  # whatever its language
        page.wait_for_url("**/review**")
        return page


def flag(engine: Engine, *texts: str, first: int = 1, name: str = "Ann") -> list[int]:
    with reading(engine) as session:
        champion = versions.champion(session)
    model = champion or given.version(engine)
    return [
        given.verdict(engine, model, given.incoming(text, first + i, author_name=name)) for i, text in enumerate(texts)
    ]


def different(n: int) -> list[str]:
    """Texts that do not repeat each other."""
    return [f"{chr(97 + i) * 12} {chr(107 + i) * 9} for sale" for i in range(n)]


def states(engine: Engine) -> list[CorrectionState]:
    return given.values(engine, Correction.state)
