"""The standing of messages' authors, computed from their messages, so that undoing a decision restores it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from storage import earning
from storage.access import joins
from storage.earning import Record
from storage.models import Chat, Platform, Standing
from storage.moderation import histories
from storage.moderation.histories import Author


def standings(session: Session, written: Iterable[tuple[int | None, Chat]]) -> dict[Author, Standing]:
    """The standing that these authors have in these chats now; those that are missing are UNKNOWN.

    Channels, anonymous authors and authors outside Telegram have none. Of a person's newest messages in the chat, those
    earn standing that have three words or more, repeat no other and were judged or decided ham. One message that
    counts as spam, or was flagged at the acting threshold and is undecided, forfeits it all. Whoever a moderator trusts
    is in good standing whatever they wrote.
    """
    people = {
        (chat.id, author_id): chat
        for author_id, chat in written
        if chat.platform == Platform.TELEGRAM and author_id is not None and author_id > 0
    }
    if not people:
        return {}
    known = histories.of(session, people)
    saw_joins = {chat.id: joins.would_have_seen(chat) for chat in people.values()}
    return {
        author: Standing.GOOD
        if author in known.trusted
        else earning.standing(
            Record(
                known.clean_texts.get(author, ()),
                chat.standing_after,
                is_doubted=author in known.doubted,
                was_there=author not in known.joined and saw_joins[chat.id],
            )
        )
        for author, chat in people.items()
    }
