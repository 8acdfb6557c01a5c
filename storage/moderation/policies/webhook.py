"""Where the operator has a webhook, it is informed of moderators' accepted decisions, except in chats that refuse that."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Chat, Correction, Message, ModelVersion, Verdict
from storage.outbound import events
from storage.outbound.events import Event


def after_decision(session: Session, correction: Correction, chat: Chat) -> None:
    """Note which message was decided, and how; its words, its author and the moderator are not named."""
    if not events.is_on(session) or not chat.chosen.informs_webhook:
        return
    judged = select(Verdict, Message, ModelVersion.name).join(Message, Message.id == Verdict.message_id)
    judged = judged.join(ModelVersion, ModelVersion.id == Verdict.model_version_id)
    verdict, message, version = session.execute(judged.where(Verdict.id == correction.verdict_id)).one()
    events.note_in(
        session,
        chat,
        Event.DECISION,
        message_id=None if message.is_join else message.message_id,  # a join's may have the member's own number in it
        verdict_id=verdict.id,
        correction_id=correction.id,
        label="spam" if correction.is_spam else "not spam",
        flagged=verdict.is_spam,
        score=verdict.score,
        model_version=version,
    )
