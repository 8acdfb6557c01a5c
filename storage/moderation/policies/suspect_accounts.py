"""Where a chat wants it, moderators see what deleted accounts write, and newcomers whom a public list calls spammers.

An account is evidence for people to weigh: nothing is ever done about it without a moderator.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from storage.models import Chat, Platform, Sign, Standing
from storage.moderation import attention, listing_questions, listings
from storage.moderation.policies.opinions import Judged

UNKNOWN_HERE = (Standing.NEWCOMER, Standing.SOME, Standing.BEFORE)  # nobody in good standing is asked about


def after_verdicts(session: Session, judged: Sequence[Judged]) -> list[int]:
    """Show what such accounts wrote, and have the list asked about authors who are not in good standing yet."""
    here = [one for one in judged if one.chat.settings and one.chat.platform == Platform.TELEGRAM]
    shown = [
        one.verdict.id for one in here if one.chat.chosen.shows_deleted and Sign.DELETED_ACCOUNT in one.message.signs
    ]
    asked_about = [
        (one.message.author_id, one.verdict.id)
        for one in here
        if one.chat.chosen.spammer_list and one.verdict.standing in UNKNOWN_HERE and (one.message.author_id or 0) > 0
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
