"""What moderators do on the review site beside deciding: who looks at which card."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.models.moderation import Verdict
from storage.types import Name


class Claim(Base):
    """Somebody looks at a card just now. It keeps nobody from deciding."""

    __tablename__ = "claims"

    verdict_id: Mapped[int] = mapped_column(ForeignKey(Verdict.id), primary_key=True)
    actor: Mapped[str] = mapped_column(Name)
    actor_name: Mapped[str] = mapped_column(Name, default="")
    until: Mapped[datetime]
