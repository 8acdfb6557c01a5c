"""Calls to addresses that an operator named: webhooks, second opinions, a list of spammers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, now, partial_index, words
from storage.models.moderation import Verdict
from storage.models.words import ActionState
from storage.types import AnyText


class Delivery(Base):
    """An event that is posted to the operator's webhook, until it is taken or given up."""

    __tablename__ = "deliveries"
    __table_args__ = (partial_index("ix_deliveries_pending", "not_before", where="state = 'pending'"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    state: Mapped[ActionState] = mapped_column(words(ActionState), default=ActionState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(default=now)
    lease_until: Mapped[datetime | None]
    status: Mapped[int | None]  # of HTTP, of the last attempt
    error: Mapped[str | None] = mapped_column(AnyText)
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]


class SecondOpinion(Base):
    """What another model said of a flag: a hint to moderators, and nothing more."""

    __tablename__ = "second_opinions"
    __table_args__ = (partial_index("ix_second_opinions_waiting", "asked_at", where="answered_at IS NULL"),)

    verdict_id: Mapped[int] = mapped_column(ForeignKey(Verdict.id), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(default=now)  # of the last attempt; before the first, of the flag
    attempts: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]  # or given up, with an error
    is_spam: Mapped[bool | None]  # None where the answer was not clear
    answer: Mapped[str] = mapped_column(AnyText, default="")  # the reason that was given
    error: Mapped[str | None] = mapped_column(AnyText)


class Listing(Base):
    """What a public list of spammers says of a member: a hint to moderators, asked for again after a day."""

    __tablename__ = "listings"
    __table_args__ = (partial_index("ix_listings_waiting", "asked_at", where="answered_at IS NULL"),)

    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime] = mapped_column(default=now)  # of the last attempt; before the first, of the request
    attempts: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]  # or given up, with an error
    is_listed: Mapped[bool | None]  # as the list said last
    since: Mapped[datetime | None]  # as the list says
    source: Mapped[str] = mapped_column(String(256), default="")  # the list's host
    error: Mapped[str | None] = mapped_column(AnyText)
