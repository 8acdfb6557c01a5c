"""Posts events to the operator's webhook, signed, until it takes them: at least once each, in no certain order."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import structlog
from sqlalchemy import Engine

from actions import addresses
from actions.addresses import Address
from actions.posting import Call, NoAnswer, post
from actions.settings import OutboundSettings
from jobs.proxies import is_loopback
from storage.outbound import deliveries
from storage.outbound.deliveries import Claimed
from storage.session import reading, transaction

SECONDS = 10.0  # for each of connecting, sending and waiting
LEASE_SECONDS = 60.0
AT_ONCE = 100  # deliveries before the work is looked at anew

log = structlog.get_logger()


def deliver_waiting(engine: Engine, settings: OutboundSettings) -> int:
    """Attempt the deliveries that are due. Returns how many. Raises DatabaseUnreachable."""
    for attempted in range(AT_ONCE):
        with reading(engine) as session:
            if settings.webhook_url is None or not deliveries.is_due(session):
                return attempted
        with transaction(engine) as session:
            claimed = deliveries.claim(session, LEASE_SECONDS)
        if claimed is None:
            return attempted
        deliver(engine, settings, claimed)
    return AT_ONCE


def deliver(engine: Engine, settings: OutboundSettings, claimed: Claimed) -> None:
    """Attempt one delivery, and store what came of it."""
    status: int | None = None
    try:
        answer = post(request(settings, claimed))
        status, error = answer.status, "" if answer.is_success else answer.problem
    except NoAnswer as no_answer:
        error = str(no_answer)
    with transaction(engine) as session:
        if status is not None and not error:
            deliveries.taken(session, claimed, status)
        else:
            deliveries.refused(session, claimed, status, error)
    if error:
        log.warning("webhook not delivered", delivery=claimed.id, kind=claimed.event, reason=error)


def request(settings: OutboundSettings, claimed: Claimed) -> Call:
    """The signed call of a delivery."""
    assert settings.webhook_url is not None
    assert settings.webhook_secret is not None
    body = json.dumps(claimed.payload, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "Hamlet-Event": claimed.event,
        "Hamlet-Id": str(claimed.payload["id"]),
        "Hamlet-Timestamp": timestamp,
        "Hamlet-Signature": signature(settings.webhook_secret.get_secret_value(), timestamp, body),
    }
    url = settings.webhook_url.get_secret_value()

    def may_call(address: Address) -> bool:
        if addresses.is_public(address) or (settings.webhook_private and addresses.is_private(address)):
            return True
        return is_loopback(url) and address.is_loopback

    return Call(url, body, headers, may_call, SECONDS)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256, in hexadecimal digits, of the timestamp, a dot and the body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
