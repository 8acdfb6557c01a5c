"""/review in private: a link for whoever moderates, with their groups, and none for others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from bot.logins import look
from storage.access import logins
from storage.models import LoginSession, Mode, Role
from storage.session import transaction
from tests.bot.stories import ANN, EVE, GROUP, OTHER, linked, spam, stands
from tests.bot.world import World
from tests.conftest import count
from tests.review.site import Site, site_on
from tests.telegram_server.words import Refused


def answer(world: World, who: dict[str, Any]) -> dict[str, Any]:
    world.telegram.whisper(who, "/review")
    world.settle()
    return world.telegram.called("sendMessage")[-1]


def opened(world: World, text: str) -> LoginSession:
    [token] = re.findall(r"http://127\.0\.0\.1:8000/login\?token=(\S+)", text)
    with transaction(world.engine) as session:
        cookie = logins.use_link(session, token)
        opened_session = logins.open_session(session, cookie or "")
    assert opened_session is not None
    return opened_session


def test_a_moderator_gets_a_link_with_the_groups_they_moderate(world: World) -> None:
    linked(world)
    world.telegram.say(OTHER, EVE, "hello")
    world.settle()
    world.telegram.join(OTHER, ANN)
    sent = answer(world, ANN)
    login = opened(world, str(sent["text"]))
    assert (login.role, login.user_id, login.chats) == (Role.MODERATOR, ANN["id"], (world.chat(GROUP).id,))
    assert "is_disabled" in str(sent["link_preview_options"]), "a preview says nothing to anybody"


def test_who_moderates_nothing_gets_none(world: World) -> None:
    linked(world)
    assert "You do not moderate any group" in str(answer(world, EVE)["text"])


# Who moderates no more


def on_the_site(world: World, who: dict[str, Any]) -> Site:
    """This person, come in by the link that the bot gave them."""
    token = str(answer(world, who)["text"]).split("token=")[1].split()[0]
    site = Site(site_on(world.engine.url.render_as_string(hide_password=False)), world.engine)
    site.post("/login", token=token)
    with transaction(world.engine) as session:
        login = logins.open_session(session, site.client.cookies["hamlet_session"])
    site.forms = login.csrf_token if login else ""
    return site


def demoted(world: World) -> None:
    world.telegram.demote(GROUP, ANN)


def gone(world: World) -> None:
    world.telegram.join(GROUP, ANN, "left")
    world.run(look(world.bot.bot, world.bot.bot_data["database"]))  # nobody told: it is asked for


@pytest.mark.parametrize("ends", [demoted, gone])
def test_who_moderates_no_more_decides_no_more_on_the_site(world: World, ends: Callable[[World], None]) -> None:
    message_id = spam(world, Mode.TRAINING)
    site = on_the_site(world, ANN)
    assert site.get("/review/1").status_code == 200
    ends(world)
    world.settle()
    assert site.post("/review/1", is_spam="true").status_code == 401
    assert site.get("/review/1").status_code == 401
    assert count(world.engine, "login_sessions") == 0, "a session without any group is over"
    world.settle()
    assert (world.telegram.status(GROUP, EVE), stands(world.telegram, message_id)) == ("member", True)
    site.client.app.state.engine.dispose()  # type: ignore[attr-defined]  # the site's own application


def test_a_link_that_waits_opens_no_group_that_was_lost_meanwhile(world: World) -> None:
    spam(world, Mode.TRAINING)
    sent = answer(world, ANN)
    demoted(world)
    world.settle()
    with pytest.raises(AssertionError):
        opened(world, str(sent["text"]))
    assert count(world.engine, "login_sessions") == 0


def test_who_still_moderates_keeps_the_groups(world: World) -> None:
    spam(world, Mode.TRAINING)
    login = opened(world, str(answer(world, ANN)["text"]))
    world.run(look(world.bot.bot, world.bot.bot_data["database"]))
    with transaction(world.engine) as session:
        assert session.get_one(LoginSession, login.token_hash).chats == (world.chat(GROUP).id,)


def in_two_groups(world: World, who: dict[str, Any]) -> LoginSession:
    """The session of a moderator of both groups."""
    linked(world)
    world.telegram.say(OTHER, EVE, "hello")
    world.settle()
    return opened(world, str(answer(world, who)["text"]))


def chats_of(world: World, login: LoginSession) -> tuple[int, ...] | None:
    with transaction(world.engine) as session:
        return session.get_one(LoginSession, login.token_hash).chats


def test_who_moderates_another_group_still_is_logged_in_for_that_one(world: World) -> None:
    login = in_two_groups(world, ANN)
    gone(world)
    assert chats_of(world, login) == (world.chat(OTHER).id,)


def test_a_group_that_telegram_says_nothing_about_holds_up_no_other(world: World) -> None:
    login = in_two_groups(world, ANN)
    for group in (GROUP, OTHER):
        world.telegram.join(group, ANN, "left")
    world.telegram.fail_next("getChatMember", Refused(500, "Internal Server Error"))
    gone(world)
    kept = chats_of(world, login)
    assert kept is not None
    assert len(kept) == 1, "the other one was looked up and is gone"
    gone(world)
    assert count(world.engine, "login_sessions") == 0, "Telegram answers again"
