"""From Telegram's updates to our values: who wrote what, and what nobody wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import ChatMember

from bot import adapter, memberships
from storage.models import Platform
from storage.moderation.receiving import Incoming
from tests.bot.given_updates import ANN, GROUP, message, said, update
from tests.telegram_server import RIGHTS
from tests.telegram_server.words import PERMISSIONS

CHANNEL = {"id": -100555, "type": "channel", "title": "News of the town"}
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


def incoming(**changes: Any) -> Incoming:
    message = adapter.incoming(said(**changes))
    assert message is not None
    return message


def test_a_group_message_becomes_an_incoming_one() -> None:
    assert incoming() == Incoming(Platform.TELEGRAM, -100123, "a group", 5, 7, "Ann Lee", "hello", NOON, None)


def test_a_small_group_is_a_group() -> None:
    assert incoming(chat=GROUP | {"type": "group"}).chat_title == "a group"


def test_a_caption_is_the_text_of_a_photo() -> None:
    assert incoming(text=None, caption="free money", photo=PHOTO).text == "free money"


def test_a_photo_without_a_caption_is_a_message_without_text() -> None:
    assert incoming(text=None, photo=PHOTO).text == ""


def test_an_edit_says_when() -> None:
    edited = adapter.incoming(update(edited_message=message(text="buy now", edit_date=1_735_732_860)))
    assert edited is not None
    assert edited.text == "buy now"
    assert edited.edited_at == datetime(2025, 1, 1, 12, 1, tzinfo=UTC)


def test_a_new_message_that_was_edited_since_is_no_edit() -> None:
    assert incoming(edit_date=1_735_732_860).edited_at is None


def test_a_channel_may_be_the_author() -> None:
    message = incoming(sender_chat=CHANNEL)
    assert (message.author_id, message.author_name) == (-100555, "News of the town")


def test_what_the_author_quotes_is_not_theirs() -> None:
    quoted = {"quote": {"text": "FREE MONEY", "position": 0}, "reply_to_message": message(text="FREE MONEY, call now")}
    assert incoming(text="is this spam?", **quoted).text == "is this spam?"


def test_a_forwarded_message_is_its_senders() -> None:
    origin = {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 3}
    assert incoming(forward_origin=origin).author_name == "Ann Lee"


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ({"from": ANN | {"first_name": "N" * 64, "last_name": "M" * 64}}, "N" * 64),
        ({"sender_chat": CHANNEL | {"title": "T" * 255}}, "T" * 64),
        ({"from": ANN | {"first_name": "<b>Ann</b>", "last_name": ""}}, "<b>Ann</b>"),
        ({"from": None}, ""),
    ],
)
def test_a_name_is_kept_as_it_is_and_cut(author: dict[str, Any], name: str) -> None:
    assert incoming(**author).author_name == name


def test_an_author_nobody_names_has_no_id() -> None:
    assert incoming(**{"from": None}).author_id is None


@pytest.mark.parametrize(
    "changes",
    [
        {"sender_chat": GROUP, "from": ANN},
        {"sender_chat": CHANNEL, "is_automatic_forward": True},
        {"chat": {"id": 7, "type": "private", "first_name": "Ann"}},
        {"chat": CHANNEL},
        {"text": None, "new_chat_members": [ANN]},
        {"text": None, "left_chat_member": ANN},
        {"text": None, "pinned_message": message()},
        {"text": None, "new_chat_title": "free money"},
        {"text": None, "new_chat_photo": PHOTO},
        {"text": None, "delete_chat_photo": True},
        {"text": None, "migrate_to_chat_id": -100999},
        {"text": None, "video_chat_started": {}},
        {"text": None, "boost_added": {"boost_count": 1}},
    ],
    ids=lambda changes: " ".join(changes),
)
def test_what_no_member_wrote_is_left_out(changes: dict[str, Any]) -> None:
    assert adapter.incoming(said(**changes)) is None


@pytest.mark.parametrize(
    "content",
    [
        {"channel_post": message(chat=CHANNEL)},
        {"callback_query": {"id": "1", "from": ANN, "chat_instance": "1", "data": "x", "message": message()}},
        {"message_reaction": {"chat": GROUP, "message_id": 5, "date": 1, "old_reaction": [], "new_reaction": []}},
        {},
    ],
    ids=lambda content: " ".join(content) or "nothing",
)
def test_other_updates_hold_no_message(content: dict[str, Any]) -> None:
    assert adapter.incoming(update(**content)) is None


def member(status: str, **more: Any) -> ChatMember:
    rights = dict.fromkeys(RIGHTS, False) if status == "administrator" else {}
    return ChatMember.de_json({"user": ANN, "status": status, **rights, **more}, None)


@pytest.mark.parametrize(
    ("status", "more", "moderates"),
    [
        ("creator", {"is_anonymous": False}, True),
        ("administrator", {"can_delete_messages": True}, True),
        ("administrator", {"can_restrict_members": True}, True),
        ("administrator", {}, False),
        ("administrator", {"can_change_info": True, "can_invite_users": True}, False),
        ("member", {}, False),
        ("restricted", {"is_member": True, "until_date": 0, **dict.fromkeys(PERMISSIONS, True)}, False),
        ("left", {}, False),
        ("kicked", {"until_date": 0}, False),
    ],
)
def test_owners_and_administrators_with_the_right_rights_moderate(
    status: str, more: dict[str, Any], moderates: bool
) -> None:
    assert memberships.is_moderator(member(status, **more)) is moderates
