"""`python -m tests.review.moderation_pictures FOLDER`: scenes in groups as Telegram shows them, and pages of the site, in few colours.

They are the pictures of docs/moderation.md; `tests.review.screenshots` draws them with all others.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from storage.session import open_engine
from tests import fresh
from tests.review import moderation_pages
from tests.review.browser import Served, launched
from tests.review.more_scenes import OF_MODERATORS
from tests.review.scenes import OF_NEWCOMERS, Started
from tests.review.transcripts import Scene
from tests.telegram_server import TelegramServer

COLOURS = 96  # so that a picture stays small
CHAT, SITE = {"width": 560, "height": 100}, {"width": 1000, "height": 100}


def transcripts() -> dict[str, str]:
    """Each scene played, and the page that shows it. Not while a browser is open: both want this thread's event loop."""
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # the fakes stand here
    return {play.__name__.replace("_", "-"): _played(play) for play in (*OF_NEWCOMERS, *OF_MODERATORS)}


def _played(play: Started) -> str:
    with tempfile.TemporaryDirectory() as folder, TelegramServer() as telegram:

        def start(**choices: object) -> Scene:
            return Scene(telegram, Path(folder), **choices)

        scene = play(start)
        scene.world.close()
        return scene.page()


def draw(folder: Path, browser: Browser, pages: dict[str, str]) -> None:
    """Write one picture a scene, and one a page."""
    for name, source in pages.items():
        page = browser.new_context(viewport=CHAT).new_page()
        page.set_content(source)
        _store(page.screenshot(full_page=True), folder / f"chat-{name}.png")
        page.context.close()
    home = Path(tempfile.mkdtemp())
    engine = open_engine(fresh.sqlite(home / "site.sqlite3"))
    moderation_pages.fill(engine)
    site = Served(engine, home)
    page = site.log_in(browser.new_context(viewport=SITE, locale="en"))
    for name, (path, act) in moderation_pages.PAGES.items():
        page.goto(f"{site.url}{path}")
        if act is not None:
            act(page)
        _store(page.screenshot(full_page=True), folder / f"{name}.png")
    page.context.close()
    site.stop()
    engine.dispose()


def _store(screenshot: bytes, path: Path) -> None:
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["HAMLET_HOME"] = home
        pages = transcripts()
        with launched() as browser:
            draw(folder, browser, pages)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
