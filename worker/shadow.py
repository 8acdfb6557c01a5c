"""The challenger in shadow judges what the champion judged, afterwards, so that no champion's verdict waits for it."""

from __future__ import annotations

import structlog
from sqlalchemy import Engine

from storage.odds import NEUTRAL, Shifts
from storage.queries import inbox, shadow
from storage.queries.inbox import Claimed
from storage.queries.verdicts import Judgement
from storage.session import reading, transaction
from worker.champion import Champion
from worker.models import Serving
from worker.moderation import chunks, judged_by

ONE_IN = 10  # messages judged twice while many wait: a tenth costs little and still counts up

log = structlog.get_logger()


def follow(
    engine: Engine, champion: Champion, messages: list[Claimed], batch_size: int, shifts: Shifts = NEUTRAL
) -> None:
    """Have the challenger, if one is in shadow, judge these messages too: all, or a fixed share while many wait.

    Many are more than one batch; `shifts` are those that the champion judged with. Whatever goes wrong is logged and ends here: the champion's verdicts stand already.
    """
    in_shadow = champion.shadow()
    if in_shadow is None:
        return
    for chunk in chunks(messages):
        try:
            with reading(engine) as session:
                is_busy = inbox.waits_more_than(session, batch_size)
            _judge(engine, in_shadow, share(chunk, is_busy), shifts)
        except Exception as error:  # a challenger's memory, network or database must not cost a verdict
            reason = f"{type(error).__name__}: {error}"
            log.warning("shadow left messages out", messages=len(chunk), model_version=in_shadow.name, reason=reason)


def _judge(engine: Engine, in_shadow: Serving, messages: list[Claimed], shifts: Shifts) -> None:
    if not messages:
        return
    answers = in_shadow.classifier.try_score([message.text for message in messages])
    scored = ((message, answer) for message, answer in zip(messages, answers, strict=True) if isinstance(answer, float))
    judgements = [Judgement(message.id, message.edit, score) for message, score in scored]
    with transaction(engine) as session:
        shadow.record(session, judged_by(in_shadow, shifts=shifts), judgements)


def share(messages: list[Claimed], is_busy: bool) -> list[Claimed]:
    """All of the messages, or those whose row's number ends this way: the same whoever asks, whenever."""
    return [message for message in messages if message.id % ONE_IN == 0] if is_busy else messages
