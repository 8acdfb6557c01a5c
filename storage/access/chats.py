"""The chats that are moderated, and their settings."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from pydantic import ValidationError
from sqlalchemy import bindparam, distinct, func, select
from sqlalchemy.orm import Session

from storage import rules
from storage.access import audit, moved
from storage.access import moves as numbers
from storage.errors import EnforceTooSoon, UnknownChat, UnsuitableSetting
from storage.models import (
    Chat,
    ChatSettings,
    Correction,
    CorrectionState,
    Message,
    Mode,
    Platform,
    Strictness,
    Verdict,
    chat_settings,
)
from storage.upsert import insert_once

IMPORTED = (Chat.platform == Platform.WEB) & (Chat.external_id < 0)  # samples: learned from, left out of statistics
CHOICES = ("mode", "strictness", "language", "standing_after", "reports_needed", "reports_an_hour")
CONSOLE = "the console"  # the actor where nobody is named

# made once, as each message asks for its chat
KNOWN = select(Chat).where(Chat.platform == bindparam("platform"), Chat.external_id == bindparam("chat"))
KNOWN_ON_TELEGRAM = select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=numbers.number_now("chat"))


def every(session: Session) -> list[Chat]:
    """All chats, the first seen first."""
    return list(session.scalars(select(Chat).order_by(Chat.id)))


def groups(session: Session, limit: int, common: int | None = None) -> list[Chat]:
    """Telegram groups, the first seen first, without moderators' chats and the `common` moderators' chat."""
    read_in = select(Chat.moderators_chat_id).where(Chat.moderators_chat_id.is_not(None))
    groups = select(Chat).where(Chat.platform == Platform.TELEGRAM, Chat.external_id.not_in(read_in))
    if common is not None:
        groups = groups.where(Chat.external_id != numbers.present(session, common))
    return list(session.scalars(groups.order_by(Chat.id).limit(limit)))


def on_telegram(session: Session, external_id: int, title: str = "") -> Chat:
    """The row of a Telegram group, with its latest title; a new one is created in mode `training`."""
    return get_or_create(session, Platform.TELEGRAM, external_id, title)


def language(session: Session, external_id: int) -> str:
    """The language of a Telegram chat: the group's setting, or that of the first group whose moderators' chat it is."""
    external_id = numbers.present(session, external_id)
    own = Chat.external_id == external_id
    named = select(Chat.language).where(Chat.platform == Platform.TELEGRAM)
    named = named.where(own | (Chat.moderators_chat_id == external_id))
    return session.scalars(named.order_by(own, Chat.id).limit(1)).first() or "en"


def get_or_create(session: Session, platform: Platform, external_id: int, title: str) -> Chat:
    """The row of the chat that a message came from, created if it is new, with the title that the platform names.

    A message from a group that has become a supergroup since, as in a replayed update, belongs to the supergroup's row,
    which keeps its present title.
    """
    of_chat = {"platform": platform, "chat": external_id}
    known = KNOWN_ON_TELEGRAM if platform == Platform.TELEGRAM else KNOWN
    chat = session.scalars(known, of_chat).one_or_none()
    if chat is None:
        present = numbers.present(session, external_id) if platform == Platform.TELEGRAM else external_id
        insert_once(session, Chat, {"platform": platform, "external_id": present, "title": title or str(present)})
        chat = session.scalars(known, of_chat).one()
    if title and chat.title != title and chat.external_id == external_id:
        chat.title = title
    return chat


def number_in(chat: Chat, external_id: int, message_id: int) -> int:
    """The message's number within the chat's row: negative if it comes from the chat's old number, before it moved."""
    return message_id if chat.external_id == external_id else -message_id


def on_web(session: Session, external_id: int, title: str) -> Chat:
    """The row of a web chat: 0 is the chat page, a client's id its messages, the negative id its imported samples."""
    return get_or_create(session, Platform.WEB, external_id, title)


def get(session: Session, chat_id: int) -> Chat:
    """The chat of that number. Raises UnknownChat."""
    chat = session.get(Chat, chat_id)
    if chat is None:
        raise UnknownChat(chat_id)
    return chat


