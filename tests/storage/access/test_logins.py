"""Logins: a link opens one session, once; the database keeps no token."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select

from storage.access import logins
from storage.models import Base, LoginSession
from storage.session import reading, transaction
from tests.conftest import count
from tests.storage import given


def link(engine: Engine) -> str:
    with transaction(engine) as session:
        return logins.new_link(session, "ann")


def use(engine: Engine, token: str) -> str | None:
    with transaction(engine) as session:
        return logins.use_link(session, token)


def log_in(engine: Engine) -> str:
    token = use(engine, link(engine))
    assert token is not None
    return token


def opened(engine: Engine, token: str) -> LoginSession | None:
    with reading(engine) as session:
        return logins.open_session(session, token)


def test_a_link_opens_a_session_of_its_name(engine: Engine) -> None:
    session = opened(engine, log_in(engine))
    assert session is not None
    assert session.name == "ann"


def test_a_link_works_once(engine: Engine) -> None:
    token = link(engine)
    assert use(engine, token) is not None
    assert use(engine, token) is None
    assert count(engine, "login_sessions") == 1


def test_an_old_link_opens_nothing(engine: Engine) -> None:
    token = link(engine)
    given.passed(engine, "login_links", "expires_at")
    assert use(engine, token) is None


@pytest.mark.parametrize("token", ["", "unknown", "\0", "ü" * 1000])
def test_an_unknown_link_opens_nothing(engine: Engine, token: str) -> None:
    link(engine)
    assert use(engine, token) is None


def test_a_link_used_twice_at_once_opens_one_session(engine: Engine) -> None:
    token, together = link(engine), threading.Barrier(2)
    answers: list[str | None] = []

    def click() -> None:
        together.wait()
        answers.append(use(engine, token))

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert [answer is None for answer in sorted(answers, key=str)].count(True) == 1
    assert count(engine, "login_sessions") == 1


def test_no_token_is_in_the_database_in_clear(engine: Engine) -> None:
    tokens = [link(engine), log_in(engine)]
    with reading(engine) as session:
        tables = [Base.metadata.tables[name] for name in ("login_links", "login_sessions")]
        stored = str([session.execute(select(table)).all() for table in tables])
    assert not any(token in stored for token in tokens)


def test_every_session_has_its_own_form_token(engine: Engine) -> None:
    sessions = [opened(engine, log_in(engine)) for _ in range(2)]
    assert len({session.csrf_token for session in sessions if session}) == 2


def test_an_old_session_is_over(engine: Engine) -> None:
    token = log_in(engine)
    given.passed(engine, "login_sessions", "expires_at")
    assert opened(engine, token) is None


def test_an_ended_session_is_over_and_others_are_not(engine: Engine) -> None:
    ended, other = log_in(engine), log_in(engine)
    with transaction(engine) as session:
        logins.end_session(session, ended)
    assert opened(engine, ended) is None
    assert opened(engine, other) is not None


def test_a_link_is_no_session(engine: Engine) -> None:
    assert opened(engine, link(engine)) is None


def test_only_what_opens_nothing_any_more_is_forgotten(engine: Engine) -> None:
    log_in(engine)
    with transaction(engine) as session:
        logins.forget_expired(session)
    assert count(engine, "login_sessions") == 1
    given.passed(engine, "login_sessions", "expires_at")
    with transaction(engine) as session:
        logins.forget_expired(session)
    assert count(engine, "login_sessions") == 0


def moderators_login(engine: Engine, *chat_ids: int) -> str:
    with transaction(engine) as session:
        return logins.use_link(session, logins.new_moderators_link(session, "Bob", 14, chat_ids)) or ""


def test_a_session_left_without_any_chat_ends_and_an_operators_never_does(engine: Engine) -> None:
    for number in (1, 2):
        given.received(engine, given.incoming("hello", number, chat_external_id=-number))
    both, one, operator = moderators_login(engine, 1, 2), moderators_login(engine, 1), log_in(engine)
    with transaction(engine) as session:
        logins.moderates_no_more(session, -1, 14)
    assert (opened(engine, one), opened(engine, operator) is None) == (None, False)
    left = opened(engine, both)
    assert left is not None
    assert left.chats == (2,)
