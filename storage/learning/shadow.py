"""The scores of a challenger in shadow on the messages that the champion judged. They are never acted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from storage.access.chats import IMPORTED
from storage.models import Chat, Correction, CorrectionState, Message, ModelVersion, Verdict, VersionState
from storage.moderation import verdicts
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.moderation.verdicts import SETTLING, JudgedMessage
from storage.upsert import insert_once

_CHAMPIONS, _SHADOWS = aliased(Verdict), aliased(Verdict)
ACCEPTED = Correction.state == CorrectionState.ACCEPTED


@dataclass(frozen=True)
class ShadowCounts:
    """Counts over the messages that the shadow and the champion both judged.

    Of those that the shadow alone flagged, moderators called `confirmed` spam and left `undecided` without a decision.
    """

    judged: int
    flagged: int
    champion_flagged: int
    disagreements: int
    confirmed: int = 0
    undecided: int = 0


@dataclass(frozen=True)
class Disagreement:
    """A text on which the champion's verdict, which can be corrected, and the shadow's differ."""

    champion: JudgedMessage
    shadow: JudgedMessage


def record(session: Session, version: ScoringVersion, judgements: Sequence[Judgement]) -> None:
    """Store the shadow's scores beside the champion's verdicts on the same texts; repeating it is harmless.

    Messages without a verdict of the champion, or whose verdict a chat's own rule decided, are passed over.
    """
    scores = {(judgement.id, judgement.edit): judgement.score for judgement in judgements}
    verdicts_of_champion = select(Verdict, Chat).join(Verdict.message).join(Chat).where(~Verdict.is_shadow)
    verdicts_of_champion = verdicts_of_champion.where(Verdict.rule.is_(None))
    verdicts_of_champion = verdicts_of_champion.where(Verdict.message_id.in_({message_id for message_id, _ in scores}))
    for verdict, chat in session.execute(verdicts_of_champion.order_by(Verdict.id)):
        score = scores.get((verdict.message_id, verdict.edit))
        if score is not None:
            insert_once(session, Verdict, _values(verdict, version, score, chat))


def _values(verdict: Verdict, version: ScoringVersion, score: float, chat: Chat) -> dict[str, Any]:
    """The shadow's verdict, with the standing and script of the champion's: the same author at the same moment."""
    review, act = version.thresholds(chat.id, chat.strictness, verdict.standing, verdict.script_weight)
    is_spam = score >= review
    return {
        "message_id": verdict.message_id,
        "edit": verdict.edit,
        "model_version_id": version.model_version_id,
        "score": score,
        "review_threshold": review,
        "act_threshold": act,
        "standing": verdict.standing,
        "script": verdict.script,
        "script_weight": verdict.script_weight,
        "is_spam": is_spam,
        "is_shadow": True,
        "disagrees": is_spam != verdict.is_spam,
    }


def counts(session: Session, version_id: int) -> ShadowCounts:
    """How this version in shadow compares with the champion so far, imported samples aside."""
    both = _pairs().where(_SHADOWS.model_version_id == version_id)
    both = both.join(Message, Message.id == _CHAMPIONS.message_id).join(Message.chat).where(~IMPORTED)
    totals = (
        func.count(),
        func.count().filter(_SHADOWS.is_spam),
        func.count().filter(_CHAMPIONS.is_spam),
        func.count().filter(_SHADOWS.disagrees),
    )
    alone = _SHADOWS.is_spam & ~_CHAMPIONS.is_spam
    corrections = select(Correction.id).where(Correction.verdict_id == _CHAMPIONS.id, Correction.state.in_(SETTLING))
    decided = (
        func.count().filter(alone & corrections.where(Correction.is_spam, ACCEPTED).exists()),
        func.count().filter(alone & ~corrections.exists()),
    )
    return ShadowCounts(*session.execute(both.with_only_columns(*totals, *decided)).one())


def champion_judged(session: Session, since: datetime) -> int:
    """How many messages champions have judged since that moment, imported samples aside."""
    judged = select(func.count()).select_from(Verdict).where(~Verdict.is_shadow, Verdict.created_at >= since)
    return session.scalars(judged.join(Verdict.message).join(Message.chat).where(~IMPORTED)).one()


def disagreements(session: Session, limit: int = 50, before_id: int | None = None) -> list[Disagreement]:
    """Where the current shadow differs from the champion, the newest first.

    `before_id`, the id of a shadow's verdict, pages on.
    """
    differing = _pairs().join(ModelVersion, ModelVersion.id == _SHADOWS.model_version_id)
    differing = differing.where(ModelVersion.state == VersionState.SHADOW, _SHADOWS.disagrees)
    if before_id is not None:
        differing = differing.where(_SHADOWS.id < before_id)
    pairs = session.execute(differing.order_by(_SHADOWS.id.desc()).limit(limit)).all()
    both = verdicts.with_text().where(Verdict.id.in_({verdict_id for pair in pairs for verdict_id in pair}))
    by_id = {item.verdict_id: item for item in verdicts.with_context(session, both)}
    return [Disagreement(by_id[champions], by_id[shadows]) for champions, shadows in pairs]


def _pairs() -> Select[int, int]:
    """Pairs of ids: the champion's verdict and a shadow's on the same text."""
    same = (_CHAMPIONS.message_id == _SHADOWS.message_id) & (_CHAMPIONS.edit == _SHADOWS.edit)
    return select(_CHAMPIONS.id, _SHADOWS.id).join(_SHADOWS, same).where(~_CHAMPIONS.is_shadow, _SHADOWS.is_shadow)
