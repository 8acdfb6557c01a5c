"""Notes and claims in a real browser: written without a mouse, kept while a card changes, and never taken for keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from storage.models import Correction
from tests.conftest import count
from tests.review.browser import Served, different, flag, launched
from tests.storage import given

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as opened:
        yield opened


@pytest.fixture
def site(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Served]:
    served = Served(sqlite_engine, tmp_path)
    yield served
    served.stop()


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    flag(site.engine, *different(2))
    context = browser.new_context()
    page = site.log_in(context)
    page.goto(page.url)
    yield page
    context.close()


def test_a_note_is_written_by_keys_and_stored_with_the_decision(site: Served, page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.type("shsh\nus")
    page.keyboard.press("Escape")
    assert count(site.engine, "corrections") == 0
    page.keyboard.press("s")
    expect(page.locator("#queue > li .noted")).to_have_text("shsh\nus")
    assert given.values(site.engine, Correction.note) == ["shsh\nus"]


def test_what_somebody_writes_outlasts_anothers_decision(site: Served, page: Page) -> None:
    page.keyboard.press("n")
    page.keyboard.type("half a no")
    given.corrected(site.engine, 2, "telegram:1", False)
    expect(page.locator("#verdict-2 .decided")).to_have_count(1)
    page.keyboard.type("te")
    expect(page.locator('#verdict-2 textarea[name="note"]')).to_have_value("half a note")
    assert count(site.engine, "corrections") == 1


def test_who_looks_at_a_card_is_shown_to_others_without_a_reload(browser: Browser, site: Served, page: Page) -> None:
    other = site.log_in(browser.new_context(), "bob", 14, 1)
    with other.expect_response("**/review/events*"):
        other.goto(other.url)
    page.keyboard.press("w")
    expect(other.locator("#verdict-2 .claim")).to_contain_text("ann is looking at this")
    expect(page.locator("#verdict-2 .details")).to_be_visible()
    expect(page.locator("#verdict-2 .claim")).to_have_text("")
    other.context.close()
