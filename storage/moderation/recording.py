"""Reads and writes a batch as a whole: a few statements, however many messages it has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, union_all, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from storage.arrays import among, among_given, insert_many
from storage.models import Chat, Message, MessageState, Order, Report, Verdict, now
from storage.moderation.policies.opinions import Judged, NewVerdict

Outcome = tuple[MessageState, str | None]  # how a message ends, and why it has no verdict
COLUMNS = tuple(field.name for field in fields(NewVerdict) if field.name != "id")


class Held(NamedTuple):
    """What its holder has to know of each message of a batch; whole rows are loaded for those that a policy asks about."""

    id: int
    edit: int
    chat_id: int
    author_id: int | None
    is_join: bool
    album_id: str | None


# made once, as each batch asks
HELD = select(Message.id, Message.edit, Message.chat_id, Message.author_id, Message.is_join, Message.album_id)
HELD = HELD.where(among_given(Message.id, "rows"), Message.lease_holder == bindparam("holder"))
HELD = HELD.where(Message.state == MessageState.PENDING).order_by(Message.id).with_for_update()
CHATS = select(Chat).where(among_given(Chat.id, "rows"))
SPOKEN_OF = union_all(
    select(Order.message_id).where(among_given(Order.message_id, "rows")),
    select(Report.message_id).where(among_given(Report.message_id, "rows")),
)


def held(session: Session, holder: str, message_rows: Collection[int]) -> list[tuple[Held, Chat]]:
    """Those of the messages that this holder still holds, locked, with their chats."""
    rows = [Held(*row) for row in session.execute(HELD, {"rows": message_rows, "holder": holder})]
    by_id = {chat.id: chat for chat in session.scalars(CHATS, {"rows": {row.chat_id for row in rows}})}
    return [(row, by_id[row.chat_id]) for row in rows]


def whole(session: Session, message_rows: Collection[int]) -> dict[int, Message]:
    """These messages with all their columns, by their rows."""
    if not message_rows:
        return {}
    messages = session.scalars(select(Message).where(among(Message.id, message_rows)).order_by(Message.id))
    return {message.id: message for message in messages}


def store(session: Session, model_version_id: int, verdicts: Sequence[NewVerdict]) -> None:
    """Store these verdicts of one version; they have their ids afterwards."""
    if not verdicts:
        return
    common = {"model_version_id": model_version_id, "is_shadow": False, "disagrees": False, "created_at": now()}
    columns: dict[str, list[Any]] = {name: [getattr(one, name) for one in verdicts] for name in COLUMNS}
    columns |= {name: [value] * len(verdicts) for name, value in common.items()}
    ids = dict(insert_many(session, Verdict, columns, (Verdict.message_id, Verdict.id)))
    for verdict in verdicts:
        verdict.id = ids[verdict.message_id]


def end(session: Session, outcomes: Mapping[Outcome, Sequence[int]], loaded: Mapping[int, Message]) -> None:
    """End the leases of these messages (their rows by their outcome), also in what is `loaded` of them."""
    for (state, error), rows in outcomes.items():
        values = {"state": state, "error": error, "lease_holder": None, "lease_until": None}
        ended = update(Message).where(among(Message.id, rows)).values(values)
        session.execute(ended.execution_options(synchronize_session=False))
        for message in [loaded[row] for row in rows if row in loaded]:
            for name, value in values.items():
                set_committed_value(message, name, value)


def judged(session: Session, held: Sequence[tuple[Held, Chat]], verdicts: Sequence[NewVerdict]) -> list[Judged]:
    """The verdicts that a policy may follow: all in chats that have chosen something, and elsewhere the flags."""
    chats = {row.id: chat for row, chat in held}
    asked = [verdict for verdict in verdicts if verdict.is_spam or chats[verdict.message_id].settings]
    messages = whole(session, [verdict.message_id for verdict in asked])
    return [Judged(verdict, messages[verdict.message_id], chats[verdict.message_id]) for verdict in asked]


def spoken_of(session: Session, by_message: Mapping[int, int]) -> dict[int, int]:
    """Those of the messages (row to verdict) that any command or report is about: few, so one statement asks for both."""
    return {row: by_message[row] for row in session.scalars(SPOKEN_OF, {"rows": by_message})}