def accepted_corrections(session: Session, chat: Chat) -> int:
    """How many messages of the chat moderators have labelled."""
    labelled = select(func.count(distinct(Verdict.message_id))).join(Correction, Correction.verdict_id == Verdict.id)
    labelled = labelled.join(Verdict.message).where(Message.chat_id == chat.id)
    return session.scalars(labelled.where(Correction.state == CorrectionState.ACCEPTED)).one()


def _require_corrections(session: Session, chat: Chat) -> None:
    """Raises EnforceTooSoon where the chat has too few accepted corrections."""
    if (count := accepted_corrections(session, chat)) < rules.ENFORCE_AFTER:
        raise EnforceTooSoon(count, rules.ENFORCE_AFTER)


def choose(session: Session, chat_id: int, what: str, value: Any, by: str = CONSOLE) -> Chat:
    """Change one setting of the chat: a column, or a field of ChatSettings.

    Raises UnknownChat, UnsuitableSetting, and EnforceTooSoon where the chat has too few corrections.
    """
    chat = get(session, chat_id)
    if what in ChatSettings.model_fields:
        return _choose_policy(session, chat, what, value, by)
    if what not in CHOICES:
        raise ValueError(f"a chat cannot choose {what!r}")
    if (what, value) == ("mode", Mode.ENFORCE) and chat.mode != Mode.ENFORCE:
        _require_corrections(session, chat)
    if getattr(chat, what) != value:
        audit.note(session, by, "setting", f"{what}: {getattr(chat, what)} → {value}", chat_id)
    setattr(chat, what, value)
    session.flush()
    return chat


def _choose_policy(session: Session, chat: Chat, what: str, value: Any, by: str) -> Chat:
    before = getattr(chat.chosen, what)
    store(session, chat, **{what: value})
    if (after := getattr(chat.chosen, what)) != before:
        audit.note(session, by, "setting", f"{what}: {_brief(before)} → {_brief(after)}", chat.id)
    return chat


def _brief(value: object) -> str:
    """The value, or the beginning of a long text."""
    return shorten(str(value), 200, placeholder=" …") if isinstance(value, str) else str(value)


def store(session: Session, chat: Chat, **choices: Any) -> None:
    """Store fields of ChatSettings. Raises UnsuitableSetting."""
    try:
        chat.settings = chat_settings.changed(chat.settings, **choices)
    except ValidationError as error:
        first = error.errors()[0]
        raise UnsuitableSetting(str(first["loc"][0]), first["input"], first["msg"]) from error
    session.flush()


def choose_strictness(session: Session, chat_id: int, strictness: Strictness, by: str = CONSOLE) -> Chat:
    """Change the chat's strictness, from the next verdict on. Raises UnknownChat."""
    return choose(session, chat_id, "strictness", strictness, by)


def move_group(session: Session, old_id: int, new_id: int) -> None:
    """A group became a supergroup: the same chat under another number, with messages numbered anew.

    Calling it twice is harmless.
    """
    numbers.note(session, old_id, new_id)
    if old_id == new_id:
        return
    old = session.scalars(select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=old_id)).one_or_none()
    new = session.scalars(select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=new_id)).one_or_none()
    for group in session.scalars(select(Chat).filter_by(moderators_chat_id=old_id)):
        group.moderators_chat_id = new_id
    moved.forget_notices(session, old_id)
    if old is None:
        return
    moved.set_aside(session, old)
    if new is not None:
        moved.absorb(session, old, new)
    old.external_id = new_id


def visible(session: Session, allowed: tuple[int, ...] | None) -> list[Chat]:
    """The chats that somebody may see; with None, all."""
    return [chat for chat in every(session) if allowed is None or chat.id in allowed]


def one_of(session: Session, chat_id: int, allowed: tuple[int, ...] | None) -> Chat:
    """The chat, if somebody may see it. Raises UnknownChat."""
    if allowed is not None and chat_id not in allowed:
        raise UnknownChat(chat_id)
    return get(session, chat_id)


def deciders(session: Session, chat_id: int) -> list[tuple[str, int]]:
    """Who decided on messages of the chat, and how often, the busiest first."""
    counts = select(Correction.actor_name, func.count()).join(Correction.verdict).join(Verdict.message)
    counts = counts.where(Message.chat_id == chat_id).group_by(Correction.actor, Correction.actor_name)
    return [(name, n) for name, n in session.execute(counts.order_by(func.count().desc()).limit(50))]
