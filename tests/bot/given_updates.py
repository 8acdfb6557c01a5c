"""Updates as Telegram writes them, read as the bot reads them."""

from __future__ import annotations

from typing import Any

from telegram import Update

GROUP: dict[str, Any] = {"id": -100123, "type": "supergroup", "title": "a group"}
ANN: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "Ann", "last_name": "Lee"}


def message(**changes: Any) -> dict[str, Any]:
    """Ann's "hello" in a group; a value of None takes a field away."""
    known = {"message_id": 5, "date": 1_735_732_800, "chat": GROUP, "from": ANN, "text": "hello"}
    return {name: value for name, value in (known | changes).items() if value is not None}


def update(update_id: int = 1, **content: Any) -> Update:
    return Update.de_json({"update_id": update_id, **content}, None)


def said(update_id: int = 1, **changes: Any) -> Update:
    """An update with that message."""
    return update(update_id, message=message(**changes))
