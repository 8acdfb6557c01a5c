"""A chat's settings are one typed value: what is missing has its default, what is unknown is kept, what is wrong refused."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.access import audit, chats
from storage.errors import UnsuitableSetting
from storage.models import Chat, ChatSettings, chat_settings
from storage.session import reading, transaction
from tests.storage import given


def test_a_chat_that_chose_nothing_has_every_default() -> None:
    assert chat_settings.read({}) == ChatSettings()


def test_what_a_later_release_stored_is_kept() -> None:
    stored = chat_settings.changed({"of a later release": 1}, spam_removes="chat")
    assert stored == {"of a later release": 1, "spam_removes": "chat"}
    assert chat_settings.read(stored).spam_removes == "chat"


def test_a_choice_is_stored_and_noted(sqlite_engine: Engine) -> None:
    given.received(sqlite_engine, given.incoming())
    with transaction(sqlite_engine) as session:
        chats.choose(session, 1, "spam_removes", "chat", "web:ann")
    with reading(sqlite_engine) as session:
        assert session.get_one(Chat, 1).chosen.spam_removes == "chat"
        assert [entry.detail for entry, _ in audit.page(session, None)] == ["spam_removes: message → chat"]


def test_a_value_that_a_setting_cannot_have_is_refused(sqlite_engine: Engine) -> None:
    given.received(sqlite_engine, given.incoming())
    with transaction(sqlite_engine) as session, pytest.raises(UnsuitableSetting, match="spam_removes cannot be 'all'"):
        chats.choose(session, 1, "spam_removes", "all")
