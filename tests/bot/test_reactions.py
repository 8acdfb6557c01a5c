"""Reactions of people who never wrote: many within minutes, or any with a telling name, are shown to moderators once."""

from __future__ import annotations

from typing import Any

import pytest

from storage.access import chats
from storage.models import Action, ActionKind, AuditEntry, Reactor
from storage.moderation import reactors
from storage.session import transaction
from tests.bot.stories import ANN, BOB, EVE, GROUP, MAX, last_alert, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT, user

TELLING = user(31, "earn $900 a day @cash")


@pytest.fixture
def watched(world: World) -> World:
    """A group that watches reactions, with twelve messages of Ann's and one of Max's."""
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    with transaction(world.engine) as session:
        chats.choose(session, chats.on_telegram(session, GROUP).id, "watches_reactions", True)
    return world


def messages(world: World, count: int) -> list[int]:
    return [world.telegram.say(GROUP, ANN, f"news {n}") for n in range(count)]


def react(world: World, who: dict[str, Any], count: int) -> None:
    for message_id in messages(world, count):
        world.telegram.react(GROUP, who, message_id)
    world.settle()


def shown(world: World, button: str = "Leave it") -> list[dict[str, Any]]:
    return [m for m in world.telegram.sent_to(GROUP) if button in str(m.get("reply_markup", ""))]


def test_more_than_ten_within_minutes_are_one_notice_and_ban_bans(watched: World) -> None:
    react(watched, EVE, 10)
    assert shown(watched) == []
    react(watched, EVE, 3)
    [notice] = shown(watched)
    assert "Somebody who never wrote in Gardeners reacted to 11 messages" in notice["text"]
    [hidden] = notice["entities"]
    assert hidden["type"] == "spoiler"
    assert watched.telegram.status(GROUP, EVE) == "member", "nothing is done without a moderator"
    watched.telegram.press(MAX, notice, "Ban")
    watched.settle()
    assert watched.telegram.status(GROUP, EVE) == "member", "only moderators decide"
    watched.telegram.press(ANN, notice, "Ban")
    watched.settle()
    assert watched.telegram.status(GROUP, EVE) == "kicked"
    place = (GROUP, notice["message_id"])
    decided = watched.telegram.messages[place]["text"]
    assert "✓ Ann: ban" in decided
    assert "reacted to 11 messages" in decided, "the count is the one that was shown"
    watched.telegram.press(BOB, notice, "Leave it")
    watched.settle()
    assert "Ann has decided on a ban already." in last_alert(watched)
    assert "member 13" in given.values(watched.engine, AuditEntry.detail)


def test_a_telling_name_is_shown_at_its_first_reaction_and_may_be_left(watched: World) -> None:
    watched.telegram.join(GROUP, TELLING)
    react(watched, TELLING, 1)
    [notice] = shown(watched)
    assert "a name that says more" in notice["text"]
    assert "@cash" not in notice["text"], "all can read it"
    assert "member 31" in notice["text"]
    watched.telegram.press(ANN, notice, "Leave it")
    watched.settle()
    react(watched, TELLING, 12)
    sent = watched.telegram.sent_to(GROUP)
    assert [message["message_id"] for message in sent] == [notice["message_id"]], "somebody is shown once"
    assert "✓ Ann: left" in watched.telegram.messages[GROUP, notice["message_id"]]["text"]
    assert watched.telegram.status(GROUP, TELLING) == "member"


def test_who_wrote_a_clean_message_reacts_as_they_like(watched: World) -> None:
    watched.telegram.say(GROUP, MAX, "hello everybody")
    watched.settle()
    react(watched, MAX, 12)
    react(watched, BOB, 12)  # an administrator
    assert given.values(watched.engine, Reactor.user_id) == []


def test_reactions_spread_over_hours_are_not_counted_together(watched: World) -> None:
    react(watched, EVE, 9)
    with transaction(watched.engine) as session:
        row = session.query(Reactor).one()
        row.recent = {number: at - 3_600 for number, at in row.recent.items()}
    react(watched, EVE, 9)
    assert shown(watched) == []


def test_a_reaction_to_the_same_message_counts_once(watched: World) -> None:
    [message_id] = messages(watched, 1)
    for emoji in "👍👎🔥🎉😁😢💩🤡👏🤔🤯😱":
        watched.telegram.react(GROUP, EVE, message_id, emoji)
    watched.settle()
    assert shown(watched) == []


def test_where_nobody_chose_it_nothing_is_stored(world: World) -> None:
    react(world, EVE, 12)
    assert given.values(world.engine, Reactor.user_id) == []


def test_the_checklist_says_what_is_missing_for_it(watched: World) -> None:
    watched.telegram.say(GROUP, ANN, "/start")
    watched.settle()
    assert "✓ I see reactions" in watched.telegram.sent_to(GROUP)[-1]["text"]
    watched.telegram.join(GROUP, BOT)
    watched.telegram.say(GROUP, ANN, "/start")
    watched.settle()
    assert "✗ make me an administrator" in watched.telegram.sent_to(GROUP)[-1]["text"]


def test_it_speaks_russian_too(watched: World) -> None:
    with transaction(watched.engine) as session:
        chats.choose(session, watched.chat(GROUP).id, "language", "ru")
    react(watched, EVE, 11)
    [notice] = shown(watched, "Оставить")
    assert "поставил реакции на 11 сообщений" in notice["text"]


def test_who_is_forgotten_leaves_no_name_behind(watched: World) -> None:
    react(watched, EVE, 11)
    [notice] = shown(watched)
    with transaction(watched.engine) as session:
        reactors.forget(session, EVE["id"])
    watched.settle()
    assert given.values(watched.engine, Reactor.user_id) == []
    assert "erased" in watched.telegram.messages[GROUP, notice["message_id"]]["text"]
    with transaction(watched.engine) as session:
        assert session.query(Action).filter_by(kind=ActionKind.REACTIONS).one().user_id is None
    assert stands(watched.telegram, notice["message_id"])
