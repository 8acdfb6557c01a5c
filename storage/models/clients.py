"""Programs that may use the HTTP API."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now
from storage.types import Name


class Client(Base):
    """A program with a token: what it may ask for, and how often."""

    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)  # words of Scope
    requests_a_minute: Mapped[int]
    minute: Mapped[int] = mapped_column(
        BigInteger, default=0, server_default="0"
    )  # of the last request, counted from 1970
    requests: Mapped[int] = mapped_column(default=0, server_default="0")  # within that minute
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
