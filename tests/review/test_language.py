"""In which language the site answers, and that it does so everywhere."""

from __future__ import annotations

import re

import pytest

from tests.review.site import Site, flag
from tests.review.versions import add
from tests.storage import given

RUSSIAN = {"accept-language": "ru"}
PAGES = (
    "/review",
    "/review?show=audit",
    "/review?show=held",
    "/review?show=failed",
    "/review?show=all&q=nothing&week=2026-01-05&days=7",
    "/review/all",
    "/review/1",
    "/review/1/details",
    "/quality?days=30",
    "/quality/moderators",
    "/models",
    "/models/v2",
    "/models/v2/against?other=v3",
    "/models/v2/promote",
    "/models/rollback",
    "/chats",
    "/chats/1",
    "/chats/1/rules",
    "/chats/1/members",
    "/chats/1/rescan",
    "/audit",
    "/chat",
    "/check",
    "/webhooks",
)


@pytest.fixture
def russian(site: Site) -> Site:
    """A moderator who has pressed RU."""
    site.get("/language/ru")
    return site


def language(page: str) -> str:
    return page.partition('<html lang="')[2][:2]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("en;q=0.3, ru;q=0.7", "ru"),
        ("de,ru;q=0.5", "ru"),
        ("de", "en"),
        ("*", "en"),
        ("ru;q=0", "en"),
        ("ru;q=many", "en"),
        (",;,;q=1", "en"),
        ("", "en"),
    ],
)
def test_without_a_choice_the_browser_says_which_language(stranger: Site, header: str, expected: str) -> None:
    assert language(stranger.client.get("/login", headers={"accept-language": header}).text) == expected


def test_a_choice_is_remembered_and_counts_more_than_the_browser(stranger: Site) -> None:
    answer = stranger.get("/language/ru?back=/login%3Ftoken%3Da")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?token=a")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert language(stranger.client.get("/login", headers={"accept-language": "en"}).text) == "ru"
    stranger.get("/language/en")
    assert language(stranger.client.get("/login", headers=RUSSIAN).text) == "en"


@pytest.mark.parametrize("chosen", ["tlh", "..%2F..%2Fetc", "RU", "%00"])
def test_a_language_that_there_is_not_changes_nothing(stranger: Site, chosen: str) -> None:
    answer = stranger.get(f"/language/{chosen}?back=/login")
    assert answer.status_code in (303, 404)
    assert "set-cookie" not in answer.headers
    stranger.client.cookies.set("hamlet_language", "tlh")
    assert language(stranger.get("/login").text) == "en"


ELSEWHERE = ["//evil", "https://evil", "evil", "", "javascript:alert(1)"]
BENT = [
    "/\\evil",
    "\\\\evil",
    "/a\\..\\evil",
    "/\t/evil",
    "/\n/evil",
    "/\r\n/evil",
    "\t//evil",
    "/\x7f/evil",
    "/\x00/evil",
]


@pytest.mark.parametrize("back", [*ELSEWHERE, *BENT])
def test_the_switch_leads_nowhere_else(stranger: Site, back: str) -> None:
    assert stranger.client.get("/language/ru", params={"back": back}).headers["location"] == "/"


@pytest.mark.parametrize("path", ["/review?show=all&q=a%26b", "/quality?days=30", "/chats"])
def test_the_switch_leads_back_to_the_page(site: Site, path: str) -> None:
    switch = re.search(r'<a href="(/language/ru[^"]*)"', site.get(path).text)
    assert switch is not None
    assert site.get(switch[1].replace("&amp;", "&")).headers["location"] == path


def test_after_a_form_the_switch_leads_to_the_first_page(site: Site) -> None:
    assert 'href="/language/ru?back=/"' in site.post("/chats/77/pause").text


def test_the_switch_shows_which_language_it_is(russian: Site) -> None:
    page = russian.get("/review").text
    assert 'lang="ru" hreflang="ru" title="Русский" aria-current="true">RU</a>' in page
    assert 'lang="en" hreflang="en" title="English">EN</a>' in page


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_in_russian(russian: Site, path: str) -> None:
    flag(russian, "buy this")
    for name in ("v2", "v3"):  # v1 has no files
        add(russian, name, promoted=True)
    answer = russian.get(path)
    assert answer.status_code == 200
    assert language(answer.text) in ("ru", "")  # a part of a page has no <html>
    assert any("а" <= letter <= "я" for letter in answer.text)


def test_a_card_is_in_russian_with_its_counts_and_numbers(russian: Site) -> None:
    flag(russian, "buy this")
    page = russian.get("/review").text
    assert '<button class="spam" name="is_spam" value="true">Спам</button>' in page
    assert '<span class="score">0,9' in page
    assert "01.01.2025 12:00 UTC" in page
    assert "Решить" in page


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/nowhere", 404, "Такой страницы нет."),
        ("/review/77", 404, "Вердикта 77 нет."),
        ("/chats/77", 404, "Такого чата нет."),
        ("/review/x", 422, "Запрос не понят: не указано или неверно поле verdict_id."),
    ],
)
def test_an_error_page_is_in_russian(russian: Site, path: str, status: int, sentence: str) -> None:
    answer = russian.get(path)
    assert answer.status_code == status
    assert sentence in answer.text


def test_what_the_guards_and_forms_refuse_is_refused_in_russian(russian: Site) -> None:
    assert "Слишком много текста" in russian.raw("/chat", b"a" * 1_000_001).text
    assert "Форма устарела" in russian.post("/chats/1", csrf_token="forged").text
    assert "Здесь такой запрос не принимается" in russian.client.delete("/review").text
    flag(russian, "buy")
    assert "В памятке не больше" not in russian.get("/chats/1").text
    long = russian.post("/chats/1/guidelines", guidelines="a" * 2_001).text
    assert "не больше 2\N{NO-BREAK SPACE}000 знаков, а здесь 2\N{NO-BREAK SPACE}001" in long
    wrong = russian.post("/chats/1/rules", kind="regex", effect="flag", pattern="(a").text
    assert "регулярное выражение «(a» неверно" in wrong


def test_a_chats_settings_are_in_russian_as_the_bot_says_them(russian: Site) -> None:
    flag(russian, "buy")
    page = russian.get("/chats/1").text
    assert "Блокировки и ограничения длятся" in page
    assert "<strong>действует сам</strong>" in page


def test_scripts_find_their_sentences_on_the_page(russian: Site) -> None:
    assert 'data-fresh="Пришло новое сообщение."' in russian.get("/review").text
    assert 'data-counted="выбрано: {n}"' in russian.get("/review").text
    assert "data-too-large" in russian.get("/chat").text


def test_what_people_wrote_stays_escaped_inside_a_translated_sentence(russian: Site) -> None:
    model = given.version(russian.engine)
    evil = given.incoming("buy", 1, author_name="<b>%(n)s {x}", chat_title="<i>%s")
    given.verdict(russian.engine, model, evil)
    page = russian.get("/review").text
    assert "<strong>&lt;b&gt;%(n)s {x}</strong>, чат «&lt;i&gt;%s»" in page


def test_the_api_answers_in_english(stranger: Site) -> None:
    answer = stranger.client.get("/api/v1/messages/1", headers=RUSSIAN)
    assert answer.json()["title"] == "Unauthorized"
    assert answer.json()["detail"].startswith("The header")
