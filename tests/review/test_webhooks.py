"""The page of the webhook's last deliveries, for operators."""

from __future__ import annotations

import pytest

from storage.models import ActionState, AuditEntry, Delivery
from storage.outbound import configured, deliveries, events
from storage.outbound.events import Event
from storage.session import transaction
from tests.review.site import ESCAPED, EVIL, Site, as_moderator, in_two_chats
from tests.storage import given


@pytest.fixture
def with_webhook(site: Site) -> Site:
    with transaction(site.engine) as session:
        configured.record(session, configured.WEBHOOK, on=True)
    return site


@pytest.fixture
def refused(with_webhook: Site) -> Site:
    """One delivery that a receiver refused with words of its own."""
    with transaction(with_webhook.engine) as session:
        events.note(session, Event.PROMOTION, model_version="v2")
    with transaction(with_webhook.engine) as session:
        claimed = deliveries.claim(session, 60)
        assert claimed is not None
        deliveries.refused(session, claimed, 502, f"HTTP 502 {EVIL}")
    return with_webhook


def test_without_a_webhook_the_page_says_how_to_have_one(site: Site) -> None:
    shown = site.get("/webhooks").text
    assert "HAMLET_WEBHOOK_URL" in shown
    assert "Send a test" not in shown


def test_it_shows_what_became_of_each(refused: Site) -> None:
    shown = refused.get("/webhooks").text
    assert all(word in shown for word in ("promotion", "waiting", "<td>502</td><td>1</td>", ESCAPED))


def test_a_delivery_is_sent_again(refused: Site) -> None:
    assert refused.post("/webhooks/1/again").status_code == 303
    assert given.values(refused.engine, Delivery.attempts) == [0]
    assert "promotion 1 again" in given.values(refused.engine, AuditEntry.detail)
    assert refused.post("/webhooks/2/again").status_code == 404


def test_a_test_is_sent(with_webhook: Site) -> None:
    assert with_webhook.post("/webhooks/test").status_code == 303
    assert given.values(with_webhook.engine, Delivery.event) == ["test"]
    assert given.values(with_webhook.engine, Delivery.state) == [ActionState.PENDING]
    assert "waiting" in with_webhook.get("/webhooks").text


def test_it_is_the_operators_alone(with_webhook: Site) -> None:
    in_two_chats(with_webhook)
    as_moderator(with_webhook, 1)
    assert with_webhook.get("/webhooks").status_code == 403
    assert with_webhook.post("/webhooks/test").status_code == 403
    assert 'href="/webhooks"' not in with_webhook.get("/review").text
    assert "test" not in given.values(with_webhook.engine, Delivery.event)


def test_a_form_of_another_site_sends_nothing(with_webhook: Site) -> None:
    assert with_webhook.client.post("/webhooks/test", data={"csrf_token": "x"}).status_code == 403
    assert given.values(with_webhook.engine, Delivery.event) == []
