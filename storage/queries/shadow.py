"""What a challenger in shadow makes of the messages that the champion judged. Nobody acts on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from storage.models import Chat, Correction, CorrectionState, Message, ModelVersion, Verdict, VersionState
from storage.queries import judged
from storage.queries.chats import IMPORTED
from storage.queries.judged import SETTLING, Judged
from storage.queries.upsert import insert_once
from storage.queries.verdicts import Judge, Judgement

_CHAMPIONS, _SHADOWS = aliased(Verdict), aliased(Verdict)
ACCEPTED = Correction.state == CorrectionState.ACCEPTED


@dataclass(frozen=True)
class ShadowCounts:
    """Over the messages that a shadow and the champion both judged: what either flagged, where they differ.

    Of what the shadow alone flagged, `confirmed` was called spam by moderators, `undecided` by nobody anything.
    """

    judged: int
    flagged: int
    champion_flagged: int
    disagreements: int
    confirmed: int = 0
    undecided: int = 0


@dataclass(frozen=True)
class Disagreement:
    """One text with the champion's verdict, which can be corrected, and the shadow's, which says otherwise."""

    champion: Judged
    shadow: Judged


def record(session: Session, judge: Judge, judgements: Sequence[Judgement]) -> None:
    """Store the shadow's scores beside the champion's verdicts on the same words; storing them twice is harmless.

    What the champion gave no verdict on is passed over.
    """
    scores = {(judgement.id, judgement.edit): judgement.score for judgement in judgements}
    theirs = select(Verdict, Chat).join(Verdict.message).join(Chat).where(~Verdict.is_shadow)
    theirs = theirs.where(Verdict.message_id.in_({message_id for message_id, _ in scores}))
    for champions, chat in session.execute(theirs.order_by(Verdict.id)):
        score = scores.get((champions.message_id, champions.edit))
        if score is not None:
            insert_once(session, Verdict, _values(champions, judge, score, chat))


def _values(champions: Verdict, judge: Judge, score: float, chat: Chat) -> dict[str, Any]:
    """Of the standing that the champion's verdict names: both are asked about the same author at the same moment."""
    review, act = judge.thresholds(chat.id, chat.strictness, champions.standing)
    is_spam = score >= review
    return {
        "message_id": champions.message_id,
        "edit": champions.edit,
        "model_version_id": judge.model_version_id,
        "score": score,
        "review_threshold": review,
        "act_threshold": act,
        "standing": champions.standing,
        "is_spam": is_spam,
        "is_shadow": True,
        "disagrees": is_spam != champions.is_spam,
    }


def counts(session: Session, version_id: int) -> ShadowCounts:
    """How this version in shadow compares with the champion, so far; imported samples aside."""
    both = _pairs().where(_SHADOWS.model_version_id == version_id)
    both = both.join(Message, Message.id == _CHAMPIONS.message_id).join(Message.chat).where(~IMPORTED)
    asked = (
        func.count(),
        func.count().filter(_SHADOWS.is_spam),
        func.count().filter(_CHAMPIONS.is_spam),
        func.count().filter(_SHADOWS.disagrees),
    )
    alone = _SHADOWS.is_spam & ~_CHAMPIONS.is_spam
    said = select(Correction.id).where(Correction.verdict_id == _CHAMPIONS.id, Correction.state.in_(SETTLING))
    looked_at = (
        func.count().filter(alone & said.where(Correction.is_spam, ACCEPTED).exists()),
        func.count().filter(alone & ~said.exists()),
    )
    return ShadowCounts(*session.execute(both.with_only_columns(*asked, *looked_at)).one())


def champion_judged(session: Session, since: datetime) -> int:
    """How many messages any champion judged from that moment on; imported samples aside."""
    asked = select(func.count()).select_from(Verdict).where(~Verdict.is_shadow, Verdict.created_at >= since)
    return session.scalars(asked.join(Verdict.message).join(Message.chat).where(~IMPORTED)).one()


def disagreements(session: Session, limit: int = 50, before_id: int | None = None) -> list[Disagreement]:
    """Where the version now in shadow differs from the champion, the newest first.

    `before_id`, the id of a shadow's verdict, pages on.
    """
    differing = _pairs().join(ModelVersion, ModelVersion.id == _SHADOWS.model_version_id)
    differing = differing.where(ModelVersion.state == VersionState.SHADOW, _SHADOWS.disagrees)
    if before_id is not None:
        differing = differing.where(_SHADOWS.id < before_id)
    pairs = session.execute(differing.order_by(_SHADOWS.id.desc()).limit(limit)).all()
    wanted = judged.with_text().where(Verdict.id.in_({verdict_id for pair in pairs for verdict_id in pair}))
    found = {item.verdict_id: item for item in judged.with_context(session, wanted)}
    return [Disagreement(found[champions], found[shadows]) for champions, shadows in pairs]


def _pairs() -> Select[int, int]:
    """The ids of the champion's and of a shadow's verdict on the same words."""
    same = (_CHAMPIONS.message_id == _SHADOWS.message_id) & (_CHAMPIONS.edit == _SHADOWS.edit)
    return select(_CHAMPIONS.id, _SHADOWS.id).join(_SHADOWS, same).where(~_CHAMPIONS.is_shadow, _SHADOWS.is_shadow)
