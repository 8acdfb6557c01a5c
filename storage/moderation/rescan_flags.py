"""Turns what a rescan lists into verdicts of the present version, and, if somebody wants that, into what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from storage.access import audit
from storage.errors import RescanOutdated, UnknownRescan
from storage.models import Message, MessageState, ModelVersion, Rescan, RescanHit, Verdict, VersionState, now
from storage.moderation.requested_actions import consequences
from storage.moderation.rescans import is_open


@dataclass(frozen=True)
class Listed:
    """A message that would be flagged now."""

    message: Message
    hit: RescanHit


@dataclass(frozen=True)
class Flags:
    """The new verdicts, and those of them that ask for an action."""

    verdict_ids: list[int]
    asking: list[int]


def listed(session: Session, rescan_id: int) -> list[Listed]:
    """What the rescan lists and can still be flagged, the highest score first."""
    rows = session.execute(_flaggable(rescan_id).order_by(RescanHit.score.desc(), Message.id.desc()))
    return [Listed(message, hit) for message, hit in rows]


def _flaggable(rescan_id: int) -> Select[Message, RescanHit]:
    """Hits whose message nobody has edited, erased, flagged or decided meanwhile."""
    rows = select(Message, RescanHit).join(RescanHit, RescanHit.message_id == Message.id)
    return rows.where(RescanHit.rescan_id == rescan_id, RescanHit.edit == Message.edit, is_open())


def flag(session: Session, chat_id: int, rescan_id: int, by: str, *, acts: bool) -> Flags:
    """Make verdicts of exactly the messages that the chat's rescan lists; with `acts`, what the chat's mode wants follows.

    Without it they only wait in the queue, and no digest stands for them. Raises UnknownRescan where nothing is to be flagged (any more), and
    RescanOutdated where another version serves by now.
    """
    rescan = session.get(Rescan, rescan_id, with_for_update=True)
    if rescan is None or rescan.chat_id != chat_id or rescan.done_at is None or rescan.flagged_at is not None:
        raise UnknownRescan(rescan_id)
    champion = session.scalars(select(ModelVersion).filter_by(state=VersionState.CHAMPION)).one_or_none()
    if champion is None or champion.id != rescan.model_version_id:
        raise RescanOutdated(rescan_id)
    verdicts = _verdicts(session, rescan_id, champion.id)
    rescan.flagged_at, rescan.flagged = now(), len(verdicts)
    follows = ", acting as the chat's mode wants" if acts else ""
    audit.note(session, by, "rescan", f"flagged {len(verdicts)} as {champion.name} sees them{follows}", chat_id)
    _keep_hits(session, rescan_id, [] if acts else verdicts)
    asking = consequences.for_flags(session, [verdict.id for verdict in verdicts]) if acts else []
    return Flags([verdict.id for verdict in verdicts], asking)


def _verdicts(session: Session, rescan_id: int, version_id: int) -> list[Verdict]:
    """The new verdicts, stored. One of the version's own from when it was in shadow gives way: there is one for each text."""
    rows = session.execute(_flaggable(rescan_id).order_by(Message.id).with_for_update(of=Message)).all()
    in_shadow = delete(Verdict).where(Verdict.model_version_id == version_id, Verdict.is_shadow)
    in_shadow = in_shadow.where(Verdict.message_id.in_([message.id for message, _ in rows]))
    session.execute(in_shadow.execution_options(synchronize_session=False))
    verdicts = []
    for message, hit in rows:
        message.state = MessageState.SPAM
        verdicts.append(_verdict(hit, version_id))
    session.add_all(verdicts)
    session.flush()
    return verdicts


def _keep_hits(session: Session, rescan_id: int, quiet: Sequence[Verdict]) -> None:
    """Keep the hits of these verdicts alone: no digest stands for a verdict that has one."""
    others = delete(RescanHit).where(RescanHit.rescan_id == rescan_id)
    others = others.where(RescanHit.message_id.not_in([verdict.message_id for verdict in quiet]))
    session.execute(others.execution_options(synchronize_session=False))


def _verdict(hit: RescanHit, version_id: int) -> Verdict:
    return Verdict(
        message_id=hit.message_id,
        edit=hit.edit,
        model_version_id=version_id,
        score=hit.score,
        review_threshold=hit.review_threshold,
        act_threshold=hit.act_threshold,
        standing=hit.standing,
        is_spam=True,
    )
