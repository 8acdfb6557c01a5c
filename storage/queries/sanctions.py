"""Who is under a sanction of hamlet's, who may come to be, and what is asked for when they come back or somebody else acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from storage import rules, sanctions
from storage.models import Action, ActionKind, ActionState, Correction, Message, Order, Verdict, now
from storage.queries.judged import SETTLING
from storage.sanctions import SAME, Made, Reason

SANCTIONS = tuple(rules.UNDOES)
AMENDED_AT_MOST = 10  # notices about one person, when what they say of them changes
STOPPED = (ActionState.CANCELLED, ActionState.FAILED)
ABOUT = (func.coalesce(Action.chat_id, Message.chat_id), func.coalesce(Action.user_id, Message.author_id))


def of(session: Session, chat_id: int, user_id: int | None) -> tuple[Made, ...]:
    """What hamlet's sanctions on this person in this chat (its row) were, those that Telegram may hold still."""
    if user_id is None:
        return ()
    all_of_them = session.scalars(_on(chat_id, [user_id]))
    found = (sanctions.made(a.kind, a.receipt or {}, a.state not in STOPPED) for a in all_of_them)
    return tuple(one for one in found if one is not None)


def _on(chat_id: int, user_ids: Sequence[int]) -> Select[Action]:
    chat, user = ABOUT
    found = select(Action).outerjoin(Verdict, Verdict.id == Action.verdict_id)
    found = found.outerjoin(Message, Message.id == Verdict.message_id)
    found = found.where(Action.kind.in_(SANCTIONS), chat == chat_id, user.in_(user_ids))
    return found.order_by(Action.id)


def lifted(session: Session, chat_id: int, user_id: int, by: ActionKind) -> None:
    """What hamlet did to this person stands no more, a ban or restriction found later is somebody else's.

    A restriction that the ban came on top of, for another message, is made anew.
    """
    if by == ActionKind.UNBAN:
        make_again(session, chat_id, user_id, ActionKind.RESTRICT)
    ended = (rules.UNDONE_BY[by],) if by == ActionKind.LIFT else SANCTIONS
    for action in session.scalars(_on(chat_id, [user_id])):
        if action.kind in ended and action.state != ActionState.PENDING:
            action.receipt = null()  # SQL's NULL, not JSON's


def taken_over(session: Session, chat_id: int, user_id: int, at: datetime) -> list[int]:
    """Somebody changed by hand what this person may do: what stands is not hamlet's. Returns the verdicts whose notices speak of it."""
    found = session.scalars(
        _on(chat_id, [user_id]).where(Action.state == ActionState.DONE, Action.done_at <= at + SAME)
    )
    over = list(found)
    for action in over:
        action.receipt = null()  # SQL's NULL, not JSON's
    session.flush()
    return [action.verdict_id for action in over if action.verdict_id is not None][-AMENDED_AT_MOST:]


def told_of(session: Session, chat_id: int, user_id: int) -> list[int]:
    """Verdicts whose notices say what is done to this person: what another verdict or order changes, they say too."""
    chat, user = ABOUT
    shown = select(Action.verdict_id).where(Action.kind == ActionKind.NOTIFY, Action.state == ActionState.DONE)
    about = select(Action.verdict_id).join(Verdict, Verdict.id == Action.verdict_id).join(Verdict.message)
    about = about.where(Action.kind.in_((*SANCTIONS, *rules.UNDONE_BY)), Action.state == ActionState.DONE)
    about = about.where(chat == chat_id, user == user_id, Action.verdict_id.in_(shown))
    newest = about.distinct().order_by(Action.verdict_id.desc()).limit(AMENDED_AT_MOST)
    return [verdict_id for verdict_id in session.scalars(newest) if verdict_id is not None]


def come_back(session: Session, chat_id: int, user_ids: Sequence[int]) -> list[int]:
    """Have done to these people what could not be, since they had left. Returns the verdicts that ask for it."""
    left = _on(chat_id, user_ids).where(Action.state == ActionState.FAILED, Action.error == Reason.LEFT)
    asked = []
    for action in session.scalars(left.where(or_(Action.until.is_(None), Action.until > now()))):
        action.state, action.attempts, action.not_before = ActionState.PENDING, 0, now()
        if action.verdict_id is not None:
            asked.append(action.verdict_id)
    session.flush()
    return asked


def end_by_itself(session: Session, action_id: int, receipt: dict[str, Any]) -> None:
    """Ask for the undoing, at its end, of a sanction that Telegram does not end as it should.

    A channel that may not write has no end there; where something by hand stood before, it has to be given back.
    """
    action = session.get_one(Action, action_id)
    if action.until is None or not (
        receipt.get("channel") or (action.kind == ActionKind.RESTRICT and receipt.get("before"))
    ):
        return
    undo = rules.UNDOES[action.kind]
    waiting = select(Action).where(Action.kind == undo, Action.verdict_id == action.verdict_id)
    later = session.scalars(waiting).first() if action.verdict_id is not None else None
    if later is None:
        later = Action(verdict_id=action.verdict_id, chat_id=action.chat_id, user_id=action.user_id, kind=undo)
        session.add(later)
    later.state, later.attempts = ActionState.PENDING, 0
    later.until = later.not_before = min(action.until, now() + rules.BAN_LASTS)
    session.flush()


def is_release() -> ColumnElement[bool]:
    """Whether an undoing waits for a sanction's end, rather than being somebody's wish; its `until` is that end."""
    return Action.kind.in_(rules.UNDONE_BY) & Action.until.is_not(None)


