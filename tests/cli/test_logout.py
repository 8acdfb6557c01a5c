"""`hamlet logout`: an operator ends the sessions of one person, or of all."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from cli import logins as command
from cli.app import app
from cli.errors import CommandError
from storage.access import logins
from storage.models import LoginSession
from storage.session import transaction
from tests.conftest import count
from tests.review.site import entries
from tests.storage import given


@pytest.fixture
def people(home: Engine) -> Engine:
    """Ann has two sessions and a waiting link, Bob of Telegram one session."""
    with transaction(home) as session:
        for _ in range(2):
            logins.use_link(session, logins.new_link(session, "ann"))
        logins.use_link(session, logins.new_moderators_link(session, "Bob", 14, [1]))
        logins.new_link(session, "ann")
    return home


def test_the_sessions_and_links_of_one_person_end_and_no_others(people: Engine) -> None:
    assert command.log_out("ann") == "Sessions ended: 2; waiting login links deleted: 1."
    assert given.values(people, LoginSession.name) == ["Bob"]
    assert count(people, "login_links", "used_at IS NULL") == 0
    last = entries(people)[-1]
    assert (last.actor, last.what, last.detail) == (command.signature(), "logout everywhere", "ann")


@pytest.mark.parametrize("actor", ["telegram:14", "Bob"])
def test_a_moderator_is_named_by_their_number_too(people: Engine, actor: str) -> None:
    assert "Sessions ended: 1;" in command.log_out(actor)
    assert set(given.values(people, LoginSession.name)) == {"ann"}


def test_all_sessions_end(people: Engine) -> None:
    done = CliRunner().invoke(app, ["logout", "--all"])
    assert (done.exit_code, "Sessions ended: 3;" in done.output) == (0, True)
    assert count(people, "login_sessions") == 0
    assert entries(people)[-1].detail == "--all"


def test_who_is_not_logged_in_is_told_apart_from_who_is(people: Engine) -> None:
    before = len(entries(people))
    with pytest.raises(CommandError, match="nobody is logged in as 'eve'; logged in are: Bob, ann"):
        command.log_out("eve")
    assert len(entries(people)) == before
    assert count(people, "login_sessions") == 3


@pytest.mark.parametrize("words", [["logout"], ["logout", "ann", "--all"]])
def test_a_name_or_all_is_asked_for(people: Engine, words: list[str]) -> None:
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, CommandError)
    assert count(people, "login_sessions") == 3
