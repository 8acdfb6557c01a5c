"""Whose messages a chat's holds are about, and whose not."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from storage.access import chats
from storage.models import Chat, Hold, Message, MessageState, ModelVersion, Order, OrderKind, Platform, Sign, Trust
from storage.moderation import inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import reading, transaction
from tests.storage import given

EVE = 13


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def chooses(engine: Engine, **choices: Any) -> None:
    with transaction(engine) as session:
        chat = chats.on_telegram(session, -100123, "a group")
        for field, value in choices.items():
            chats.choose(session, chat.id, field, value)


def judged(engine: Engine, model: ModelVersion, *messages: Any, score: float = 0.1) -> list[int]:
    """The rows of those messages that are held, once all are judged as the worker does."""
    given.received(engine, *messages)
    with transaction(engine) as session:
        holder, claimed = inbox.claim(session, 100, 30)
        judgements = [
            Judgement(c.id, c.edit, score) if c.text else Judgement(c.id, c.edit, None, MessageState.NOTHING_TO_JUDGE)
            for c in claimed
        ]
        inbox.record(session, holder, ScoringVersion(model.id, 0.5, 0.9), judgements)
    with reading(engine) as session:
        return list(session.scalars(select(Hold.message_id).order_by(Hold.message_id)))


def link(message_id: int = 1, **changes: Any) -> Any:
    return given.incoming(
        "see https://roses.example", message_id, **{"author_id": EVE, "signs": (Sign.LINK,)} | changes
    )


def test_a_trusted_member_is_not_held(engine: Engine, model: ModelVersion) -> None:
    chooses(engine, hold_links="yes")
    with transaction(engine) as session:
        session.add(Trust(chat_id=1, user_id=EVE, trusted_by="telegram:1"))
    assert judged(engine, model, link(1), link(2, author_id=14)) == [2]


def test_a_member_in_good_standing_is_not_held_whatever_the_chat_asks_of_others(
    engine: Engine, model: ModelVersion
) -> None:
    chooses(engine, hold_links="yes", hold_below="10")
    given.regular(engine, model, EVE)
    assert judged(engine, model, link()) == []


def test_what_somebody_wrote_in_another_group_earns_nothing_here(engine: Engine, model: ModelVersion) -> None:
    chooses(engine, hold_links="yes", hold_below="1")
    other = given.incoming("my roses want water", 5, author_id=EVE, chat_external_id=-100124)
    given.verdict(engine, model, other, 0.1)
    assert judged(engine, model, link()) == [2]


def test_nothing_is_held_on_the_web(engine: Engine, model: ModelVersion) -> None:
    on_web = link(platform=Platform.WEB, chat_external_id=0)
    given.received(engine, on_web)
    with transaction(engine) as session:
        web = session.scalars(select(Chat).filter_by(platform=Platform.WEB)).one()
        chats.choose(session, web.id, "hold_links", "yes")
    assert judged(engine, model, on_web) == []


def test_what_a_moderator_ordered_about_is_not_held(engine: Engine, model: ModelVersion) -> None:
    chooses(engine, hold_links="yes")
    given.received(engine, link())
    with transaction(engine) as session:
        session.add(Order(message_id=1, kind=OrderKind.HAM, actor="telegram:1"))
    assert judged(engine, model, link()) == []


def test_a_picture_beside_words_of_its_album_is_not_wordless(engine: Engine, model: ModelVersion) -> None:
    chooses(engine, wordless="hold")
    picture = {"signs": (Sign.PICTURE,), "author_id": EVE}
    album = [
        given.incoming("my garden", 1, album_id="a", **picture),
        given.incoming("", 2, album_id="a", **picture),
    ]
    assert judged(engine, model, *album, given.incoming("", 3, **picture)) == [3]


@pytest.mark.parametrize(
    ("sign", "text", "is_held"),
    [
        (Sign.CONTACT, "Ida\n123", True),
        (Sign.STORY, "Ida", True),
        (Sign.STICKER, "", True),
        (Sign.FORWARD, "", True),
        (Sign.FORWARD, "good morning", False),
        (Sign.VOICE, "good morning", False),
        (Sign.FILE, "", False),
    ],
    ids=str,
)
def test_what_is_wordless(engine: Engine, model: ModelVersion, sign: Sign, text: str, is_held: bool) -> None:
    chooses(engine, wordless="hold")
    message = given.incoming(text, signs=(sign,), author_id=EVE)
    assert judged(engine, model, message) == ([1] if is_held else [])


def test_the_album_of_a_flag_is_left_to_its_notice(engine: Engine, model: ModelVersion) -> None:
    chooses(engine, hold_pictures="yes")
    picture = {"signs": (Sign.PICTURE,), "author_id": EVE, "album_id": "a"}
    album = [given.incoming("", 1, **picture), given.incoming("buy now", 2, **picture)]
    assert judged(engine, model, *album, score=0.95) == []
    assert given.values(engine, Message.state) == [MessageState.NOTHING_TO_JUDGE, MessageState.SPAM]