def is_undone(session: Session, verdict_id: int, kind: ActionKind) -> bool:
    """Whether the sanction of that kind was undone, or is about to be; not when its end alone is waited for."""
    return session.scalars(select(Action.id).where(_undoes(kind), Action.verdict_id == verdict_id)).first() is not None


def _undoes(kind: ActionKind, action: type[Action] = Action) -> ColumnElement[bool]:
    is_now = or_(action.state == ActionState.DONE, action.not_before <= now())
    return (action.kind == rules.UNDOES[kind]) & action.state.not_in(STOPPED) & is_now


def is_outlasted(session: Session, release_id: int, chat_id: int, user_id: int) -> bool:
    """Whether another sanction of hamlet's lasts longer than the one whose end is due. The release waits for it then.

    Where that one has no end, or is a channel's and so has a release of its own, this one is not made at all.
    """
    release = session.get_one(Action, release_id)
    ends = list(
        session.scalars(_standing(chat_id, user_id, rules.UNDONE_BY[release.kind]).with_only_columns(Action.until))
    )
    if not ends:
        return False
    release.lease_holder = release.lease_until = None
    if user_id < 0 or None in ends:
        release.state = ActionState.CANCELLED
    else:
        release.until = release.not_before = max(end for end in ends if end is not None)
    session.flush()
    return True


def stands_for_another(session: Session, verdict_id: int, kind: ActionKind) -> bool:
    """Whether another verdict on the same author in the same chat, or an order about them, keeps the sanction up."""
    about = session.execute(
        select(Message.chat_id, Message.author_id)
        .join(Verdict, Verdict.message_id == Message.id)
        .filter(Verdict.id == verdict_id)
    ).one()
    if about.author_id is None:
        return False
    others = _standing(about.chat_id, about.author_id, kind)
    others = others.where(or_(Action.verdict_id.is_(None), Action.verdict_id != verdict_id))
    return session.scalars(others.limit(1)).first() is not None


def make_again(session: Session, chat_id: int, user_id: int, kind: ActionKind) -> None:
    """Have the sanctions that are kept up on this person be as they were asked for: a longer or harder one was undone."""
    if user_id > 0:  # a channel's has neither an end nor a kind
        for action in session.scalars(_standing(chat_id, user_id, kind)).all():
            action.state, action.attempts, action.not_before = ActionState.PENDING, 0, now()
        session.flush()


def leave_to_others(session: Session, verdict_id: int, kind: ActionKind) -> None:
    """This verdict asks for its sanction no more, others do; it lasts as long as theirs."""
    this = select(Action, Message).join(Verdict, Verdict.id == Action.verdict_id).join(Verdict.message)
    action, message = session.execute(this.where(Action.verdict_id == verdict_id, Action.kind == kind)).one()
    action.state = ActionState.CANCELLED
    session.flush()
    if message.author_id is not None:
        make_again(session, message.chat_id, message.author_id, kind)


def stands(session: Session, chat_id: int, user_id: int, kind: ActionKind) -> bool:
    """Whether any verdict on this person in this chat (its row), or an order about them, keeps the sanction up."""
    return session.scalars(_standing(chat_id, user_id, kind).limit(1)).first() is not None


def _standing(chat_id: int, user_id: int, kind: ActionKind) -> Select[Action]:
    """Sanctions that are not over, undone or somebody else's by now; a channel's are one, whatever their kind."""
    undoing, kinds = aliased(Action), SANCTIONS if user_id < 0 else (kind,)
    undone = select(undoing.id).where(undoing.verdict_id == Action.verdict_id)
    undone = undone.where(or_(*((Action.kind == one) & _undoes(one, undoing) for one in kinds)))
    holds = or_(Action.state == ActionState.PENDING, Action.receipt.is_not(None))
    runs = or_(Action.until.is_(None), Action.until > now())
    found = _on(chat_id, [user_id]).where(Action.kind.in_(kinds), Action.state.not_in(STOPPED), holds, runs)
    return found.where(~undone.correlate(Action).exists())


def needs_author() -> ColumnElement[bool]:
    """Whether who wrote a message has to be known still, whatever became of its text.

    So it is while a sanction stands or is asked for, and while moderators may decide what was flagged or ordered.
    """
    of_it = select(Verdict.id).where(Verdict.message_id == Message.id, ~Verdict.is_shadow).correlate(Message)
    runs = or_(Action.until.is_(None), Action.until > now())
    stands = Action.state.in_((ActionState.PENDING, ActionState.DONE)) & runs
    returns = (Action.state == ActionState.FAILED) & (Action.error == Reason.LEFT) & runs
    sanctioned = select(Action.id).where(Action.verdict_id.in_(of_it), Action.kind.in_(SANCTIONS), stands | returns)
    undoing = select(Action.id).where(Action.verdict_id.in_(of_it), Action.kind.in_(rules.UNDONE_BY))
    undoing = undoing.where(Action.state == ActionState.PENDING)
    shown = select(Action.id).where(Action.verdict_id == Verdict.id, Action.kind == ActionKind.NOTIFY).exists()
    settled = select(Correction.id).join(Verdict).where(Verdict.message_id == Message.id)
    settled = settled.where(Correction.state.in_(SETTLING)).correlate(Message)
    flagged = of_it.where(Verdict.is_spam | shown).exists() & ~settled.exists()
    ordered = select(Order.id).where(Order.message_id == Message.id, Order.done_at.is_(None)).correlate(Message)
    return or_(sanctioned.correlate(Message).exists(), undoing.correlate(Message).exists(), flagged, ordered.exists())
