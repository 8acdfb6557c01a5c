"""Where a chat wants it, moderators see what deleted accounts write, and newcomers whom a public list calls spammers.

An account is evidence for people to weigh: nothing is ever done about it without a moderator.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Chat, Message, Platform, Sign, Standing, Verdict
from storage.moderation import attention, listing_questions, listings

UNKNOWN_HERE = (Standing.NEWCOMER, Standing.SOME, Standing.BEFORE)  # nobody in good standing is asked about


def after_verdicts(session: Session, verdicts: Sequence[Verdict]) -> list[int]:
    """Show what such accounts wrote, and have the list asked about authors who are not in good standing yet."""
    if not verdicts:
        return []
    written = select(Verdict, Message, Chat).join(Verdict.message).join(Message.chat)
    written = written.where(Verdict.id.in_([verdict.id for verdict in verdicts]), Chat.platform == Platform.TELEGRAM)
    rows = [(verdict, message, chat) for verdict, message, chat in session.execute(written) if chat.settings]
    shown = [v.id for v, message, chat in rows if chat.chosen.shows_deleted and Sign.DELETED_ACCOUNT in message.signs]
    asked_about = [
        (message.author_id, verdict.id)
        for verdict, message, chat in rows
        if chat.chosen.spammer_list and verdict.standing in UNKNOWN_HERE and (message.author_id or 0) > 0
    ]
    shown += _listed(session, asked_about)
    return attention.show_once(session, shown) if shown else []


def _listed(session: Session, asked_about: Sequence[tuple[int | None, int]]) -> list[int]:
    """Of these authors with their verdicts, the verdicts on who is listed; the list is asked about all whom it does not know."""
    if not asked_about:
        return []
    people = {user_id for user_id, _ in asked_about if user_id is not None}
    listed = listings.of(session, people)
    listing_questions.ask(session, people)
    return [verdict_id for user_id, verdict_id in asked_about if user_id in listed]


def on_join(session: Session, chat: Chat, user_ids: Sequence[int]) -> None:
    """Have the list asked about who joins, so that the answer is there when they write."""
    if chat.chosen.spammer_list:
        listing_questions.ask(session, user_ids)
