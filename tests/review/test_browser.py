"""The site in a real browser: keys and no mouse, two moderators on one message, phones, attacks, accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from storage.learning import runs, versions
from storage.learning.versions import NewVersion
from storage.models import Correction, CorrectionState, VersionState
from storage.session import reading, transaction
from tests.conftest import count
from tests.review.browser import Served, different, flag, launched, states
from tests.storage import given

pytestmark = pytest.mark.processes

EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
MAIN = ("/review", "/review/1", "/quality", "/quality/moderators", "/models", "/models/v1", "/audit", "/chat", "/check")
PAGES = (*MAIN, "/chats", "/chats/1", "/chats/1/members/7", "/review/all", "/review?show=confirmed&days=30")
PHONE = {"width": 390, "height": 844}


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
    context = browser.new_context()
    yield site.log_in(context)
    context.close()


def test_a_link_logs_in_and_nothing_is_seen_without(browser: Browser, site: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/review")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page = site.log_in(context)
    expect(page.get_by_role("heading", name="Review")).to_be_visible()
    page.get_by_role("button", name="everywhere").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    context.close()


def test_ten_messages_are_decided_by_ten_keys(site: Served, page: Page) -> None:
    flag(site.engine, *different(10))
    page.goto(page.url)
    for key in "shshshoshs":
        page.keyboard.press(key)
    expect(page.locator("#queue > li .decided")).to_have_count(10)
    with reading(site.engine) as session:
        rows = list(session.scalars(select(Correction).order_by(Correction.verdict_id.desc())))
    assert [c.is_spam for c in rows if c.state == CorrectionState.ACCEPTED] == [True, False] * 3 + [True, False, True]
    assert rows[6].state == CorrectionState.SET_ASIDE


def test_a_decision_is_taken_back_by_a_key(site: Served, page: Page) -> None:
    flag(site.engine, *different(2))
    page.goto(page.url)
    page.keyboard.press("s")
    expect(page.locator("#queue > li .decided")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator("#queue > li .decided")).to_have_count(0)
    assert states(site.engine) == [CorrectionState.WITHDRAWN]


def test_a_message_is_skipped_and_help_is_one_key_away(site: Served, page: Page) -> None:
    older, _ = flag(site.engine, *different(2))
    page.goto(page.url)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("s")
    expect(page.locator(f"#verdict-{older} .decided")).to_have_count(1)
    assert given.values(site.engine, Correction.verdict_id) == [older]


def test_ticked_messages_are_decided_at_once(site: Served, page: Page) -> None:
    flag(site.engine, *different(4))
    page.goto(page.url)
    for _ in range(3):
        page.keyboard.press("x")
        page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.locator("#queue > li")).to_have_count(1)
    assert count(site.engine, "corrections", "NOT is_spam") == 3


def test_near_duplicates_are_one_card_and_one_key(site: Served, page: Page) -> None:
    flag(site.engine, *(f"Win {i}00 dollars a day working from your home, write to me now" for i in range(5)))
    page.goto(page.url)
    expect(page.locator("#queue > li")).to_have_count(1)
    page.keyboard.press("s")
    expect(page.locator("#queue > li .decided").first).to_be_visible()
    assert count(site.engine, "corrections", "is_spam") == 5


def test_two_moderators_see_each_other_and_disagreeing_is_a_dispute(browser: Browser, site: Served) -> None:
    [verdict] = flag(site.engine, "buy now")
    ann, bob = site.log_in(browser.new_context(), "ann"), site.log_in(browser.new_context(), "bob")
    ann.keyboard.press("s")
    expect(bob.locator(f"#verdict-{verdict} .decided")).to_contain_text("says ann")
    bob.locator(f"#verdict-{verdict}").get_by_role("button", name="Not spam").click()
    expect(ann.locator(f"#verdict-{verdict}")).to_contain_text("disputed")
    bob.locator(f"#verdict-{verdict}").get_by_role("button", name="Spam", exact=True).click()
    expect(ann.locator(f"#verdict-{verdict} .decided")).to_have_count(2)
    expect(ann.locator(f"#verdict-{verdict}")).not_to_contain_text("disputed")
    assert states(site.engine).count(CorrectionState.ACCEPTED) == 2
    for page in (ann, bob):
        page.context.close()


def test_what_comes_in_appears_without_a_reload(site: Served, page: Page) -> None:
    expect(page.get_by_text("Nothing to decide")).to_be_visible()
    flag(site.engine, "buy now, quickly")
    expect(page.get_by_text("buy now, quickly")).to_be_visible()
    expect(page.get_by_text("Nothing to decide")).to_have_count(0)


def test_a_retrain_is_watched_to_its_promotion(site: Served, page: Page) -> None:
    given.version(site.engine)
    page.goto(f"{site.url}/models")
    page.get_by_role("button", name="Retrain now").click()
    expect(page.get_by_text("Waiting")).to_be_visible()
    with transaction(site.engine) as session:
        run_id = runs.begin(session, "x").id
        runs.advance(session, run_id, "Fine-tuning", 3, 9)
    expect(page.get_by_text("3 of 9")).to_be_visible()
    with transaction(site.engine) as session:
        made = versions.register(session, NewVersion("v2", 0.5, 0.9, "1" * 64, {}, parent="v1"))
        versions.record_gate_decision(session, made.id, {"passes": True}, VersionState.CHALLENGER)
        versions.promote(session, "v2", "the gate")
        runs.end(session, run_id, made.id)
    expect(page.get_by_role("heading", name="v2 serves")).to_be_visible()


def test_texts_and_names_are_shown_and_never_carried_out(site: Served, page: Page) -> None:
    [verdict] = flag(site.engine, EVIL, name=EVIL)
    given.corrected(site.engine, verdict, EVIL, True)
    for path in (*PAGES, "/review?show=all"):
        page.goto(f"{site.url}{path}")
        assert page.evaluate("window.hacked") is None, path
    expect(page.get_by_text(EVIL).first).to_be_visible()


def test_a_moderator_sees_their_chats_alone(browser: Browser, site: Served) -> None:
    model = given.version(site.engine)
    for chat, text in ((-1, "of the gardeners"), (-2, "of the cooks")):
        given.verdict(site.engine, model, given.incoming(text, 1, chat_external_id=chat, chat_title=text))
    bob = site.log_in(browser.new_context(), "bob", 14, 1)
    expect(bob.locator("#queue .said")).to_have_text(["of the gardeners"])
    for path in PAGES:
        bob.goto(f"{site.url}{path}")
        expect(bob.locator("body")).not_to_contain_text("of the cooks")
    for path in ("/review/2", "/chats/2"):
        answer = bob.goto(f"{site.url}{path}")
        assert answer is not None
        assert answer.status == 404
    bob.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_serious_is_found_by_axe_and_nothing_sticks_out_on_a_phone(
    browser: Browser, site: Served, path: str
) -> None:
    [verdict, *_] = flag(site.engine, "Fr\u0435e b\u200bitcoin for you", *different(2))
    given.corrected(site.engine, verdict, "telegram:1", True)
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport=PHONE, color_scheme=scheme)
        page = site.log_in(context)
        page.goto(f"{site.url}{path}")
        violations = Axe().run(page).response["violations"]
        serious = [(one["id"], [n["html"][:120] for n in one["nodes"]]) for one in violations if one["impact"] in BAD]
        assert serious == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "wider than the phone"
        context.close()


BAD = ("serious", "critical")
