"""Logging in and out, and forms that are not from the session that sends them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.conftest import count
from tests.review.site import Site, flag, site_on
from tests.storage import given


@pytest.mark.parametrize("path", ["/chat", "/review", "/review?show=all", "/review?show=audit", "/chat/lines/1"])
def test_a_stranger_is_asked_to_log_in(stranger: Site, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "hamlet login" in answer.text


@pytest.mark.parametrize("path", ["/chat", "/review/1", "/logout"])
def test_a_strangers_form_is_not_taken(stranger: Site, path: str) -> None:
    assert stranger.post(path, text="hello", is_spam="true").status_code == 401
    assert count(stranger.engine, "messages") == 0


def test_a_login_link_opens_the_review_page(stranger: Site) -> None:
    answer = stranger.log_in("Ann")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    assert "Ann" in stranger.get("/review").text


def test_a_login_link_works_once(stranger: Site) -> None:
    token = stranger.link().split("=")[1]
    assert stranger.post("/login", token=token).status_code == 303
    again = stranger.post("/login", token=token)
    assert again.status_code == 401
    assert "been used or is too old" in again.text
    assert stranger.get(f"/login?token={token}").status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_only_looks_at_a_login_link_does_not_spend_it(stranger: Site, method: str) -> None:
    link = stranger.link()
    for agent in ("TelegramBot (like TwitterBot)", "Mozilla/5.0"):
        answer = stranger.client.request(method, link, headers={"User-Agent": agent})
        assert "set-cookie" not in answer.headers
    assert "<button>Log in</button>" in stranger.get(link).text
    assert "hamlet_session" in stranger.post("/login", token=link.split("=")[1]).headers["set-cookie"]


def test_a_link_that_opens_nothing_has_no_button(stranger: Site) -> None:
    link = stranger.link()
    given.passed(stranger.engine, "login_links", "expires_at")
    for path in (link, "/login?token=nonsense", "/login"):
        assert "<button" not in stranger.get(path).text


@pytest.mark.parametrize("token", ["nonsense", "%00", "%ff%fe", "%ED%A0%80", "x" * 5000])
def test_an_unknown_link_is_refused(stranger: Site, token: str) -> None:
    assert stranger.get(f"/login?token={token}").status_code == 401


def test_the_login_page_without_a_link_explains_itself(stranger: Site) -> None:
    assert stranger.get("/login").status_code == 200


@pytest.mark.parametrize("cookie", ["nonsense", "", "ü", '"'])
def test_a_wrong_cookie_is_no_login(stranger: Site, cookie: str) -> None:
    answer = stranger.client.get("/review", headers={b"cookie": f"hamlet_session={cookie}".encode("latin-1")})
    assert answer.status_code == 401


def test_logging_out_ends_the_session(site: Site) -> None:
    cookie = site.client.cookies["hamlet_session"]
    assert site.post("/logout").headers["location"] == "/login"
    site.client.cookies.set("hamlet_session", cookie)
    assert site.get("/review").status_code == 401


def test_an_old_session_is_over(site: Site) -> None:
    given.passed(site.engine, "login_sessions", "expires_at")
    assert site.get("/review").status_code == 401


@pytest.mark.parametrize(("public_url", "is_secure"), [(None, False), ("https://spam.example", True)])
def test_the_cookie_is_for_this_site_alone(sqlite_engine: Engine, public_url: str | None, is_secure: bool) -> None:
    app = site_on(str(sqlite_engine.url), public_url=public_url)
    cookie = Site(app, sqlite_engine, public_url or "http://testserver").log_in().headers["set-cookie"]
    app.state.engine.dispose()
    assert "; HttpOnly;" in cookie
    assert "; SameSite=lax" in cookie
    assert ("Secure" in cookie) == is_secure


FORGED = [{}, {"csrf_token": ""}, {"csrf_token": "forged"}, {"csrf_token": "\udcff"}]


@pytest.mark.parametrize(
    ("path", "token"), [*(("/chat", token) for token in FORGED), ("/review/1", FORGED[2]), ("/logout", FORGED[2])]
)
def test_a_forged_form_stores_nothing(site: Site, path: str, token: dict[str, str]) -> None:
    form = {"text": "hello", "is_spam": "true"} | token
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode("utf-8", "surrogateescape")
    assert site.raw(path, body).status_code == 403
    assert count(site.engine, "messages") == 0
    assert site.get("/review").status_code == 200


def test_every_form_carries_the_sessions_token(site: Site) -> None:
    flag(site, "buy now")
    for path in ("/chat", "/check", "/review", "/chats", "/chats/1", "/models"):
        forms = site.get(path).text.count('method="post"')
        assert forms > 0
        assert site.get(path).text.count(f'name="csrf_token" value="{site.forms}"') == forms


def test_another_sessions_form_is_forged(site: Site) -> None:
    forms = site.forms
    site.log_in("bob")
    assert site.post("/chat", text="hello", csrf_token=forms).status_code == 403
