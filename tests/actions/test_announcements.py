"""An announcement is posted once in the group."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from actions.context import Context
from storage.models import ActionKind
from storage.moderation.requested_actions import announcements
from storage.session import transaction
from tests.actions.performing import DONE, FAILED, GROUP, perform, row
from tests.storage import given
from tests.telegram_server import Refused, TelegramServer


@pytest.fixture
def announced(engine: Engine, telegram: TelegramServer) -> None:
    """A sentence that waits to be posted in the group of the first message."""
    given.received(engine, given.incoming())
    with transaction(engine) as session:
        assert announcements.announce(session, "v2 was taken back", None) == 1


@pytest.mark.usefixtures("announced")
def test_an_announcement_is_posted_once_without_buttons(context: Context, telegram: TelegramServer) -> None:
    for _ in range(2):
        perform(context)
    [posted] = telegram.sent_to(GROUP)
    assert (posted["text"], posted.get("reply_markup")) == ("v2 was taken back", None)
    assert row(context.engine, ActionKind.ANNOUNCE).state == DONE


@pytest.mark.usefixtures("announced")
def test_an_announcement_that_telegram_refuses_says_why(context: Context, telegram: TelegramServer) -> None:
    telegram.fail_next("sendMessage", Refused(403, "Forbidden: bot was kicked from the group chat"))
    perform(context)
    stored = row(context.engine, ActionKind.ANNOUNCE)
    assert (stored.state, "kicked" in (stored.error or "")) == (FAILED, True)
