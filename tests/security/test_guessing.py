"""Nothing that opens hamlet can be guessed: tokens have 256 bits, codes live for minutes, and none is stored in clear.

Whoever guesses is slowed down by address (tests/review/test_attempts.py), but for tokens that are valid: nobody is locked out.
"""

from __future__ import annotations

import asyncio
import math
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select
from telegram.ext._utils.webhookhandler import WebhookAppClass
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from bot.webhook_secret import WebhookSecret
from storage.access import clients, links, logins
from storage.models import Chat, LoginSession, Scope
from storage.session import transaction
from tests.storage import given

LETTERS_OF_256_BITS = 43  # in URL-safe base 64
MOST_GUESSES = 30 * 60 * links.VALID_FOR.total_seconds() / 60  # messages that Telegram lets one person send, generously


def test_links_sessions_forms_and_tokens_have_256_bits_and_differ(sqlite_engine: Engine) -> None:
    made: list[str] = []
    with transaction(sqlite_engine) as session:
        for number in range(20):
            link = logins.new_link(session, "ann")
            token = clients.add(session, f"client {number}", [Scope.READ], 60)
            made += [link, token.removeprefix("hamlet_"), logins.use_link(session, link) or ""]
        made += session.scalars(select(LoginSession.csrf_token))
    assert {len(token) for token in made} == {LETTERS_OF_256_BITS}
    assert len(set(made)) == len(made) == 80


def test_a_link_and_a_code_live_for_a_quarter_of_an_hour(sqlite_engine: Engine) -> None:
    given.received(sqlite_engine, given.incoming())
    with transaction(sqlite_engine) as session:
        link = logins.new_link(session, "ann")
        code = links.new_code(session, session.scalars(select(Chat.id)).one(), 7)
    for table in ("login_links", "link_codes"):
        given.passed(sqlite_engine, table, "expires_at")
    with transaction(sqlite_engine) as session:
        assert logins.use_link(session, link) is None
        assert links.use(session, code, 7, -5) is None
    assert (logins.LINK_MINUTES, links.VALID_FOR.total_seconds()) == (15, 900)


def test_a_code_is_not_guessed_while_it_lives() -> None:
    assert MOST_GUESSES / len(links.LETTERS) ** links.LENGTH < 1e-9
    assert math.log2(len(links.LETTERS)) * links.LENGTH > 49


def test_a_code_works_for_the_person_it_was_given_to_and_once(sqlite_engine: Engine) -> None:
    given.received(sqlite_engine, given.incoming())
    with transaction(sqlite_engine) as session:
        code = links.new_code(session, session.scalars(select(Chat.id)).one(), 7)
    linked, uses = [], ((8, -6), (7, -5), (7, -6), (8, -6))  # somebody else first, and the same person twice
    for user_id, moderators_chat in uses:
        with transaction(sqlite_engine) as session:
            linked.append(links.use(session, code, user_id, moderators_chat) is not None)
    assert linked == [False, True, False, False]
    assert given.values(sqlite_engine, Chat.moderators_chat_id) == [-5]


class Watched(WebhookSecret):
    """Remembers what it was compared with."""

    def __init__(self, _secret: str) -> None:
        self.compared: list[object] = []

    def __eq__(self, other: object) -> bool:
        self.compared.append(other)
        return super().__eq__(other)

    __hash__ = WebhookSecret.__hash__


async def posted(secret: str, header: str | None) -> int:
    """The status of the webhook's answer to an update with that header."""
    queue: asyncio.Queue[Any] = asyncio.Queue()
    server = HTTPServer(WebhookAppClass("/hook", None, queue, secret))  # type: ignore[arg-type]  # no update is read
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    headers = {} if header is None else {"X-Telegram-Bot-Api-Secret-Token": header}
    address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/hook"
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(address, json={"update_id": 1}, headers=headers)
    server.stop()
    await server.close_all_connections()
    return answer.status_code


@pytest.mark.parametrize(
    ("header", "status"), [("right-secret", 200), ("right-secreT", 403), ("x", 403), ("", 403), (None, 403)]
)
def test_only_telegrams_own_secret_opens_the_webhook(header: str | None, status: int) -> None:
    assert asyncio.run(posted(WebhookSecret("right-secret"), header)) == status


def test_the_librarys_comparison_is_ours_which_takes_the_same_time_for_all() -> None:
    secret = Watched("right-secret")
    assert asyncio.run(posted(secret, "right-secreT")) == 403
    assert secret.compared == ["right-secreT"]


@pytest.mark.parametrize("other", ["", "right", "right-secret ", "ü", "\udcff", None, b"right-secret", 5])
def test_what_is_not_the_secret_is_unequal_on_either_side(other: object) -> None:
    secret = WebhookSecret("right-secret")
    assert secret != other
    assert other != secret
    assert secret == "right-secret"
