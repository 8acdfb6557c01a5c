"""Where the operator named another model, flags between review and act are put to it: a hint to moderators, nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Chat, Message, Platform, SecondOpinion, Verdict
from storage.moderation import second_opinions
from storage.moderation.policies.opinions import Judged, NewVerdict
from storage.outbound import configured


def after_verdicts(session: Session, judged: Sequence[Judged]) -> Iterable[int]:
    """Let questions about doubtful flags wait, in Telegram groups that do not refuse that; they ask for no action."""
    doubtful = [one.verdict.id for one in judged if _is_doubtful(one.verdict)]
    if doubtful and configured.is_on(session, configured.SECOND_OPINION):
        in_groups = select(Verdict.id).join(Verdict.message).join(Message.chat)
        in_groups = in_groups.where(
            Verdict.id.in_(doubtful), Chat.platform == Platform.TELEGRAM, ~second_opinions.is_refused()
        )
        session.add_all([SecondOpinion(verdict_id=verdict_id) for verdict_id in session.scalars(in_groups)])
        session.flush()
    return ()


def _is_doubtful(verdict: NewVerdict) -> bool:
    is_between = verdict.review_threshold <= verdict.score < verdict.act_threshold
    return verdict.is_spam and verdict.rule is None and is_between
