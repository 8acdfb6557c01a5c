"""Reads which sanctions of hamlet's a person is under, and which authors' numbers they need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage import rules, sanctions
from storage.models import Action, ActionKind, ActionState, Correction, Message, Order, Verdict, now
from storage.moderation.verdicts import SETTLING
from storage.sanctions import Reason, Sanction

SANCTIONS = tuple(rules.UNDOES)
STOPPED = (ActionState.CANCELLED, ActionState.FAILED)
MOST_AMENDED = 10  # notices about one person that are changed when the person's sanction changes
CHAT_ID: ColumnElement[int] = func.coalesce(Action.chat_id, Message.chat_id)
PERSON_ID: ColumnElement[int] = func.coalesce(Action.user_id, Message.author_id)

Person = tuple[int, int]  # the chat's row, and the platform's number of the person or channel


def imposed_on(session: Session, people: Collection[Person]) -> dict[Person, tuple[Sanction, ...]]:
    """Hamlet's sanctions on each of these people that Telegram may still hold, the oldest first."""
    rows = sanctions_on({chat_id for chat_id, _ in people}, {user_id for _, user_id in people})
    imposed: dict[Person, list[Sanction]] = defaultdict(list)
    for action, chat_id, user_id in session.execute(rows.add_columns(CHAT_ID, PERSON_ID)):
        sanction = sanctions.from_receipt(action.kind, action.receipt or {}, action.state not in STOPPED)
        if sanction is not None:
            imposed[chat_id, user_id].append(sanction)
    return {person: tuple(imposed.get(person, ())) for person in people}


def sanctions_on(chat_ids: Iterable[int], user_ids: Iterable[int]) -> Select[Action]:
    """Every sanction of these people in these chats (their rows), by verdict or by order, whatever its state."""
    return _in_chats(chat_ids).where(PERSON_ID.in_(list(user_ids)))


def _in_chats(chat_ids: Iterable[int]) -> Select[Action]:
    actions = select(Action).outerjoin(Verdict, Verdict.id == Action.verdict_id)
    actions = actions.outerjoin(Message, Message.id == Verdict.message_id)
    return actions.where(Action.kind.in_(SANCTIONS), CHAT_ID.in_(list(chat_ids))).order_by(Action.id)


def in_force(chat_id: int, user_id: int, kind: ActionKind) -> Select[Action]:
    """Sanctions of that kind that are neither over, nor undone, nor replaced by somebody else's.

    For a channel every kind counts: Telegram knows only one sanction of channels.
    """
    return _that_stand(sanctions_on([chat_id], [user_id]), SANCTIONS if user_id < 0 else (kind,))


def in_force_in(chat_id: int) -> Select[Action]:
    """The sanctions in force on anybody in the chat, of whom the number is stored."""
    return _that_stand(_in_chats([chat_id]), SANCTIONS).where(PERSON_ID.is_not(None))


def _that_stand(rows: Select[Action], kinds: Sequence[ActionKind]) -> Select[Action]:
    undoing = aliased(Action)
    undone = select(undoing.id).where(undoing.verdict_id == Action.verdict_id)
    undone = undone.where(or_(*((Action.kind == one) & _undoes(one, undoing) for one in kinds)))
    is_held = or_(Action.state == ActionState.PENDING, Action.receipt.is_not(None))
    rows = rows.where(Action.kind.in_(kinds), Action.state.not_in(STOPPED))
    return rows.where(is_held, _has_time_left(), ~undone.correlate(Action).exists())


def _undoes(kind: ActionKind, action: type[Action] = Action) -> ColumnElement[bool]:
    """Whether the action undoes a sanction of that kind now, rather than at its end."""
    is_now = or_(action.state == ActionState.DONE, action.not_before <= now())
    return (action.kind == rules.UNDOES[kind]) & action.state.not_in(STOPPED) & is_now


def _has_time_left() -> ColumnElement[bool]:
    return or_(Action.until.is_(None), Action.until > now())


