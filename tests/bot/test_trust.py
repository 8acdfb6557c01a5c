"""Members whom a group trusts by hand."""

from __future__ import annotations

from typing import Any

import pytest

from storage.access import trust
from storage.models import AuditEntry, Message, Mode, now
from storage.privacy import members
from storage.session import reading, transaction
from tests.bot.member_stories import ROSE, group_with, ordered, settled
from tests.bot.stories import ANN, GROUP, MAX, notices, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def trusted(world: World) -> list[int]:
    with reading(world.engine) as session:
        return [one.user_id for one in trust.every(session, world.chat(GROUP).id)]


def test_nothing_automatic_happens_to_whom_a_moderator_trusts(world: World) -> None:
    message_id = group_with(world, Mode.ENFORCE)
    assert ordered(world, "/trust", to=message_id).startswith("Rose (70001) is trusted here from now on")
    spam_of_rose = settled(world, ROSE, "buy now")
    assert stands(world.telegram, spam_of_rose)
    assert world.telegram.status(GROUP, ROSE) == "member"
    assert "a regular" in notices(world.telegram)[-1]["text"], "moderators are still shown it"
    world.telegram.reply(GROUP, ANN, spam_of_rose, "/spam")
    world.settle()
    assert world.telegram.status(GROUP, ROSE) == "kicked", "a moderator's decision hits everybody"


def test_whoever_is_trusted_no_longer_is_judged_as_before(world: World) -> None:
    message_id = group_with(world, Mode.ENFORCE)
    ordered(world, "/trust @rose_k")
    assert "is trusted here already" in ordered(world, "/trust 70001")
    assert "is trusted here no longer" in ordered(world, "/untrust", to=message_id)
    assert "was not trusted" in ordered(world, "/untrust @Rose_K")
    settled(world, ROSE, "buy now")
    assert world.telegram.status(GROUP, ROSE) == "kicked"


@pytest.mark.parametrize("address", ["@nobody_here", "99999"])
def test_somebody_who_was_never_there_is_not_guessed_at(world: World, address: str) -> None:
    group_with(world)
    answer = ordered(world, f"/trust {address}")
    assert answer == f"I have not seen {address} here; reply to a message or give the id."
    assert trusted(world) == []


def test_a_name_that_was_given_up_means_nobody(world: World) -> None:
    group_with(world)
    settled(world, ROSE | {"username": "Another"}, "I have another name now")
    assert "I have not seen @rose_k here" in ordered(world, "/trust @rose_k")
    assert "is trusted here from now on" in ordered(world, "/trust @another")


def test_commands_about_members_are_moderators_own(world: World) -> None:
    message_id = group_with(world)
    for command in ("/trust", "/untrust", "/unban", "/mute", "/mute 2h"):
        world.telegram.reply(GROUP, MAX, message_id, command)
        world.telegram.say(GROUP, MAX, f"{command} @rose_k")
    world.settle()
    assert trusted(world) == []
    assert world.telegram.status(GROUP, ROSE) == "member"
    assert "/trust @rose_k" in world.texts_stored(), "what others write is a message like any other"


@pytest.mark.parametrize("command", ["/trust", "/mute 1d", "/ban 1d"])
def test_administrators_are_left_alone(world: World, command: str) -> None:
    group_with(world)
    bobs = settled(world, BOB_NAMED, "I am an administrator")
    assert "administrator" in ordered(world, command, to=bobs)
    with transaction(world.engine) as session:
        session.add(_message_of(world, BOB_NAMED))
    assert "is an administrator; I act on members only" in ordered(world, f"{command} @bob_named")
    assert world.telegram.status(GROUP, BOB_NAMED) == "administrator"


BOB_NAMED = {"id": 14, "is_bot": False, "first_name": "Bob", "username": "bob_named"}


def _message_of(world: World, who: dict[str, Any]) -> Message:
    """From before somebody became an administrator."""
    message = Message(chat_id=world.chat(GROUP).id, message_id=1_000_000, text="hello", sent_at=now())
    message.author_id, message.author_name, message.author_username = who["id"], "Bob", who["username"]
    message.state = "ham"
    return message


def test_a_forgotten_member_is_trusted_no_longer_and_has_no_name(world: World) -> None:
    group_with(world)
    ordered(world, "/trust @rose_k")
    world.telegram.whisper(ROSE, "/mydata")
    world.settle()
    assert "Groups whose moderators trust you: 1" in world.telegram.sent_to(ROSE["id"])[-1]["text"]
    with transaction(world.engine) as session:
        members.forget(session, ROSE["id"])
    assert trusted(world) == []
    assert "70001" not in str(given.values(world.engine, AuditEntry.detail))
    assert given.values(world.engine, Message.author_username)[-1] == ""
    assert "I have not seen @rose_k" in ordered(world, "/trust @rose_k")
