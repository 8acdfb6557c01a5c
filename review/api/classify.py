"""Classifying messages: they are stored, the bell is rung for the worker, and its verdicts are awaited."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence

from anyio import sleep, to_thread
from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import Engine

from jobs import send
from review.api.answers import ManyAnswers, MessageAnswer
from review.api.backpressure import TAKES_MESSAGES
from review.api.problems import documented
from review.api.schemas import ClassifyMany, ClassifyOne, NewMessage
from review.api.tokens import MayClassify
from storage.models import Client, MessageState, Platform, now
from storage.moderation import receiving
from storage.moderation.receiving import Incoming
from storage.session import reading, transaction
from storage.types import ERASED
from storage.views import messages
from storage.views.messages import ReceivedMessage

FIRST_LOOK_SECONDS, SLOWEST_LOOK_SECONDS = 0.02, 0.25

router = APIRouter(tags=["classify"])
WAITING = {"description": "Some messages still wait for their verdicts; fetch each `link` later"}
LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Where the verdict will be"}}
REFUSALS = documented(400, 409, 413)


@router.post(
    "/classify",
    dependencies=[TAKES_MESSAGES],
    responses=REFUSALS | {202: {**WAITING, "model": MessageAnswer, "headers": LOCATION}},
)
async def classify(request: Request, response: Response, client: MayClassify, body: ClassifyOne) -> MessageAnswer:
    """Judge one message. Without a verdict by the deadline the answer is 202, and the message is judged all the same."""
    (received,) = await _judged(request.app.state.engine, client, [body], body.deadline_ms)
    answer = MessageAnswer.of(received)
    if received.state == MessageState.PENDING:
        response.status_code, response.headers["Location"] = 202, answer.link
    return answer


@router.post(
    "/classify/batch", dependencies=[TAKES_MESSAGES], responses=REFUSALS | {202: {**WAITING, "model": ManyAnswers}}
)
async def classify_many(request: Request, response: Response, client: MayClassify, body: ClassifyMany) -> ManyAnswers:
    """Judge up to 256 messages. Those without a verdict by the deadline are judged all the same."""
    judged = await _judged(request.app.state.engine, client, body.messages, body.deadline_ms)
    if any(received.state == MessageState.PENDING for received in judged):
        response.status_code = 202
    return ManyAnswers(messages=[MessageAnswer.of(received) for received in judged])


async def _judged(
    engine: Engine, client: Client, sent: Sequence[NewMessage], deadline_ms: int
) -> list[ReceivedMessage]:
    """The messages as they stand when all are judged, or at the deadline. Nothing is judged in this process."""
    ends_at = time.monotonic() + deadline_ms / 1000
    rows = await to_thread.run_sync(_store, engine, client, sent)
    await to_thread.run_sync(send.classify)
    pause = FIRST_LOOK_SECONDS
    while time.monotonic() < ends_at and await to_thread.run_sync(_pending, engine, rows):
        await sleep(min(pause, max(0.0, ends_at - time.monotonic())))
        pause = min(2 * pause, SLOWEST_LOOK_SECONDS)
    received = await to_thread.run_sync(_received, engine, rows)
    for one, row in zip(sent, rows, strict=True):
        if received[row].text not in (one.text, ERASED):
            raise HTTPException(
                409, f"The id {one.id!r} was used for another text; give each message an id of its own."
            )
    return [received[row] for row in rows]


def _store(engine: Engine, client: Client, sent: Sequence[NewMessage]) -> list[int]:
    with transaction(engine) as session:
        return [receiving.receive(session, _incoming(client, message)) for message in sent]


def _incoming(client: Client, message: NewMessage) -> Incoming:
    return Incoming(
        platform=Platform.WEB,
        chat_external_id=client.id,
        chat_title=client.name,
        message_id=secrets.randbits(63) if message.id is None else _number(message.id),
        author_id=None,
        author_name=message.author_name,
        text=message.text,
        sent_at=now(),
    )


def _number(own_id: str) -> int:
    return int.from_bytes(hashlib.sha256(own_id.encode()).digest()[:8]) >> 1


def _pending(engine: Engine, rows: Sequence[int]) -> bool:
    with reading(engine) as session:
        return messages.still_pending(session, rows)


def _received(engine: Engine, rows: Sequence[int]) -> dict[int, ReceivedMessage]:
    with reading(engine) as session:
        return messages.numbered(session, rows)
