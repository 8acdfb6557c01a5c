"""What every answer has: headers, limits, refusals in plain words. And whether the site is well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import review
from tests.conftest import AddVersion, count
from tests.review.site import Site, site_on, with_scripts
from tests.storage import given


@pytest.mark.parametrize("path", ["/nowhere", "/chat/lines/999999", "/static/nothing.js", "/static/../app.py"])
def test_an_unknown_page_is_a_page(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert "There is no such page." in answer.text


def test_the_root_leads_to_the_queue(stranger: Site) -> None:
    assert stranger.get("/").headers["location"] == "/review"


def test_a_wrong_method_is_refused(site: Site) -> None:
    assert site.client.delete("/review").status_code == 405


def test_more_than_a_megabyte_is_refused(site: Site) -> None:
    answer = site.say("x" * 1_000_001)
    assert answer.status_code == 413
    assert "the limit is 1 MB" in answer.text
    assert count(site.engine, "messages") == 0


def test_a_body_of_unknown_length_is_refused(site: Site) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"text=hello"

    assert site.client.post("/chat", content=pieces()).status_code == 411


def test_a_body_in_chunks_is_refused_whatever_length_stands_beside_it(site: Site) -> None:
    headers = {"content-length": "10", "transfer-encoding": "chunked"}
    assert site.client.post("/login", content=b"token=1234", headers=headers).status_code == 411


@pytest.mark.parametrize("length", ["-5", "nonsense", "1e3"])
def test_a_nonsense_length_is_refused(site: Site, length: str) -> None:
    answer = site.client.post("/chat", content=b"text=hello", headers={"content-length": length})
    assert answer.status_code == 411


@pytest.mark.parametrize("path", ["/review", "/login", "/nowhere", "/health", "/static/style.css"])
def test_every_answer_keeps_itself_to_itself(site: Site, path: str) -> None:
    headers = site.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_refusals_keep_to_themselves_too(site: Site) -> None:
    answer = site.say("x" * 1_000_001)
    assert "content-security-policy" in answer.headers


def test_pages_are_not_kept_by_browsers_and_static_files_are(site: Site) -> None:
    assert site.get("/review").headers["cache-control"] == "no-store"
    assert site.get("/static/chat.js").headers["cache-control"] == "max-age=3600"


def test_no_template_holds_what_the_policy_blocks() -> None:
    assert with_scripts(Path(review.__file__).parent / "templates") == []


def test_health_needs_no_login_and_counts_what_waits(stranger: Site) -> None:
    given.received(stranger.engine, given.incoming())
    answer = stranger.get("/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["waiting"]) == (200, "not judging", 1)
    assert "no model version serves" in answer.json()["problems"][0]


def test_health_is_ok_where_a_version_with_its_files_serves(stranger: Site, add_version: AddVersion) -> None:
    add_version(stranger.engine)
    app = site_on(stranger.engine.url.render_as_string(hide_password=False))  # of this test's own home
    with Site(app, app.state.engine).client as client:
        assert client.get("/health").json() == {"status": "ok", "waiting": 0, "problems": []}
    app.state.engine.dispose()


@pytest.mark.parametrize("path", ["/health", "/review", "/login?token=x"])
def test_a_database_that_is_away_is_said_in_words(path: str) -> None:
    app = site_on("postgresql://ann:s3cret@127.0.0.1:1/x")
    site = Site(app, app.state.engine)
    site.client.cookies.set("hamlet_session", "anything")
    answer = site.get(path)
    app.state.engine.dispose()
    assert answer.status_code == 503
    assert "The database cannot be reached right now." in answer.text
    assert "s3cret" not in answer.text
