"""A CAS-compatible list is asked over HTTP, and whatever it answers is read with care."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from actions import outbound
from actions.posting import NoAnswer
from actions.settings import OutboundSettings
from actions.spammer_lists import understood
from storage.models import Listing
from storage.moderation import listing_questions
from storage.moderation.listings import Listed
from storage.outbound import configured
from storage.session import transaction
from tests.actions.receiver import Receiver, receiving

ADDED = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    """A database in which one question waits."""
    with transaction(engine) as session:
        configured.record(session, configured.SPAMMER_LIST, on=True)
        listing_questions.ask(session, [13])
    return engine


def look_up(engine: Engine, url: str, **more: Any) -> Listing:
    """What the process does at its bells, and the row afterwards."""
    outbound.look_up(engine, OutboundSettings(spammer_list_url=url, **more))
    with transaction(engine) as session:
        return session.query(Listing).one()


def test_the_members_number_is_asked_for_and_nothing_else(waiting: Engine, server: Receiver) -> None:
    server.answers = [(200, b'{"ok": true, "result": {"offenses": 2, "time_added": "2024-05-01T12:00:00.000Z"}}')]
    row = look_up(waiting, f"{server.url}/api/")
    assert (row.is_listed, row.since, row.source) == (True, ADDED, "127.0.0.1")
    [asked] = server.posted
    assert (asked.path, asked.body) == ("/api/check?user_id=13", b"")
    look_up(waiting, server.url)
    assert len(server.posted) == 1, "an answer is kept"


@pytest.mark.parametrize(
    ("body", "listed"),
    [
        (b'{"ok": false, "description": "Record not found."}', None),
        (b'{"ok": true, "result": {"time_added": 1714564800}}', Listed("x", ADDED)),
        (b'{"ok": true, "result": {"time_added": "soon"}}', Listed("x")),
        (b'{"ok": true, "result": {"time_added": 1e300}}', Listed("x")),
        (b'{"ok": true, "result": {"time_added": "2999-01-01"}}', Listed("x")),
        (b'{"ok": true, "result": {"time_added": true}}', Listed("x")),
        (b'{"ok": true}', Listed("x")),
        (b'{"ok": true, "result": [1]}', Listed("x")),
    ],
)
def test_what_it_answers_is_understood(body: bytes, listed: Listed | None) -> None:
    assert understood(body, "x") == listed


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"ok": "true"}', b'{"ok": 1}', b"[" * 60_000]
)
def test_what_is_no_answer_lists_nobody(body: bytes) -> None:
    with pytest.raises(NoAnswer):
        understood(body, "x")


@pytest.mark.parametrize("answer", [(503, b'{"ok": true}'), (200, b"no"), (302, b"")])
def test_a_list_that_fails_is_asked_once_more_and_lists_nobody(
    waiting: Engine, server: Receiver, answer: tuple[int, bytes]
) -> None:
    server.answers = [answer]
    row = look_up(waiting, server.url)
    assert (row.is_listed, row.answered_at) == (None, None)
    assert row.error
    with transaction(waiting) as session:
        session.query(Listing).update({"asked_at": row.asked_at - listing_questions.PAUSE * 2})
    row = look_up(waiting, server.url)
    assert (row.is_listed, row.attempts, row.answered_at is None) == (None, 2, False)


@pytest.mark.parametrize("name", ["127.1", "0x7f.1"])  # names to us, and 127.0.0.1 to every resolver
def test_a_name_that_leads_to_a_private_address_is_not_called(waiting: Engine, server: Receiver, name: str) -> None:
    row = look_up(waiting, f"https://{name}:{server.url.rpartition(':')[2]}")
    assert row.error == "the host's name leads to a private address, which may not be called"
    assert server.posted == []


@pytest.mark.parametrize("url", ["http://cas.example", "https://u:p@cas.example", "https://cas.example?x=1", "cas", ""])
def test_an_address_that_cannot_be_a_lists_is_refused(url: str) -> None:
    if url == "":
        assert OutboundSettings(spammer_list_url=None).spammer_list_url is None
        return
    with pytest.raises(ValidationError):
        OutboundSettings(spammer_list_url=url)


def test_without_a_list_nobody_waits(engine: Engine) -> None:
    outbound.look_up(engine, OutboundSettings())
    with transaction(engine) as session:
        listing_questions.ask(session, [13])
        assert session.query(Listing).count() == 0
