"""Old messages looked at again by the version that serves: a list first, verdicts only if somebody wants them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from storage.errors import UnsuitableSetting
from storage.models import (
    Message,
    MessageState,
    ModelVersion,
    Rescan,
    RuleEffect,
    RuleKind,
    Verdict,
    now,
)
from storage.moderation import rescan_flags, rescans
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule
from storage.session import reading, transaction
from tests.conftest import AddVersion
from tests.storage import given
from tests.worker.rescanned import hits, look, requested, serve
from worker import rescanning
from worker.champion import Champion
from worker.models import Serving


def test_what_would_be_flagged_now_is_listed_and_nothing_changes(engine: Engine, serving: Serving) -> None:
    rescan_id = requested(engine)
    look(engine, serving)
    with reading(engine) as session:
        rows = rescan_flags.listed(session, rescan_id)
        assert {row.message.message_id for row in rows} == {1, 2, 3}
        assert session.get_one(Rescan, rescan_id).scanned == 3
    assert set(given.values(engine, Message.state)) == {MessageState.HAM}
    assert len(given.values(engine, Verdict.id)) == 3


def test_slices_are_no_larger_than_a_batch(engine: Engine, serving: Serving) -> None:
    requested(engine)
    assert look(engine, serving, size=2) == 3  # two messages, one, and none
    assert hits(engine) == [1, 2, 3]


def test_live_messages_go_first(engine: Engine, serving: Serving) -> None:
    requested(engine)
    given.received(engine, given.incoming("hello", 4))
    assert not rescanning.advance(engine, serving, 32)
    assert given.values(engine, Rescan.scanned) == [0]


def test_what_is_decided_edited_old_or_allowed_by_a_rule_is_left_out(engine: Engine, serving: Serving) -> None:
    given.corrected(engine, 1, "telegram:7", is_spam=False)
    with transaction(engine) as session:
        old = now() - timedelta(days=8)
        session.execute(update(Message).where(Message.id == 2).values(received_at=old))
        rules.add(session, 1, [NewRule(RuleKind.WORDS, RuleEffect.ALLOW, "flats 3")], "web:ann")
    requested(engine)
    look(engine, serving)
    assert hits(engine) == []


def test_a_promotion_on_the_way_begins_the_list_anew(
    engine: Engine, serving: Serving, add_version: AddVersion, champion: Champion
) -> None:
    requested(engine)
    rescanning.advance(engine, serving, 1)
    newer = serve(engine, add_version, champion, "v3")
    assert look(engine, newer) == 2
    assert given.values(engine, Rescan.scanned) == [3]
    assert given.values(engine, Rescan.model_version_id) == [newer.version_id]


def test_a_slice_that_takes_every_worker_down_ends_the_rescan_with_a_reason(engine: Engine, serving: Serving) -> None:
    requested(engine)
    for _ in range(rescans.MAX_ATTEMPTS + 1):
        with transaction(engine) as session:
            rescans.claim(session, serving.version_id, 32)
            session.execute(update(Rescan).values(lease_until=now() - timedelta(seconds=1)))
    [error] = given.values(engine, Rescan.error)
    assert "5 attempts" in error


def test_a_slice_under_a_lease_is_nobody_elses(engine: Engine, serving: Serving) -> None:
    requested(engine)
    with transaction(engine) as session:
        part = rescans.claim(session, serving.version_id, 32)
        assert part is not None
    with transaction(engine) as session:
        assert rescans.claim(session, serving.version_id, 32) is None


def test_one_rescan_of_a_chat_at_a_time_and_no_list_twice(engine: Engine, serving: Serving) -> None:
    first = requested(engine)
    assert requested(engine, days=30) == first
    look(engine, serving)
    assert requested(engine) != first
    assert hits(engine) == []


@pytest.mark.parametrize("days", [0, -1, 367])
def test_days_that_no_chat_has_are_refused(engine: Engine, before: ModelVersion, days: int) -> None:
    with pytest.raises(UnsuitableSetting, match="1 to 366"):
        requested(engine, days)
