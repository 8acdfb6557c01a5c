"""What a webhook is informed of, and what it is not."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from storage.access import chats, switches
from storage.learning import versions
from storage.models import Delivery, Message, ModelVersion, Verdict, VersionState, now
from storage.moderation import joining
from storage.moderation.joining import Newcomer
from storage.outbound import configured, events
from storage.session import transaction
from tests.storage import given


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """A database in which a webhook is configured, and v1 serves."""
    given.version(sqlite_engine)
    with transaction(sqlite_engine) as session:
        configured.record(session, configured.WEBHOOK, on=True)
        configured.record(session, configured.WEBHOOK, on=True)  # a second process of the same kind
    return sqlite_engine


def payloads(engine: Engine) -> list[dict[str, Any]]:
    return given.values(engine, Delivery.payload)


def model(engine: Engine) -> ModelVersion:
    with transaction(engine) as session:
        return versions.named(session, "v1")


def test_a_decision_is_sent_without_the_words_and_the_people(engine: Engine) -> None:
    verdict = given.verdict(engine, model(engine), given.incoming("buy gold", author_name="Eve Adams"))
    given.corrected(engine, verdict, "telegram:11", True)
    [payload] = payloads(engine)
    assert (payload["event"], payload["label"], payload["flagged"]) == ("decision", "spam", True)
    assert payload["chat"] == {"id": 1, "platform": "telegram", "external_id": -100123, "title": "a group"}
    assert (payload["message_id"], payload["verdict_id"], payload["model_version"]) == (1, verdict, "v1")
    assert not any(word in str(payload) for word in ("gold", "Eve", "Telegram:11", "telegram:11"))


def test_who_joined_is_not_named_by_a_number_either(engine: Engine) -> None:
    given.verdict(engine, model(engine))
    with transaction(engine) as session:
        eve = Newcomer(7_000_007, "FREE COINS t.me/coins")
        joining.receive(session, chats.get(session, 1), eve, now(), None)
        row = session.scalars(select(Message).where(Message.is_join)).one()
        verdict = Verdict(message_id=row.id, edit=0, model_version_id=1, score=0.9, is_spam=True)
        verdict.review_threshold, verdict.act_threshold = 0.5, 0.95
        session.add(verdict)
        session.flush()
        number, verdict_id = row.message_id, verdict.id
    given.corrected(engine, verdict_id, "telegram:11", True)
    [payload] = payloads(engine)
    assert payload["message_id"] is None
    assert str(abs(number)) not in str(payload)


def test_what_is_only_proposed_is_no_decision(engine: Engine) -> None:
    given.corrected(engine, given.verdict(engine, model(engine)), "telegram:12", True, is_moderator=False)
    assert payloads(engine) == []


def test_a_promotion_names_both_versions(engine: Engine) -> None:
    given.version(engine, "v2")
    [payload] = payloads(engine)
    assert (payload["event"], payload["model_version"], payload["before"]) == ("promotion", "v2", "v1")


def test_a_refusal_says_why(engine: Engine) -> None:
    version = given.version(engine, "v2", promoted=False)
    with transaction(engine) as session:
        versions.record_gate_decision(session, version.id, {"reasons": ["it is worse"]}, VersionState.REJECTED)
    [payload] = payloads(engine)
    assert (payload["event"], payload["model_version"], payload["reasons"]) == ("refusal", "v2", ["it is worse"])


def test_a_shadow_that_another_overtakes_is_refused(engine: Engine) -> None:
    for name in ("v2", "v3"):
        version = given.version(engine, name, promoted=False)
        with transaction(engine) as session:
            versions.record_gate_decision(session, version.id, {}, VersionState.SHADOW)
    [payload] = payloads(engine)
    assert (payload["event"], payload["model_version"]) == ("refusal", "v2")
    assert payload["reasons"] == ["overtaken by v3"]


def test_a_rollback_says_what_serves_again(engine: Engine) -> None:
    given.version(engine, "v2")
    with transaction(engine) as session:
        versions.roll_back(session, "ann", "too many mistakes")
    payload = payloads(engine)[-1]
    assert (payload["event"], payload["model_version"], payload["serves"]) == ("rollback", "v2", "v1")


def test_pauses_of_one_chat_and_of_all(engine: Engine) -> None:
    given.received(engine, given.incoming())
    with transaction(engine) as session:
        chat = chats.get(session, 1)
        switches.pause(chat, "Ann")
        switches.pause(chat, "Bob")
        switches.resume(chat)
        switches.stop(session, "ann")
        switches.go_on(session)
    happened = [(payload["event"], payload["chat"] and payload["chat"]["id"]) for payload in payloads(engine)]
    assert happened == [("pause", 1), ("resume", 1), ("pause", None), ("resume", None)]


def test_each_event_has_an_id_of_its_own(engine: Engine) -> None:
    for name in ("v2", "v3"):
        given.version(engine, name)
    assert len({payload["id"] for payload in payloads(engine)}) == 2


def test_without_a_webhook_nothing_is_noted(engine: Engine) -> None:
    with transaction(engine) as session:
        configured.record(session, configured.WEBHOOK, on=False)
        assert not events.is_on(session)
    given.corrected(engine, given.verdict(engine, model(engine)), "telegram:11", True)
    assert payloads(engine) == []


def test_of_a_chat_that_refuses_it_nothing_is_noted_until_it_agrees_again(engine: Engine) -> None:
    verdict = given.verdict(engine, model(engine))
    with transaction(engine) as session:
        chats.choose(session, 1, "informs_webhook", "no")
        switches.pause(chats.get(session, 1), "Ann")
    given.corrected(engine, verdict, "telegram:11", True)
    assert payloads(engine) == []
    with transaction(engine) as session:
        chats.choose(session, 1, "informs_webhook", "yes")
        switches.resume(chats.get(session, 1))
    assert [payload["event"] for payload in payloads(engine)] == ["resume"]
