"""Fetching and reading pictures: each is claimed under a lease, and ends as `read` or `failed`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from storage import picture_words
from storage.models import Chat, Message, MessageState, Picture, PictureState, now
from storage.moderation.pictures import HOLDER

MAX_ATTEMPTS = 2
ATTEMPT_LASTS = timedelta(seconds=55)  # at most, fetching and reading together; then another may begin
UNSYNCHRONIZED = {"synchronize_session": False}


@dataclass(frozen=True)
class Waiting:
    """A picture to fetch and read now."""

    message_row: int
    picture_id: str
    media_id: str | None
    attempts: int  # this one included
    wants_words: bool
    wants_hash: bool


@dataclass(frozen=True)
class Reading:
    """What came of reading a picture."""

    words: str = ""
    perceptual_hash: str | None = None


def is_waiting(session: Session) -> bool:
    """Whether a picture may be due; changes nothing."""
    due = select(Picture.message_id).where(Picture.state == PictureState.WAITING, _is_free(now()))
    return session.scalars(due.limit(1)).first() is not None


def claim(session: Session) -> Waiting | None:
    """Take the newest picture that waits: where more come than can be read, some at least are read in time."""
    moment = now()
    _give_up(session, moment)
    waiting = select(Picture).where(Picture.state == PictureState.WAITING, _is_free(moment))
    waiting = waiting.order_by(Picture.message_id.desc()).limit(1)
    row = session.scalars(waiting.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    message = session.get_one(Message, row.message_id)
    if message.image_id is None:
        _end(session, row, message, "could not be read: there is none any more")
        return None
    row.attempts, row.lease_until = row.attempts + 1, moment + ATTEMPT_LASTS
    chosen = session.get_one(Chat, message.chat_id).chosen
    choices = (chosen.reads_pictures, chosen.knows_pictures)
    return Waiting(message.id, message.image_id, message.media_id, row.attempts, *choices)


def _is_free(moment: datetime) -> ColumnElement[bool]:
    return or_(Picture.lease_until.is_(None), Picture.lease_until < moment)


def _give_up(session: Session, moment: datetime) -> None:
    """End what nobody waits for any more, and what took its readers down."""
    held = (Message.state == MessageState.PENDING) & (Message.lease_holder == HOLDER)
    held &= Message.lease_until >= moment
    is_late = ~select(Message.id).where(Message.id == Picture.message_id, held).correlate(Picture).exists()
    free = update(Picture).where(Picture.state == PictureState.WAITING, _is_free(moment))
    late = free.where(is_late, Picture.decided_at.is_(None))
    session.execute(
        late.values(state=PictureState.FAILED, error="could not be read: not in time"), execution_options=UNSYNCHRONIZED
    )
    exhausted = select(Picture).where(Picture.state == PictureState.WAITING, _is_free(moment))
    for row in session.scalars(exhausted.where(Picture.attempts >= MAX_ATTEMPTS)).all():
        _end(
            session,
            row,
            session.get_one(Message, row.message_id),
            f"could not be read: reading it broke off {MAX_ATTEMPTS} times",
        )


def read(session: Session, waiting: Waiting, reading: Reading) -> None:
    """Store what was read, put the words below the message's text if it still waits, and let it be judged."""
    if (claimed := _claimed(session, waiting)) is None:
        return
    row, message = claimed
    row.state, row.error, row.lease_until = PictureState.READ, None, None
    row.perceptual_hash = reading.perceptual_hash
    row.words = reading.words  # also where it was judged without: other pictures are compared by them
    if _waits(message):
        row.added = picture_words.missing(message.text, reading.words)
        message.text = picture_words.below(message.text, row.added)
    _let_go(message)


def failed(session: Session, waiting: Waiting, reason: str, is_final: bool = True) -> None:
    """The picture could not be read: the message is judged without. Unless that is final, there may be another attempt."""
    if (claimed := _claimed(session, waiting)) is None:
        return
    row, message = claimed
    if is_final or waiting.attempts >= MAX_ATTEMPTS:
        _end(session, row, message, reason)
    else:
        row.error, row.lease_until = reason, None


def _claimed(session: Session, waiting: Waiting) -> tuple[Picture, Message] | None:
    """The rows as long as they are about that picture: it may have been replaced, forgotten or claimed again."""
    message = session.get_one(Message, waiting.message_row, with_for_update=True)
    row = session.get(Picture, waiting.message_row, with_for_update=True)
    is_meant = row is not None and row.state == PictureState.WAITING and row.attempts == waiting.attempts
    return (row, message) if row is not None and is_meant and message.media_id == waiting.media_id else None


def _end(session: Session, row: Picture, message: Message, reason: str) -> None:
    row.state, row.error, row.lease_until = PictureState.FAILED, reason, None
    _let_go(message)


def _waits(message: Message) -> bool:
    return message.state == MessageState.PENDING and message.lease_holder == HOLDER


def _let_go(message: Message) -> None:
    if _waits(message):
        message.lease_holder = message.lease_until = None
