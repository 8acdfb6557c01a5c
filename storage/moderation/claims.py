"""Who looks at which card, so that two moderators do not work on the same one. No claim keeps anybody from deciding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from storage.models import Claim, Message, Verdict, now
from storage.upsert import insert_once

LASTS = timedelta(minutes=5)
RENEWED_AFTER = timedelta(minutes=1)  # an open card is asked for every second while its explanation is awaited


def standing(session: Session, verdict_ids: Iterable[int]) -> dict[int, Claim]:
    """The claims on these verdicts that are not over, by verdict."""
    claims = select(Claim).where(Claim.verdict_id.in_(list(verdict_ids)), Claim.until > now())
    return {claim.verdict_id: claim for claim in session.scalars(claims)}


def can_take(session: Session, verdict_id: int, actor: str) -> bool:
    """Whether nobody else has the verdict, and this person's own claim, if any, is worth renewing."""
    claim = standing(session, [verdict_id]).get(verdict_id)
    return claim is None or (claim.actor == actor and claim.until < now() + LASTS - RENEWED_AFTER)


def take(session: Session, verdict_id: int, actor: str, actor_name: str, anyway: bool = False) -> None:
    """Claim a verdict, or renew one's claim; another's claim stands unless it is over or taken `anyway`."""
    session.execute(delete(Claim).where(Claim.until <= now(), Claim.verdict_id != verdict_id))
    values = {"actor": actor, "actor_name": actor_name, "until": now() + LASTS}
    if insert_once(session, Claim, {"verdict_id": verdict_id, **values}):
        return
    claimed = update(Claim).where(Claim.verdict_id == verdict_id)
    if not anyway:
        claimed = claimed.where(or_(Claim.actor == actor, Claim.until <= now()))
    session.execute(claimed.values(values))


def release(session: Session, verdict_ids: Sequence[int]) -> None:
    """End every claim on these verdicts: they are decided."""
    session.execute(delete(Claim).where(Claim.verdict_id.in_(verdict_ids)))


def newer(session: Session, chats: tuple[int, ...] | None, until: datetime, but: str) -> list[Claim]:
    """Claims in these chats that last longer than `until`, by anybody but that actor, the oldest first."""
    claims = select(Claim).where(Claim.until > until, Claim.actor != but)
    if chats is not None:
        claims = claims.join(Verdict, Verdict.id == Claim.verdict_id).join(Verdict.message)
        claims = claims.where(Message.chat_id.in_(chats))
    return list(session.scalars(claims.order_by(Claim.until)))
