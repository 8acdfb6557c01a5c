"""Who joins is read out of Telegram's updates, and what role the bot has."""

from __future__ import annotations

from typing import Any

import pytest

from bot import memberships
from bot.memberships import Joined, Role
from tests.bot.given_updates import ANN, GROUP, said, update
from tests.telegram_server import RIGHTS
from tests.telegram_server.words import PERMISSIONS

PRIVATE: dict[str, Any] = {"id": 7, "type": "private", "first_name": "Ann"}
NOON = 1_735_732_800
LEFT, MEMBER = {"user": ANN, "status": "left"}, {"user": ANN, "status": "member"}
KICKED = {"user": ANN, "status": "kicked", "until_date": 0}
ADMINISTRATOR = {"user": ANN, "status": "administrator", **dict.fromkeys(RIGHTS, False)}


def restricted(is_member: bool) -> dict[str, Any]:
    about = {"user": ANN, "status": "restricted", "is_member": is_member, "until_date": 0}
    return about | {"tag": None} | dict.fromkeys(PERMISSIONS, False)


def changed(kind: str, old: dict[str, Any], new: dict[str, Any], chat: dict[str, Any] = GROUP) -> Any:
    about = {"chat": chat, "from": ANN, "date": NOON, "old_chat_member": old, "new_chat_member": new}
    return update(**{kind: about})


@pytest.mark.parametrize(
    ("old", "new"), [(LEFT, MEMBER), (KICKED, MEMBER), (LEFT, restricted(True)), (restricted(False), restricted(True))]
)
def test_whoever_was_not_in_the_group_and_is_now_has_joined(old: dict[str, Any], new: dict[str, Any]) -> None:
    joined = memberships.joined(changed("chat_member", old, new))
    assert joined is not None
    assert (joined.chat_external_id, joined.user_ids, int(joined.at.timestamp())) == (GROUP["id"], (7,), NOON)


@pytest.mark.parametrize(
    ("old", "new"),
    [(MEMBER, LEFT), (MEMBER, KICKED), (MEMBER, ADMINISTRATOR), (ADMINISTRATOR, MEMBER), (restricted(True), MEMBER)],
)
def test_any_other_change_of_a_membership_is_nobodys_join(old: dict[str, Any], new: dict[str, Any]) -> None:
    joined = memberships.joined(changed("chat_member", old, new))
    assert joined is not None
    assert joined.user_ids == ()


def test_a_service_message_names_everybody_who_came_but_bots() -> None:
    people = [ANN, {**ANN, "id": 8}, {**ANN, "id": 9, "is_bot": True}]
    joined = memberships.joined(said(text=None, new_chat_members=people))
    assert isinstance(joined, Joined)
    assert joined.user_ids == (7, 8)


@pytest.mark.parametrize(
    "heard",
    [
        said(),
        said(text=None, new_chat_members=[{**ANN, "is_bot": True}]),
        changed("chat_member", LEFT, MEMBER, {"id": -100555, "type": "channel", "title": "News"}),
        changed("my_chat_member", LEFT, MEMBER),
    ],
)
def test_what_tells_of_no_join_in_a_group_is_none(heard: Any) -> None:
    assert memberships.joined(heard) is None


@pytest.mark.parametrize(("new", "is_administrator"), [(ADMINISTRATOR, True), (MEMBER, False), (LEFT, False)])
def test_the_bots_own_role_is_told(new: dict[str, Any], is_administrator: bool) -> None:
    role = memberships.own_role(changed("my_chat_member", MEMBER, new))
    assert role == Role(GROUP["id"], "a group", is_administrator)


@pytest.mark.parametrize("heard", [said(), changed("my_chat_member", LEFT, MEMBER, PRIVATE)])
def test_in_private_the_bot_has_no_role(heard: Any) -> None:
    assert memberships.own_role(heard) is None
