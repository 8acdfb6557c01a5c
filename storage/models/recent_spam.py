"""What was spam within the last hour."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now
from storage.models.moderation import Message


class RecentSpam(Base):
    """The fingerprint of a text that was flagged, or that moderators decided to be spam, and when."""

    __tablename__ = "recent_spam"
    __table_args__ = (Index("ix_recent_spam_fingerprint_seen_at", "fingerprint", "seen_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), index=True)
    fingerprint: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime] = mapped_column(default=now)
