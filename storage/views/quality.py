"""The quality of moderation by moderators' decisions: what they confirmed, undid and found in the random audit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.intervals import Share, wilson
from storage.models import Chat, now
from storage.moderation.quality_counts import BINS, STEPS
from storage.views import decisions, judged
from storage.views.decisions import Group

FIGURES = ("judged", "flagged", "confirmed", "wrong", "missed")


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
    since = now() - timedelta(days=days)
    labels = decisions.groups(session, since, chats)
    by_chat = _by_chat(session, since, chats, labels)
    total = Counts("all", *(sum(getattr(c, name) for c in by_chat) for name in FIGURES))
    precision, audited = wilson(total.confirmed, total.confirmed + total.wrong), _audited(labels)
    return Quality(
        counts=total,
        by_chat=by_chat,
        precision=precision,
        audited=audited,
        recall=_recall(total, precision, audited),
        agreement=_agreement(session, since, chats),
        review_seconds=decisions.median_wait(session, since, chats, sum(one.n for one in labels if one.was_flagged)),
        f1=_f1(total),
        calibration=_calibration(labels),
        thresholds=_thresholds(labels),
        labelled=sum(one.n for one in labels),
    )


def _by_chat(session: Session, since: datetime, chats: tuple[int, ...] | None, labels: Sequence[Group]) -> list[Counts]:
    counted = judged.by_chat(session, since, chats)
    decided: Counter[tuple[int, bool, bool]] = Counter()
    for one in labels:
        decided[one.chat_id, one.was_flagged, one.is_spam] += one.n
    titles = select(Chat.id, Chat.title).where(Chat.id.in_(counted)).order_by(Chat.title)
    return [
        Counts(
            title,
            *counted[chat],
            confirmed=decided[chat, True, True],
            wrong=decided[chat, True, False],
            missed=decided[chat, False, True],
            chat_id=chat,
        )
        for chat, title in session.execute(titles)
    ]


def _audited(labels: Sequence[Group]) -> Share | None:
    drawn = [one for one in labels if one.was_audited]
    return wilson(sum(one.n for one in drawn if one.is_spam), sum(one.n for one in drawn))


def _recall(total: Counts, precision: Share | None, audited: Share | None) -> Share | None:
    """Caught spam over all spam; the share of spam in what passed is that of the audit's random draw."""
    if precision is None or audited is None or not total.flagged:
        return None
    caught, passed = total.flagged * precision.value, total.judged - total.flagged
    shares = [caught / max(caught + passed * p, 1e-9) for p in (audited.value, audited.high, audited.low)]
    return Share(shares[0], shares[1], shares[2], audited.n)


def _agreement(session: Session, since: datetime, chats: tuple[int, ...] | None) -> Share | None:
    """The share of messages on which two or more moderators decided and agree."""
    agree, by_two = decisions.agreement(session, since, chats)
    return wilson(agree, by_two)


def _f1(total: Counts) -> float | None:
    """F1 over the messages that moderators decided on."""
    below = 2 * total.confirmed + total.wrong + total.missed
    return 2 * total.confirmed / below if below else None


def _calibration(labels: Sequence[Group]) -> list[Bin]:
    scores, spam, counts = [0.0] * BINS, [0] * BINS, [0] * BINS
    for one in labels:
        scores[one.tenth] += one.scores
        spam[one.tenth] += one.n * one.is_spam
        counts[one.tenth] += one.n
    return [Bin(scores[i] / n, spam[i] / n, n) for i, n in enumerate(counts) if n]


def _thresholds(labels: Sequence[Group]) -> list[tuple[int, int, int]]:
    """What each threshold for first messages, moved by standing, would have done to the labelled verdicts."""
    spam, ham = [0] * len(STEPS), [0] * len(STEPS)
    for one in labels:
        (spam if one.is_spam else ham)[one.step] += one.n
    caught, wrong = _from_there_on(spam), _from_there_on(ham)
    return [(caught[i] + wrong[i], wrong[i], caught[0] - caught[i]) for i in range(len(STEPS))]


def _from_there_on(counts: Sequence[int]) -> list[int]:
    """At each place the sum of the counts from there to the end."""
    return list(accumulate(reversed(counts)))[::-1]
