"""A chat becomes a moderators' chat only by who moderates it and the group, and its own moderators end that."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.access import links
from storage.models import AuditEntry, Mode
from storage.session import reading
from tests.bot.moderators_stories import bot_messages, forwarded
from tests.bot.speakers import AS_THE_GROUP
from tests.bot.stories import ANN, BOB, EVE, GROUP, MAX, MODERATORS, OTHER, linked, spam, stands
from tests.bot.world import World

pytestmark = pytest.mark.stories

HERE = {"id": MODERATORS, "type": "supergroup", "title": "Moderators"}
MAY = {"can_delete_messages": True, "can_restrict_members": True}


def code(world: World, who: dict[str, object], group: int) -> str:
    """The code that somebody is given in the group that they moderate."""
    world.telegram.say(group, who, "/start")
    world.settle()
    world.telegram.press(who, world.telegram.sent_to(group)[-1], "Link a moderators' chat")
    world.settle()
    return str(world.telegram.called("answerCallbackQuery")[-1]["text"].split("/link ")[1])


def send(world: World, who: dict[str, object], chat_id: int, words: str, **extra: object) -> str:
    """What is answered to it there."""
    world.telegram.say(chat_id, who, words, **extra)
    world.settle()
    return bot_messages(world, chat_id)[-1]


def is_linked(world: World, chat_id: int) -> bool:
    with reading(world.engine) as session:
        return links.is_moderators_chat(session, chat_id)


@pytest.mark.parametrize(
    "rights", [{}, {"can_pin_messages": True}], ids=["a member", "an administrator who may only pin"]
)
def test_who_does_not_moderate_a_group_switches_hamlet_off_in_none(world: World, rights: dict[str, bool]) -> None:
    world.telegram.join(OTHER, MAX, "administrator", **MAY)
    world.telegram.join(GROUP, MAX, "administrator" if rights else "member", **rights)
    answer = send(world, MAX, GROUP, f"/link {code(world, MAX, OTHER)}")
    assert answer.startswith("Nothing is judged in a moderators' chat, so only an administrator of this chat")
    assert not is_linked(world, GROUP)
    assert not stands(world.telegram, spam(world, Mode.ENFORCE))


def test_who_was_demoted_since_sends_no_notices_elsewhere(world: World) -> None:
    given = code(world, BOB, GROUP)
    world.telegram.join(GROUP, BOB)
    assert send(world, BOB, MODERATORS, f"/link {given}").startswith("You do not moderate Gardeners any more")
    assert world.chat(GROUP).moderators_chat_id is None


def test_a_refused_code_is_still_good(world: World) -> None:
    given = code(world, ANN, GROUP)
    world.telegram.join(MODERATORS, ANN)
    assert "it is still good" in send(world, ANN, MODERATORS, f"/link {given}")
    assert "for this very group" in send(world, ANN, GROUP, f"/link {given}")
    as_the_chat = send(world, AS_THE_GROUP, MODERATORS, f"/link {given}", sender_chat=HERE)
    assert as_the_chat.startswith("Send that in your own name")
    assert world.chat(GROUP).moderators_chat_id is None
    world.telegram.join(MODERATORS, ANN, "creator")
    answer = send(world, ANN, MODERATORS, f"/link {given}")
    assert answer.startswith("Linked: notices of Gardeners come here from now on.")
    assert answer.endswith("Nothing that is written here is judged any more; /unlink ends that.")
    assert world.chat(GROUP).moderators_chat_id == MODERATORS


@pytest.mark.parametrize("who", [BOB, AS_THE_GROUP], ids=["in their own name", "anonymously"])
def test_a_chats_own_moderators_have_it_judged_again(world: World, who: dict[str, object]) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    answer = send(world, ANN, GROUP, f"/link {code(world, ANN, OTHER)}")
    assert answer.startswith("Linked: notices of Cooks")
    assert is_linked(world, GROUP)
    as_the_group = {"sender_chat": HERE | {"id": GROUP}} if who is AS_THE_GROUP else {}
    answer = send(world, who, GROUP, "/unlink", **as_the_group)
    assert answer == (
        "Unlinked. These groups now have no moderators' chat of their own: Cooks. What is written here is judged. "
        "Mode: enforce. /settings changes it."
    )
    assert not is_linked(world, GROUP)
    message_id = world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert not stands(world.telegram, message_id)


def test_members_unlink_nothing(world: World) -> None:
    linked(world)
    before = bot_messages(world)
    world.telegram.say(MODERATORS, MAX, "/unlink")
    world.settle()
    assert bot_messages(world) == before
    assert is_linked(world, MODERATORS)


def test_a_group_unlinks_its_own_moderators_chat(world: World) -> None:
    linked(world)
    assert send(world, ANN, GROUP, "/unlink").startswith(
        "Unlinked. These groups now have no moderators' chat of their own: G"
    )
    assert world.chat(GROUP).moderators_chat_id is None
    assert send(world, ANN, GROUP, "/unlink") == "There is nothing to unlink here."


def test_the_common_moderators_chat_stays_one(moderated: World) -> None:
    spam(moderated, Mode.TRAINING, text="hello")
    answer = send(moderated, ANN, MODERATORS, "/unlink")
    by_the_setting = answer == "There is nothing to unlink here."
    assert by_the_setting or answer.startswith(
        "Unlinked. These groups now have no moderators' chat of their own: Gardeners."
    )
    moderated.telegram.say(MODERATORS, MAX, "buy now")
    moderated.settle()
    assert ("buy now" in moderated.texts_stored()) != by_the_setting


def test_that_a_forward_changes_a_chats_mode_is_in_the_audit(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    linked(world)
    forwarded(world, ANN, message_id, MAX)
    world.settle()
    with reading(world.engine) as session:
        changes = select(AuditEntry.actor, AuditEntry.detail).where(AuditEntry.detail.startswith("mode:"))
        assert session.execute(changes).all() == [(f"telegram:{ANN['id']}", "mode: training → observe")]
    assert "Mode: observe." in send(world, ANN, MODERATORS, "/unlink")
