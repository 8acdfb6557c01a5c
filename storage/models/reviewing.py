"""What moderators do on the review site: who looks at which card, which decisions were made at once, and what Quality counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now
from storage.models.moderation import Correction, Verdict
from storage.types import Name


class Claim(Base):
    """Somebody looks at a card just now. It keeps nobody from deciding."""

    __tablename__ = "claims"

    verdict_id: Mapped[int] = mapped_column(ForeignKey(Verdict.id), primary_key=True)
    actor: Mapped[str] = mapped_column(Name)
    actor_name: Mapped[str] = mapped_column(Name, default="")
    until: Mapped[datetime]


class BulkDecision(Base):
    """One decision about everything that a filter of the queue showed."""

    __tablename__ = "bulk_decisions"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    actor: Mapped[str] = mapped_column(Name)
    is_spam: Mapped[bool | None]  # None: "other", which teaches nothing
    made_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]


class BulkCorrection(Base):
    """A correction that a bulk decision made, and that undoing it withdraws."""

    __tablename__ = "bulk_corrections"

    correction_id: Mapped[int] = mapped_column(ForeignKey(Correction.id), primary_key=True)
    bulk_id: Mapped[int] = mapped_column(ForeignKey(BulkDecision.id), index=True)


class HourCount(Base):
    """How many messages of a chat were judged within an hour that is over; an hour without any has no row."""

    __tablename__ = "hour_counts"

    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # since 1970, UTC
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    judged: Mapped[int]
    flagged: Mapped[int]
