"""Calls to the outside world that wait: claimed under a lease, done once, tried again later, or given up visibly."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    Message,
    ModelVersion,
    Standing,
    Verdict,
    now,
)
from storage.queries import asking, members, moves, raids, reports, sanctions, waits
from storage.queries.judged import STANDING, judged_text
from storage.queries.raids import HeldBack
from storage.rules import UNDOES, UNDONE_BY
from storage.sanctions import Made, not_done

MAX_ATTEMPTS = 200  # with pauses of up to 15 minutes, two days: later Telegram deletes nothing any more
MODERATION = tuple(
    kind
    for kind in ActionKind
    if kind not in (ActionKind.NOTIFY, ActionKind.AMEND, ActionKind.ANNOUNCE, ActionKind.DIGEST, ActionKind.APPEAL)
)
MODERATION_FIRST = (Action.kind.not_in(MODERATION), Action.id)


@dataclass(frozen=True)
class Deed:
    """A moderating call that a verdict asks for, as far as it is."""

    kind: ActionKind
    state: ActionState
    error: str | None = None
    is_channels: bool = False  # done to a channel


@dataclass(frozen=True)
class Task:
    """One call to make: what kind, where, and about what."""

    action_id: int
    holder: str
    kind: ActionKind
    verdict_id: int
    chat_external_id: int
    chat_title: str
    moderators_chat_id: int | None
    message_id: int
    text: str
    score: float
    model_version: str
    notice: dict[str, Any] | None  # where the notice of this verdict stands, once it was sent
    corrections: tuple[Correction, ...]
    author_id: int | None = None  # below 0 it is a channel that wrote
    album: tuple[int, ...] = ()  # the messages that came with it, itself included; they go together
    picture_id: str | None = None
    until: datetime | None = None
    is_automatic: bool = False
    language: str = "en"
    reports: int = 0  # by members
    appeal: str | None = None  # what the banned member says
    review_threshold: float = 0.0
    standing: Standing = Standing.UNKNOWN  # of the author
    done: tuple[Deed, ...] = ()  # what was asked for besides notices, and how far it is
    attempts: int = 1  # this one included
    made: tuple[Made, ...] = ()  # hamlet's sanctions on the author here
    sent_at: datetime | None = None
    thread_id: int | None = None  # the topic that the message is in
    is_notice_lost: bool = False  # it was sent, and the chat it stands in became another
    author_name: str = ""


@dataclass(frozen=True)
class Errand:
    """A call that belongs to no verdict: a sentence to the moderators or the group, a command or a member to remove."""

    action_id: int
    holder: str
    kind: ActionKind
    chat_external_id: int
    moderators_chat_id: int | None
    text: str
    message_id: int | None = None
    user_id: int | None = None
    until: datetime | None = None
    attempts: int = 1
    language: str = "en"
    chat_id: int = 0
    chat_title: str = ""
    held_back: HeldBack | None = None  # what a digest stands for
    made: tuple[Made, ...] = ()
    sent_at: None = None
    thread_id: int | None = None
    verdict_id: None = None


def claim(
    session: Session, verdict_id: int | None, limit: int, lease_seconds: float, notices_to: int | None = None
) -> list[Task | Errand]:
    """Take waiting actions (of one verdict, or of any) for `lease_seconds`; notices only where no moderation waits.

    So a notice that is claimed knows what came of the moderation before it. What goes to a chat that Telegram wants
    left alone stays; `notices_to` is where notices of groups without a moderators' chat go.
    """
    holder = uuid.uuid4().hex
    moment = now()
    is_free = or_(Action.lease_until.is_(None), Action.lease_until < moment)
    waiting = select(Action.id).where(Action.state == ActionState.PENDING, Action.not_before <= moment, is_free)
    waiting = waiting.where(~_opposite_is_under_way(moment))
    if left_alone := waits.chats(session):
        waiting = waiting.where(Action.id.not_in(_going_to(left_alone, notices_to)))
    if verdict_id is not None:
        waiting = waiting.where(Action.verdict_id == verdict_id)
    moderation = waiting.where(Action.kind.in_(MODERATION))
    if session.scalars(moderation.limit(1)).first() is not None:
        waiting = moderation
    waiting = waiting.order_by(Action.id).limit(limit)
    lease = {"lease_holder": holder, "lease_until": moment + timedelta(seconds=lease_seconds)}
    once = waiting.with_for_update(skip_locked=True).cte("free")  # a plain sub-select may run twice
    claimed = update(Action).where(Action.id.in_(select(once.c.id)))
    statement = claimed.values(**lease, attempts=Action.attempts + 1).returning(Action.id)
    ids = session.execute(statement.execution_options(synchronize_session=False)).scalars().all()
    tasks: list[Task | Errand] = [*_tasks(session, holder, list(ids)), *_errands(session, holder, list(ids))]
    return [task for task in tasks if not _is_too_early(session, task)]


def _is_too_early(session: Session, task: Task | Errand) -> bool:
    """Whether a sanction that ends by itself was followed by one that lasts longer, which its end would lift too."""
    if task.kind not in UNDONE_BY or task.until is None or (user_id := _whom(task)) is None:
        return False
    return sanctions.is_outlasted(session, task.action_id, _chat(session, task), user_id)


def _going_to(chats: set[int], notices_to: int | None) -> Select[int]:
    """The pending actions whose call goes to one of these chats: a moderating one to the group, the others where its moderators read."""
    moderators_read = func.coalesce(Chat.moderators_chat_id, notices_to, Chat.external_id)
    goes_to = case((Action.kind.in_(MODERATION), Chat.external_id), else_=moderators_read)
    rows = select(Action.id).outerjoin(Verdict, Verdict.id == Action.verdict_id)
    rows = rows.outerjoin(Message, Message.id == Verdict.message_id)
    rows = rows.join(Chat, Chat.id == func.coalesce(Action.chat_id, Message.chat_id))
    return rows.where(Action.state == ActionState.PENDING, goes_to.in_(chats))


def _opposite_is_under_way(moment: datetime) -> ColumnElement[bool]:
    """Whether what this action undoes is being done right now: the later word has to come last."""
    other = aliased(Action)
    pairs = [(Action.kind == kind) & (other.kind == undo) for kind, undo in (UNDOES | UNDONE_BY).items()]
    same = (other.verdict_id == Action.verdict_id) & (other.state == ActionState.PENDING)
    return select(other.id).where(same, other.lease_until >= moment, or_(*pairs)).correlate(Action).exists()


def _tasks(session: Session, holder: str, ids: list[int]) -> list[Task]:
    statement = (
        judged_text()
        .join(Action, Action.verdict_id == Verdict.id)
        .join(Chat, Chat.id == Message.chat_id)
        .join(ModelVersion, ModelVersion.id == Verdict.model_version_id)
        .where(Action.id.in_(ids))
        .order_by(*MODERATION_FIRST)
        .add_columns(Action, Chat, Message, ModelVersion.name)
    )
    return [
        Task(
            action_id=action.id,
            holder=holder,
            kind=action.kind,
            verdict_id=verdict.id,
            chat_external_id=moves.present(session, chat.external_id),
            chat_title=chat.title,
            moderators_chat_id=chat.moderators_chat_id,
            message_id=message.message_id,
            text=text,
            score=verdict.score,
            model_version=version,
            notice=_notice(session, verdict.id),
            is_notice_lost=_is_notice_lost(session, verdict.id),
            corrections=_corrections(session, verdict),
            author_id=message.author_id,
            album=_album(session, message),
            picture_id=message.picture_id,
            until=action.until,
            is_automatic=action.is_automatic,
            language=chat.language,
            reports=reports.count(session, message.id),
            appeal=members.appeal_on(session, verdict.id),
            review_threshold=verdict.review_threshold,
            standing=verdict.standing,
            done=_done(session, verdict.id),
            attempts=action.attempts,
            made=sanctions.of(session, chat.id, message.author_id),
            sent_at=message.sent_at,
            thread_id=message.thread_id,
            author_name=message.author_name,
        )
        for verdict, text, action, chat, message, version in session.execute(statement).all()
    ]


def _errands(session: Session, holder: str, ids: list[int]) -> list[Errand]:
    rows = select(Action, Chat).join(Chat, Chat.id == Action.chat_id).where(Action.id.in_(ids))
    return [
        Errand(
            a.id, holder, a.kind, moves.present(session, chat.external_id), chat.moderators_chat_id, a.text or "",
            a.message_id, a.user_id, a.until, a.attempts, chat.language, chat.id, chat.title,
            raids.held_back(session, chat.id) if a.kind == ActionKind.DIGEST else None,
            sanctions.of(session, chat.id, a.user_id), thread_id=a.thread_id,
        )
        for a, chat in session.execute(rows.order_by(*MODERATION_FIRST)).all()
    ]  # fmt: skip


def _done(session: Session, verdict_id: int) -> tuple[Deed, ...]:
    moderation = select(Action).where(Action.verdict_id == verdict_id, Action.kind.in_(MODERATION)).order_by(Action.id)
    return tuple(
        Deed(a.kind, a.state, a.error, bool((a.receipt or {}).get("channel"))) for a in session.scalars(moderation)
    )


def _album(session: Session, message: Message) -> tuple[int, ...]:
    if message.album_id is None:
        return (message.message_id,)
    together = select(Message.message_id).filter_by(chat_id=message.chat_id, album_id=message.album_id)
    return tuple(session.scalars(together.order_by(Message.message_id)))


def _notice(session: Session, verdict_id: int) -> dict[str, Any] | None:
    sent = select(Action.receipt).where(Action.verdict_id == verdict_id, Action.kind == ActionKind.NOTIFY)
    return session.scalars(sent).one_or_none()


def _is_notice_lost(session: Session, verdict_id: int) -> bool:
    sent = select(Action).where(Action.verdict_id == verdict_id, Action.kind == ActionKind.NOTIFY)
    notice = session.scalars(sent.where(Action.state == ActionState.DONE)).one_or_none()
    return notice is not None and (not notice.receipt or moves.is_dead(session, notice.receipt.get("chat_id")))


def _corrections(session: Session, verdict: Verdict) -> tuple[Correction, ...]:
    said = select(Correction).where(Correction.verdict_id == verdict.id, Correction.state.in_(STANDING))
    return tuple(session.scalars(said.order_by(Correction.id)))


def done(session: Session, task: Task | Errand, receipt: dict[str, Any]) -> None:
    """It was made; what it undoes, or what had undone it before, holds no longer."""
    opposite = (UNDOES | UNDONE_BY).get(task.kind)
    if opposite is not None and task.verdict_id is not None:
        before = update(Action).where(Action.verdict_id == task.verdict_id, Action.kind == opposite)
        session.execute(before.where(Action.state == ActionState.DONE).values(state=ActionState.CANCELLED))
    if task.kind in UNDONE_BY and (user_id := _whom(task)) is not None:
        sanctions.lifted(session, _chat(session, task), user_id, task.kind)
    if task.kind == ActionKind.NOTIFY:
        receipt = receipt | _earlier(session, task)
    _end(session, task, {"state": ActionState.DONE, "receipt": receipt, "error": None, "done_at": now()})
    if task.kind in UNDOES:
        sanctions.end_by_itself(session, task.action_id, receipt)
    if (user_id := _whom(task)) is not None and not receipt.get("stood"):
        _have_it_told(session, task, user_id)
    if task.kind == ActionKind.AMEND and "message_id" in receipt:
        sent = update(Action).where(Action.verdict_id == task.verdict_id, Action.kind == ActionKind.NOTIFY)
        session.execute(sent.values(receipt=receipt))


def _earlier(session: Session, task: Task | Errand) -> dict[str, Any]:
    """Where the notice stands that an appeal has another posted beside."""
    before = session.scalars(select(Action.receipt).where(Action.id == task.action_id)).one_or_none()
    is_there = before and not moves.is_dead(session, before.get("chat_id"))
    return {"earlier": {name: before[name] for name in before if name != "earlier"}} if is_there and before else {}


def _have_it_told(session: Session, task: Task | Errand, user_id: int) -> None:
    """Every notice about this person says how they are held from now on."""
    if task.kind in UNDOES or task.kind in UNDONE_BY:
        for verdict_id in sanctions.told_of(session, _chat(session, task), user_id):
            asking.ask(session, verdict_id, ActionKind.AMEND)


def _whom(task: Task | Errand) -> int | None:
    return task.author_id if isinstance(task, Task) else task.user_id


def _chat(session: Session, task: Task | Errand) -> int:
    if isinstance(task, Errand):
        return task.chat_id
    of_verdict = select(Message.chat_id).join(Verdict, Verdict.message_id == Message.id)
    return session.scalars(of_verdict.where(Verdict.id == task.verdict_id)).one()


def failed(session: Session, task: Task | Errand, error: str) -> None:
    """It can never succeed: the reason stays on the row, and moderators are told."""
    _end(session, task, {"state": ActionState.FAILED, "error": error})
    if task.kind in MODERATION and task.kind != ActionKind.REMOVE:
        _have_failure_told(session, task, error)


def _have_failure_told(session: Session, task: Task | Errand, error: str) -> None:
    """By the notice, or by a sentence where an order has none; of a raid's messages the review page tells."""
    shown = select(Action.id).where(Action.verdict_id == task.verdict_id, Action.kind == ActionKind.NOTIFY)
    if task.verdict_id is not None and session.scalars(shown).first() is not None:
        asking.ask(session, task.verdict_id, ActionKind.AMEND)
    elif isinstance(task, Errand) or not task.is_automatic:
        asking.announce_once(session, _chat(session, task), not_done(task.kind, error))


def postpone(session: Session, task: Task | Errand, error: str, seconds: float) -> None:
    """Try again after `seconds`, unless it was tried MAX_ATTEMPTS times."""
    attempts = session.scalars(select(Action.attempts).where(Action.id == task.action_id)).one()
    if attempts >= MAX_ATTEMPTS:
        failed(session, task, f"given up after {attempts} attempts: {error}")
    else:
        _end(session, task, {"error": error, "not_before": now() + timedelta(seconds=seconds)})


def _end(session: Session, task: Task | Errand, values: dict[str, Any]) -> None:
    mine = update(Action).where(Action.id == task.action_id, Action.lease_holder == task.holder)
    session.execute(mine.values(**values, lease_holder=None, lease_until=None))
