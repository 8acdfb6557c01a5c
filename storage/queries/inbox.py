"""The inbox: a message is received once, claimed under a lease, and ends as ham, spam, failed or nothing to judge."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.models import Chat, EarlierText, Message, MessageState, Platform, Standing, now
from storage.queries import albums, asking, authors, belated, chats, naming, orders, reports, verdicts
from storage.queries.upsert import insert_once
from storage.queries.verdicts import Judge as Judge
from storage.queries.verdicts import Judgement as Judgement

MAX_ATTEMPTS = 5  # a row that took its worker down this often ends `failed`
SUSPECT_ATTEMPTS = 2  # from here on a row is judged alone, so that it cannot take others with it


@dataclass(frozen=True)
class Incoming:
    """A message as a platform hands it over; `edited_at` is set when it replaces what stood there."""

    platform: Platform
    chat_external_id: int
    chat_title: str
    message_id: int
    author_id: int | None
    author_name: str
    text: str
    sent_at: datetime
    edited_at: datetime | None = None
    album_id: str | None = None
    thread_id: int | None = None
    picture_id: str | None = None
    media_id: str = ""  # tells its picture, video, file, voice or sticker from any other
    telling_name: str = ""  # the author's whole name, where it says more than who they are


@dataclass(frozen=True)
class Claimed:
    """A message this worker may judge until its lease runs out."""

    id: int
    edit: int
    text: str


def receive(session: Session, incoming: Incoming) -> int:
    """Store the message as pending, or its edit; receiving the same again changes nothing. Returns the row's id.

    A name that is new here and says more than who somebody is stands before their words.
    """
    chat = chats.heard(session, incoming.platform, incoming.chat_external_id, incoming.chat_title)
    chat_id, number = chat.id, chats.number_in(chat, incoming.chat_external_id, incoming.message_id)
    about = (incoming.author_id, number, incoming.author_name, incoming.telling_name)
    name = naming.named(session, chat_id, *about)
    text = f"{name}\n{incoming.text}".strip("\n") if name else incoming.text
    values = {
        "chat_id": chat_id,
        "message_id": number,
        "edited_at": incoming.edited_at,
        "author_id": incoming.author_id,
        "author_name": incoming.author_name,
        "text": text,
        "sent_at": incoming.sent_at,
        "album_id": incoming.album_id,
        "thread_id": incoming.thread_id,
        "picture_id": incoming.picture_id,
        "media_id": incoming.media_id,
    }
    is_new = insert_once(session, Message, values)
    found = select(Message).where(Message.chat_id == chat_id, Message.message_id == number)
    message = session.scalars(found.with_for_update()).one()
    if is_new:
        asking.follow_album(session, message)
    elif incoming.edited_at is not None:
        is_new = _edit(session, message, text, incoming, incoming.edited_at)
        if is_new and name:  # what stands before the words is told from them by the name that is stored
            message.author_name = incoming.author_name
    return message.id


def _edit(session: Session, message: Message, text: str, incoming: Incoming, edited_at: datetime) -> bool:
    """Put the new text and media in the message's row and have it judged anew; the old text stays for its verdicts.

    Orders that wait for a verdict meant the words that stood there, of which none will come now. Returns whether there
    was anything new.
    """
    is_older = message.edited_at is not None and edited_at < message.edited_at  # whole seconds: equal is not older
    if is_older or (text == message.text and _has_same_media(message, incoming)):
        return False
    if text != message.text and message.state == MessageState.PENDING:
        orders.carry_out_unjudged(session, [message])
    orders.place_before(session, message, edited_at)
    session.add(EarlierText(message_id=message.id, edit=message.edit, text=message.text))
    message.text, message.edit, message.edited_at = text, message.edit + 1, edited_at
    message.picture_id, message.media_id = incoming.picture_id, incoming.media_id
    message.state, message.error, message.attempts = MessageState.PENDING, None, 0
    message.lease_holder = message.lease_until = None
    return True


def _has_same_media(message: Message, incoming: Incoming) -> bool:
    """Whether the edit left its media alone. Of what was received before media were told apart, the picture is known."""
    if message.media_id is None:
        return message.picture_id == incoming.picture_id
    return message.media_id == incoming.media_id


def name_author(session: Session, message_row: int, author_id: int | None) -> None:
    """Who wrote a message that is ordered about, with its album, where that was forgotten: a reply to it tells."""
    for part in albums.together(session, session.get_one(Message, message_row)):
        part.author_id = part.author_id if part.author_id is not None else author_id


def written_by(session: Session, chat_ids: Sequence[int], author_id: int, sent_at: datetime, words: str) -> list[int]:
    """Rows of what this author wrote in those chats at that second; of several, those of these words; of an album, one."""
    theirs = select(Message).where(Message.chat_id.in_(chat_ids), Message.author_id == author_id)
    found = session.scalars(theirs.where(Message.sent_at == sent_at).order_by(Message.id)).all()
    meant = [one for one in found if f"\n{one.text}".endswith(f"\n{words}")] or found
    return list({(message.chat_id, message.album_id or message.id): message.id for message in meant}.values())


def claim(session: Session, limit: int, lease_seconds: float) -> tuple[str, list[Claimed]]:
    """Take up to `limit` waiting messages, oldest first, for `lease_seconds`. Returns the lease's holder and them.

    A message whose earlier judges died is handed out alone.
    """
    holder = uuid.uuid4().hex
    claimed = _claim(session, holder, limit, lease_seconds, Message.attempts < SUSPECT_ATTEMPTS)
    if not claimed:
        claimed = _claim(session, holder, 1, lease_seconds, Message.attempts < MAX_ATTEMPTS)
    return holder, sorted(claimed, key=lambda c: c.id)


def _claim(
    session: Session, holder: str, limit: int, lease_seconds: float, eligible: ColumnElement[bool]
) -> list[Claimed]:
    free = select(Message.id).where(_waiting(), eligible).order_by(Message.id).limit(limit)
    once = free.with_for_update(skip_locked=True).cte(
        "free"
    )  # a plain sub-select may run twice, and claim twice as many
    statement = (
        update(Message)
        .where(Message.id.in_(select(once.c.id)))
        .values(lease_holder=holder, lease_until=_later(lease_seconds), attempts=Message.attempts + 1)
        .returning(Message.id, Message.edit, Message.text)
        .execution_options(synchronize_session=False)
    )
    return [Claimed(*row) for row in session.execute(statement)]


def _waiting() -> ColumnElement[bool]:
    is_free = or_(Message.lease_until.is_(None), Message.lease_until < now())
    return (Message.state == MessageState.PENDING) & is_free


def _later(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)


def extend(session: Session, holder: str, lease_seconds: float) -> None:
    """Keep what this holder has not judged yet for another `lease_seconds`."""
    mine = update(Message).where(Message.lease_holder == holder, Message.state == MessageState.PENDING)
    session.execute(mine.values(lease_until=_later(lease_seconds)))


def release(session: Session, holder: str) -> None:
    """Give back what this holder has not judged, as if it had not been claimed."""
    mine = update(Message).where(Message.lease_holder == holder, Message.state == MessageState.PENDING)
    session.execute(mine.values(lease_holder=None, lease_until=None, attempts=Message.attempts - 1))


def record(session: Session, holder: str, judge: Judge, judgements: Sequence[Judgement]) -> list[int]:
    """Store the outcome of each message this holder still holds. Returns the verdicts that ask for an action.

    A message that was edited or claimed by another meanwhile is passed over: its new holder judges it.
    """
    by_id = {judgement.id: judgement for judgement in judgements}
    held = (
        select(Message, Chat)
        .join(Chat)
        .where(Message.id.in_(by_id), Message.lease_holder == holder, Message.state == MessageState.PENDING)
        .with_for_update(of=Message)
    )
    written = [(message, chat) for message, chat in session.execute(held)]
    standings = authors.standings(session, written)
    made, unjudged = [], []
    for message, chat in written:
        judgement = by_id[message.id]
        if judgement.edit != message.edit:
            continue
        message.lease_holder = message.lease_until = None
        if judgement.score is None:
            message.state, message.error = judgement.state or MessageState.FAILED, judgement.error
            unjudged.append(message)
            continue
        known = standings.get((chat.id, message.author_id), Standing.UNKNOWN)
        verdict = verdicts.made(message, judge, judgement.score, chat.strictness, known)
        message.state = MessageState.SPAM if verdict.is_spam else MessageState.HAM
        session.add(verdict)
        made.append(verdict)
    session.flush()
    orders.carry_out_unjudged(session, unjudged)
    done_before = belated.adopt(session, made)
    asked = asking.for_flags(session, [verdict for verdict in made if verdict.is_spam])
    told = reports.show_reported(session, made)
    ordered = orders.learn(session, done_before) + orders.carry_out_waiting(session, made)
    return sorted({*asked, *told, *ordered})


def give_up(session: Session) -> int:
    """End as `failed` what was claimed too often and never judged. Returns how many."""
    exhausted = update(Message).where(_waiting(), Message.attempts >= MAX_ATTEMPTS)
    reason = f"the worker did not finish it in {MAX_ATTEMPTS} attempts"
    failed = exhausted.values(state=MessageState.FAILED, error=reason).returning(Message.id)
    rows = session.scalars(failed.execution_options(synchronize_session=False)).all()
    if rows:
        orders.carry_out_unjudged(session, session.scalars(select(Message).where(Message.id.in_(rows))).all())
    return len(rows)


def retry_failed(session: Session) -> int:
    """Put every failed message back into the queue. Returns how many."""
    failed = update(Message).where(Message.state == MessageState.FAILED)
    return _count(session, failed.values(state=MessageState.PENDING, error=None, attempts=0, lease_until=None))


def _count(session: Session, statement: object) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[call-overload]  # Update is Executable; rowcount is the cursor's


def waiting(session: Session) -> int:
    """How many messages wait for a verdict."""
    return session.scalars(select(func.count()).where(Message.state == MessageState.PENDING)).one()


def waits_more_than(session: Session, limit: int) -> bool:
    """Whether more messages than that wait for a verdict; counts no further than it must."""
    one_more = select(Message.id).where(Message.state == MessageState.PENDING).order_by(Message.id)
    return session.scalars(one_more.offset(limit).limit(1)).first() is not None
