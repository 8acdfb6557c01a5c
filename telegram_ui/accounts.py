"""What notices and explanations say of an account that asks for a look."""

from __future__ import annotations

from storage.moderation.listings import Listed
from telegram_ui.language import Say


def lines(say: Say, listed: Listed | None, is_deleted: bool) -> list[str]:
    """A line for each reason; none where there is none."""
    reasons = [_listed(say, listed)] if listed is not None else []
    return [*reasons, say("the account is deleted")] if is_deleted else reasons


def _listed(say: Say, listed: Listed) -> str:
    if listed.since is None:
        return say("the author is on {source}'s list of spammers").format(source=listed.source)
    line = say("the author is on {source}'s list of spammers since {day}")
    return line.format(source=listed.source, day=f"{listed.since:%Y-%m-%d}")
