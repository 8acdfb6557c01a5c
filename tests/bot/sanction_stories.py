"""What stories of sanctions share: what is done by hand, pressed, read in a notice, or due at last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, update

from storage.models import Action, now
from storage.rules import UNDONE_BY
from storage.session import transaction
from tests.bot.stories import ANN, EVE, GROUP, notices
from tests.bot.world import World

SOMEBODY = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
LATER = int((now() + timedelta(days=200)).timestamp())
TEXTS_ONLY = {"status": "restricted", "is_member": True, "can_send_messages": True, "can_send_photos": False}


def by_hand(world: World, **status: Any) -> None:
    """A moderator does it in Telegram's own interface; the bot missed it."""
    world.telegram._members[GROUP, EVE["id"]] = {"user": EVE, **status}


def member(world: World) -> dict[str, Any]:
    return world.telegram._members[GROUP, EVE["id"]]


def press(world: World, button: str, which: int = 0) -> None:
    world.telegram.press(ANN, notices(world.telegram)[which], button)
    world.settle()


def notice_text(world: World, which: int = 0) -> str:
    """The last line of a notice but for the decisions."""
    return str(notices(world.telegram)[which]["text"])


def all_due(world: World) -> None:
    with transaction(world.engine) as session:
        session.execute(update(Action).values(not_before=Action.created_at))
    world.settle()


def over(world: World, verdict_or_order: ColumnElement[bool]) -> None:
    """The end that these sanctions were given has come, and with it their release."""
    with transaction(world.engine) as session:
        ended = update(Action).where(verdict_or_order, Action.until.is_not(None)).values(until=now())
        session.execute(ended.execution_options(synchronize_session=False))
        due = update(Action).where(verdict_or_order, Action.kind.in_(UNDONE_BY)).values(not_before=now())
        session.execute(due.execution_options(synchronize_session=False))
    world.settle()
