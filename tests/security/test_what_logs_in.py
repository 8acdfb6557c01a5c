"""Who reads tables, pages, logs or backups learns nothing that logs in: links, sessions and tokens are shown once and kept as hashes."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from cli.backup import making
from jobs.logs import QUIET
from storage.access import clients, logins
from storage.models import Scope
from storage.session import transaction
from tests.review.site import Site, flag
from tests.security.site_routes import filled, paths, rows


def link_and_token(engine: Engine) -> list[str]:
    """What a waiting login link and a client of the API show once."""
    with transaction(engine) as session:
        return [logins.new_link(session, "bob"), clients.add(session, "forum", [Scope.READ], 60)]


def in_use(site: Site) -> list[str]:
    """The same, and the cookie of whoever is logged in."""
    return [*link_and_token(site.engine), site.client.cookies["hamlet_session"]]


def test_no_table_holds_what_logs_in(site: Site) -> None:
    secrets, stored = in_use(site), rows(site.engine)
    assert all(stored[table] for table in ("login_links", "login_sessions", "clients"))
    assert [word for word in secrets if word.removeprefix("hamlet_") in repr(stored)] == []


def test_no_page_and_no_log_line_shows_what_logs_in(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for name in QUIET:
        caplog.set_level(logging.WARNING, logger=name)
    flag(site, "buy now")
    secrets = in_use(site)
    bearer = {"Authorization": f"Bearer {secrets[1]}"}
    routes = paths(site.client.app, "GET") - {"/review/events"}  # type: ignore[arg-type]  # the site's; that one does not end
    with capture_logs() as lines:
        answers = {path: site.get(filled(path)) for path in sorted(routes)}
        answers |= {path: site.client.get(path, headers=bearer) for path in ("/api/v1/verdicts/1", "/api/v1/nowhere")}
        shown_once = site.get(f"/login?token={secrets[0]}").text
    assert len(routes) > 30
    shown = {path: f"{answer.text} {answer.headers}" for path, answer in answers.items()}
    assert [(path, word) for path, text in shown.items() for word in secrets if word in text] == []
    assert secrets[0] in shown_once, "the link's own page, whose form sends it"
    assert [word for word in secrets if word in f"{lines} {caplog.text}"] == []


def test_no_backup_holds_what_logs_in(home: Engine, tmp_path: Path) -> None:
    secrets = link_and_token(home)
    with transaction(home) as session:
        secrets.append(logins.use_link(session, logins.new_link(session, "ann")) or "")
    made = making.back_up(tmp_path / "b.tar")
    assert [word for word in secrets if word.encode() in made.path.read_bytes()] == []
