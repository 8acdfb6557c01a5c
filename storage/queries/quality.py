"""How good the judging was, in moderators' own words: what they confirmed, undid and found in the random audit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.intervals import Share, wilson
from storage.models import Chat, Correction, CorrectionState, Message, ModelVersion, Verdict, now
from storage.odds import moved, shifted
from storage.queries.corrections import COUNTED

MOST_LABELS = 50_000  # the newest that are looked at
BINS = 10


@dataclass(frozen=True)
class Labelled:
    """A verdict that moderators decided."""

    chat_id: int
    score: float
    stored: float  # the review threshold that the author's standing had moved
    meant: float  # the version's own
    was_flagged: bool
    is_audited: bool
    is_spam: bool
    judged_at: datetime
    decided_at: datetime

    @property
    def even_score(self) -> float:
        """What has to reach a threshold meant for first messages where the score has to reach the moved one."""
        return shifted(self.score, -moved(self.meant, self.stored))


@dataclass(frozen=True)
class Counts:
    """Of one chat, or of all."""

    title: str
    judged: int = 0
    flagged: int = 0
    confirmed: int = 0
    wrong: int = 0
    missed: int = 0


@dataclass(frozen=True)
class Bin:
    """Labelled messages whose scores are alike: their mean score, the share of spam, how many."""

    score: float
    share: float
    n: int


@dataclass(frozen=True)
class Quality:
    """The figures of some chats over some days."""

    counts: Counts
    by_chat: list[Counts]
    precision: Share | None
    audited: Share | None  # of the ham drawn by chance that moderators looked at, the share that was spam
    recall: Share | None
    agreement: Share | None
    review_seconds: float | None  # the median time from verdict to decision
    f1: float | None
    calibration: list[Bin]
    thresholds: list[tuple[int, int, int]]  # at 0, 0.01 … 1: flagged, wrongly, spam missed
    labelled: int


def of(session: Session, days: int, chats: tuple[int, ...] | None) -> Quality:
    """The last `days` of these chats; None for all."""
    there = ~Verdict.is_shadow & (Verdict.created_at > now() - timedelta(days=days))
    if chats is not None:
        there &= Message.chat_id.in_(chats)
    labels = _labels(session, there)
    by_chat = _by_chat(session, there, labels)
    total = Counts("all", *(sum(getattr(c, name) for c in by_chat) for name in FIGURES))
    precision, audited = wilson(total.confirmed, total.confirmed + total.wrong), _audited(labels)
    times = [(one.decided_at - one.judged_at).total_seconds() for one in labels if one.was_flagged]
    return Quality(
        total, by_chat, precision, audited, _recall(total, precision, audited), _agreement(session, there),
        median(times) if times else None, _f1(total), _calibration(labels), _thresholds(labels), len(labels),
    )  # fmt: skip


FIGURES = ("judged", "flagged", "confirmed", "wrong", "missed")


def _labels(session: Session, there: ColumnElement[bool]) -> list[Labelled]:
    said = (
        select(
            Message.chat_id, Verdict.score, Verdict.review_threshold, ModelVersion.review_threshold,
            Verdict.is_spam, Verdict.is_audited, Correction.is_spam, Verdict.created_at, Correction.created_at,
        )
        .select_from(Correction).join(Correction.verdict).join(Verdict.message).join(Verdict.model_version)
        .where(there, Correction.state == CorrectionState.ACCEPTED).order_by(Correction.id.desc()).limit(MOST_LABELS)
        .add_columns(Verdict.id)
    )  # fmt: skip
    return list({row[-1]: Labelled(*row[:-1]) for row in session.execute(said)}.values())  # the first decision of each


def _by_chat(session: Session, there: ColumnElement[bool], labels: Sequence[Labelled]) -> list[Counts]:
    judged = select(Message.chat_id, func.count(), func.count().filter(Verdict.is_spam)).select_from(Verdict)
    judged = judged.join(Verdict.message).where(there).group_by(Message.chat_id)
    counted = {chat: (n, flagged) for chat, n, flagged in session.execute(judged)}
    titles = select(Chat.id, Chat.title).where(Chat.id.in_(counted)).order_by(Chat.title)
    found = []
    for chat, title in session.execute(titles):
        said = [one for one in labels if one.chat_id == chat]
        confirmed = sum(one.was_flagged and one.is_spam for one in said)
        wrong = sum(one.was_flagged and not one.is_spam for one in said)
        missed = sum(not one.was_flagged and one.is_spam for one in said)
        found.append(Counts(title, *counted[chat], confirmed, wrong, missed))
    return found


def _audited(labels: Sequence[Labelled]) -> Share | None:
    drawn = [one.is_spam for one in labels if one.is_audited]
    return wilson(sum(drawn), len(drawn))


def _recall(total: Counts, precision: Share | None, audited: Share | None) -> Share | None:
    """Caught spam over all spam: what passed holds as much of it as the audit's random draw."""
    if precision is None or audited is None or not total.flagged:
        return None
    caught, passed = total.flagged * precision.value, total.judged - total.flagged
    shares = [caught / max(caught + passed * p, 1e-9) for p in (audited.value, audited.high, audited.low)]
    return Share(shares[0], shares[1], shares[2], audited.n)


def _agreement(session: Session, there: ColumnElement[bool]) -> Share | None:
    """Of the messages on which two moderators or more decided, the share on which they agree."""
    disputed = func.count().filter(Correction.state == CorrectionState.DISPUTED)
    by_two = select(disputed).select_from(Correction).join(Correction.verdict).join(Verdict.message)
    by_two = by_two.where(there, Correction.state.in_(COUNTED)).group_by(Verdict.id)
    found = list(session.scalars(by_two.having(func.count(distinct(Correction.actor)) >= 2)))
    return wilson(sum(n == 0 for n in found), len(found))


def _f1(total: Counts) -> float | None:
    """Against what moderators decided; what nobody looked at does not count."""
    below = 2 * total.confirmed + total.wrong + total.missed
    return 2 * total.confirmed / below if below else None


def _calibration(labels: Sequence[Labelled]) -> list[Bin]:
    bins: dict[int, list[Labelled]] = {}
    for one in labels:
        bins.setdefault(min(int(one.score * BINS), BINS - 1), []).append(one)
    return [
        Bin(sum(one.score for one in some) / len(some), sum(one.is_spam for one in some) / len(some), len(some))
        for _, some in sorted(bins.items())
    ]


def _thresholds(labels: Sequence[Labelled]) -> list[tuple[int, int, int]]:
    """What each threshold for first messages would have done to the labelled history, moved by standing as it was then."""
    spam = sorted(one.even_score for one in labels if one.is_spam)
    ham = sorted(one.even_score for one in labels if not one.is_spam)
    return [_at(step / 100, spam, ham) for step in range(101)]


def _at(threshold: float, spam: Sequence[float], ham: Sequence[float]) -> tuple[int, int, int]:
    caught, wrong = len(spam) - bisect_left(spam, threshold), len(ham) - bisect_left(ham, threshold)
    return caught + wrong, wrong, len(spam) - caught
