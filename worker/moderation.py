"""What the worker does, as plain functions: claim waiting messages, score them, record the verdicts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine

from classifier.errors import NothingToJudge, TextError
from classifier.thresholds import LOWERED_AT_MOST
from storage.errors import DatabaseUnreachable
from storage.models import MessageState
from storage.moderation import inbox
from storage.moderation.claiming import Claimed
from storage.moderation.new_verdicts import Judgement, OwnThresholds, ScoringVersion
from storage.odds import NEUTRAL, Shifts, lowered_at_most
from storage.session import transaction
from storage.views import monitoring
from worker import figures
from worker.claims import Claims
from worker.models import Serving
from worker.recent_scores import Scorer

CHUNK_CHARACTERS = 16_000  # judged and recorded together; this takes seconds, much less than a lease
UNHURRIED_CHARACTERS = 4_000  # of what live messages do not wait for longer than this takes, well below a second
LONGEST_SECONDS = 5.0  # of a batch before what is left of it is given back: newcomers' messages may wait meanwhile

log = structlog.get_logger()


@dataclass
class Batch:
    """How many messages were claimed and judged, which of them have a score, and which verdicts ask for actions."""

    claimed: int
    judged: int = 0
    scored: list[Claimed] = field(default_factory=list)
    asking: list[int] = field(default_factory=list)

    def may_leave_some(self, limit: int) -> bool:
        """Whether messages may still wait: it was full, some were given back, or its only one was judged alone, as several may be."""
        return self.claimed in (1, limit) or self.judged < self.claimed


def judge(
    engine: Engine,
    serving: Serving,
    batch_size: int,
    lease_seconds: float,
    audit_share: float = 0.0,
    shifts: Shifts = NEUTRAL,
    longest_seconds: float = LONGEST_SECONDS,
    claims: Claims | None = None,
) -> Batch:
    """Claim a batch, score it, and store the verdicts; `audit_share` of the ham is drawn for the audit.

    Thresholds move by `shifts`. After `longest_seconds` what is left is given back, so that who waits has a turn.
    Raises DatabaseUnreachable; the next batch of the same `claims` then begins with what was claimed, and others do after the lease.
    """
    ends_at = time.monotonic() + longest_seconds
    version = scoring_version(serving, audit_share, shifts)
    with (claims or Claims()).batch(engine, batch_size, lease_seconds) as (holder, claimed):
        batch = Batch(len(claimed))
        for chunk in chunks(claimed):
            is_late = time.monotonic() >= ends_at
            if batch.judged and not _goes_on(engine, holder, lease_seconds, is_late, chunk[0].is_imported):
                break
            with lease_renewed(engine, holder, lease_seconds), figures.scoring(figures.CHAMPION, serving):
                judgements = decide(serving.recent, chunk, lowered_at_most(shifts))
            with transaction(engine) as session:
                batch.asking.extend(inbox.record(session, holder, version, judgements))
                outcomes = monitoring.outcomes(session, [message.id for message in chunk])
            figures.judged(serving, outcomes)
            batch.scored.extend(m for m, j in zip(chunk, judgements, strict=True) if j.score is not None)
            batch.judged += len(chunk)
    if claimed:
        figures.BATCH.observe(batch.judged)
        log.info("judged", messages=batch.judged, model_version=serving.name)
    return batch


def _goes_on(engine: Engine, holder: str, lease_seconds: float, is_late: bool, is_imported: bool) -> bool:
    """Renew the lease on what is left; where it is late, or where imported samples keep a live message waiting, give it back."""
    with transaction(engine) as session:
        if is_late or (is_imported and inbox.waits_live(session)):
            inbox.release(session, holder)
            return False
        inbox.extend(session, holder, lease_seconds)
        return True


def extend(engine: Engine, holder: str, lease_seconds: float) -> None:
    """Renew the lease. Raises DatabaseUnreachable."""
    with transaction(engine) as session:
        inbox.extend(session, holder, lease_seconds)


@contextmanager
def lease_renewed(engine: Engine, holder: str, lease_seconds: float) -> Iterator[None]:
    """Renew the lease regularly while texts are scored."""
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(lease_seconds / 3):
            try:
                extend(engine, holder, lease_seconds)
            except DatabaseUnreachable as error:
                log.warning("database out of reach: a lease may run out", reason=str(error))

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def scoring_version(serving: Serving, audit_share: float = 0.0, shifts: Shifts = NEUTRAL) -> ScoringVersion:
    """The loaded version with its thresholds, as `inbox.record` needs it."""
    common = serving.classifier.thresholds
    by_chat = {int(chat): OwnThresholds(t.review, t.act, t.act_by_strictness) for chat, t in common.by_chat.items()}
    return ScoringVersion(
        model_version_id=serving.version_id,
        review_threshold=common.review,
        act_threshold=common.act,
        act_by_strictness=common.act_by_strictness,
        audit_share=audit_share,
        shifts=shifts,
        by_chat=by_chat,
    )


def chunks(claimed: list[Claimed], most: int = CHUNK_CHARACTERS) -> Iterator[list[Claimed]]:
    """Runs of messages with at most so many characters together, fewer of imported ones, or a single longer one."""
    chunk: list[Claimed] = []
    characters = 0
    for message in claimed:
        characters += len(message.text)
        limit = min(most, UNHURRIED_CHARACTERS) if message.is_imported else most
        if chunk and (characters > limit or message.is_imported != chunk[0].is_imported):
            yield chunk
            chunk, characters = [], len(message.text)
        chunk.append(message)
    if chunk:
        yield chunk


def decide(classifier: Scorer, messages: list[Claimed], lowered: float = LOWERED_AT_MOST) -> list[Judgement]:
    """A score or a reason for each message; a message on which the classifier fails does not affect the others.

    What is known of authors lowers thresholds by `lowered` at most, in log-odds.
    """
    try:
        answers = classifier.try_score([message.text for message in messages], lowered)
        alone = _score_alone(classifier, messages, lowered)
    except Exception as error:  # whatever it is, the other messages get their verdicts
        if len(messages) == 1:
            log.exception("message could not be judged", message_row=messages[0].id)
            return [Judgement(messages[0].id, messages[0].edit, None, error=f"{type(error).__name__}: {error}")]
        return [judgement for message in messages for judgement in decide(classifier, [message], lowered)]
    return [_judgement(message, answer, alone) for message, answer in zip(messages, answers, strict=True)]


def _score_alone(classifier: Scorer, messages: list[Claimed], lowered: float) -> dict[int, float]:
    """The scores of words without their authors' names, by message, for the few messages that were read with one."""
    words = {message.id: message.words_alone for message in messages if message.words_alone is not None}
    answers = classifier.try_score(list(words.values()), lowered) if words else []
    return {row: answer for row, answer in zip(words, answers, strict=True) if isinstance(answer, float)}


def _judgement(message: Claimed, answer: float | TextError, alone: dict[int, float]) -> Judgement:
    if isinstance(answer, NothingToJudge):
        return Judgement(message.id, message.edit, None, MessageState.NOTHING_TO_JUDGE)
    if isinstance(answer, TextError):
        return Judgement(message.id, message.edit, None, MessageState.FAILED, str(answer))
    return Judgement(message.id, message.edit, answer, score_without_names=alone.get(message.id))
