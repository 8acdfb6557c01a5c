"""The standing of messages' authors, computed from their messages, so that undoing a decision restores it.

The worker asks for it with every batch it records, so the statements are built once, and each reads only an author's
newest messages.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from storage import earning
from storage.access import joins
from storage.earning import Record
from storage.models import Chat, Correction, Join, Message, Platform, Standing, Trust, Verdict
from storage.moderation.standing import ACCEPTED, BEGINNING, CLEAN, IN_DOUBT, NEWEST

Author = tuple[int, int | None]  # the chat's row, and the person's id at Telegram

_AUTHORS = (
    select(Message.chat_id, Message.author_id)
    .where(Message.id.in_(bindparam("message_rows", expanding=True)))
    .distinct()
    .subquery("authors")
)
_LATER = aliased(Message)
_OLDEST_LOOKED_AT = (
    select(_LATER.id)
    .where(_LATER.chat_id == _AUTHORS.c.chat_id, _LATER.author_id == _AUTHORS.c.author_id)
    .order_by(_LATER.id.desc())
    .offset(NEWEST - 1)
    .limit(1)
    .correlate(_AUTHORS)
    .scalar_subquery()
)
_IS_THEIRS = (
    (Message.chat_id == _AUTHORS.c.chat_id)
    & (Message.author_id == _AUTHORS.c.author_id)
    & (Message.id >= func.coalesce(_OLDEST_LOOKED_AT, 0))
)
_IS_CURRENT = (Verdict.message_id == Message.id) & (Verdict.edit == Message.edit)
_IS_DECIDED_HAM = select(Correction.id).where(ACCEPTED, _IS_CURRENT, ~Correction.is_spam).correlate(Message).exists()
DOUBTED = (
    select(Message.chat_id, Message.author_id)
    .select_from(_AUTHORS)
    .join(Message, _IS_THEIRS)
    .join(Verdict, Verdict.message_id == Message.id)
    .where(~Verdict.is_shadow, IN_DOUBT)
    .distinct()
)
CLEAN_TEXTS = (
    select(Message.chat_id, Message.author_id, func.substr(Message.text, 1, BEGINNING))
    .select_from(_AUTHORS)
    .join(Message, _IS_THEIRS)
    .where(Message.state.in_(CLEAN) | _IS_DECIDED_HAM, ~Message.is_join)
)
JOINED = select(Join.chat_id, Join.user_id).join(
    _AUTHORS, (Join.chat_id == _AUTHORS.c.chat_id) & (Join.user_id == _AUTHORS.c.author_id)
)

TRUSTED = select(Trust.chat_id, Trust.user_id).join(
    _AUTHORS, (Trust.chat_id == _AUTHORS.c.chat_id) & (Trust.user_id == _AUTHORS.c.author_id)
)


def standings(session: Session, written: Sequence[tuple[Message, Chat]]) -> dict[Author, Standing]:
    """The standing that each message's author has in its chat now; authors that are missing are UNKNOWN.

    Channels, anonymous authors and authors outside Telegram have none. Of a person's newest messages in the chat, those
    earn standing that have three words or more, repeat no other and were judged or decided ham. One message that
    counts as spam, or was flagged at the acting threshold and is undecided, forfeits it all. Whoever a moderator trusts
    is in good standing whatever they wrote.
    """
    by_people = [(m, chat) for m, chat in written if chat.platform == Platform.TELEGRAM and (m.author_id or 0) > 0]
    if not by_people:
        return {}
    rows = {"message_rows": [message.id for message, _ in by_people]}
    doubted, joined = _authors(session, DOUBTED, rows), _authors(session, JOINED, rows)
    texts, trusted = clean_texts(session, rows["message_rows"]), _authors(session, TRUSTED, rows)
    return {
        author: Standing.GOOD
        if author in trusted
        else earning.standing(
            Record(
                texts.get(author, ()),
                chat.standing_after,
                is_doubted=author in doubted,
                was_there=author not in joined and joins.would_have_seen(chat),
            )
        )
        for author, chat in {(chat.id, message.author_id): chat for message, chat in by_people}.items()
    }


def _authors(session: Session, statement: Select[int, int | None], rows: dict[str, list[int]]) -> set[Author]:
    return {(chat_id, author_id) for chat_id, author_id in session.execute(statement, rows)}


def clean_texts(session: Session, message_rows: list[int]) -> dict[Author, list[str]]:
    """The beginnings of the newest clean messages of these messages' authors, in their chats."""
    texts: dict[Author, list[str]] = {}
    for chat_id, author_id, text in session.execute(CLEAN_TEXTS, {"message_rows": message_rows}):
        texts.setdefault((chat_id, author_id), []).append(text)
    return texts
