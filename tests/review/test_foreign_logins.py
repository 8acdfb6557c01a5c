"""Nobody is logged in by another site's page, for that might be as somebody else."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.conftest import count
from tests.review.site import Site, site_on

HERE = "http://testserver"


def sent(site: Site, **headers: str) -> int:
    """The status of the answer to a good login with these headers."""
    token = site.link().split("=")[1]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return int(site.client.post("/login", data={"token": token}, headers=named).status_code)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": ""},
        {"Sec_Fetch_Site": "cross-site", "Origin": HERE},
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:8001"},
        {"Origin": "http://[evil"},
        {"Origin": "null"},
        {"Origin": "null", "Host": ""},
        {"Origin": ""},
    ],
)
def test_a_login_that_another_site_sent_is_refused(stranger: Site, headers: dict[str, str]) -> None:
    assert sent(stranger, **headers) == 403
    assert count(stranger.engine, "login_sessions") == 0
    assert count(stranger.engine, "login_links", "used_at IS NULL") == 1, "the link still waits for its owner"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "null"},
        {"Origin": HERE},
        {"Origin": "https://TestServer"},
    ],
)
def test_a_login_from_the_sites_own_page_is_taken(stranger: Site, headers: dict[str, str]) -> None:
    assert sent(stranger, **headers) == 303


def test_behind_a_proxy_that_changes_the_host_the_public_address_counts(sqlite_engine: Engine) -> None:
    app = site_on(str(sqlite_engine.url), public_url="https://spam.example")
    site = Site(app, sqlite_engine)
    assert sent(site, Origin="https://spam.example") == 303
    assert sent(site, Origin="https://evil.example") == 403
    app.state.engine.dispose()


def test_a_refused_login_is_told_what_to_do(stranger: Site) -> None:
    answer = stranger.client.post("/login", data={"token": "a"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert "Open the link yourself" in answer.text


def test_the_page_of_a_link_lets_browsers_say_that_its_form_is_from_here(stranger: Site) -> None:
    """With "no-referrer" they send `Origin: null`, as for a page of anybody; to other sites nothing is sent either way."""
    assert stranger.get(stranger.link()).headers["referrer-policy"] == "same-origin"
