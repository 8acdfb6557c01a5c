"""What a rule would have decided of a chat's last messages, before somebody adds it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Correction, CorrectionState, Message, Verdict, now
from storage.moderation.policies import patterns
from storage.moderation.policies.patterns import Pattern
from storage.types import ERASED

LAST = timedelta(days=30)
MOST_READ = 50_000  # messages, the newest first
LONGEST = 10.0  # seconds for all of them
SHOWN = 20


@dataclass(frozen=True)
class Hit:
    """A message that the rule would have decided about."""

    message_row: int
    author_name: str
    text: str
    is_spam: bool | None  # by its verdict, or by a moderator's decision; None where there is neither


@dataclass(frozen=True)
class Hits:
    """How many of the messages read a rule finds, by whom, and the newest of them."""

    read: int
    count: int
    spam: int  # counted as spam now, by verdict or decision
    authors: tuple[tuple[str, int], ...]  # the most frequent first
    newest: tuple[Hit, ...]
    is_cut_short: bool = False  # the time was over before all were read

    @property
    def ham(self) -> int:
        """Those that count as ham now, or were never judged."""
        return self.count - self.spam


def of_last_days(
    session: Session, chat_id: int, rules: Sequence[Pattern], clock: Callable[[], float] = time.monotonic
) -> Hits:
    """What these rules would have decided of the chat's last 30 days, or as far back as they come in LONGEST."""
    ends_at, is_cut_short = clock() + LONGEST, False
    compiled = patterns.compiled(rules)
    messages = select(Message.id, Message.author_name, Message.text).where(Message.chat_id == chat_id)
    messages = messages.where(Message.sent_at > now() - LAST, Message.text != ERASED).order_by(Message.id.desc())
    read, hits = 0, []
    for row, author_name, text in session.execute(messages.limit(MOST_READ)):
        if is_cut_short := clock() > ends_at:
            break
        read += 1
        if compiled.match(text) is not None:
            hits.append((row, author_name, text))
    sides = _sides(session, [row for row, *_ in hits])
    return Hits(
        read,
        len(hits),
        sum(side is True for side in sides.values()),
        tuple(Counter(name for _, name, _ in hits).most_common(SHOWN)),
        tuple(Hit(row, name, text, sides.get(row)) for row, name, text in hits[:SHOWN]),
        is_cut_short,
    )


def _sides(session: Session, rows: Sequence[int]) -> dict[int, bool]:
    """Which of the messages count as spam: by the newest verdict, and before that by what moderators decided."""
    sides: dict[int, bool] = {}
    for start in range(0, len(rows), 500):
        verdicts = select(Verdict.message_id, Verdict.is_spam, Correction.is_spam).where(~Verdict.is_shadow)
        accepted = (Correction.verdict_id == Verdict.id) & (Correction.state == CorrectionState.ACCEPTED)
        verdicts = verdicts.outerjoin(Correction, accepted).where(Verdict.message_id.in_(rows[start : start + 500]))
        for row, judged, decided in session.execute(verdicts.order_by(Verdict.id)):
            sides[row] = judged if decided is None else decided
    return sides
