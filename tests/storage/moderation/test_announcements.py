"""An announcement reaches each place where moderators read, once."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, update

from storage.models import Action, ActionKind, Chat, Platform
from storage.moderation.requested_actions import announcements
from storage.session import transaction
from tests.storage import given

GROUPS = (-1, -2, -3)


@pytest.fixture(autouse=True)
def groups(engine: Engine) -> None:
    given.received(engine, *(given.incoming(chat_external_id=chat) for chat in GROUPS))
    given.received(engine, given.incoming(platform=Platform.WEB, chat_external_id=0))


def announced(engine: Engine, moderators_chat_id: int | None) -> int:
    with transaction(engine) as session:
        return announcements.announce(session, "a sentence", moderators_chat_id)


def test_without_a_moderators_chat_every_group_is_told(engine: Engine) -> None:
    assert announced(engine, None) == 3
    assert set(given.values(engine, Action.kind)) == {ActionKind.ANNOUNCE}


def test_groups_with_a_common_moderators_chat_are_told_there_once(engine: Engine) -> None:
    assert announced(engine, -9) == 1


def test_a_groups_own_moderators_are_told_beside_the_common_ones(engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(update(Chat).where(Chat.external_id == -2).values(moderators_chat_id=-8))
    assert announced(engine, -9) == 2
