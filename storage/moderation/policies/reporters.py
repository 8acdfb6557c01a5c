"""Where a chat wants it, reporters are told in private what came of their reports; who reports falsely may not for a while."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    CorrectionState,
    Message,
    Report,
    Verdict,
    now,
)
from storage.moderation.requested_actions import requests

FALSE_AT_MOST = 3  # reports of ham, with none of spam since
FALSE_WITHIN = timedelta(days=30)
BARRED_FOR = timedelta(days=7)  # from the last of them
SPAM, HAM = "spam", "ham"  # what a decision made of a report, as an action's text


def is_barred(session: Session, chat: Chat, reporter_id: int) -> bool:
    """Whether moderators called FALSE_AT_MOST of this member's reports ham lately and none since spam."""
    if not chat.chosen.reports_hide:
        return False
    decisions = select(Correction.is_spam, func.max(Correction.created_at))
    decisions = decisions.join(Verdict, Verdict.id == Correction.verdict_id).join(Verdict.message)
    decisions = decisions.join(Report, Report.message_id == Message.id)
    decisions = decisions.where(Report.reporter_id == reporter_id, Message.chat_id == chat.id)
    decisions = decisions.where(Correction.state == CorrectionState.ACCEPTED, Correction.created_at > Report.created_at)
    decisions = decisions.where(Correction.created_at > now() - FALSE_WITHIN).group_by(Message.id, Correction.is_spam)
    rows = session.execute(decisions).all()
    last_right = max((at for is_spam, at in rows if is_spam), default=now() - FALSE_WITHIN)
    wrong = [at for is_spam, at in rows if not is_spam and at > last_right]
    return len(wrong) >= FALSE_AT_MOST and max(wrong) > now() - BARRED_FOR


def after_decision(session: Session, correction: Correction, chat: Chat) -> None:
    """Tell each reporter of the message what a moderator made of it, if the chat wants that."""
    if not chat.chosen.informs_reporters:
        return
    message = session.scalars(select(Message).join(Verdict).where(Verdict.id == correction.verdict_id)).one()
    text = SPAM if correction.is_spam else HAM
    about = {"chat_id": chat.id, "kind": ActionKind.INFORM, "message_id": message.message_id}
    waiting = update(Action).filter_by(**about, state=ActionState.PENDING)  # of a decision that was changed at once
    session.execute(waiting.values(state=ActionState.CANCELLED))
    reporters = select(Report.reporter_id).where(Report.message_id == message.id).order_by(Report.reporter_id)
    for reporter_id in session.scalars(reporters).all():
        answered = select(Action.text).filter_by(**about, user_id=reporter_id, state=ActionState.DONE)
        if session.scalars(answered.order_by(Action.id.desc()).limit(1)).first() != text:
            requests.ask_in_chat(
                session, chat.id, ActionKind.INFORM, message_id=message.message_id, user_id=reporter_id, text=text
            )
