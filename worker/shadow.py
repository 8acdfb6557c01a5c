"""The challenger in shadow scores messages after the champion, so that no verdict waits for it."""

from __future__ import annotations

import structlog
from sqlalchemy import Engine

from storage.learning import shadow
from storage.moderation import inbox
from storage.moderation.claiming import Claimed
from storage.moderation.new_verdicts import Judgement
from storage.odds import NEUTRAL, Shifts, lowered_at_most
from storage.session import reading, transaction
from worker import figures
from worker.champion import Champion
from worker.models import Serving
from worker.moderation import chunks, scoring_version

ONE_IN = 10  # share of messages scored twice while many wait: a tenth costs little and still adds up

log = structlog.get_logger()


def follow(
    engine: Engine, champion: Champion, messages: list[Claimed], batch_size: int, shifts: Shifts = NEUTRAL
) -> None:
    """Score these messages with the challenger in shadow, if any: all, or a fixed share while more than a batch waits.

    `shifts` are those that the champion judged with. Errors are logged and go no further, for the champion's verdicts
    are stored already.
    """
    in_shadow = champion.shadow()
    if in_shadow is None:
        return
    for chunk in chunks(messages):
        try:
            with reading(engine) as session:
                is_busy = inbox.waits_more_than(session, batch_size)
            _score(engine, in_shadow, share(chunk, is_busy), shifts)
        except Exception as error:  # no failure of a challenger may cost a verdict
            reason = f"{type(error).__name__}: {error}"
            log.warning("shadow left messages out", messages=len(chunk), model_version=in_shadow.name, reason=reason)


def _score(engine: Engine, in_shadow: Serving, messages: list[Claimed], shifts: Shifts) -> None:
    if not messages:
        return
    with figures.scoring(figures.SHADOW, in_shadow):
        answers = in_shadow.classifier.try_score([message.text for message in messages], lowered_at_most(shifts))
    scored = ((message, answer) for message, answer in zip(messages, answers, strict=True) if isinstance(answer, float))
    judgements = [Judgement(message.id, message.edit, score) for message, score in scored]
    with transaction(engine) as session:
        shadow.record(session, scoring_version(in_shadow, shifts=shifts), judgements)


def share(messages: list[Claimed], is_busy: bool) -> list[Claimed]:
    """All of the messages, or one in ONE_IN by their ids, so that it is always the same ones."""
    return [message for message in messages if message.id % ONE_IN == 0] if is_busy else messages
