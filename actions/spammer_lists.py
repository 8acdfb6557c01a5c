"""Asks a CAS-compatible list whether members are on it. Their numbers alone are sent; what it says is a hint to moderators."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Engine

from actions import addresses, questions
from actions.posting import Call, NoAnswer, post
from actions.settings import OutboundSettings
from storage.moderation import listing_questions
from storage.moderation.listing_questions import Question
from storage.moderation.listings import Listed
from storage.session import transaction

SECONDS = 10.0  # for each of connecting, sending and waiting
EARLIEST = datetime(2013, 1, 1, tzinfo=UTC)  # Telegram is no older

log = structlog.get_logger()


def ask_waiting(engine: Engine, settings: OutboundSettings) -> int:
    """Ask about the members who wait. Returns how many. Raises DatabaseUnreachable."""
    if settings.spammer_list_url is None:
        return 0
    claim = partial(listing_questions.claim, a_day=settings.spammer_list_a_day)
    return questions.ask_waiting(engine, listing_questions.is_waiting, claim, partial(ask, engine, settings))


def ask(engine: Engine, settings: OutboundSettings, question: Question) -> None:
    """Ask once, and store the answer or why there is none."""
    call = request(settings, question)
    source = urlsplit(call.url).hostname or ""
    try:
        answer = post(call, reads_body=True)
        if not answer.is_success:
            raise NoAnswer(answer.problem)
        listed = understood(answer.body, source)
    except NoAnswer as error:
        log.warning("the list of spammers did not answer", reason=str(error))
        with transaction(engine) as session:
            listing_questions.failed(session, question, str(error))
        return
    with transaction(engine) as session:
        listing_questions.answered(session, question, listed, source)


def request(settings: OutboundSettings, question: Question) -> Call:
    """The call that asks about one member."""
    assert settings.spammer_list_url is not None
    url = f"{settings.spammer_list_url.rstrip('/')}/check?user_id={question.user_id}"
    return Call(url, b"", {"Accept": "application/json"}, addresses.public_or_named(url), SECONDS, method="GET")


def understood(body: bytes, source: str) -> Listed | None:
    """Whether the member is listed, and since when. Raises NoAnswer where the body says neither."""
    try:
        answer: Any = json.loads(body)
        is_listed = answer["ok"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise NoAnswer("the answer is not a list's") from error
    if not isinstance(is_listed, bool):
        raise NoAnswer("the answer is not a list's")
    if not is_listed:
        return None
    result = answer.get("result")
    return Listed(source, _moment(result.get("time_added")) if isinstance(result, dict) else None)


def _moment(value: object) -> datetime | None:
    """A time as ISO 8601 or in seconds since 1970, if it can be one; None for anything else."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(value, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return moment if EARLIEST <= moment <= datetime.now(UTC) else None
