"""Explanations of verdicts, made when somebody asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, now, partial_index
from storage.models.moderation import Verdict
from storage.types import AnyText


class Explanation(Base):
    """A question about a verdict's text, and the worker's answer from the version that serves at that time."""

    __tablename__ = "explanations"
    __table_args__ = (partial_index("ix_explanations_waiting", "asked_at", where="answered_at IS NULL"),)

    verdict_id: Mapped[int] = mapped_column(ForeignKey(Verdict.id), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(AnyText)
    model_version: Mapped[str | None] = mapped_column(String(64))
    normalised: Mapped[str] = mapped_column(AnyText, default="")  # what the n-grams read
    tokens: Mapped[list[Any]] = mapped_column(JSON, default=list)  # what the GPT read
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # each part's share of the log-odds
    ngrams: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [n-gram, share of the log-odds], strongest first
    nearest: Mapped[list[Any]] = mapped_column(
        JSON, default=list
    )  # {chat, text, is_spam, similarity}, accepted corrections

    @property
    def examples(self) -> list[Any]:
        """The nearest that may be shown: those without their chat are from when other chats' texts were among them."""
        return [example for example in self.nearest if "chat" in example]
