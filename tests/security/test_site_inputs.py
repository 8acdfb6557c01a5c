"""Queries, forms and addresses of the site take what they name and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.models import Chat, Mode
from tests.conftest import count
from tests.review.site import Site, entries, flag, site_on
from tests.storage import given

INJECTIONS = (
    "' OR 1=1 --",
    '"; DROP TABLE messages; --',
    "1 UNION SELECT token_hash FROM login_sessions",
    "%' OR '1'='1",
)
QUERIES = (
    "/review?show={}",
    "/review?words={}",
    "/review?chat={}",
    "/review?before={}",
    "/audit?before={}",
    "/quality?chat={}",
)


@pytest.fixture
def site(engine: Engine) -> Iterator[Site]:
    app = site_on(engine.url.render_as_string(hide_password=False))
    visitor = Site(app, engine)
    visitor.log_in()
    with visitor.client:
        yield visitor
    app.state.engine.dispose()


@pytest.mark.parametrize("injection", INJECTIONS)
def test_sql_in_a_query_is_a_word_like_any_other(site: Site, injection: str) -> None:
    flag(site, "buy now")
    for query in QUERIES:
        answer = site.client.get(query.format(""), params={query.split("?")[1].partition("=")[0]: injection})
        assert answer.status_code < 500, query
        shown = re.sub(r'href="/language/[^"]*"', "", answer.text)  # the switch of languages leads back to this address
        assert "token_hash" not in shown.replace("token_hash FROM", ""), query
    assert count(site.engine, "messages") == 1
    assert count(site.engine, "login_sessions") == 1


MORE = {
    "id": "99",
    "external_id": "99",
    "platform": "web",
    "moderators_chat_id": "-99",
    "paused_at": "2026-01-01",
    "settings": "{}",
}


def test_a_form_changes_only_what_it_asks_for(site: Site) -> None:
    given.received(site.engine, given.incoming())
    before = [given.values(site.engine, column) for column in (Chat.id, Chat.external_id, Chat.platform, Chat.settings)]
    assert site.post("/chats/1", mode="observe", strictness="normal", **MORE).status_code == 303
    assert given.values(site.engine, Chat.mode) == [Mode.OBSERVE]
    after = [given.values(site.engine, column) for column in (Chat.id, Chat.external_id, Chat.platform, Chat.settings)]
    assert after == before
    assert given.values(site.engine, Chat.moderators_chat_id) == given.values(site.engine, Chat.paused_at) == [None]


def test_a_decision_is_made_in_the_name_of_who_is_logged_in(site: Site) -> None:
    [verdict] = flag(site, "buy now")
    site.post(f"/review/{verdict}", is_spam="true", actor="telegram:11", actor_name="Bob", role="operator")
    assert entries(site.engine)[-1].actor == "web:ann"


NO_VERSIONS = ("%2e%2e", "..%2f..%2fetc", "v1%2f..%2f..", "v1%00", "/etc/passwd", "a\\b", "%2e", "unregistered")
NO_PLOTS = (
    "other.svg",
    "model-card.md",
    "%2e%2e%2fsecret.svg",
    "..%2f..%2f..%2freport%2floss.svg",
    "%2e%2e",
    "loss.svg%00",
)


@pytest.fixture
def planted(site: Site) -> Path:
    """The folder of models, in which one plot may be seen; the others lie where a path would lead that was believed."""
    models: Path = site.client.app.state.models  # type: ignore[attr-defined]  # the site's application
    given.version(site.engine)
    for hidden in ("../report/loss.svg", "report/loss.svg", "unregistered/report/loss.svg", "v1/secret.svg"):
        _write(models / hidden, "not for readers")
    for other in ("other.svg", "model-card.md"):
        _write(models / "v1" / "report" / other, "not for readers")
    _write(models / "v1" / "report" / "loss.svg", "shown")
    return models


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_plot_of_a_registered_version_is_served(site: Site, planted: Path) -> None:
    answer = site.get("/models/v1/report/loss.svg")
    assert (answer.status_code, answer.text) == (200, "shown")


@pytest.mark.parametrize("name", NO_VERSIONS)
def test_a_version_that_is_none_is_no_path(site: Site, planted: Path, name: str) -> None:
    for path in (f"/models/{name}/report/loss.svg", f"/models/{name}"):
        answer = site.get(path)
        assert answer.status_code in (404, 405), path
        assert "not for readers" not in answer.text, path


@pytest.mark.parametrize("name", NO_PLOTS)
def test_no_other_file_of_a_report_is_served(site: Site, planted: Path, name: str) -> None:
    answer = site.get(f"/models/v1/report/{name}")
    assert answer.status_code == 404
    assert "not for readers" not in answer.text


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_answer_leads_to_another_site(site: Site, where: str) -> None:
    [verdict] = flag(site, "buy now")
    targets = {"next": where, "show": where, "chat": where, "to": where, "return": where}
    answers = [site.post(f"/review/{verdict}", is_spam="true", **targets), site.client.get("/", params=targets)]
    answers.append(site.client.post("/login", params=targets, data={"token": site.link().split("=")[1]}))
    for answer in answers:
        assert "evil.example" not in answer.headers.get("location", "").partition("?")[0]
        assert not answer.headers.get("location", "/").startswith(("//", "http"))
