"""/review in private: a link for whoever moderates, with their groups, and none for others."""

from __future__ import annotations

import re
from typing import Any

from storage.models import LoginSession, Role
from storage.queries import logins
from storage.session import transaction
from tests.bot.stories import ANN, EVE, GROUP, OTHER, linked
from tests.bot.world import World


def answer(world: World, who: dict[str, Any]) -> dict[str, Any]:
    world.telegram.whisper(who, "/review")
    world.settle()
    return world.telegram.called("sendMessage")[-1]


def opened(world: World, text: str) -> LoginSession:
    [token] = re.findall(r"http://127\.0\.0\.1:8000/login\?token=(\S+)", text)
    with transaction(world.engine) as session:
        cookie = logins.use_link(session, token)
        found = logins.open_session(session, cookie or "")
    assert found is not None
    return found


def test_a_moderator_gets_a_link_with_the_groups_they_moderate(world: World) -> None:
    linked(world)
    world.telegram.say(OTHER, EVE, "hello")
    world.settle()
    world.telegram.join(OTHER, ANN)
    sent = answer(world, ANN)
    login = opened(world, str(sent["text"]))
    assert (login.role, login.user_id, login.chats) == (Role.MODERATOR, ANN["id"], (world.chat(GROUP).id,))
    assert "is_disabled" in str(sent["link_preview_options"]), "a preview would spend the link"


def test_who_moderates_nothing_gets_none(world: World) -> None:
    linked(world)
    assert "You moderate no group" in str(answer(world, EVE)["text"])
