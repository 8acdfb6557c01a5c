"""Where a chat wants it, a picture like one that its moderators called spam is flagged, whatever stands beside it.

What is alike is said by perceptual hashes, which hardly change when a picture is scaled or compressed anew. Of the
decisions about pictures like this one the newest counts, so "not spam" ends what "spam" began. A flag teaches nothing
unless a moderator confirms it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Chat, Correction, CorrectionState, Message, Order, OrderKind, Picture, Verdict
from storage.moderation import pictures
from storage.moderation.policies.opinions import Opinion, Subject
from storage.near_duplicates import are_same, normalised, shingles_of

LABEL = "picture: like one that moderators called spam here"
DISTANCE = 10  # of 256 bits; `python -m benchmarks.pictures` measures copies and others
MOST = 2_000  # pictures with a decision that are compared, the newest
ORDERS = {OrderKind.SPAM: True, OrderKind.HAM: False}


@dataclass(frozen=True)
class Known:
    """A picture with what moderators decided about its message."""

    perceptual_hash: int
    words: str
    decided_at: datetime
    is_spam: bool


def opinions(session: Session, subjects: Sequence[Subject]) -> Mapping[int, Opinion]:
    """Flags the pictures that are known as spam in their chats."""
    by_row = {s.message.id: s for s in subjects if s.settings.knows_pictures and s.message.image_id is not None}
    hashed = select(Picture).where(Picture.message_id.in_(by_row), Picture.perceptual_hash.is_not(None))
    rows = session.scalars(hashed).all() if by_row else ()
    known = _known(session, {by_row[row.message_id].chat.id for row in rows}) if rows else {}
    return {
        row.message_id: Opinion(True, LABEL, is_about_media=True)
        for row in rows
        if _is_spam(row, known.get(by_row[row.message_id].chat.id, ()))
    }


def after_decision(session: Session, correction: Correction, chat: Chat) -> None:
    """Have the pictures of the decided message compared with others from now on."""
    if chat.chosen.knows_pictures:
        verdict = session.get_one(Verdict, correction.verdict_id)
        pictures.note_decision(session, chat, session.get_one(Message, verdict.message_id))


def _is_spam(row: Picture, known: Sequence[Known]) -> bool:
    """What the newest decision about a picture like this one says."""
    alike = (one for one in known if _is_alike(row, one))
    newest = max(alike, key=lambda one: one.decided_at, default=None)
    return newest is not None and newest.is_spam


def _is_alike(row: Picture, known: Known) -> bool:
    """Whether the pictures look alike, and say the same where both were read: a receipt is like any other receipt."""
    if (_bits(row) ^ known.perceptual_hash).bit_count() > DISTANCE:
        return False
    if not row.words or not known.words:
        return True
    one, other = (frozenset(shingles_of(normalised(words))) for words in (row.words, known.words))
    return are_same(one, other)


def _bits(row: Picture) -> int:
    return int(row.perceptual_hash or "0", 16)


def _known(session: Session, chat_ids: Collection[int]) -> dict[int, list[Known]]:
    """The pictures of these chats that moderators decided about, by chat."""
    decided = select(Picture, Message).join(Message, Message.id == Picture.message_id)
    decided = decided.where(Message.chat_id.in_(chat_ids), Picture.decided_at.is_not(None))
    decided = decided.where(Picture.perceptual_hash.is_not(None)).order_by(Picture.decided_at.desc()).limit(MOST)
    rows = session.execute(decided).all()
    decisions = _decisions(session, _albums(session, [message for _, message in rows]))
    known: dict[int, list[Known]] = defaultdict(list)
    for picture, message in rows:
        if message.id in decisions:
            moment, is_spam = decisions[message.id]
            known[message.chat_id].append(Known(_bits(picture), picture.words, moment, is_spam))
    return known


def _albums(session: Session, messages: Sequence[Message]) -> dict[int, list[int]]:
    """For each of these messages, the rows of its album: a decision about one part is about all."""
    album_ids = {message.album_id for message in messages if message.album_id is not None}
    parts = select(Message.chat_id, Message.album_id, Message.id).where(Message.album_id.in_(album_ids))
    by_album: dict[tuple[int, str | None], list[int]] = defaultdict(list)
    for chat_id, album_id, row in session.execute(parts) if album_ids else ():
        by_album[chat_id, album_id].append(row)
    return {message.id: by_album.get((message.chat_id, message.album_id), [message.id]) for message in messages}


def _decisions(session: Session, albums: Mapping[int, Sequence[int]]) -> dict[int, tuple[datetime, bool]]:
    """The newest decision that counts for each message, by its row: when it was made, and what it says."""
    parts = {part for album in albums.values() for part in album}
    by_part: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    for row, moment, is_spam in [*_corrected(session, parts), *_ordered(session, parts)]:
        by_part[row].append((moment, is_spam))
    of_albums = {row: [one for part in album for one in by_part[part]] for row, album in albums.items()}
    return {row: max(given) for row, given in of_albums.items() if given}


def _corrected(session: Session, rows: Collection[int]) -> Iterator[tuple[int, datetime, bool]]:
    corrections = select(Verdict.message_id, Correction.created_at, Correction.is_spam)
    corrections = corrections.join(Correction, Correction.verdict_id == Verdict.id)
    corrections = corrections.where(Verdict.message_id.in_(rows), Correction.state == CorrectionState.ACCEPTED)
    yield from session.execute(corrections)


def _ordered(session: Session, rows: Collection[int]) -> Iterator[tuple[int, datetime, bool]]:
    """Commands about what has no verdict, such as a picture without words; others are corrections."""
    corrected = select(Correction.id).join(Verdict, Verdict.id == Correction.verdict_id)
    corrected = corrected.where(Verdict.message_id == Order.message_id).correlate(Order)
    orders = select(Order.message_id, Order.done_at, Order.kind).where(Order.message_id.in_(rows))
    orders = orders.where(Order.kind.in_(ORDERS), Order.done_at.is_not(None), ~corrected.exists())
    for row, moment, kind in session.execute(orders):
        if moment is not None:
            yield row, moment, ORDERS[kind]
