"""What is told while a page stands open, and that telling never keeps the site from stopping."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from storage.access import logins
from storage.moderation import claims
from storage.session import transaction
from tests.review.browser import Served
from tests.storage import given


@pytest.fixture
def site(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Served]:
    served = Served(sqlite_engine, tmp_path)
    yield served
    served.stop()


def cookie(engine: Engine, *chats: int) -> dict[str, str]:
    with transaction(engine) as session:
        token = logins.new_moderators_link(session, "Bob", 14, chats)
        return {"hamlet_session": logins.use_link(session, token) or ""}


def told(lines: Iterator[str], events: int) -> list[tuple[str, str]]:
    """The first events of a stream: their kind and what they carry."""
    received, kind = [], ""
    for line in lines:
        kind = line.removeprefix("event: ") if line.startswith("event: ") else kind
        if line.startswith("data: "):
            received.append((kind, line.removeprefix("data: ")))
            if len(received) == events:
                break
    return received


def test_new_messages_and_decisions_of_ones_own_chats_are_told(site: Served) -> None:
    model = given.version(site.engine)
    mine, others = (
        given.verdict(site.engine, model, given.incoming("x", 1, chat_external_id=chat)) for chat in (-1, -2)
    )
    client = httpx.Client(base_url=site.url, cookies=cookie(site.engine, 1), timeout=20, trust_env=False)
    with client, client.stream("GET", "/review/events?since=2-0") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for verdict in (others, mine):
            given.corrected(site.engine, verdict, "web:ann", True)
        fresh = given.verdict(site.engine, model, given.incoming("z", 2, chat_external_id=-1))
        assert set(told(stream.iter_lines(), 2)) == {("decision", str(mine)), ("fresh", str(fresh))}


def test_an_open_stream_does_not_keep_the_site_from_stopping(site: Served) -> None:
    client = httpx.Client(base_url=site.url, cookies=cookie(site.engine, 1), timeout=20, trust_env=False)
    with client, client.stream("GET", "/review/events?since=nonsense") as refused:
        assert refused.status_code == 422
    client = httpx.Client(base_url=site.url, cookies=cookie(site.engine, 1), timeout=20, trust_env=False)
    with client, client.stream("GET", "/review/events?since=0-0") as stream:
        next(stream.iter_lines())
        began = time.monotonic()
        site.stop()
        assert time.monotonic() - began < 6


def test_anothers_claim_is_told_and_not_ones_own(site: Served) -> None:
    model = given.version(site.engine)
    first, second = (given.verdict(site.engine, model, given.incoming("x", n, chat_external_id=-1)) for n in (1, 2))
    client = httpx.Client(base_url=site.url, cookies=cookie(site.engine, 1), timeout=20, trust_env=False)
    with client, client.stream("GET", f"/review/events?since={second}-0") as stream:
        lines = stream.iter_lines()
        next(lines)
        with transaction(site.engine) as session:
            claims.take(session, first, "telegram:14", "Bob")
            claims.take(session, second, "web:ann", "ann")
        assert told(lines, 1) == [("claim", str(second))]
