"""A browser at the review site, in this process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from review.app import create_app
from review.attempts import Attempts
from review.settings import ReviewSettings
from storage.access import audit, logins
from storage.models import AuditEntry, Message
from storage.session import reading, transaction
from storage.settings import StorageSettings
from tests.storage import given

EVIL = '<script>alert("&1")</script>'
ESCAPED = "&lt;script&gt;alert(&#34;&amp;1&#34;)&lt;/script&gt;"
Answer = Any  # a response of whichever httpx the test client is built on


def site_on(address: str, attempts: Attempts | None = None, **settings: Any) -> FastAPI:
    return create_app(StorageSettings(database_url=address), ReviewSettings(**settings), attempts)


class Site:
    """One visitor of the site; `engine` is its database, `forms` the token their forms carry."""

    def __init__(self, app: FastAPI, engine: Engine, base: str = "http://testserver") -> None:
        self.engine = engine
        self.client = TestClient(app, base, raise_server_exceptions=False, follow_redirects=False)
        self.forms = ""

    def link(self, name: str = "ann") -> str:
        with transaction(self.engine) as session:
            return f"/login?token={logins.new_link(session, name)}"

    def log_in(self, name: str = "ann") -> Answer:
        answer = self.client.post("/login", data={"token": self.link(name).split("=")[1]})
        with reading(self.engine) as session:
            opened = logins.open_session(session, self.client.cookies["hamlet_session"])
        self.forms = opened.csrf_token if opened else ""
        return answer

    def get(self, path: str) -> Answer:
        return self.client.get(path)

    def post(self, path: str, **form: Any) -> Answer:
        return self.client.post(path, data={"csrf_token": self.forms} | form)

    def raw(self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> Answer:
        return self.client.post(path, content=body, headers={"content-type": kind})

    def say(self, text: str, **form: Any) -> Answer:
        return self.post("/chat", text=text, wants="line", **form)


def with_scripts(folder: Path) -> list[str]:
    """Templates that hold inline scripts, styles or event handlers, which the site's own policy would block."""
    inline = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)")
    return [path.name for path in sorted(folder.glob("*.html")) if inline.search(path.read_text())]


def message(engine: Engine) -> Message:
    with reading(engine) as session:
        return session.scalars(select(Message)).one()


def verdicts(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="verdict-(\d+)"', page)]


def flag(site: Site, *texts: str) -> list[int]:
    model = given.version(site.engine)
    return [given.verdict(site.engine, model, given.incoming(text, i)) for i, text in enumerate(texts)]


def as_moderator(site: Site, *chats: int) -> None:
    """Log in as Bob of Telegram, who moderates these chats."""
    with transaction(site.engine) as session:
        token = logins.new_moderators_link(session, "Bob", 14, chats)
    site.client.cookies.clear()
    site.post("/login", token=token)
    with reading(site.engine) as session:
        opened = logins.open_session(session, site.client.cookies["hamlet_session"])
    assert opened is not None
    site.forms = opened.csrf_token


def in_two_chats(site: Site) -> list[int]:
    model = given.version(site.engine)
    return [given.verdict(site.engine, model, given.incoming(f"of {n}", 1, chat_external_id=-n)) for n in (1, 2)]


def entries(engine: Engine) -> list[AuditEntry]:
    with reading(engine) as session:
        return [entry for entry, _ in audit.every(session, None)][::-1]