def stands(session: Session, chat_id: int, user_id: int, kind: ActionKind) -> bool:
    """Whether a verdict on this person in this chat (its row), or an order about them, keeps the sanction in force."""
    return session.scalars(in_force(chat_id, user_id, kind).limit(1)).first() is not None


def stands_for_another(session: Session, verdict_id: int, kind: ActionKind) -> bool:
    """Whether another verdict on the same author in the same chat, or an order, keeps the sanction in force."""
    about = session.execute(
        select(Message.chat_id, Message.author_id)
        .join(Verdict, Verdict.message_id == Message.id)
        .filter(Verdict.id == verdict_id)
    ).one()
    if about.author_id is None:
        return False
    others = in_force(about.chat_id, about.author_id, kind)
    others = others.where(or_(Action.verdict_id.is_(None), Action.verdict_id != verdict_id))
    return session.scalars(others.limit(1)).first() is not None


def is_undone(session: Session, verdict_id: int, kind: ActionKind) -> bool:
    """Whether the verdict's sanction of that kind was undone, or is about to be before its end."""
    return session.scalars(select(Action.id).where(_undoes(kind), Action.verdict_id == verdict_id)).first() is not None


def is_release() -> ColumnElement[bool]:
    """Whether an action lifts a sanction at its end (`until`), rather than because somebody asked for it."""
    return Action.kind.in_(rules.UNDONE_BY) & Action.until.is_not(None)


def verdicts_with_notices(session: Session, chat_id: int, user_id: int) -> list[int]:
    """Verdicts whose notices say what was done to this person, the newest first: they change when that changes."""
    notified = select(Action.verdict_id).where(Action.kind == ActionKind.NOTIFY, Action.state == ActionState.DONE)
    about = select(Action.verdict_id).join(Verdict, Verdict.id == Action.verdict_id).join(Verdict.message)
    about = about.where(Action.kind.in_((*SANCTIONS, *rules.UNDONE_BY)), Action.state == ActionState.DONE)
    about = about.where(CHAT_ID.in_([chat_id]), PERSON_ID.in_([user_id]), Action.verdict_id.in_(notified))
    newest = about.distinct().order_by(Action.verdict_id.desc()).limit(MOST_AMENDED)
    return [verdict_id for verdict_id in session.scalars(newest) if verdict_id is not None]


def needs_author() -> ColumnElement[bool]:
    """Whether the author's number of a message has to be kept, even if its text was erased.

    It is needed while a sanction stands or waits to be imposed or lifted, and while moderators may still decide on a
    flag or an order waits for its verdict.
    """
    verdicts = select(Verdict.id).where(Verdict.message_id == Message.id, ~Verdict.is_shadow).correlate(Message)
    is_imposed = Action.state.in_((ActionState.PENDING, ActionState.DONE)) & _has_time_left()
    waits_for_return = (Action.state == ActionState.FAILED) & (Action.error == Reason.LEFT) & _has_time_left()
    of_message = select(Action.id).where(Action.verdict_id.in_(verdicts))
    sanctioned = of_message.where(Action.kind.in_(SANCTIONS), is_imposed | waits_for_return)
    undoing = of_message.where(Action.kind.in_(rules.UNDONE_BY), Action.state == ActionState.PENDING)
    notified = select(Action.id).where(Action.verdict_id == Verdict.id, Action.kind == ActionKind.NOTIFY).exists()
    settled = select(Correction.id).join(Verdict).where(Verdict.message_id == Message.id)
    settled = settled.where(Correction.state.in_(SETTLING)).correlate(Message)
    is_open = verdicts.where(Verdict.is_spam | notified).exists() & ~settled.exists()
    ordered = select(Order.id).where(Order.message_id == Message.id, Order.done_at.is_(None)).correlate(Message)
    is_sanctioned = sanctioned.correlate(Message).exists()
    return or_(is_sanctioned, undoing.correlate(Message).exists(), is_open, ordered.exists())
