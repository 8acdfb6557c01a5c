"""Pictures of chats that have them read or known again: they wait, are read, and end as `read` or `failed`.

Until its picture is read, a message is under a lease that keeps the worker from judging it; if nobody reads the picture
in time, the lease runs out, and the message is judged without.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage import picture_words
from storage.arrays import among
from storage.models import Chat, Message, Picture, PictureState, now
from storage.moderation import albums
from storage.outbound import configured
from storage.upsert import insert_once

HOLDER = "pictures"  # of the lease of a message whose picture waits
WAITS = timedelta(seconds=60)  # for its picture, before a message is judged without


@dataclass(frozen=True)
class Shown:
    """What moderators are shown of a picture: the words that stand below the message's text, or why it was not read."""

    words: str = ""
    error: str | None = None


def wait_for(session: Session, chat: Chat, message: Message) -> None:
    """Let a new message wait for its picture, if its chat wants that and pictures can be read.

    Chats that have chosen neither, and messages without a picture, cost nothing.
    """
    if message.image_id is None or not _is_chosen(chat) or not configured.is_on(session, configured.PICTURES):
        return
    session.add(Picture(message_id=message.id, state=PictureState.WAITING))
    message.lease_holder, message.lease_until = HOLDER, now() + WAITS
    session.flush()


def _is_chosen(chat: Chat) -> bool:
    return bool(chat.settings) and (chat.chosen.reads_pictures or chat.chosen.knows_pictures)


def follow_edit(session: Session, chat: Chat, message: Message, below: str | None) -> None:
    """Let an edited message wait for its new picture, or again for the same.

    `below` is what stands below the text now where the edit left the picture alone (see `put_below`), else None.
    """
    row = session.get(Picture, message.id, with_for_update=True)
    if row is None or below is None:
        forget(session, [message.id])
        wait_for(session, chat, message)
        return
    row.added = below
    if row.state == PictureState.WAITING:
        message.lease_holder, message.lease_until = HOLDER, now() + WAITS


def holds_up(session: Session, message_row: int) -> bool:
    """Whether the message is not judged yet because its picture waits."""
    return session.get_one(Message, message_row).lease_holder == HOLDER


def put_below(session: Session, message: Message, text: str) -> tuple[str, str]:
    """The text of an edit that left the picture alone, with what was read in it below; and that by itself."""
    row = session.get(Picture, message.id) if message.image_id is not None else None
    is_changed = text != message.text  # else words that were read too late would make an edit of what is none
    below = picture_words.missing(text, row.words) if row is not None and is_changed else ""
    return picture_words.below(text, below), below


def note_decision(session: Session, chat: Chat, message: Message) -> None:
    """A moderator decided something about the message: its album's pictures are compared with others from now on.

    One that has not been hashed is fetched for that.
    """
    if not chat.settings or not chat.chosen.knows_pictures:
        return
    rows = [part.id for part in albums.together(session, message) if part.image_id is not None]
    moment, can_read = now(), configured.is_on(session, configured.PICTURES)
    for row in rows if can_read else ():
        insert_once(session, Picture, {"message_id": row})
    decided = update(Picture).where(Picture.message_id.in_(rows))
    session.execute(decided.values(decided_at=moment))
    again = decided.where(Picture.state == PictureState.FAILED, Picture.attempts == 0)
    session.execute(again.values(state=PictureState.WAITING, error=None))


def added(session: Session, message_rows: Collection[int]) -> dict[int, str]:
    """What stands below the texts of these messages because it was read in their pictures, by message."""
    rows = select(Picture.message_id, Picture.added).where(Picture.message_id.in_(message_rows), Picture.added != "")
    return {one.message_id: one.added for one in session.execute(rows)} if message_rows else {}


def shown(session: Session, message_rows: Collection[int]) -> dict[int, Shown]:
    """What moderators are shown of these messages' pictures, by message."""
    rows = select(Picture).where(Picture.message_id.in_(message_rows), Picture.state != PictureState.WAITING)
    pictures = session.scalars(rows).all() if message_rows else ()
    return {
        row.message_id: Shown(row.added, row.error if row.state == PictureState.FAILED else None) for row in pictures
    }


def forget(session: Session, message_rows: Collection[int]) -> None:
    """Erase what was read in the messages' pictures, and their hashes; the messages wait for them no longer."""
    session.execute(delete(Picture).where(among(Picture.message_id, message_rows)))
