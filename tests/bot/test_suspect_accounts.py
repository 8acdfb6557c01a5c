"""Accounts that ask for a look: on a list of spammers, or deleted. Moderators see them; nothing else follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from actions import outbound
from actions.settings import OutboundSettings
from storage.access import chats
from storage.models import Message, MessageState, Mode
from storage.session import transaction
from tests.actions.receiver import Receiver, receiving
from tests.bot.stories import ANN, EVE, GROUP, MAX, notices, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import user

DELETED = user(21, "")


@pytest.fixture
def cas() -> Iterator[Receiver]:
    """A list that has everybody."""
    with receiving() as server:
        server.answers = [(200, b'{"ok": true, "result": {"time_added": "2024-05-01T12:00:00.000Z"}}')]
        yield server


def look_up(world: World, cas: Receiver) -> None:
    """The bells of the process that asks, and what follows."""
    outbound.look_up(world.engine, OutboundSettings(spammer_list_url=cas.url))
    world.settle()


def chosen(world: World, field: str, cas: Receiver | None = None) -> None:
    """The group, in enforce, has chosen this."""
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    world.mode(Mode.ENFORCE)
    with transaction(world.engine) as session:
        chat = chats.on_telegram(session, GROUP)
        chats.choose(session, chat.id, field, True)
    if cas is not None:
        look_up(world, cas)


def test_a_listed_newcomers_first_message_is_shown_and_nothing_is_done(world: World, cas: Receiver) -> None:
    chosen(world, "spammer_list", cas)
    message = world.telegram.say(GROUP, EVE, "hello")
    world.settle()
    assert notices(world.telegram) == [], "no message waits for the list"
    look_up(world, cas)
    [notice] = notices(world.telegram)
    assert "An account to look at, in Gardeners" in notice["text"]
    assert "on 127.0.0.1's list of spammers since 2024-05-01" in notice["text"]
    assert stands(world.telegram, message)
    assert world.telegram.status(GROUP, EVE) == "member"
    assert [posted.path for posted in cas.posted] == ["/check?user_id=13"]
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    assert not stands(world.telegram, message)
    assert world.telegram.status(GROUP, EVE) == "kicked"


def test_who_joins_is_asked_about_before_they_write(world: World, cas: Receiver) -> None:
    chosen(world, "spammer_list", cas)
    world.telegram.arrive(GROUP, EVE)
    world.settle()
    look_up(world, cas)
    world.telegram.say(GROUP, EVE, "hello")
    world.settle()
    assert "list of spammers" in notices(world.telegram)[0]["text"]
    for n in range(3):
        world.telegram.say(GROUP, EVE, f"hello again {n}")
    world.settle()
    assert len(notices(world.telegram)) == 1, "a member is shown once a day"


def test_a_flag_says_so_as_well_and_has_one_notice(world: World, cas: Receiver) -> None:
    chosen(world, "spammer_list", cas)
    world.telegram.say(GROUP, EVE, "maybe cheap flats")
    world.settle()
    look_up(world, cas)
    [notice] = notices(world.telegram)
    assert "Looks like spam" in notice["text"]
    assert "list of spammers" in notice["text"]


def test_why_says_so_too_and_in_russian(world: World, cas: Receiver) -> None:
    chosen(world, "spammer_list", cas)
    with transaction(world.engine) as session:
        chats.choose(session, world.chat(GROUP).id, "language", "ru")
    world.telegram.say(GROUP, EVE, "hello")
    world.settle()
    look_up(world, cas)
    [notice] = [m for m in world.telegram.sent_to(GROUP) if "Почему?" in str(m.get("reply_markup", ""))]
    assert "автор есть в списке спамеров 127.0.0.1 с 2024-05-01" in notice["text"]
    world.telegram.press(ANN, notice, "Почему?")
    world.settle()
    world.explain(parts={"network": 0.1})
    assert "автор есть в списке спамеров" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_a_list_that_fails_changes_nothing(world: World, cas: Receiver) -> None:
    cas.answers = [(503, b"")]
    chosen(world, "spammer_list", cas)
    world.telegram.say(GROUP, EVE, "hello")
    world.settle()
    look_up(world, cas)
    assert len(cas.posted) == 1
    assert notices(world.telegram) == []
    assert given.values(world.engine, Message.state) == [MessageState.HAM]


def test_a_group_that_chose_nothing_asks_about_nobody(world: World, cas: Receiver) -> None:
    look_up(world, cas)
    world.telegram.arrive(GROUP, EVE)
    world.telegram.say(GROUP, EVE, "hello")
    world.settle()
    look_up(world, cas)
    assert cas.posted == []


def test_a_deleted_accounts_message_is_shown(world: World) -> None:
    chosen(world, "shows_deleted")
    world.telegram.join(GROUP, DELETED)
    message = world.telegram.say(GROUP, DELETED, "hello")
    world.telegram.say(GROUP, MAX, "hello too")
    world.settle()
    [notice] = notices(world.telegram)
    assert "the account is deleted" in notice["text"]
    assert stands(world.telegram, message)


def test_where_nobody_chose_it_a_deleted_accounts_message_is_like_any_other(world: World) -> None:
    world.telegram.join(GROUP, DELETED)
    world.telegram.say(GROUP, DELETED, "hello")
    world.settle()
    assert notices(world.telegram) == []
    assert given.values(world.engine, Message.text) == ["hello"]


def test_a_forward_of_a_deleted_accounts_words_is_judged(world: World) -> None:
    origin = {"type": "user", "date": 1_700_000_000, "sender_user": DELETED}
    world.telegram.say(GROUP, EVE, "hello", forward_origin=origin)
    world.settle()
    assert given.values(world.engine, Message.text) == ["hello"]
