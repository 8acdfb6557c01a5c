"""The quality of moderation by moderators' decisions: what they confirmed, undid and found in the random audit."""

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
from storage.moderation.corrections import COUNTED
from storage.odds import moved, shifted

MOST_LABELS = 50_000  # the newest ones are read
BINS = 10
FIGURES = ("judged", "flagged", "confirmed", "wrong", "missed")


@dataclass(frozen=True)
class Labelled:
    """A verdict that moderators decided on."""

    chat_id: int
    score: float
    stored: float  # the review threshold, moved by the author's standing
    meant: float  # the version's own review threshold
    was_flagged: bool
    is_audited: bool
    is_spam: bool
    judged_at: datetime
    decided_at: datetime

    @property
    def even_score(self) -> float:
        """The score moved back by the standing, to compare with thresholds for first messages."""
        return shifted(self.score, -moved(self.meant, self.stored))


@dataclass(frozen=True)
class Counts:
    """The counts of one chat, or of all."""

    title: str
    judged: int = 0
    flagged: int = 0
    confirmed: int = 0
    wrong: int = 0
    missed: int = 0
    chat_id: int | None = None


@dataclass(frozen=True)
class Bin:
    """Labelled messages with similar scores: their mean score, the share of spam, how many."""

    score: float
    share: float
    n: int


@dataclass(frozen=True)
class Quality:
    """The statistics of some chats over some days."""

    counts: Counts
    by_chat: list[Counts]
    precision: Share | None
    audited: Share | None  # of the ham drawn at random and reviewed, the share that was spam
    recall: Share | None
    agreement: Share | None
    review_seconds: float | None  # the median time from verdict to decision
    f1: float | None
    calibration: list[Bin]
    thresholds: list[tuple[int, int, int]]  # at 0, 0.01 … 1: flagged, flagged wrongly, spam missed
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
        counts=total,
        by_chat=by_chat,
        precision=precision,
        audited=audited,
        recall=_recall(total, precision, audited),
        agreement=_agreement(session, there),
        review_seconds=median(times) if times else None,
        f1=_f1(total),
        calibration=_calibration(labels),
        thresholds=_thresholds(labels),
        labelled=len(labels),
    )


def _labels(session: Session, there: ColumnElement[bool]) -> list[Labelled]:
    """The newest labelled verdicts, each with its first decision."""
    columns = (
        Message.chat_id,
        Verdict.score,
        Verdict.review_threshold,
        ModelVersion.review_threshold,
        Verdict.is_spam,
        Verdict.is_audited,
        Correction.is_spam,
        Verdict.created_at,
        Correction.created_at,
    )  # the fields of Labelled
    corrections = select(*columns).add_columns(Verdict.id).select_from(Correction)
    corrections = corrections.join(Correction.verdict).join(Verdict.message).join(Verdict.model_version)
    corrections = corrections.where(there, Correction.state == CorrectionState.ACCEPTED)
    newest_first = corrections.order_by(Correction.id.desc()).limit(MOST_LABELS)
    by_verdict = {row[-1]: Labelled(*row[:-1]) for row in session.execute(newest_first)}
    return list(by_verdict.values())


def _by_chat(session: Session, there: ColumnElement[bool], labels: Sequence[Labelled]) -> list[Counts]:
    judged = select(Message.chat_id, func.count(), func.count().filter(Verdict.is_spam)).select_from(Verdict)
    judged = judged.join(Verdict.message).where(there).group_by(Message.chat_id)
    counted = {chat: (n, flagged) for chat, n, flagged in session.execute(judged)}
    titles = select(Chat.id, Chat.title).where(Chat.id.in_(counted)).order_by(Chat.title)
    by_chat = []
    for chat, title in session.execute(titles):
        of_chat = [one for one in labels if one.chat_id == chat]
        confirmed = sum(one.was_flagged and one.is_spam for one in of_chat)
        wrong = sum(one.was_flagged and not one.is_spam for one in of_chat)
        missed = sum(not one.was_flagged and one.is_spam for one in of_chat)
        by_chat.append(Counts(title, *counted[chat], confirmed, wrong, missed, chat))
    return by_chat


def _audited(labels: Sequence[Labelled]) -> Share | None:
    drawn = [one.is_spam for one in labels if one.is_audited]
    return wilson(sum(drawn), len(drawn))


def _recall(total: Counts, precision: Share | None, audited: Share | None) -> Share | None:
    """Caught spam over all spam; the share of spam in what passed is that of the audit's random draw."""
    if precision is None or audited is None or not total.flagged:
        return None
    caught, passed = total.flagged * precision.value, total.judged - total.flagged
    shares = [caught / max(caught + passed * p, 1e-9) for p in (audited.value, audited.high, audited.low)]
    return Share(shares[0], shares[1], shares[2], audited.n)


def _agreement(session: Session, there: ColumnElement[bool]) -> Share | None:
    """The share of messages on which two or more moderators decided and agree."""
    disputed = func.count().filter(Correction.state == CorrectionState.DISPUTED)
    by_two = select(disputed).select_from(Correction).join(Correction.verdict).join(Verdict.message)
    by_two = by_two.where(there, Correction.state.in_(COUNTED)).group_by(Verdict.id)
    counts = list(session.scalars(by_two.having(func.count(distinct(Correction.actor)) >= 2)))
    return wilson(sum(n == 0 for n in counts), len(counts))


def _f1(total: Counts) -> float | None:
    """F1 over the messages that moderators decided on."""
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
    """What each threshold for first messages, moved by standing, would have done to the labelled verdicts."""
    spam = sorted(one.even_score for one in labels if one.is_spam)
    ham = sorted(one.even_score for one in labels if not one.is_spam)
    return [_at(step / 100, spam, ham) for step in range(101)]


def _at(threshold: float, spam: Sequence[float], ham: Sequence[float]) -> tuple[int, int, int]:
    caught, wrong = len(spam) - bisect_left(spam, threshold), len(ham) - bisect_left(ham, threshold)
    return caught + wrong, wrong, len(spam) - caught
