"""Events reach the operator's webhook: signed, at least once, and nowhere else."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from ipaddress import ip_address
from threading import Event as Signal
from typing import Any

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from actions import outbound, webhooks
from actions.outbound import Background
from actions.settings import OutboundSettings
from storage.models import ActionState, Delivery, now
from storage.outbound import configured, deliveries, events
from storage.outbound.events import Event
from storage.session import reading, transaction
from tests.actions.receiver import Receiver, receiving

SECRET = "correct horse battery"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def settings(url: str, **more: Any) -> OutboundSettings:
    return OutboundSettings(webhook_url=url, webhook_secret=SECRET, **more)


def deliver(engine: Engine, chosen: OutboundSettings) -> Delivery:
    """What the process does at its bells, and the newest delivery afterwards."""
    outbound.deliver(engine, chosen)
    with reading(engine) as session:
        return deliveries.latest(session, 1)[0]


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    with transaction(engine) as session:
        configured.record(session, configured.WEBHOOK, on=True)
        events.note(session, Event.TEST)
    return engine


def due_now(engine: Engine) -> None:
    with transaction(engine) as session:
        deliveries.latest(session, 1)[0].not_before = now()


def test_an_event_arrives_with_a_signature_that_holds(waiting: Engine, receiver: Receiver) -> None:
    delivery = deliver(waiting, settings(f"{receiver.url}/hook?from=hamlet"))
    assert (delivery.state, delivery.status, delivery.attempts) == (ActionState.DONE, 204, 1)
    [posted] = receiver.posted
    assert posted.path == "/hook?from=hamlet"
    assert posted.headers["Host"] == receiver.url.removeprefix("http://")
    assert (posted.headers["Hamlet-Event"], posted.headers["Hamlet-Id"]) == ("test", delivery.payload["id"])
    signed = posted.headers["Hamlet-Timestamp"].encode() + b"." + posted.body
    signature = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert posted.headers["Hamlet-Signature"] == signature
    assert abs(time.time() - int(posted.headers["Hamlet-Timestamp"])) < 60
    assert json.loads(posted.body) == delivery.payload


def test_what_the_receiver_refuses_is_sent_again_under_the_same_number(waiting: Engine, receiver: Receiver) -> None:
    receiver.answers = [(503, b"later"), (200, b"thanks")]
    refused = deliver(waiting, settings(receiver.url))
    assert (refused.state, refused.status, refused.error) == (ActionState.PENDING, 503, "HTTP 503")
    deliver(waiting, settings(receiver.url))
    assert len(receiver.posted) == 1  # its pause is not over
    due_now(waiting)
    delivery = deliver(waiting, settings(receiver.url))
    assert (delivery.state, delivery.status, delivery.error) == (ActionState.DONE, 200, None)
    assert len({posted.headers["Hamlet-Id"] for posted in receiver.posted}) == 1


def test_a_redirect_is_not_followed(waiting: Engine, receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.answers, receiver.location = [(307, b"")], elsewhere.url
        delivery = deliver(waiting, settings(receiver.url))
        assert elsewhere.posted == []
    assert (delivery.state, delivery.error) == (ActionState.PENDING, "HTTP 307: redirects are not followed")


def test_a_private_address_is_called_only_if_the_operator_allows_it(waiting: Engine) -> None:
    delivery = deliver(waiting, settings("https://10.255.255.1/hook"))
    assert (delivery.state, delivery.status) == (ActionState.PENDING, None)
    assert delivery.error == "the host's name leads to a private address, which may not be called"
    with reading(waiting) as session:
        claimed = deliveries.Claimed(delivery.id, "test", deliveries.latest(session, 1)[0].payload, 1)
    for allowed in (False, True):
        call = webhooks.request(settings("https://10.255.255.1/hook", webhook_private=allowed), claimed)
        assert call.may_call(ip_address("10.255.255.1")) is allowed
        assert not call.may_call(ip_address("169.254.169.254"))
        assert not allowed or call.may_call(ip_address("127.0.0.1"))


def test_nobody_listening_is_an_error_of_the_delivery(waiting: Engine) -> None:
    delivery = deliver(waiting, settings("http://127.0.0.1:1/hook"))
    assert (delivery.state, delivery.status) == (ActionState.PENDING, None)
    assert str(delivery.error).startswith("ConnectError")


def test_neither_secret_nor_address_is_logged(waiting: Engine) -> None:
    with capture_logs() as logged:
        delivery = deliver(waiting, settings("http://127.0.0.1:1/hook?token=open-sesame"))
    [line] = logged
    assert line["event"] == "webhook not delivered"
    for place in (str(line), str(delivery.error), str(delivery.payload)):
        assert SECRET not in place
        assert "open-sesame" not in place


def test_without_a_setting_the_switch_is_taken_back_and_nothing_is_sent(waiting: Engine, receiver: Receiver) -> None:
    assert deliver(waiting, OutboundSettings()).attempts == 0
    with reading(waiting) as session:
        assert not events.is_on(session)


def test_a_bell_does_not_wait_for_a_slow_receiver_and_a_second_begins_nothing() -> None:
    answered, begun = Signal(), []

    def work() -> None:
        begun.append(answered)
        answered.wait(30)

    background = Background(work)
    background.start()
    background.start()
    answered.set()
    background.join()
    assert len(begun) == 1


@pytest.fixture
def process(waiting: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process's own context, made from the environment at its first bell."""
    monkeypatch.setenv("HAMLET_DATABASE_URL", str(waiting.url))
    monkeypatch.setenv("HAMLET_WEBHOOK_URL", receiver.url)
    monkeypatch.setenv("HAMLET_WEBHOOK_SECRET", SECRET)
    cached = (outbound.backgrounds, outbound.context)
    for one in cached:
        one.cache_clear()
    yield
    outbound.context().engine.dispose()
    outbound.context().runner.close()
    for one in cached:
        one.cache_clear()


def test_a_bell_has_what_waits_delivered(process: None, receiver: Receiver) -> None:
    outbound.sweep_outbound()
    for background in outbound.backgrounds():
        background.join()
    assert len(receiver.posted) == 1


def test_a_database_that_is_away_stops_nothing(process: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_DATABASE_URL", "postgresql://u@127.0.0.1:1/x")
    with capture_logs() as logged:
        outbound.sweep_outbound()
        for background in outbound.backgrounds():
            background.join()
    assert {line["event"] for line in logged} == {"database out of reach: calls to other addresses and pictures wait"}
